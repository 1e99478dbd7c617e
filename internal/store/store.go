// Package store keeps what Quotewright must not lose: quotes and their jobs in one
// database, the replica of the catalog in another beside it.
//
// The statements are one text for SQLite and PostgreSQL. Every exported method is one
// transaction: what it returned is on disk, what it did not return never happened.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"quotewright/internal/fault"
	"quotewright/quote"
)

//go:embed migrations/quotes/*.sql
var quoteMigrations embed.FS

// Store keeps quotes, rulebooks, and what goes to and comes from webhooks. It
// implements quote.Store.
type Store struct {
	dir     string
	writer  *sql.DB
	readers *sql.DB
	queue   *river.Client[*sql.Tx] // inserts only
	now     func() time.Time
}

var _ quote.Store = (*Store)(nil)

// Open opens the store in a folder, which it makes when there is none, and brings its
// tables up to date. Several processes may open it at once: one migrates, the others
// wait.
func Open(dir string) (*Store, error) {
	s, err := open(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "store_unavailable", "the store %s cannot be opened", dir)
	}
	return s, nil
}

func open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, "startup.lock"), true)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	writer, reader, err := openQuotes(filepath.Join(dir, "quotes.sqlite"))
	if err != nil {
		return nil, err
	}
	if err := migrateQuotes(context.Background(), writer); err != nil {
		return nil, errors.Join(err, writer.Close(), reader.Close())
	}
	queue, err := river.NewClient(riversqlite.New(writer), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, errors.Join(err, writer.Close(), reader.Close())
	}
	return &Store{dir: dir, writer: writer, readers: reader, queue: queue, now: time.Now}, nil
}

// migrateQuotes brings our tables and River's up to date. The caller holds the start-up
// lock: two migrations of River's at once fail.
func migrateQuotes(ctx context.Context, db *sql.DB) error {
	migrations, err := fs.Sub(quoteMigrations, "migrations/quotes")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riversqlite.New(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Close closes the store. Jobs have to be stopped before.
func (s *Store) Close() error { return errors.Join(s.readers.Close(), s.writer.Close()) }

// Ping fails when the store cannot be read.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.readers.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		return fmt.Errorf("ask the store: %w", err)
	}
	return nil
}

// transaction is a transaction and the time that all its rows carry.
type transaction struct {
	*sql.Tx
	store *Store
	at    time.Time
}

// write runs a function in a transaction of the one writer, and commits unless it fails.
func (s *Store) write(ctx context.Context, do func(*transaction) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	fault.CrashPoint("store: begun")
	if err := do(&transaction{Tx: tx, store: s, at: s.now()}); err != nil {
		return err
	}
	fault.CrashPoint("store: before commit")
	if err := tx.Commit(); err != nil {
		return err
	}
	fault.CrashPoint("store: committed")
	return nil
}

func (tx *transaction) exec(ctx context.Context, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, sqlite(query), args...)
	return err
}

func (tx *transaction) row(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.QueryRowContext(ctx, sqlite(query), args...)
}

// enqueue starts jobs when, and only if, the transaction is committed.
func (tx *transaction) enqueue(ctx context.Context, jobs ...quote.Job) error {
	for _, job := range jobs {
		if _, err := tx.store.queue.InsertTx(ctx, tx.Tx, job, &river.InsertOpts{MaxAttempts: maxAttempts}); err != nil {
			return fmt.Errorf("write the job %s: %w", job.Kind(), err)
		}
	}
	return nil
}
