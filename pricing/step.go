package pricing

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// choice says which of several candidates of one step count.
type choice string

const (
	chooseAll   choice = "all"
	chooseFirst choice = "first"
	chooseBest  choice = "best"
	chooseWorst choice = "worst"
)

// step is a compiled step of a procedure.
type step struct {
	def       StepDefinition
	kind      string
	when      *formula.Formula
	basis     []int // steps; nil: the running amount before
	choose    choice
	group     string
	groupEnd  bool // the last member of its exclusion group
	replaces  []int
	rounding  *money.Rounding // increment 0: the currency's minor unit
	roundUnit bool
	perQuote  bool
	perUnit   bool
	allocate  string
	excluded  bool
	cost      bool // its trace shows what something costs
	condition ConditionType
	table     *table
	formula   *formula.Formula
	entries   []adjustment
	input     *inputSource
}

// adjustment is a compiled entry of an adjustments step.
type adjustment struct {
	id, title       string
	at              fault.Position
	when            *formula.Formula
	percent, amount *formula.Formula
	perUnit         bool
}

// inputSource is what a rep's input does.
type inputSource struct {
	id      string
	scope   Scope
	slot    int
	measure string // percent, amount, price
	sign    int64
	at      fault.Position
}

// outcome is what a step found for a line or the quote.
type outcome struct {
	candidates []candidate
	lost       []Lost
	note       string
}

// find asks the step's source. The line is nil for a step per quote.
func (r *run) find(s *step, l *lineRun, basis decimal.Decimal) (outcome, error) {
	switch {
	case s.table != nil:
		return r.fromTable(s, l, basis)
	case s.formula != nil:
		v, err := s.formula.Eval(r.lookup(l))
		if err != nil {
			return outcome{}, err
		}
		if !v.Known() {
			return outcome{}, fmt.Errorf("the formula has no value")
		}
		at := s.formula.Source().At
		return outcome{candidates: []candidate{{id: s.def.ID, amount: r.scaled(v.Number(), s.perUnit, l), source: &Source{File: at.File, Line: at.Line}}}}, nil
	case len(s.entries) > 0:
		return r.fromAdjustments(s, l, basis)
	case s.input != nil:
		return r.fromInput(s, l, basis)
	}
	return r.fromConditions(s, l, basis)
}

func (r *run) fromConditions(s *step, l *lineRun, basis decimal.Decimal) (outcome, error) {
	first := s.choose == chooseFirst
	switch s.kind {
	case "options":
		var options []part
		for _, keys := range l.in.Options {
			options = append(options, part{subject: subject{product: l.in.Product, option: keys, quantity: l.in.BaseQuantity}})
		}
		return r.each(s, options, basis)
	case "components":
		var components []part
		for _, c := range l.in.Components {
			components = append(components, part{subject{product: c.Product, quantity: c.Quantity}, c.Level})
		}
		return r.each(s, components, basis)
	}
	found, lost, err := r.conditions(s.condition, subject{product: l.in.Product, quantity: l.in.BaseQuantity}, basis, first)
	return outcome{candidates: found, lost: lost}, err
}

// part is one option or component to price.
type part struct {
	subject
	level int // 0: no tree
}

// each sums the first record of every part. A component with a price of its own is
// priced as a whole; what has none is priced by what it is made of.
func (r *run) each(s *step, parts []part, basis decimal.Decimal) (outcome, error) {
	var out outcome
	sum := candidate{id: s.def.ID}
	priced := 0
	for i := 0; i < len(parts); i++ {
		found, lost, err := r.conditions(s.condition, parts[i].subject, basis, true)
		if err != nil {
			return out, err
		}
		out.lost = append(out.lost, lost...)
		if len(found) == 0 {
			if i+1 == len(parts) || parts[i+1].level <= parts[i].level {
				out.lost = append(out.lost, Lost{ID: parts[i].name(), Reason: "no " + s.condition.ID + " record"})
			}
			continue
		}
		priced++
		sum.amount = sum.amount.Add(found[0].amount)
		sum.note = appendNote(sum.note, found[0].id)
		for parts[i].level > 0 && i+1 < len(parts) && parts[i+1].level > parts[i].level {
			i++
		}
	}
	if priced > 0 {
		out.candidates = []candidate{sum}
	}
	return out, nil
}

func (s subject) name() string {
	if len(s.option) > 0 {
		return s.option[0]
	}
	return s.product.SKU
}

func appendNote(note, more string) string {
	if note == "" {
		return more
	}
	return note + ", " + more
}

func (r *run) fromTable(s *step, l *lineRun, basis decimal.Decimal) (outcome, error) {
	var out outcome
	hits := s.table.match(r.lookup(l))
	if s.table.hit == hitUnique && len(hits) > 1 {
		return out, fmt.Errorf("table %s is unique, but its lines %d and %d both match", s.table.name,
			s.table.rows[hits[0]].at.Line, s.table.rows[hits[1]].at.Line)
	}
	for _, n := range hits {
		row := s.table.rows[n]
		c := candidate{id: fmt.Sprintf("%s:%d", s.table.name, row.at.Line), note: row.reason, source: &Source{File: row.at.File, Line: row.at.Line}}
		switch {
		case row.percent != nil:
			base := basis
			c.rate, c.basis, c.amount = row.percent, &base, money.Percent(basis, *row.percent)
		case row.amount != nil:
			c.amount = r.scaled(*row.amount, row.per == "unit" || row.per == "" && s.perUnit, l)
		default:
			continue
		}
		out.candidates = append(out.candidates, c)
	}
	return out, nil
}

func (r *run) fromAdjustments(s *step, l *lineRun, basis decimal.Decimal) (outcome, error) {
	var out outcome
	for _, a := range s.entries {
		ok, why, err := r.holds(a.when, l)
		if err != nil {
			return out, err
		}
		if !ok {
			out.lost = append(out.lost, Lost{a.id, why})
			continue
		}
		c := candidate{id: a.id, note: a.title, source: &Source{File: a.at.File, Line: a.at.Line, Record: a.id}}
		f := a.percent
		if f == nil {
			f = a.amount
		}
		v, err := f.Eval(r.lookup(l))
		if err != nil {
			return out, err
		}
		if a.percent != nil {
			rate, base := v.Number(), basis
			c.rate, c.basis, c.amount = &rate, &base, money.Percent(basis, rate)
		} else {
			c.amount = r.scaled(v.Number(), a.perUnit, l)
		}
		out.candidates = append(out.candidates, c)
	}
	return out, nil
}

func (r *run) fromInput(s *step, l *lineRun, basis decimal.Decimal) (outcome, error) {
	in := s.input
	v := r.lookup(l)(in.slot)
	if !v.Known() {
		return outcome{note: "nothing entered"}, nil
	}
	d := v.Number()
	if s.def.Min != nil && d.LessThan(*s.def.Min) || s.def.Max != nil && d.GreaterThan(*s.def.Max) {
		return outcome{}, outOfRange{in.id, d, s.def.Min, s.def.Max}
	}
	c := candidate{id: s.def.ID, source: &Source{File: in.at.File, Line: in.at.Line, Record: in.id}}
	switch in.measure {
	case "percent":
		rate, base := d.Mul(decimal.NewFromInt(in.sign)), basis
		c.rate, c.basis, c.amount = &rate, &base, money.Percent(basis, rate)
	case "price":
		c.amount = r.scaled(d, true, l)
	default:
		c.amount = r.scaled(d.Mul(decimal.NewFromInt(in.sign)), s.perUnit, l)
	}
	return outcome{candidates: []candidate{c}}, nil
}

type outOfRange struct {
	input    string
	value    decimal.Decimal
	min, max *decimal.Decimal
}

func (e outOfRange) Error() string {
	switch {
	case e.min == nil:
		return fmt.Sprintf("%s is %s; at most %s is allowed", e.input, e.value, e.max)
	case e.max == nil:
		return fmt.Sprintf("%s is %s; at least %s is needed", e.input, e.value, e.min)
	}
	return fmt.Sprintf("%s is %s; %s to %s is allowed", e.input, e.value, e.min, e.max)
}

// scaled multiplies an amount per unit by the quantity.
func (r *run) scaled(amount decimal.Decimal, perUnit bool, l *lineRun) decimal.Decimal {
	switch {
	case !perUnit:
		return amount
	case l == nil:
		return amount.Mul(r.quantity)
	}
	return amount.Mul(l.in.Quantity)
}

// nothing says why a step that looked for something found no candidate at all.
func (s *step) nothing() string {
	switch s.kind {
	case "condition":
		return "no " + s.condition.ID + " record"
	case "table":
		return "no row of table " + s.table.name + " matches"
	}
	return ""
}

// pick applies choose: what counts, and what lost to it.
func (o *outcome) pick(how choice) []candidate {
	if len(o.candidates) < 2 || how == chooseAll {
		return o.candidates
	}
	best := 0
	for i, c := range o.candidates {
		order := c.amount.Cmp(o.candidates[best].amount)
		if how == chooseBest && order < 0 || how == chooseWorst && order > 0 {
			best = i
		}
	}
	for i, c := range o.candidates {
		if i != best {
			o.lost = append(o.lost, Lost{c.id, fmt.Sprintf("not chosen: %s is %s", how, o.candidates[best].id)})
		}
	}
	return slices.Clone(o.candidates[best : best+1])
}
