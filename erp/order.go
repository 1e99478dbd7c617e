package erp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/quote"
)

// Order is what an ERP is asked to take on. It follows from the accepted revision
// alone, so building it again gives the same order. Amounts and quantities are texts
// with the digits of the quote.
type Order struct {
	Reference string       `json:"reference"` // the quote's number; unique, also in the ERP
	Quote     string       `json:"quote"`     // id
	Revision  int          `json:"revision"`
	Deal      *quote.Deal  `json:"deal,omitempty"`
	Customer  string       `json:"customer"`
	Currency  string       `json:"currency"`
	Date      catalog.Date `json:"date"` // of acceptance
	Lines     []Line       `json:"lines"`
	Charges   []Charge     `json:"charges,omitempty"` // of the whole order, on no line; part of net
	Net       string       `json:"net"`
	Tax       string       `json:"tax"`
	Gross     string       `json:"gross"`
	Content   string       `json:"content"` // hash of all of the above
}

// Line is a line of an Order.
type Line struct {
	ID            string                   `json:"id"`
	SKU           string                   `json:"sku"`
	PartNumber    string                   `json:"part_number,omitempty"` // of a configured product
	Quantity      string                   `json:"quantity"`
	Unit          string                   `json:"unit"`
	UnitPrice     string                   `json:"unit_price"`
	Net           string                   `json:"net"`
	Requested     catalog.Date             `json:"requested,omitzero"`
	Configuration map[string]formula.Value `json:"configuration,omitempty"`
	Components    []Component              `json:"components,omitempty"`
	FreeOf        string                   `json:"free_of,omitempty"`  // the line that this free one belongs to
	Payments      []Charge                 `json:"payments,omitempty"` // of a recurring line; they add up to net
}

// Charge is an amount for the whole order, or one payment of a recurring line.
type Charge struct {
	ID     string       `json:"id,omitempty"` // of the step
	Title  string       `json:"title,omitempty"`
	From   catalog.Date `json:"from,omitzero"`
	To     catalog.Date `json:"to,omitzero"`
	Amount string       `json:"amount"`
}

// Component is a part of a configured line.
type Component struct {
	Level    int    `json:"level"`
	Position string `json:"position"`
	SKU      string `json:"sku"`
	Quantity string `json:"quantity"`
	Unit     string `json:"unit"`
}

// orderOf builds the order of an accepted quote from the revision that was accepted.
// Optional lines are not ordered.
func orderOf(q quote.Quote, r quote.Revision) (Order, error) {
	if q.Acceptance == nil || q.Order == nil {
		return Order{}, fault.New(fault.Conflict, "not_accepted", "Quote %s is not accepted.", q.Number)
	}
	if r.Content != q.Acceptance.Content || !r.Intact() {
		return Order{}, fault.New(fault.Conflict, "content_differs", "Revision %d of quote %s is not what was accepted.", r.Number, q.Number)
	}
	var request quote.Request
	var evaluation quote.Evaluation
	if err := json.Unmarshal(r.Request, &request); err != nil {
		return Order{}, fmt.Errorf("read the request of quote %s: %w", q.Number, err)
	}
	if err := json.Unmarshal(r.Evaluation, &evaluation); err != nil {
		return Order{}, fmt.Errorf("read the evaluation of quote %s: %w", q.Number, err)
	}
	order := Order{
		Reference: q.Order.Reference, Quote: q.ID, Revision: r.Number, Deal: q.Deal, Customer: q.Customer,
		Currency: q.Currency, Date: catalog.DateOf(q.Acceptance.At), Lines: []Line{},
		Net: amount(evaluation.Totals.Net), Tax: amount(evaluation.Totals.Tax), Gross: amount(evaluation.Totals.Gross),
	}
	requested := map[string]quote.Line{}
	for _, l := range request.Lines {
		requested[l.ID] = l
	}
	for _, l := range evaluation.Lines {
		if !l.Optional {
			order.Lines = append(order.Lines, lineOf(l, requested[l.ID]))
		}
	}
	for i, g := range evaluation.FreeGoods {
		order.Lines = append(order.Lines, Line{ID: fmt.Sprintf("%s-free-%d", g.Line, i+1), SKU: g.SKU, Quantity: g.Quantity, Unit: g.Unit,
			UnitPrice: "0", Net: "0", FreeOf: g.Line})
	}
	for _, s := range evaluation.Steps {
		if s.Allocate == "none" && !s.Statistical && !s.Excluded && s.Amount != nil && !s.Amount.IsZero() {
			order.Charges = append(order.Charges, Charge{ID: s.ID, Title: s.Title, Amount: s.Amount.String()})
		}
	}
	order.Content = order.hash()
	return order, nil
}

func lineOf(l quote.EvaluatedLine, requested quote.Line) Line {
	line := Line{
		ID: l.ID, SKU: l.SKU, PartNumber: l.PartNumber, Quantity: l.Quantity, Unit: l.Unit,
		UnitPrice: amount(l.UnitPrice), Net: amount(l.Net), Requested: requested.Requested,
	}
	if l.Configuration != nil {
		line.Configuration = l.Configuration.Chosen()
	}
	if l.Recurring != nil {
		for _, c := range l.Recurring.Charges {
			line.Payments = append(line.Payments, Charge{From: c.From, To: c.To, Amount: amount(c.Amount)})
		}
	}
	for _, c := range l.Components {
		line.Components = append(line.Components, Component{Level: c.Level, Position: c.Position, SKU: c.SKU, Quantity: c.Quantity, Unit: c.Unit})
	}
	return line
}

func amount(a *money.Amount) string {
	if a == nil {
		return "0"
	}
	return a.String()
}

// hash is the content hash of everything but the hash itself.
func (o Order) hash() string {
	o.Content = ""
	content, err := json.Marshal(o)
	if err != nil {
		panic(err) // an order is plain values
	}
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// differences says in what an order in the ERP is not the one that was asked for, and
// nothing when they are the same. Numbers are compared by value: an ERP may write 2 as
// 2.000.
func (o Order) differences(placed Order) []string {
	var d comparison
	d.text("reference", o.Reference, placed.Reference)
	d.text("customer", o.Customer, placed.Customer)
	d.text("currency", o.Currency, placed.Currency)
	d.text("date", o.Date.String(), placed.Date.String())
	d.number("net", o.Net, placed.Net)
	d.number("tax", o.Tax, placed.Tax)
	d.number("gross", o.Gross, placed.Gross)
	there := map[string]Line{}
	for _, l := range placed.Lines {
		if _, twice := there[l.ID]; twice {
			d.add("line %s is there twice", l.ID)
		}
		there[l.ID] = l
	}
	for _, l := range o.Lines {
		p, ok := there[l.ID]
		if !ok {
			d.add("line %s is missing", l.ID)
			continue
		}
		delete(there, l.ID)
		d.line(l, p)
	}
	for _, l := range placed.Lines {
		if _, extra := there[l.ID]; extra {
			d.add("line %s was not ordered", l.ID)
		}
	}
	return d
}

// comparison collects differences.
type comparison []string

func (d *comparison) add(format string, args ...any) { *d = append(*d, fmt.Sprintf(format, args...)) }

func (d *comparison) text(what, ours, theirs string) {
	if ours != theirs {
		d.add("%s is %q in the quote and %q in the ERP", what, ours, theirs)
	}
}

func (d *comparison) number(what, ours, theirs string) {
	a, errA := decimal.NewFromString(ours)
	b, errB := money.Parse(theirs)
	if errA != nil || errB != nil || !a.Equal(b) {
		d.add("%s is %s in the quote and %s in the ERP", what, ours, theirs)
	}
}

func (d *comparison) line(ours, theirs Line) {
	what := "line " + ours.ID + ": "
	d.text(what+"sku", ours.SKU, theirs.SKU)
	d.text(what+"part_number", ours.PartNumber, theirs.PartNumber)
	d.number(what+"quantity", ours.Quantity, theirs.Quantity)
	d.text(what+"unit", ours.Unit, theirs.Unit)
	d.number(what+"unit_price", ours.UnitPrice, theirs.UnitPrice)
	d.number(what+"net", ours.Net, theirs.Net)
	d.same(what+"configuration", ours.Configuration, theirs.Configuration)
	d.same(what+"components", ours.Components, theirs.Components)
}

// same compares what has no natural words for a difference.
func (d *comparison) same(what string, ours, theirs any) {
	a, errA := json.Marshal(ours)
	b, errB := json.Marshal(theirs)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		d.add("%s is another in the ERP", what)
	}
}
