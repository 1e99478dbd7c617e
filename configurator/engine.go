package configurator

import (
	"context"
	"math/bits"
	"slices"

	"quotewright/internal/sat"
)

// The limits of the search, in dead ends, so that a model beyond its reach gets an
// answer marked as unverified in bounded time.
const (
	searchLimit  = 5_000  // of one search
	resolveLimit = 20_000 // of all searches of one Resolve
	idleLimit    = 200    // of one search for a configuration that breaks a constraint
	mostKnown    = 64     // configurations of a part that are kept with the model
	mostRecent   = 256    // those that an engine keeps of the last questions
)

// answer is the outcome of a search.
type answer int

const (
	unknown answer = iota // the limit was reached
	yes
	no
)

// engine decides a model: every connected part of it with a solver of its own. What no
// constraint reads needs none. It is not safe for concurrent use, and can be used again:
// what it learned holds for every question.
type engine struct {
	m        *Model
	explains bool // constraints can be left out
	learning bool // the configurations found are kept with the model
	parts    []*part
	values   [][]sat.Lit // by variable: its values; nil: in no part
	view     *view       // what formulas are asked under
	at       *assignment // the last configuration found
	bits     []uint64    // the exact domains
	size     []int
	seen     []uint64         // values that some configuration has
	breakers [][]int          // by variable and class: the rule that broke last with it
	active   []bool           // by constraint: whether it had a part in the last no
	blamed   map[literal]bool // what of the question had
	limit    int              // of dead ends in one search
	spent    int              // dead ends in this Resolve
}

// borrow returns an engine that nobody uses.
func (m *Model) borrow(explains bool) *engine {
	pool := &m.plain
	if explains {
		pool = &m.explaining
	}
	if e, ok := pool.Get().(*engine); ok {
		e.spent = 0
		return e
	}
	return m.newEngine(explains)
}

func (e *engine) giveBack() {
	if e.explains {
		e.m.explaining.Put(e)
	} else {
		e.m.plain.Put(e)
	}
}

// connect splits the model into parts that no rule joins.
func (m *Model) connect() {
	parent := make([]int, len(m.variables))
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
	m.touching, m.partOf, m.place = make([][]int, len(m.variables)), make([]int, len(m.variables)), make([]int, len(m.variables))
	for k := range m.rules {
		for _, v := range m.rules[k].variables {
			m.touching[v] = append(m.touching[v], k)
			parent[root(v)] = root(m.rules[k].variables[0])
		}
	}
	place := map[int]int{}
	for v := range m.variables {
		m.partOf[v] = -1
		if len(m.touching[v]) == 0 {
			continue
		}
		at, known := place[root(v)]
		if !known {
			at = len(m.parts)
			place[root(v)] = at
			m.parts = append(m.parts, nil)
		}
		m.partOf[v] = at
		m.place[v] = len(m.parts[at])
		m.parts[at] = append(m.parts[at], v)
	}
}

// question is a list of literals by part.
type question map[int][]sat.Lit

// lit returns a literal as the solver has it; false if it says nothing, because another
// value is like the one that is excluded.
func (e *engine) lit(l literal) (x sat.Lit, says bool) {
	x = e.values[l.variable][e.m.classOf[l.variable][l.value]]
	if l.not {
		return x.Not(), e.m.alone(l.variable, l.value)
	}
	return x, true
}

// ask sorts literals by part. False: what is in no part contradicts itself.
func (e *engine) ask(literals []literal) (q question, ok bool) {
	q = question{}
	free := map[int][]uint64{}
	for _, l := range literals {
		if k := e.m.partOf[l.variable]; k >= 0 {
			if x, says := e.lit(l); says {
				q[k] = append(q[k], x)
			}
			continue
		}
		domain := free[l.variable]
		if domain == nil {
			domain = make([]uint64, e.m.variables[l.variable].words)
			free[l.variable] = domain
			for w := range domain {
				domain[w] = span(w, 0, len(e.m.variables[l.variable].values))
			}
		}
		for w := range domain {
			only := span(w, l.value, l.value+1)
			if l.not {
				only = ^only
			}
			domain[w] &= only
		}
		if !slices.ContainsFunc(domain, func(w uint64) bool { return w != 0 }) {
			return q, false
		}
	}
	return q, true
}

// solve looks for values of a part under assumptions.
func (e *engine) solve(k int, assumptions, wishes []sat.Lit) answer {
	limit := min(e.limit, resolveLimit-e.spent)
	if limit <= 0 {
		return unknown
	}
	s := e.parts[k].solver
	before := s.Stats.Conflicts
	result := s.Solve(context.Background(), assumptions, sat.Limits{Conflicts: limit, Wishes: wishes})
	e.spent += s.Stats.Conflicts - before
	switch result {
	case sat.Sat:
		for _, v := range e.parts[k].variables {
			e.at.at[v] = e.m.classes[v][slices.IndexFunc(e.values[v], func(l sat.Lit) bool { return s.Value(l) > 0 })]
		}
		return yes
	case sat.Unsat:
		return no
	}
	return unknown
}

// possible looks for a configuration under the constraints that are on, nil for all.
// After no, active and blamed tell the constraints and the literals that say so: the
// others had no part in it. The engine has to be one that explains.
func (e *engine) possible(literals []literal, on []bool) answer {
	clear(e.active)
	e.blamed = map[literal]bool{}
	q, ok := e.ask(literals)
	if !ok {
		for _, l := range literals {
			e.blamed[l] = true
		}
		return no
	}
	result := yes
	for k := range e.parts {
		if _, asked := q[k]; !asked && len(literals) > 0 {
			continue
		}
		switch e.solve(k, e.parts[k].assume(q[k], on), e.wishes(e.parts[k], nobody)) {
		case no:
			e.blame(k, literals)
			return no
		case unknown:
			result = unknown
		}
	}
	return result
}

func nobody(int) bool { return false }

// assume makes constraints count. What changes from question to question comes last, so
// that the solver need not begin anew: the literals while all constraints count, else the
// first constraints, which are tried without one after the other.
func (p *part) assume(literals []sat.Lit, on []bool) []sat.Lit {
	p.assumed = p.assumed[:0]
	if on == nil {
		for _, k := range p.toggles {
			p.assumed = append(p.assumed, p.switches[k])
		}
		p.assumed = append(p.assumed, literals...)
		return p.assumed
	}
	p.assumed = append(p.assumed, literals...)
	for _, k := range slices.Backward(p.toggles) {
		if on[k] {
			p.assumed = append(p.assumed, p.switches[k])
		}
	}
	return p.assumed
}

// blame notes what a solver needed to say no.
func (e *engine) blame(k int, literals []literal) {
	core := e.parts[k].solver.Core()
	for _, c := range e.parts[k].toggles {
		if slices.Contains(core, e.parts[k].switches[c]) {
			e.active[c] = true
		}
	}
	for _, l := range literals {
		if e.m.partOf[l.variable] != k {
			continue
		}
		if x, says := e.lit(l); says && slices.Contains(core, x) {
			e.blamed[l] = true
		}
	}
}

// exact finds the values that some configuration with the given literals has, of all
// variables or of some, and leaves them in bits and size. Values that the limit left open
// stay, and are returned as unverified; false means that there is no configuration.
func (e *engine) exact(given []literal, some func(v int) bool) (unverified []literal, ok bool) {
	q, ok := e.ask(given)
	if !ok {
		return nil, false
	}
	for v := range e.m.variables {
		if e.m.root == nil {
			e.size[v] = e.m.fill(v, e.bits)
		}
	}
	if e.m.root != nil {
		copy(e.bits, e.m.root)
		copy(e.size, e.m.rootSize)
		for _, l := range e.m.open {
			if _, asked := q[e.m.partOf[l.variable]]; !asked {
				unverified = append(unverified, l)
			}
		}
	}
	for k, p := range e.parts {
		if _, asked := q[k]; !asked && e.m.root != nil || some != nil && !slices.ContainsFunc(p.variables, some) {
			continue
		}
		left, ok := e.exactIn(k, q[k], slices.DeleteFunc(slices.Clone(given), func(l literal) bool { return e.m.partOf[l.variable] != k }), some)
		if !ok {
			return nil, false
		}
		unverified = append(unverified, left...)
	}
	for _, l := range given {
		if e.m.partOf[l.variable] < 0 {
			e.keep(l.variable, func(x int) bool { return (x == l.value) != l.not })
		}
	}
	return unverified, true
}

// keep narrows the domain of a variable.
func (e *engine) keep(v int, is func(x int) bool) {
	domain := e.m.domainOf(e.bits, v)
	e.size[v] = 0
	for x := range e.m.variables[v].values {
		if !inSet(domain, x) {
			continue
		}
		if is(x) {
			e.size[v]++
		} else {
			domain[x>>6] &^= 1 << (x & 63)
		}
	}
}

func (e *engine) sees(v, x int) bool {
	return inSet(e.m.domainOf(e.seen, v), x)
}

// exactIn is exact in one part. It goes by the first value of each class of those that are
// alike, and in the end by all of them.
func (e *engine) exactIn(k int, given []sat.Lit, literals []literal, some func(v int) bool) (unverified []literal, ok bool) {
	p := e.parts[k]
	e.recall(k, literals)
	for _, v := range p.variables {
		e.keep(v, func(x int) bool { return e.m.classes[v][e.m.classOf[v][x]] == x })
	}
	open := map[literal]bool{}
	switch e.solve(k, given, e.wishes(p, some)) {
	case no:
		return nil, false
	case yes:
		e.see(k)
		for _, v := range p.variables { // what propagation excludes needs no search
			e.keep(v, func(x int) bool { return !p.solver.Drawn(e.values[v][e.m.classOf[v][x]].Not()) })
		}
		e.probe(k, given, some, open)
	default:
		for _, v := range p.variables {
			for _, x := range e.m.classes[v] {
				open[literal{variable: v, value: x}] = e.inDomain(v, x)
			}
		}
	}
	for _, v := range p.variables {
		e.spread(v, literals)
		for x, class := range e.m.classOf[v] {
			l := literal{variable: v, value: e.m.classes[v][class]}
			if open[l] && !e.sees(v, l.value) && e.inDomain(v, x) {
				unverified = append(unverified, literal{variable: v, value: x})
			}
		}
	}
	return unverified, true
}

// probe looks for a configuration with each value that was in none yet.
func (e *engine) probe(k int, given []sat.Lit, some func(v int) bool, open map[literal]bool) {
	p := e.parts[k]
	for _, v := range p.variables {
		if some != nil && !some(v) {
			continue
		}
		for class, x := range e.m.classes[v] {
			if !e.inDomain(v, x) || e.sees(v, x) {
				continue
			}
			switch e.solve(k, append(given[:len(given):len(given)], e.values[v][class]), e.wishes(p, some)) {
			case yes:
				e.see(k)
			case no:
				e.keep(v, func(y int) bool { return y != x })
			case unknown:
				open[literal{variable: v, value: x}] = true
			}
		}
	}
}

// spread puts into the domain of a variable what is like the values that are in it, but
// of a value that is given nothing else.
func (e *engine) spread(v int, given []literal) {
	domain := e.m.domainOf(e.bits, v)
	left := make([]bool, len(e.m.classes[v]))
	for class, x := range e.m.classes[v] {
		left[class] = inSet(domain, x)
	}
	only := slices.IndexFunc(given, func(l literal) bool { return l.variable == v && !l.not })
	clear(domain)
	e.size[v] = 0
	for x, class := range e.m.classOf[v] {
		if left[class] && (only < 0 || given[only].value == x) {
			set(domain, x, true)
			e.size[v]++
		}
	}
}

func (e *engine) inDomain(v, x int) bool {
	return inSet(e.m.domainOf(e.bits, v), x)
}

// wishes are, of each variable, the first value that no configuration was seen with, and
// then the last one found of the others.
func (e *engine) wishes(p *part, some func(v int) bool) []sat.Lit {
	list, rest := p.wishes[:0], p.others[:0]
	for _, v := range p.variables {
		wish := -1
		if some == nil || some(v) {
			wish = e.unseen(v)
		}
		if wish >= 0 {
			list = append(list, e.values[v][e.m.classOf[v][wish]])
		} else if x := e.at.at[v]; x >= 0 {
			rest = append(rest, e.values[v][e.m.classOf[v][x]])
		}
	}
	p.wishes, p.others = append(list, rest...), rest
	return p.wishes
}

// unseen returns the first value of a variable that no configuration was seen with, or −1.
func (e *engine) unseen(v int) int {
	d := &e.m.variables[v]
	for w := range d.words {
		if left := e.bits[d.word+w] &^ e.seen[d.word+w]; left != 0 {
			return w<<6 + bits.TrailingZeros64(left)
		}
	}
	return -1
}

// recall forgets what was seen in a part, but for the configurations known that agree with
// what is given. After a choice most of those found before still do.
func (e *engine) recall(k int, given []literal) {
	p := e.parts[k]
	for _, v := range p.variables {
		clear(e.m.domainOf(e.seen, v))
	}
	for i := range len(e.m.known[k]) + len(p.recent) {
		var found []int32
		if i < len(e.m.known[k]) {
			found = e.m.known[k][i]
		} else {
			found = p.recent[i-len(e.m.known[k])]
		}
		if slices.ContainsFunc(given, func(l literal) bool {
			classOf := e.m.classOf[l.variable]
			return (classOf[found[e.m.place[l.variable]]] == classOf[l.value]) == l.not
		}) {
			continue
		}
		for i, v := range p.variables {
			set(e.m.domainOf(e.seen, v), int(found[i]), true)
		}
	}
}

// see takes note of the configuration that was found: of its values, and of those that
// could stand in it alone instead.
func (e *engine) see(k int) {
	p := e.parts[k]
	found := make([]int32, len(p.variables))
	for i, v := range p.variables {
		found[i] = int32(e.at.at[v])
	}
	switch {
	case e.learning && len(e.m.known[k]) < mostKnown:
		e.m.known[k] = append(e.m.known[k], found)
	case len(p.recent) < mostRecent:
		p.recent = append(p.recent, found)
	default:
		p.recent[p.oldest] = found
		p.oldest = (p.oldest + 1) % mostRecent
	}
	for _, v := range p.variables {
		set(e.m.domainOf(e.seen, v), e.at.at[v], true)
	}
	for _, v := range p.variables {
		e.swap(p, v)
	}
}

// swap marks the values of a variable that keep its rules in the configuration found.
func (e *engine) swap(p *part, v int) {
	was := e.at.at[v]
	if p.solver.Drawn(e.values[v][e.m.classOf[v][was]]) {
		return
	}
	for class, x := range e.m.classes[v] {
		if x == was || e.sees(v, x) || !e.inDomain(v, x) || p.solver.Drawn(e.values[v][class].Not()) {
			continue
		}
		e.at.at[v] = x
		breaker := &e.breakers[v][class]
		if !e.m.rules[*breaker].form.keeps(e.at) {
			continue
		}
		if at := slices.IndexFunc(e.m.touching[v], func(k int) bool { return !e.m.rules[k].form.keeps(e.at) }); at >= 0 {
			*breaker = e.m.touching[v][at]
			continue
		}
		set(e.m.domainOf(e.seen, v), x, true)
	}
	e.at.at[v] = was
}
