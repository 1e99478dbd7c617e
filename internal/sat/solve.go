package sat

import (
	"context"
	"math"
)

// restartAfter times the next number of Luby's sequence (Luby, Sinclair, Zuckerman 1993)
// is how many dead ends a search meets before it starts again.
const restartAfter = 100

// wishFor is for how many dead ends the wishes of a Solve are decided first.
const wishFor = 16

// Limits bound a Solve.
type Limits struct {
	Conflicts int // dead ends; 0: as many as it takes
	// Wishes are decided true before anything else, where they are open, in this order. They
	// do not change the outcome, only the model.
	Wishes []Lit
}

// Solve looks for a model in which all assumptions are true. After Sat, Value tells it
// until the next change; after Unsat, Core tells the assumptions that exclude each other.
// A context that ends and a spent budget give Unknown.
func (s *Solver) Solve(ctx context.Context, assumptions []Lit, limits Limits) Result {
	s.Stats.Solves++
	s.core = s.core[:0]
	if s.broken {
		return Unsat
	}
	same := 0
	for same < len(s.assumed) && same < len(assumptions) && s.assumed[same] == assumptions[same] {
		same++
	}
	s.retract(same)
	s.first, s.nextWish = limits.Wishes, 0
	spent := 0
	for round := 1; ; round++ {
		result := s.search(assumptions, restartAfter*luby(round), &spent, limits)
		if result != Unknown {
			return result
		}
		if limits.Conflicts > 0 && spent >= limits.Conflicts || ctx.Err() != nil {
			s.retract(0)
			return Unknown
		}
		s.Stats.Restarts++
		s.retract(min(len(s.levels), len(assumptions)))
	}
}

// Implied returns the literals that follow from the assumptions by propagation alone,
// themselves included, and false when they exclude each other that way.
func (s *Solver) Implied(assumptions []Lit) (implied []Lit, ok bool) {
	if s.broken {
		return nil, false
	}
	s.retract(0)
	for _, a := range assumptions {
		if s.values[a] < 0 {
			s.retract(0)
			return nil, false
		}
		s.decide(a)
		if s.propagate() != nil {
			s.retract(0)
			return nil, false
		}
	}
	implied = append(implied, s.trail...)
	s.retract(0)
	return implied, true
}

// Core returns the assumptions of the last Solve that exclude each other together with
// the conditions, if it was Unsat. Without any, there is no model at all. It is valid
// until the next Solve.
func (s *Solver) Core() []Lit { return s.core }

// luby returns the i-th number of 1 1 2 1 1 2 4 1 1 2 …
func luby(i int) int {
	for k := 1; ; k++ {
		if i == 1<<k-1 {
			return 1 << (k - 1)
		}
		if i < 1<<k-1 {
			return luby(i - 1<<(k-1) + 1)
		}
	}
}

// search decides until there is a model, a contradiction, or too many dead ends.
func (s *Solver) search(assumptions []Lit, limit int, spent *int, limits Limits) Result {
	for conflicts := 0; ; {
		if conflict := s.propagate(); conflict != nil {
			s.Stats.Conflicts++
			conflicts++
			*spent++
			if !s.learn(conflict) {
				s.broken = true
				return Unsat
			}
			continue
		}
		if conflicts >= limit || limits.Conflicts > 0 && *spent >= limits.Conflicts {
			return Unknown
		}
		if most := s.mostLearnt(); len(s.learnt) > most {
			s.reduce()
		}
		if n := len(s.levels); n < len(assumptions) {
			a := assumptions[n]
			if s.values[a] < 0 {
				s.blame(a)
				return Unsat
			}
			s.assumed = append(s.assumed[:n], a)
			s.decide(a)
			continue
		}
		l := s.next(*spent)
		if l < 0 {
			return Sat
		}
		s.Stats.Decisions++
		s.decide(l)
	}
}

func (s *Solver) mostLearnt() int {
	if s.MaxLearnt > 0 {
		return s.MaxLearnt + len(s.trail)
	}
	return max(2000, len(s.clauses.data)/30) + len(s.trail)
}

// next returns the literal to decide, or −1.
func (s *Solver) next(spent int) Lit {
	if s.undecided == 0 {
		return -1
	}
	for ; spent < wishFor && s.nextWish < len(s.first); s.nextWish++ {
		if l := s.first[s.nextWish]; s.values[l] == 0 {
			return l
		}
	}
	for {
		v := s.heap.pop(s.activity)
		if v < 0 {
			return -1
		}
		if l := Pos(int(v)); s.values[l] == 0 && !s.passive[v] {
			if !s.phase[v] {
				l = l.Not()
			}
			return l
		}
	}
}

// learn turns a dead end into a clause, goes back to where that clause decides something,
// and decides it. It returns false if there is no model at all.
func (s *Solver) learn(conflict []Lit) bool {
	// A propagator may find out late what was so on an earlier level.
	top := int32(0)
	for _, l := range conflict {
		top = max(top, s.level[l.Var()])
	}
	if top == 0 {
		return false
	}
	s.retract(int(top))
	clause, back, quality := s.analyze(conflict)
	s.retract(back)
	s.bump *= 1 / 0.95
	switch len(clause) {
	case 1:
		s.assign(clause[0], reason{})
	case 2:
		s.pair(clause[0], clause[1])
		s.assign(clause[0], reason{byPair, int32(clause[1])})
	default:
		at := s.clauses.add(clause, true)
		s.clauses.setQuality(at, quality)
		s.learnt = append(s.learnt, at)
		s.attach(at)
		s.assign(clause[0], reason{byClause, at})
	}
	return true
}

// analyze resolves a dead end with the reasons of its literals until one of the last
// level is left (the first unique implication point). It returns the clause, that
// literal first and one of the level to go back to second, and how many levels it spans.
func (s *Solver) analyze(conflict []Lit) (clause []Lit, back int, quality int32) {
	clause = append(s.buffer[:0], 0)
	top := int32(len(s.levels))
	open, i := 0, len(s.trail)-1
	lits := conflict
	var p Lit
	for {
		for _, q := range lits {
			v := q.Var()
			if s.seen[v] || s.level[v] == 0 {
				continue
			}
			s.seen[v] = true
			s.raise(v)
			if s.level[v] == top {
				open++
			} else {
				clause = append(clause, q)
			}
		}
		for !s.seen[s.trail[i].Var()] {
			i--
		}
		p = s.trail[i]
		i--
		s.seen[p.Var()] = false
		if open--; open == 0 {
			break
		}
		s.stack = s.because(p, s.stack[:0])
		lits = s.stack
	}
	clause[0] = p.Not()
	seen := append([]Lit(nil), clause[1:]...)
	kept := clause[:1]
	for _, q := range clause[1:] {
		if !s.redundant(q) {
			kept = append(kept, q)
		}
	}
	for _, q := range seen {
		s.seen[q.Var()] = false
	}
	clause, s.buffer = kept, clause
	if len(clause) == 1 {
		return clause, 0, 1
	}
	at := 1
	for j := 2; j < len(clause); j++ {
		if s.level[clause[j].Var()] > s.level[clause[at].Var()] {
			at = j
		}
	}
	clause[1], clause[at] = clause[at], clause[1]
	return clause, int(s.level[clause[1].Var()]), s.spans(clause)
}

// redundant reports whether a literal follows from others of the clause, directly.
func (s *Solver) redundant(q Lit) bool {
	if s.reasons[q.Var()].kind == decided {
		return false
	}
	s.stack = s.because(q.Not(), s.stack[:0])
	for _, l := range s.stack {
		if v := l.Var(); !s.seen[v] && s.level[v] > 0 {
			return false
		}
	}
	return true
}

// spans counts the levels of a clause's literals.
func (s *Solver) spans(clause []Lit) int32 {
	levels := map[int32]bool{}
	for _, l := range clause {
		levels[s.level[l.Var()]] = true
	}
	return int32(len(levels))
}

// raise makes a variable more likely to be decided soon.
func (s *Solver) raise(v int) {
	if s.bump == 0 {
		s.bump = 1
	}
	s.activity[v] += s.bump
	if s.activity[v] > math.MaxFloat64/1e200 {
		for i := range s.activity {
			s.activity[i] *= 1e-100
		}
		s.bump *= 1e-100
	}
	if s.heap.at[v] >= 0 {
		s.heap.up(int32(v), s.activity)
	}
}

// blame finds the assumptions for which an assumption is false.
func (s *Solver) blame(a Lit) {
	s.core = append(s.core[:0], a)
	if s.level[a.Var()] == 0 {
		return
	}
	s.seen[a.Var()] = true
	for i := len(s.trail) - 1; i >= int(s.levels[0].trail); i-- {
		l := s.trail[i]
		if !s.seen[l.Var()] {
			continue
		}
		s.seen[l.Var()] = false
		if s.reasons[l.Var()].kind == decided { // an assumption, as nothing else was decided
			s.core = append(s.core, l)
			continue
		}
		s.stack = s.because(l, s.stack[:0])
		for _, q := range s.stack {
			if s.level[q.Var()] > 0 {
				s.seen[q.Var()] = true
			}
		}
	}
}
