package pricing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/money"
)

// Term is how long a recurring line runs, and with how much.
type Term struct {
	Start, End catalog.Date // inclusive
	Ramp       []RampStep   // ascending
}

// RampStep is the quantity of a term from a day on.
type RampStep struct {
	From     catalog.Date
	Quantity money.Num
}

// Charge is what one billing period costs.
type Charge struct {
	From, To catalog.Date // inclusive
	Amount   money.Num
}

// What a term may be long at most, to bound the work that one line can cause.
const (
	maxTermYears = 100
	maxCharges   = 4000 // eleven years day by day
)

// termPlan is a compiled term source. It divides a term into billing periods and says how
// many price periods each of them is charged for: its factor.
type termPlan struct {
	period, billing duration
	calendar        bool // billing periods end with the calendar's, instead of counting from the term's start
	proration       string
	uplift          bool
	growth          money.Num // with an uplift: price of a year ÷ price of the year before
}

// duration is so many months or days, or neither of them: the whole term.
type duration struct{ months, days int }

var durations = map[string]duration{"day": {days: 1}, "week": {days: 7}, "month": {months: 1}, "quarter": {months: 3}, "year": {months: 12}}

// compileTerm checks a term source. Unless it says otherwise, a billing period is as long
// as the price's, is counted from the start of the term, and is prorated by day. Billing
// the whole term at once counts from its start, too.
func compileTerm(d TermDefinition) (termPlan, fault.Mistakes) {
	var mistakes fault.Mistakes
	among := func(n Name, key string, allowed ...string) {
		if n.Text != "" && !slices.Contains(allowed, n.Text) {
			mistakes.Add(n.At, "%s is %s, not %q", key, strings.Join(allowed, ", "), n.Text)
		}
	}
	among(d.Period, "period", "day", "week", "month", "quarter", "year")
	among(d.Billing, "billing", "month", "quarter", "year", "term")
	among(d.Align, "align", "start", "calendar")
	among(d.Proration, "proration", "day", "day30", "month", "none")
	if d.Period.Text == "" {
		mistakes.Add(d.At, "term needs a period: day, week, month, quarter or year")
	}
	p := termPlan{
		period:    durations[d.Period.Text],
		billing:   durations[cmp.Or(d.Billing.Text, d.Period.Text)],
		calendar:  d.Align.Text == "calendar" && d.Billing.Text != "term",
		proration: cmp.Or(d.Proration.Text, "day"),
	}
	if p.billing.days == 1 {
		p.calendar = false // a day is whole on any day
	}
	if p.period.days > 0 && (p.proration == "month" || p.proration == "day30") {
		mistakes.Add(d.Proration.At, "proration %s needs a price per month, quarter or year, not per %s", p.proration, d.Period.Text)
	}
	if p.uplift = d.Uplift != nil && !d.Uplift.IsZero(); p.uplift {
		p.growth = money.NumOfInt(1).Add(money.NumOfInt(1).Percent(money.NumOf(*d.Uplift)))
		if p.growth.Sign() <= 0 {
			mistakes.Add(d.At, "an uplift is more than -100 percent, not %s", d.Uplift)
		}
	}
	return p, mistakes
}

// perYear is how many price periods a year has.
func (p termPlan) perYear() money.Num {
	if p.period.months > 0 {
		return money.NumOfInt(int64(12 / p.period.months))
	}
	return money.NumOfInt(int64(365 / p.period.days))
}

// charges appends what every billing period of a term costs, rounded to the minor unit,
// when one price period of the quantity costs perPeriod. The billing periods follow each
// other without gaps from the start of the term to its end. The codes of its errors are
// invalid_term, invalid_ramp and partial_period.
func (p termPlan) charges(t Term, quantity, perPeriod money.Num, currency money.Currency, into []Charge) ([]Charge, error) {
	if err := t.check(quantity); err != nil {
		return into, err
	}
	b := p.biller(t, quantity)
	first := len(into)
	for b.from = t.Start; !b.from.After(t.End); b.from = b.next {
		if len(into)-first == maxCharges {
			return into[:first], fault.New(fault.Invalid, "invalid_term", "the term from %s to %s has more than %d charges", t.Start, t.End, maxCharges)
		}
		b.advance()
		amount, err := b.amount(perPeriod, currency)
		if err != nil {
			return into[:first], err
		}
		into = append(into, Charge{From: b.from, To: dayBefore(b.next), Amount: amount})
	}
	return into, nil
}

func (t Term) check(quantity money.Num) error {
	switch {
	case !t.Start.IsValid() || !t.End.IsValid():
		return fault.New(fault.Invalid, "invalid_term", "a term needs a start and an end")
	case t.End.Before(t.Start):
		return fault.New(fault.Invalid, "invalid_term", "the term ends on %s, before its start on %s", t.End, t.Start)
	case !t.End.Before(addMonths(t.Start, 12*maxTermYears)):
		return fault.New(fault.Invalid, "invalid_term", "the term from %s to %s is longer than %d years", t.Start, t.End, maxTermYears)
	case len(t.Ramp) > 0 && quantity.IsZero():
		return fault.New(fault.Invalid, "invalid_ramp", "a line with a ramp needs a quantity other than zero")
	}
	for i, r := range t.Ramp {
		switch {
		case r.From.Before(t.Start) || r.From.After(t.End):
			return fault.New(fault.Invalid, "invalid_ramp", "the ramp step from %s is outside of the term from %s to %s", r.From, t.Start, t.End)
		case i > 0 && !r.From.After(t.Ramp[i-1].From):
			return fault.New(fault.Invalid, "invalid_ramp", "the ramp step from %s does not come after the one from %s", r.From, t.Ramp[i-1].From)
		case r.Quantity.Sign() < 0:
			return fault.New(fault.Invalid, "invalid_ramp", "the ramp step from %s has the negative quantity %s", r.From, r.Quantity)
		}
	}
	return nil
}

// biller walks through the billing periods of one term.
type biller struct {
	plan   termPlan
	term   Term
	anchor catalog.Date // from here billing and price periods are counted
	ramp   []RampStep   // steps still ahead

	from, next catalog.Date // the billing period; next is the first day of the one after
	index      int          // of the billing period, counted from anchor
	whole      bool         // not cut off by the term's start or end

	quantity, base money.Num    // today's and the line's; 1 where there is no ramp
	growth         money.Num    // of the price since the start
	years          int          // since the start
	anniversary    catalog.Date // the next one

	usual      money.Num // amount of a whole billing period
	usualKnown bool      // false after quantity or growth changed
}

func (p termPlan) biller(t Term, quantity money.Num) *biller {
	one := money.NumOfInt(1)
	b := &biller{plan: p, term: t, anchor: t.Start, ramp: t.Ramp, index: -1, quantity: one, base: one, growth: one, anniversary: addMonths(t.Start, 12)}
	if len(t.Ramp) > 0 {
		b.quantity, b.base = quantity, quantity
	}
	switch {
	case p.calendar && p.billing.days > 0:
		b.anchor = t.Start.AddDays(-((int(t.Start.In(time.UTC).Weekday()) + 6) % 7)) // Monday
	case p.calendar:
		b.anchor = catalog.Date{Year: t.Start.Year, Month: time.January, Day: 1}
		b.index = int(t.Start.Month-time.January)/p.billing.months - 1
	}
	return b
}

// advance finds the end of the billing period that begins at from.
func (b *biller) advance() {
	b.index++
	begin, end := b.billing(b.index), b.billing(b.index+1)
	b.next, b.whole = end, begin == b.from
	if b.plan.billing == (duration{}) || dayBefore(end).After(b.term.End) {
		b.next, b.whole = b.term.End.AddDays(1), false
	}
}

// billing is the first day of the billing period with an index.
func (b *biller) billing(index int) catalog.Date {
	if b.plan.billing.days > 0 {
		return b.anchor.AddDays(index * b.plan.billing.days)
	}
	return addMonths(b.anchor, index*b.plan.billing.months)
}

// amount is what the billing period costs: the sum of its parts of one quantity and one
// price, rounded once.
func (b *biller) amount(perPeriod money.Num, currency money.Currency) (money.Num, error) {
	b.reach(b.from)
	fixed := b.whole && b.plan.billing.months > 0 && b.plan.period.months > 0 && b.cut() == b.next
	if fixed && b.usualKnown {
		return b.usual, nil
	}
	sum := weighted{denominator: 1}
	for from := b.from; from.Before(b.next); {
		b.reach(from)
		until := b.cut()
		factor, err := b.factor(from, until)
		if err != nil {
			return money.Num{}, err
		}
		sum.add(factor, b.quantity.Mul(b.growth))
		from = until
	}
	amount := perPeriod.Mul(sum.numerator).DivRound(b.base.Mul(money.NumOfInt(sum.denominator)), currency.Digits)
	if fixed {
		b.usual, b.usualKnown = amount, true
	}
	return amount, nil
}

// reach brings quantity and growth to those of a day.
func (b *biller) reach(day catalog.Date) {
	for len(b.ramp) > 0 && !b.ramp[0].From.After(day) {
		b.quantity, b.ramp = b.ramp[0].Quantity, b.ramp[1:]
		b.usualKnown = false
	}
	for b.plan.uplift && !b.anniversary.After(day) {
		b.years++
		b.growth = b.growth.Mul(b.plan.growth)
		b.anniversary = addMonths(b.term.Start, 12*(b.years+1))
		b.usualKnown = false
	}
}

// cut is the next day on which quantity or growth change, or the end of the billing
// period.
func (b *biller) cut() catalog.Date {
	day := b.next
	if len(b.ramp) > 0 && b.ramp[0].From.Before(day) {
		day = b.ramp[0].From
	}
	if b.plan.uplift && b.anniversary.Before(day) {
		day = b.anniversary
	}
	return day
}

// factor is the number of price periods that the days from one to before another one
// count, which lie in the billing period. The factors of parts add up to that of the
// whole.
func (b *biller) factor(from, until catalog.Date) (fraction, error) {
	period, billing := b.plan.period, b.plan.billing
	uncut := from == b.from && until == b.next
	switch {
	case b.whole && uncut && period.days > 0:
		return fraction{days(from, until), int64(period.days)}, nil
	case b.whole && uncut:
		return fraction{int64(billing.months), int64(period.months)}, nil
	case b.whole && billing.months < period.months && b.plan.proration == "day":
		return fraction{int64(billing.months) * days(from, until), int64(period.months) * days(b.from, b.next)}, nil
	}
	start, end := b.position(from), b.position(until)
	if b.plan.proration == "none" {
		stub := !b.whole && billing != duration{}
		if stub || !start.whole() || !end.whole() {
			return fraction{}, fault.New(fault.Invalid, "partial_period", "%s to %s is only a part of a period, and the term's proration is none", from, dayBefore(until))
		}
	}
	return end.minus(start), nil
}

// position is how many price periods lie between the anchor and a day, as the proration
// counts parts of them.
func (b *biller) position(day catalog.Date) fraction {
	if b.plan.period.days > 0 {
		return fraction{days(b.anchor, day), int64(b.plan.period.days)}
	}
	length := b.plan.period.months
	months := monthsBetween(b.anchor, day)
	begun := addMonths(b.anchor, months)
	switch b.plan.proration {
	case "day30":
		if begun == day {
			return fraction{int64(30 * months), int64(30 * length)}
		}
		return fraction{int64(day30(day) - day30(b.anchor)), int64(30 * length)}
	case "month":
		if begun != day && day != b.term.Start {
			months++ // a month belongs whole to the part in which it begins
		}
		return fraction{int64(months), int64(length)}
	}
	index := months / length
	begin, end := addMonths(b.anchor, index*length), addMonths(b.anchor, (index+1)*length)
	width := days(begin, end)
	return fraction{int64(index)*width + days(begin, day), width}
}

// fraction is a number of price periods.
type fraction struct{ numerator, denominator int64 }

func (f fraction) whole() bool { return f.numerator%f.denominator == 0 }

func (f fraction) minus(g fraction) fraction {
	common := leastCommonMultiple(f.denominator, g.denominator)
	return fraction{f.numerator*(common/f.denominator) - g.numerator*(common/g.denominator), common}
}

// weighted is a sum of fractions times decimals. Its denominator stays small, since all
// are made of the lengths of months, quarters and years.
type weighted struct {
	numerator   money.Num
	denominator int64
}

func (w *weighted) add(f fraction, weight money.Num) {
	common := leastCommonMultiple(w.denominator, f.denominator)
	w.numerator = w.numerator.Mul(money.NumOfInt(common / w.denominator)).Add(weight.Mul(money.NumOfInt(f.numerator * (common / f.denominator))))
	w.denominator = common
}

func leastCommonMultiple(a, b int64) int64 {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// spreadNet scales the charges so that they add up to net, by largest remainder.
func spreadNet(charges []Charge, net money.Num, currency money.Currency) {
	var sum money.Num
	for _, c := range charges {
		sum = sum.Add(c.Amount)
	}
	if sum.Equal(net) {
		return
	}
	weights := make([]money.Num, len(charges))
	for i, c := range charges {
		weights[i] = c.Amount.Abs()
	}
	parts, err := money.AllocateNum(net, weights, money.NumOf(currency.MinorUnit()))
	if err != nil {
		return // there are no charges
	}
	for i, part := range parts {
		charges[i].Amount = part
	}
}

// EndAfter is the last day of a term of so many months: the day before the same day of
// a later month, or before the last day of that month where it has no such day.
func EndAfter(start catalog.Date, months int) catalog.Date {
	return dayBefore(addMonths(start, months))
}

// addMonths keeps the day where the month has it, and else takes the month's last.
func addMonths(d catalog.Date, months int) catalog.Date {
	index := d.Year*12 + int(d.Month-time.January) + months
	year, month := index/12, time.January+time.Month(index%12)
	return catalog.Date{Year: year, Month: month, Day: min(d.Day, monthLength(year, month))}
}

// monthsBetween is how many months can be added to a day without going past another one
// that is not before it.
func monthsBetween(from, to catalog.Date) int {
	months := (to.Year-from.Year)*12 + int(to.Month-from.Month)
	if addMonths(from, months).After(to) {
		months--
	}
	return months
}

func monthLength(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func dayBefore(d catalog.Date) catalog.Date {
	if d.Day > 1 {
		return catalog.Date{Year: d.Year, Month: d.Month, Day: d.Day - 1}
	}
	d = addMonths(d, -1)
	return catalog.Date{Year: d.Year, Month: d.Month, Day: monthLength(d.Year, d.Month)}
}

// days counts from one day to before another.
func days(from, until catalog.Date) int64 { return int64(until.DaysSince(from)) }

// day30 numbers the days where every month has 30: a 31st is another 30th.
func day30(d catalog.Date) int { return (d.Year*12+int(d.Month))*30 + min(d.Day, 30) }
