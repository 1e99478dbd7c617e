package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/quote"
)

// Commit writes a change whole or not at all: quote, revision, events and jobs. See
// quote.Store.
func (s *Store) Commit(ctx context.Context, c quote.Change) (quote.Quote, error) {
	stored := c.Quote
	err := s.write(ctx, func(tx *transaction) error {
		if c.Key != nil {
			q, repeated, err := repeated(ctx, tx.Tx, *c.Key)
			if repeated {
				stored = q
			}
			if repeated || err != nil {
				return err
			}
		}
		return tx.commit(ctx, c, &stored)
	})
	if err != nil {
		return quote.Quote{}, fmt.Errorf("commit quote %s: %w", c.Quote.ID, err)
	}
	return stored, nil
}

// Repeated returns the stored quote when an idempotency key was used with the same
// content, and fails with fault.Conflict when it was used with other content.
func (s *Store) Repeated(ctx context.Context, key quote.IdempotencyKey) (quote.Quote, bool, error) {
	q, repeated, err := repeated(ctx, s.readers, key)
	if err != nil {
		return q, false, fmt.Errorf("look up an idempotency key: %w", err)
	}
	return q, repeated, nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func repeated(ctx context.Context, from querier, key quote.IdempotencyKey) (quote.Quote, bool, error) {
	var content, document string
	err := from.QueryRowContext(ctx, sqlite(`SELECT k.content, q.document FROM idempotency_keys k JOIN quotes q ON q.id = k.quote
		WHERE k.actor = $1 AND k.key = $2`), key.Actor, key.Key).Scan(&content, &document)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return quote.Quote{}, false, nil
	case err != nil:
		return quote.Quote{}, false, err
	case content != key.Content:
		return quote.Quote{}, false, fault.New(fault.Conflict, "idempotency_key_reused",
			"The idempotency key %q was used for something else.", key.Key)
	}
	q, err := decodeQuote(document)
	return q, err == nil, err
}

// commit writes a change and sets what is stored of its quote.
func (tx *transaction) commit(ctx context.Context, c quote.Change, stored *quote.Quote) error {
	if c.Expect == 0 {
		number, err := tx.nextNumber(ctx, catalog.DateOf(stored.CreatedAt).Year)
		if err != nil {
			return err
		}
		stored.Number = number
	}
	if err := tx.putQuote(ctx, c.Expect, *stored); err != nil {
		return err
	}
	if c.Revision != nil {
		if err := tx.putRevision(ctx, *c.Revision, *stored); err != nil {
			return err
		}
	}
	if err := tx.redeem(ctx, c, *stored); err != nil {
		return err
	}
	fault.CrashPoint("store: quote written")
	if err := tx.putEvents(ctx, c.Events); err != nil {
		return err
	}
	fault.CrashPoint("store: events written")
	if err := tx.enqueue(ctx, c.Jobs...); err != nil {
		return err
	}
	if c.Key == nil {
		return nil
	}
	return tx.exec(ctx, `INSERT INTO idempotency_keys (actor, key, content, quote, at) VALUES ($1, $2, $3, $4, $5)`,
		c.Key.Actor, c.Key.Key, c.Key.Content, stored.ID, tx.at.UnixMicro())
}

// nextNumber counts the quotes of a year. It is part of the transaction, so a quote that
// is not made leaves no gap.
func (tx *transaction) nextNumber(ctx context.Context, year int) (string, error) {
	var n int64
	err := tx.row(ctx, `INSERT INTO counters (name, value) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`, fmt.Sprintf("quotes %d", year)).Scan(&n)
	return fmt.Sprintf("Q-%d-%06d", year, n), err
}

// putQuote inserts a new quote, or replaces one that still has the version expected.
func (tx *transaction) putQuote(ctx context.Context, expect int, q quote.Quote) error {
	document, err := json.Marshal(q)
	if err != nil {
		return err
	}
	orderNumber := ""
	if q.Order != nil {
		orderNumber = q.Order.Number
	}
	args := []any{q.ID, q.Number, q.Version, string(q.State), q.Customer, dealKey(q.Deal), orderNumber,
		dateText(q.ValidUntil), searchText(q), q.UpdatedAt.UnixMicro(), string(document)}
	if expect == 0 {
		return tx.exec(ctx, `INSERT INTO quotes (id, number, version, state, customer, deal, order_number, valid_until, search, updated_at, document)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, args...)
	}
	result, err := tx.ExecContext(ctx, sqlite(`UPDATE quotes SET number = $2, version = $3, state = $4, customer = $5, deal = $6,
		order_number = $7, valid_until = $8, search = $9, updated_at = $10, document = $11 WHERE id = $1 AND version = $12`), append(args, expect)...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return tx.whyNot(ctx, q.ID)
}

// whyNot says why a quote could not be replaced.
func (tx *transaction) whyNot(ctx context.Context, id string) error {
	var version int
	if err := tx.row(ctx, `SELECT version FROM quotes WHERE id = $1`, id).Scan(&version); err != nil {
		return notFound(err, "unknown_quote", "There is no quote %q.", id)
	}
	return fault.New(fault.Stale, "stale", "The quote was changed since it was read: it has version %d now.", version)
}

func (tx *transaction) putRevision(ctx context.Context, r quote.Revision, of quote.Quote) error {
	return tx.exec(ctx, `INSERT INTO revisions (`+revisionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		of.ID, of.Revision, r.At.UnixMicro(), r.By, r.Content, string(r.Request), string(r.Evaluation), string(r.Facts))
}

func (tx *transaction) putEvents(ctx context.Context, events []quote.Event) error {
	for _, e := range events {
		err := tx.exec(ctx, `INSERT INTO events (quote, seq, id, at, by_name, type, text, content, before)
			SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM events WHERE quote = $1`,
			e.Quote, e.ID, e.At.UnixMicro(), e.By, e.Type, e.Text, e.Content, e.Before)
		if err != nil {
			return fmt.Errorf("write the event %s: %w", e.Type, err)
		}
	}
	return nil
}
