package configurator

import (
	"slices"

	"quotewright/internal/formula"
)

// budget bounds the nodes of one search, so that a model beyond this method's reach
// gives an answer marked as unverified instead of none.
const budget = 200_000

// assignment gives each variable the index of a value, or −1.
type assignment struct {
	m  *Model
	at []int
}

func (m *Model) empty() *assignment {
	a := &assignment{m: m, at: make([]int, len(m.variables))}
	for i := range a.at {
		a.at[i] = -1
	}
	return a
}

func (a *assignment) value(v int) formula.Value {
	if x := a.at[v]; x >= 0 {
		return a.m.variables[v].values[x]
	}
	return formula.None(a.m.variables[v].values[0].Kind())
}

func (m *Model) lookup(a *assignment) formula.Lookup {
	return func(slot int) formula.Value { return m.getters[slot](a) }
}

// search looks for a solution of one group of variables.
type search struct {
	m       *Model
	a       *assignment
	domains [][]bool // by variable and value
	left    []int    // how many values of each
	off     []bool   // constraints that do not count; nil: none
	nodes   int
	stopped bool
}

// find returns values for the variables of a group that keep every constraint and the
// fixed values, or nil. The second result is false when the budget ran out.
func (m *Model) find(group []int, fixed map[int]int, off []bool, prefer []int) (solution map[int]int, sure bool) {
	s := &search{m: m, a: m.empty(), domains: make([][]bool, len(m.variables)), left: make([]int, len(m.variables)), off: off}
	for _, v := range group {
		s.domains[v] = make([]bool, len(m.variables[v].values))
		for x := range s.domains[v] {
			s.domains[v][x] = true
		}
		s.left[v] = len(s.domains[v])
		if x, ok := fixed[v]; ok {
			clear(s.domains[v])
			s.domains[v][x] = true
			s.left[v] = 1
		}
	}
	if !s.solve(group, prefer) {
		return nil, !s.stopped
	}
	solution = make(map[int]int, len(group))
	for _, v := range group {
		solution[v] = s.a.at[v]
	}
	return solution, true
}

// solve assigns the open variable with the fewest values left, in the order of
// preference, and prunes what the constraints around it rule out.
func (s *search) solve(group []int, prefer []int) bool {
	if s.nodes++; s.nodes > budget {
		s.stopped = true
		return false
	}
	v := s.next(group)
	if v < 0 {
		return true
	}
	for _, x := range s.order(v, prefer) {
		removed, ok := s.try(v, x)
		if ok && s.solve(group, prefer) {
			return true
		}
		s.undo(v, removed)
		if s.stopped {
			return false
		}
	}
	return false
}

func (s *search) next(group []int) int {
	best := -1
	for _, v := range group {
		if s.a.at[v] < 0 && (best < 0 || s.left[v] < s.left[best]) {
			best = v
		}
	}
	return best
}

// order returns the values left of a variable, the preferred one first.
func (s *search) order(v int, prefer []int) []int {
	var order []int
	if prefer != nil && prefer[v] >= 0 && s.domains[v][prefer[v]] {
		order = append(order, prefer[v])
	}
	for x, there := range s.domains[v] {
		if there && (prefer == nil || x != prefer[v]) {
			order = append(order, x)
		}
	}
	return order
}

type removal struct{ v, x int }

// try assigns a value and checks every constraint around it: whole ones must hold, and
// where one variable is open its values that break it are removed.
func (s *search) try(v, x int) (removed []removal, ok bool) {
	s.a.at[v] = x
	for _, k := range s.m.touching[v] {
		if s.off != nil && s.off[k] {
			continue
		}
		gone, ok := s.check(&s.m.constraints[k])
		removed = append(removed, gone...)
		if !ok {
			return removed, false
		}
	}
	return removed, true
}

func (s *search) check(c *constraint) (removed []removal, ok bool) {
	open := -1
	for _, v := range c.variables {
		if s.a.at[v] < 0 {
			if open >= 0 {
				return nil, true
			}
			open = v
		}
	}
	if open < 0 {
		holds, err := c.holds(s.a)
		return nil, err == nil && holds
	}
	for x, there := range s.domains[open] {
		if !there {
			continue
		}
		s.a.at[open] = x
		if holds, err := c.holds(s.a); err != nil || !holds {
			s.domains[open][x] = false
			s.left[open]--
			removed = append(removed, removal{open, x})
		}
	}
	s.a.at[open] = -1
	return removed, s.left[open] > 0
}

func (s *search) undo(v int, removed []removal) {
	s.a.at[v] = -1
	for _, r := range removed {
		s.domains[r.v][r.x] = true
		s.left[r.v]++
	}
}

// supported returns, for each variable, which of its values some valid configuration
// with the fixed values contains, and which could not be decided. Without any, the
// fixed values do not go together.
func (m *Model) supported(fixed map[int]int) (values [][]bool, unverified map[removal]bool, ok bool) {
	values = make([][]bool, len(m.variables))
	for v := range values {
		values[v] = make([]bool, len(m.variables[v].values))
	}
	unverified, ok = map[removal]bool{}, true
	for _, group := range m.groups {
		if !m.supportedIn(group, fixed, values, unverified) {
			ok = false
		}
	}
	return values, unverified, ok
}

func (m *Model) supportedIn(group []int, fixed map[int]int, values [][]bool, unverified map[removal]bool) bool {
	mark := func(solution map[int]int) {
		for v, x := range solution {
			values[v][x] = true
		}
	}
	first, sure := m.find(group, fixed, nil, nil)
	if first == nil && sure {
		return false
	}
	mark(first)
	for _, v := range group {
		if _, decided := fixed[v]; decided {
			continue
		}
		for x := range values[v] {
			if values[v][x] {
				continue
			}
			with := cloneWith(fixed, v, x)
			solution, sure := m.find(group, with, nil, nil)
			mark(solution)
			if solution == nil && !sure {
				values[v][x] = true
				unverified[removal{v, x}] = true
			}
		}
	}
	return true
}

// alternatives returns which values of a feature go together with the fixed values of
// the other features.
func (m *Model) alternatives(f *feature, others map[int]int, values [][]bool, unverified map[removal]bool) {
	for v := f.first; v < f.first+f.count; v++ {
		clear(values[v])
	}
	for v := f.first; v < f.first+f.count; v++ {
		for x := range values[v] {
			if values[v][x] {
				continue
			}
			solution, sure := m.find(m.groupOf(v), cloneWith(others, v, x), nil, nil)
			for w := f.first; w < f.first+f.count && solution != nil; w++ {
				values[w][solution[w]] = true
			}
			if solution == nil && !sure {
				values[v][x] = true
				unverified[removal{v, x}] = true
			}
		}
	}
}

func (m *Model) groupOf(v int) []int {
	i := slices.IndexFunc(m.groups, func(g []int) bool { return slices.Contains(g, v) })
	return m.groups[i]
}

func cloneWith(fixed map[int]int, v, x int) map[int]int {
	with := make(map[int]int, len(fixed)+1)
	for k, y := range fixed {
		with[k] = y
	}
	with[v] = x
	return with
}

// consistent reports whether the fixed values go together under the constraints that
// are not off.
func (m *Model) consistent(fixed map[int]int, off []bool) bool {
	for _, group := range m.groups {
		if !slices.ContainsFunc(group, func(v int) bool { _, ok := fixed[v]; return ok }) && len(fixed) > 0 {
			continue
		}
		if solution, sure := m.find(group, fixed, off, nil); solution == nil && sure {
			return false
		}
	}
	return true
}
