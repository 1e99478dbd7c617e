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
// keeps the others. In a large model it stops after a while; what it did not find out it
// does not warn of.
func (m *Model) checkIdle(mistakes *fault.Mistakes) {
	matters := m.witnessed()
	e := m.newEngine(true)
	e.limit = idleLimit
	for i := range m.def.Constraints {
		d := &m.def.Constraints[i]
		k := len(m.constraints) - len(m.def.Constraints) + i
		if matters[k] || e.work() > idleWork {
			continue
		}
		others, idle := e.idle(k)
		switch {
		case !idle:
		case len(others) == 0:
			mistakes.Warn(d.At, "constraint %s never matters: every configuration keeps it", d.ID)
		default:
			mistakes.Warn(d.At, "constraint %s never matters: what keeps %s keeps it, too", d.ID, listed(m.constraints, others))
		}
	}
}

// idleWork is how many conclusions a solver may draw to find constraints that never
// matter: about a second.
const idleWork = 3_000_000

// work is how many conclusions the solvers drew.
func (e *engine) work() (n int) {
	for _, p := range e.parts {
		n += p.solver.Stats.Propagations
	}
	return n
}

// witnessed finds constraints that matter, by constraint: a known configuration with one
// value changed breaks them and no other.
func (m *Model) witnessed() []bool {
	matters := make([]bool, len(m.constraints))
	a := m.empty()
	for k, known := range m.known {
		for _, found := range known {
			for i, v := range m.parts[k] {
				a.at[v] = int(found[i])
			}
			for i, v := range m.parts[k] {
				for _, x := range m.classes[v] {
					a.at[v] = x
					if only := m.onlyBroken(a, v); only >= 0 {
						matters[only] = true
					}
				}
				a.at[v] = int(found[i])
			}
		}
	}
	return matters
}

// onlyBroken returns the one constraint on a variable that values break, or −1.
func (m *Model) onlyBroken(a *assignment, v int) int {
	only := -1
	for _, k := range m.touching[v] {
		r := &m.rules[k]
		if r.constraint == only || r.form.keeps(a) {
			continue
		}
		if only >= 0 {
			return -1
		}
		only = r.constraint
	}
	return only
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

// breach adds to an engine, by part, the literal that some rule of a constraint in that
// part is broken.
func (e *engine) breach(constraint int) map[int]sat.Lit {
	rules := map[int][]sat.Lit{}
	for i := range e.m.rules {
		r := &e.m.rules[i]
		if r.constraint != constraint {
			continue
		}
		k := e.m.partOf[r.variables[0]]
		p := e.parts[k]
		one := p.fresh()
		p.under = one
		r.form.breach(p)
		rules[k] = append(rules[k], one)
	}
	breaks := map[int]sat.Lit{}
	for k, some := range rules {
		p := e.parts[k]
		breaks[k] = sat.Pos(p.solver.AddSwitch())
		p.solver.AddClause(append(some, breaks[k].Not())...)
	}
	return breaks
}

// near are the constraints that read a variable that one reads, too.
func (m *Model) near(constraint int) []bool {
	near := make([]bool, len(m.constraints))
	for i := range m.rules {
		if m.rules[i].constraint != constraint {
			continue
		}
		for _, v := range m.rules[i].variables {
			for _, k := range m.touching[v] {
				near[m.rules[k].constraint] = true
			}
		}
	}
	near[constraint] = false
	return near
}

// idle returns a minimal set of the other constraints under which a constraint cannot be
// broken, in order; false if it can, or that is not known. Those near it are asked first.
func (e *engine) idle(constraint int) (others []int, idle bool) {
	breaks := e.breach(constraint)
	for k, p := range e.parts {
		l, has := breaks[k]
		if !has {
			continue
		}
		e.spent = 0
		on := e.m.near(constraint)
		if e.solve(k, p.assume([]sat.Lit{l}, on), e.wishes(p, nobody)) != no {
			for c := range on {
				on[c] = c != constraint
			}
			if e.solve(k, p.assume([]sat.Lit{l}, on), e.wishes(p, nobody)) != no {
				return nil, false
			}
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
			if e.solve(k, p.assume([]sat.Lit{l}, on), e.wishes(p, nobody)) == no {
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
