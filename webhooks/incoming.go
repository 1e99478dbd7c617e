package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// Inbox remembers which messages took effect. Each method is one transaction.
type Inbox interface {
	// Message returns the answer that was given to a message, and whether there was one.
	Message(ctx context.Context, id string) (answer []byte, known bool, err error)
	// RememberMessage stores the answer given to a message.
	RememberMessage(ctx context.Context, id string, answer []byte) error
}

// Receiver takes the events of one CRM.
//
// A message takes effect once. Every change it makes carries its id as the idempotency
// key, so a message that was cut short by a crash completes when it comes again; when
// all is done the id is remembered with its answer. Messages are worked on one after
// the other, so two about the same deal cannot both create its quote.
type Receiver struct {
	CRM     string // names the CRM in Deal.CRM
	Secrets []Secret
	Quotes  *quote.Service
	Inbox   Inbox
	Now     func() time.Time
	Log     *slog.Logger

	mu sync.Mutex
}

// Answer says which quote a message was about and how it is now.
type Answer struct {
	Quote  string      `json:"quote"`
	Number string      `json:"number"`
	State  quote.State `json:"state"`
}

// Receive verifies a message and lets it take effect. The body is the raw one; the
// caller bounds its size.
func (r *Receiver) Receive(ctx context.Context, header http.Header, body []byte) (Answer, error) {
	id, err := verify(r.Secrets, header, body)
	if err != nil {
		return Answer{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	stored, known, err := r.Inbox.Message(ctx, id)
	if err != nil {
		return Answer{}, fmt.Errorf("look up webhook %s: %w", id, err)
	}
	if known {
		var answer Answer
		return answer, json.Unmarshal(stored, &answer)
	}
	q, err := r.apply(ctx, id, body)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Quote: q.ID, Number: q.Number, State: q.State}
	stored, err = json.Marshal(answer)
	if err != nil {
		return answer, err
	}
	if err := r.Inbox.RememberMessage(ctx, id, stored); err != nil {
		return answer, fmt.Errorf("remember webhook %s: %w", id, err)
	}
	r.Log.InfoContext(ctx, "webhook taken", "webhook_id", id, "quote", q.Number, "state", q.State)
	return answer, nil
}

func (r *Receiver) apply(ctx context.Context, id string, body []byte) (quote.Quote, error) {
	var e envelope
	if err := strict(body, &e); err != nil {
		return quote.Quote{}, err
	}
	m := received{r, id}
	switch e.Type {
	case dealCreated, dealUpdated:
		var change dealChange
		if err := strict(e.Data, &change); err != nil {
			return quote.Quote{}, err
		}
		if change.Date.IsZero() {
			change.Date = e.day(r.Now())
		}
		return m.change(ctx, change)
	case dealWon, dealLost:
		var end dealEnd
		if err := strict(e.Data, &end); err != nil {
			return quote.Quote{}, err
		}
		if e.Type == dealWon {
			return m.won(ctx, end)
		}
		return m.lost(ctx, end)
	}
	return quote.Quote{}, fault.New(fault.Invalid, "unknown_event", "The event type %q is not known.", e.Type)
}
