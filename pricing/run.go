package pricing

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
)

// run is one pricing of one input. Steps are computed one after the other over all
// lines, so that a step for the whole quote sees them all; those between that look at one
// line only go over a few lines together. Its work areas are used again by later runs;
// what a Result holds is not.
type run struct {
	model  *SalesModel
	view   *catalog.View
	in     *Input
	trace  bool
	full   bool
	lookup formula.Lookup // of the line at hand
	scope  *scope
	line   *lineRun // whose values formulas read; nil: the quote's
	step   *step    // at hand

	lines     []lineRun
	order     []int32 // lines by id
	cells     []cell
	recount   bool // a line that counted has failed
	counted   int
	quantity  money.Num // of the lines that count
	weight    money.Num
	loose     []money.Num // per step: what stays with the quote
	sums      []money.Num // per step
	before    []money.Num // per line and cluster: the running amount before it
	bases     []money.Num // per line: the basis of the step at hand
	atStart   []bool      // per line: it took part when the step at hand began
	outs      []outcome   // per line, for steps that look at all lines first
	out       outcome
	weights   []money.Num
	minorUnit decimal.Decimal
	shares_   []int32

	probes    []probe
	present   []presence // per access
	gates     []gateState
	accounts  []string
	keyValues [maxKeys]string
	keys      []catalog.KeyField
	chain     []string
	scales    []int
	parts     []part
	subject   subject

	result  Result
	totals  Totals
	coupons []usedCoupon
	gifts   []gift
	taped
}

// cell is what a step came to on a line.
type cell struct {
	amount money.Num
	exact  money.Num // before document rounding
	source *Source   // of a step that is rounded per document
	rate   money.Num
	rated  bool
	state  cellState
}

type cellState uint8

const (
	idle cellState = iota // nothing applied
	booked
	withdrawn
)

// counts reports whether the step applied and still does.
func (c *cell) counts() bool { return c.state == booked }

// lineRun is the state of a line while the procedure runs.
type lineRun struct {
	in       *Line
	index    int
	cost     *money.Num // of the whole line and term
	quantity money.Num  // without its sign
	base     money.Num
	unit     money.Num // cost of one, once asked for
	returned bool
	counts   bool // takes part in what is about the whole quote
	failed   bool
	refused  bool
	listed   bool
	negative bool // a step was allowed to bring the price below zero
	running  money.Num
	list     money.Num
	reduced  money.Num
	included money.Num // rates of the included taxes so far, in percent
	cells    []cell    // per step
	steps    []Step
	figures  Figures
	price    money.Num // per unit
	guide    *Guidance
	terms    *Recurring
}

func (l *lineRun) unitCost() *money.Num {
	if l.in.Cost == nil || l.quantity.IsZero() {
		return nil
	}
	n, _ := l.in.Cost.Divide(l.quantity)
	l.unit = n
	return &l.unit
}

// Price runs the procedure over the input. It never fails as a whole: what is wrong
// with a line is a message on it, and the line is marked as failed.
func (m *SalesModel) Price(view *catalog.View, in Input) Result {
	r, _ := m.runs.Get().(*run)
	if r == nil {
		r = &run{}
		r.lookup = func(slot int) formula.Value { return r.scope.getters[slot](r, r.line) }
	}
	r.begin(m, view, &in)
	r.counting() // eligibility rules may ask how much is bought
	r.eligibility()
	r.counting()
	for i := 0; i < len(m.steps); {
		i = r.runSteps(i)
	}
	r.finish()
	r.scope = m.approvalScope
	approvals := r.approvals()
	result := r.end(approvals)
	m.runs.Put(r)
	return result
}

// begin makes the work areas ready.
func (r *run) begin(m *SalesModel, view *catalog.View, in *Input) {
	r.model, r.view, r.in, r.scope, r.line = m, view, in, m.scope, nil
	r.trace, r.full = in.Trace != TraceNone, in.Trace == TraceFull
	lines, steps := len(in.Lines), len(m.steps)
	r.lines = sized(r.lines, lines)
	r.cells = sized(r.cells, lines*steps)
	r.before = sized(r.before, lines*len(m.clusters))
	r.bases, r.atStart = sized(r.bases, lines), sized(r.atStart, lines)
	r.loose, r.sums = sized(r.loose, steps), sized(r.sums, steps)
	r.present, r.gates = sized(r.present, m.accesses), sized(r.gates, m.gates)
	r.order = r.order[:0]
	r.minorUnit = in.Currency.MinorUnit()
	r.quantity, r.weight, r.accounts, r.totals = money.Num{}, money.Num{}, r.accounts[:0], Totals{}
	if len(r.probes) != m.indexes {
		r.probes = make([]probe, m.indexes)
	}
	for i := range r.probes {
		r.probes[i].quote = false
	}
	r.result = Result{Lines: make([]LineResult, lines)}
	r.coupons, r.gifts = r.coupons[:0], r.gifts[:0]
	r.startTape(lines, steps)
	for i := range in.Lines {
		l := &r.lines[i]
		in := &in.Lines[i]
		*l = lineRun{in: in, index: i, failed: in.Skip, quantity: in.Quantity.Abs(), base: in.BaseQuantity.Abs(),
			returned: in.Quantity.Sign() < 0, cost: in.Cost, cells: r.cells[i*steps : (i+1)*steps : (i+1)*steps]}
		if r.trace && !l.failed {
			l.steps = r.stepsOf(steps + 1)
		}
	}
}

// sized returns a slice of n zeros, the given one where it is long enough.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// counting settles which lines take part in what is about the whole quote.
func (r *run) counting() {
	r.quantity, r.weight, r.counted, r.recount = money.Num{}, money.Num{}, 0, false
	for i := range r.lines {
		l := &r.lines[i]
		l.counts = !l.failed && !l.refused && !l.returned && !l.in.Optional
		if l.counts {
			r.counted++
			r.quantity, r.weight = r.quantity.Add(l.quantity), r.weight.Add(l.in.WeightKg)
		}
	}
	clear(r.gates)
	for i := range r.probes {
		r.probes[i].quote = false
	}
}

// byID returns the lines in order of their ids: the order in which ties are decided.
func (r *run) byID() []int32 {
	if len(r.order) == len(r.lines) {
		return r.order
	}
	r.order = r.order[:0]
	for i := range r.lines {
		r.order = append(r.order, int32(i))
	}
	slices.SortStableFunc(r.order, func(a, b int32) int { return strings.Compare(r.lines[a].in.ID, r.lines[b].in.ID) })
	return r.order
}

// tile is how many lines go together through steps that look at one line only: few enough
// to stay in the processor's nearest caches on the way.
const tile = 32

// runSteps computes a step over all lines, or several that look at one line only, and
// returns the step after them.
func (r *run) runSteps(from int) (next int) {
	if r.recount {
		r.counting()
	}
	steps := r.model.steps
	for next = from; next < len(steps) && steps[next].oneLine; next++ {
	}
	if next <= from+1 {
		r.runStep(from, r.lines)
		return from + 1
	}
	for lines := range slices.Chunk(r.lines, tile) {
		for i := from; i < next; i++ {
			r.runStep(i, lines)
		}
	}
	return next
}

func (r *run) runStep(i int, lines []lineRun) {
	s := &r.model.steps[i]
	r.step = s
	if s.cluster >= 0 && r.model.clusters[s.cluster].first == i {
		r.remember(s.cluster, lines)
	}
	switch {
	case s.kind == "subtotal":
		for n := range lines {
			if l := &lines[n]; !l.failed {
				r.subtotal(i, s, l)
			}
		}
		return
	case s.kind == "sum":
		r.sumUp(i, s)
		return
	case s.perQuote:
		r.stepOnQuote(i, s)
	case s.overLines():
		r.stepOverLines(i, s)
	default:
		r.snapshotBases(s)
		for n := range lines {
			if l := &lines[n]; !l.failed {
				r.stepOnLine(i, s, l)
			}
		}
	}
	r.afterStep(i, s, lines)
}

// snapshotBases notes each line's basis where a scale counts over several lines.
func (r *run) snapshotBases(s *step) {
	if s.condition == nil || !s.condition.across() {
		return
	}
	for n := range r.lines {
		l := &r.lines[n]
		r.atStart[n] = l.counts
		if !l.failed {
			r.bases[n] = r.basis(s, l)
		}
	}
}

// basis is what a step's percentages refer to.
func (r *run) basis(s *step, l *lineRun) money.Num {
	if s.basis == nil {
		if s.cluster >= 0 {
			return r.before[l.index*len(r.model.clusters)+s.cluster]
		}
		return l.running
	}
	var sum money.Num
	for _, b := range s.basis {
		sum = sum.Add(l.cells[b].amount)
	}
	return sum
}

func (r *run) subtotal(i int, s *step, l *lineRun) {
	if s.round != nil {
		l.running = r.rounded(s.round, l.running, l)
	}
	c := &l.cells[i]
	c.amount, c.state = l.running, booked
	if !l.listed {
		l.list, l.listed = l.running, true
	}
	if r.trace {
		t := r.record(l, s)
		t.Verdict, t.Amount = Applied, r.amount(l.running)
		t.Running = t.Amount
	}
}

func (r *run) stepOnLine(i int, s *step, l *lineRun) {
	r.line = l
	out := &r.out
	out.clear()
	if !r.ask(s, l, out) {
		return
	}
	n := r.pick(out, s.choose)
	if n == 0 && s.def.Required && !out.refused(s) {
		r.missing(s, l, out.lost)
		return
	}
	amount, err := r.merge(s, l, out, n)
	if err != nil {
		r.fail(l, "step "+s.id+": ", err, "step", s.def.At)
		return
	}
	r.book(i, s, l, out, n, amount)
}

// ask evaluates the step's condition and asks its source. It is false when that failed.
func (r *run) ask(s *step, l *lineRun, out *outcome) bool {
	ok := true
	var err error
	if s.when != nil {
		if ok, err = r.isTrue(s.when, s.gate); !ok && err == nil {
			out.text = conditionFalse
			if r.trace {
				out.lose(s.id, r.seen(s.when))
			}
		}
	}
	if ok && err == nil {
		err = r.find(s, l, r.basis(s, l), out)
	}
	if err != nil {
		r.fail(l, "step "+s.id+": ", err, "step", s.def.At)
		return false
	}
	if ok && r.trace && len(out.found)+len(out.lost) == 0 {
		out.loseText(s.id, s.nothing)
	}
	return true
}

// conditionFalse marks an outcome whose step does not apply at all.
const conditionFalse = "\x00"

func (o *outcome) refused(*step) bool { return o.text == conditionFalse }

// book enters a step's amount on a line.
func (r *run) book(i int, s *step, l *lineRun, out *outcome, n int, amount money.Num) {
	c := &l.cells[i]
	c.amount = amount
	if n > 0 {
		c.state = booked
		for k := range out.found[:n] {
			if g := out.found[k].gift; g != nil {
				r.gifts = append(r.gifts, gift{l, i, *g})
			}
		}
		if n == 1 && out.found[0].isRated {
			c.rate, c.rated = out.found[0].rate, true
		}
		for _, replaced := range s.replaces {
			r.withdraw(replaced, l, "replaced by ", s.id)
		}
	}
	if !s.statistical && !s.included {
		l.running = l.running.Add(amount)
	}
	if r.trace {
		r.write(s, l, out, n, amount)
	}
}

// sumUp computes a named sum over the lines.
func (r *run) sumUp(i int, s *step) {
	var sum money.Num
	for n := range r.lines {
		l := &r.lines[n]
		if l.failed {
			continue
		}
		r.line = l
		out := &r.out
		out.clear()
		ok, err := r.holds(s.when, s.gate, s.id, out)
		var v formula.Value
		if err == nil && ok && l.counts {
			if v, err = s.sum.Eval(r.lookup); err == nil && !v.Known() {
				err = noValue(s.sum)
			}
		}
		if err != nil {
			r.fail(l, "step "+s.id+": ", err, "step", s.def.At)
			continue
		}
		count := 0
		if ok && l.counts {
			sum = sum.Add(v.Num())
			out.found = append(out.found, candidate{id: s.id, amount: v.Num(), source: s.source})
			count = 1
		} else if r.trace && len(out.lost) == 0 {
			out.loseText(s.id, notCounted)
		}
		r.book(i, s, l, out, count, v.Num())
	}
	r.sums[i] = sum
	r.totalTrace(i, s)
}

const notCounted = "the line does not count in the quote"
