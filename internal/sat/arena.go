package sat

import (
	"math"
	"slices"
)

// arena holds clauses one after the other: size and flag, quality, activity, literals.
type arena struct {
	data  []Lit
	waste int // of clauses that are gone
}

const header = 3

func (a *arena) add(literals []Lit, learnt bool) int32 {
	at := int32(len(a.data))
	size := Lit(len(literals)) << 1
	if learnt {
		size |= 1
	}
	a.data = append(append(a.data, size, 0, 0), literals...)
	return at
}

func (a *arena) literals(at int32) []Lit {
	size := int32(a.data[at] >> 1)
	return a.data[at+header : at+header+size : at+header+size]
}

func (a *arena) learnt(at int32) bool { return a.data[at]&1 != 0 }

// quality is how many levels a learnt clause spans; few are good.
func (a *arena) quality(at int32) int32       { return int32(a.data[at+1]) }
func (a *arena) setQuality(at int32, n int32) { a.data[at+1] = Lit(n) }

func (a *arena) activity(at int32) float32       { return math.Float32frombits(uint32(a.data[at+2])) }
func (a *arena) setActivity(at int32, x float32) { a.data[at+2] = Lit(math.Float32bits(x)) }

// reduce forgets the worse half of the learnt clauses, except pairs of levels and those that
// are the reason of something.
func (s *Solver) reduce() {
	locked := func(at int32) bool {
		l := s.clauses.literals(at)[0]
		return s.values[l] > 0 && s.reasons[l.Var()] == reason{byClause, at}
	}
	slices.SortFunc(s.learnt, func(a, b int32) int {
		if d := s.clauses.quality(a) - s.clauses.quality(b); d != 0 {
			return int(d)
		}
		return int(a - b)
	})
	keep := s.learnt[:0]
	gone := map[int32]bool{}
	half := len(s.learnt) / 2
	for i, at := range s.learnt {
		if i < half || s.clauses.quality(at) <= 2 || locked(at) {
			keep = append(keep, at)
			continue
		}
		gone[at] = true
		s.clauses.waste += header + len(s.clauses.literals(at))
	}
	s.learnt = keep
	if len(gone) == 0 {
		return
	}
	for l := range s.watches {
		s.watches[l] = slices.DeleteFunc(s.watches[l], func(w watch) bool { return gone[w.clause] })
	}
	if s.clauses.waste > len(s.clauses.data)/2 {
		s.compact()
	}
}

// compact moves the clauses together.
func (s *Solver) compact() {
	moved := map[int32]int32{}
	var next arena
	move := func(at int32) int32 {
		to, done := moved[at]
		if !done {
			to = int32(len(next.data))
			next.data = append(next.data, s.clauses.data[at:int(at)+header+len(s.clauses.literals(at))]...)
			moved[at] = to
		}
		return to
	}
	for l := range s.watches {
		for i := range s.watches[l] {
			s.watches[l][i].clause = move(s.watches[l][i].clause)
		}
	}
	for i := range s.learnt {
		s.learnt[i] = move(s.learnt[i])
	}
	for _, l := range s.trail {
		if r := &s.reasons[l.Var()]; r.kind == byClause {
			r.at = move(r.at)
		}
	}
	s.clauses = next
}
