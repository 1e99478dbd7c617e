package configurator

import (
	"math"
	"math/bits"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

// bound is what a part of a formula can be while some of its features are open: a
// number between lo and hi, true, false, without a value, or a mistake such as a
// division by zero. It may allow more than is possible, never less.
//
// Numbers are counted in millionths, lower ends rounded down and upper ends up; lo over
// hi is no number. A bound that allows one thing only is exact.
type bound struct {
	lo, hi          int64
	yes, no         bool
	none, erroneous bool
}

// The ends of the numbers. What is beyond the largest finite one is below infinity.
const (
	infinity = math.MaxInt64
	largest  = math.MaxInt64 - 1
	unit     = 1_000_000
)

var (
	nothing  = bound{lo: infinity, hi: -infinity}
	anything = bound{lo: -infinity, hi: infinity, yes: true, no: true, none: true, erroneous: true}
	failure  = bound{lo: infinity, hi: -infinity, erroneous: true}
)

func number(lo, hi int64) bound { return bound{lo: lo, hi: hi} }

func (b bound) isNumber() bool { return b.lo <= b.hi }

// certain reports whether a condition holds whatever is still chosen.
func (b bound) certain() bool { return b.yes && !b.no && !b.erroneous }

// join allows what either allows.
func (b bound) join(c bound) bound {
	return bound{lo: min(b.lo, c.lo), hi: max(b.hi, c.hi), yes: b.yes || c.yes, no: b.no || c.no,
		none: b.none || c.none, erroneous: b.erroneous || c.erroneous}
}

// boundOf is the bound of a known outcome.
func boundOf(v formula.Value, err error) bound {
	switch {
	case err != nil:
		return failure
	case !v.Known():
		b := nothing
		b.none, b.no = true, v.Kind() == formula.Boolean // as a condition it does not hold
		return b
	case v.Kind() == formula.Boolean:
		b := nothing
		b.yes, b.no = v.Bool(), !v.Bool()
		return b
	case v.Kind() == formula.Number:
		return number(fixed(v.Number()))
	}
	return anything
}

// fixed returns the millionths below and above a number.
func fixed(d decimal.Decimal) (lo, hi int64) {
	scaled := d.Shift(6)
	whole := scaled.Floor()
	n := whole.BigInt()
	switch {
	case !n.IsInt64() && n.Sign() > 0:
		return largest, infinity
	case !n.IsInt64():
		return -infinity, -largest
	}
	lo = n.Int64()
	if whole.Equal(scaled) {
		return lo, lo
	}
	return lo, lo + 1
}

// plus adds two ends of the same side; up says which side.
func plus(a, b int64, up bool) int64 {
	switch {
	case a == infinity || b == infinity:
		return infinity
	case a == -infinity || b == -infinity:
		return -infinity
	}
	sum := a + b
	if (sum > a) == (b > 0) && sum != infinity && sum > -infinity {
		return sum
	}
	return beyond(b > 0, up)
}

// beyond is the end for a result outside the finite numbers.
func beyond(positive, up bool) int64 {
	switch {
	case positive && up:
		return infinity
	case positive:
		return largest
	case up:
		return -largest
	}
	return -infinity
}

// scaled returns a·b/c, rounded down or up; a, b and c are finite and c is not 0.
func scaled(a, b, c int64, up bool) int64 {
	negative := (a < 0) != (b < 0) != (c < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	divisor := magnitude(c)
	if high >= divisor {
		return beyond(!negative, up)
	}
	quotient, rest := bits.Div64(high, low, divisor)
	if rest != 0 && up != negative {
		quotient++
	}
	if quotient > largest {
		return beyond(!negative, up)
	}
	if negative {
		return -int64(quotient)
	}
	return int64(quotient)
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

func (b bound) finite() bool { return b.lo > -infinity && b.hi < infinity }

// calculate is a Binary's arithmetic on numbers.
func calculate(op formula.Op, a, b bound) bound {
	wrong := a.none || b.none || a.erroneous || b.erroneous
	if !a.isNumber() || !b.isNumber() {
		return failure
	}
	var r bound
	switch op {
	case formula.Add:
		r = number(plus(a.lo, b.lo, false), plus(a.hi, b.hi, true))
	case formula.Sub:
		r = number(plus(a.lo, -b.hi, false), plus(a.hi, -b.lo, true))
	case formula.Mul:
		r = product(a, b)
	case formula.Div:
		wrong = wrong || b.lo <= 0 && b.hi >= 0
		r = quotient(a, b)
	}
	r.erroneous = wrong
	return r
}

func product(a, b bound) bound {
	if !a.finite() || !b.finite() {
		return number(-infinity, infinity)
	}
	r := nothing
	for _, x := range [2]int64{a.lo, a.hi} {
		for _, y := range [2]int64{b.lo, b.hi} {
			r = r.join(number(scaled(x, y, unit, false), scaled(x, y, unit, true)))
		}
	}
	return r
}

func quotient(a, b bound) bound {
	if !a.finite() || !b.finite() || b.lo <= 0 && b.hi >= 0 {
		return number(-infinity, infinity)
	}
	r := nothing
	for _, x := range [2]int64{a.lo, a.hi} {
		for _, y := range [2]int64{b.lo, b.hi} {
			r = r.join(number(scaled(x, unit, y, false), scaled(x, unit, y, true)))
		}
	}
	return r
}

// compare is a Binary's comparison of numbers.
func compare(op formula.Op, a, b bound) bound {
	r := nothing
	r.erroneous = a.erroneous || b.erroneous
	if a.none || b.none {
		r.yes, r.no = op == formula.Ne, op != formula.Ne
	}
	if !a.isNumber() || !b.isNumber() {
		return r
	}
	var yes, no bool
	switch op {
	case formula.Lt:
		yes, no = a.lo < b.hi, a.hi >= b.lo
	case formula.Le:
		yes, no = a.lo <= b.hi, a.hi > b.lo
	case formula.Gt:
		yes, no = a.hi > b.lo, a.lo <= b.hi
	case formula.Ge:
		yes, no = a.hi >= b.lo, a.lo < b.hi
	default:
		yes, no = a.lo <= b.hi && b.lo <= a.hi, a.lo != a.hi || b.lo != b.hi || a.lo != b.lo
		if op == formula.Ne {
			yes, no = no, yes
		}
	}
	r.yes, r.no = r.yes || yes, r.no || no
	return r
}

// rounded applies a rounding that never turns two numbers round to the ends.
func (b bound) rounded(to func(int64) int64) bound {
	if b.none {
		b.erroneous, b.none = true, false
	}
	if !b.isNumber() {
		return failure
	}
	if !b.finite() {
		b.lo, b.hi = -infinity, infinity
		return b
	}
	b.lo, b.hi = min(to(b.lo), largest), max(to(b.hi), -largest)
	return b
}

func floored(to int64) func(int64) int64 {
	return func(a int64) int64 {
		rest := a % to
		if rest < 0 {
			rest += to
		}
		if a < -infinity+rest+1 {
			return -infinity
		}
		return a - rest
	}
}

func ceiled(to int64) func(int64) int64 {
	down := floored(to)
	return func(a int64) int64 {
		r := down(a)
		switch {
		case r == a:
			return a
		case r > largest-to:
			return infinity
		}
		return r + to
	}
}

// nearest rounds half away from zero.
func nearest(to int64) func(int64) int64 {
	up, down := ceiled(to), floored(to)
	return func(a int64) int64 {
		low, high := down(a), up(a)
		switch {
		case low == -infinity || high == infinity || a-low > high-a:
			return high
		case a-low < high-a:
			return low
		case a < 0:
			return low
		}
		return high
	}
}
