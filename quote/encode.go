package quote

import (
	"encoding/json"
	"fmt"
	"strconv"

	"quotewright/catalog"
	"quotewright/money"
)

// Trace says how much of the reasons an answer holds.
type Trace string

// The traces.
const (
	TraceNone   Trace = "none"   // amounts alone: no steps, no components, no domains
	TraceNormal Trace = "normal" // every step and what lost in it
	TraceFull   Trace = "full"   // table rows that do not match as well
)

// Shown is what of an evaluation is written. The zero value shows neither costs nor
// reasons.
type Shown struct {
	Costs bool // costs, margins, and steps and reasons that speak of them
	Trace bool // steps, components and the domains of configurations
}

// Everything shows all of an evaluation.
var Everything = Shown{Costs: true, Trace: true}

// MarshalJSON writes all of the evaluation.
func (e *Evaluation) MarshalJSON() ([]byte, error) {
	return AppendJSON(nil, e, Everything), nil
}

// AppendJSON writes an evaluation. With Everything the bytes are those that
// encoding/json writes for the struct; without Costs they are those of WithoutCosts. A
// line costs no allocation, but for the first of those that share a configuration.
func AppendJSON(buf []byte, e *Evaluation, show Shown) []byte {
	w := &encoder{buf: buf, show: show}
	w.evaluation(e)
	return w.buf
}

// encoder writes objects field by field: every field starts with a comma, and the end
// of the object turns its first comma into the brace that opens it.
type encoder struct {
	buf            []byte
	show           Shown
	configurations map[*Configuration][]byte // as they were written before
}

func (w *encoder) evaluation(e *Evaluation) {
	start := len(w.buf)
	w.key(`,"versions":`)
	w.versions(&e.Versions)
	if e.CatalogAgeSeconds != nil {
		w.key(`,"catalog_age_seconds":`)
		w.buf = strconv.AppendInt(w.buf, *e.CatalogAgeSeconds, 10)
	}
	w.text(`,"currency":`, e.Currency)
	array(w, `,"lines":`, e.Lines, (*encoder).line)
	w.quoteSteps(e.Steps)
	w.key(`,"totals":`)
	w.totals(&e.Totals)
	arrayIfAny(w, `,"free_goods":`, e.FreeGoods, (*encoder).freeGood)
	arrayIfAny(w, `,"coupons":`, e.Coupons, (*encoder).coupon)
	array(w, `,"approvals":`, e.Approvals, (*encoder).approval)
	array(w, `,"messages":`, e.Messages, (*encoder).message)
	w.end(start)
}

func (w *encoder) versions(v *Versions) {
	start := len(w.buf)
	w.text(`,"rulebook":`, v.Rulebook)
	w.text(`,"catalog":`, v.Catalog)
	w.text(`,"engine":`, v.Engine)
	w.end(start)
}

func (w *encoder) line(l *EvaluatedLine) {
	start := len(w.buf)
	w.text(`,"id":`, l.ID)
	w.text(`,"sku":`, l.SKU)
	w.textIfAny(`,"alias":`, l.Alias)
	w.textIfAny(`,"name":`, l.Name)
	w.textIfAny(`,"part_number":`, l.PartNumber)
	w.text(`,"quantity":`, l.Quantity)
	w.textIfAny(`,"unit":`, l.Unit)
	w.truth(`,"optional":`, l.Optional)
	w.truth(`,"refused":`, l.Refused)
	w.amountIfAny(`,"unit_price":`, l.UnitPrice)
	w.amountIfAny(`,"list":`, l.List)
	w.amountIfAny(`,"discount":`, l.Discount)
	w.numberIfAny(`,"discount_percent":`, l.DiscountPercent)
	w.amountIfAny(`,"net":`, l.Net)
	w.amountIfAny(`,"tax":`, l.Tax)
	w.amountIfAny(`,"gross":`, l.Gross)
	if w.show.Trace {
		w.lineSteps(l.Steps)
	}
	if l.Configuration != nil {
		w.configuration(l.Configuration)
	}
	if w.show.Trace {
		arrayIfAny(w, `,"components":`, l.Components, (*encoder).component)
	}
	if w.show.Costs {
		w.amountIfAny(`,"cost":`, l.Cost)
		w.amountIfAny(`,"margin":`, l.Margin)
		w.numberIfAny(`,"margin_percent":`, l.MarginPercent)
	}
	if l.Availability != nil {
		w.availability(l.Availability)
	}
	if l.Guidance != nil && (w.show.Costs || !l.Guidance.ShowsCost) {
		w.guidance(l.Guidance)
	}
	if l.Recurring != nil {
		w.recurring(l.Recurring)
	}
	w.end(start)
}

func (w *encoder) availability(a *Availability) {
	w.key(`,"availability":`)
	start := len(w.buf)
	w.dateIfAny(`,"date":`, a.Date)
	w.textIfAny(`,"from_stock":`, a.FromStock)
	w.int(`,"lead_time_days":`, a.LeadTimeDays)
	w.truth(`,"late":`, a.Late)
	w.end(start)
}

func (w *encoder) guidance(g *Guidance) {
	w.key(`,"guidance":`)
	start := len(w.buf)
	w.amountIfAny(`,"floor":`, g.Floor)
	w.amountIfAny(`,"target":`, g.Target)
	w.amountIfAny(`,"stretch":`, g.Stretch)
	w.text(`,"position":`, g.Position)
	w.truth(`,"shows_cost":`, g.ShowsCost)
	w.end(start)
}

func (w *encoder) recurring(r *Recurring) {
	w.key(`,"recurring":`)
	start := len(w.buf)
	w.text(`,"period":`, r.Period)
	w.amount(`,"per_period":`, r.PerPeriod)
	w.date(`,"start":`, r.Start)
	w.date(`,"end":`, r.End)
	w.amount(`,"annual":`, r.Annual)
	array(w, `,"charges":`, r.Charges, (*encoder).charge)
	w.end(start)
}

func (w *encoder) charge(c *Charge) {
	start := len(w.buf)
	w.date(`,"from":`, c.From)
	w.date(`,"to":`, c.To)
	w.amount(`,"amount":`, c.Amount)
	w.end(start)
}

// quoteSteps writes the steps of the whole quote, which are always there.
func (w *encoder) quoteSteps(steps []Step) {
	switch {
	case steps == nil:
		w.key(`,"steps":null`)
	case !w.show.Trace || !w.stepList(`,"steps":`, steps):
		w.key(`,"steps":[]`)
	}
}

func (w *encoder) lineSteps(steps []Step) { w.stepList(`,"steps":`, steps) }

// stepList writes the steps that may be seen, and nothing at all when there are none.
func (w *encoder) stepList(key string, steps []Step) (any bool) {
	for i := range steps {
		if steps[i].ShowsCost && !w.show.Costs {
			continue
		}
		if any {
			w.buf = append(w.buf, ',')
		} else {
			w.buf = append(append(w.buf, key...), '[')
			any = true
		}
		w.step(&steps[i])
	}
	if any {
		w.buf = append(w.buf, ']')
	}
	return any
}

func (w *encoder) step(s *Step) {
	start := len(w.buf)
	w.text(`,"id":`, s.ID)
	w.textIfAny(`,"title":`, s.Title)
	w.textIfAny(`,"kind":`, s.Kind)
	w.textIfAny(`,"verdict":`, s.Verdict)
	w.amountIfAny(`,"amount":`, s.Amount)
	w.amountIfAny(`,"running":`, s.Running)
	w.amountIfAny(`,"basis":`, s.Basis)
	w.numberIfAny(`,"rate":`, s.Rate)
	w.source(s.Source)
	w.textIfAny(`,"allocate":`, s.Allocate)
	w.truth(`,"statistical":`, s.Statistical)
	w.truth(`,"excluded":`, s.Excluded)
	w.truth(`,"shows_cost":`, s.ShowsCost)
	arrayIfAny(w, `,"lost":`, s.Lost, (*encoder).lost)
	w.textIfAny(`,"note":`, s.Note)
	w.end(start)
}

// source writes the field source, where there is one.
func (w *encoder) source(s *Source) {
	if s == nil {
		return
	}
	w.key(`,"source":`)
	start := len(w.buf)
	w.textIfAny(`,"file":`, s.File)
	w.intIfAny(`,"line":`, s.Line)
	w.intIfAny(`,"column":`, s.Column)
	w.textIfAny(`,"record":`, s.Record)
	w.end(start)
}

func (w *encoder) lost(l *Lost) {
	start := len(w.buf)
	w.text(`,"id":`, l.ID)
	w.text(`,"reason":`, l.Reason)
	w.end(start)
}

func (w *encoder) component(c *Component) {
	start := len(w.buf)
	w.int(`,"level":`, c.Level)
	w.text(`,"position":`, c.Position)
	w.text(`,"sku":`, c.SKU)
	w.textIfAny(`,"name":`, c.Name)
	w.text(`,"quantity":`, c.Quantity)
	w.textIfAny(`,"unit":`, c.Unit)
	w.truth(`,"assembly":`, c.Assembly)
	if w.show.Costs {
		w.amountIfAny(`,"unit_cost":`, c.UnitCost)
		w.amountIfAny(`,"cost":`, c.Cost)
	}
	w.end(start)
}

func (w *encoder) totals(t *Totals) {
	start := len(w.buf)
	w.amountIfAny(`,"list":`, t.List)
	w.amountIfAny(`,"discount":`, t.Discount)
	w.numberIfAny(`,"discount_percent":`, t.DiscountPercent)
	w.amountIfAny(`,"net":`, t.Net)
	w.amountIfAny(`,"tax":`, t.Tax)
	w.amountIfAny(`,"gross":`, t.Gross)
	if w.show.Costs {
		w.amountIfAny(`,"cost":`, t.Cost)
		w.amountIfAny(`,"margin":`, t.Margin)
		w.numberIfAny(`,"margin_percent":`, t.MarginPercent)
	}
	w.amountIfAny(`,"one_off":`, t.OneOff)
	w.amountIfAny(`,"recurring":`, t.Recurring)
	w.amountIfAny(`,"tcv":`, t.TCV)
	w.amountIfAny(`,"arr":`, t.ARR)
	w.end(start)
}

func (w *encoder) freeGood(g *FreeGood) {
	start := len(w.buf)
	w.text(`,"id":`, g.ID)
	w.text(`,"line":`, g.Line)
	w.text(`,"sku":`, g.SKU)
	w.text(`,"quantity":`, g.Quantity)
	w.text(`,"unit":`, g.Unit)
	w.source(g.Source)
	w.end(start)
}

func (w *encoder) coupon(c *Coupon) {
	start := len(w.buf)
	w.text(`,"id":`, c.ID)
	w.intIfAny(`,"uses":`, c.Uses)
	w.intIfAny(`,"uses_per_customer":`, c.UsesPerCustomer)
	w.end(start)
}

func (w *encoder) approval(a *NeededApproval) {
	shown := *a
	if !w.show.Costs {
		shown = a.withoutCosts()
	}
	start := len(w.buf)
	w.text(`,"id":`, shown.ID)
	array(w, `,"roles":`, shown.Roles, (*encoder).quoted)
	w.textIfAny(`,"order":`, shown.Order)
	arrayIfAny(w, `,"lines":`, shown.Lines, (*encoder).quoted)
	w.textIfAny(`,"reason":`, shown.Reason)
	w.truth(`,"shows_cost":`, shown.ShowsCost)
	w.end(start)
}

func (w *encoder) message(m *Message) {
	start := len(w.buf)
	w.text(`,"severity":`, string(m.Severity))
	w.text(`,"code":`, m.Code)
	w.textIfAny(`,"line":`, m.Line)
	w.textIfAny(`,"feature":`, m.Feature)
	w.text(`,"text":`, m.Text)
	w.source(m.Source)
	w.end(start)
}

// configuration leaves the maps to encoding/json, once for all lines that share them.
func (w *encoder) configuration(c *Configuration) {
	written, known := w.configurations[c]
	if !known {
		shown := *c
		if !w.show.Trace {
			shown.Domains = map[string]json.RawMessage{}
		}
		var err error
		if written, err = json.Marshal(&shown); err != nil {
			panic(fmt.Errorf("write a configuration: %w", err)) // values and domains were written or read by encoding/json before
		}
		if w.configurations == nil {
			w.configurations = map[*Configuration][]byte{}
		}
		w.configurations[c] = written
	}
	w.key(`,"configuration":`)
	w.buf = append(w.buf, written...)
}

func (w *encoder) key(key string) { w.buf = append(w.buf, key...) }

// end closes the object whose fields were written from start on.
func (w *encoder) end(start int) {
	if len(w.buf) == start {
		w.buf = append(w.buf, '{')
	}
	w.buf[start] = '{'
	w.buf = append(w.buf, '}')
}

// array writes a list field; nil is null, as encoding/json has it.
func array[T any](w *encoder, key string, items []T, write func(*encoder, *T)) {
	w.key(key)
	if items == nil {
		w.key("null")
		return
	}
	w.buf = append(w.buf, '[')
	for i := range items {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		write(w, &items[i])
	}
	w.buf = append(w.buf, ']')
}

func arrayIfAny[T any](w *encoder, key string, items []T, write func(*encoder, *T)) {
	if len(items) > 0 {
		array(w, key, items, write)
	}
}

func (w *encoder) text(key, s string) {
	w.key(key)
	w.buf = appendText(w.buf, s)
}

func (w *encoder) textIfAny(key, s string) {
	if s != "" {
		w.text(key, s)
	}
}

func (w *encoder) quoted(s *string) { w.buf = appendText(w.buf, *s) }

func (w *encoder) int(key string, n int) {
	w.key(key)
	w.buf = strconv.AppendInt(w.buf, int64(n), 10)
}

func (w *encoder) intIfAny(key string, n int) {
	if n != 0 {
		w.int(key, n)
	}
}

// truth writes a field that is there when it is true.
func (w *encoder) truth(key string, b bool) {
	if b {
		w.key(key)
		w.key("true")
	}
}

func (w *encoder) amount(key string, a *money.Amount) {
	w.key(key)
	if a == nil {
		w.key("null")
		return
	}
	w.buf = append(a.Append(append(w.buf, '"')), '"')
}

func (w *encoder) amountIfAny(key string, a *money.Amount) {
	if a != nil {
		w.amount(key, a)
	}
}

func (w *encoder) numberIfAny(key string, n *money.Num) {
	if n != nil {
		w.key(key)
		w.buf = append(n.Append(append(w.buf, '"'), 0), '"')
	}
}

func (w *encoder) date(key string, d catalog.Date) {
	w.key(key)
	w.buf = appendDate(append(w.buf, '"'), d)
	w.buf = append(w.buf, '"')
}

func (w *encoder) dateIfAny(key string, d catalog.Date) {
	if !d.IsZero() {
		w.date(key, d)
	}
}
