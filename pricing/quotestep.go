package pricing

import (
	"errors"

	"quotewright/money"
)

// countedLines are the lines that take part in what is about the whole quote, by id.
func (r *run) countedLines() []int32 {
	r.shares_ = r.shares_[:0]
	for _, n := range r.byID() {
		if r.lines[n].counts {
			r.shares_ = append(r.shares_, n)
		}
	}
	return r.shares_
}

// stepOnQuote computes a step once and spreads its amount, rounded to the minor unit, over
// the lines, or leaves it with the quote.
func (r *run) stepOnQuote(i int, s *step) {
	lines := r.countedLines()
	basis := r.quoteBasis(s, lines)
	r.line = nil
	out := &r.out
	out.clear()
	ok, err := true, error(nil)
	if s.when != nil {
		if ok, err = s.when.True(r.lookup); !ok && err == nil && r.trace {
			out.lose(s.id, r.seen(s.when))
		}
	}
	if ok && err == nil && len(lines) > 0 {
		err = r.find(s, nil, basis, out)
	}
	n := 0
	if err == nil {
		if n = r.pick(out, s.choose); n == 0 && s.def.Required && ok && len(lines) > 0 {
			err = errors.New("nothing found, but it is required")
		}
	}
	var amount money.Num
	if err == nil {
		amount, err = r.merge(s, nil, out, n)
	}
	if err != nil {
		r.failQuote("step "+s.id+": ", err, s.def.At)
		return
	}
	if r.trace && n == 0 && len(out.lost) == 0 {
		out.loseText(s.id, s.nothing)
	}
	amount = amount.Round(r.in.Currency.Digits)
	if s.allocate == "none" {
		if left := money.MaxNum(r.quoteRunning(lines), money.Num{}); s.cuts(amount, left) {
			amount, out.text = money.Rounding{Increment: r.minorUnit, Mode: money.Down}.RoundNum(left).Neg(), "cut at zero"
		}
		r.loose[i] = amount
		r.stays(i, s, lines, out)
	} else if amount, ok = r.spread(i, s, lines, out, n, amount); !ok {
		return
	}
	r.quoteTrace(s, out, n, amount)
}

// quoteBasis is the sum of a step's basis over the lines, and what stays with the quote.
func (r *run) quoteBasis(s *step, lines []int32) money.Num {
	if s.basis == nil {
		return r.quoteRunning(lines)
	}
	var sum money.Num
	for _, n := range lines {
		sum = sum.Add(r.basis(s, &r.lines[n]))
	}
	for _, b := range s.basis {
		sum = sum.Add(r.looseOf(b))
	}
	return sum
}

// quoteRunning is what the quote costs after all steps so far.
func (r *run) quoteRunning(lines []int32) money.Num {
	sum := r.looseRunning()
	for _, n := range lines {
		sum = sum.Add(r.lines[n].running)
	}
	return sum
}

// looseOf is what stays with the quote of a step: of a subtotal, that of all before it.
func (r *run) looseOf(i int) money.Num {
	sum := r.loose[i]
	for j := range i {
		if r.model.steps[i].kind == "subtotal" && !r.model.steps[j].statistical {
			sum = sum.Add(r.loose[j])
		}
	}
	return sum
}

// looseRunning is what stays with the quote of all steps so far.
func (r *run) looseRunning() money.Num {
	var sum money.Num
	for i := range r.loose {
		if !r.model.steps[i].statistical {
			sum = sum.Add(r.loose[i])
		}
	}
	return sum
}

// spread books the shares of an amount on the lines and returns the amount: what takes all
// that the lines cost takes from each exactly what it costs, fractions of the minor unit
// included. False: it cannot be spread.
func (r *run) spread(i int, s *step, lines []int32, out *outcome, n int, amount money.Num) (money.Num, bool) {
	if len(lines) == 0 {
		r.skipUncounted(i, s)
		return amount, n == 0
	}
	amount, parts, err := r.allot(s, lines, out, amount)
	if err != nil {
		r.failQuote("step "+s.id+": ", err, s.def.At)
		return amount, false
	}
	share := outcome{found: out.found, lost: out.lost}
	for k, at := range lines {
		if n > 0 && r.trace {
			share.found[0].note = r.put("share of ", r.in.Currency.AmountOf(amount).String(), " by ", s.allocate)
		}
		r.book(i, s, &r.lines[at], &share, n, parts[k])
	}
	r.skipUncounted(i, s)
	return amount, true
}

// allot divides an amount among the lines.
func (r *run) allot(s *step, lines []int32, out *outcome, amount money.Num) (money.Num, []money.Num, error) {
	r.weights = r.weights[:0]
	for _, at := range lines {
		r.weights = append(r.weights, money.MaxNum(r.lines[at].running, money.Num{}))
	}
	there := addUp(r.weights)
	if s.cuts(amount, there) {
		amount, out.text = there.Neg(), "cut at zero"
	} else if s.allocate != "net" {
		for i, at := range lines {
			l := &r.lines[at]
			switch s.allocate {
			case "quantity":
				r.weights[i] = l.base
			case "weight":
				r.weights[i] = l.in.WeightKg
			default:
				r.weights[i] = one
			}
		}
		parts, err := money.AllocateNum(amount, r.weights, r.minor())
		return amount, parts, err
	}
	return r.allotByNet(amount, there, r.weights)
}

func addUp(amounts []money.Num) (sum money.Num) {
	for _, n := range amounts {
		sum = sum.Add(n)
	}
	return sum
}

// cuts reports whether an amount would take off more than there is and has to be cut.
func (s *step) cuts(amount, there money.Num) bool {
	return s.def.CutAtZero && !s.statistical && amount.Sign() < 0 && amount.Add(there).Sign() < 0
}

// allotByNet divides an amount in proportion to what each has, none less than 0. What takes
// off all that there is, up to its rounding, takes from each exactly what it has; the amount
// is then their sum.
func (r *run) allotByNet(amount, there money.Num, has []money.Num) (money.Num, []money.Num, error) {
	if amount.Sign() >= 0 || !amount.Add(there).Round(r.in.Currency.Digits).IsZero() {
		parts, err := money.AllocateNum(amount, has, r.minor())
		return amount, parts, err
	}
	for i := range has {
		has[i] = has[i].Neg()
	}
	return there.Neg(), has, nil
}

// stays traces on the lines that an amount is not theirs.
func (r *run) stays(i int, s *step, lines []int32, out *outcome) {
	if !r.trace {
		return
	}
	why := outcome{lost: out.lost}
	if len(out.found) > 0 {
		why.loseText(s.id, "the amount stays with the quote")
	}
	for _, n := range lines {
		r.book(i, s, &r.lines[n], &why, 0, money.Num{})
	}
	r.skipUncounted(i, s)
}

func (r *run) minor() money.Num { return money.NumOf(r.minorUnit) }

// skipUncounted traces a step about the quote on the lines that take no part in it.
func (r *run) skipUncounted(i int, s *step) {
	if !r.trace {
		return
	}
	var out outcome
	out.loseText(s.id, notCounted)
	for n := range r.lines {
		if l := &r.lines[n]; !l.failed && !l.counts {
			r.book(i, s, l, &out, 0, money.Num{})
		}
	}
}

// quoteTrace adds the step to the steps of the quote.
func (r *run) quoteTrace(s *step, out *outcome, n int, amount money.Num) {
	if !r.trace {
		return
	}
	if n > 0 {
		out.found[0].note = span{}
	}
	running := r.looseRunning()
	for at := range r.lines {
		if l := &r.lines[at]; l.counts {
			running = running.Add(l.running)
		}
	}
	l := lineRun{steps: r.result.Steps}
	if l.steps == nil {
		l.steps = make([]Step, 0, len(r.model.steps)) // traces stay where they are
	}
	t := r.record(&l, s)
	r.describe(t, out, n, amount, 0)
	t.Running, t.Allocate = r.amount(running), s.allocate
	r.result.Steps = l.steps
}

// stepOverLines computes a step that looks at all lines before it books anything.
func (r *run) stepOverLines(i int, s *step) {
	if cap(r.outs) < len(r.lines) {
		r.outs = make([]outcome, len(r.lines))
	}
	r.outs = r.outs[:len(r.lines)]
	for n := range r.lines {
		r.outs[n].clear()
	}
	switch s.kind {
	case "free_goods":
		r.giveFreeGoods(s)
	case "bundles":
		r.bundle(s)
	case "coupons":
		r.redeem(s)
	default:
		r.perDocument(i, s)
		return
	}
	for n := range r.lines {
		l, out := &r.lines[n], &r.outs[n]
		if l.failed {
			continue
		}
		if r.trace && len(out.found)+len(out.lost) == 0 {
			if l.counts || s.kind == "free_goods" {
				out.loseText(s.id, s.nothing)
			} else {
				out.loseText(s.id, notCounted)
			}
		}
		k := r.pick(out, s.choose)
		amount, err := r.merge(s, l, out, k)
		if err != nil {
			r.fail(l, "step "+s.id+": ", err, "step", s.def.At)
			continue
		}
		r.book(i, s, l, out, k, amount)
	}
	r.totalTrace(i, s)
}

// totalTrace adds the sum of a step over the lines to the steps of the quote.
func (r *run) totalTrace(i int, s *step) {
	out := outcome{}
	for n := range r.lines {
		if c := &r.lines[n].cells[i]; c.counts() && len(out.found) == 0 {
			out.found = append(out.found, candidate{id: s.id, source: s.source})
		}
	}
	if len(out.found) == 0 {
		out.loseText(s.id, s.nothing)
	}
	r.quoteTrace(s, &out, len(out.found), r.total(i))
}

// together are lines whose amounts of a step are rounded as one sum: those of the same
// source and rate, returns on their own, and of included taxes those whose rates also add
// up to the same. A line that is not in the totals is alone.
type together struct {
	alone          string
	source         string
	line           int
	rate, included string
	back           bool
}

// perDocument rounds the sums of a step's amounts over the lines and spreads them.
func (r *run) perDocument(i int, s *step) {
	r.snapshotBases(s)
	for _, at := range r.byID() {
		l, out := &r.lines[at], &r.outs[at]
		if l.failed {
			continue
		}
		r.line = l
		if !r.ask(s, l, out) {
			continue
		}
		n := r.pick(out, s.choose)
		if n == 0 && s.def.Required && !out.refused(s) {
			r.missing(s, l, out.lost)
			continue
		}
		c := &l.cells[i]
		c.exact, _ = r.merge(s, l, out, n) // not rounded and without limits, so nothing is converted
		if out.found = out.found[:n]; n > 0 {
			c.rate, c.rated, c.source = out.found[0].rate, out.found[0].isRated, out.found[0].source
			if s.included {
				l.included = l.included.Add(c.rate)
			}
		}
	}
	for j := range i {
		if other := &r.model.steps[j]; s.included && other.included && other.documentRounding() {
			r.roundGroups(j, other, func(n int32) bool { return r.lines[n].cells[j].counts() })
			r.replaceAmounts(j, other)
		}
	}
	r.roundGroups(i, s, func(n int32) bool { return len(r.outs[n].found) > 0 })
	for n := range r.lines {
		if l, out := &r.lines[n], &r.outs[n]; !l.failed {
			r.book(i, s, l, out, len(out.found), l.cells[i].exact)
		}
	}
}

// roundGroups rounds the sums of a step over the lines it applies to.
func (r *run) roundGroups(i int, s *step, applies func(n int32) bool) {
	members := map[together][]int32{}
	var groups []together
	for _, n := range r.byID() {
		l := &r.lines[n]
		if l.failed || !applies(n) {
			continue
		}
		c := &l.cells[i]
		g := together{rate: c.rate.String(), back: l.returned}
		if l.in.Optional || l.refused {
			g.alone = l.in.ID
		}
		if s.included {
			g.included = l.included.String()
		}
		if c.source != nil {
			g.source, g.line = c.source.Record, c.source.Line
		}
		if members[g] == nil {
			groups = append(groups, g)
		}
		members[g] = append(members[g], n)
	}
	for _, g := range groups {
		r.roundTogether(i, s, members[g])
	}
}

// roundTogether replaces the exact amounts of some lines by parts of their rounded sum.
func (r *run) roundTogether(i int, s *step, lines []int32) {
	var sum, gross money.Num
	r.weights = r.weights[:0]
	for _, n := range lines {
		l := &r.lines[n]
		if !s.included {
			exact := l.cells[i].exact
			sum = sum.Add(exact)
			r.weights = append(r.weights, exact.Abs())
			continue
		}
		price := r.printed(r.basis(s, l))
		gross = gross.Add(price)
		r.weights = append(r.weights, price.Abs())
	}
	if s.included {
		first := &r.lines[lines[0]]
		tax, err := gross.Mul(first.cells[i].rate).Divide(hundred.Add(first.included))
		if err != nil {
			return
		}
		sum = tax
	}
	rule := r.increment(s.round)
	parts, err := money.AllocateNum(rule.RoundNum(sum), r.weights, r.minor())
	if err != nil {
		return
	}
	for k, n := range lines {
		r.lines[n].cells[i].exact = parts[k]
	}
}

// replaceAmounts books the amounts of an included tax again, once another one is known.
func (r *run) replaceAmounts(i int, s *step) {
	for n := range r.lines {
		l := &r.lines[n]
		c := &l.cells[i]
		if l.failed || !c.counts() {
			continue
		}
		c.amount = c.exact
		if t := l.traced(s.id); t != nil {
			t.Amount = r.amount(c.amount)
		}
	}
}
