package configurator

import (
	"math/bits"
	"slices"
)

// answer is the outcome of a search.
type answer int

const (
	unknown answer = iota // the limit was reached
	yes
	no
)

// restartAfter is how many dead ends a search meets before it starts again with what
// it learned about the rules; it doubles each time.
const restartAfter = 64

// changesTried is how many values other than those of the last solution a search tries
// to find another one near it, before it looks everywhere.
const changesTried = 32

// unseenFirst is for how many dead ends a search prefers values without a solution
// yet. Hard searches do better with the values of the last solution.
const unseenFirst = 16

// solve looks for values of a group's open variables that keep every rule. A solution
// is recorded before its decisions are taken back.
func (s *solver) solve(group []int) answer {
	s.decided = 0
	if steps := changesTried; (!s.keep || !s.marking) && s.follow(group, &steps) {
		return yes
	}
	for limit := restartAfter; ; limit *= 2 {
		t := try{solver: s, group: group, limit: limit}
		mark := len(s.trail)
		result := t.descend()
		s.undo(mark)
		if result != unknown || s.exhausted() {
			return result
		}
	}
}

// follow looks for a solution close to the last one: where that breaks a rule, one of
// the rule's variables is given another value. It may miss what there is. A model is
// compiled without it, as then solutions should differ, so that more values are in one.
func (s *solver) follow(group []int, steps *int) bool {
	mark := len(s.trail)
	for _, v := range group {
		if s.size[v] > 1 && s.has(v, s.last[v]) {
			s.assign(v, s.last[v])
		}
	}
	if s.propagate() {
		t := try{solver: s, group: group, limit: 1}
		found := t.descend() == yes
		s.undo(mark)
		return found
	}
	broken := s.broken
	s.undo(mark)
	for _, v := range s.m.rules[broken].variables {
		for x := range s.m.variables[v].values {
			if s.size[v] < 2 || x == s.last[v] || !s.has(v, x) {
				continue
			}
			if *steps--; *steps < 0 {
				return false
			}
			s.spent++
			s.assign(v, x)
			found := s.propagate() && s.follow(group, steps)
			if s.undo(mark); found {
				return true
			}
		}
	}
	return false
}

func (s *solver) exhausted() bool { return s.decided >= searchLimit || s.spent >= resolveLimit }

// try is one descent between restarts.
type try struct {
	*solver
	group       []int
	limit, dead int
}

// descend decides the rest of the group: the most constrained variable first, one
// value or not that value.
func (t *try) descend() answer {
	v := t.pick()
	if v < 0 {
		t.record(t.group)
		return yes
	}
	if t.exhausted() || t.dead >= t.limit {
		return unknown
	}
	t.decided++
	t.spent++
	x := t.prefer(v)
	mark := len(t.trail)
	t.assign(v, x)
	if t.propagate() {
		if result := t.descend(); result != no {
			return result
		}
	}
	t.undo(mark)
	t.dead++
	t.remove(v, x)
	if !t.propagate() {
		return no
	}
	return t.descend()
}

// pick returns the open variable with the fewest values for the weight of its rules,
// or −1.
func (t *try) pick() int {
	best := -1
	for _, v := range t.group {
		if t.size[v] > 1 && (best < 0 || t.size[v]*t.pressure[best] < t.size[best]*t.pressure[v]) {
			best = v
		}
	}
	return best
}

// prefer returns the value to try first.
func (t *try) prefer(v int) int {
	domain := t.domain(v)
	if t.marking && t.dead < unseenFirst {
		at := t.m.variables[v].word
		for w, word := range domain {
			if unseen := word &^ t.seen[at+w]; unseen != 0 {
				return w<<6 + bits.TrailingZeros64(unseen)
			}
		}
	}
	if x := t.last[v]; t.has(v, x) {
		return x
	}
	return lowest(domain)
}

// record takes note of a solution: of its values, and of those that could stand in it
// alone instead.
func (s *solver) record(group []int) {
	found := solution{variables: group}
	for _, v := range group {
		s.last[v] = lowest(s.domain(v))
		if s.keep {
			found.values = append(found.values, s.last[v])
		}
	}
	if s.keep {
		s.found = append(s.found, found)
	}
	if !s.marking {
		return
	}
	for _, v := range group {
		s.see(v)
	}
	for _, v := range group {
		if s.unseen(v) {
			s.swap(v)
		}
	}
}

// see marks what is left of v as seen.
func (s *solver) see(v int) {
	at := s.m.variables[v].word
	for w, word := range s.domain(v) {
		s.seen[at+w] |= word
	}
}

// unseen reports whether v had a value before the search that has no solution yet.
func (s *solver) unseen(v int) bool {
	d := &s.m.variables[v]
	for w := d.word; w < d.word+d.words; w++ {
		if s.base[w]&^s.seen[w] != 0 {
			return true
		}
	}
	return false
}

// swap marks the values of v that fit with the rest of a solution.
func (s *solver) swap(v int) {
	mark := len(s.trail)
	d := &s.m.variables[v]
	for i := d.word; i < d.word+d.words; i++ {
		s.trail = append(s.trail, change{i, v, s.size[v], s.bits[i]})
		s.bits[i] = s.base[i]
	}
	s.size[v] = s.baseSize[v]
	for _, k := range s.m.touching[v] {
		if s.on[s.m.rules[k].constraint] {
			s.m.rules[k].filter.filter(s)
		}
	}
	s.see(v)
	s.undo(mark)
}

// settle takes the domains as they are for the base of a search.
func (s *solver) settle() {
	copy(s.base, s.bits)
	copy(s.baseSize, s.size)
}

// exact narrows every domain, or those of some variables only, to the values that some
// configuration has. Values that the limit left open stay, and are returned as
// unverified; false means that there is no configuration at all.
func (s *solver) exact(some func(v int) bool) (unverified []literal, ok bool) {
	clear(s.seen)
	clear(s.last)
	s.marking = true
	defer func() { s.marking = false }()
	if !s.propagate() {
		return nil, false
	}
	s.settle()
	groups := s.groups()
	s.reuse()
	for v := range s.size {
		if s.size[v] == 1 {
			s.see(v)
		}
	}
	for _, group := range groups {
		if some != nil && !slices.ContainsFunc(group, some) {
			continue
		}
		left, ok := s.exactIn(group, some)
		if !ok {
			return nil, false
		}
		unverified = append(unverified, left...)
	}
	return slices.DeleteFunc(unverified, func(l literal) bool { return s.proven(l.variable, l.value) }), true
}

// proven reports whether a solution with the value was seen.
func (s *solver) proven(v, x int) bool {
	return s.seen[s.m.variables[v].word+x>>6]&(1<<(x&63)) != 0
}

func (s *solver) exactIn(group []int, some func(v int) bool) (unverified []literal, ok bool) {
	for _, v := range group {
		if some != nil && !some(v) {
			continue
		}
		for x := range s.m.variables[v].values {
			if !s.has(v, x) || s.proven(v, x) {
				continue
			}
			switch s.test(group, v, x) {
			case unknown:
				unverified = append(unverified, literal{variable: v, value: x})
			case no:
				if s.remove(v, x); !s.propagate() {
					return nil, false
				}
				s.settle()
			}
		}
	}
	return unverified, true
}

// test looks for a solution of the group in which v is x.
func (s *solver) test(group []int, v, x int) answer {
	mark := len(s.trail)
	defer s.undo(mark)
	if s.assign(v, x); !s.propagate() {
		return no
	}
	return s.solve(group)
}

// reuse marks the values of the solutions that the model was compiled with.
func (s *solver) reuse() {
	for i := range s.m.pool {
		known := &s.m.pool[i]
		if s.fits(known) {
			for j, v := range known.variables {
				x := known.values[j]
				s.seen[s.m.variables[v].word+x>>6] |= 1 << (x & 63)
				s.last[v] = x
			}
		}
	}
}

func (s *solver) fits(known *solution) bool {
	for j, v := range known.variables {
		if !s.has(v, known.values[j]) {
			return false
		}
	}
	return true
}

// possible looks for a configuration under the constraints that are on. After no,
// active tells the constraints that say so: the others had no part in it.
func (s *solver) possible(literals []literal, on []bool) answer {
	s.start(on)
	s.assume(literals)
	if s.ended || !s.propagate() {
		return no
	}
	common := append([]bool(nil), s.active...)
	result := yes
	for _, group := range s.groups() {
		copy(s.active, common)
		switch s.solve(group) {
		case no:
			return no
		case unknown:
			result = unknown
		}
	}
	return result
}
