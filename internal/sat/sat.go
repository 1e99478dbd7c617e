// Package sat decides conditions between yes-or-no variables: clauses, exactly-one groups
// and weighted sums, under assumptions that change from call to call. It learns from
// dead ends (conflict-driven clause learning, after Marques-Silva and Sakallah 1999 and
// Eén and Sörensson, "An Extensible SAT-solver", 2003), and what it learned holds for all
// later calls, as assumptions are only decisions to it.
package sat

// Lit is a variable, 2v, or its negation, 2v+1.
type Lit int32

// Pos returns the literal that a variable is true.
func Pos(v int) Lit { return Lit(2 * v) }

// Not returns the opposite literal.
func (l Lit) Not() Lit { return l ^ 1 }

// Var returns the literal's variable.
func (l Lit) Var() int { return int(l >> 1) }

// Negative reports whether the literal says that its variable is false.
func (l Lit) Negative() bool { return l&1 != 0 }

// Result is the outcome of a Solve.
type Result int

// The outcomes: the budget was spent, there is a model, there is none.
const (
	Unknown Result = iota
	Sat
	Unsat
)

// Propagator is a condition that clauses and sums do not express. It is asked whenever
// one of the variables it watches was decided, after everything else has been drawn.
type Propagator interface {
	// Propagate draws conclusions with Imply and returns nil, or returns literals, all of
	// them false, that cannot all be false.
	Propagate(s *Solver) (conflict []Lit)
}

// Solver holds the conditions and what it learned about them. It is not safe for
// concurrent use. The zero value is ready.
type Solver struct {
	values    []int8 // by literal: 1 true, −1 false, 0 open
	level     []int32
	place     []int32 // in the trail
	reasons   []reason
	phase     []bool // the value a variable had last
	passive   []bool // by variable: never decided
	undecided int    // variables that have to be decided still
	group     []int32

	trail    []Lit
	levels   []mark
	head     int
	assumed  []Lit // the decisions of the first levels
	broken   bool  // there is no model at all
	clauses  arena
	watches  [][]watch
	pairs    [][]Lit // by literal: what has to be true when it is false
	groups   [][]Lit
	sums     []sum
	uses     [][]use // by literal: the sums that it counts in
	learnt   []int32
	external []external
	woken    []int32
	wakes    [][]int32 // by variable: propagators
	said     []Lit     // explanations of what propagators drew, in the order of the trail

	heap     heap
	activity []float64
	bump     float64
	seen     []bool
	buffer   []Lit
	stack    []Lit
	core     []Lit
	first    []Lit
	nextWish int

	// Stats counts work, for tests and benchmarks.
	Stats Stats

	// MaxLearnt is how many learnt clauses are kept before the worse half goes; 0 is what
	// suits the number of clauses.
	MaxLearnt int
}

// Stats counts what a Solver did.
type Stats struct{ Conflicts, Decisions, Propagations, Restarts, Solves int }

// mark is where a level begins.
type mark struct{ trail, said int32 }

// reason says why a literal is true.
type reason struct {
	kind reasonKind
	at   int32 // of a clause, the other literal of a pair, a sum, or an explanation
}

type reasonKind uint8

const (
	decided reasonKind = iota
	byClause
	byPair
	bySum
	byPropagator
)

// watch is a clause that waits for a literal to become false.
type watch struct {
	clause  int32
	blocker Lit // true: nothing is to be done
}

// external is a propagator and whether it waits to be asked.
type external struct {
	Propagator
	woken bool
}

// AddVar adds a variable and returns its number.
func (s *Solver) AddVar() int {
	v := len(s.level)
	s.values = append(s.values, 0, 0)
	s.level, s.place, s.reasons = append(s.level, 0), append(s.place, 0), append(s.reasons, reason{})
	s.phase, s.seen, s.activity = append(s.phase, false), append(s.seen, false), append(s.activity, 0)
	s.watches, s.pairs, s.uses = append(s.watches, nil, nil), append(s.pairs, nil, nil), append(s.uses, nil, nil)
	s.group, s.wakes = append(s.group, -1, -1), append(s.wakes, nil)
	s.passive = append(s.passive, false)
	s.undecided++
	s.heap.add(int32(v), s.activity)
	return v
}

// AddSwitch adds a variable that is true only where it is assumed: conditions that have
// its opposite among their literals hold without it. It has no other use.
func (s *Solver) AddSwitch() int {
	v := s.AddVar()
	s.passive[v] = true
	s.undecided--
	return v
}

// Vars returns how many variables there are.
func (s *Solver) Vars() int { return len(s.level) }

// Value returns 1 if a literal is true in the model that the last Solve found, or by the
// decisions so far for a Propagator, −1 if it is false, 0 if it is open.
func (s *Solver) Value(l Lit) int8 { return s.values[l] }

// Drawn reports whether the last Solve, if it was Sat, drew that a literal is true from the
// assumptions before it decided anything.
func (s *Solver) Drawn(l Lit) bool { return s.values[l] > 0 && int(s.level[l.Var()]) <= len(s.assumed) }

// Prefer sets the value that a variable is tried with first.
func (s *Solver) Prefer(l Lit) { s.phase[l.Var()] = !l.Negative() }

// AddClause demands that one of the literals is true. It returns false if there is no
// model any more.
func (s *Solver) AddClause(literals ...Lit) bool {
	s.retract(0)
	if s.broken {
		return false
	}
	clause := s.buffer[:0]
	for _, l := range literals {
		switch {
		case s.values[l] > 0 || has(clause, l.Not()):
			return true
		case s.values[l] == 0 && !has(clause, l):
			clause = append(clause, l)
		}
	}
	s.buffer = clause
	switch len(clause) {
	case 0:
		s.broken = true
	case 1:
		s.assign(clause[0], reason{})
		s.broken = s.propagate() != nil
	case 2:
		s.pair(clause[0], clause[1])
	default:
		s.attach(s.clauses.add(clause, false))
	}
	return !s.broken
}

func has(list []Lit, l Lit) bool {
	for _, x := range list {
		if x == l {
			return true
		}
	}
	return false
}

func (s *Solver) pair(a, b Lit) {
	s.pairs[a] = append(s.pairs[a], b)
	s.pairs[b] = append(s.pairs[b], a)
}

func (s *Solver) attach(at int32) {
	c := s.clauses.literals(at)
	s.watches[c[0]] = append(s.watches[c[0]], watch{at, c[1]})
	s.watches[c[1]] = append(s.watches[c[1]], watch{at, c[0]})
}

// AddGroup demands that exactly one of the literals is true. A literal is in one group
// at most.
func (s *Solver) AddGroup(literals ...Lit) bool {
	s.retract(0)
	g := int32(len(s.groups))
	s.groups = append(s.groups, append([]Lit(nil), literals...))
	for _, l := range literals {
		if s.group[l] >= 0 {
			panic("sat: a literal in two groups")
		}
		s.group[l] = g
	}
	for _, l := range literals {
		if s.values[l] > 0 { // its group did not know it
			for _, other := range literals {
				if other != l && !s.AddClause(other.Not()) {
					return false
				}
			}
		}
	}
	return s.AddClause(literals...)
}

// AddPropagator adds a condition; it is asked when one of the variables is decided.
func (s *Solver) AddPropagator(p Propagator, variables []int) bool {
	s.retract(0)
	k := int32(len(s.external))
	s.external = append(s.external, external{p, true})
	s.woken = append(s.woken, k)
	for _, v := range variables {
		s.wakes[v] = append(s.wakes[v], k)
	}
	s.broken = s.broken || s.propagate() != nil
	return !s.broken
}

// Imply makes a literal true for a Propagator because all of the literals why are false,
// and does nothing if it is true already. The literal must not be false.
func (s *Solver) Imply(l Lit, why []Lit) {
	if s.values[l] > 0 {
		return
	}
	at := int32(len(s.said))
	s.said = append(append(s.said, Lit(len(why))), why...)
	s.assign(l, reason{byPropagator, at})
}

// assign makes a literal true.
func (s *Solver) assign(l Lit, why reason) {
	v := l.Var()
	s.values[l], s.values[l.Not()] = 1, -1
	s.level[v], s.place[v], s.reasons[v] = int32(len(s.levels)), int32(len(s.trail)), why
	s.trail = append(s.trail, l)
	if !s.passive[v] {
		s.undecided--
	}
	for _, u := range s.uses[l.Not()] {
		s.sums[u.sum].slack -= u.weight
	}
}

// decide begins a level with a literal.
func (s *Solver) decide(l Lit) {
	s.levels = append(s.levels, mark{int32(len(s.trail)), int32(len(s.said))})
	if s.values[l] == 0 {
		s.assign(l, reason{})
	}
}

// retract takes back all levels above one.
func (s *Solver) retract(level int) {
	if len(s.levels) <= level {
		return
	}
	from := s.levels[level]
	for i := len(s.trail) - 1; i >= int(from.trail); i-- {
		l := s.trail[i]
		v := l.Var()
		s.values[l], s.values[l.Not()] = 0, 0
		s.phase[v] = !l.Negative()
		if !s.passive[v] {
			s.undecided++
		}
		for _, u := range s.uses[l.Not()] {
			s.sums[u.sum].slack += u.weight
		}
		s.heap.put(int32(v), s.activity)
	}
	s.trail, s.said, s.levels = s.trail[:from.trail], s.said[:from.said], s.levels[:level]
	s.head, s.nextWish = len(s.trail), 0
	s.sleep()
	if len(s.assumed) > level {
		s.assumed = s.assumed[:level]
	}
}
