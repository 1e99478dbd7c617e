package money

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// edges are coefficients around which a word overflows or a digit is added.
var edges = []int64{0, 1, 5, 10, 99, 125, 1e9, 1e9 + 1, 1e17, 1e18, 1e18 + 1, maxCoef / 100, maxCoef / 10, maxCoef / 2, maxCoef, math.MaxInt64, math.MinInt64, 1 << 31, 1 << 32, 5e17}

// same fails when a Num is not the decimal it should be, prints otherwise, or is not
// kept as it should be.
func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, n Num, want decimal.Decimal) {
	t.Helper()
	if !n.Decimal().Equal(want) {
		t.Fatalf("%s is %s, want %s", what, n.Decimal(), want)
	}
	if n.big == nil && (n.scale > maxScale || !fits(n.coef)) ||
		n.big != nil && (n.scale != bigScale || n.coef != int64(n.big.Sign()) || endsInZero(*n.big)) {
		t.Fatalf("%s is held as %+v", what, n)
	}
	if n.Sign() != want.Sign() || n.IsZero() != want.IsZero() || n.IsInteger() != want.IsInteger() {
		t.Fatalf("%s: sign %d, zero %t, integer %t", want, n.Sign(), n.IsZero(), n.IsInteger())
	}
	if n.String() != want.String() {
		t.Fatalf("%s prints as %s", want, n)
	}
	if places := n.Places(); places != int32(fractionDigits(want.String())) {
		t.Fatalf("%s has %d places", want, places)
	}
}

// checkNum compares every operation on two numbers with shopspring/decimal.
func checkNum(t *testing.T, x, y decimal.Decimal, places int32) {
	a, b := NumOf(x), NumOf(y)
	same(t, "NumOf", a, x)
	same(t, "Trim", a.Trim(), x)
	same(t, "Neg", a.Neg(), x.Neg())
	same(t, "Abs", a.Abs(), x.Abs())
	same(t, "Add", a.Add(b), x.Add(y))
	same(t, "Sub", a.Sub(b), x.Sub(y))
	same(t, "Mul", a.Mul(b), x.Mul(y))
	same(t, "Percent", a.Percent(b), Percent(x, y))
	same(t, "Round", a.Round(places), x.Round(places))
	same(t, "Floor", a.Floor(), x.Floor())
	same(t, "MinNum", MinNum(a, b), decimal.Min(x, y))
	same(t, "MaxNum", MaxNum(a, b), decimal.Max(x, y))
	if c := x.Cmp(y); a.Cmp(b) != c || b.Cmp(a) != -c || a.Equal(b) != (c == 0) || a.Less(b) != (c < 0) {
		t.Fatalf("%s and %s compare as %d, %t, %t", x, y, a.Cmp(b), a.Equal(b), a.Less(b))
	}
	if y.IsZero() {
		if _, err := a.Divide(b); err == nil || err.Error() != "division by zero" {
			t.Fatalf("dividing by zero: %v", err)
		}
	} else {
		q, err := a.Divide(b)
		want, _ := Divide(x, y)
		if same(t, "Divide", q, want); err != nil {
			t.Fatal(err)
		}
		same(t, "DivRound", a.DivRound(b, places), x.DivRound(y, places))
	}
	for at := range max(places, 0) {
		if got := string(a.Append([]byte("€ "), at)); got != "€ "+decimalText(x, at) {
			t.Fatalf("%s with %d places is %q", x, at, got)
		}
	}
	whole := x.Truncate(0)
	if got := decimal.NewFromInt(a.Int64()); !got.Equal(decimal.Max(minInt64, decimal.Min(maxInt64, whole))) {
		t.Fatalf("before the point of %s is %s", x, got)
	}
}

// TestNum goes through all pairs of numbers at the edges of a word.
func TestNum(t *testing.T) {
	scales := []int32{-20, -3, 0, 2, 9, 17, 18, 19, 40}
	for _, c := range edges {
		for _, d := range []int64{3, -7, 1, -5, 1 << 31, maxCoef, -maxCoef} {
			for _, s := range scales {
				for _, u := range []int32{0, 2, 18, 20, -19} {
					checkNum(t, decimal.New(c, -s), decimal.New(d, -u), 2)
					checkNum(t, decimal.New(d, -u), decimal.New(-c, -s), -s)
					checkNum(t, decimal.New(-c, -s), decimal.New(d, -u), s-18-u)
				}
			}
		}
	}
	same(t, "NumOfInt", NumOfInt(math.MinInt64), decimal.NewFromInt(math.MinInt64))
	same(t, "NumOfInt", NumOfInt(maxCoef+1), decimal.NewFromInt(maxCoef+1))
	same(t, "the zero value", Num{}, decimal.Zero)
	same(t, "Round", NumOf(decimal.New(7, 40)).Round(math.MinInt32), decimal.Zero)
	same(t, "Round", NumOf(decimal.New(7, -40)).Round(math.MaxInt32), decimal.New(7, -40))
	if got := string(NumOf(MustParse("12.5")).Append(nil, -3)); got != "12.5" {
		t.Errorf("with fewer than no places: %s", got)
	}
}

// TestReciprocals: dividing by multiplying is exact at the ends of every interval.
func TestReciprocals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := uint8(rapid.IntRange(0, maxScale).Draw(t, "places"))
		unit := uint64(pow10[n])
		quotient := rapid.Uint64Range(0, maxCoef/unit).Draw(t, "quotient")
		for _, m := range []uint64{quotient * unit, quotient*unit + unit - 1, maxCoef - quotient} {
			if q, r := splitAt(min(m, maxCoef), n); q != min(m, maxCoef)/unit || r != min(m, maxCoef)%unit {
				t.Fatalf("%d ÷ %d is %d, rest %d", m, unit, q, r)
			}
		}
	})
}

// FuzzNum compares every operation on two numbers with shopspring/decimal.
func FuzzNum(f *testing.F) {
	for i, c := range edges {
		f.Add(c, int8(i), -edges[len(edges)-1-i], int8(2-i), int8(i-9))
	}
	f.Fuzz(func(t *testing.T, a int64, aPlaces int8, b int64, bPlaces, places int8) {
		checkNum(t, decimal.New(a, -int32(aPlaces)), decimal.New(b, -int32(bPlaces)), int32(places))
	})
}

// FuzzNumChain calculates on and on with results, which have all lengths.
func FuzzNumChain(f *testing.F) {
	f.Add([]byte("\x00\x10\x02\x01\x83\x05\x02\x22\x13\x04\x09\x05\x07"), int64(124990), int64(-725))
	f.Add([]byte("222222222222222222222222"), int64(maxCoef), int64(-99999))
	f.Add([]byte("\x03\x13\x23\x33\x43\x53\x63\x73\x83\x93"), int64(8305), int64(97))
	f.Fuzz(func(t *testing.T, program []byte, first, second int64) {
		n, d := NumOfInt(first), decimal.NewFromInt(first)
		m, e := NumOfInt(second), decimal.NewFromInt(second)
		for _, op := range program[:min(len(program), 60)] {
			places := int32(op>>4) + 2
			switch op & 15 {
			case 0:
				n, d = n.Add(m), d.Add(e)
			case 1:
				n, d = n.Sub(m), d.Sub(e)
			case 2:
				n, d = n.Mul(m), d.Mul(e)
			case 3:
				n, d = n.Percent(m), Percent(d, e)
			case 4:
				n, d = n.Round(places), d.Round(places)
			case 5:
				n, d = n.Round(-places), d.Round(-places)
			case 6:
				if !e.IsZero() {
					n, d = n.DivRound(m, places), d.DivRound(e, places)
				}
			case 7:
				if q, err := n.Divide(m); err == nil {
					want, _ := Divide(d, e)
					n, d = q, want
				}
			case 8:
				n, d = n.Neg(), d.Neg()
			case 9:
				n, d = n.Floor(), d.Floor()
			case 10:
				n, d = n.Trim(), d.Copy()
			case 11, 12:
				n, d, m, e = m, e, n, d
			default: // ever new digits
				n, d = n.Add(NumOf(decimal.New(int64(op)*first, -places))), d.Add(decimal.New(int64(op)*first, -places))
			}
			same(t, "the result", n, d)
			if n.Cmp(m) != d.Cmp(e) || n.Equal(m) != d.Equal(e) || n.Less(m) != d.LessThan(e) {
				t.Fatalf("%s and %s compare as %d", d, e, n.Cmp(m))
			}
			if d.NumDigits() > 300 {
				n, d = NumOfInt(second), decimal.NewFromInt(second)
			}
		}
	})
}

// FuzzParseNum: ParseNum reads what Parse reads and says the same about everything else.
func FuzzParseNum(f *testing.F) {
	for _, s := range []string{"0", "-0", "+5.50", ".5", "-.5", "5.", ".", "-", "", "1e3", "1.2.3", "--1", "10 ", "½", "1\x00", "007.0070",
		"999999999999999999", "9999999999999999999", "0.999999999999999999", "0.0000000000000000001", "000000000000000000001", "00000000000000000000.5",
		"12345678901234567890.12345678901234567890", strings.Repeat("9", 41)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, wrong := Parse(s)
		n, err := ParseNum(s)
		again, againErr := ParseNum([]byte(s))
		if (err == nil) != (wrong == nil) || err != nil && (err.Error() != wrong.Error() || againErr.Error() != wrong.Error()) {
			t.Fatalf("%q: %v and %v, want %v", s, err, againErr, wrong)
		}
		if err != nil {
			return
		}
		same(t, s, n, want)
		same(t, s, again, want)
		data, err := json.Marshal(n)
		var back Num
		if err != nil || json.Unmarshal(data, &back) != nil {
			t.Fatalf("%s as JSON: %s, %v", n, data, err)
		}
		same(t, string(data), back, want)
	})
}

// FuzzRoundNum: RoundNum is Round, for every increment and mode.
func FuzzRoundNum(f *testing.F) {
	for i, c := range edges {
		f.Add(c, int8(i%20), int64(5), int8(2), uint8(i))
		f.Add(-c, int8(3), int64(1), int8(i-4), uint8(i))
	}
	f.Fuzz(func(t *testing.T, value int64, places int8, increment int64, incrementPlaces int8, mode uint8) {
		d := decimal.New(value, -int32(places))
		r := Rounding{Increment: decimal.New(increment, -int32(incrementPlaces)), Mode: append(modes, "")[mode%5]}
		same(t, "RoundNum", r.RoundNum(NumOf(d)), r.Round(d))
	})
}

// TestRoundNum has the ties that random numbers seldom hit.
func TestRoundNum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rounding{
			Increment: MustParse(rapid.SampledFrom([]string{"0.01", "0.05", "10", "1", "0.001", "0.25", "3", "0.10", "0", "-1", "0.000000000000000000001"}).Draw(t, "increment")),
			Mode:      rapid.SampledFrom(append(modes, "")).Draw(t, "mode"),
		}
		d := r.Increment.Mul(decimal.New(rapid.Int64Range(-1e6, 1e6).Draw(t, "halves"), 0)).Mul(MustParse("0.5"))
		for _, off := range []string{"0", "0.0000001", "-0.0000001"} {
			same(t, "RoundNum", r.RoundNum(NumOf(d.Add(MustParse(off)))), r.Round(d.Add(MustParse(off))))
		}
	})
}

// FuzzAllocateNum: AllocateNum gives the parts that Allocate gives. Every weight is
// eight bytes.
func FuzzAllocateNum(f *testing.F) {
	f.Add(int64(10000), int8(2), int64(1), int8(2), uint8(0), []byte("12345678abcdefgh12345678"))
	f.Add(int64(-99999), int8(3), int64(5), int8(2), uint8(11), []byte("\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02"))
	f.Add(int64(maxCoef), int8(12), int64(1), int8(2), uint8(18), []byte("11111111111111111111111111111111111111111"))
	f.Add(int64(7), int8(0), int64(1), int8(0), uint8(0), []byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	var allocator Allocator
	f.Fuzz(func(t *testing.T, total int64, places int8, increment int64, incrementPlaces int8, shape uint8, data []byte) {
		d, by := decimal.New(total, -int32(places%24)), decimal.New(increment, -int32(incrementPlaces%24))
		var weights []decimal.Decimal
		for bytes := range slices.Chunk(data[:min(len(data), 160)], 8) {
			var w int64
			for _, b := range bytes {
				w = w<<8 | int64(b)
			}
			weights = append(weights, decimal.New(w>>(shape%60), -int32(shape/60*bytes[0]%20)))
		}
		checkAllocate(t, &allocator, d, weights, by)
	})
}

func checkAllocate(t interface {
	Helper()
	Fatalf(string, ...any)
}, allocator *Allocator, total decimal.Decimal, weights []decimal.Decimal, increment decimal.Decimal) {
	t.Helper()
	want, wrong := Allocate(total, weights, increment)
	nums := make([]Num, len(weights))
	for i, w := range weights {
		nums[i] = NumOf(w)
	}
	got, err := AllocateNum(NumOf(total), nums, NumOf(increment))
	if (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
		t.Fatalf("%v, want %v", err, wrong)
	}
	if (got == nil) != (want == nil) || len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	again, err := allocator.Allocate([]Num{NumOfInt(7)}, NumOf(total), nums, NumOf(increment))
	if (err == nil) != (wrong == nil) || len(again) != len(want)+1 || !again[0].Equal(NumOfInt(7)) {
		t.Fatalf("appended: %v, %v", again, err)
	}
	for i := range want {
		same(t, "a part", got[i], want[i])
		same(t, "a part", again[i+1], want[i])
	}
}

// TestAllocateNum has the everyday numbers, where many parts lose the same, and the long
// ones, which need two words.
func TestAllocateNum(t *testing.T) {
	var allocator Allocator
	for _, c := range []struct{ total, weights, increment string }{
		{"0.02", "1 3", "0.01"}, {"0.02", "3 1", "0.01"}, {"-0.02", "1 3 0", "0.01"}, {"100", "1 1 1", "0.01"}, {"5.005", "1 1", "0.01"},
		{"1.9", "1 1 1 1 1 1 1 1 1 1", "1"}, {"0", "", "0.01"}, {"5", "", "0.01"}, {"5", "2 -1", "0.01"}, {"5", "1", "0"},
		{"7", strings.Repeat("4000000000000000000 ", 5), "1"}, {"7", "0.1 12345678901234567890.5", "1"},
		{"999999999999999999", "1 1 1", "0.01"}, {"999999999999999999", "1 1 1", "0.0000000000000000001"},
	} {
		checkAllocate(t, &allocator, MustParse(c.total), numbers(c.weights), MustParse(c.increment))
	}
	rapid.Check(t, func(t *rapid.T) {
		increment := MustParse(rapid.SampledFrom([]string{"0.01", "0.05", "1", "10", "0.003", "0.0000000001", "0"}).Draw(t, "increment"))
		total := decimal.New(rapid.Int64Range(-1e9, 1e9).Draw(t, "total"), rapid.Int32Range(-6, 0).Draw(t, "exponent"))
		lightest := int64(0)
		if rapid.IntRange(0, 9).Draw(t, "negative weights") == 0 {
			lightest = -1
		}
		heaviest := rapid.SampledFrom([]int64{3, 20, 1e9, 1e17}).Draw(t, "heaviest")
		longest := rapid.SampledFrom([]int32{0, 2, 14}).Draw(t, "longest")
		weights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) decimal.Decimal {
			return decimal.New(rapid.Int64Range(lightest, heaviest).Draw(t, "w"), -rapid.Int32Range(0, longest).Draw(t, "we"))
		}), 0, 30).Draw(t, "weights")
		checkAllocate(t, &allocator, total, weights, increment)
	})
}

// TestDivideWords divides products with known quotients and rests.
func TestDivideWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := multiply(rapid.Uint64Range(1, maxCoef).Draw(t, "a"), rapid.Uint64Range(1, maxCoef).Draw(t, "b"))
		most := uint64(maxCoef)
		if b.high > 0 {
			most = 1<<62/(b.high+1) + 1
		}
		quotient := rapid.Uint64Range(0, most).Draw(t, "quotient")
		for _, rest := range []uint128{{}, {0, 1}, b.minus(uint128{0, 1})} {
			if rest.cmp(b) >= 0 {
				continue
			}
			product := b.times(quotient)
			a := uint128{product.high + rest.high, product.low + rest.low}
			if a.low < product.low {
				a.high++
			}
			if q, r := a.divide(b); q != quotient || r != rest {
				t.Fatalf("%v ÷ %v is %d, rest %v, want %d, rest %v", a, b, q, r, quotient, rest)
			}
		}
	})
}

// TestNumAllocations: everyday calculating asks for no memory.
func TestNumAllocations(t *testing.T) {
	price, rate, exact := NumOf(MustParse("1249.90")), NumOf(MustParse("-7.25")), NumOf(MustParse("1159.282275"))
	cents := Rounding{Increment: MustParse("0.05"), Mode: HalfEven}
	weights, parts, buf := []Num{price, exact, price, exact}, make([]Num, 0, 4), make([]byte, 0, 64)
	var allocator Allocator
	calculate := func() {
		sum := price.Add(exact).Sub(rate).Mul(rate).Round(4)
		sum = sum.Percent(rate).DivRound(price, 6).Neg().Abs().Trim().Floor().Add(cents.RoundNum(exact))
		sum, _ = sum.Divide(NumOfInt(8))
		if !sum.Less(price) || sum.Equal(exact) || sum.Cmp(exact) > 0 || MaxNum(sum, rate).IsZero() {
			t.Fatalf("the result is %s", sum)
		}
		buf = sum.Append(buf[:0], 2)
		parts, _ = allocator.Allocate(parts[:0], price, weights, NumOf(cents.Increment))
		if n, err := ParseNum(buf); err != nil || !n.Equal(sum) {
			t.Fatalf("%s, %v", buf, err)
		}
	}
	calculate()
	if n := testing.AllocsPerRun(100, calculate); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
