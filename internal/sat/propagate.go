package sat

// propagate draws all conclusions. It returns false literals that cannot all be false,
// or nil.
func (s *Solver) propagate() (conflict []Lit) {
	for {
		for s.head < len(s.trail) {
			l := s.trail[s.head]
			s.head++
			s.Stats.Propagations++
			for _, k := range s.wakes[l.Var()] {
				if !s.external[k].woken {
					s.external[k].woken = true
					s.woken = append(s.woken, k)
				}
			}
			if conflict := s.follow(l); conflict != nil {
				return conflict
			}
		}
		if len(s.woken) == 0 {
			return nil
		}
		k := s.woken[0]
		s.woken = s.woken[1:]
		s.external[k].woken = false
		if conflict := s.external[k].Propagate(s); conflict != nil {
			return conflict
		}
	}
}

// sleep forgets which propagators were to be asked.
func (s *Solver) sleep() {
	for _, k := range s.woken {
		s.external[k].woken = false
	}
	s.woken = s.woken[:0]
}

// follow draws what a true literal alone brings about.
func (s *Solver) follow(l Lit) (conflict []Lit) {
	lost := l.Not()
	for _, other := range s.pairs[lost] {
		switch s.values[other] {
		case -1:
			s.stack = append(s.stack[:0], lost, other)
			return s.stack
		case 0:
			s.assign(other, reason{byPair, int32(lost)})
		}
	}
	if g := s.group[l]; g >= 0 {
		for _, other := range s.groups[g] {
			switch {
			case other == l:
			case s.values[other] > 0:
				s.stack = append(s.stack[:0], lost, other.Not())
				return s.stack
			case s.values[other] == 0:
				s.assign(other.Not(), reason{byPair, int32(lost)})
			}
		}
	}
	if conflict := s.followClauses(lost); conflict != nil {
		return conflict
	}
	for _, u := range s.uses[lost] {
		if conflict := s.draw(u.sum); conflict != nil {
			return conflict
		}
	}
	return nil
}

// followClauses looks for another literal to wait for, in every clause that waits for
// the one that became false.
func (s *Solver) followClauses(lost Lit) (conflict []Lit) {
	list := s.watches[lost]
	kept := list[:0]
	for i := 0; i < len(list); i++ {
		w := list[i]
		if s.values[w.blocker] > 0 {
			kept = append(kept, w)
			continue
		}
		c := s.clauses.literals(w.clause)
		if c[0] == lost {
			c[0], c[1] = c[1], c[0]
		}
		first := c[0]
		if s.values[first] > 0 {
			kept = append(kept, watch{w.clause, first})
			continue
		}
		if j := s.open(c); j > 0 {
			c[1], c[j] = c[j], c[1]
			s.watches[c[1]] = append(s.watches[c[1]], watch{w.clause, first})
			continue
		}
		kept = append(kept, watch{w.clause, first})
		if s.values[first] < 0 {
			kept = append(kept, list[i+1:]...)
			s.watches[lost] = kept
			s.stack = append(s.stack[:0], c...)
			return s.stack
		}
		s.assign(first, reason{byClause, w.clause})
	}
	s.watches[lost] = kept
	return nil
}

// open returns the place of a literal of a clause, after the first two, that is not
// false, or 0.
func (s *Solver) open(c []Lit) int {
	for j := 2; j < len(c); j++ {
		if s.values[c[j]] >= 0 {
			return j
		}
	}
	return 0
}

// because appends the literals that are false and for which alone l is true. A decision
// has none.
func (s *Solver) because(l Lit, into []Lit) []Lit {
	switch r := s.reasons[l.Var()]; r.kind {
	case byClause:
		return append(into, s.clauses.literals(r.at)[1:]...)
	case byPair:
		return append(into, Lit(r.at))
	case bySum:
		return s.guilty(&s.sums[r.at], into, l, s.place[l.Var()])
	case byPropagator:
		n := int32(s.said[r.at])
		return append(into, s.said[r.at+1:r.at+1+n]...)
	}
	return into
}
