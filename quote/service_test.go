package quote_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/store"
	"quotewright/quote"
	"quotewright/rulebook"
)

var (
	rep      = quote.Actor{Name: "Mei", Role: quote.RoleRep}
	approver = quote.Actor{Name: "Anton", Role: quote.RoleApprover, Roles: []string{"sales-manager", "sales-director", "finance"}}
)

// desk is a service over a store of its own, with a clock and a catalog that tests
// move.
type desk struct {
	*quote.Service
	store    *store.Store
	now      time.Time
	book     *rulebook.Book
	snapshot *catalog.Snapshot
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := &desk{store: s, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	d.book, d.snapshot = demo()
	d.Service = &quote.Service{Store: s, Now: func() time.Time { return d.now },
		Current: func() (*rulebook.Book, *catalog.Snapshot) { return d.book, d.snapshot }}
	return d
}

// request is a request for sensors with a discount of the rep.
func request(t *testing.T, quantity, discount string) quote.Request {
	return decode(t, `{"sales_model": "direct", "customer": "C-100", "date": "2026-11-23",
		"lines": [{"id": "10", "sku": "SEN-P10", "quantity": `+quantity+`, "inputs": {"discount_percent": `+discount+`}}]}`)
}

func (d *desk) create(t *testing.T, r quote.Request) quote.Quote {
	t.Helper()
	q, err := d.Create(t.Context(), rep, quote.New{Title: "Sensors", Request: r}, "")
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (d *desk) do(t *testing.T, by quote.Actor, q quote.Quote, a quote.Action) quote.Quote {
	t.Helper()
	q, err := d.Do(t.Context(), by, q.ID, q.Version, a, quote.Details{Name: "Ms Lin"}, "")
	if err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	return q
}

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s: %s, want %s: %v", what, fault.KindOf(err), want, err)
	}
}

func TestLifeOfAQuote(t *testing.T) {
	d := newDesk(t)
	q := d.create(t, request(t, "5", "30"))
	if q.Number != "Q-2026-000001" || q.CustomerName == "" || q.Currency != "TWD" || q.Totals.Net == nil || q.Totals.Cost != nil {
		t.Fatalf("created %+v", q)
	}
	q = d.do(t, rep, q, quote.Submit)
	if q.State != quote.InApproval || len(q.Approvals) == 0 || q.Approvals[0].Content != q.Content {
		t.Fatalf("a discount of 30 %% needs no approval: %+v", q)
	}
	_, err := d.Do(t.Context(), rep, q.ID, q.Version, quote.Send, quote.Details{}, "")
	kind(t, "send before approval", err, fault.Conflict)
	for q.State == quote.InApproval {
		q = d.do(t, approver, q, quote.Approve)
	}
	q = d.do(t, rep, d.do(t, rep, q, quote.Send), quote.Accept)
	if q.State != quote.Accepted || q.Order.Reference != q.Number {
		t.Errorf("accepted %+v", q)
	}
	events, err := d.store.Events(t.Context(), q.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events[1:] {
		if e.Before != q.Content || e.Content != q.Content || e.At != d.now || e.By == "" {
			t.Errorf("event %+v", e)
		}
	}
}

// TestAPriceDoesNotChangeSilently: the stored revision counts until somebody makes the
// next one.
func TestAPriceDoesNotChangeSilently(t *testing.T) {
	d := newDesk(t)
	r := request(t, "5", "0")
	q := d.create(t, r)
	net := *q.Totals.Net
	before := d.snapshot
	dear := before.Apply("dear", catalog.Delta{Conditions: catalog.Changes[catalog.Condition]{Upsert: doubled(before)}})
	d.snapshot = dear
	sent := d.do(t, rep, d.do(t, rep, q, quote.Submit), quote.Send)
	if !sent.Totals.Net.Equal(net.Num) {
		t.Errorf("sent at %s, created at %s", sent.Totals.Net, net)
	}
	draft := d.do(t, rep, sent, quote.Revise)
	if draft.State != quote.Draft || draft.Revision != 1 {
		t.Errorf("revised: %s, revision %d", draft.State, draft.Revision)
	}
	next, err := d.Update(t.Context(), rep, q.ID, draft.Version, quote.Patch{Request: &r}, "")
	if err != nil || next.Revision != 2 || next.Totals.Net.Equal(net.Num) {
		t.Errorf("edited: %v, revision %d at %s", err, next.Revision, next.Totals.Net)
	}
	again, err := d.Update(t.Context(), rep, q.ID, next.Version, quote.Patch{Request: &r}, "")
	if err != nil || again.Revision != 2 || again.Version != next.Version+1 {
		t.Errorf("the same again: %v, revision %d, version %d", err, again.Revision, again.Version)
	}

	// Each revision can be repeated from what was stored of it.
	revisions, err := d.store.Revisions(t.Context(), q.ID)
	if err != nil || len(revisions) != 2 {
		t.Fatalf("%d revisions, %v", len(revisions), err)
	}
	for i, version := range []string{before.Version(), "dear"} {
		var stored quote.Request
		var facts catalog.Facts
		if err := json.Unmarshal(revisions[i].Request, &stored); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(revisions[i].Facts, &facts); err != nil {
			t.Fatal(err)
		}
		replayed := encode(t, quote.Evaluate(d.book, catalog.NewSnapshot(version, facts.Records), stored))
		if diff := cmp.Diff(string(revisions[i].Evaluation), replayed); diff != "" || !revisions[i].Intact() {
			t.Errorf("revision %d: %s", i+1, diff)
		}
	}
}

// doubled are the prices of the sensor, twice as high.
func doubled(s *catalog.Snapshot) []catalog.Condition {
	var records []catalog.Condition
	book, _ := demo()
	e := quote.Evaluate(book, s, quote.Request{SalesModel: "direct", Customer: "C-100", Date: catalog.Date{Year: 2026, Month: 11, Day: 23},
		Lines: []quote.Line{{ID: "10", SKU: "SEN-P10", Quantity: "5"}}})
	for _, c := range e.Facts().Records.Conditions.Upsert {
		if c.Measure == catalog.MeasureAmount {
			c.Value = c.Value.Mul(decimal.NewFromInt(2))
			records = append(records, c)
		}
	}
	return records
}

func TestVersionsAndKeys(t *testing.T) {
	d := newDesk(t)
	ctx, r := t.Context(), request(t, "5", "0")
	n := quote.New{Title: "A", Request: r}
	q, err := d.Create(ctx, rep, n, "k1")
	kind(t, "create", err, "")
	again, err := d.Create(ctx, rep, n, "k1")
	if diff := cmp.Diff(encode(t, q), encode(t, again)); err != nil || diff != "" {
		t.Errorf("created twice: %v %s", err, diff)
	}
	n.Title = "B"
	_, err = d.Create(ctx, rep, n, "k1")
	kind(t, "the key with other content", err, fault.Conflict)
	if other, err := d.Create(ctx, approver, n, "k1"); err != nil || other.Number != "Q-2026-000002" {
		t.Errorf("another caller's key: %s %v", other.Number, err)
	}

	_, err = d.Do(ctx, rep, q.ID, 0, quote.Submit, quote.Details{}, "")
	kind(t, "without a version", err, fault.PreconditionRequired)
	_, err = d.Do(ctx, rep, q.ID, q.Version+1, quote.Submit, quote.Details{}, "")
	kind(t, "with another version", err, fault.Stale)
	_, err = d.Do(ctx, rep, "nothing", 1, quote.Submit, quote.Details{}, "")
	kind(t, "of an unknown quote", err, fault.NotFound)

	submitted, err := d.Do(ctx, rep, q.ID, q.Version, quote.Submit, quote.Details{}, "k2")
	kind(t, "submit", err, "")
	repeated, err := d.Do(ctx, rep, q.ID, q.Version, quote.Submit, quote.Details{}, "k2")
	if diff := cmp.Diff(encode(t, submitted), encode(t, repeated)); err != nil || diff != "" {
		t.Errorf("submitted twice: %v %s", err, diff)
	}
	_, err = d.Do(ctx, rep, q.ID, submitted.Version, quote.Send, quote.Details{}, "k2")
	kind(t, "another action under the key", err, fault.Conflict)
	_, err = d.Do(ctx, rep, q.ID, submitted.Version, quote.Edit, quote.Details{}, "")
	kind(t, "an edit as an action", err, fault.Conflict)
}

func TestOneOfManyAccepts(t *testing.T) {
	d := newDesk(t)
	q := d.do(t, rep, d.do(t, rep, d.create(t, request(t, "5", "0")), quote.Submit), quote.Send)
	var group sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		group.Go(func() {
			_, results[i] = d.Do(context.Background(), rep, q.ID, q.Version, quote.Accept, quote.Details{Name: "Ms Lin"}, "")
		})
	}
	group.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if k := fault.KindOf(err); k != fault.Stale && k != fault.Conflict {
			t.Errorf("refused as %v", err)
		}
	}
	jobs, err := d.store.JobCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Kind == (quote.DeliverOrder{}).Kind() && j.Count != 1 {
			t.Errorf("%d order jobs", j.Count)
		}
	}
	if won != 1 {
		t.Errorf("%d of 8 accepts won", won)
	}
}

func TestWhoMayWhat(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	pia := quote.Actor{Name: "Pia", Role: quote.RolePricingAdmin}
	_, err := d.Create(ctx, pia, quote.New{Request: request(t, "5", "0")}, "")
	kind(t, "a pricing admin creates", err, fault.Denied)
	q := d.create(t, request(t, "5", "0"))
	_, err = d.Update(ctx, pia, q.ID, q.Version, quote.Patch{}, "")
	kind(t, "a pricing admin edits", err, fault.Denied)
	_, err = d.Do(ctx, pia, q.ID, q.Version, quote.Cancel, quote.Details{}, "")
	kind(t, "a pricing admin cancels", err, fault.Denied)
	for role, want := range map[string]bool{quote.RoleRep: false, quote.RoleApprover: true, quote.RolePricingAdmin: true,
		quote.RoleIntegration: true, quote.RoleAdmin: true, "": false} {
		if got := (quote.Actor{Role: role}).CanSeeCosts(); got != want {
			t.Errorf("%q sees costs: %t", role, got)
		}
	}
}

func TestErrorsKeepAQuoteFromBeingSubmitted(t *testing.T) {
	d := newDesk(t)
	r := request(t, "5", "0")
	r.Lines[0].SKU = "NOPE"
	q := d.create(t, r)
	_, err := d.Do(t.Context(), rep, q.ID, q.Version, quote.Submit, quote.Details{}, "")
	kind(t, "submit", err, fault.Conflict)
	if !strings.Contains(err.Error(), `There is no product "NOPE"`) {
		t.Errorf("the refusal does not say why: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	late := quote.New{Request: request(t, "5", "0"), ValidUntil: catalog.Date{Year: 2026, Month: 11, Day: 22}}
	_, err := d.Create(ctx, rep, late, "")
	kind(t, "a quote that is over when it is made", err, fault.Invalid)

	var sent []quote.Quote
	for day := range 3 {
		q, err := d.Create(ctx, rep, quote.New{Request: request(t, "5", "0"), ValidUntil: catalog.Date{Year: 2026, Month: 11, Day: 23 + day}}, "")
		kind(t, "create", err, "")
		sent = append(sent, d.do(t, rep, d.do(t, rep, q, quote.Submit), quote.Send))
	}
	forever := d.do(t, rep, d.do(t, rep, d.create(t, request(t, "5", "0")), quote.Submit), quote.Send)

	if n, err := d.ExpireDue(ctx); n != 0 || err != nil {
		t.Errorf("on the last day %d expire, %v", n, err)
	}
	d.now = d.now.AddDate(0, 0, 1)
	_, err = d.Do(ctx, rep, sent[0].ID, sent[0].Version, quote.Accept, quote.Details{Name: "Ms Lin"}, "")
	kind(t, "accept a day late", err, fault.Conflict)
	d.now = d.now.AddDate(0, 0, 1)
	if n, err := d.ExpireDue(ctx); n != 1 || err != nil {
		t.Errorf("a day later %d expire, %v", n, err)
	}
	for i, want := range []quote.State{quote.Expired, quote.Expired, quote.Sent} {
		if q, _ := d.store.Quote(ctx, sent[i].ID); q.State != want {
			t.Errorf("quote %d is %s", i, q.State)
		}
	}
	if q, _ := d.store.Quote(ctx, forever.ID); q.State != quote.Sent {
		t.Errorf("a quote without an end is %s", q.State)
	}
}

func TestNote(t *testing.T) {
	d := newDesk(t)
	q := d.create(t, request(t, "5", "0"))
	for range 2 {
		noted, err := d.Note(t.Context(), rep, q.ID, "deal.changed", "The deal changed.", "k")
		if err != nil || noted.Version != q.Version+1 {
			t.Errorf("noted: %d %v", noted.Version, err)
		}
	}
	events, _ := d.store.Events(t.Context(), q.ID)
	if last := events[len(events)-1]; len(events) != 2 || last.Type != "deal.changed" || last.Text != "The deal changed." {
		t.Errorf("events %+v", events)
	}
}

func TestNothingToEvaluateWith(t *testing.T) {
	d := newDesk(t)
	d.book = nil
	_, err := d.Create(t.Context(), rep, quote.New{Request: request(t, "5", "0")}, "")
	kind(t, "create", err, fault.Unavailable)
}
