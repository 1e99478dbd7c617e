package webhooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// Subscriber is somebody who wants to hear what happens to quotes.
type Subscriber struct {
	Name         string // unique
	URL          string
	Secret       Secret
	Types        []string // event types; none: all
	AllowPrivate bool     // its address may be a private one
}

// key changes with the address, so that a corrected address starts afresh.
func (s Subscriber) key() string { return s.Name + " " + s.URL }

func (s Subscriber) wants(eventType string) bool {
	return len(s.Types) == 0 || slices.Contains(s.Types, eventType)
}

// Outbox keeps what is owed to subscribers. Each method is one transaction.
type Outbox interface {
	// Event returns one event and its quote as it is now, or fault.NotFound.
	Event(ctx context.Context, id string) (quote.Event, quote.Quote, error)
	// AddDelivery notes that an event is owed to a subscriber and starts the job. The
	// second time it does nothing.
	AddDelivery(ctx context.Context, event, subscriber string, body []byte, job quote.Job) error
	// Delivery returns the body, how often it was sent without success, and whether it is
	// still owed.
	Delivery(ctx context.Context, event, subscriber string) (body []byte, attempts int, owed bool, err error)
	// NoteDelivery records an attempt: status is "open", "delivered" or "failed".
	NoteDelivery(ctx context.Context, event, subscriber, status, problem string) error
	// DisableSubscriber stops everything that goes to a subscriber.
	DisableSubscriber(ctx context.Context, subscriber, reason string) error
	// SubscriberDisabled reports whether DisableSubscriber was called.
	SubscriberDisabled(ctx context.Context, subscriber string) (bool, error)
}

// DeliverWebhook is the job that brings one event to one subscriber.
type DeliverWebhook struct {
	Event      string `json:"event"`
	Subscriber string `json:"subscriber"`
}

// Kind names the job.
func (DeliverWebhook) Kind() string { return "deliver_webhook" }

// schedule says how long after a failed attempt the next one comes. After the last
// the delivery has failed for good.
var schedule = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// Sender brings events to subscribers.
type Sender struct {
	Subscribers []Subscriber
	Outbox      Outbox
	Now         func() time.Time
	Log         *slog.Logger

	public, private *http.Client
}

// NewSender makes a sender that waits at most 15 seconds for an answer.
func NewSender(subscribers []Subscriber, outbox Outbox, now func() time.Time, log *slog.Logger) *Sender {
	return &Sender{Subscribers: subscribers, Outbox: outbox, Now: now, Log: log,
		public: newClient(refusePrivate), private: newClient(nil)}
}

// message is what a subscriber gets: enough to know what to read, not the quote itself.
type message struct {
	Type      string      `json:"type"`
	Timestamp time.Time   `json:"timestamp"`
	Data      messageData `json:"data"`
}

type messageData struct {
	Quote    string       `json:"quote"`
	Number   string       `json:"number"`
	State    quote.State  `json:"state"`
	Revision int          `json:"revision"`
	Deal     *quote.Deal  `json:"deal,omitempty"`
	Order    *quote.Order `json:"order,omitempty"`
}

// Publish notes for every subscriber that wants it that the event is owed. It may run
// twice for the same event and then changes nothing.
func (s *Sender) Publish(ctx context.Context, job quote.PublishEvent) error {
	event, q, err := s.Outbox.Event(ctx, job.Event)
	if err != nil {
		return fmt.Errorf("publish event %s: %w", job.Event, err)
	}
	body, err := json.Marshal(message{Type: event.Type, Timestamp: event.At, Data: messageData{
		Quote: q.ID, Number: q.Number, State: q.State, Revision: q.Revision, Deal: q.Deal, Order: q.Order}})
	if err != nil {
		return fmt.Errorf("publish event %s: %w", job.Event, err)
	}
	for _, sub := range s.Subscribers {
		if !sub.wants(event.Type) {
			continue
		}
		owed := DeliverWebhook{Event: event.ID, Subscriber: sub.key()}
		if err := s.Outbox.AddDelivery(ctx, event.ID, sub.key(), body, owed); err != nil {
			return fmt.Errorf("publish event %s to %s: %w", event.ID, sub.Name, err)
		}
	}
	return nil
}

// Deliver makes one attempt. It returns fault.RetryLater until the subscriber has
// taken the event, has gone (410), or the schedule has come to its end.
func (s *Sender) Deliver(ctx context.Context, job DeliverWebhook) error {
	body, attempts, owed, err := s.Outbox.Delivery(ctx, job.Event, job.Subscriber)
	if err != nil {
		return fmt.Errorf("deliver event %s: %w", job.Event, err)
	}
	if !owed {
		return nil
	}
	i := slices.IndexFunc(s.Subscribers, func(sub Subscriber) bool { return sub.key() == job.Subscriber })
	disabled, err := s.Outbox.SubscriberDisabled(ctx, job.Subscriber)
	if err != nil {
		return fmt.Errorf("deliver event %s: %w", job.Event, err)
	}
	if i < 0 || disabled {
		return s.Outbox.NoteDelivery(ctx, job.Event, job.Subscriber, "failed", "nobody listens there any more")
	}
	return s.settle(ctx, job, attempts, s.send(ctx, s.Subscribers[i], job.Event, body))
}

// outcome is what came of one attempt.
type outcome struct {
	gone  bool          // 410
	after time.Duration // the receiver asks for this pause
	err   error         // nil: taken
}

func (s *Sender) settle(ctx context.Context, job DeliverWebhook, attempts int, got outcome) error {
	note := func(status, problem string) error {
		return s.Outbox.NoteDelivery(ctx, job.Event, job.Subscriber, status, problem)
	}
	switch {
	case got.err == nil:
		return note("delivered", "")
	case got.gone:
		s.Log.WarnContext(ctx, "webhook subscriber is gone", "subscriber", job.Subscriber)
		if err := s.Outbox.DisableSubscriber(ctx, job.Subscriber, "answered 410 Gone"); err != nil {
			return err
		}
		return note("failed", got.err.Error())
	case attempts >= len(schedule):
		s.Log.ErrorContext(ctx, "webhook given up", "subscriber", job.Subscriber, "event", job.Event, "error", got.err)
		return note("failed", got.err.Error())
	}
	if err := note("open", got.err.Error()); err != nil {
		return err
	}
	return fault.RetryLater{After: max(jitter(schedule[attempts]), got.after), Reason: got.err.Error()}
}

// jitter spreads a pause by a tenth both ways, so that receivers that come back are
// not met by everything at once.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5+1)
}

func (s *Sender) send(ctx context.Context, to Subscriber, id string, body []byte) outcome {
	header, err := to.Secret.Sign(id, s.Now(), body)
	if err != nil {
		return outcome{err: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return outcome{err: err}
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "quotewright-webhooks")
	client := s.public
	if to.AllowPrivate {
		client = s.private
	}
	response, err := client.Do(request)
	if err != nil {
		return outcome{err: err}
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	return judge(response)
}

func judge(r *http.Response) outcome {
	if r.StatusCode >= 200 && r.StatusCode < 300 {
		return outcome{}
	}
	got := outcome{gone: r.StatusCode == http.StatusGone, err: errors.New("answered " + r.Status)}
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && seconds > 0 {
		got.after = min(time.Duration(seconds)*time.Second, 24*time.Hour)
	}
	return got
}
