package money

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"
)

// AllocateNum is Allocate for Nums: the same parts.
func AllocateNum(total Num, weights []Num, increment Num) ([]Num, error) {
	var a Allocator
	return a.Allocate(nil, total, weights, increment)
}

// Allocator allocates many times without asking for memory each time. The zero value is
// ready. It must not be used by two goroutines at once.
type Allocator struct {
	shares []share
}

// share is a part on the way: what it weighs and what cutting it off has lost, both in
// the same unit for all.
type share struct {
	weight uint64
	lost   uint128
	at     int
}

// Allocate appends the parts that AllocateNum returns.
func (a *Allocator) Allocate(into []Num, total Num, weights []Num, increment Num) ([]Num, error) {
	switch {
	case len(weights) == 0 && total.IsZero():
		return into, nil
	case len(weights) == 0:
		return into, fmt.Errorf("cannot allocate %s to nothing", total)
	case increment.Sign() <= 0:
		return into, fmt.Errorf("cannot allocate in increments of %s", increment)
	}
	for i, w := range weights {
		if w.Sign() < 0 {
			return into, fmt.Errorf("weight %d is negative: %s", i+1, w)
		}
	}
	t, unit, scale, fits := aligned(total, increment)
	sum, ok := a.weigh(weights)
	if !fits || !ok {
		return allocateLong(into, total, weights, increment)
	}
	into = slices.Grow(into, len(weights))
	parts := into[len(into) : len(into)+len(weights)]
	a.split(parts, magnitude(t), uint64(unit), sum)
	for i := range parts {
		parts[i].scale = scale
		if t < 0 {
			parts[i].coef = -parts[i].coef
		}
	}
	return into[:len(into)+len(weights)], nil
}

// weigh brings the weights to one scale and returns their sum; when they are all zero
// they become one each. It is false when they are too long for a word.
func (a *Allocator) weigh(weights []Num) (sum uint64, ok bool) {
	var most Num
	for _, w := range weights {
		if w.big != nil {
			return 0, false
		}
		most.scale = max(most.scale, w.scale)
	}
	a.shares = slices.Grow(a.shares[:0], len(weights))
	for i, w := range weights {
		weight, _, _, ok := aligned(w, most)
		if !ok || !fits(int64(sum)+weight) {
			return 0, false
		}
		sum += uint64(weight)
		a.shares = append(a.shares, share{weight: uint64(weight), at: i})
	}
	if sum > 0 {
		return sum, true
	}
	for i := range a.shares {
		a.shares[i].weight = 1
	}
	return uint64(len(weights)), true
}

// split sets the coefficients of the parts.
func (a *Allocator) split(parts []Num, total, unit, sum uint64) {
	left := total
	whole := multiply(unit, sum)
	for i := range a.shares {
		s := &a.shares[i]
		var steps uint64
		steps, s.lost = multiply(total, s.weight).divide(whole)
		parts[i] = Num{coef: int64(steps * unit)}
		left -= steps * unit
	}
	if left == 0 {
		return
	}
	slices.SortFunc(a.shares, func(s, t share) int {
		return cmp.Or(t.lost.cmp(s.lost), cmp.Compare(t.weight, s.weight), cmp.Compare(s.at, t.at))
	})
	for _, s := range a.shares {
		part := min(left, unit)
		parts[s.at].coef += int64(part)
		if left -= part; left == 0 {
			return
		}
	}
}

// allocateLong is for numbers that do not fit into words.
func allocateLong(into []Num, total Num, weights []Num, increment Num) ([]Num, error) {
	long := make([]decimal.Decimal, len(weights))
	for i, w := range weights {
		long[i] = w.Decimal()
	}
	parts, err := Allocate(total.Decimal(), long, increment.Decimal())
	if err != nil {
		return into, err
	}
	for _, p := range parts {
		into = append(into, NumOf(p))
	}
	return into, nil
}

// uint128 is a product of two words.
type uint128 struct{ high, low uint64 }

func multiply(a, b uint64) (product uint128) {
	product.high, product.low = bits.Mul64(a, b)
	return product
}

func (a uint128) cmp(b uint128) int {
	return cmp.Or(cmp.Compare(a.high, b.high), cmp.Compare(a.low, b.low))
}

// divide returns a ÷ b, which must fit into a word, and the remainder.
func (a uint128) divide(b uint128) (quotient uint64, rest uint128) {
	if b.high == 0 {
		quotient, rest.low = bits.Div64(a.high, a.low, b.low)
		return quotient, rest
	}
	// Dividing by the 64 leading bits of b gives the quotient or one more (Knuth, volume 2,
	// section 4.3.1; a is halved so that the quotient surely fits).
	shift := uint(bits.LeadingZeros64(b.high))
	leading := b.high<<shift | b.low>>(64-shift)
	quotient, _ = bits.Div64(a.high>>1, a.high<<63|a.low>>1, leading)
	quotient >>= 63 - shift
	if quotient > 0 {
		quotient--
	}
	rest = a.minus(b.times(quotient))
	if rest.cmp(b) >= 0 {
		quotient++
		rest = rest.minus(b)
	}
	return quotient, rest
}

func (a uint128) minus(b uint128) (difference uint128) {
	var borrow uint64
	difference.low, borrow = bits.Sub64(a.low, b.low, 0)
	difference.high, _ = bits.Sub64(a.high, b.high, borrow)
	return difference
}

// times returns a × m, which must fit.
func (a uint128) times(m uint64) uint128 {
	product := multiply(a.low, m)
	product.high += a.high * m
	return product
}
