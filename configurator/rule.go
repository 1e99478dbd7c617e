package configurator

import (
	"math/bits"

	"quotewright/internal/formula"
)

// rule is a constraint, or a part of one, as the search uses it.
type rule struct {
	constraint int // index in Model.constraints
	variables  []int
	filter     filter
	again      bool // one pass of the filter may leave work for another
}

// filter removes values that cannot stand with the domains of the other variables. It
// may miss some while several variables are open, none when at most one is; with none
// open it empties a domain or returns false exactly when the rule is broken.
type filter interface {
	filter(s *solver) bool
}

// table allows rows of values.
type table struct {
	columns []int
	words   int
	allows  [][][]uint64 // by column and value: the rows that have it
}

// newTable makes a table of rows; a row has for each column the set of values allowed,
// nil for all. Every set must be non-empty.
func newTable(m *Model, columns []int, rows [][][]int) *table {
	t := &table{columns: columns, words: (len(rows) + 63) / 64}
	for c, v := range columns {
		t.allows = append(t.allows, make([][]uint64, len(m.variables[v].values)))
		backing := make([]uint64, t.words*len(m.variables[v].values))
		for x := range t.allows[c] {
			t.allows[c][x] = backing[x*t.words : (x+1)*t.words]
		}
		for r, row := range rows {
			if row[c] == nil {
				for x := range t.allows[c] {
					set(t.allows[c][x], r, true)
				}
			}
			for _, x := range row[c] {
				set(t.allows[c][x], r, true)
			}
		}
	}
	return t
}

func (t *table) filter(s *solver) bool {
	live, some := s.scratch(t.words)
	for i := range live {
		live[i] = ^uint64(0)
	}
	for c, v := range t.columns {
		if s.size[v] == len(t.allows[c]) {
			continue // every row has a value among all
		}
		clear(some)
		for w, word := range s.domain(v) {
			for ; word != 0; word &= word - 1 {
				for i, rows := range t.allows[c][w<<6+bits.TrailingZeros64(word)] {
					some[i] |= rows
				}
			}
		}
		for i := range live {
			live[i] &= some[i]
		}
	}
	for c, v := range t.columns {
		for w, word := range s.domain(v) {
			keep := word
			for ; word != 0; word &= word - 1 {
				if !meet(live, t.allows[c][w<<6+bits.TrailingZeros64(word)]) {
					keep &^= word & -word
				}
			}
			s.narrow(v, w, keep)
		}
		if s.size[v] == 0 {
			return false
		}
	}
	return true
}

// cardinality bounds how many options of a selection are chosen.
type cardinality struct {
	first, count, least, most int
}

const (
	onlyFalse = 1 << 0 // the domain of a boolean
	onlyTrue  = 1 << 1
)

func (c *cardinality) filter(s *solver) bool {
	chosen, open := 0, 0
	for v := c.first; v < c.first+c.count; v++ {
		switch s.domain(v)[0] {
		case onlyTrue:
			chosen++
		case onlyTrue | onlyFalse:
			open++
		}
	}
	if chosen > c.most || chosen+open < c.least {
		return false
	}
	left := uint64(0)
	switch {
	case open == 0:
		return true
	case chosen == c.most:
		left = onlyFalse
	case chosen+open == c.least:
		left = onlyTrue
	default:
		return true
	}
	for v := c.first; v < c.first+c.count; v++ {
		if s.size[v] == 2 {
			s.narrow(v, 0, left)
		}
	}
	return true
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

func (c *condition) filter(s *solver) bool {
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
func (c *condition) shave(s *solver, v int, exact bool) bool {
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
func (c *condition) try(s *solver, domain, saved, keep []uint64, from, to, step int) {
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
func (c *condition) exactly(s *solver) bool {
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
