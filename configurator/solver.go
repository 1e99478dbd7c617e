package configurator

import (
	"math/bits"
)

// The limits of the search, in decisions, so that a model beyond its reach gets an
// answer marked as unverified in bounded time, the same one on every machine.
const (
	searchLimit  = 10_000  // of one search
	resolveLimit = 100_000 // of all searches of one Resolve
)

// solver searches for configurations. A domain is a set of bits, one per value; rules
// remove values from domains until nothing changes, and a search decides what is left.
// Every change is on a trail, so that it can be taken back.
type solver struct {
	m        *Model
	bits     []uint64 // the domains
	size     []int    // by variable: how many values are left
	trail    []change
	on       []bool // by constraint: whether it counts
	queue    []int  // rules to run
	queued   []bool
	running  int
	pressure []int    // by variable: how often its rules ended a branch
	active   []bool   // by constraint: whether it had a part in what was found
	ended    bool     // a domain is empty
	broken   int      // the rule that ended the last branch
	decided  int      // in this search
	spent    int      // in all searches
	marking  bool     // remember which values have a solution
	seen     []uint64 // those that have
	base     []uint64 // the domains before the search
	baseSize []int
	last     []int // by variable: the value in the last solution
	at       *assignment
	buffer   []uint64
	found    []solution
	keep     bool // keep what is found
}

// change is what a word of a domain was.
type change struct {
	word, variable, size int
	was                  uint64
}

// solution gives the variables of a group their values.
type solution struct {
	variables, values []int
}

func (m *Model) newSolver() *solver {
	n := len(m.variables)
	return &solver{
		m: m, bits: make([]uint64, m.words), size: make([]int, n), on: make([]bool, len(m.constraints)),
		queued: make([]bool, len(m.rules)), pressure: make([]int, n), active: make([]bool, len(m.constraints)),
		seen: make([]uint64, m.words), base: make([]uint64, m.words), baseSize: make([]int, n), last: make([]int, n),
		at: m.empty(), running: -1,
	}
}

// start forgets all decisions. Constraints that are not on do not count; nil means all
// are.
func (s *solver) start(on []bool) {
	s.trail, s.ended, s.decided, s.running = s.trail[:0], false, 0, -1
	s.forget()
	clear(s.active)
	for k := range s.on {
		s.on[k] = on == nil || on[k]
	}
	for v := range s.m.variables {
		s.size[v] = s.m.fill(v, s.bits)
		s.pressure[v] = 1 + len(s.m.touching[v])
	}
	for k := range s.m.rules {
		if s.on[s.m.rules[k].constraint] {
			s.queue, s.queued[k] = append(s.queue, k), true
		}
	}
}

// resume is start with all constraints from what they leave without any choice.
func (s *solver) resume() {
	s.trail, s.ended, s.decided, s.running = s.trail[:0], false, 0, -1
	s.forget()
	copy(s.bits, s.m.root)
	copy(s.size, s.m.rootSize)
	for k := range s.on {
		s.on[k] = true
	}
	for v := range s.pressure {
		s.pressure[v] = 1 + len(s.m.touching[v])
	}
}

// fill puts every value into the domain of v and returns how many there are.
func (m *Model) fill(v int, domains []uint64) int {
	n := len(m.variables[v].values)
	for w := range m.variables[v].words {
		domains[m.variables[v].word+w] = span(w, 0, n)
	}
	return n
}

func (s *solver) domain(v int) []uint64 {
	d := &s.m.variables[v]
	return s.bits[d.word : d.word+d.words]
}

func (s *solver) has(v, x int) bool { return s.domain(v)[x>>6]&(1<<(x&63)) != 0 }

// narrow sets a word of the domain of v to part of what it is.
func (s *solver) narrow(v, w int, to uint64) {
	i := s.m.variables[v].word + w
	was := s.bits[i]
	if was == to {
		return
	}
	s.trail = append(s.trail, change{i, v, s.size[v], was})
	s.bits[i] = to
	s.size[v] -= bits.OnesCount64(was &^ to)
	s.ended = s.ended || s.size[v] == 0
	if s.running >= 0 {
		s.active[s.m.rules[s.running].constraint] = true
	}
	for _, k := range s.m.touching[v] {
		if r := &s.m.rules[k]; !s.queued[k] && s.on[r.constraint] && (k != s.running || r.again) {
			s.queue, s.queued[k] = append(s.queue, k), true
		}
	}
}

// assign leaves v the value x only.
func (s *solver) assign(v, x int) {
	for w := range s.m.variables[v].words {
		s.narrow(v, w, s.domain(v)[w]&span(w, x, x+1))
	}
}

// remove takes x from v.
func (s *solver) remove(v, x int) {
	s.narrow(v, x>>6, s.domain(v)[x>>6]&^(1<<(x&63)))
}

// literal says that a variable has a value, or has not.
type literal struct {
	variable, value int
	not             bool
}

func (s *solver) assume(literals []literal) {
	for _, l := range literals {
		if l.not {
			s.remove(l.variable, l.value)
		} else {
			s.assign(l.variable, l.value)
		}
	}
}

// propagate runs rules until nothing changes; false when that leaves nothing.
func (s *solver) propagate() bool {
	for i := 0; i < len(s.queue) && !s.ended; i++ {
		k := s.queue[i]
		s.queued[k] = false
		s.running = k
		if !s.m.rules[k].filter.filter(s) || s.ended {
			s.ended, s.broken = true, k
			s.active[s.m.rules[k].constraint] = true
			for _, v := range s.m.rules[k].variables {
				s.pressure[v]++
			}
		}
		s.running = -1
	}
	s.forget()
	return !s.ended
}

// forget empties the queue.
func (s *solver) forget() {
	for _, k := range s.queue {
		s.queued[k] = false
	}
	s.queue = s.queue[:0]
}

// undo takes back the changes after a mark.
func (s *solver) undo(mark int) {
	for i := len(s.trail) - 1; i >= mark; i-- {
		c := &s.trail[i]
		s.bits[c.word], s.size[c.variable] = c.was, c.size
	}
	s.trail = s.trail[:mark]
	s.ended = false
	s.forget()
}

// scratch returns two buffers for a filter, which must not hold on to them.
func (s *solver) scratch(words int) (a, b []uint64) {
	if len(s.buffer) < 2*words {
		s.buffer = make([]uint64, 2*words)
	}
	return s.buffer[:words:words], s.buffer[words : 2*words]
}

// groups returns the open variables that rules connect, in order.
func (s *solver) groups() [][]int {
	parent := make([]int, len(s.size))
	for v := range parent {
		parent[v] = v
	}
	root := func(v int) int {
		for parent[v] != v {
			parent[v] = parent[parent[v]]
			v = parent[v]
		}
		return v
	}
	for i := range s.m.rules {
		r := &s.m.rules[i]
		if !s.on[r.constraint] {
			continue
		}
		first := -1
		for _, v := range r.variables {
			switch {
			case s.size[v] < 2:
			case first < 0:
				first = v
			default:
				parent[root(v)] = root(first)
			}
		}
	}
	place := map[int]int{}
	var groups [][]int
	for v, n := range s.size {
		if n < 2 {
			continue
		}
		at, known := place[root(v)]
		if !known {
			at = len(groups)
			place[root(v)] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], v)
	}
	return groups
}
