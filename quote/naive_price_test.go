package quote_test

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// naiveEvaluator prices one request. Lines are kept by id, which is the order of all ties.
type naiveEvaluator struct {
	book     *naiveBook
	world    *naiveWorld
	req      *naiveRequest
	customer *naiveCustomer
	currency string
	lines    []*naiveLine
	present  []*naiveLine // those that counted when the step began: what formulas see of the quote

	unallocated         dec // on no line
	unallocatedExcluded dec // and of it, in gross alone
	unallocatedOff      dec // and of it, what takes off
	atQuote             map[string]dec
	unallocatedAt       map[string]dec
	sums                map[string]dec
	quoteSteps          []naiveQuoteStep
	goods               []naiveGood
	codes               []string // message codes that belong to no line
	clusterStart        map[string]int
	totals              naiveFigures
	recurs              bool
	recurring, arr      dec      // of the totals
	approved            []string // id or id/line of approvals that are asked

	inexact bool // a division had no end
	blurred bool // and some number came so near an edge that it may fall to either side
}

type naiveQuoteStep struct {
	id              string
	amount, running dec
	lost            []string
}

type naiveGood struct{ id, line, sku, quantity, unit string }

// naiveLine is a line and what has been found for it. All amounts are those of its sale.
type naiveLine struct {
	negative               bool // a step was allowed to bring the price below zero
	req                    *naiveRequestLine
	product                *naiveProduct
	unit                   string
	quantity, base, weight dec
	returned, refused      bool
	failed                 string // message code
	running                dec
	steps                  []*naiveResult
	figures                naiveFigures
	cost                   *dec // of the line, of one period
	totalCost              *dec // over the term
	recurring              *naiveRecurring
}

type naiveResult struct {
	step            *naiveStep
	verdict         string // applied, lost, not_applicable
	amount, running dec
	delta           dec // what it changes the running amount by
	rates           []dec
	sources         []string
	gross           dec // of an included tax: what contains it
	lost            []string
	shown           bool // the amount is compared
}

type naiveFigures struct {
	list, discount, net, tax, gross dec
	exactList, exactDiscount        dec
	percent, unit, rounding         dec
	floor, target, stretch          *dec
	cost, margin, marginPercent     *dec
	position                        string
}

// naiveEvaluate prices a request.
func naiveEvaluate(book *naiveBook, world *naiveWorld, req *naiveRequest) *naiveEvaluator {
	e := &naiveEvaluator{book: book, world: world, req: req, customer: world.customer(req.customer), atQuote: map[string]dec{},
		unallocatedAt: map[string]dec{}, sums: map[string]dec{}}
	e.currency = req.currency
	if e.currency == "" {
		e.currency = e.customer.currency
	}
	if e.currency == "" {
		e.currency = book.company
	}
	for i := range req.lines {
		e.lines = append(e.lines, e.open(&req.lines[i]))
	}
	slices.SortFunc(e.lines, func(a, b *naiveLine) int { return strings.Compare(a.req.id, b.req.id) })
	e.refuse()
	for i := range book.steps {
		e.take(i)
	}
	for _, l := range e.lines {
		if l.failed == "" {
			e.conclude(l)
		}
	}
	e.goods = slices.DeleteFunc(e.goods, func(g naiveGood) bool {
		return slices.ContainsFunc(e.lines, func(l *naiveLine) bool { return l.req.id == g.line && !l.counts() })
	})
	e.present = e.counting()
	e.total()
	e.approve()
	return e
}

// open reads a line's quantity.
func (e *naiveEvaluator) open(r *naiveRequestLine) *naiveLine {
	l := &naiveLine{req: r, product: e.world.product(r.sku), unit: r.unit, returned: r.quantity.Sign() < 0, quantity: r.quantity.Abs()}
	if l.unit == "" {
		l.unit = l.product.unit
	}
	numerator, denominator, known := e.world.baseUnits(l.product, l.unit)
	switch {
	case !known:
		l.failed = "unknown_unit"
		return l
	case r.quantity.IsZero():
		l.failed = "bad_quantity"
		return l
	}
	l.base = e.divide(l.quantity.Mul(numerator), denominator)
	l.weight = l.base.Mul(l.product.weight)
	if to, ok := e.rate(e.book.company, e.currency, e.req.date); ok && l.product.cost != nil {
		cost := l.product.cost.Mul(l.base).Mul(to)
		l.cost, l.totalCost = &cost, &cost
	}
	if l.base.LessThan(l.product.minimum) {
		l.failed = "below_minimum_quantity"
	} else if l.product.multiple.Sign() > 0 && !l.base.Mod(l.product.multiple).IsZero() {
		l.failed = "not_a_multiple"
	}
	return l
}

// refuse looks at product status and eligibility.
func (e *naiveEvaluator) refuse() {
	e.present = e.counting()
	for _, l := range e.lines {
		if l.failed != "" {
			continue
		}
		l.refused = l.product.status == catalog.Blocked || l.product.status == catalog.Obsolete
		for _, r := range e.book.refusals {
			if is, err := holds(r.when, e.onLine(l)); err == nil && is {
				l.refused = true
			}
		}
	}
}

// counting returns the lines that quote-level things are made of.
func (e *naiveEvaluator) counting() []*naiveLine {
	var out []*naiveLine
	for _, l := range e.lines {
		if l.counts() {
			out = append(out, l)
		}
	}
	return out
}

func (l *naiveLine) counts() bool {
	return l.failed == "" && !l.req.optional && !l.refused && !l.returned
}

func (e *naiveEvaluator) live() []*naiveLine {
	var out []*naiveLine
	for _, l := range e.lines {
		if l.failed == "" {
			out = append(out, l)
		}
	}
	return out
}

// take does one step on all lines.
func (e *naiveEvaluator) take(i int) {
	s := &e.book.steps[i]
	e.present = e.counting()
	for _, l := range e.live() {
		l.steps = append(l.steps, &naiveResult{step: s, verdict: "not_applicable", running: l.running, shown: true})
	}
	before := e.live()
	switch {
	case s.kind == "sum":
		e.takeSum(s)
	case s.kind == "bundles":
		e.takeBundles(s)
	case s.kind == "coupons":
		e.takeCoupons(s)
	case s.kind == "free_goods":
		e.takeFreeGoods(s)
	case s.per == "quote":
		e.takeQuote(s)
	default:
		e.takeLines(s)
	}
	e.unallocatedAt[s.id] = e.unallocated
	for _, l := range before {
		if l.failed == "" {
			e.replace(l, s)
		}
	}
	if settled, ends := e.clusterEnding(i); ends {
		e.settle(settled, i)
	}
	if !e.clusterOpen(i) {
		e.refuseNegative(i)
	}
}

// result is what the current step did on a line.
func (l *naiveLine) result() *naiveResult { return l.steps[len(l.steps)-1] }

// of finds an earlier step of the line.
func (l *naiveLine) of(id string) *naiveResult {
	for _, r := range l.steps {
		if r.step.id == id {
			return r
		}
	}
	return nil
}

// book puts an amount on a line.
func (e *naiveEvaluator) bookOn(l *naiveLine, s *naiveStep, amount dec) {
	r := l.result()
	if s.per != "quote" && e.cuts(s, amount, l.running) {
		amount = decimal.Max(l.running, zero).Neg()
	}
	r.verdict, r.amount = "applied", amount
	if e.moves(s) {
		r.delta = amount
	}
	l.running = l.running.Add(r.delta)
	r.running = l.running
}

// moves reports whether the step changes the running amount.
func (e *naiveEvaluator) moves(s *naiveStep) bool {
	return !s.included && !s.statistical && s.guidance == "" && s.kind != "subtotal" && s.kind != "sum"
}

// rebuild makes all running amounts anew after amounts were withdrawn.
func (l *naiveLine) rebuild() {
	l.running = zero
	for _, r := range l.steps {
		l.running = l.running.Add(r.delta)
		r.running = l.running
		if r.step.kind == "term" && r.verdict == "lost" { // the line is of one period again
			l.recurring, l.totalCost = nil, l.cost
		}
	}
}

// withdraw takes back what a step did on a line.
func (r *naiveResult) withdraw() {
	r.verdict, r.amount, r.delta, r.rates = "lost", zero, zero, nil
	if n := len(r.sources); n > 0 {
		r.lost = append(r.lost, r.sources[n-1])
	}
}

// replace withdraws the steps that the current one takes the place of.
func (e *naiveEvaluator) replace(l *naiveLine, s *naiveStep) {
	if l.result().verdict != "applied" {
		return
	}
	for _, id := range s.replaces {
		if r := l.of(id); r.verdict == "applied" {
			r.withdraw()
		}
	}
	if len(s.replaces) > 0 {
		l.rebuild()
	}
}

// refuseNegative fails lines whose price is below zero.
func (e *naiveEvaluator) refuseNegative(i int) {
	s := &e.book.steps[i]
	for _, l := range e.live() {
		switch {
		case !e.less(l.running, zero):
			continue
		case s.allowNegative:
			l.negative = true
			continue
		}
		if !l.negative || l.result().delta.Sign() < 0 && !s.excluded && s.kind != "subtotal" {
			l.failed = "negative_price"
		}
	}
}

// basis is what percentages of a step refer to, on a line.
func (e *naiveEvaluator) basis(s *naiveStep, l *naiveLine) dec {
	if len(s.basis) == 0 {
		if at, member := e.clusterStartOf(s); member {
			if at == 0 {
				return zero
			}
			return l.steps[at-1].running
		}
		return l.running
	}
	sum := zero
	for _, id := range s.basis {
		sum = sum.Add(l.of(id).amount)
	}
	return sum
}

// quoteBasis is the same of the whole quote.
func (e *naiveEvaluator) quoteBasis(s *naiveStep, counting []*naiveLine) dec {
	sum := zero
	for _, l := range counting {
		sum = sum.Add(e.basis(s, l))
	}
	if len(s.basis) == 0 {
		return sum.Add(e.unallocated)
	}
	for _, id := range s.basis {
		sum = sum.Add(e.unallocatedIn(id))
	}
	return sum
}

// unallocatedIn is what a step has that is on no line: of a subtotal, what was so then.
func (e *naiveEvaluator) unallocatedIn(id string) dec {
	for i := range e.book.steps {
		s := &e.book.steps[i]
		if s.id != id {
			continue
		}
		if s.kind == "subtotal" {
			return e.unallocatedAt[id]
		}
		if s.allocate == "none" {
			return e.atQuote[id]
		}
	}
	return zero
}

// rate is what one unit of a currency is worth in another on a day.
func (e *naiveEvaluator) rate(from, to string, on catalog.Date) (dec, bool) {
	if from == to {
		return one, true
	}
	if r, ok := e.direct(from, to, on); ok {
		return r.rate, true
	}
	if r, ok := e.direct(to, from, on); ok {
		return e.divide(one, r.rate), true
	}
	hub := e.book.company // the drawn catalogs have rates with the company's currency alone
	if from == hub || to == hub {
		return zero, false
	}
	first, known1 := e.rate(from, hub, on)
	second, known2 := e.rate(hub, to, on)
	return first.Mul(second), known1 && known2
}

func (e *naiveEvaluator) direct(from, to string, on catalog.Date) (naiveRate, bool) {
	var best naiveRate
	found := false
	for _, r := range e.world.rates {
		if r.from == from && r.to == to && !r.date.After(on) && (!found || r.date.After(best.date)) {
			best, found = r, true
		}
	}
	return best, found
}

// stepMoney converts a number of the rule file to the quote's currency.
func (e *naiveEvaluator) stepMoney(s *naiveStep) (dec, bool) {
	switch s.currency {
	case "":
		return one, true
	case "company":
		return e.rate(e.book.company, e.currency, e.req.date)
	}
	return e.rate(s.currency, e.currency, e.req.date)
}

func sumOf(lines []*naiveLine, of func(*naiveLine) dec) dec {
	sum := decimal.Zero
	for _, l := range lines {
		sum = sum.Add(of(l))
	}
	return sum
}
