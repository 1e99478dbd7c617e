package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// memory is an Outbox without a disk.
type memory struct {
	events   map[string]quote.Event
	quotes   map[string]quote.Quote
	owed     map[string]*delivery
	jobs     []quote.Job
	disabled map[string]string
}

type delivery struct {
	body     []byte
	attempts int
	status   string
	problem  string
}

func newMemory() *memory {
	return &memory{events: map[string]quote.Event{}, quotes: map[string]quote.Quote{}, owed: map[string]*delivery{}, disabled: map[string]string{}}
}

func (m *memory) Event(_ context.Context, id string) (quote.Event, quote.Quote, error) {
	e, ok := m.events[id]
	if !ok {
		return e, quote.Quote{}, fault.New(fault.NotFound, "unknown_event", "no event %s", id)
	}
	return e, m.quotes[e.Quote], nil
}

func (m *memory) AddDelivery(_ context.Context, event, subscriber string, body []byte, job quote.Job) error {
	if m.owed[event+subscriber] == nil {
		m.owed[event+subscriber] = &delivery{body: body, status: "open"}
		m.jobs = append(m.jobs, job)
	}
	return nil
}

func (m *memory) Delivery(_ context.Context, event, subscriber string) ([]byte, int, bool, error) {
	d := m.owed[event+subscriber]
	return d.body, d.attempts, d.status == "open", nil
}

func (m *memory) NoteDelivery(_ context.Context, event, subscriber, status, problem string) error {
	d := m.owed[event+subscriber]
	d.status, d.problem = status, problem
	d.attempts++
	return nil
}

func (m *memory) DisableSubscriber(_ context.Context, subscriber, reason string) error {
	m.disabled[subscriber] = reason
	return nil
}

func (m *memory) SubscriberDisabled(_ context.Context, subscriber string) (bool, error) {
	return m.disabled[subscriber] != "", nil
}

// receiver answers with the given statuses in turn and keeps what it got.
type receiver struct {
	*httptest.Server
	statuses []int
	got      []*http.Request
	bodies   []string
}

func newReceiver(t *testing.T, statuses ...int) *receiver {
	r := &receiver{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		status := r.statuses[min(len(r.got), len(r.statuses)-1)]
		r.got, r.bodies = append(r.got, request), append(r.bodies, string(body))
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "7200")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

// published returns a sender and its one job after an event of a sent quote.
func published(t *testing.T, sub Subscriber) (*Sender, *memory, DeliverWebhook) {
	t.Helper()
	outbox := newMemory()
	outbox.quotes["q1"] = quote.Quote{ID: "q1", Number: "Q-2026-000001", State: quote.Sent, Revision: 2, Deal: &quote.Deal{CRM: "generic", ID: "D-1"}}
	outbox.events["e1"] = quote.Event{ID: "e1", Quote: "q1", Type: "quote.sent", At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	s := NewSender([]Subscriber{sub}, outbox, time.Now, slog.New(slog.DiscardHandler))
	for range 2 { // the job may run twice
		if err := s.Publish(t.Context(), quote.PublishEvent{Event: "e1"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(outbox.jobs) != 1 {
		t.Fatalf("%d deliveries, want 1", len(outbox.jobs))
	}
	return s, outbox, outbox.jobs[0].(DeliverWebhook)
}

func TestDeliveryIsSignedAndThin(t *testing.T) {
	r := newReceiver(t, 204)
	s, outbox, job := published(t, Subscriber{Name: "crm", URL: r.URL, Secret: mustSecret(t, testSecret), AllowPrivate: true})
	if err := s.Deliver(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if _, err := verify([]Secret{mustSecret(t, testSecret)}, r.got[0].Header, []byte(r.bodies[0])); err != nil {
		t.Errorf("the receiver cannot verify it: %v", err)
	}
	want := `{"type":"quote.sent","timestamp":"2026-11-23T10:00:00Z","data":{"quote":"q1","number":"Q-2026-000001","state":"sent","revision":2,"deal":{"crm":"generic","id":"D-1"}}}`
	if r.bodies[0] != want {
		t.Errorf("body\n%s, want\n%s", r.bodies[0], want)
	}
	if err := s.Deliver(t.Context(), job); err != nil || len(r.got) != 1 {
		t.Errorf("a delivered event was sent again (%d times, %v)", len(r.got), err)
	}
	if d := outbox.owed["e1"+job.Subscriber]; d.status != "delivered" {
		t.Errorf("status %s", d.status)
	}
}

func TestRetriesKeepTheIDAndFollowTheSchedule(t *testing.T) {
	r := newReceiver(t, 500)
	s, outbox, job := published(t, Subscriber{Name: "crm", URL: r.URL, Secret: mustSecret(t, testSecret), AllowPrivate: true})
	for i, pause := range schedule {
		var later fault.RetryLater
		if err := s.Deliver(t.Context(), job); !errors.As(err, &later) {
			t.Fatalf("attempt %d: %v", i, err)
		}
		if later.After < pause*9/10 || later.After > pause*11/10+time.Second {
			t.Errorf("attempt %d: again in %s, want about %s", i, later.After, pause)
		}
	}
	if err := s.Deliver(t.Context(), job); err != nil {
		t.Fatalf("the last attempt: %v", err)
	}
	if d := outbox.owed["e1"+job.Subscriber]; d.status != "failed" || !strings.Contains(d.problem, "500") {
		t.Errorf("after the schedule: %s %s", d.status, d.problem)
	}
	for _, request := range r.got {
		if id := request.Header.Get("webhook-id"); id != "e1" {
			t.Errorf("webhook-id %s", id)
		}
	}
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		status   int
		after    time.Duration // at least; 0: not again
		disabled bool
	}{
		{status: 410, disabled: true},
		{status: 302, after: 4 * time.Second},
		{status: 404, after: 4 * time.Second},
		{status: 429, after: 2 * time.Hour},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			r := newReceiver(t, test.status)
			s, outbox, job := published(t, Subscriber{Name: "crm", URL: r.URL, Secret: mustSecret(t, testSecret), AllowPrivate: true})
			err := s.Deliver(t.Context(), job)
			var later fault.RetryLater
			if errors.As(err, &later) != (test.after > 0) || later.After < test.after {
				t.Errorf("error %v, want again after %s", err, test.after)
			}
			if got := outbox.disabled[job.Subscriber] != ""; got != test.disabled {
				t.Errorf("disabled %v", got)
			}
			if len(r.got) != 1 {
				t.Errorf("%d requests, want 1: redirects are not followed", len(r.got))
			}
		})
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	r := newReceiver(t, 204)
	address := strings.Replace(r.URL, "127.0.0.1", "localhost", 1)
	s, outbox, job := published(t, Subscriber{Name: "crm", URL: address, Secret: mustSecret(t, testSecret)})
	var later fault.RetryLater
	if err := s.Deliver(t.Context(), job); !errors.As(err, &later) {
		t.Fatalf("error %v", err)
	}
	if len(r.got) != 0 || !strings.Contains(outbox.owed["e1"+job.Subscriber].problem, "not a public one") {
		t.Errorf("reached %d times, problem %q", len(r.got), outbox.owed["e1"+job.Subscriber].problem)
	}
}

func TestPublicAddresses(t *testing.T) {
	for _, a := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "198.18.0.1",
		"224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"} {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range []string{"8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"} {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s does not count as public", a)
		}
	}
}

func TestOnlyWantedTypesArePublished(t *testing.T) {
	outbox := newMemory()
	outbox.events["e1"] = quote.Event{ID: "e1", Quote: "q1", Type: "quote.edited"}
	s := NewSender([]Subscriber{{Name: "a", Types: []string{"quote.sent"}}, {Name: "b"}}, outbox, time.Now, slog.New(slog.DiscardHandler))
	if err := s.Publish(t.Context(), quote.PublishEvent{Event: "e1"}); err != nil {
		t.Fatal(err)
	}
	if data, _ := json.Marshal(outbox.jobs); len(outbox.jobs) != 1 || !strings.Contains(string(data), `"b `) {
		t.Errorf("jobs %s", data)
	}
}
