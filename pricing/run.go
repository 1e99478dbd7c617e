package pricing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// run is one pricing of one input. Steps are computed one after the other over all
// lines, so that a step for the whole quote sees them all.
type run struct {
	model    *SalesModel
	view     *catalog.View
	in       *Input
	lines    []*lineRun
	quantity decimal.Decimal
	weight   decimal.Decimal
	totals   Totals
	messages []Message
	scope    *scope
}

// lineRun is the state of a line while the procedure runs.
type lineRun struct {
	in       *Line
	running  decimal.Decimal
	before   map[string]decimal.Decimal // running amount before each exclusion group began
	amounts  []decimal.Decimal          // per step; a subtotal's is its running amount
	done     []bool
	steps    []StepResult
	excluded decimal.Decimal // sum of the steps that are not part of net
	lowered  decimal.Decimal // sum of what steps after list took off, positive
	list     decimal.Decimal
	listed   bool
	failed   bool
	figures  Figures
	price    decimal.Decimal // per unit
}

func (l *lineRun) unitCost() *decimal.Decimal {
	if l.in.Cost == nil || l.in.Quantity.IsZero() {
		return nil
	}
	d, _ := money.Divide(*l.in.Cost, l.in.Quantity)
	return &d
}

// Price runs the procedure over the input. It never fails as a whole: what is wrong
// with a line is a message on it, and the line is marked as failed.
func (m *SalesModel) Price(view *catalog.View, in Input) Result {
	r := &run{model: m, view: view, in: &in, scope: m.scope}
	for i := range in.Lines {
		l := &lineRun{in: &in.Lines[i], failed: in.Lines[i].Skip, before: map[string]decimal.Decimal{},
			amounts: make([]decimal.Decimal, len(m.steps)), done: make([]bool, len(m.steps))}
		r.lines = append(r.lines, l)
		if !l.in.Optional && !l.failed {
			r.quantity, r.weight = r.quantity.Add(l.in.Quantity), r.weight.Add(l.in.WeightKg)
		}
	}
	r.eligibility()
	for i := range m.steps {
		r.step(i)
	}
	r.finish()
	r.scope = m.approvalScope
	approvals := r.approvals()
	return r.result(approvals)
}

func (r *run) lookup(l *lineRun) formula.Lookup { return r.scope.lookup(r, l) }

// active returns the lines that a step works on.
func (r *run) active() []*lineRun {
	var lines []*lineRun
	for _, l := range r.lines {
		if !l.failed {
			lines = append(lines, l)
		}
	}
	return lines
}

// fail puts a message on a line and takes it out of the calculation.
func (r *run) fail(l *lineRun, err error, code string, at fault.Position) {
	m := Message{Severity: "error", Code: code, Text: err.Error(), Source: &at}
	var mistakes fault.Mistakes
	var rate missingRate
	var limit outOfRange
	switch {
	case errors.As(err, &mistakes):
		m.Code, m.Text, m.Source = "formula", mistakes[0].Text, &mistakes[0].Position
	case errors.As(err, &rate):
		m.Code = "missing_rate"
	case errors.As(err, &limit):
		m.Code = "input_out_of_range"
	}
	if l != nil {
		m.Line, l.failed = l.in.ID, true
	}
	r.messages = append(r.messages, m)
}

func (r *run) step(i int) {
	s := &r.model.steps[i]
	switch {
	case s.kind == "subtotal":
		for _, l := range r.active() {
			r.subtotal(i, l)
		}
		return
	case s.perQuote:
		r.stepOnQuote(i)
	default:
		for _, l := range r.active() {
			r.stepOnLine(i, l)
		}
	}
	if s.groupEnd {
		for _, l := range r.active() {
			r.settle(s.group, i, l)
		}
	}
	for _, l := range r.active() {
		r.noNegative(i, l)
	}
}

func (r *run) subtotal(i int, l *lineRun) {
	s := &r.model.steps[i]
	if s.rounding != nil {
		l.running = r.round(s, l.running, l)
	}
	l.amounts[i], l.done[i] = l.running, true
	if !l.listed {
		l.list, l.listed = l.running, true
	}
	l.steps = append(l.steps, StepResult{ID: s.def.ID, Title: s.def.Title.Text, Kind: s.kind,
		Amount: r.amount(l.running), Running: r.amount(l.running)})
}

func (r *run) stepOnLine(i int, l *lineRun) {
	s := &r.model.steps[i]
	basis := r.basis(s, l)
	var out outcome
	ok, why, err := r.holds(s.when, l)
	if err == nil && ok {
		out, err = r.find(s, l, basis)
	}
	if err != nil {
		r.fail(l, fmt.Errorf("step %s: %w", s.def.ID, err), "step", s.def.At)
		return
	}
	switch {
	case !ok:
		out.lost = append(out.lost, Lost{s.def.ID, why})
	case len(out.candidates)+len(out.lost) == 0 && s.nothing() != "":
		out.lost = append(out.lost, Lost{s.def.ID, s.nothing()})
	}
	chosen := out.pick(s.choose)
	if len(chosen) == 0 && s.def.Required && ok {
		r.missing(s, l, out.lost)
		return
	}
	r.enter(i, l, r.merge(s, l, chosen, out))
}

// merge makes one step result of the chosen candidates.
func (r *run) merge(s *step, l *lineRun, chosen []candidate, out outcome) StepResult {
	res := StepResult{ID: s.def.ID, Title: s.def.Title.Text, Kind: s.kind, Statistical: s.def.Statistical,
		Excluded: s.excluded, Cost: s.cost, Note: out.note, Lost: out.lost}
	sum := decimal.Zero
	for _, c := range chosen {
		sum = sum.Add(c.amount)
		res.Note = appendNote(res.Note, c.note)
		res.Rate, res.Source = c.rate, r.sourceOf(s, c)
		if c.basis != nil {
			b := r.amount(*c.basis)
			res.Basis = &b
		}
	}
	res.Note = strings.Trim(res.Note, ", ")
	if len(chosen) > 1 {
		res.Rate = nil
	}
	if len(chosen) > 0 {
		sum = r.limited(s, r.round(s, sum, l), &res)
		if s.excluded {
			sum = r.in.Currency.Round(sum)
		}
	}
	res.Amount = r.amount(sum)
	return res
}

func (r *run) sourceOf(s *step, c candidate) *Source {
	source := Source{File: s.def.At.File, Line: s.def.At.Line}
	if c.source != nil {
		if c.source.File != "" {
			source = *c.source
		}
		source.Record = c.source.Record
	}
	return &source
}

// limited holds an amount to the step's limits, which for inputs are limits of what is
// entered and checked there.
func (r *run) limited(s *step, d decimal.Decimal, res *StepResult) decimal.Decimal {
	if s.input != nil {
		return d
	}
	if s.def.Min != nil && d.LessThan(*s.def.Min) {
		res.Note = appendNote(res.Note, "raised to the minimum")
		return *s.def.Min
	}
	if s.def.Max != nil && d.GreaterThan(*s.def.Max) {
		res.Note = appendNote(res.Note, "cut to the maximum")
		return *s.def.Max
	}
	return d
}

// enter books a step's result on a line.
func (r *run) enter(i int, l *lineRun, res StepResult) {
	s := &r.model.steps[i]
	if s.group != "" {
		if _, began := l.before[s.group]; !began {
			l.before[s.group] = l.running
		}
	}
	l.amounts[i], l.done[i] = res.Amount.Decimal(), true
	applied := !res.Amount.IsZero() || res.Source != nil
	if applied {
		for _, replaced := range s.replaces {
			r.withdraw(replaced, l, "replaced by "+s.def.ID)
		}
	}
	if !s.def.Statistical {
		l.running = l.running.Add(res.Amount.Decimal())
	}
	res.Running = r.amount(l.running)
	l.steps = append(l.steps, res)
}

// withdraw takes back what a step had added and says why.
func (r *run) withdraw(i int, l *lineRun, why string) {
	s := &r.model.steps[i]
	at := slices.IndexFunc(l.steps, func(res StepResult) bool { return res.ID == s.def.ID })
	if at < 0 || l.amounts[i].IsZero() && l.steps[at].Source == nil {
		return
	}
	res := &l.steps[at]
	id := s.def.ID
	if res.Source != nil && res.Source.Record != "" {
		id = res.Source.Record
	}
	res.Lost = append(res.Lost, Lost{id, why})
	if !s.def.Statistical {
		l.running = l.running.Sub(l.amounts[i])
		for j := at; j < len(l.steps); j++ {
			l.steps[j].Running = r.amount(l.steps[j].Running.Decimal().Sub(l.amounts[i]))
		}
	}
	l.amounts[i] = decimal.Zero
	res.Amount, res.Source, res.Rate = r.amount(decimal.Zero), nil, nil
}

// settle keeps the best member of an exclusion group that ends with step last.
func (r *run) settle(group string, last int, l *lineRun) {
	best := -1
	for i := range last + 1 {
		if r.model.steps[i].group != group || !l.done[i] || l.amounts[i].IsZero() {
			continue
		}
		if best < 0 || l.amounts[i].LessThan(l.amounts[best]) {
			best = i
		}
	}
	for i := range last + 1 {
		if i != best && r.model.steps[i].group == group && l.done[i] {
			r.withdraw(i, l, fmt.Sprintf("lost to %s in exclusion %s", r.model.steps[max(best, 0)].def.ID, group))
		}
	}
}

func (r *run) noNegative(i int, l *lineRun) {
	s := &r.model.steps[i]
	if l.running.Sign() < 0 && !s.def.AllowNegative {
		r.fail(l, fmt.Errorf("step %s makes the price negative: %s", s.def.ID, r.amount(l.running)), "negative_price", s.def.At)
	}
}

// basis is what a step's percentages refer to.
func (r *run) basis(s *step, l *lineRun) decimal.Decimal {
	if s.basis == nil {
		if before, ok := l.before[s.group]; ok && s.group != "" {
			return before
		}
		return l.running
	}
	sum := decimal.Zero
	for _, b := range s.basis {
		sum = sum.Add(l.amounts[b])
	}
	return sum
}

// round rounds a step's amount on a line; l is nil for an amount of the quote.
func (r *run) round(s *step, d decimal.Decimal, l *lineRun) decimal.Decimal {
	if s.rounding == nil {
		return d
	}
	rule := *s.rounding
	if rule.Increment.IsZero() {
		rule.Increment = r.in.Currency.MinorUnit()
	}
	if s.roundUnit && l != nil && !l.in.Quantity.IsZero() {
		unit, err := money.Divide(d, l.in.Quantity)
		if err == nil {
			return rule.Round(unit).Mul(l.in.Quantity)
		}
	}
	return rule.Round(d)
}

// stepOnQuote computes a step once and spreads its amount over the lines.
func (r *run) stepOnQuote(i int) {
	s := &r.model.steps[i]
	lines := slices.DeleteFunc(r.active(), func(l *lineRun) bool { return l.in.Optional })
	slices.SortStableFunc(lines, func(a, b *lineRun) int { return strings.Compare(a.in.ID, b.in.ID) })
	basis := decimal.Zero
	for _, l := range lines {
		basis = basis.Add(r.basis(s, l))
	}
	ok, why, err := r.holds(s.when, nil)
	var out outcome
	if err == nil && ok {
		out, err = r.find(s, nil, basis)
	}
	if !ok {
		out.lost = append(out.lost, Lost{s.def.ID, why})
	}
	var parts []decimal.Decimal
	var res StepResult
	if err == nil && len(lines) > 0 {
		res = r.merge(s, nil, out.pick(s.choose), out)
		if len(out.candidates) == 0 && s.def.Required && ok {
			err = errors.New("nothing found, but it is required")
		}
		parts, err = r.spread(s, lines, res.Amount.Decimal(), err)
	}
	if err != nil {
		r.fail(nil, fmt.Errorf("step %s: %w", s.def.ID, err), "step", s.def.At)
		return
	}
	for n, l := range lines {
		part := res
		part.Amount = r.amount(parts[n])
		part.Note = appendNote(part.Note, fmt.Sprintf("share of %s by %s", res.Amount, s.allocate))
		r.enter(i, l, part)
	}
}

func (r *run) spread(s *step, lines []*lineRun, total decimal.Decimal, err error) ([]decimal.Decimal, error) {
	if err != nil {
		return nil, err
	}
	weights := make([]decimal.Decimal, len(lines))
	for n, l := range lines {
		switch s.allocate {
		case "quantity":
			weights[n] = l.in.Quantity
		case "weight":
			weights[n] = l.in.WeightKg
		case "equal":
			weights[n] = decimal.NewFromInt(1)
		default:
			weights[n] = decimal.Max(l.running, decimal.Zero)
		}
	}
	return money.Allocate(total, weights, r.in.Currency.MinorUnit())
}

// holds evaluates a condition; when it is false, why names the values it saw.
func (r *run) holds(f *formula.Formula, l *lineRun) (ok bool, why string, err error) {
	if f == nil {
		return true, "", nil
	}
	if ok, err = f.True(r.lookup(l)); ok || err != nil {
		return ok, "", err
	}
	var seen []string
	for _, v := range f.Variables() {
		value := r.lookup(l)(v.Slot)
		if value.Known() {
			seen = append(seen, v.Name+" is "+value.String())
		} else {
			seen = append(seen, v.Name+" has no value")
		}
	}
	return false, "condition false: " + strings.Join(seen, ", "), nil
}

// missing reports a required price that is not there, telling an expired one apart.
func (r *run) missing(s *step, l *lineRun, lost []Lost) {
	code, text := "missing_price", fmt.Sprintf("step %s: no %s price for %s", s.def.ID, s.condition.ID, l.in.Product.SKU)
	for _, x := range lost {
		if strings.HasPrefix(x.Reason, "outside validity") {
			code = "expired_condition"
			text += fmt.Sprintf(" on %s; record %s is %s", r.in.Date, x.ID, x.Reason)
			break
		}
		if strings.HasPrefix(x.Reason, "below") {
			text += fmt.Sprintf("; the quantity is %s (record %s)", x.Reason, x.ID)
			break
		}
	}
	r.fail(l, errors.New(text), code, s.def.At)
}

func (r *run) amount(d decimal.Decimal) money.Amount { return r.in.Currency.Amount(d) }
