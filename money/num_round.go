package money

import (
	"math/bits"

	"github.com/shopspring/decimal"
)

// pow10 are the powers of ten that are coefficients.
var pow10 = [maxScale + 1]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
	10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
	10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000}

// reciprocal of a power of ten d: ⌈2^(62+b) / d⌉, where b is the number of bits of d-1.
// Multiplying by it divides every m < 2^62 exactly (Granlund and Montgomery, 1994),
// several times faster than the processor does.
type reciprocal struct {
	factor uint64
	shift  uint8 // b - 2: what is left of 62+b after dropping the low word
}

var reciprocals = func() (list [maxScale + 1]reciprocal) {
	for i := 1; i <= maxScale; i++ {
		d := uint64(pow10[i])
		b := bits.Len64(d - 1)
		factor, _ := bits.Div64(1<<(b-2), d-1, d)
		list[i] = reciprocal{factor: factor, shift: uint8(b - 2)}
	}
	return list
}()

// splitAt returns m ÷ 10^n and what is left, for m up to maxCoef.
func splitAt(m uint64, n uint8) (quotient, rest uint64) {
	if n == 0 {
		return m, 0
	}
	r := reciprocals[n]
	high, _ := bits.Mul64(m, r.factor)
	quotient = high >> (r.shift & 63)
	return quotient, m - quotient*uint64(pow10[n])
}

// Round rounds to a number of places, ties away from zero. Places below zero round to
// tens, hundreds and so on.
func (a Num) Round(places int32) Num {
	if int32(a.scale) <= places && a.big == nil {
		return a
	}
	return a.round(places)
}

func (a Num) round(places int32) Num {
	if a.big != nil {
		return roundBig(*a.big, places)
	}
	drop := int64(a.scale) - int64(places)
	if drop > maxScale {
		return Num{} // half of 10^19 is more than maxCoef
	}
	q, r := splitAt(magnitude(a.coef), uint8(drop))
	if r >= uint64(pow10[drop])-r {
		q++
	}
	n := Num{coef: signed(q, a.coef, 0), scale: uint8(max(places, 0))}
	if places >= 0 {
		return n
	}
	return n.Mul(Num{coef: pow10[-places]})
}

func roundBig(d decimal.Decimal, places int32) Num {
	switch exp := int64(d.Exponent()); {
	case -exp <= int64(places):
		return compact(d)
	case int64(d.NumDigits())+exp < -int64(places):
		return Num{} // far less than half
	}
	return compact(d.Round(places))
}

// Floor returns the largest whole number that is not more than a.
func (a Num) Floor() Num {
	if a.big != nil {
		return compact(a.big.Floor())
	}
	q, r := splitAt(magnitude(a.coef), a.scale)
	if a.coef >= 0 {
		return Num{coef: int64(q)}
	}
	if r > 0 {
		q++
	}
	return Num{coef: -int64(q)}
}

// Divide returns a ÷ b to QuotientPlaces places, and an error when b is zero.
func (a Num) Divide(b Num) (Num, error) {
	if q, ok := exactQuotient(a, b); ok {
		return q, nil
	}
	d, err := Divide(a.Decimal(), b.Decimal())
	if err != nil {
		return Num{}, err
	}
	return compact(d), nil
}

// exactQuotient divides where the result ends within a few places.
func exactQuotient(a, b Num) (Num, bool) {
	if a.big != nil || b.big != nil || b.coef == 0 {
		return Num{}, false
	}
	const extra = 9
	shift := max(extra, int(b.scale)-int(a.scale))
	scale := int(a.scale) + shift - int(b.scale)
	if scale > maxScale {
		return Num{}, false
	}
	high, low := bits.Mul64(magnitude(a.coef), uint64(pow10[shift]))
	y := magnitude(b.coef)
	if high >= y {
		return Num{}, false
	}
	q, r := bits.Div64(high, low, y)
	if r != 0 || q > maxCoef {
		return Num{}, false
	}
	return Num{coef: signed(q, a.coef, b.coef), scale: uint8(scale)}.Trim(), true
}

// DivRound returns a ÷ b to a number of places, ties away from zero. It panics when b is
// zero.
func (a Num) DivRound(b Num, places int32) Num {
	if q, ok := roundedQuotient(a, b, places); ok {
		return q
	}
	return compact(a.Decimal().DivRound(b.Decimal(), places))
}

func roundedQuotient(a, b Num, places int32) (Num, bool) {
	if a.big != nil || b.big != nil || b.coef == 0 || places < 0 || places > maxScale {
		return Num{}, false
	}
	x, y, high := magnitude(a.coef), magnitude(b.coef), uint64(0)
	switch shift := int(places) + int(b.scale) - int(a.scale); {
	case shift > maxScale:
		return Num{}, false
	case shift >= 0:
		high, x = bits.Mul64(x, uint64(pow10[shift]))
	default:
		var over uint64
		if over, y = bits.Mul64(y, uint64(pow10[-shift])); over != 0 {
			return Num{}, true // a is less than a quarter of this
		}
	}
	if high >= y {
		return Num{}, false
	}
	q, r := bits.Div64(high, x, y)
	if r >= y-r {
		q++
	}
	if q > maxCoef {
		return Num{}, false
	}
	return Num{coef: signed(q, a.coef, b.coef), scale: uint8(places)}, true
}
