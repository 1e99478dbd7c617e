package sat

import (
	"math"
	"slices"
)

// sum demands that the weights of the literals that are true add up to need at least.
// Slack is by how much all that are not false exceed it.
type sum struct {
	terms []Term
	need  int64
	slack int64
}

// Term is a literal that counts with a weight, more than 0.
type Term struct {
	Lit    Lit
	Weight int64
}

// use is a literal's part in a sum.
type use struct {
	sum    int32
	weight int64
}

// MaxSum is the most that the weights of a sum may add up to.
const MaxSum = math.MaxInt64 / 4

// AddAtLeast demands that the weights of the true literals add up to need at least. Each
// variable is there once, and all weights together are at most MaxSum. It returns false
// if there is no model any more.
func (s *Solver) AddAtLeast(need int64, terms ...Term) bool {
	s.retract(0)
	if need <= 0 || s.broken {
		return !s.broken
	}
	c := sum{need: need, slack: -need}
	for _, t := range terms {
		t.Weight = min(t.Weight, need) // more than is needed does not help
		c.terms = append(c.terms, t)
		if s.values[t.Lit] >= 0 {
			c.slack += t.Weight
		}
	}
	slices.SortStableFunc(c.terms, func(a, b Term) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return int(a.Lit - b.Lit)
	})
	k := int32(len(s.sums))
	s.sums = append(s.sums, c)
	for _, t := range c.terms {
		s.uses[t.Lit] = append(s.uses[t.Lit], use{k, t.Weight})
	}
	s.broken = s.draw(k) != nil || s.propagate() != nil
	return !s.broken
}

// AddAtMost is AddAtLeast the other way round.
func (s *Solver) AddAtMost(most int64, terms ...Term) bool {
	var all int64
	opposite := make([]Term, len(terms))
	for i, t := range terms {
		all += t.Weight
		opposite[i] = Term{t.Lit.Not(), t.Weight}
	}
	if most < 0 {
		s.retract(0)
		s.broken = true
		return false
	}
	return s.AddAtLeast(all-most, opposite...)
}

// draw makes true what a sum cannot do without. It returns false literals that cannot
// all be false, or nil.
func (s *Solver) draw(k int32) (conflict []Lit) {
	c := &s.sums[k]
	if c.slack < 0 {
		if s.stack == nil {
			s.stack = []Lit{} // no literal at all may be to blame
		}
		s.stack = s.guilty(c, s.stack[:0], -1, math.MaxInt32)
		return s.stack
	}
	for _, t := range c.terms {
		if t.Weight <= c.slack {
			return nil
		}
		if s.values[t.Lit] == 0 {
			s.assign(t.Lit, reason{bySum, k})
		}
	}
	return nil
}

// guilty appends literals of a sum that are false and were before a place in the trail,
// as few of the heaviest as take away what it needs, the literal itself not counted.
func (s *Solver) guilty(c *sum, into []Lit, except Lit, before int32) []Lit {
	spare := -c.need // of what may be lost
	for _, t := range c.terms {
		if t.Lit != except {
			spare += t.Weight
		}
	}
	for _, t := range c.terms {
		if spare < 0 {
			break
		}
		if t.Lit != except && s.values[t.Lit] < 0 && s.place[t.Lit.Var()] < before {
			into = append(into, t.Lit)
			spare -= t.Weight
		}
	}
	return into
}
