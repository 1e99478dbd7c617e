package configurator

import (
	"slices"

	"quotewright/internal/formula"
)

// planner decides feature after feature, never so that nothing is left. It holds on
// to one configuration that agrees with all decisions, so that most need no search.
type planner struct {
	*solver
	plan []int // by variable; −1: not known
}

// planner starts from the exact domains, with a configuration near the defaults.
func (r *resolver) planner() *planner {
	p := &planner{solver: r.m.newSolver(), plan: make([]int, len(r.m.variables))}
	p.resume()
	copy(p.bits, r.exact)
	copy(p.size, r.size)
	for v := range p.plan {
		p.plan[v] = -1
	}
	for i := range r.m.features {
		for _, l := range r.m.features[i].usual {
			p.last[l.variable] = l.value
		}
	}
	p.keep = true
	p.seek()
	return p
}

// seek finds a configuration that agrees with the decisions.
func (p *planner) seek() bool {
	p.found = p.found[:0]
	for _, group := range p.groups() {
		if p.solve(group) != yes {
			return false
		}
	}
	for v := range p.plan {
		p.plan[v] = lowest(p.domain(v))
	}
	for _, f := range p.found {
		for i, v := range f.variables {
			p.plan[v] = f.values[i]
		}
	}
	return true
}

// take decides literals if a configuration has them.
func (p *planner) take(literals []literal) bool {
	planned := !slices.ContainsFunc(literals, func(l literal) bool { return p.plan[l.variable] != l.value })
	mark := len(p.trail)
	p.assume(literals)
	if p.propagate() && (planned || p.seek()) {
		return true
	}
	p.undo(mark)
	return false
}

// decide gives a feature the first value in the order of preference that fits.
func (p *planner) decide(f *feature) bool {
	for i := range f.count {
		v := f.first + i
		if p.size[v] > 1 && !slices.ContainsFunc(f.preference(p.m, i), func(x int) bool {
			return p.has(v, x) && p.take([]literal{{variable: v, value: x}})
		}) {
			return false
		}
	}
	return true
}

// preference orders the values of a feature's variable: as declared, but of an integer
// with a default by the distance from it, and of an option of a selection first as the
// default has it.
func (f *feature) preference(m *Model, i int) []int {
	order := indexes(len(m.variables[f.first+i].values))
	if f.usual == nil || f.Kind == KindOption {
		return order
	}
	usual := f.usual[i].value
	slices.SortStableFunc(order, func(x, y int) int { return max(x-usual, usual-x) - max(y-usual, usual-y) })
	return order
}

// configuration returns what is decided; every feature is.
func (p *planner) configuration() map[string]formula.Value {
	a := p.m.empty()
	for v := range a.at {
		a.at[v] = lowest(p.domain(v))
	}
	values := make(map[string]formula.Value, len(p.m.features))
	for i := range p.m.features {
		values[p.m.features[i].ID] = p.m.features[i].value(a)
	}
	return values
}
