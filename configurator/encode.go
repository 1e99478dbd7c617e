package configurator

import (
	"slices"

	"quotewright/internal/sat"
)

// part is one connected piece of a model, which a solver of its own decides: no
// constraint joins its variables with others.
type part struct {
	e         *engine
	solver    *sat.Solver
	variables []int
	truth     sat.Lit            // true always
	switches  map[int]sat.Lit    // by constraint, of an engine that explains: it counts
	toggles   []int              // the constraints that have one, in order
	sets      map[setKey]sat.Lit // literals that a variable is in a set of values
	ladders   map[int][]sat.Lit  // by variable: it has at least the k-th value
	recent    [][]int32          // configurations found last
	oldest    int
	assumed   []sat.Lit
	wishes    []sat.Lit
	others    []sat.Lit
	under     sat.Lit // the switch of the constraint that is being encoded, or truth
}

type setKey struct {
	variable int
	values   string // bits
}

func (m *Model) newEngine(explains bool) *engine {
	e := &engine{m: m, explains: explains, limit: searchLimit, values: make([][]sat.Lit, len(m.variables)), view: m.newView(), at: m.empty(),
		bits: make([]uint64, m.words), size: make([]int, len(m.variables)), seen: make([]uint64, m.words), breakers: make([][]int, len(m.variables)), active: make([]bool, len(m.constraints))}
	for _, variables := range m.parts {
		p := &part{e: e, solver: &sat.Solver{}, variables: variables, switches: map[int]sat.Lit{}, sets: map[setKey]sat.Lit{}, ladders: map[int][]sat.Lit{}}
		p.truth = p.fresh()
		p.solver.AddClause(p.truth)
		for _, v := range variables {
			e.values[v], e.breakers[v] = p.domain(len(m.classes[v])), make([]int, len(m.classes[v]))
			for class := range e.breakers[v] {
				e.breakers[v][class] = m.touching[v][0]
			}
		}
		e.parts = append(e.parts, p)
	}
	for k := range m.rules {
		r := &m.rules[k]
		p := e.parts[m.partOf[r.variables[0]]]
		p.under = p.truth
		if explains {
			p.under = p.toggle(r.constraint)
		}
		r.form.encode(p)
	}
	return e
}

// domain makes the literals of a variable with so many values.
func (p *part) domain(n int) []sat.Lit {
	if n == 1 {
		return []sat.Lit{p.truth}
	}
	if n == 2 {
		l := sat.Pos(p.solver.AddVar())
		p.solver.Prefer(l.Not())
		return []sat.Lit{l.Not(), l}
	}
	values := make([]sat.Lit, n)
	for x := range values {
		values[x] = sat.Pos(p.solver.AddVar())
	}
	p.solver.AddGroup(values...)
	return values
}

// toggle returns the literal that a constraint counts.
func (p *part) toggle(constraint int) sat.Lit {
	l, known := p.switches[constraint]
	if !known {
		l = sat.Pos(p.solver.AddSwitch())
		p.switches[constraint] = l
		p.toggles = append(p.toggles, constraint)
	}
	return l
}

// demand adds a clause that holds if the constraint counts.
func (p *part) demand(clause ...sat.Lit) {
	p.solver.AddClause(append(clause, p.under.Not())...)
}

func (p *part) fresh() sat.Lit { return sat.Pos(p.solver.AddVar()) }

// in returns the literal that a variable has one of some values.
func (p *part) in(v int, values []uint64) sat.Lit {
	all := p.e.values[v]
	var inside, outside []sat.Lit
	first, last := -1, -1
	for x, l := range all {
		if inSet(values, p.e.m.classes[v][x]) {
			if inside = append(inside, l); first < 0 {
				first = x
			}
			last = x
		} else {
			outside = append(outside, l)
		}
	}
	switch {
	case len(outside) == 0:
		return p.truth
	case len(inside) == 0:
		return p.truth.Not()
	case len(inside) == 1:
		return inside[0]
	case len(outside) == 1:
		return outside[0].Not()
	case p.e.m.isInteger(v) && last-first+1 == len(inside) && last == len(all)-1:
		return p.ladder(v)[first]
	case p.e.m.isInteger(v) && last-first+1 == len(inside) && first == 0:
		return p.ladder(v)[last+1].Not()
	}
	key := setKey{v, keyOf(values)}
	if l, known := p.sets[key]; known {
		return l
	}
	l := p.fresh()
	p.sets[key] = l
	for _, x := range inside {
		p.solver.AddClause(x.Not(), l)
	}
	for _, x := range outside {
		p.solver.AddClause(x.Not(), l.Not())
	}
	p.solver.AddClause(append(inside, l.Not())...)
	return l
}

func keyOf(values []uint64) string {
	b := make([]byte, 0, 8*len(values))
	for _, w := range values {
		for range 8 {
			b = append(b, byte(w))
			w >>= 8
		}
	}
	return string(b)
}

// ladder returns the literals that an integer has at least its k-th value; the first is
// true always.
func (p *part) ladder(v int) []sat.Lit {
	if l, known := p.ladders[v]; known {
		return l
	}
	values := p.e.values[v]
	n := len(values)
	rungs := make([]sat.Lit, n)
	rungs[0] = p.truth
	for k := 1; k < n; k++ {
		rungs[k] = p.fresh()
	}
	p.ladders[v] = rungs
	for k := 1; k < n; k++ {
		p.solver.AddClause(rungs[k].Not(), rungs[k-1])
	}
	for k, x := range values {
		p.solver.AddClause(x.Not(), rungs[k])
		if k+1 < n {
			p.solver.AddClause(x.Not(), rungs[k+1].Not())
			p.solver.AddClause(rungs[k].Not(), rungs[k+1], x)
		} else {
			p.solver.AddClause(rungs[k].Not(), x)
		}
	}
	return rungs
}

func (m *Model) isInteger(v int) bool {
	return len(m.classes[v]) > 2 && m.features[m.variables[v].feature].Kind == KindInteger
}

// encode says of each row what it has, and of each value which rows have it.
func (t *table) encode(p *part) {
	if len(t.columns) == 2 {
		t.encodePair(p)
		return
	}
	taken := make([]sat.Lit, len(t.rows))
	with := make([][][]sat.Lit, len(t.columns)) // by column and value
	for c, v := range t.columns {
		with[c] = make([][]sat.Lit, len(p.e.values[v]))
	}
	for i, row := range t.rows {
		taken[i] = p.fresh()
		for c, v := range t.columns {
			clause := []sat.Lit{taken[i].Not()}
			for k, x := range p.e.m.classes[v] {
				if inSet(t.allows[c][x], i) {
					with[c][k] = append(with[c][k], taken[i])
					clause = append(clause, p.e.values[v][k])
				}
			}
			if row[c] != nil {
				p.solver.AddClause(clause...)
			}
		}
	}
	p.demand(slices.Clone(taken)...)
	for c, v := range t.columns {
		for x, rows := range with[c] {
			if len(rows) < len(t.rows) {
				p.demand(append(rows, p.e.values[v][x].Not())...)
			}
		}
	}
}

// encodePair says for each value of either column what the other may be.
func (t *table) encodePair(p *part) {
	for c, v := range t.columns {
		other := t.columns[1-c]
		for k, l := range p.e.values[v] {
			with := make([]uint64, p.e.m.variables[other].words)
			for _, y := range p.e.m.classes[other] {
				set(with, y, meet(t.allows[c][p.e.m.classes[v][k]], t.allows[1-c][y]))
			}
			p.member(l.Not(), other, with)
		}
	}
}

// member demands that a variable has one of some values, or else that a literal is true.
func (p *part) member(or sat.Lit, v int, values []uint64) {
	clause := []sat.Lit{or}
	for k, l := range p.e.values[v] {
		if inSet(values, p.e.m.classes[v][k]) {
			clause = append(clause, l)
		}
	}
	if n := len(p.e.values[v]); len(clause)-1 == n {
		return
	} else if len(clause) > 4 {
		clause = []sat.Lit{or, p.in(v, values)}
	}
	p.demand(clause...)
}

// encode adds a clause for each way through the diagram that leads to nothing.
func (d *diagram) encode(p *part) { d.walk(p, d.root, nowhere, 0, nil) }

// walk forbids each way to an end.
func (d *diagram) walk(p *part, b, end *branch, depth int, path []sat.Lit) {
	if b == end {
		p.demand(slices.Clone(path)...)
		return
	}
	for _, e := range b.edges {
		step := p.in(d.variables[depth], e.values).Not()
		d.walk(p, e.to, end, depth+1, append(path[:len(path):len(path)], step))
	}
}

// encode bounds how many options are chosen.
func (c *cardinality) encode(p *part) { p.between(c.terms(p), int64(c.least), int64(c.most), nil) }

func (c *cardinality) terms(p *part) []sat.Term {
	var terms []sat.Term
	for v := c.first; v < c.first+c.count; v++ {
		terms = append(terms, sat.Term{Lit: p.e.values[v][1], Weight: 1})
	}
	return terms
}

// between demands a sum of at least and at most so much, if the constraint counts and
// all of some conditions hold.
func (p *part) between(terms []sat.Term, least, most int64, when []sat.Lit) {
	all := int64(0)
	for _, t := range terms {
		all += t.Weight
	}
	inactive := []sat.Lit{p.under.Not()}
	for _, l := range when {
		inactive = append(inactive, l.Not())
	}
	if least > all || most < 0 { // no sum does
		p.solver.AddClause(inactive...)
		return
	}
	off := inactive[0]
	if len(when) > 0 {
		off = p.fresh()
		p.solver.AddClause(append(inactive, off.Not())...)
	}
	if least > 0 {
		p.solver.AddAtLeast(least, append(slices.Clone(terms), sat.Term{Lit: off, Weight: least})...)
	}
	if most < all {
		opposite := make([]sat.Term, 0, len(terms)+1)
		for _, t := range terms {
			opposite = append(opposite, sat.Term{Lit: t.Lit.Not(), Weight: t.Weight})
		}
		p.solver.AddAtLeast(all-most, append(opposite, sat.Term{Lit: off, Weight: all - most})...)
	}
}

func (l *linear) encode(p *part) {
	terms, least, most := l.sum(p)
	var when []sat.Lit
	if l.when != nil {
		when = append(when, l.when.literal(p))
	}
	p.between(terms, least, most, when)
}

// sum returns what the parts add over their least, and the ends of that.
func (l *linear) sum(p *part) (terms []sat.Term, least, most int64) {
	base := int64(0)
	for i := range l.parts {
		terms, base = l.parts[i].rungs(p, terms, base)
	}
	least, most = -noEnd, noEnd
	if l.low > -noEnd {
		least = l.low - base
	}
	if l.high < noEnd {
		most = l.high - base
	}
	return terms, least, most
}

// rungs appends what a variable adds to a sum over its least: by how much it rises with
// each set of values that adds more.
func (s *share) rungs(p *part, terms []sat.Term, base int64) ([]sat.Term, int64) {
	steps := slices.Clone(s.values)
	slices.Sort(steps)
	steps = slices.Compact(steps)
	var below sat.Lit = -1
	for i := 1; i < len(steps); i++ {
		more := make([]uint64, p.e.m.variables[s.variable].words)
		for x, v := range s.values {
			set(more, x, v >= steps[i])
		}
		l := p.in(s.variable, more)
		if below >= 0 {
			p.solver.AddClause(l.Not(), below)
		}
		terms, below = append(terms, sat.Term{Lit: l, Weight: steps[i] - steps[i-1]}), l
	}
	return terms, base + steps[0]
}

// encode demands the condition.
func (l *logic) encode(p *part) {
	if l.op == allOf {
		for _, k := range l.of {
			k.encode(p)
		}
		return
	}
	p.demand(l.clause(p, false, nil)...)
}

// clause appends literals of which one has to be true for the condition, or its opposite.
func (l *logic) clause(p *part, not bool, into []sat.Lit) []sat.Lit {
	switch {
	case l.op == notOf:
		return l.of[0].clause(p, !not, into)
	case l.op == anyOf && !not, l.op == allOf && not:
		for _, k := range l.of {
			into = k.clause(p, not, into)
		}
		return into
	case not:
		return append(into, l.literal(p).Not())
	}
	return append(into, l.literal(p))
}

// literal returns the literal that the condition holds.
func (l *logic) literal(p *part) sat.Lit {
	switch l.op {
	case member:
		return p.in(l.variable, l.values)
	case notOf:
		return l.of[0].literal(p).Not()
	}
	all := p.fresh()
	any := []sat.Lit{all}
	for _, k := range l.of {
		x := k.literal(p)
		if l.op == anyOf {
			x = x.Not()
		}
		p.solver.AddClause(all.Not(), x)
		any = append(any, x.Not())
	}
	p.solver.AddClause(any...)
	if l.op == anyOf { // none of them
		return all.Not()
	}
	return all
}

// encode makes the solver ask the formula.
func (c *condition) encode(p *part) {
	watched := []int{}
	for _, v := range c.variables {
		for _, l := range p.e.values[v] {
			watched = append(watched, l.Var())
		}
	}
	if p.under != p.truth {
		watched = append(watched, p.under.Var())
	}
	slices.Sort(watched)
	p.solver.AddPropagator(&asked{c, p, p.under}, slices.Compact(watched))
}

// asked is a formula that says what is possible under the domains of a solver.
type asked struct {
	*condition
	p     *part
	under sat.Lit
}

// Propagate removes the values that cannot stand with what the domains are.
func (a *asked) Propagate(s *sat.Solver) []sat.Lit {
	if s.Value(a.under) <= 0 {
		return nil
	}
	view := a.p.e.view
	why := []sat.Lit{a.under.Not()}
	for _, v := range a.variables {
		domain := view.domain(v)
		clear(domain)
		n := 0
		for x, l := range a.p.e.values[v] {
			if s.Value(l) < 0 {
				why = append(why, l)
				continue
			}
			set(domain, x, true)
			n++
		}
		view.size[v] = n
		if n == 0 {
			return nil // the clauses say so
		}
	}
	if !a.filter(view) {
		return why
	}
	for _, v := range a.variables {
		for x, l := range a.p.e.values[v] {
			if s.Value(l) >= 0 && !view.has(v, x) {
				if s.Value(l) > 0 {
					return append(why, l.Not())
				}
				s.Imply(l.Not(), why)
			}
		}
	}
	return nil
}
