package configurator

import "math/bits"

// view is a set of domains, one bit per value, over which formulas are bounded.
type view struct {
	m      *Model
	bits   []uint64
	size   []int // by variable: how many values are left
	at     *assignment
	buffer []uint64
}

func (m *Model) newView() *view {
	return &view{m: m, bits: make([]uint64, m.words), size: make([]int, len(m.variables)), at: m.empty()}
}

// fill puts every value into the domain of v and returns how many there are.
func (m *Model) fill(v int, domains []uint64) int {
	n := len(m.variables[v].values)
	for w := range m.variables[v].words {
		domains[m.variables[v].word+w] = span(w, 0, n)
	}
	return n
}

func (m *Model) domainOf(domains []uint64, v int) []uint64 {
	d := &m.variables[v]
	return domains[d.word : d.word+d.words]
}

func (s *view) domain(v int) []uint64 { return s.m.domainOf(s.bits, v) }

func (s *view) has(v, x int) bool { return s.domain(v)[x>>6]&(1<<(x&63)) != 0 }

// narrow sets a word of the domain of v to part of what it is.
func (s *view) narrow(v, w int, to uint64) {
	i := s.m.variables[v].word + w
	s.size[v] -= bits.OnesCount64(s.bits[i] &^ to)
	s.bits[i] = to
}

// assign leaves v the value x only.
func (s *view) assign(v, x int) {
	for w := range s.m.variables[v].words {
		s.narrow(v, w, s.domain(v)[w]&span(w, x, x+1))
	}
}

// remove takes x from v.
func (s *view) remove(v, x int) { s.narrow(v, x>>6, s.domain(v)[x>>6]&^(1<<(x&63))) }

// scratch returns two buffers for a filter, which must not hold on to them.
func (s *view) scratch(words int) (a, b []uint64) {
	if len(s.buffer) < 2*words {
		s.buffer = make([]uint64, 2*words)
	}
	return s.buffer[:words:words], s.buffer[words : 2*words]
}

// literal says that a variable has a value, or has not.
type literal struct {
	variable, value int
	not             bool
}
