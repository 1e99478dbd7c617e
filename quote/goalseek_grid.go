package quote

import (
	"regexp"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
)

var one = decimal.NewFromInt(1)

// mostSteps is how far from 0 the numbers of a grid may be, counted in steps.
var mostSteps = decimal.NewFromInt(1_000_000_000_000_000)

// limits are the numbers that are tried when the change has no limits of its own, and
// outside which none may be tried.
type limits struct {
	min, max, step decimal.Decimal
	low, high      *decimal.Decimal                           // of the rules; nil: none
	fit            func(step decimal.Decimal) decimal.Decimal // the least multiple of a step that can be right; nil: itself
}

// within holds the limits to those of a step.
func (l *limits) within(low, high *money.Num) {
	if low != nil && (l.low == nil || low.Decimal().GreaterThan(*l.low)) {
		v := low.Decimal()
		l.low = &v
	}
	if high != nil && (l.high == nil || high.Decimal().LessThan(*l.high)) {
		v := high.Decimal()
		l.high = &v
	}
}

// settled are the limits with those of the change.
func (k *seeker) settled(l limits) limits {
	if l.low != nil {
		l.min, l.max = *l.low, decimal.Max(l.max, *l.low)
	}
	if l.high != nil {
		l.min, l.max = decimal.Min(l.min, *l.high), *l.high
	}
	given := func(v, into *decimal.Decimal) {
		if v != nil {
			*into = *v
		}
	}
	given(k.min, &l.min)
	given(k.max, &l.max)
	given(k.step, &l.step)
	if l.fit != nil {
		l.step = l.fit(l.step)
	}
	if l.low != nil {
		l.min = decimal.Max(l.min, *l.low)
	}
	if l.high != nil {
		l.max = decimal.Min(l.max, *l.high)
	}
	return l
}

// grid makes the lever the multiples of a step within limits: those of the change, else those
// of the rules, else those given, and those of the rules in any case.
func (k *seeker) grid(l limits, hints []decimal.Decimal) {
	if k.unclear {
		return
	}
	l = k.settled(l)
	first, last := ceilDiv(l.min, l.step), floorDiv(l.max, l.step)
	switch {
	case first.GreaterThan(last):
		k.mistake("/change", "no multiple of %s is at least %s and at most %s", l.step, l.min, l.max)
		return
	case first.Abs().GreaterThan(mostSteps) || last.Abs().GreaterThan(mostSteps):
		k.mistake("/change", "from %s to %s there are too many multiples of %s", l.min, l.max, l.step)
		return
	}
	from := first.IntPart()
	k.lever.ordered, k.lever.values = true, last.IntPart()-from+1
	k.lever.at = func(i int64) formula.Value { return formula.OfNumber(decimal.NewFromInt(from + i).Mul(l.step)) }
	k.lever.steps = &GoalRange{Min: first.Mul(l.step).String(), Max: last.Mul(l.step).String(), Step: l.step.String()}
	k.hint(hints, func(v decimal.Decimal) int64 {
		n := ceilDiv(v, l.step) // its neighbour below is tried too
		if n.Abs().GreaterThan(mostSteps) {
			return -1
		}
		return n.IntPart() - from
	})
}

func ceilDiv(a, b decimal.Decimal) decimal.Decimal { return floorDiv(a.Neg(), b).Neg() }

// floorDiv returns how often b, which is above 0, goes into a.
func floorDiv(a, b decimal.Decimal) decimal.Decimal {
	q, rest := a.QuoRem(b, 0)
	if rest.Sign() < 0 {
		q = q.Sub(one)
	}
	return q
}

// mostHints is how many places are looked at for a jump.
const mostHints = 40

// hint notes the places of the value now, which comes first, and of the hints that are among
// the values; of too many, some from all over.
func (k *seeker) hint(hints []decimal.Decimal, place func(decimal.Decimal) int64) {
	var places []int64
	note := func(v decimal.Decimal) {
		if i := place(v); i >= 0 && i < k.lever.values {
			places = append(places, i)
		}
	}
	for _, h := range hints {
		note(h)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	if n := len(places); n > mostHints {
		for i := range mostHints {
			places[i] = places[i*n/mostHints]
		}
		places = places[:mostHints]
	}
	if now := k.lever.now; now.Kind() == formula.Number && now.Known() {
		jumps := places
		places = nil
		note(now.Number())
		places = append(places, jumps...)
	}
	k.lever.hints = places
}

// scaleHints are the quantities at which a price may jump: the scales of the condition
// records that the request reads, and the numbers in its sales model's rules.
func (k *seeker) scaleHints() []decimal.Decimal {
	hints := k.ruleNumbers()
	for _, c := range k.now.Facts().Records.Conditions.Upsert {
		hints = append(hints, c.MinQuantity)
	}
	return hints
}

// valueHints are the numbers at which an input may begin or end to be right, or a price may
// jump: the values and limits of the condition records that the request reads, and the
// numbers in its sales model's rules.
func (k *seeker) valueHints() []decimal.Decimal {
	hints := k.ruleNumbers()
	for _, c := range k.now.Facts().Records.Conditions.Upsert {
		rate := k.rateOf(c)
		for _, v := range []*decimal.Decimal{&c.Value, c.LowerLimit, c.UpperLimit} {
			if v != nil {
				hints = append(hints, v.Mul(rate))
			}
		}
	}
	return hints
}

// rateOf is what a record's value is multiplied by in the quote's currency.
func (k *seeker) rateOf(c catalog.Condition) decimal.Decimal {
	from := c.Currency
	if from == "" {
		from = k.book.Company.Code
	}
	if rate, _, known := k.view.Rate(from, k.currency.Code, k.Request.Date); known && c.Measure == catalog.MeasureAmount {
		return rate
	}
	return one
}

var numberInText = regexp.MustCompile(`\d+(?:\.\d+)?`)

// ruleNumbers are the numbers in the conditions, formulas and tables of the sales model.
func (k *seeker) ruleNumbers() []decimal.Decimal {
	var texts []string
	for _, s := range k.model.Definition.Procedure {
		texts = append(texts, s.When.Text, s.Formula.Text)
		for _, a := range s.Adjustments {
			texts = append(texts, a.When.Text)
		}
		if t := k.book.Schema().Tables[s.Table.Text]; t != nil {
			for _, cell := range slices.Concat(t.Rows...) {
				texts = append(texts, cell.Text)
			}
		}
	}
	var numbers []decimal.Decimal
	for _, text := range texts {
		for _, digits := range numberInText.FindAllString(text, -1) {
			if n, err := money.Parse(digits); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers
}
