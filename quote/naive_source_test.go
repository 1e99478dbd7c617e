package quote_test

import (
	"fmt"
	"slices"
	"strings"
)

// candidate is one thing a step has found.
type candidate struct {
	id     string
	amount dec
	rate   *dec
	good   *naiveGood // given if the candidate counts
}

// outcome is what a step has found on a line, before it is booked.
type outcome struct {
	line   *naiveLine
	chosen []candidate
	amount dec
	lost   []string
	asked  bool // the step's condition holds
	failed string
}

// takeLines does a step that looks at each line for itself.
func (e *naiveEvaluator) takeLines(s *naiveStep) {
	counting := e.counting()
	var outcomes []*outcome
	for _, l := range e.live() {
		if s.kind == "subtotal" {
			e.takeSubtotal(s, l)
			continue
		}
		o := &outcome{line: l}
		e.find(s, o, counting)
		e.finish(s, o)
		outcomes = append(outcomes, o)
	}
	if s.round != nil && s.round.each == "document" && !s.included {
		e.roundDocument(s, outcomes)
	}
	for _, o := range outcomes {
		e.close(s, o)
	}
	if s.included {
		e.include(s)
	}
}

// include works out the taxes that prices contain already: of all rates of a line together.
func (e *naiveEvaluator) include(s *naiveStep) {
	document := map[string][]*naiveLine{}
	for _, l := range e.live() {
		sum, rates := zero, ""
		for _, r := range l.steps {
			if r.step.included && r.verdict == "applied" {
				sum, rates = sum.Add(r.rates[0]), rates+" "+r.rates[0].String()
			}
		}
		for _, r := range l.steps {
			if r.step.included && r.verdict == "applied" && r.step.round == nil {
				r.amount = e.roundMinor(e.divide(r.gross.Mul(r.rates[0]), hundred.Add(sum)))
			}
		}
		if r := l.result(); s.round != nil && r.verdict == "applied" {
			key := fmt.Sprint(l.returned, r.sources, rates)
			if l.req.optional || l.refused {
				key = "alone " + l.req.id
			}
			document[key] = append(document[key], l)
		}
	}
	for _, lines := range document {
		gross := sumOf(lines, func(l *naiveLine) dec { return l.result().gross })
		rate := lines[0].result().rates[0]
		var shares []share
		for _, l := range lines {
			shares = append(shares, share{id: l.req.id, weight: percentOf(l.result().gross, rate).Abs()})
		}
		e.allocate(e.roundMinor(e.divide(gross.Mul(rate), hundred.Add(rate))), shares, minorUnit(e.currency))
		for _, l := range lines {
			at := slices.IndexFunc(shares, func(x share) bool { return x.id == l.req.id })
			l.result().amount = shares[at].amount
		}
	}
}

func (e *naiveEvaluator) takeSubtotal(s *naiveStep, l *naiveLine) {
	r := l.result()
	rounded := l.running
	if s.round != nil {
		rounded = e.roundBy(s.round, l.running, l.quantity)
	}
	r.delta = rounded.Sub(l.running)
	l.running = rounded
	r.verdict, r.amount, r.running = "applied", rounded, rounded
}

// find fills an outcome with what the step's source gives.
func (e *naiveEvaluator) find(s *naiveStep, o *outcome, counting []*naiveLine) {
	applies, err := holds(s.when, e.onLine(o.line))
	if err != nil {
		o.failed = "formula"
		return
	}
	if !applies {
		return
	}
	o.asked = true
	switch s.kind {
	case "term":
		e.findTerm(s, o)
	case "condition":
		e.findCondition(s, o, counting)
	case "table":
		e.findRows(s, o)
	case "formula":
		e.findFormula(s, o)
	case "adjustments":
		e.findAdjustments(s, o)
	case "input":
		e.findInput(s, o)
	case "rounding":
		basis := e.basis(s, o.line)
		rounded := e.roundBy(s.round, basis, o.line.quantity)
		o.chosen = []candidate{{id: s.id, amount: rounded.Sub(basis)}}
	default:
		panic("source " + s.kind)
	}
}

// choose keeps of the candidates what the step wants.
func (e *naiveEvaluator) choose(how string, o *outcome) {
	if how == "all" || len(o.chosen) < 2 {
		return
	}
	at := 0
	for i, c := range o.chosen {
		switch {
		case how == "best" && e.less(c.amount, o.chosen[at].amount), how == "worst" && e.less(o.chosen[at].amount, c.amount):
			at = i
		}
	}
	for i, c := range o.chosen {
		if i != at {
			o.lost = append(o.lost, c.id)
		}
	}
	o.chosen = o.chosen[at : at+1]
}

// finish adds up what was chosen, rounds and limits it.
func (e *naiveEvaluator) finish(s *naiveStep, o *outcome) {
	if o.failed != "" || len(o.chosen) == 0 {
		if s.required && o.asked && o.failed == "" {
			o.failed = "missing_price"
		}
		return
	}
	for _, c := range o.chosen {
		o.amount = o.amount.Add(c.amount)
	}
	if s.included || s.kind == "rounding" {
		return
	}
	to, ok := e.stepMoney(s)
	entered := s.kind == "input" || s.override != "" // whose limits are of what is entered
	if !ok && !entered && (s.min != nil || s.max != nil) {
		o.failed = "missing_rate"
		return
	}
	convert := func(d dec) dec { return d.Mul(to) }
	switch {
	case s.round != nil && s.round.each == "document":
	case s.round != nil:
		o.amount = e.roundBy(s.round, o.amount, o.line.quantity)
	}
	if s.min != nil && !entered && e.less(o.amount, convert(*s.min)) {
		o.amount = convert(*s.min)
	}
	if s.max != nil && !entered && e.less(convert(*s.max), o.amount) {
		o.amount = convert(*s.max)
	}
	if s.excluded && s.round == nil {
		o.amount = e.roundMinor(o.amount)
	}
}

// close books an outcome.
func (e *naiveEvaluator) close(s *naiveStep, o *outcome) {
	l := o.line
	r := l.result()
	r.lost = append(r.lost, o.lost...)
	switch {
	case o.failed != "":
		l.failed = o.failed
	case len(o.chosen) > 0:
		for _, c := range o.chosen {
			if c.rate != nil {
				r.rates = append(r.rates, *c.rate)
			}
			if c.id != s.id && s.kind != "table" { // a withdrawn table is named as the step
				r.sources = append(r.sources, c.id)
			}
		}
		e.bookOn(l, s, o.amount)
		if s.included {
			r.amount, r.gross = zero, e.roundTo(e.basis(s, l), minorUnit(e.currency), e.book.netRounding)
		}
	}
}

// roundDocument rounds the sums of what has one source and one rate, sales and returns
// apart, and spreads each sum over its lines. What does not count stands alone.
func (e *naiveEvaluator) roundDocument(s *naiveStep, outcomes []*outcome) {
	groups := map[string][]*outcome{}
	for _, o := range outcomes {
		if o.failed != "" || len(o.chosen) == 0 {
			continue
		}
		key := fmt.Sprint(o.line.returned)
		if o.line.req.optional || o.line.refused {
			key = "alone " + o.line.req.id
		}
		for _, c := range o.chosen {
			key += " " + c.id
			if c.rate != nil {
				key += " " + c.rate.String()
			}
		}
		groups[key] = append(groups[key], o)
	}
	to := minorUnit(e.currency)
	if s.round.to != nil {
		to = *s.round.to
	}
	for _, group := range groups {
		total := zero
		var shares []share
		for _, o := range group {
			total = total.Add(o.amount)
			shares = append(shares, share{id: o.line.req.id, weight: o.amount.Abs()})
		}
		e.allocate(e.roundTo(total, to, s.round.mode), shares, minorUnit(e.currency))
		for _, o := range group {
			at := slices.IndexFunc(shares, func(x share) bool { return x.id == o.line.req.id })
			o.amount = shares[at].amount
		}
	}
}

func percentOf(basis, rate dec) dec { return basis.Mul(rate).Shift(-2) }

func (e *naiveEvaluator) findFormula(s *naiveStep, o *outcome) {
	v, err := evalIn(s.formula, e.onLine(o.line))
	amount, known := v.(dec)
	if err != nil || !known {
		o.failed = "formula"
		return
	}
	to, ok := e.stepMoney(s)
	if !ok {
		o.failed = "missing_rate"
		return
	}
	amount = amount.Mul(to)
	if s.per == "unit" {
		amount = amount.Mul(o.line.quantity)
	}
	o.chosen = []candidate{{id: s.id, amount: amount}}
}

func (e *naiveEvaluator) findAdjustments(s *naiveStep, o *outcome) {
	basis := e.basis(s, o.line)
	for _, a := range s.adjustments {
		is, err := holds(a.when, e.onLine(o.line))
		if err != nil {
			o.failed = "formula"
			return
		}
		if !is {
			o.lost = append(o.lost, a.id)
			continue
		}
		c, failed := e.adjustment(s, a, basis, e.onLine(o.line), o.line.quantity)
		if failed != "" {
			o.failed = failed
			return
		}
		o.chosen = append(o.chosen, c)
	}
	e.choose(orDefault(s.choose, "all"), o)
}

func orDefault(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}

// adjustment is what an entry gives that applies.
func (e *naiveEvaluator) adjustment(s *naiveStep, a naiveAdjustment, basis dec, look func(string) any, quantity dec) (candidate, string) {
	source := a.percent
	if source == nil {
		source = a.amount
	}
	v, err := evalIn(source, look)
	d, known := v.(dec)
	if err != nil || !known {
		return candidate{}, "formula"
	}
	if a.percent != nil {
		return candidate{id: a.id, amount: percentOf(basis, d), rate: &d}, ""
	}
	to, ok := e.stepMoney(s)
	if !ok {
		return candidate{}, "missing_rate"
	}
	d = d.Mul(to)
	if orDefault(a.per, s.per) == "unit" {
		d = d.Mul(quantity)
	}
	return candidate{id: a.id, amount: d}, ""
}

// findInput reads what was entered. Inputs whose name begins with discount take off.
func (e *naiveEvaluator) findInput(s *naiveStep, o *outcome) {
	entered, known := e.input(o.line, s.name)
	if !known {
		return
	}
	if s.min != nil && entered.LessThan(*s.min) || s.max != nil && entered.GreaterThan(*s.max) {
		o.failed = "input_out_of_range"
		return
	}
	to, ok := e.stepMoney(s)
	if !ok && s.inputMeasure() != "percent" {
		o.failed = "missing_rate"
		return
	}
	sign := one
	if s.effect == "discount" || s.effect == "" && strings.HasPrefix(s.name, "discount") {
		sign = one.Neg()
	}
	c := candidate{id: s.name}
	switch {
	case s.inputMeasure() == "percent":
		rate := entered.Mul(sign)
		c.rate, c.amount = &rate, percentOf(e.basis(s, o.line), rate)
	case s.inputMeasure() == "price":
		c.amount = entered.Mul(to).Mul(o.line.quantity)
	default:
		c.amount = entered.Mul(to).Mul(sign)
		if s.per == "unit" {
			c.amount = c.amount.Mul(o.line.quantity)
		}
	}
	o.chosen = []candidate{c}
}

// inputMeasure is what an input's number is: said by the step, or by its name.
func (s *naiveStep) inputMeasure() string {
	switch {
	case s.measure != "":
		return s.measure
	case strings.HasSuffix(s.name, "_percent"):
		return "percent"
	case strings.HasSuffix(s.name, "_price"):
		return "price"
	}
	return "amount"
}

// input is a number that was entered for the line or else for the quote.
func (e *naiveEvaluator) input(l *naiveLine, name string) (dec, bool) {
	if l != nil {
		if d, known := l.req.inputs[name].(dec); known {
			return d, true
		}
	}
	d, known := e.req.inputs[name].(dec)
	return d, known
}
