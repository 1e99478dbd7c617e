package money

import (
	"testing"

	"github.com/shopspring/decimal"
)

// The sinks keep the compiler from dropping what is measured.
var (
	numSink     Num
	decimalSink decimal.Decimal
	intSink     int
	textSink    []byte
)

// BenchmarkNum measures each operation on everyday numbers, and the same with
// shopspring/decimal.
func BenchmarkNum(b *testing.B) {
	price, rate, other := MustParse("1249.90"), MustParse("-7.25"), MustParse("83.05")
	exact, wide, half := MustParse("1159.282275"), MustParse("1159.28227512345"), MustParse("2.5")
	p, r, o, e, w, h := NumOf(price), NumOf(rate), NumOf(other), NumOf(exact), NumOf(wide), NumOf(half)
	cents, five := Rounding{Increment: MustParse("0.01")}, Rounding{Increment: MustParse("0.05"), Mode: HalfEven}
	for _, c := range []struct {
		name string
		num  func()
		old  func()
	}{
		{"Add", func() { numSink = p.Add(o) }, func() { decimalSink = price.Add(other) }},
		{"AddScales", func() { numSink = p.Add(e) }, func() { decimalSink = price.Add(exact) }},
		{"Sub", func() { numSink = p.Sub(o) }, func() { decimalSink = price.Sub(other) }},
		{"Mul", func() { numSink = p.Mul(o) }, func() { decimalSink = price.Mul(other) }},
		{"MulTrim", func() { numSink = w.Mul(e) }, func() { decimalSink = wide.Mul(exact) }},
		{"Percent", func() { numSink = p.Percent(r) }, func() { decimalSink = Percent(price, rate) }},
		{"Cmp", func() { intSink = p.Cmp(o) }, func() { intSink = price.Cmp(other) }},
		{"CmpScales", func() { intSink = p.Cmp(e) }, func() { intSink = price.Cmp(exact) }},
		{"Round", func() { numSink = e.Round(2) }, func() { decimalSink = exact.Round(2) }},
		{"RoundNot", func() { numSink = p.Round(2) }, func() { decimalSink = price.Round(2) }},
		{"RoundNum", func() { numSink = cents.RoundNum(e) }, func() { decimalSink = cents.Round(exact) }},
		{"RoundNumFive", func() { numSink = five.RoundNum(e) }, func() { decimalSink = five.Round(exact) }},
		{"Divide", func() { numSink, _ = p.Divide(h) }, func() { decimalSink, _ = Divide(price, half) }},
		{"DivideEndless", func() { numSink, _ = p.Divide(o) }, func() { decimalSink, _ = Divide(price, other) }},
		{"DivRound", func() { numSink = p.DivRound(o, 2) }, func() { decimalSink = price.DivRound(other, 2) }},
		{"Floor", func() { numSink = e.Floor() }, func() { decimalSink = exact.Floor() }},
		{"Append", func() { textSink = p.Append(textSink[:0], 2) }, func() { textSink = append(textSink[:0], price.StringFixed(2)...) }},
		{"AppendLong", func() { textSink = w.Append(textSink[:0], 2) }, func() { textSink = append(textSink[:0], wide.String()...) }},
		{"NumOf", func() { numSink = NumOf(price) }, func() { decimalSink = price.Copy() }},
		{"Parse", func() { numSink, _ = ParseNum("1249.90") }, func() { decimalSink, _ = Parse("1249.90") }},
	} {
		b.Run(c.name+"/num", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.num()
			}
		})
		b.Run(c.name+"/decimal", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.old()
			}
		})
	}
}

// BenchmarkAllocateNum spreads an amount over the unrounded amounts of a hundred lines.
func BenchmarkAllocateNum(b *testing.B) {
	total, cent := MustParse("-731.47"), MustParse("0.01")
	weights, nums := make([]decimal.Decimal, 100), make([]Num, 100)
	for i := range weights {
		weights[i] = MustParse("1159.282275").Mul(decimal.NewFromInt(int64(i*i%37 + 1)))
		nums[i] = NumOf(weights[i])
	}
	b.Run("num", func(b *testing.B) {
		var allocator Allocator
		var parts []Num
		b.ReportAllocs()
		for b.Loop() {
			parts, _ = allocator.Allocate(parts[:0], NumOf(total), nums, NumOf(cent))
		}
		numSink = parts[0]
	})
	b.Run("decimal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			parts, _ := Allocate(total, weights, cent)
			decimalSink = parts[0]
		}
	})
}
