package quote_test

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// naivePlaces is how many places a division keeps: more than the engine, so that a
// difference in the last place shows as blur and not as another result.
const naivePlaces = 40

var (
	zero    = decimal.Zero
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
	near    = decimal.New(1, -9) // differences below it come from divisions without end
)

// divide divides, and remembers when the quotient has no end: from then on a number that
// is all but on the edge of a rounding may fall to either side.
func (e *naiveEvaluator) divide(a, b dec) dec {
	q := a.DivRound(b, naivePlaces)
	if !q.Mul(b).Equal(a) {
		e.inexact = true
	}
	return q
}

func (e *naiveEvaluator) edge(distance dec) {
	if e.inexact && distance.Abs().LessThan(near) {
		e.blurred = true
	}
}

// endless reports whether a number carries a division without end: it has more places than
// anything that is drawn.
func endless(x dec) bool { return !x.Round(naivePlaces / 2).Equal(x) }

// less compares two numbers that may carry divisions without end.
func (e *naiveEvaluator) less(a, b dec) bool {
	if endless(a) || endless(b) {
		e.edge(a.Sub(b))
	}
	return a.LessThan(b)
}

// roundTo rounds to a multiple of an increment.
func (e *naiveEvaluator) roundTo(x, increment dec, mode string) dec {
	steps := e.divideExactly(x, increment)
	floor := steps.Floor()
	part := steps.Sub(floor) // 0 ≤ part < 1
	half := decimal.New(5, -1)
	switch {
	case !endless(x):
	case mode == "up" || mode == "down":
		e.edge(part)
		e.edge(one.Sub(part))
	default:
		e.edge(part.Sub(half))
	}
	if part.IsZero() {
		return x
	}
	up := false // to floor+1
	switch mode {
	case "up":
		up = x.Sign() > 0
	case "down":
		up = x.Sign() < 0
	case "half_even":
		up = part.GreaterThan(half) || part.Equal(half) && !floor.Mod(decimal.NewFromInt(2)).IsZero()
	default: // ties away from zero
		up = part.GreaterThan(half) || part.Equal(half) && x.Sign() > 0
	}
	if up {
		floor = floor.Add(one)
	}
	return floor.Mul(increment)
}

// divideExactly divides by an increment such as 0.05, 10 or 0.001.
func (e *naiveEvaluator) divideExactly(x, increment dec) dec {
	return x.DivRound(increment, naivePlaces+10)
}

func (e *naiveEvaluator) roundMinor(x dec) dec { return e.roundTo(x, minorUnit(e.currency), "") }

// roundBy rounds an amount as a round key says. Quantity is of the line.
func (e *naiveEvaluator) roundBy(r *naiveRound, x, quantity dec) dec {
	if r == nil {
		return x
	}
	to := minorUnit(e.currency)
	if r.to != nil {
		to = *r.to
	}
	if r.each == "unit" && !quantity.IsZero() {
		return e.roundTo(e.divide(x, quantity), to, r.mode).Mul(quantity)
	}
	return e.roundTo(x, to, r.mode)
}

// share is a part of an amount for the line with an id.
type share struct {
	id     string
	weight dec
	amount dec
}

// deal spreads a total in proportion to what each share has; the whole of it, but for its
// rounding, is from each what it has.
func (e *naiveEvaluator) deal(total dec, shares []share) dec {
	whole := zero
	for _, s := range shares {
		whole = whole.Add(s.weight)
	}
	if total.Sign() < 0 && e.roundMinor(whole.Add(total)).IsZero() {
		for i := range shares {
			shares[i].amount = shares[i].weight.Neg()
		}
		return whole.Neg()
	}
	e.allocate(total, shares, minorUnit(e.currency))
	return total
}

// allocate spreads a total over shares by largest remainder, in multiples of an increment:
// all are cut towards zero, and what is left goes, an increment each, to those that were
// cut most; among equals to the heavier, then to the first by id. Without any weight the
// split is even. The total is a multiple of the increment.
func (e *naiveEvaluator) allocate(total dec, shares []share, increment dec) {
	slices.SortFunc(shares, func(a, b share) int { return strings.Compare(a.id, b.id) })
	sum, uneven := zero, false
	for _, s := range shares {
		sum, uneven = sum.Add(s.weight), uneven || endless(s.weight)
	}
	if sum.IsZero() {
		for i := range shares {
			shares[i].weight = one
		}
		sum = decimal.NewFromInt(int64(len(shares)))
	}
	left := total
	cut := make([]dec, len(shares)) // times sum
	for i := range shares {
		exact := total.Mul(shares[i].weight)
		quotient := exact.DivRound(increment.Mul(sum), naivePlaces)
		pieces := quotient.Truncate(0)
		if uneven {
			e.edge(quotient.Sub(quotient.Round(0)))
		}
		shares[i].amount = pieces.Mul(increment)
		cut[i] = exact.Sub(shares[i].amount.Mul(sum)).Abs()
		left = left.Sub(shares[i].amount)
	}
	step := increment
	if left.Sign() < 0 {
		step = increment.Neg()
	}
	given := make([]bool, len(shares))
	for !left.IsZero() {
		best := -1
		for i := range shares {
			if given[i] || shares[i].weight.IsZero() {
				continue
			}
			if best < 0 || cut[i].GreaterThan(cut[best]) || cut[i].Equal(cut[best]) && shares[i].weight.GreaterThan(shares[best].weight) {
				best = i
			}
		}
		for i := range shares {
			if uneven && i != best && !given[i] && !shares[i].weight.Equal(shares[best].weight) {
				e.edge(cut[i].Sub(cut[best]))
			}
		}
		given[best] = true
		shares[best].amount = shares[best].amount.Add(step)
		left = left.Sub(step)
	}
}
