package money

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func numbers(text string) []decimal.Decimal {
	var list []decimal.Decimal
	for s := range strings.FieldsSeq(text) {
		list = append(list, MustParse(s))
	}
	return list
}

func TestAllocate(t *testing.T) {
	for _, c := range []struct{ total, weights, increment, want string }{
		{"100", "1 1 1", "0.01", "33.34 33.33 33.33"},
		{"-100", "1 1 1", "0.01", "-33.34 -33.33 -33.33"},
		{"100", "0 0 0", "0.01", "33.34 33.33 33.33"},
		{"100", "0 1 0 1", "0.01", "0 50 0 50"},
		{"0.02", "1 1 1", "0.01", "0.01 0.01 0"},
		{"0.01", "0 5 3", "0.01", "0 0.01 0"},
		{"0", "1 2", "0.01", "0 0"},
		{"10", "3", "0.01", "10"},
		{"101", "0.5 0.25 0.25", "1", "51 25 25"},
		{"1000", "2 3 4", "10", "220 330 450"},
		{"1", "1 1 1 1 1 1 1", "0.05", "0.15 0.15 0.15 0.15 0.15 0.15 0.10"},
		{"5.005", "1 1", "0.01", "2.505 2.50"},
		{"1.9", "1 1 1 1 1 1 1 1 1 1", "1", "1 0.9 0 0 0 0 0 0 0 0"},
		{"100", "0.000000000000000000000000001 0.000000000000000000000000002", "0.01", "33.33 66.67"},
	} {
		got, err := Allocate(MustParse(c.total), numbers(c.weights), MustParse(c.increment))
		if err != nil || !slices.EqualFunc(got, numbers(c.want), decimal.Decimal.Equal) {
			t.Errorf("%s over %s is %v, %v, want %s", c.total, c.weights, got, err, c.want)
		}
	}
	if parts, err := Allocate(decimal.Zero, nil, MustParse("0.01")); err != nil || len(parts) != 0 {
		t.Errorf("nothing over nothing is %v, %v", parts, err)
	}
	for want, c := range map[string]struct{ total, weights, increment string }{
		"cannot allocate 5 to nothing":        {"5", "", "0.01"},
		"weight 2 is negative: -1":            {"5", "2 -1", "0.01"},
		"cannot allocate in increments of 0":  {"5", "1", "0"},
		"cannot allocate in increments of -1": {"5", "1", "-1"},
	} {
		if parts, err := Allocate(MustParse(c.total), numbers(c.weights), MustParse(c.increment)); err == nil || err.Error() != want {
			t.Errorf("%v, %v, want %s", parts, err, want)
		}
	}
}

// TestAllocateProperties: the parts add up exactly, each lies within one increment of
// its exact share, what weighs nothing gets nothing, and the order of the lines only
// decides among equals.
func TestAllocateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		increment := MustParse(rapid.SampledFrom([]string{"0.01", "0.05", "1", "10", "0.003"}).Draw(t, "increment"))
		total := decimal.New(rapid.Int64Range(-1e9, 1e9).Draw(t, "total"), rapid.Int32Range(-4, 0).Draw(t, "exponent"))
		weights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, 20).Draw(t, "w"), rapid.Int32Range(-3, 1).Draw(t, "we"))
		}), 1, 30).Draw(t, "weights")
		parts, err := Allocate(total, weights, increment)
		if err != nil {
			t.Fatal(err)
		}
		sum, weight := decimal.Zero, decimal.Zero
		for i := range parts {
			sum, weight = sum.Add(parts[i]), weight.Add(weights[i])
		}
		if !sum.Equal(total) {
			t.Fatalf("%v add up to %s, not %s", parts, sum, total)
		}
		for i, p := range parts {
			w, all := weights[i], weight
			if weight.IsZero() {
				w, all = decimal.NewFromInt(1), decimal.NewFromInt(int64(len(parts)))
			}
			if w.IsZero() && !p.IsZero() {
				t.Fatalf("part %d weighs nothing and gets %s", i, p)
			}
			if off := p.Mul(all).Sub(total.Mul(w)).Abs(); off.GreaterThan(increment.Mul(all)) {
				t.Fatalf("part %d is %s, more than %s from its share of %s over %v", i, p, increment, total, weights)
			}
		}

		order := rapid.Permutation(indexes(len(weights))).Draw(t, "order")
		shuffled := make([]decimal.Decimal, len(weights))
		for to, from := range order {
			shuffled[to] = weights[from]
		}
		again, err := Allocate(total, shuffled, increment)
		if err != nil {
			t.Fatal(err)
		}
		if before, after := byWeight(weights, parts), byWeight(shuffled, again); before != after {
			t.Fatalf("in another order\n%s become\n%s", before, after)
		}
	})
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// byWeight lists the parts in order of their weights and sizes.
func byWeight(weights, parts []decimal.Decimal) string {
	at := indexes(len(weights))
	slices.SortFunc(at, func(i, j int) int {
		if c := weights[i].Cmp(weights[j]); c != 0 {
			return c
		}
		return parts[i].Cmp(parts[j])
	})
	var b strings.Builder
	for _, i := range at {
		b.WriteString(weights[i].String() + ":" + parts[i].String() + " ")
	}
	return b.String()
}
