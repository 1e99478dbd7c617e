package money

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"
)

// Num is an exact decimal number that is cheap to calculate with: coef × 10^-scale in
// one machine word. What does not fit is held as a decimal.Decimal instead, so that
// nothing ever wraps or loses digits: every result is the same number that
// shopspring/decimal gives. The zero value is 0.
//
// A Num must not be compared with ==; use Equal.
type Num struct {
	coef  int64            // from -maxCoef to maxCoef; of a big number: its sign
	big   *decimal.Decimal // set: the number is this one, which is never written to
	scale uint8            // decimal places, at most maxScale; of a big number: bigScale
}

const (
	maxCoef  = 1<<62 - 1 // so that the sum of two never wraps
	maxScale = 18
	bigScale = 100 // above maxScale, and the sum of two still fits a byte
)

// NumOf makes a Num of a decimal.
func NumOf(d decimal.Decimal) Num {
	if n, ok := oneWord(d); ok {
		return n
	}
	return compact(d)
}

// oneWord makes a Num of a decimal whose digits fit into one word as they are.
func oneWord(d decimal.Decimal) (Num, bool) {
	switch exp, digits := int(d.Exponent()), d.NumDigits(); {
	case exp < -maxScale || digits > maxScale || exp > maxScale-digits:
		return Num{}, false
	case exp > 0:
		return Num{coef: d.CoefficientInt64() * pow10[exp]}, true
	default:
		return Num{coef: d.CoefficientInt64(), scale: uint8(-exp)}, true
	}
}

// compact brings a decimal into one word where dropping the zeros at its end does that.
func compact(d decimal.Decimal) Num {
	if endsInZero(d) {
		d = d.Normalize()
	}
	if n, ok := oneWord(d); ok {
		return n
	}
	long := d
	return Num{coef: int64(d.Sign()), big: &long, scale: bigScale}
}

// endsInZero tells in a fraction of the time that Normalize takes.
func endsInZero(d decimal.Decimal) bool {
	var rest uint
	for _, word := range slices.Backward(d.Coefficient().Bits()) {
		rest = bits.Rem(rest, uint(word), 10)
	}
	return rest == 0
}

// NumOfInt makes a Num of an integer.
func NumOfInt(n int64) Num {
	if fits(n) {
		return Num{coef: n}
	}
	return compact(decimal.NewFromInt(n))
}

// Decimal returns the number as a decimal.
func (a Num) Decimal() decimal.Decimal {
	if a.big != nil {
		return *a.big
	}
	return decimal.New(a.coef, -int32(a.scale))
}

// fits reports whether a coefficient is one. It takes sums of two and what mul returns.
func fits(coef int64) bool { return uint64(coef+maxCoef) <= 2*maxCoef }

// mul returns a × b; false when that does not fit.
func mul(a, b int64) (int64, bool) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	product := int64(low)
	signedHigh := int64(high) - a>>63&b - b>>63&a
	return product, signedHigh == product>>63 && fits(product)
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// signed gives m, which is at most maxCoef, the sign of the product or quotient of a and
// b.
func signed(m uint64, a, b int64) int64 {
	if a^b < 0 {
		return -int64(m)
	}
	return int64(m)
}

// aligned returns the coefficients of both numbers at the same scale; false when they
// do not fit.
func aligned(a, b Num) (x, y int64, scale uint8, ok bool) {
	switch {
	case a.big != nil || b.big != nil:
		return 0, 0, 0, false
	case a.scale < b.scale:
		x, ok = mul(a.coef, pow10[b.scale-a.scale])
		return x, b.coef, b.scale, ok
	default:
		y, ok = mul(b.coef, pow10[a.scale-b.scale])
		return a.coef, y, a.scale, ok
	}
}

// Add returns a + b.
func (a Num) Add(b Num) Num {
	if sum := a.coef + b.coef; a.scale == b.scale && fits(sum) && a.big == nil {
		return Num{coef: sum, scale: a.scale}
	}
	return a.add(b)
}

func (a Num) add(b Num) Num {
	if x, y, scale, ok := aligned(a, b); ok && fits(x+y) {
		return Num{coef: x + y, scale: scale}
	}
	return compact(a.Decimal().Add(b.Decimal()))
}

// Sub returns a − b.
func (a Num) Sub(b Num) Num {
	if sum := a.coef - b.coef; a.scale == b.scale && fits(sum) && a.big == nil {
		return Num{coef: sum, scale: a.scale}
	}
	return a.add(b.Neg())
}

// Neg returns −a.
func (a Num) Neg() Num {
	a.coef = -a.coef
	if a.big != nil {
		a.big = negative(a.big)
	}
	return a
}

func negative(d *decimal.Decimal) *decimal.Decimal {
	n := d.Neg()
	return &n
}

// Abs returns a without its sign.
func (a Num) Abs() Num {
	if a.coef < 0 {
		return a.Neg()
	}
	return a
}

// Mul returns a × b.
func (a Num) Mul(b Num) Num {
	if coef, ok := mul(a.coef, b.coef); ok && a.scale+b.scale <= maxScale {
		return Num{coef: coef, scale: a.scale + b.scale}
	}
	return a.times(b, 0)
}

// Percent returns rate percent of a, unrounded.
func (a Num) Percent(rate Num) Num {
	if coef, ok := mul(a.coef, rate.coef); ok && a.scale+rate.scale+2 <= maxScale {
		return Num{coef: coef, scale: a.scale + rate.scale + 2}
	}
	return a.times(rate, 2)
}

// times returns a × b × 10^-shift, also where that takes dropping zeros to fit.
func (a Num) times(b Num, shift uint8) Num {
	if a.big == nil && b.big == nil {
		a, b = a.Trim(), b.Trim()
		if coef, ok := mul(a.coef, b.coef); ok {
			product := Num{coef: coef, scale: a.scale + b.scale + shift}
			for product.scale > maxScale && product.coef%10 == 0 {
				product.coef /= 10
				product.scale--
			}
			if product.scale <= maxScale {
				return product
			}
		}
	}
	product := a.Decimal().Mul(b.Decimal())
	if shift > 0 {
		product = product.Shift(-int32(shift))
	}
	return compact(product)
}

// Sign returns -1, 0 or 1.
func (a Num) Sign() int {
	switch {
	case a.coef < 0:
		return -1
	case a.coef > 0:
		return 1
	}
	return 0
}

// IsZero reports whether a is 0.
func (a Num) IsZero() bool { return a.coef == 0 }

// Cmp returns -1, 0 or 1 as a is less than, equal to or more than b.
func (a Num) Cmp(b Num) int {
	switch {
	case a.scale != b.scale || a.big != nil:
		return a.compare(b)
	case a.coef < b.coef:
		return -1
	case a.coef > b.coef:
		return 1
	}
	return 0
}

func (a Num) compare(b Num) int {
	if x, y, _, ok := aligned(a, b); ok {
		return Num{coef: x}.Cmp(Num{coef: y})
	}
	if s, t := a.Sign(), b.Sign(); s != t {
		return cmp.Compare(s, t)
	}
	switch {
	case a.big != nil || b.big != nil:
		return a.Decimal().Cmp(b.Decimal())
	case a.scale < b.scale:
		return a.Sign() // a is longer than a word at the scale of b
	}
	return -b.Sign()
}

// Equal reports whether a and b are the same number.
func (a Num) Equal(b Num) bool {
	if a.scale == b.scale && a.big == nil {
		return a.coef == b.coef
	}
	return a.compare(b) == 0
}

// Less reports whether a < b.
func (a Num) Less(b Num) bool {
	if a.scale == b.scale && a.big == nil {
		return a.coef < b.coef
	}
	return a.compare(b) < 0
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
		return max(0, -a.big.Exponent()) // it has no zeros at its end
	}
	return int32(a.Trim().scale)
}

// IsInteger reports whether there is nothing behind the point.
func (a Num) IsInteger() bool {
	if a.big != nil {
		return a.big.Exponent() >= 0
	}
	return a.scale == 0 || a.coef%pow10[a.scale] == 0
}

// Int64 returns the part before the point; where that is too long, the nearest int64.
func (a Num) Int64() int64 {
	if a.big == nil {
		return a.coef / pow10[a.scale]
	}
	whole := a.big.Truncate(0)
	switch {
	case whole.Cmp(minInt64) <= 0:
		return math.MinInt64
	case whole.Cmp(maxInt64) >= 0:
		return math.MaxInt64
	}
	return whole.IntPart()
}

var minInt64, maxInt64 = decimal.NewFromInt(math.MinInt64), decimal.NewFromInt(math.MaxInt64)

// Small reports whether the number fits into one word, as all but the longest do.
func (a Num) Small() bool { return a.big == nil }
