package pricing

import (
	"fmt"
	"slices"

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
	def         StepDefinition
	id          string
	title       Title
	kind        string
	source      *Source
	nothing     string // why it found nothing
	when        *formula.Formula
	gate        *gate
	basis       []int // steps; nil: the running amount before
	choose      choice
	group       string
	cluster     int // of its exclusion group; -1: none
	replaces    []int
	replaced    bool // by a later step
	round       *rounding
	min, max    *money.Num
	currency    string // of its amounts; "": the quote's
	perQuote    bool
	perUnit     bool
	allocate    string
	excluded    bool
	included    bool
	statistical bool
	cost        bool // its trace shows what something costs
	oneLine     bool // what it does on a line is the same whatever the other lines are

	condition   *conditionType
	override    *inputSource
	table       *table
	formula     *formula.Formula
	adjustments ruleSet[adjustment]
	input       *inputSource
	sum         *formula.Formula
	roundTo     *rounding
	freeGoods   []freeGoods
	bundles     []bundle
	coupons     *coupons
	term        *termStep
}

// rounding is how a step or a condition type rounds.
type rounding struct {
	each string // line, unit, document
	rule money.Rounding
}

func (s *step) documentRounding() bool { return s.round != nil && s.round.each == "document" }

// overLines reports whether a step looks at all lines before it books anything.
func (s *step) overLines() bool {
	switch s.kind {
	case "free_goods", "bundles", "coupons":
		return true
	}
	return s.documentRounding()
}

// reads returns the names that a step's formulas and table read.
func (s *step) reads() []string {
	formulas := []*formula.Formula{s.when, s.formula, s.sum}
	for _, e := range s.adjustments.rules {
		formulas = append(formulas, e.when, e.percent, e.amount)
	}
	for _, f := range s.freeGoods {
		formulas = append(formulas, f.buy, f.get)
	}
	for _, b := range s.bundles {
		formulas = append(formulas, b.when)
	}
	if s.coupons != nil {
		for _, o := range s.coupons.offers {
			formulas = append(formulas, o.when)
		}
	}
	var names []string
	for _, f := range formulas {
		if f == nil {
			continue
		}
		for _, v := range f.Variables() {
			names = append(names, v.Name)
		}
	}
	if s.table != nil {
		for _, col := range s.table.columns {
			names = append(names, col.name)
		}
	}
	return names
}

// countedNames are what formulas may read of the lines that count. A line that fails does
// not any more from the next step on.
var countedNames = []string{"quote.lines", "quote.quantity", "quote.weight_kg"}

// looksAtOneLine reports whether a step does on a line the same whatever the others are.
func (s *step) looksAtOneLine() bool {
	if s.perQuote || s.overLines() || s.kind == "sum" || s.condition != nil && s.condition.across() {
		return false
	}
	return !slices.ContainsFunc(s.reads(), func(name string) bool { return slices.Contains(countedNames, name) })
}

// adjustment is a compiled entry of an adjustments step.
type adjustment struct {
	id              string
	title           Title
	source          *Source
	when            *formula.Formula
	gate            *gate
	percent, amount *formula.Formula
	perUnit         bool
}

// inputSource is what a rep's input does.
type inputSource struct {
	id      string
	scope   Scope
	slot    int
	measure string // percent, amount, price
	lowers  bool   // what is entered is taken off
	source  *Source
}

// candidate is a value that a step could take.
type candidate struct {
	id      string
	amount  money.Num
	rate    money.Num // percent of basis
	basis   money.Num
	isRated bool
	source  *Source
	title   *Title    // of the adjustment, in its note
	gift    *FreeGood // given if the candidate counts
	text    string    // note
	note    span      // more note
}

func (c *candidate) setPercent(basis, rate money.Num) {
	c.isRated, c.basis, c.rate, c.amount = true, basis, rate, basis.Percent(rate)
}

// outcome is what a step found for a line or the quote.
type outcome struct {
	found []candidate
	lost  []loser
	text  string // note of the step
}

// loser is a candidate that did not count, and why: a text or a span of the run's texts.
type loser struct {
	id, text string
	why      span
}

func (o *outcome) clear() { o.found, o.lost, o.text = o.found[:0], o.lost[:0], "" }

func (o *outcome) lose(id string, why span) { o.lost = append(o.lost, loser{id: id, why: why}) }

func (o *outcome) loseText(id, why string) { o.lost = append(o.lost, loser{id: id, text: why}) }

// find asks the step's source. The line is nil for a step per quote.
func (r *run) find(s *step, l *lineRun, basis money.Num, out *outcome) error {
	switch s.kind {
	case "table":
		return r.fromTable(s, l, basis, out)
	case "formula":
		return r.fromFormula(s, l, out)
	case "adjustments":
		return r.fromAdjustments(s, l, basis, out)
	case "input":
		return r.fromInput(s, l, basis, out)
	case "rounding":
		rule := r.increment(s.roundTo)
		out.found = append(out.found, candidate{id: s.id, amount: rule.RoundNum(basis).Sub(basis), source: s.source})
		return nil
	case "term":
		return r.fromTerm(s, l, out)
	}
	return r.fromConditions(s, l, basis, out)
}

func (r *run) fromFormula(s *step, l *lineRun, out *outcome) error {
	v, err := s.formula.Eval(r.lookup)
	if err != nil {
		return err
	}
	if !v.Known() {
		return noValue(s.formula)
	}
	amount, err := r.scaled(s, v.Num(), s.perUnit, l)
	out.found = append(out.found, candidate{id: s.id, amount: amount, source: s.source})
	return err
}

func noValue(f *formula.Formula) error {
	return fault.Mistakes{{Position: f.Source().At, Code: "formula", Text: "the formula has no value"}}
}

func (r *run) fromConditions(s *step, l *lineRun, basis money.Num, out *outcome) error {
	switch s.kind {
	case "options":
		r.parts = r.parts[:0]
		for _, keys := range l.in.Options {
			r.parts = append(r.parts, part{subject{line: l, product: l.in.Product, option: keys, quantity: l.base, basis: basis, part: true}, 0})
		}
		return r.each(s, out)
	case "components":
		r.parts = r.parts[:0]
		for i := range l.in.Components {
			c := &l.in.Components[i]
			r.parts = append(r.parts, part{subject{line: l, product: c.Product, quantity: c.Quantity, basis: basis, part: true}, c.Level})
		}
		return r.each(s, out)
	}
	r.subject = subject{line: l, product: l.in.Product, quantity: l.base, basis: basis}
	hit, err := r.conditions(s.condition, &r.subject, s.choose == chooseFirst, out)
	if err != nil || hit {
		return err
	}
	v, err := r.overridden(&r.subject)
	if err != nil {
		return err
	}
	if v != nil {
		c := candidate{id: s.id, source: s.override.source, text: "entered"}
		if s.condition.def.Measure == "percent" {
			c.setPercent(basis, *v)
		} else if c.amount = *v; s.condition.def.ChargeBy != ByLine {
			c.amount = v.Mul(r.charged(s.condition, l))
		}
		c.amount = r.rounded(s.condition.round, c.amount, l)
		out.found = append(out.found, c)
	}
	return nil
}

// charged is how many units or kilograms of a line an entered amount is for.
func (r *run) charged(t *conditionType, l *lineRun) money.Num {
	if t.def.ChargeBy == ByWeight {
		return l.in.WeightKg
	}
	return l.base
}

// part is one option or component to price.
type part struct {
	subject
	level int // 0: no tree
}

// each sums the first record of every part. A component with a price of its own is
// priced as a whole; what has none is priced by what it is made of.
func (r *run) each(s *step, out *outcome) error {
	sum := candidate{id: s.id, source: s.source}
	priced := 0
	for i := 0; i < len(r.parts); i++ {
		p := &r.parts[i]
		from := len(out.found)
		hit, err := r.conditions(s.condition, &p.subject, true, out)
		if err != nil {
			return err
		}
		if !hit {
			if i+1 == len(r.parts) || r.parts[i+1].level <= p.level {
				out.loseText(p.name(), s.condition.nothing)
			}
			continue
		}
		priced++
		sum.amount = sum.amount.Add(out.found[from].amount)
		sum.note = r.putAfter(sum.note, out.found[from].id)
		out.found = out.found[:from]
		for p.level > 0 && i+1 < len(r.parts) && r.parts[i+1].level > p.level {
			i++
		}
	}
	if priced > 0 {
		out.found = append(out.found, sum)
	}
	return nil
}

func (r *run) fromTable(s *step, l *lineRun, basis money.Num, out *outcome) error {
	hits := s.table.match(r)
	if s.table.hit == hitUnique && len(hits) > 1 {
		return fmt.Errorf("table %s is unique, but its lines %d and %d both match", s.table.name,
			s.table.rows[hits[0]].source.Line, s.table.rows[hits[1]].source.Line)
	}
	counted := hits
	if s.table.hit == hitFirst && len(hits) > 1 {
		counted = hits[:1]
	}
	for _, n := range counted {
		row := &s.table.rows[n]
		c := candidate{id: row.id, text: row.reason, source: row.source}
		switch {
		case row.percent != nil:
			c.setPercent(basis, *row.percent)
		case row.amount != nil:
			var err error
			if c.amount, err = r.scaled(s, *row.amount, row.per == "unit" || row.per == "" && s.perUnit, l); err != nil {
				return err
			}
		default:
			continue
		}
		out.found = append(out.found, c)
	}
	for _, n := range hits[len(counted):] {
		out.lose(s.table.rows[n].id, r.put("not chosen: first is ", s.table.rows[hits[0]].id))
	}
	if r.full {
		r.explainRows(s.table, hits, out)
	}
	return nil
}

// explainRows says of every row that does not match which cell it is.
func (r *run) explainRows(t *table, hits []int32, out *outcome) {
	for n := range t.rows {
		if slices.Contains(hits, int32(n)) {
			continue
		}
		for _, p := range t.index.rules[n].predicates {
			v := r.lookup(p.slot)
			if p.holds(&v) {
				continue
			}
			value := v.String()
			if !v.Known() {
				value = "nothing"
			}
			out.lose(t.rows[n].id, r.put("does not match: ", r.scope.names[p.slot], " is ", value))
			break
		}
	}
}

func (r *run) fromAdjustments(s *step, l *lineRun, basis money.Num, out *outcome) error {
	set := &s.adjustments
	if set.index == nil {
		for i := range set.rules {
			a := &set.rules[i]
			ok, err := r.holds(a.when, a.gate, a.id, out)
			if err == nil && ok {
				err = r.adjust(s, a, l, basis, out)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	found := set.index.find(&r.probes[set.index.ordinal], r.lookup)
	for _, n := range found {
		ok, err := set.index.rules[n].remains(r.lookup)
		if err == nil && !ok && r.trace {
			out.lose(set.rules[n].id, r.seen(set.rules[n].when))
		}
		if err == nil && ok {
			err = r.adjust(s, &set.rules[n], l, basis, out)
		}
		if err != nil {
			return err
		}
	}
	for n := range set.rules {
		if r.full && !slices.Contains(found, int32(n)) {
			out.lose(set.rules[n].id, r.seen(set.rules[n].when))
		}
	}
	return nil
}

func (r *run) adjust(s *step, a *adjustment, l *lineRun, basis money.Num, out *outcome) error {
	c := candidate{id: a.id, title: &a.title, source: a.source}
	f := a.percent
	if f == nil {
		f = a.amount
	}
	v, err := f.Eval(r.lookup)
	if err != nil {
		return err
	}
	if !v.Known() {
		return noValue(f)
	}
	if a.percent != nil {
		c.setPercent(basis, v.Num())
	} else if c.amount, err = r.scaled(s, v.Num(), a.perUnit, l); err != nil {
		return err
	}
	out.found = append(out.found, c)
	return nil
}

func (r *run) fromInput(s *step, l *lineRun, basis money.Num, out *outcome) (err error) {
	in := s.input
	v := r.lookup(in.slot)
	if !v.Known() {
		out.text = "nothing entered"
		return nil
	}
	n := v.Num()
	if outside(n, s.min, s.max) {
		return outOfRange{in.id, n, s.min, s.max}
	}
	signed := n
	if in.lowers {
		signed = n.Neg()
	}
	c := candidate{id: s.id, source: in.source}
	switch in.measure {
	case "percent":
		c.setPercent(basis, signed)
	case "price":
		c.amount, err = r.scaled(s, n, true, l)
	default:
		c.amount, err = r.scaled(s, signed, s.perUnit, l)
	}
	out.found = append(out.found, c)
	return err
}

type outOfRange struct {
	input    string
	value    money.Num
	min, max *money.Num
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

// scaled multiplies an amount per unit by the quantity and brings it into the quote's
// currency.
func (r *run) scaled(s *step, amount money.Num, perUnit bool, l *lineRun) (money.Num, error) {
	switch {
	case !perUnit:
	case l == nil:
		amount = amount.Mul(r.quantity)
	default:
		amount = amount.Mul(l.quantity)
	}
	return r.inQuoteCurrency(s, amount)
}

func (r *run) inQuoteCurrency(s *step, amount money.Num) (money.Num, error) {
	if s.currency == "" || s.currency == r.in.Currency.Code {
		return amount, nil
	}
	rate, _, ok := r.view.Rate(s.currency, r.in.Currency.Code, r.in.Date)
	if !ok {
		return amount, missingRate{s.currency, r.in.Currency.Code, r.in.Date}
	}
	return amount.Mul(money.NumOf(rate)), nil
}

// whyNothing says why a step that looked for something found no candidate at all.
func (s *step) whyNothing() string {
	switch s.kind {
	case "condition":
		return s.condition.nothing
	case "options":
		return "no chosen option has a price"
	case "components":
		return "no component has a price"
	case "table":
		return "no row of table " + s.table.name + " matches"
	case "input":
		return "nothing entered"
	case "coupons":
		return "no coupon entered"
	}
	return "nothing applies"
}

// pick applies choose: the candidates that count come first, how many is returned; the
// others are lost.
func (r *run) pick(o *outcome, how choice) int {
	if len(o.found) < 2 || how == chooseAll {
		return len(o.found)
	}
	best := 0
	for i := range o.found {
		order := o.found[i].amount.Cmp(o.found[best].amount)
		if how == chooseBest && order < 0 || how == chooseWorst && order > 0 {
			best = i
		}
	}
	if r.trace {
		why := r.put("not chosen: ", string(how), " is ", o.found[best].id)
		for i := range o.found {
			if i != best {
				o.lose(o.found[i].id, why)
			}
		}
	}
	o.found[0] = o.found[best]
	return 1
}

// holds evaluates a condition; when it is false, what it is about is lost with the
// values that it saw.
func (r *run) holds(f *formula.Formula, g *gate, id string, out *outcome) (bool, error) {
	if f == nil {
		return true, nil
	}
	ok, err := r.isTrue(f, g)
	if ok || err != nil {
		return ok, err
	}
	if r.trace {
		out.lose(id, r.seen(f))
	}
	return false, nil
}

// seen writes why a condition is false: the names it reads and their values.
func (r *run) seen(f *formula.Formula) span {
	from := len(r.text)
	r.text = append(r.text, "condition false: "...)
	for i, v := range f.Variables() {
		if i > 0 {
			r.text = append(r.text, ", "...)
		}
		r.text = append(r.text, v.Name...)
		if value := r.lookup(v.Slot); value.Known() {
			r.text = append(r.text, " is "...)
			r.text = value.AppendText(r.text)
		} else {
			r.text = append(r.text, " has no value"...)
		}
	}
	return span{uint32(from), uint32(len(r.text))}
}
