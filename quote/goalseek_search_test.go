package quote

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotewright/money"
)

// curve is what a search looks at: the figure of every value; nil: the value is wrong.
type curve []*int64

func (c curve) search(budget int, target int64) (*search, *int) {
	tries := 0
	s := &search{values: int64(len(c)), budget: budget, target: money.NumOfInt(target)}
	s.try = func(i int64) (sighting, error) {
		tries++
		if c[i] == nil {
			return sighting{index: i, side: wrong}, nil
		}
		n := money.NumOfInt(*c[i])
		return sighting{index: i, side: exact + side(n.Cmp(s.target)), figure: n, point: &GoalPoint{}}, nil
	}
	return s, &tries
}

// nearest goes through all values: the lowest exact one, or the lowest nearest one on each
// side; -1: none.
func (c curve) nearest(target int64) (hit, under, over int) {
	hit, under, over = -1, -1, -1
	for i, f := range c {
		switch {
		case f == nil:
		case *f == target && hit < 0:
			hit = i
		case *f < target && (under < 0 || *f > *c[under]):
			under = i
		case *f > target && (over < 0 || *f < *c[over]):
			over = i
		}
	}
	return hit, under, over
}

// agrees compares a search with going through all values.
func (c curve) agrees(t *rapid.T, s *search, target int64) {
	place := func(at int) int {
		if at < 0 {
			return -1
		}
		return int(s.seen[at].index)
	}
	hit, under, over := c.nearest(target)
	if got := place(s.exact()); got != hit {
		t.Fatalf("exact at %d, want %d", got, hit)
	}
	if hit >= 0 {
		return
	}
	if got := place(s.best(below)); got != under {
		t.Fatalf("nearest below at %d, want %d", got, under)
	}
	if got := place(s.best(above)); got != over {
		t.Fatalf("nearest above at %d, want %d", got, over)
	}
}

// drawPieces draws a curve that only rises or only falls, in steps, within each piece; each
// piece but the first begins at a hint. Its ends may be wrong.
func drawPieces(t *rapid.T, values, pieces int) (c curve, hints []int64) {
	c = make(curve, values)
	starts := rapid.SliceOfNDistinct(rapid.IntRange(1, values-1), pieces-1, pieces-1, rapid.ID).Draw(t, "starts")
	slices.Sort(starts)
	for _, start := range starts {
		hints = append(hints, int64(start))
	}
	ends := append(starts, values)
	from := 0
	for _, end := range ends {
		figure := int64(rapid.IntRange(-1000, 1000).Draw(t, "figure"))
		slope := int64(rapid.SampledFrom([]int{-7, -1, 0, 1, 3}).Draw(t, "slope"))
		every := rapid.IntRange(1, 40).Draw(t, "every")
		for i := from; i < end; i++ {
			if (i-from)%every == 0 {
				figure += slope
			}
			value := figure
			c[i] = &value
		}
		from = end
	}
	for i := range rapid.IntRange(0, values/3).Draw(t, "wrong at the start") {
		c[i] = nil
	}
	for i := range rapid.IntRange(0, values/3).Draw(t, "wrong at the end") {
		c[values-1-i] = nil
	}
	return c, hints
}

const testBudget = MaxGoalEvaluations - 1

// TestSearchOfPieces: where the figure does not turn but at hints, the answer is that of
// trying all values.
func TestSearchOfPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, hints := drawPieces(t, rapid.IntRange(2, 20_000).Draw(t, "values"), 1+rapid.IntRange(0, 1).Draw(t, "pieces"))
		target := int64(rapid.IntRange(-3000, 3000).Draw(t, "target"))
		s, tries := c.search(testBudget, target)
		if err := s.run(hints); err != nil {
			t.Fatal(err)
		}
		if *tries > testBudget {
			t.Fatalf("%d tries", *tries)
		}
		c.agrees(t, s, target)
	})
}

func TestSearchOfManyPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, hints := drawPieces(t, rapid.IntRange(500, 20_000).Draw(t, "values"), rapid.IntRange(3, 8).Draw(t, "pieces"))
		target := int64(rapid.IntRange(-3000, 3000).Draw(t, "target"))
		s, _ := c.search(testBudget, target)
		if err := s.run(hints); err != nil {
			t.Fatal(err)
		}
		c.agrees(t, s, target)
	})
}

// TestSearchOfFewValues: the figure may be anything.
func TestSearchOfFewValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := rapid.Ptr(rapid.Int64Range(-20, 20), true)
		c := curve(rapid.SliceOfN(figure, 1, 60).Draw(t, "figures"))
		target := rapid.Int64Range(-25, 25).Draw(t, "target")
		s, tries := c.search(60, target)
		if err := s.run(nil); err != nil {
			t.Fatal(err)
		}
		if !s.all || *tries > len(c) {
			t.Fatalf("%d tries, all %v", *tries, s.all)
		}
		c.agrees(t, s, target)
	})
}

// TestSearchOfAnything: whatever the figure does, what is found is there, the budget is kept,
// and two searches find the same.
func TestSearchOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := rapid.Ptr(rapid.Int64Range(-20, 20), true)
		c := curve(rapid.SliceOfN(figure, 130, 300).Draw(t, "figures"))
		hints := rapid.SliceOfN(rapid.Int64Range(-10, 310), 0, 50).Draw(t, "hints")
		target := rapid.Int64Range(-25, 25).Draw(t, "target")
		const budget = 120
		s, tries := c.search(budget, target)
		again, _ := c.search(budget, target)
		if err := errors.Join(s.run(hints), again.run(hints)); err != nil {
			t.Fatal(err)
		}
		if *tries > budget || s.all {
			t.Fatalf("%d tries, all %v", *tries, s.all)
		}
		for i, a := range s.seen {
			if a.index != again.seen[i].index || i > 0 && a.index <= s.seen[i-1].index {
				t.Fatalf("value %d at %d, then %d", a.index, i, again.seen[i].index)
			}
			if f := c[a.index]; (f == nil) != (a.side == wrong) || f != nil && !a.figure.Equal(money.NumOfInt(*f)) {
				t.Fatalf("value %d: figure %s", a.index, a.figure)
			}
		}
		first, last := s.ends()
		if (first < 0) != (last < 0) || first > last {
			t.Fatalf("from %d to %d", first, last)
		}
	})
}

// TestSearchOfLongRanges: a billion and more values, of which only some in the middle are
// right.
func TestSearchOfLongRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.Int64Range(1_000, 1_000_000_000_000).Draw(t, "values")
		hit := rapid.Int64Range(0, values-1).Draw(t, "hit")
		slope := rapid.SampledFrom([]int64{-3, 2}).Draw(t, "slope")
		s := &search{values: values, budget: testBudget, target: money.NumOfInt(slope * hit)}
		s.try = func(i int64) (sighting, error) {
			n := money.NumOfInt(slope * i)
			return sighting{index: i, side: exact + side(n.Cmp(s.target)), figure: n}, nil
		}
		if err := s.run(nil); err != nil || s.exact() < 0 || s.seen[s.exact()].index != hit || !s.monotone() {
			t.Fatalf("exact %d: %v", s.exact(), err)
		}
		if len(s.seen) > 230 {
			t.Fatalf("%d tries", len(s.seen))
		}
	})
}

// TestSearchKnowsWhenItIsSure: a figure that rises in steps, between ends that are wrong, and
// a budget that is often too small. An answer said to rest on a monotone figure is the one of
// trying all values.
func TestSearchKnowsWhenItIsSure(t *testing.T) {
	sure, unsure := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.Int64Range(1_000, 1_000_000_000_000_000).Draw(t, "values")
		every := rapid.Int64Range(1, values).Draw(t, "every")
		low := rapid.Int64Range(0, values-1).Draw(t, "low")
		high := rapid.Int64Range(low, values-1).Draw(t, "high")
		target := rapid.Int64Range(0, values).Draw(t, "target") / every
		half := money.MustParseNum("0.5")
		s := &search{values: values, budget: rapid.IntRange(20, 250).Draw(t, "budget"), target: money.NumOfInt(target).Add(half)}
		s.try = func(i int64) (sighting, error) {
			n := money.NumOfInt(i / every)
			if i < low || i > high {
				return sighting{index: i, side: wrong}, nil
			}
			return sighting{index: i, side: exact + side(n.Cmp(s.target)), figure: n}, nil
		}
		hints := []int64{rapid.Int64Range(low, high).Draw(t, "now")}
		if err := s.run(hints); err != nil {
			t.Fatal(err)
		}
		if !s.monotone() {
			unsure++
			return
		}
		sure++
		place := func(at int) int64 {
			if at < 0 {
				return -1
			}
			return s.seen[at].index
		}
		under, over := int64(-1), int64(-1)
		if step := min(target, high/every); step >= low/every {
			under = max(low, step*every)
		}
		if step := max(target+1, low/every); step <= high/every {
			over = max(low, step*every)
		}
		if got := [2]int64{place(s.best(below)), place(s.best(above))}; got != [2]int64{under, over} {
			t.Fatalf("%v, want %d and %d", got, under, over)
		}
		first, last := s.ends()
		if place(first) != low || place(last) != high || !s.bounded(first, -1) || !s.bounded(last, 1) {
			t.Fatalf("from %d to %d, want %d and %d", place(first), place(last), low, high)
		}
	})
	if sure == 0 || unsure == 0 {
		t.Errorf("%d times sure, %d times not", sure, unsure)
	}
}

// TestSearchAmongWrongValues: where only every seventh value is right, a search that cannot
// try them all is not sure.
func TestSearchAmongWrongValues(t *testing.T) {
	c := make(curve, 10_000)
	for i := int64(0); i < 10_000; i += 7 {
		c[i] = &i
	}
	s, _ := c.search(testBudget, 5003)
	if err := s.run([]int64{7}); err != nil || s.best(below) < 0 || s.monotone() {
		t.Errorf("monotone %v, below at %d: %v", s.monotone(), s.best(below), err)
	}
}

// TestSearchKnowsEnds: after an exact value has been found, what lies behind it is not said
// to be the end.
func TestSearchKnowsEnds(t *testing.T) {
	c := make(curve, 10)
	for i := int64(2); i < 8; i++ {
		c[i] = &i
	}
	s, _ := c.search(60, 5)
	if err := s.run(nil); err != nil {
		t.Fatal(err)
	}
	first, last := s.ends()
	if s.seen[first].index != 2 || !s.bounded(first, -1) || s.seen[last].index != 5 || s.bounded(last, 1) {
		t.Errorf("from %d to %d", s.seen[first].index, s.seen[last].index)
	}
}

// TestSearchFindsPeaks: a target that is met only where the figure turns.
func TestSearchFindsPeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.IntRange(500, 20_000).Draw(t, "values")
		peak := rapid.IntRange(0, values-1).Draw(t, "peak")
		c := make(curve, values)
		for i := range c {
			figure := -int64(max(i-peak, peak-i))
			c[i] = &figure
		}
		for _, target := range []int64{0, 1} {
			s, _ := c.search(testBudget, target)
			if err := s.run(nil); err != nil {
				t.Fatal(err)
			}
			c.agrees(t, s, target)
		}
	})
}

func TestSearchStops(t *testing.T) {
	stop := errors.New("stop")
	s := &search{values: 1000, budget: 100}
	tries := 0
	s.try = func(i int64) (sighting, error) {
		if tries++; tries == 5 {
			return sighting{}, stop
		}
		return sighting{index: i, side: wrong}, nil
	}
	if err := s.run(nil); !errors.Is(err, stop) || tries != 5 {
		t.Errorf("%v after %d tries", err, tries)
	}
}
