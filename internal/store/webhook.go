package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"quotewright/quote"
)

// Message returns the answer that was given to a webhook, and whether there was one.
func (s *Store) Message(ctx context.Context, id string) (answer []byte, known bool, err error) {
	var text string
	err = s.readers.QueryRowContext(ctx, sqlite(`SELECT answer FROM webhooks_in WHERE id = $1`), id).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read webhook %s: %w", id, err)
	}
	return []byte(text), true, nil
}

// RememberMessage stores the answer that was given to a webhook. The first one stays.
func (s *Store) RememberMessage(ctx context.Context, id string, answer []byte) error {
	err := s.write(ctx, func(tx *transaction) error {
		return tx.exec(ctx, `INSERT INTO webhooks_in (id, at, answer) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
			id, tx.at.UnixMicro(), string(answer))
	})
	if err != nil {
		return fmt.Errorf("remember webhook %s: %w", id, err)
	}
	return nil
}

// Event returns one event and its quote as it is now, or fault.NotFound.
func (s *Store) Event(ctx context.Context, id string) (quote.Event, quote.Quote, error) {
	e, err := scanEvent(s.readers.QueryRowContext(ctx, sqlite(`SELECT `+eventColumns+` FROM events WHERE id = $1`), id))
	if err != nil {
		return e, quote.Quote{}, fmt.Errorf("read event %s: %w", id, notFound(err, "unknown_event", "There is no event %q.", id))
	}
	q, err := s.Quote(ctx, e.Quote)
	return e, q, err
}

// AddDelivery notes that an event is owed to a subscriber and starts the job. The second
// time it does nothing.
func (s *Store) AddDelivery(ctx context.Context, event, subscriber string, body []byte, job quote.Job) error {
	err := s.write(ctx, func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, sqlite(`INSERT INTO deliveries (event, subscriber, body, status, attempts, problem, at)
			VALUES ($1, $2, $3, 'open', 0, '', $4) ON CONFLICT (event, subscriber) DO NOTHING`),
			event, subscriber, string(body), tx.at.UnixMicro())
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return tx.enqueue(ctx, job)
	})
	if err != nil {
		return fmt.Errorf("owe event %s to %s: %w", event, subscriber, err)
	}
	return nil
}

// Delivery returns the body, how often it was sent without success, and whether it is
// still owed; fault.NotFound when it never was.
func (s *Store) Delivery(ctx context.Context, event, subscriber string) (body []byte, attempts int, owed bool, err error) {
	var text, status string
	err = s.readers.QueryRowContext(ctx, sqlite(`SELECT body, attempts, status FROM deliveries WHERE event = $1 AND subscriber = $2`),
		event, subscriber).Scan(&text, &attempts, &status)
	if err != nil {
		return nil, 0, false, fmt.Errorf("read the delivery of event %s: %w", event,
			notFound(err, "unknown_delivery", "Event %q is not owed to %q.", event, subscriber))
	}
	return []byte(text), attempts, status == "open", nil
}

// NoteDelivery records an attempt: status is open, delivered or failed.
func (s *Store) NoteDelivery(ctx context.Context, event, subscriber, status, problem string) error {
	err := s.write(ctx, func(tx *transaction) error {
		return tx.exec(ctx, `UPDATE deliveries SET status = $3, problem = $4, at = $5,
			attempts = attempts + CASE WHEN $3 = 'delivered' THEN 0 ELSE 1 END WHERE event = $1 AND subscriber = $2`,
			event, subscriber, status, problem, tx.at.UnixMicro())
	})
	if err != nil {
		return fmt.Errorf("note the delivery of event %s: %w", event, err)
	}
	return nil
}

// DisableSubscriber stops everything that goes to a subscriber.
func (s *Store) DisableSubscriber(ctx context.Context, subscriber, reason string) error {
	err := s.write(ctx, func(tx *transaction) error {
		return tx.exec(ctx, `INSERT INTO disabled_subscribers (subscriber, reason, at) VALUES ($1, $2, $3)
			ON CONFLICT (subscriber) DO NOTHING`, subscriber, reason, tx.at.UnixMicro())
	})
	if err != nil {
		return fmt.Errorf("disable subscriber %s: %w", subscriber, err)
	}
	return nil
}

// SubscriberDisabled reports whether DisableSubscriber was called.
func (s *Store) SubscriberDisabled(ctx context.Context, subscriber string) (bool, error) {
	var n int
	err := s.readers.QueryRowContext(ctx, sqlite(`SELECT COUNT(*) FROM disabled_subscribers WHERE subscriber = $1`), subscriber).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look up subscriber %s: %w", subscriber, err)
	}
	return n > 0, nil
}
