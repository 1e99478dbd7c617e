package pricing

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotewright/internal/formula"
)

// TestIndexFindsWhatHolds compares what the index finds with every rule asked in turn,
// over rules of all operators and values that are known, unknown, paths and numbers.
func TestIndexFindsWhatHolds(t *testing.T) {
	texts := []string{"a", "b", "a/x", "a/x/y", "ab", "c"}
	value := func(rt *rapid.T, slot int) formula.Value {
		if rapid.IntRange(0, 9).Draw(rt, "known") == 0 {
			return formula.None(formula.Text)
		}
		if slot == 3 {
			return formula.OfInt(rapid.Int64Range(0, 5).Draw(rt, "number"))
		}
		return formula.OfText(rapid.SampledFrom(texts).Draw(rt, "text"))
	}
	rapid.Check(t, func(rt *rapid.T) {
		rules := make([]rule, rapid.IntRange(1, 40).Draw(rt, "rules"))
		for i := range rules {
			for range rapid.IntRange(0, 6).Draw(rt, "predicates") {
				slot := rapid.IntRange(0, 3).Draw(rt, "slot")
				p := predicate{slot: slot, op: rapid.SampledFrom([]test{isAny, isAny, isAny, isNone}).Draw(rt, "op"), path: slot == 2}
				if slot == 3 {
					p.op = rapid.SampledFrom([]test{isAny, isNone, atLeast, atMost, above, under}).Draw(rt, "order")
				}
				for range rapid.IntRange(1, 3).Draw(rt, "values") {
					v := formula.OfInt(rapid.Int64Range(0, 5).Draw(rt, "number"))
					if slot != 3 {
						v = formula.OfText(rapid.SampledFrom(texts).Draw(rt, "text"))
					}
					p.values = append(p.values, v)
				}
				rules[i].predicates = append(rules[i].predicates, p)
			}
		}
		index := newIndex(rules, func(slot int) bool { return slot == 0 })
		quote := value(rt, 0)
		var work probe
		for range 5 {
			values := []formula.Value{quote, value(rt, 1), value(rt, 2), value(rt, 3)}
			lookup := func(slot int) formula.Value { return values[slot] }
			var want []int32
			for i := range rules {
				if all(rules[i].predicates, lookup) {
					want = append(want, int32(i))
				}
			}
			if got := index.find(&work, lookup); !slices.Equal(got, want) {
				rt.Fatalf("values %v: the index finds %v, asking all finds %v", values, got, want)
			}
		}
	})
}
