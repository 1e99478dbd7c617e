package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/quote"
)

func TestSQLite(t *testing.T) {
	conformance(t, func(t *testing.T) *Store { return openTest(t, t.TempDir()) })
}

func openTest(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// conformance is what every engine has to do.
func conformance(t *testing.T, open func(*testing.T) *Store) {
	for name, test := range map[string]func(*testing.T, *Store){
		"a quote comes back as it was":       roundTrip,
		"numbers have no gaps":               numbers,
		"an old version is refused":          staleness,
		"an idempotency key works once":      idempotency,
		"a change is whole or not at all":    atomicity,
		"lists":                              lists,
		"orders are found":                   orders,
		"rulebooks":                          rulebooks,
		"a token is spent once":              tokens,
		"webhooks in and out are remembered": webhookTables,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

var monday = time.Date(2026, 11, 23, 9, 30, 0, 123456000, time.UTC)

// newQuote is a change that makes a draft.
func newQuote(id string, at time.Time) quote.Change {
	q := quote.Quote{ID: id, State: quote.Draft, Revision: 1, Version: 1, Title: "Pumps for " + id, Customer: "C-100",
		CustomerName: "Formosa 100% Flow", Currency: "TWD", Content: "sha256:" + id,
		CreatedAt: at, UpdatedAt: at, CreatedBy: "Mei", Approvals: []quote.Approval{}}
	return quote.Change{Quote: q, Events: []quote.Event{event(id, 1, at)},
		Revision: &quote.Revision{Quote: id, Number: 1, At: at, By: "Mei", Content: q.Content,
			Request: json.RawMessage(`{"a": "é"}`), Evaluation: json.RawMessage(`{"b":  1}`), Facts: json.RawMessage(`{}`)}}
}

func event(id string, n int, at time.Time) quote.Event {
	return quote.Event{ID: fmt.Sprintf("%s.%d", id, n), Quote: id, At: at, By: "Mei", Type: "quote.created", Text: "made", Content: "c", Before: "b"}
}

// next is a change of a stored quote.
func next(q quote.Quote, n int) quote.Change {
	c := quote.Change{Expect: q.Version, Quote: q, Events: []quote.Event{event(q.ID, n, monday)}}
	c.Quote.Version++
	return c
}

func commit(t *testing.T, s *Store, c quote.Change) quote.Quote {
	t.Helper()
	q, err := s.Commit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func roundTrip(t *testing.T, s *Store) {
	ctx := t.Context()
	if _, err := s.Quote(ctx, "a"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown quote: %v", err)
	}
	made := commit(t, s, newQuote("a", monday))
	for _, id := range []string{"a", "Q-2026-000001"} {
		got, err := s.Quote(ctx, id)
		if diff := cmp.Diff(made, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", id, err, diff)
		}
	}
	c := next(made, 2)
	c.Quote.Revision, c.Quote.Title = 2, "other"
	c.Revision = &quote.Revision{At: monday, By: "Ann", Content: "x", Request: json.RawMessage("{}"), Evaluation: json.RawMessage("{}"), Facts: json.RawMessage("{}")}
	commit(t, s, c)
	revisions, err := s.Revisions(ctx, "a")
	if err != nil || len(revisions) != 2 || revisions[1].Number != 2 || revisions[1].By != "Ann" {
		t.Fatalf("revisions %+v, %v", revisions, err)
	}
	if diff := cmp.Diff(*newQuote("a", monday).Revision, revisions[0]); diff != "" {
		t.Error(diff)
	}
	one, err := s.Revision(ctx, "a", 1)
	if diff := cmp.Diff(revisions[0], one); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.Revision(ctx, "a", 3); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown revision: %v", err)
	}
	events, err := s.Events(ctx, "a")
	if diff := cmp.Diff([]quote.Event{event("a", 1, monday), event("a", 2, monday)}, events); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func numbers(t *testing.T, s *Store) {
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			c := newQuote(fmt.Sprint("q", i), monday)
			if i%4 == 3 { // fails after the number was taken
				c.Events = append(c.Events, c.Events[0])
			}
			if _, err := s.Commit(t.Context(), c); (err != nil) != (i%4 == 3) {
				t.Errorf("quote %d: %v", i, err)
			}
		})
	}
	group.Wait()
	commit(t, s, newQuote("later", monday.AddDate(1, 0, 0)))
	page, _, err := s.List(t.Context(), quote.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, q := range page {
		got = append(got, q.Number)
	}
	for i := range 30 {
		want = append(want, fmt.Sprintf("Q-2026-%06d", i+1))
	}
	slices.Sort(got)
	if diff := cmp.Diff(append(want, "Q-2027-000001"), got); diff != "" {
		t.Error(diff)
	}
}

func staleness(t *testing.T, s *Store) {
	q := commit(t, s, newQuote("a", monday))
	var group sync.WaitGroup
	results := make([]error, 10)
	for i := range results {
		group.Go(func() {
			c := next(q, 10+i)
			c.Quote.Title = fmt.Sprint(i)
			_, results[i] = s.Commit(t.Context(), c)
		})
	}
	group.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Stale) {
			t.Errorf("refused as %v", err)
		}
	}
	if events, _ := s.Events(t.Context(), "a"); won != 1 || len(events) != 2 {
		t.Errorf("%d of 10 changes of one version won and left %d events", won, len(events))
	}
	unknown := next(q, 2)
	unknown.Quote.ID = "b"
	if _, err := s.Commit(t.Context(), unknown); !fault.Is(err, fault.NotFound) {
		t.Errorf("a change of an unknown quote: %v", err)
	}
}

func idempotency(t *testing.T, s *Store) {
	ctx := t.Context()
	keyed := func(id, actor, key, content string) quote.Change {
		c := newQuote(id, monday)
		c.Key = &quote.IdempotencyKey{Key: key, Actor: actor, Content: content}
		return c
	}
	first := commit(t, s, keyed("a", "Mei", "k", "x"))
	again := commit(t, s, keyed("b", "Mei", "k", "x"))
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Commit(ctx, keyed("c", "Mei", "k", "y")); !fault.Is(err, fault.Conflict) {
		t.Errorf("other content: %v", err)
	}
	if other := commit(t, s, keyed("d", "Anton", "k", "y")); other.ID != "d" || other.Number != "Q-2026-000002" {
		t.Errorf("another actor's key: %s %s", other.ID, other.Number)
	}
	changed := next(first, 2)
	changed.Key = &quote.IdempotencyKey{Key: "k2", Actor: "Mei", Content: "z"}
	second := commit(t, s, changed)
	if repeated := commit(t, s, changed); repeated.Version != second.Version {
		t.Errorf("the repeated change gives version %d", repeated.Version)
	}
	if q, known, err := s.Repeated(ctx, *changed.Key); err != nil || !known || q.Version != second.Version {
		t.Errorf("looked up: %v %t %v", q.Version, known, err)
	}
	if _, known, err := s.Repeated(ctx, quote.IdempotencyKey{Key: "new", Actor: "Mei"}); err != nil || known {
		t.Errorf("a new key: %t %v", known, err)
	}
	if _, _, err := s.Repeated(ctx, quote.IdempotencyKey{Key: "k2", Actor: "Mei", Content: "other"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a used key: %v", err)
	}
}

func atomicity(t *testing.T, s *Store) {
	ctx := t.Context()
	jobs := func() (n int) {
		counts, err := s.JobCounts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			n += c.Count
		}
		return n
	}
	q := commit(t, s, newQuote("a", monday))
	broken := next(q, 1) // the event is there already
	broken.Quote.Title, broken.Jobs = "broken", []quote.Job{quote.DeliverOrder{Quote: "a"}}
	broken.Key = &quote.IdempotencyKey{Key: "k", Actor: "Mei", Content: "x"}
	if _, err := s.Commit(ctx, broken); err == nil {
		t.Fatal("the same event twice is taken")
	}
	if now, _ := s.Quote(ctx, "a"); now.Title == "broken" || jobs() != 0 {
		t.Errorf("half a change is there: %s, %d jobs", now.Title, jobs())
	}
	if _, known, _ := s.Repeated(ctx, *broken.Key); known {
		t.Error("the key of a change that failed is used up")
	}
	broken.Events = nil
	if _, err := s.Commit(ctx, broken); err != nil || jobs() != 1 {
		t.Errorf("the mended change: %v, %d jobs", err, jobs())
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Commit(cancelled, newQuote("b", monday)); err == nil {
		t.Error("a change of a caller who has gone is written")
	}
}

func lists(t *testing.T, s *Store) {
	ctx := t.Context()
	var all []quote.Quote
	for i := range 25 {
		c := newQuote(fmt.Sprintf("q%02d", i), monday.Add(time.Duration(i/2)*time.Minute)) // two at a time
		if i%5 == 0 {
			c.Quote.Customer, c.Quote.CustomerName = "C-200", "Über_Rohr"
			c.Quote.Deal = &quote.Deal{CRM: "generic", ID: fmt.Sprint(i)}
		}
		if i%3 == 0 {
			c.Quote.State, c.Quote.ValidUntil = quote.Sent, catalog.Date{Year: 2026, Month: 1, Day: i + 1}
		}
		all = append(all, commit(t, s, c))
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b quote.Quote) int {
		if a.UpdatedAt.Equal(b.UpdatedAt) {
			return strings.Compare(b.ID, a.ID)
		}
		return b.UpdatedAt.Compare(a.UpdatedAt)
	})
	cases := []struct {
		filter quote.Filter
		holds  func(quote.Quote) bool
	}{
		{quote.Filter{}, func(quote.Quote) bool { return true }},
		{quote.Filter{State: quote.Sent}, func(q quote.Quote) bool { return q.State == quote.Sent }},
		{quote.Filter{Customer: "C-200"}, func(q quote.Quote) bool { return q.Customer == "C-200" }},
		{quote.Filter{Deal: "generic/10"}, func(q quote.Quote) bool { return q.ID == "q10" }},
		{quote.Filter{Text: "PUMPS q1"}, func(q quote.Quote) bool { return strings.HasPrefix(q.ID, "q1") }},
		{quote.Filter{Text: "100% flow"}, func(q quote.Quote) bool { return q.Customer == "C-100" }},
		{quote.Filter{Text: "r_rohr"}, func(q quote.Quote) bool { return q.Customer == "C-200" }},
		{quote.Filter{Text: "000007"}, func(q quote.Quote) bool { return q.Number == "Q-2026-000007" }},
		{quote.Filter{Text: `100\`}, func(quote.Quote) bool { return false }},
		{quote.Filter{ValidBefore: catalog.Date{Year: 2026, Month: 1, Day: 10}}, func(q quote.Quote) bool {
			return !q.ValidUntil.IsZero() && q.ValidUntil.Day < 10
		}},
		{quote.Filter{State: quote.Sent, Customer: "C-200", Text: "q"}, func(q quote.Quote) bool {
			return q.State == quote.Sent && q.Customer == "C-200"
		}},
	}
	for _, c := range cases {
		want := slices.DeleteFunc(slices.Clone(all), func(q quote.Quote) bool { return !c.holds(q) })
		for _, limit := range []int{0, 1, 2, 7} {
			c.filter.Limit, c.filter.After = limit, ""
			var got []quote.Quote
			for {
				page, next, err := s.List(ctx, c.filter)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page...)
				if c.filter.After = next; next == "" {
					break
				}
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%+v by %d: %s", c.filter, limit, diff)
			}
		}
	}
	if _, _, err := s.List(ctx, quote.Filter{After: "nonsense"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func orders(t *testing.T, s *Store) {
	q := commit(t, s, newQuote("a", monday))
	if _, err := s.Ordered(t.Context(), q.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("the order of a draft: %v", err)
	}
	c := next(q, 2)
	c.Quote.State, c.Quote.Order = quote.Ordered, &quote.Order{Reference: q.Number, Status: quote.OrderConfirmed, Number: "SO-17"}
	commit(t, s, c)
	for _, id := range []string{q.Number, "SO-17"} {
		if got, err := s.Ordered(t.Context(), id); err != nil || got.ID != "a" {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := s.Ordered(t.Context(), ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("no order: %v", err)
	}
}

func rulebooks(t *testing.T, s *Store) {
	ctx := t.Context()
	if _, err := s.CurrentRulebook(ctx); !fault.Is(err, fault.NotFound) {
		t.Errorf("before the first: %v", err)
	}
	if _, err := s.LastRulebookOf(ctx, "folder"); !fault.Is(err, fault.NotFound) {
		t.Errorf("before the first: %v", err)
	}
	for i, p := range []struct{ hash, source string }{{"A", "folder"}, {"B", "http"}, {"C", "folder"}, {"A", "http"}} {
		err := s.PublishRulebook(ctx, Rulebook{Hash: p.hash, Name: "book " + p.hash, Files: map[string]string{"rulebook.yaml": p.hash},
			PublishedAt: monday.Add(time.Duration(i) * time.Hour), PublishedBy: "Pia", Source: p.source})
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Rulebooks(ctx)
	var got []string
	for _, b := range list {
		got = append(got, strings.TrimSpace(fmt.Sprintln(b.Hash, b.Source, b.Current, b.PublishedAt.Hour())))
	}
	if diff := cmp.Diff([]string{"A http true 12", "C folder false 11", "B http false 10"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	current, err := s.CurrentRulebook(ctx)
	if err != nil || current.Hash != "A" || current.Files["rulebook.yaml"] != "A" || !current.Current {
		t.Errorf("current %+v, %v", current, err)
	}
	old, err := s.Rulebook(ctx, "B")
	if err != nil || old.Files["rulebook.yaml"] != "B" || old.Current {
		t.Errorf("B %+v, %v", old, err)
	}
	if _, err := s.Rulebook(ctx, "Z"); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown: %v", err)
	}
	if last, err := s.LastRulebookOf(ctx, "folder"); err != nil || last != "C" {
		t.Errorf("last of folder %s, %v", last, err)
	}
}

func tokens(t *testing.T, s *Store) {
	now := monday
	s.now = func() time.Time { return now }
	spend := func(kind, id string) bool {
		first, err := s.Spend(t.Context(), kind, id, monday.Add(time.Minute))
		if err != nil {
			t.Error(err)
		}
		return first
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	firsts := 0
	for range 10 {
		group.Go(func() {
			if spend("code", "x") {
				mu.Lock()
				firsts++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if firsts != 1 {
		t.Errorf("%d were first", firsts)
	}
	if !spend("launch", "x") || !spend("code", "y") {
		t.Error("another token is taken for the same")
	}
	now = monday.Add(time.Hour)
	spend("code", "z")
	var n int
	if err := s.writer.QueryRow(`SELECT COUNT(*) FROM spent_tokens`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d tokens are kept after they expired, %v", n-1, err)
	}
}

func webhookTables(t *testing.T, s *Store) {
	ctx := t.Context()
	if _, known, err := s.Message(ctx, "m"); known || err != nil {
		t.Errorf("a new message: %t %v", known, err)
	}
	for _, answer := range []string{`{"a":1}`, `{"a":2}`} {
		if err := s.RememberMessage(ctx, "m", []byte(answer)); err != nil {
			t.Error(err)
		}
	}
	if answer, known, err := s.Message(ctx, "m"); string(answer) != `{"a":1}` || !known || err != nil {
		t.Errorf("the message: %s %t %v", answer, known, err)
	}

	commit(t, s, newQuote("a", monday))
	if e, q, err := s.Event(ctx, "a.1"); err != nil || e.Type != "quote.created" || q.ID != "a" {
		t.Errorf("the event: %+v %v", e, err)
	}
	if _, _, err := s.Event(ctx, "a.2"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown event: %v", err)
	}
	for range 2 {
		if err := s.AddDelivery(ctx, "a.1", "shop", []byte("body"), quote.PublishEvent{Event: "a.1"}); err != nil {
			t.Fatal(err)
		}
	}
	if counts, err := s.JobCounts(ctx); err != nil || len(counts) != 1 || counts[0].Count != 1 {
		t.Errorf("owed twice gives jobs %v, %v", counts, err)
	}
	for i, status := range []string{"open", "delivered"} {
		body, attempts, owed, err := s.Delivery(ctx, "a.1", "shop")
		if err != nil || string(body) != "body" || attempts != i || !owed {
			t.Errorf("owed: %s %d %t %v", body, attempts, owed, err)
		}
		if err := s.NoteDelivery(ctx, "a.1", "shop", status, "503"); err != nil {
			t.Fatal(err)
		}
	}
	if _, attempts, owed, err := s.Delivery(ctx, "a.1", "shop"); attempts != 1 || owed || err != nil {
		t.Errorf("delivered: %d %t %v", attempts, owed, err)
	}
	if _, _, _, err := s.Delivery(ctx, "a.1", "other"); !fault.Is(err, fault.NotFound) {
		t.Errorf("never owed: %v", err)
	}
	for _, want := range []bool{false, true} {
		if disabled, err := s.SubscriberDisabled(ctx, "shop"); disabled != want || err != nil {
			t.Errorf("disabled: %t %v", disabled, err)
		}
		if err := s.DisableSubscriber(ctx, "shop", "gone"); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	group.Wait()
}

func TestAStoreOutlivesItsProcess(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	made := commit(t, s, newQuote("a", monday))
	s.Close()
	got, err := openTest(t, dir).Quote(t.Context(), "a")
	if diff := cmp.Diff(made, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func BenchmarkCommit(b *testing.B) {
	s, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	document := json.RawMessage(`"` + strings.Repeat("x", 13_000) + `"`) // 50 lines
	for i := range b.N {
		c := newQuote(fmt.Sprint(i), monday)
		c.Revision.Evaluation, c.Jobs = document, []quote.Job{quote.PublishEvent{Event: "e"}}
		if _, err := s.Commit(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}
