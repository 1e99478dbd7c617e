package rulebook

import (
	"testing"

	"pgregory.net/rapid"
)

// randomBoxes draws rules of one or two boxes each, with holes, in up to three dimensions.
func randomBoxes(t *rapid.T) (sizes []int32, rules int, list []alternative) {
	for range rapid.IntRange(1, 3).Draw(t, "dimensions") {
		sizes = append(sizes, rapid.SampledFrom([]int32{1, 2, 10, 20}).Draw(t, "size"))
	}
	for range rapid.SampledFrom([]int{3, 20, 60}).Draw(t, "rules") {
		for range rapid.IntRange(1, 2).Draw(t, "alternatives") {
			var b box
			for _, n := range sizes {
				var s sections
				for range rapid.SampledFrom([]int{1, 1, 2}).Draw(t, "sections") {
					lo := int32(rapid.Uint16().Draw(t, "from")) % n
					s = append(s, section{lo, lo + int32(rapid.SampledFrom([]int{1, 1, 1, 2, 4, 0}).Draw(t, "width"))})
					s[len(s)-1].hi = min(s[len(s)-1].hi, n)
				}
				if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
					s = sections{{0, n}}
				}
				b = append(b, s.tidy())
			}
			list = append(list, alternative{rules, b})
		}
		rules++
	}
	return sizes, rules, list
}

// points visits every point of a space.
func points(sizes []int32, visit func(point []int32)) {
	point := make([]int32, len(sizes))
	for {
		visit(point)
		d := 0
		for d < len(sizes) && point[d]+1 == sizes[d] {
			point[d] = 0
			d++
		}
		if d == len(sizes) {
			return
		}
		point[d]++
	}
}

func (b box) holds(point []int32) bool {
	for d, at := range point {
		in := false
		for _, s := range b[d] {
			in = in || s.lo <= at && at < s.hi
		}
		if !in {
			return false
		}
	}
	return true
}

// TestPartition: dividing space finds the same as looking at each of its points.
func TestPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes, rules, list := randomBoxes(t)
		first := make([]bool, rules)
		meets := make([]int32, len(list))
		for i := range meets {
			meets[i] = -1
		}
		points(sizes, func(point []int32) {
			lowest := -1
			for i := range list {
				if !list[i].box.holds(point) {
					continue
				}
				if lowest < 0 {
					lowest = i
					first[list[i].rule] = true
				} else if meets[i] < 0 || int32(lowest) < meets[i] {
					meets[i] = int32(lowest)
				}
			}
		})
		for i, v := range reachable(sizes, rules, list) {
			if (v == reached) != first[i] || v == undecided {
				t.Errorf("rule %d: %d, but it is first somewhere: %v", i, v, first[i])
			}
		}
		for i, at := range overlapping(sizes, list) {
			if at != meets[i] {
				t.Errorf("box %d overlaps with %d first, not with %d", i, meets[i], at)
			}
		}
	})
}
