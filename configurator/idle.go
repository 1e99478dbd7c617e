package configurator

import (
	"slices"

	"quotewright/internal/fault"
	"quotewright/internal/sat"
)

// breach says the opposite of a rule.

func (l *logic) breach(p *part) { p.demand(l.clause(p, true, nil)...) }

func (d *diagram) breach(p *part) { d.walk(p, d.root, anywhere, 0, nil) }

func (t *table) breach(p *part) {
	for i, row := range t.rows {
		var clause []sat.Lit
		for c, v := range t.columns {
			if row[c] == nil {
				continue
			}
			values := make([]uint64, p.e.m.variables[v].words)
			for x := range t.allows[c] {
				set(values, x, inSet(t.allows[c][x], i))
			}
			clause = append(clause, p.in(v, values).Not())
		}
		p.demand(clause...)
	}
}

func (c *cardinality) breach(p *part) { p.outside(c.terms(p), int64(c.least), int64(c.most)) }

func (l *linear) breach(p *part) {
	if l.when != nil {
		l.when.encode(p)
	}
	terms, least, most := l.sum(p)
	p.outside(terms, least, most)
}

func (c *condition) breach(p *part) {
	opposite := &condition{c.variables, broken{c.term}, func(a *assignment) bool { return !c.holds(a) }}
	opposite.encode(p)
}

// broken is the opposite of a condition, which does not hold where it gives a mistake.
type broken struct{ of term }

func (t broken) bound(s *view) bound {
	b := t.of.bound(s)
	r := nothing
	r.yes, r.no = b.no || b.erroneous || b.none, b.yes
	return r
}

// outside demands a sum below or above some ends.
func (p *part) outside(terms []sat.Term, least, most int64) {
	below, above := p.fresh(), p.fresh()
	p.demand(below, above)
	all := int64(0)
	for _, t := range terms {
		all += t.Weight
	}
	if least <= 0 {
		p.solver.AddClause(below.Not())
	} else {
		p.between(terms, 0, least-1, []sat.Lit{below})
	}
	if most >= all {
		p.solver.AddClause(above.Not())
	} else {
		p.between(terms, most+1, all, []sat.Lit{above})
	}
}

// checkIdle warns of constraints that never matter: no configuration breaks them that
// keeps the others.
func (m *Model) checkIdle(mistakes *fault.Mistakes) {
	e := m.newEngine(true)
	breaks := e.breaches()
	for i := range m.def.Constraints {
		d := &m.def.Constraints[i]
		k := len(m.constraints) - len(m.def.Constraints) + i
		others, idle := e.idle(k, breaks[k])
		switch {
		case !idle:
		case len(others) == 0:
			mistakes.Warn(d.At, "constraint %s never matters: every configuration keeps it", d.ID)
		default:
			mistakes.Warn(d.At, "constraint %s never matters: what keeps %s keeps it, too", d.ID, listed(m.constraints, others))
		}
	}
}

func listed(constraints []constraint, which []int) string {
	text := ""
	for i, k := range which {
		switch {
		case i == 0:
		case i == len(which)-1:
			text += " and "
		default:
			text += ", "
		}
		text += constraints[k].id
	}
	return text
}

// breaches adds to an engine, by constraint and part, the literal that some rule of the
// constraint in that part is broken.
func (e *engine) breaches() []map[int]sat.Lit {
	rules := make([]map[int][]sat.Lit, len(e.m.constraints))
	for i := range e.m.rules {
		r := &e.m.rules[i]
		k := e.m.partOf[r.variables[0]]
		p := e.parts[k]
		one := p.fresh()
		p.under = one
		r.form.breach(p)
		if rules[r.constraint] == nil {
			rules[r.constraint] = map[int][]sat.Lit{}
		}
		rules[r.constraint][k] = append(rules[r.constraint][k], one)
	}
	breaks := make([]map[int]sat.Lit, len(rules))
	for c := range rules {
		breaks[c] = map[int]sat.Lit{}
		for k, any := range rules[c] {
			p := e.parts[k]
			l := sat.Pos(p.solver.AddSwitch())
			p.solver.AddClause(append(any, l.Not())...)
			breaks[c][k] = l
		}
	}
	return breaks
}

// idle returns a minimal set of the other constraints under which a constraint cannot be
// broken, in order; false if it can, or that is not known.
func (e *engine) idle(constraint int, breaks map[int]sat.Lit) (others []int, idle bool) {
	for k := range e.parts {
		l, has := breaks[k]
		if !has {
			continue
		}
		p := e.parts[k]
		on := make([]bool, len(e.m.constraints))
		for _, c := range p.toggles {
			on[c] = c != constraint
		}
		e.spent = 0
		if e.solve(k, p.assume([]sat.Lit{l}, on), nil) != no {
			return nil, false
		}
		core := slices.Clone(p.solver.Core())
		for _, c := range p.toggles {
			if !on[c] {
				continue
			}
			on[c] = false
			if !slices.Contains(core, p.switches[c]) {
				continue
			}
			if e.solve(k, p.assume([]sat.Lit{l}, on), nil) == no {
				core = slices.Clone(p.solver.Core())
			} else {
				on[c] = true
				others = append(others, c)
			}
		}
	}
	slices.Sort(others)
	return slices.Compact(others), true
}
