package money

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/shopspring/decimal"
)

// Num is an exact decimal number that is cheap to calculate with: coef × 10^-scale in
// one machine word. What does not fit is held as a decimal.Decimal instead, so that
// nothing ever wraps or loses digits: every result is the same number that
// shopspring/decimal gives. The zero value is 0.
//
// A Num must not be compared with ==; use Equal.
type Num struct {
	coef  int64
	big   *decimal.Decimal // set: the number is this, and coef and scale are 0
	scale uint8            // decimal places, at most maxScale
}

const maxScale = 18

var pow10 = [maxScale + 1]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
	10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
	10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000}

// NumOf makes a Num of a decimal.
func NumOf(d decimal.Decimal) Num {
	exp := d.Exponent()
	if exp <= 0 && exp >= -maxScale && d.NumDigits() <= maxScale {
		return Num{coef: d.CoefficientInt64(), scale: uint8(-exp)}
	}
	return compact(d)
}

// NumOfInt makes a Num of an integer.
func NumOfInt(n int64) Num {
	if n == math.MinInt64 {
		return compact(decimal.NewFromInt(n))
	}
	return Num{coef: n}
}

// compact brings a decimal into one word where that is possible by dropping zeros at
// its end or writing out an exponent.
func compact(d decimal.Decimal) Num {
	if d.IsZero() {
		return Num{}
	}
	if exp := d.Exponent(); exp > 0 && exp <= maxScale && d.NumDigits()+int(exp) <= maxScale {
		return Num{coef: d.CoefficientInt64() * pow10[exp]}
	}
	if d.Exponent() < 0 {
		d = trimmed(d)
	}
	if exp := d.Exponent(); exp <= 0 && exp >= -maxScale && d.NumDigits() <= maxScale {
		return Num{coef: d.CoefficientInt64(), scale: uint8(-exp)}
	}
	return Num{big: &d}
}

// trimmed drops the zeros at the end of the decimal places.
func trimmed(d decimal.Decimal) decimal.Decimal {
	coef, exp := d.Coefficient(), d.Exponent()
	digits := coef.String()
	zeros := 0
	for zeros < len(digits)-1 && digits[len(digits)-1-zeros] == '0' && exp+int32(zeros) < 0 {
		zeros++
	}
	if zeros == 0 {
		return d
	}
	coef.SetString(digits[:len(digits)-zeros], 10)
	return decimal.NewFromBigInt(coef, exp+int32(zeros))
}

// Decimal returns the number as a decimal.
func (a Num) Decimal() decimal.Decimal {
	if a.big != nil {
		return *a.big
	}
	return decimal.New(a.coef, -int32(a.scale))
}

// aligned returns the coefficients of both numbers at the same scale; false when they
// do not fit.
func aligned(a, b Num) (x, y int64, scale uint8, ok bool) {
	if a.big != nil || b.big != nil {
		return 0, 0, 0, false
	}
	switch {
	case a.scale == b.scale:
		return a.coef, b.coef, a.scale, true
	case a.scale < b.scale:
		x, ok = mul64(a.coef, pow10[b.scale-a.scale])
		return x, b.coef, b.scale, ok
	}
	y, ok = mul64(b.coef, pow10[a.scale-b.scale])
	return a.coef, y, a.scale, ok
}

func mul64(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// Add returns a + b.
func (a Num) Add(b Num) Num {
	if x, y, scale, ok := aligned(a, b); ok {
		sum := x + y
		if (sum > x) == (y > 0) && sum != math.MinInt64 {
			return Num{coef: sum, scale: scale}
		}
	}
	return compact(a.Decimal().Add(b.Decimal()))
}

// Sub returns a − b.
func (a Num) Sub(b Num) Num { return a.Add(b.Neg()) }

// Neg returns −a.
func (a Num) Neg() Num {
	if a.big != nil {
		return compact(a.big.Neg())
	}
	a.coef = -a.coef
	return a
}

// Abs returns a without its sign.
func (a Num) Abs() Num {
	if a.Sign() < 0 {
		return a.Neg()
	}
	return a
}

// Mul returns a × b.
func (a Num) Mul(b Num) Num {
	if a.big == nil && b.big == nil {
		if coef, ok := mul64(a.coef, b.coef); ok {
			if scale := a.scale + b.scale; scale <= maxScale {
				return Num{coef: coef, scale: scale}
			}
			if coef == 0 {
				return Num{}
			}
		}
	}
	return compact(a.Decimal().Mul(b.Decimal()))
}

// Percent returns rate percent of a, unrounded.
func (a Num) Percent(rate Num) Num {
	if a.big == nil && rate.big == nil {
		if coef, ok := mul64(a.coef, rate.coef); ok {
			if scale := a.scale + rate.scale + 2; scale <= maxScale {
				return Num{coef: coef, scale: scale}
			}
		}
	}
	return compact(Percent(a.Decimal(), rate.Decimal()))
}

// Sign returns -1, 0 or 1.
func (a Num) Sign() int {
	switch {
	case a.big != nil:
		return a.big.Sign()
	case a.coef < 0:
		return -1
	case a.coef > 0:
		return 1
	}
	return 0
}

// IsZero reports whether a is 0.
func (a Num) IsZero() bool { return a.coef == 0 && a.big == nil }

// Cmp returns -1, 0 or 1 as a is less than, equal to or more than b.
func (a Num) Cmp(b Num) int {
	if x, y, _, ok := aligned(a, b); ok {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	if s, t := a.Sign(), b.Sign(); s != t {
		if s < t {
			return -1
		}
		return 1
	}
	return a.Decimal().Cmp(b.Decimal())
}

// Equal reports whether a and b are the same number.
func (a Num) Equal(b Num) bool { return a.Cmp(b) == 0 }

// Less reports whether a < b.
func (a Num) Less(b Num) bool { return a.Cmp(b) < 0 }

// Divide returns a ÷ b to QuotientPlaces places, and an error when b is zero.
func (a Num) Divide(b Num) (Num, error) {
	if a.big == nil && b.big == nil && b.coef != 0 {
		if q, ok := exactQuotient(a, b); ok {
			return q, nil
		}
	}
	d, err := Divide(a.Decimal(), b.Decimal())
	if err != nil {
		return Num{}, err
	}
	return compact(d), nil
}

// exactQuotient divides where the result ends within a few places.
func exactQuotient(a, b Num) (Num, bool) {
	const extra = 9
	scale := int(a.scale) + extra - int(b.scale)
	if scale < 0 || scale > maxScale {
		return Num{}, false
	}
	hi, lo := bits.Mul64(magnitude(a.coef), uint64(pow10[extra]))
	y := magnitude(b.coef)
	if hi >= y {
		return Num{}, false
	}
	q, r := bits.Div64(hi, lo, y)
	if r != 0 || q > math.MaxInt64 {
		return Num{}, false
	}
	coef := int64(q)
	if (a.coef < 0) != (b.coef < 0) {
		coef = -coef
	}
	return Num{coef: coef, scale: uint8(scale)}.Trim(), true
}

// DivRound returns a ÷ b to a number of places, ties away from zero. It panics when b is
// zero.
func (a Num) DivRound(b Num, places int32) Num {
	if a.big == nil && b.big == nil && b.coef != 0 {
		if q, ok := roundedQuotient(a, b, places); ok {
			return q
		}
	}
	return compact(a.Decimal().DivRound(b.Decimal(), places))
}

func roundedQuotient(a, b Num, places int32) (Num, bool) {
	shift := int(places) + int(b.scale) - int(a.scale)
	if places < 0 || places > maxScale || shift < 0 || shift > maxScale {
		return Num{}, false
	}
	hi, lo := bits.Mul64(magnitude(a.coef), uint64(pow10[shift]))
	y := magnitude(b.coef)
	if hi >= y {
		return Num{}, false
	}
	q, r := bits.Div64(hi, lo, y)
	if r >= y-r {
		q++
	}
	if q > math.MaxInt64 {
		return Num{}, false
	}
	coef := int64(q)
	if (a.coef < 0) != (b.coef < 0) {
		coef = -coef
	}
	return Num{coef: coef, scale: uint8(places)}, true
}

// Round rounds to a number of places, ties away from zero.
func (a Num) Round(places int32) Num {
	if a.big == nil && places >= 0 {
		if int32(a.scale) <= places {
			return a
		}
		unit := pow10[int32(a.scale)-places]
		q, r := a.coef/unit, a.coef%unit
		switch {
		case r >= unit-r && r > 0:
			q++
		case -r >= unit+r && r < 0:
			q--
		}
		return Num{coef: q, scale: uint8(places)}
	}
	return compact(a.Decimal().Round(places))
}

// Trim drops the zeros at the end of the decimal places.
func (a Num) Trim() Num {
	for a.scale > 0 && a.coef%10 == 0 {
		a.coef /= 10
		a.scale--
	}
	return a
}

// Places returns how many decimal places the number has, zeros at its end not counted.
func (a Num) Places() int32 {
	if a.big != nil {
		return max(0, -trimmed(*a.big).Exponent())
	}
	return int32(a.Trim().scale)
}

// IsInteger reports whether there is nothing behind the point.
func (a Num) IsInteger() bool {
	if a.big != nil {
		return a.big.IsInteger()
	}
	return a.coef%pow10[a.scale] == 0
}

// Int64 returns the part before the point.
func (a Num) Int64() int64 {
	if a.big != nil {
		return a.big.IntPart()
	}
	return a.coef / pow10[a.scale]
}

// Floor returns the largest whole number that is not more than a.
func (a Num) Floor() Num {
	if a.big != nil {
		return compact(a.big.Floor())
	}
	unit := pow10[a.scale]
	q := a.coef / unit
	if a.coef < 0 && a.coef%unit != 0 {
		q--
	}
	return Num{coef: q}
}

// MinNum returns the lesser of two numbers.
func MinNum(a, b Num) Num {
	if b.Less(a) {
		return b
	}
	return a
}

// MaxNum returns the larger of two numbers.
func MaxNum(a, b Num) Num {
	if a.Less(b) {
		return b
	}
	return a
}

// Append writes the number with at least so many decimal places, and more only where
// they are not zeros.
func (a Num) Append(buf []byte, places int32) []byte {
	if a.big != nil || places > maxScale {
		return append(buf, decimalText(a.Decimal(), places)...)
	}
	for int32(a.scale) > places && a.coef%10 == 0 {
		a.coef /= 10
		a.scale--
	}
	if a.coef < 0 {
		buf = append(buf, '-')
	}
	m, unit := magnitude(a.coef), uint64(pow10[a.scale])
	buf = strconv.AppendUint(buf, m/unit, 10)
	if a.scale == 0 && places <= 0 {
		return buf
	}
	buf = append(buf, '.')
	fraction := m % unit
	for i := int(a.scale) - 1; i >= 0; i-- {
		buf = append(buf, byte('0'+fraction/uint64(pow10[i])%10))
	}
	for i := int32(a.scale); i < places; i++ {
		buf = append(buf, '0')
	}
	return buf
}

func decimalText(d decimal.Decimal, places int32) string {
	if s := d.String(); fractionDigits(s) > int(places) {
		return s
	}
	return d.StringFixed(places)
}

// String prints the number without zeros at its end.
func (a Num) String() string {
	var buf [24]byte
	return string(a.Append(buf[:0], 0))
}
