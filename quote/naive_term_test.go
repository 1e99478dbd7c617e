package quote_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// naiveTerm is the source of a term step.
type naiveTerm struct {
	period, billing, align, proration string
	uplift                            *dec
}

// naiveRamp is another quantity from a day on.
type naiveRamp struct {
	from     catalog.Date
	quantity dec
}

// naiveCharge is what one billing period costs, from its first day to its last.
type naiveCharge struct {
	from, to catalog.Date
	amount   dec
}

// naiveRecurring is the schedule of a line.
type naiveRecurring struct {
	perPeriod, annual dec
	charges           []naiveCharge
	chargesInFull     dec // before later discounts
}

// lengths are those of periods, in months or in days.
var lengths = map[string]struct{ months, days int }{"day": {0, 1}, "week": {0, 7}, "month": {1, 0}, "quarter": {3, 0}, "year": {12, 0}}

// monthsLater is the same day so many months later, or the last of that month.
func monthsLater(d catalog.Date, months int) catalog.Date {
	first := catalog.DateOf(time.Date(d.Year, d.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC))
	last := catalog.DateOf(time.Date(first.Year, first.Month+1, 0, 0, 0, 0, 0, time.UTC))
	first.Day = min(d.Day, last.Day)
	return first
}

// later is the begin of the period with an index, counted from an anchor.
func later(anchor catalog.Date, period string, index int) catalog.Date {
	if days := lengths[period].days; days > 0 {
		return anchor.AddDays(index * days)
	}
	return monthsLater(anchor, index*lengths[period].months)
}

// termOf is from when to when a line runs.
func (e *naiveEvaluator) termOf(l *naiveLine) (start, end catalog.Date, known bool) {
	start, end = l.req.start, l.req.end
	if start.IsZero() {
		start = e.req.date
	}
	if l.req.months > 0 {
		end = monthsLater(start, l.req.months).AddDays(-1)
	}
	if end.IsZero() {
		end = e.req.end
	}
	return start, end, !end.IsZero()
}

// findTerm turns the price of a period into that of the whole term.
func (e *naiveEvaluator) findTerm(s *naiveStep, o *outcome) {
	l := o.line
	start, end, known := e.termOf(l)
	if !known {
		o.failed = "missing_term"
		return
	}
	charges, failed := e.charges(s.term, l, l.running, start, end, true)
	if failed != "" {
		o.failed = failed
		return
	}
	year := map[string]int64{"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}[s.term.period]
	l.recurring = &naiveRecurring{perPeriod: l.running, annual: l.running.Mul(decimal.NewFromInt(year)), charges: charges, chargesInFull: sumOfCharges(charges)}
	if l.cost != nil { // of one period, too
		costs, _ := e.charges(s.term, l, *l.cost, start, end, false)
		cost := sumOfCharges(costs)
		l.totalCost = &cost
	}
	o.chosen = []candidate{{id: s.id, amount: l.recurring.chargesInFull.Sub(l.running)}}
}

func sumOfCharges(charges []naiveCharge) dec {
	sum := zero
	for _, c := range charges {
		sum = sum.Add(c.amount)
	}
	return sum
}

// charges cuts a term into billing periods and says what each costs.
func (e *naiveEvaluator) charges(t *naiveTerm, l *naiveLine, price dec, start, end catalog.Date, rises bool) ([]naiveCharge, string) {
	walk := termWalk{e: e, t: t, line: l, start: start, after: end.AddDays(1), anchor: start, billing: orDefault(t.billing, t.period), rises: rises && t.uplift != nil}
	if t.align == "calendar" && walk.billing != "term" && walk.billing != "day" {
		walk.anchor = catalog.Date{Year: start.Year, Month: time.January, Day: 1}
		if walk.billing == "week" { // from Monday
			walk.anchor = start.AddDays(-(int(start.In(time.UTC).Weekday()) + 6) % 7)
		}
	}
	var out []naiveCharge
	for i := 0; ; i++ {
		begin, next := walk.start, walk.after
		whole := false
		if walk.billing != "term" {
			begin, next = later(walk.anchor, walk.billing, i), later(walk.anchor, walk.billing, i+1)
			whole = !begin.Before(start) && !next.After(walk.after)
		}
		from, until := latest(begin, start), earliest(next, walk.after)
		if !from.Before(walk.after) {
			return out, ""
		}
		if !from.Before(until) {
			continue
		}
		periods, failed := walk.periods(from, until, whole)
		if failed != "" {
			return nil, failed
		}
		out = append(out, naiveCharge{from, until.AddDays(-1), e.roundMinor(price.Mul(periods))})
		if walk.billing == "term" {
			return out, ""
		}
	}
}

func latest(a, b catalog.Date) catalog.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func earliest(a, b catalog.Date) catalog.Date {
	if a.Before(b) {
		return a
	}
	return b
}

// termWalk is a term on its way through the calendar.
type termWalk struct {
	e            *naiveEvaluator
	t            *naiveTerm
	line         *naiveLine
	start, after catalog.Date // first day, and the first day that is not in it
	anchor       catalog.Date // from where periods are counted
	billing      string
	rises        bool
}

// periods is how many price periods a billing period is charged for: its days go, one after
// the other, to parts of one quantity and one price.
func (w *termWalk) periods(from, until catalog.Date, whole bool) (dec, string) {
	sum := zero
	for part := from; part.Before(until); {
		next := part.AddDays(1)
		for next.Before(until) && w.weight(next).Equal(w.weight(part)) && !w.changes(next) {
			next = next.AddDays(1)
		}
		n, failed := w.part(part, next, from, until, whole)
		if failed != "" {
			return zero, failed
		}
		sum = sum.Add(n.Mul(w.weight(part)))
		part = next
	}
	return sum, ""
}

// changes reports whether a ramp or a rise begins on a day.
func (w *termWalk) changes(day catalog.Date) bool {
	for _, r := range w.line.req.ramp {
		if r.from == day {
			return true
		}
	}
	return w.rises && day.Year > w.start.Year && day == monthsLater(w.start, 12*(day.Year-w.start.Year))
}

// weight is by how much a day's price differs from that of the first: its quantity and the
// rises since.
func (w *termWalk) weight(day catalog.Date) dec {
	weight := one
	for _, r := range w.line.req.ramp {
		if !r.from.After(day) {
			weight = w.e.divide(r.quantity, w.line.quantity)
		}
	}
	for years := 1; w.rises && !monthsLater(w.start, 12*years).After(day); years++ {
		weight = weight.Mul(one.Add(w.t.uplift.Shift(-2)))
	}
	return weight
}

// part is how many price periods some days of a billing period are.
func (w *termWalk) part(from, until, billingFrom, billingUntil catalog.Date, whole bool) (dec, string) {
	uncut := from == billingFrom && until == billingUntil
	period, billing := lengths[w.t.period], lengths[w.billing]
	days := func(a, b catalog.Date) dec { return decimal.NewFromInt(int64(b.DaysSince(a))) }
	ratio := func(a, b int) dec { return w.e.divide(decimal.NewFromInt(int64(a)), decimal.NewFromInt(int64(b))) }
	switch {
	case period.days > 0 && (whole && uncut || w.t.proration != "none"):
		return w.e.divide(days(from, until), decimal.NewFromInt(int64(period.days))), ""
	case whole && uncut:
		return ratio(billing.months, period.months), ""
	case whole && billing.months < period.months && orDefault(w.t.proration, "day") == "day":
		return w.e.divide(ratio(billing.months, period.months).Mul(days(from, until)), days(billingFrom, billingUntil)), ""
	}
	switch w.t.proration {
	case "none":
		if !whole && w.billing != "term" || !w.bounds(from) || !w.bounds(until) {
			return zero, "partial_period"
		}
	case "day30":
		return ratio(w.days30(until)-w.days30(from), 30*period.months), ""
	case "month":
		begun := 0
		for day := from; day.Before(until); day = day.AddDays(1) {
			if day == w.start || w.beginsMonth(day) {
				begun++
			}
		}
		return ratio(begun, period.months), ""
	}
	sum := zero // of each day its part of the price period in which it lies
	for i := 0; ; i++ {
		begin, next := later(w.anchor, w.t.period, i), later(w.anchor, w.t.period, i+1)
		if !begin.Before(until) {
			return sum, ""
		}
		if a, b := latest(begin, from), earliest(next, until); a.Before(b) {
			sum = sum.Add(w.e.divide(days(a, b), days(begin, next)))
		}
	}
}

// bounds reports whether a price period begins on a day.
func (w *termWalk) bounds(day catalog.Date) bool {
	for i := 0; ; i++ {
		if begin := later(w.anchor, w.t.period, i); !begin.Before(day) {
			return begin == day
		}
	}
}

func (w *termWalk) beginsMonth(day catalog.Date) bool {
	months := (day.Year-w.anchor.Year)*12 + int(day.Month-w.anchor.Month)
	return monthsLater(w.anchor, months) == day
}

// days30 counts the days from the anchor where every month has 30.
func (w *termWalk) days30(day catalog.Date) int {
	months := (day.Year-w.anchor.Year)*12 + int(day.Month-w.anchor.Month)
	if w.beginsMonth(day) {
		return months * 30
	}
	return months*30 + min(day.Day, 30) - min(w.anchor.Day, 30)
}

// concludeTerm brings what was found for one period to the term, and the charges to the net.
func (e *naiveEvaluator) concludeTerm(l *naiveLine) {
	if l.recurring == nil {
		return
	}
	charges := l.recurring.charges
	if sumOfCharges(charges).Equal(l.figures.net) {
		return
	}
	var shares []share
	for i, c := range charges {
		shares = append(shares, share{id: fmt.Sprintf("%06d", i), weight: c.amount.Abs()})
	}
	e.allocate(l.figures.net, shares, minorUnit(e.currency))
	for i := range charges {
		charges[i].amount = shares[i].amount
	}
}

// overTerm brings an amount of one period to the term.
func (e *naiveEvaluator) overTerm(l *naiveLine, d dec) dec {
	if l.recurring.perPeriod.IsZero() {
		return d
	}
	return e.divide(d.Mul(l.recurring.chargesInFull), l.recurring.perPeriod)
}
