package configurator

import (
	"math/bits"

	"quotewright/internal/formula"
)

// rule is a constraint, or a part of one, as the search uses it.
type rule struct {
	constraint int // index in Model.constraints
	variables  []int
	form       form
}

// cardinality bounds how many options of a selection are chosen.
type cardinality struct {
	first, count, least, most int
}

// condition is a formula that has to hold. The term says fast what is possible, the
// formula itself what is so.
type condition struct {
	variables []int
	term      term
	holds     func(*assignment) bool
}

// grain is how many values of a large domain are tried at once while other variables
// are open.
const grain = 64

func (c *condition) filter(s *view) bool {
	if t, ok := c.term.(*byValue); ok {
		for w, holds := range t.yes {
			s.narrow(t.variable, w, s.domain(t.variable)[w]&holds)
		}
		return s.size[t.variable] > 0
	}
	all := c.term.bound(s)
	if !all.yes {
		return false
	}
	if all.certain() {
		return true
	}
	open := 0
	for _, v := range c.variables {
		if s.size[v] > 1 {
			open++
		}
	}
	if open == 0 {
		return c.exactly(s)
	}
	for _, v := range c.variables {
		if s.size[v] > 1 && !c.shave(s, v, open == 1) {
			return false
		}
	}
	return true
}

// shave removes the values of v under which the condition cannot hold: exactly when v
// is the only variable open.
func (c *condition) shave(s *view, v int, exact bool) bool {
	domain := s.domain(v)
	saved, keep := s.scratch(len(domain))
	copy(saved, domain)
	clear(keep)
	step := 0 // down to each value
	if !exact {
		step = max(1, s.size[v]/grain)
	}
	from, to := lowest(saved), highest(saved)+1
	middle := (from + to) / 2
	c.try(s, domain, saved, keep, from, middle, step)
	c.try(s, domain, saved, keep, middle, to, step)
	copy(domain, saved)
	for w := range keep {
		s.narrow(v, w, keep[w])
	}
	return s.size[v] > 0
}

// try keeps the values in [from, to) of the saved domain that may hold, deciding no
// fewer than step of them together; a step of 0 decides each for sure.
func (c *condition) try(s *view, domain, saved, keep []uint64, from, to, step int) {
	values := 0
	for w := range domain {
		domain[w] = saved[w] & span(w, from, to)
		values += bits.OnesCount64(domain[w])
	}
	if values == 0 {
		return
	}
	b := c.term.bound(s)
	switch {
	case !b.yes:
		return
	case b.certain(), values <= step, values == 1 && c.exactly(s):
		for w := range domain {
			keep[w] |= domain[w]
		}
		return
	case values == 1:
		return
	}
	middle := (from + to) / 2
	c.try(s, domain, saved, keep, from, middle, step)
	c.try(s, domain, saved, keep, middle, to, step)
}

// span returns the bits of word w for the values in [from, to).
func span(w, from, to int) uint64 {
	from, to = max(from-w<<6, 0), min(to-w<<6, 64)
	if from >= to {
		return 0
	}
	mask := ^uint64(0) << from
	if to < 64 {
		mask &= 1<<to - 1
	}
	return mask
}

// exactly evaluates the formula; every variable has one value.
func (c *condition) exactly(s *view) bool {
	for _, v := range c.variables {
		s.at.at[v] = lowest(s.domain(v))
	}
	ok := c.holds(s.at)
	for _, v := range c.variables {
		s.at.at[v] = -1
	}
	return ok
}

// holdsAll is the truth of a condition with its when; a mistake does not hold.
func holdsAll(m *Model, when *formula.Formula, part formula.Node) func(*assignment) bool {
	return func(a *assignment) bool {
		lookup := m.lookup(a)
		if when != nil {
			if applies, err := when.True(lookup); err != nil || !applies {
				return err == nil
			}
		}
		v, err := formula.Evaluate(part, lookup)
		return err == nil && v.Bool()
	}
}
