package quote_test

import (
	"slices"

	"github.com/shopspring/decimal"
)

// takeSum adds a formula up over the lines.
func (e *naiveEvaluator) takeSum(s *naiveStep) {
	counting, sum := e.counting(), zero
	for _, l := range e.live() {
		r := l.result()
		r.shown = false
		if !slices.Contains(counting, l) {
			continue
		}
		applies, err := holds(s.when, e.onLine(l))
		if err == nil && !applies {
			continue
		}
		var v any
		if err == nil {
			v, err = evalIn(s.formula, e.onLine(l))
		}
		d, known := v.(dec)
		if err != nil || !known {
			l.failed = "formula"
			continue
		}
		sum = sum.Add(d)
	}
	e.sums[s.id] = sum
	e.showQuote(s, sum, nil)
}

// takeQuote does a step that is calculated once and spread over the lines.
func (e *naiveEvaluator) takeQuote(s *naiveStep) {
	counting := e.counting()
	o := &outcome{}
	if applies, err := holds(s.when, e.onQuote()); err != nil {
		panic("drawn formulas of the quote have values")
	} else if applies && len(counting) > 0 {
		e.findQuote(s, o, counting)
		e.finishQuote(s, o, counting)
	}
	e.spread(s, o, counting)
	if o.failed != "" {
		return
	}
	for _, l := range counting {
		l.result().lost = append(l.result().lost, o.lost...)
	}
	e.showQuote(s, o.amount, o.lost)
}

// showQuote adds a row to the steps of the quote.
func (e *naiveEvaluator) showQuote(s *naiveStep, amount dec, lost []string) {
	running := e.unallocated
	for _, l := range e.counting() {
		running = running.Add(l.running)
	}
	e.quoteSteps = append(e.quoteSteps, naiveQuoteStep{id: s.id, amount: amount, running: running, lost: lost})
}

// showSum adds a row for a step that looks at all lines: the sum over those that count.
func (e *naiveEvaluator) showSum(s *naiveStep) {
	e.showQuote(s, sumOf(e.counting(), func(l *naiveLine) dec { return l.of(s.id).amount }), nil)
}

func (e *naiveEvaluator) findQuote(s *naiveStep, o *outcome, counting []*naiveLine) {
	basis, look := e.quoteBasis(s, counting), e.onQuote()
	to, ok := e.stepMoney(s)
	e.blurred = e.blurred || !ok
	quantity := look("quote.quantity").(dec)
	switch s.kind {
	case "formula":
		v, err := evalIn(s.formula, look)
		if err != nil {
			panic(err)
		}
		o.chosen = []candidate{{id: s.id, amount: v.(dec).Mul(to)}}
	case "rounding":
		rounded := e.roundBy(s.round, basis, quantity)
		o.chosen = []candidate{{id: s.id, amount: rounded.Sub(basis)}}
	case "input":
		entered, known := e.req.inputs[s.name].(dec)
		if known {
			o.chosen = []candidate{{id: s.id, amount: entered.Mul(to)}}
		}
	case "adjustments":
		for _, a := range s.adjustments {
			if is, err := holds(a.when, look); err != nil || !is {
				o.lost = append(o.lost, a.id)
				continue
			}
			c, failed := e.adjustment(s, a, basis, look, quantity)
			if failed != "" {
				o.failed = failed
				return
			}
			o.chosen = append(o.chosen, c)
		}
		e.choose(orDefault(s.choose, "all"), o)
	case "table":
		t := e.table(s.name)
		for _, i := range t.matching(look) {
			c, ok := e.row(s, t, i, basis, quantity)
			if !ok {
				o.failed = "missing_rate"
				return
			}
			o.chosen = append(o.chosen, c)
		}
		e.choose(map[string]string{"": "first", "first": "first", "best": "best", "collect": "all"}[t.hit], o)
	default:
		panic("per quote: " + s.kind)
	}
}

func (e *naiveEvaluator) finishQuote(s *naiveStep, o *outcome, counting []*naiveLine) {
	if o.failed != "" || len(o.chosen) == 0 {
		return
	}
	for _, c := range o.chosen {
		o.amount = o.amount.Add(c.amount)
	}
	to, _ := e.stepMoney(s)
	convert := func(d dec) dec { return d.Mul(to) }
	if s.kind != "rounding" {
		o.amount = e.roundBy(s.round, o.amount, e.onQuote()("quote.quantity").(dec))
		if s.min != nil && s.kind != "input" {
			o.amount = decimal.Max(o.amount, convert(*s.min))
		}
		if s.max != nil && s.kind != "input" {
			o.amount = decimal.Min(o.amount, convert(*s.max))
		}
	}
	o.amount = e.roundMinor(o.amount)
	left := sumOf(counting, func(l *naiveLine) dec { return l.running }).Add(e.unallocated)
	if s.allocate == "none" && e.cuts(s, o.amount, left) {
		o.amount = e.roundTo(decimal.Max(left, zero), minorUnit(e.currency), "down").Neg()
	}
}

// cuts reports whether an amount takes off more than is left and may not.
func (e *naiveEvaluator) cuts(s *naiveStep, amount, left dec) bool {
	return s.cutAtZero && e.moves(s) && amount.Sign() < 0 && e.less(decimal.Max(left, zero).Add(amount), zero)
}

// spread puts an amount of the quote on the lines that count.
func (e *naiveEvaluator) spread(s *naiveStep, o *outcome, counting []*naiveLine) {
	if o.failed != "" {
		e.codes = append(e.codes, o.failed)
		for _, l := range counting {
			l.failed = o.failed
		}
		return
	}
	e.atQuote[s.id] = o.amount
	if len(o.chosen) == 0 {
		return
	}
	if s.allocate == "none" {
		if s.excluded && e.moves(s) {
			e.unallocatedExcluded = e.unallocatedExcluded.Add(o.amount)
		}
		if e.moves(s) {
			e.unallocated = e.unallocated.Add(o.amount)
			if o.amount.Sign() < 0 && !s.excluded {
				e.unallocatedOff = e.unallocatedOff.Sub(o.amount)
			}
		}
		return
	}
	var shares []share
	left := zero
	for _, l := range counting {
		shares = append(shares, share{id: l.req.id, weight: e.weight(s, l)})
		left = left.Add(decimal.Max(l.running, zero))
	}
	switch {
	case e.cuts(s, o.amount, left):
		o.amount = left.Neg()
		for i, l := range counting {
			shares[i].amount = decimal.Max(l.running, zero).Neg()
		}
	case s.allocate == "net" || s.allocate == "":
		o.amount = e.deal(o.amount, shares)
	default:
		e.allocate(o.amount, shares, minorUnit(e.currency))
	}
	e.atQuote[s.id] = o.amount
	for i, l := range counting {
		e.bookOn(l, s, shares[i].amount)
	}
}

func (e *naiveEvaluator) weight(s *naiveStep, l *naiveLine) dec {
	switch s.allocate {
	case "quantity":
		return l.base
	case "weight":
		return l.weight
	case "equal":
		return one
	}
	return decimal.Max(l.running, zero)
}
