package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Rulebook is a set of rule files that is or was in use.
type Rulebook struct {
	Hash        string // of names and contents
	Name        string
	Files       map[string]string // content by path; not in lists
	PublishedAt time.Time         // when it came into use last
	PublishedBy string
	Source      string // where it came from: folder, http
	Current     bool
}

// PublishRulebook stores a rulebook and makes it the current one. The same rulebook may
// be published again, after another or right away.
func (s *Store) PublishRulebook(ctx context.Context, b Rulebook) error {
	files, err := json.Marshal(b.Files)
	if err != nil {
		return fmt.Errorf("publish rulebook %s: %w", b.Hash, err)
	}
	err = s.write(ctx, func(tx *transaction) error {
		err := tx.exec(ctx, `INSERT INTO rulebooks (hash, name, files) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
			b.Hash, b.Name, string(files))
		if err != nil {
			return err
		}
		return tx.exec(ctx, `INSERT INTO publications (seq, hash, at, by_name, source)
			SELECT COALESCE(MAX(seq), 0) + 1, $1, $2, $3, $4 FROM publications`,
			b.Hash, b.PublishedAt.UnixMicro(), b.PublishedBy, b.Source)
	})
	if err != nil {
		return fmt.Errorf("publish rulebook %s: %w", b.Hash, err)
	}
	return nil
}

// lastPublication joins a rulebook to when it came into use last.
const lastPublication = `rulebooks b JOIN publications p ON p.seq = (SELECT MAX(seq) FROM publications WHERE hash = b.hash)`

const isCurrent = `p.seq = (SELECT MAX(seq) FROM publications)`

// Rulebooks returns every rulebook that was ever in use, newest first, without files.
func (s *Store) Rulebooks(ctx context.Context) ([]Rulebook, error) {
	return collect(ctx, s, "list rulebooks", scanRulebook,
		`SELECT b.hash, b.name, '{}', p.at, p.by_name, p.source, CASE WHEN `+isCurrent+` THEN 1 ELSE 0 END
		FROM `+lastPublication+` ORDER BY p.seq DESC`)
}

// CurrentRulebook returns the rulebook that was published last, or fault.NotFound.
func (s *Store) CurrentRulebook(ctx context.Context) (Rulebook, error) {
	row := s.readers.QueryRowContext(ctx, `SELECT b.hash, b.name, b.files, p.at, p.by_name, p.source, 1
		FROM `+lastPublication+` WHERE `+isCurrent)
	b, err := scanRulebook(row)
	if err != nil {
		return b, fmt.Errorf("read the current rulebook: %w", notFound(err, "no_rulebook", "No rulebook was published."))
	}
	return b, nil
}

// Rulebook returns a rulebook by its hash, or fault.NotFound.
func (s *Store) Rulebook(ctx context.Context, hash string) (Rulebook, error) {
	row := s.readers.QueryRowContext(ctx, sqlite(`SELECT b.hash, b.name, b.files, p.at, p.by_name, p.source,
		CASE WHEN `+isCurrent+` THEN 1 ELSE 0 END FROM `+lastPublication+` WHERE b.hash = $1`), hash)
	b, err := scanRulebook(row)
	if err != nil {
		return b, fmt.Errorf("read rulebook %s: %w", hash, notFound(err, "unknown_rulebook", "There is no rulebook %q.", hash))
	}
	return b, nil
}

// LastRulebookOf returns the hash of the rulebook that came last from a source, or
// fault.NotFound.
func (s *Store) LastRulebookOf(ctx context.Context, source string) (hash string, err error) {
	err = s.readers.QueryRowContext(ctx, sqlite(`SELECT hash FROM publications WHERE source = $1 ORDER BY seq DESC LIMIT 1`), source).Scan(&hash)
	if err != nil {
		return "", fmt.Errorf("read the last rulebook of %s: %w", source, notFound(err, "no_rulebook", "No rulebook came from %q.", source))
	}
	return hash, nil
}

func scanRulebook(from row) (b Rulebook, err error) {
	var files string
	var at, current int64
	if err := from.Scan(&b.Hash, &b.Name, &files, &at, &b.PublishedBy, &b.Source, &current); err != nil {
		return b, err
	}
	b.PublishedAt, b.Current = moment(at), current == 1
	return b, json.Unmarshal([]byte(files), &b.Files)
}
