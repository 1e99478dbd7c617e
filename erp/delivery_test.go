package erp_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/erp"
	"quotewright/erp/files"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/internal/store"
	"quotewright/quote"
	"quotewright/rulebook"
)

// company is a small company: a box in two sizes and a lid.
var company = sync.OnceValues(func() (*rulebook.Book, *catalog.Snapshot) {
	book, mistakes := rulebook.Load(rulebook.FS(map[string]string{
		"rulebook.yaml":            "name: Co\ncurrency: EUR\nconditions:\n  LIST: {measure: amount, access: [[sku]]}\n",
		"sales-models/direct.yaml": "sales_model: direct\nprocedure:\n  - {id: list, condition: LIST, required: true}\n",
		"products/box.yaml": "model: box\nsku: BOX\nfeatures:\n  - {id: size, options: [S, L], default: S}\npart_number: 'BOX-{size}'\n" +
			"bom:\n  - {position: 10, component: LID, quantity: 2}\n",
	}))
	if book == nil {
		panic(mistakes)
	}
	price := func(sku, value string) catalog.Condition {
		return catalog.Condition{ID: "L-" + sku, Type: "LIST", Keys: []catalog.KeyField{{Name: "sku", Value: sku}},
			Value: decimal.RequireFromString(value), Measure: catalog.MeasureAmount, Per: decimal.NewFromInt(1)}
	}
	return book, catalog.NewSnapshot("1", catalog.Delta{
		Products: catalog.Changes[catalog.Product]{Full: true, Upsert: []catalog.Product{
			{SKU: "BOX", Name: "Box", Unit: "EA", Status: catalog.Active}, {SKU: "LID", Name: "Lid", Unit: "EA", Status: catalog.Active}}},
		Customers:  catalog.Changes[catalog.Customer]{Full: true, Upsert: []catalog.Customer{{ID: "C-1", Name: "Customer"}}},
		Conditions: catalog.Changes[catalog.Condition]{Full: true, Upsert: []catalog.Condition{price("BOX", "12.50"), price("LID", "0.333")}},
	})
})

var rep = quote.Actor{Name: "Mei", Role: quote.RoleRep}

// office is a store, an ERP folder, and what works on them.
type office struct {
	dir      string
	store    *store.Store
	service  *quote.Service
	delivery erp.Delivery
}

func openOffice(t testing.TB, dir string) *office {
	t.Helper()
	s, err := store.Open(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &office{dir: dir, store: s, service: &quote.Service{Store: s, Now: time.Now, Current: company},
		delivery: erp.Delivery{Store: s, Connector: files.Open(dir), Now: time.Now}}
}

// sent makes a quote that the customer has.
func (o *office) sent(t testing.TB) quote.Quote {
	t.Helper()
	q, err := o.service.Create(t.Context(), rep, quote.New{Deal: &quote.Deal{CRM: "generic", ID: "7"}, Request: quote.Request{
		SalesModel: "direct", Customer: "C-1", Date: catalog.Date{Year: 2026, Month: 3, Day: 1}, Lines: []quote.Line{
			{ID: "10", SKU: "BOX", Quantity: "2", Configuration: map[string]formula.Value{"size": formula.OfText("L")}},
			{ID: "20", SKU: "LID", Quantity: "10", Optional: true}, {ID: "30", SKU: "LID", Quantity: "7"}}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return o.do(t, o.do(t, q, quote.Submit), quote.Send)
}

func (o *office) do(t testing.TB, q quote.Quote, a quote.Action) quote.Quote {
	t.Helper()
	q, err := o.service.Do(t.Context(), rep, q.ID, q.Version, a, quote.Details{Name: "Ms Lin"}, "")
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (o *office) accepted(t testing.TB) quote.Quote { return o.do(t, o.sent(t), quote.Accept) }

// deliver makes one attempt and returns the quote after it and the pause asked for.
func (o *office) deliver(t testing.TB, q quote.Quote) (quote.Quote, error) {
	t.Helper()
	err := o.delivery.Deliver(t.Context(), quote.DeliverOrder{Quote: q.ID})
	after, readErr := o.store.Quote(t.Context(), q.ID)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return after, err
}

// later reports whether a job wants to be called again.
func later(err error) bool {
	var again fault.RetryLater
	return errors.As(err, &again)
}

func (o *office) file(name string) string { return filepath.Join(o.dir, "orders", name) }

func (o *office) put(t testing.TB, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(o.file(""), 0o755), os.WriteFile(o.file(name), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// answering lets an ERP answer the orders of a folder until the test ends.
func answering(t *testing.T, dir string) {
	stopped := make(chan error)
	go func() { stopped <- files.Acknowledge(t.Context(), dir, 5*time.Millisecond) }()
	t.Cleanup(func() {
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

func TestDelivery(t *testing.T) {
	o := openOffice(t, t.TempDir())
	q := o.accepted(t)
	q, err := o.deliver(t, q)
	if !later(err) || q.State != quote.Ordering || q.Order.Status != quote.OrderWritten || q.Order.PlacedAt == nil {
		t.Fatalf("written: %s %+v %v", q.State, q.Order, err)
	}
	version := q.Version
	if q, err = o.deliver(t, q); !later(err) || q.Version != version {
		t.Errorf("while the answer is awaited the quote changes: %d to %d, %v", version, q.Version, err)
	}
	if err := files.AcknowledgeOnce(o.dir); err != nil {
		t.Fatal(err)
	}
	if q, err = o.deliver(t, q); err != nil || q.State != quote.Ordered || q.Order.Number != "SO-2026-000001" || q.Order.Status != quote.OrderConfirmed {
		t.Errorf("confirmed: %s %+v %v", q.State, q.Order, err)
	}
	version = q.Version
	if q, err = o.deliver(t, q); err != nil || q.Version != version {
		t.Errorf("delivered again: %d to %d, %v", version, q.Version, err)
	}

	var order erp.Order
	text, _ := os.ReadFile(o.file("Q-2026-000001.json"))
	if err := json.Unmarshal(text, &order); err != nil {
		t.Fatal(err)
	}
	want := erp.Order{Reference: "Q-2026-000001", Quote: q.ID, Revision: 1, Deal: &quote.Deal{CRM: "generic", ID: "7"}, Customer: "C-1", Currency: "EUR",
		Date: catalog.DateOf(q.Acceptance.At), Net: "27.33", Tax: "0.00", Gross: "27.33", Content: order.Content, Lines: []erp.Line{
			{ID: "10", SKU: "BOX", PartNumber: "BOX-L", Quantity: "2", Unit: "EA", UnitPrice: "12.50", Net: "25.00",
				Configuration: map[string]formula.Value{"size": formula.OfText("L")},
				Components:    []erp.Component{{Level: 1, Position: "10", SKU: "LID", Quantity: "4", Unit: "EA"}}},
			{ID: "30", SKU: "LID", Quantity: "7", Unit: "EA", UnitPrice: "0.333", Net: "2.33"}}}
	same := cmp.Comparer(func(a, b formula.Value) bool { return a.Equal(b) })
	if diff := cmp.Diff(want, order, same); diff != "" {
		t.Error(diff)
	}
	var types []string
	events, _ := o.store.Events(t.Context(), q.ID)
	for _, e := range events {
		types = append(types, strings.TrimPrefix(e.Type, "quote."))
		if e.Content != q.Content {
			t.Errorf("%s is about content %s", e.Type, e.Content)
		}
	}
	if got := strings.Join(types, " "); got != "created approved sent accepted ordering ordered" {
		t.Errorf("events %s", got)
	}
}

func TestConcurrentDeliveries(t *testing.T) {
	dir := t.TempDir()
	offices := []*office{openOffice(t, dir), openOffice(t, dir)}
	q := offices[0].accepted(t)
	answering(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for ctx.Err() == nil {
				err := offices[i%2].delivery.Deliver(ctx, quote.DeliverOrder{Quote: q.ID})
				if err == nil {
					return
				}
				if !later(err) {
					t.Errorf("deliver: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
	q, _ = offices[0].deliver(t, q)
	events, _ := offices[0].store.Events(t.Context(), q.ID)
	if q.State != quote.Ordered || len(events) != 6 {
		t.Errorf("the quote is %s after %d events", q.State, len(events))
	}
	if names, _ := filepath.Glob(offices[0].file("*")); len(names) != 2 {
		t.Errorf("the folder holds %v", names)
	}
}

func TestAnotherOrderUnderTheReference(t *testing.T) {
	o := openOffice(t, t.TempDir())
	first := o.accepted(t)
	if _, err := o.deliver(t, first); !later(err) {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(o.file("Q-2026-000001.json"))
	q := o.accepted(t)
	alien := strings.NewReplacer("Q-2026-000001", "Q-2026-000002", `"2"`, `"3"`, "BOX-L", "BOX-S", `"30"`, `"31"`, "27.33", "27.34").Replace(string(text))
	o.put(t, "Q-2026-000002.json", alien)
	for range 2 {
		var err error
		if q, err = o.deliver(t, q); !later(err) || q.State != quote.Accepted || q.Order.Status != quote.OrderProblem {
			t.Fatalf("another order there: %s %+v %v", q.State, q.Order, err)
		}
	}
	for _, want := range []string{`line 10: quantity is 2 in the quote and 3 in the ERP`, `line 10: part_number is "BOX-L" in the quote and "BOX-S" in the ERP`,
		`line 30 is missing`, `line 31 was not ordered`, `net is 27.33 in the quote and 27.34 in the ERP`} {
		if !strings.Contains(q.Order.Problem, want) {
			t.Errorf("the problem does not say %s: %s", want, q.Order.Problem)
		}
	}
	if now, _ := os.ReadFile(o.file("Q-2026-000002.json")); string(now) != alien {
		t.Errorf("the other order was changed: %s", now)
	}
	events, _ := o.store.Events(t.Context(), q.ID)
	if last := events[len(events)-1]; last.Type != "quote.order_problem" || len(events) != 5 {
		t.Errorf("%d events, the last is %s", len(events), last.Type)
	}
	if err := os.Remove(o.file("Q-2026-000002.json")); err != nil {
		t.Fatal(err)
	}
	if q, err := o.deliver(t, q); !later(err) || q.State != quote.Ordering || q.Order.Problem != "" {
		t.Errorf("after it was taken away: %s %+v %v", q.State, q.Order, err)
	}
}

// TestSameOrderInOtherWords: an ERP may write numbers with other digits and JSON in
// another order.
func TestSameOrderInOtherWords(t *testing.T) {
	o := openOffice(t, t.TempDir())
	q := o.accepted(t)
	if _, err := o.deliver(t, q); !later(err) {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(o.file("Q-2026-000001.json"))
	var fields map[string]any
	_ = json.Unmarshal([]byte(strings.NewReplacer(`"12.50"`, `"12.5"`, `"2"`, `"2.000"`).Replace(string(text))), &fields)
	other, _ := json.Marshal(fields)
	o.put(t, "Q-2026-000001.json", string(other))
	if q, err := o.deliver(t, q); !later(err) || q.Order.Status != quote.OrderWritten {
		t.Errorf("the same order is %+v, %v", q.Order, err)
	}
}

func TestAnswersOfTheERP(t *testing.T) {
	o := openOffice(t, t.TempDir())
	q := o.accepted(t)
	q, _ = o.deliver(t, q)
	for _, c := range []struct{ answer, problem string }{
		{`{"reference": "Q-2026-000001", "status": "rejected", "message": "credit stop"}`, "The ERP refuses the order: credit stop"},
		{`{"reference": "Q-2026-000001", "status": "rejected"}`, "The ERP refuses the order: it gives no reason"},
		{`{"reference": "Q-2026-000001", "num`, "orders/Q-2026-000001.ack.json cannot be understood: it ends too early"},
		{`{"reference": "Q-2026-000009", "number": "1"}`, `orders/Q-2026-000001.ack.json has the reference "Q-2026-000009"`},
	} {
		o.put(t, "Q-2026-000001.ack.json", c.answer)
		var err error
		if q, err = o.deliver(t, q); !later(err) || q.State != quote.Ordering || q.Order.Problem != c.problem {
			t.Errorf("%s: %s %q %v", c.answer, q.State, q.Order.Problem, err)
		}
	}
	if err := os.Remove(o.file("Q-2026-000001.ack.json")); err != nil {
		t.Fatal(err)
	}
	var err error
	if q, err = o.deliver(t, q); !later(err) || q.Order.Status != quote.OrderWritten || q.Order.Problem != "" {
		t.Errorf("without an answer: %+v %v", q.Order, err)
	}
	o.put(t, "Q-2026-000001.ack.json", `{"reference": "Q-2026-000001", "number": "4711", "status": "open"}`)
	if q, err = o.deliver(t, q); err != nil || q.State != quote.Ordered || q.Order.Number != "4711" {
		t.Errorf("at last: %s %+v %v", q.State, q.Order, err)
	}
}

func TestAnOrderThatVanishesIsNotWrittenAgain(t *testing.T) {
	o := openOffice(t, t.TempDir())
	q, _ := o.deliver(t, o.accepted(t))
	if err := os.Remove(o.file("Q-2026-000001.json")); err != nil {
		t.Fatal(err)
	}
	q, err := o.deliver(t, q)
	if !later(err) || q.Order.Status != quote.OrderProblem || !strings.Contains(q.Order.Problem, "is not any more") {
		t.Errorf("vanished: %+v %v", q.Order, err)
	}
	if _, err := os.Stat(o.file("Q-2026-000001.json")); err == nil {
		t.Error("the order is written again")
	}
}

// unsteady is an ERP whose answers get lost.
type unsteady struct {
	erp.Connector
	find, create error // after it was done
	created      int
}

func (u *unsteady) FindOrder(ctx context.Context, reference string) (erp.Placed, error) {
	if u.find != nil {
		return erp.Placed{}, u.find
	}
	return u.Connector.FindOrder(ctx, reference)
}

func (u *unsteady) CreateOrder(ctx context.Context, order erp.Order) error {
	u.created++
	return errors.Join(u.Connector.CreateOrder(ctx, order), u.create)
}

func TestLostAnswers(t *testing.T) {
	o := openOffice(t, t.TempDir())
	q := o.accepted(t)
	down := fault.New(fault.Unavailable, "erp_down", "the ERP does not answer")
	u := &unsteady{Connector: o.delivery.Connector, find: down}
	o.delivery.Connector = u
	if q, err := o.deliver(t, q); !fault.Is(err, fault.Unavailable) || later(err) || q.State != quote.Accepted || q.Order.Problem != "" {
		t.Errorf("the ERP is down: %s %+v %v", q.State, q.Order, err)
	}
	u.find, u.create = nil, errors.New("connection reset")
	if q, err := o.deliver(t, q); err == nil || later(err) || q.State != quote.Accepted {
		t.Errorf("the answer is lost: %s %v", q.State, err)
	}
	u.create = nil
	q, err := o.deliver(t, q)
	if !later(err) || q.State != quote.Ordering || u.created != 1 {
		t.Errorf("after the lost answer: %s %v, created %d times", q.State, err, u.created)
	}
}

func TestOnlyWhatWasAcceptedIsOrdered(t *testing.T) {
	o := openOffice(t, t.TempDir())
	sent := o.sent(t)
	if q, err := o.deliver(t, sent); err != nil || q.Version != sent.Version {
		t.Errorf("a quote that is only sent: %d to %d %v", sent.Version, q.Version, err)
	}
	q := o.do(t, sent, quote.Accept)
	change := quote.Change{Expect: q.Version, Quote: q}
	change.Quote.Version++
	acceptance := *q.Acceptance
	acceptance.Content = "sha256:other"
	change.Quote.Acceptance = &acceptance
	if _, err := o.store.Commit(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if q, err := o.deliver(t, q); !later(err) || q.Order.Status != quote.OrderProblem || !strings.Contains(q.Order.Problem, "is not what was accepted") {
		t.Errorf("other content: %+v %v", q.Order, err)
	}
	if _, err := os.Stat(o.file("Q-2026-000001.json")); err == nil {
		t.Error("something else was ordered")
	}
}
