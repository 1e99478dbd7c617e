package configurator

import (
	"slices"

	"quotewright/internal/formula"
	"quotewright/internal/sat"
)

// planner decides feature after feature, never so that nothing is left. It holds on
// to one configuration that agrees with all decisions, so that most need no search.
type planner struct {
	*engine
	given   question
	plan    []int // by variable: its value in the configuration, −1: not known
	decided []bool
	allowed func(v, x int) bool // by the exact domains
	wish    [][]sat.Lit         // by part: the values to try first
}

// planner starts with a configuration near the defaults.
func (r *resolver) planner() *planner {
	m := r.m
	p := &planner{engine: r.engine, plan: make([]int, len(m.variables)), decided: make([]bool, len(m.variables)), wish: make([][]sat.Lit, len(m.parts))}
	p.allowed = func(v, x int) bool { return r.exact[m.variables[v].word+x>>6]&(1<<(x&63)) != 0 }
	var given []literal
	for _, c := range r.fitting {
		given = append(given, c.literals...)
	}
	p.given, _ = p.ask(given)
	for v := range p.plan {
		p.plan[v] = -1
		if p.decided[v] = r.size[v] == 1; p.decided[v] {
			p.plan[v] = lowest(m.domainOf(r.exact, v))
		}
	}
	for i := range m.features {
		f := &m.features[i]
		for j := range f.count {
			v := f.first + j
			if k := m.partOf[v]; k >= 0 {
				order := f.preference(m, j)
				if f.usual != nil {
					order = slices.Insert(order, 0, f.usual[j].value)
				}
				if at := slices.IndexFunc(order, func(x int) bool { return p.allowed(v, x) }); at >= 0 {
					p.wish[k] = append(p.wish[k], p.values[v][m.classOf[v][order[at]]])
				}
				continue
			}
			p.plan[v] = lowest(m.domainOf(r.exact, v))
		}
	}
	for k := range m.parts {
		p.seek(k)
	}
	return p
}

// seek finds a configuration of a part that agrees with the decisions.
func (p *planner) seek(k int) bool {
	if p.solve(k, p.given[k], p.wish[k]) != yes {
		return false
	}
	for _, v := range p.m.parts[k] {
		if x := p.at.at[v]; p.plan[v] < 0 || p.m.classOf[v][x] != p.m.classOf[v][p.plan[v]] {
			p.plan[v] = x
		}
	}
	return true
}

// take decides literals of one feature if a configuration has them.
func (p *planner) take(literals []literal) bool {
	k := p.m.partOf[literals[0].variable]
	if k < 0 {
		l := literals[0]
		if p.decided[l.variable] && p.plan[l.variable] != l.value || !p.allowed(l.variable, l.value) {
			return false
		}
		p.plan[l.variable], p.decided[l.variable] = l.value, true
		return true
	}
	before := p.given[k]
	planned := true
	for _, l := range literals {
		classOf := p.m.classOf[l.variable]
		p.given[k] = append(p.given[k][:len(p.given[k]):len(p.given[k])], p.values[l.variable][classOf[l.value]])
		if p.decided[l.variable] && p.plan[l.variable] != l.value {
			p.given[k] = before
			return false
		}
		planned = planned && p.plan[l.variable] >= 0 && classOf[p.plan[l.variable]] == classOf[l.value]
	}
	if !planned && !p.seek(k) {
		p.given[k] = before
		return false
	}
	for _, l := range literals {
		p.decided[l.variable], p.plan[l.variable] = true, l.value
	}
	return true
}

// decide gives a feature the first value in the order of preference that fits.
func (p *planner) decide(f *feature) bool {
	for i := range f.count {
		v := f.first + i
		if !p.decided[v] && !slices.ContainsFunc(f.preference(p.m, i), func(x int) bool {
			return p.allowed(v, x) && p.take([]literal{{variable: v, value: x}})
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
		if p.plan[v] < 0 {
			return nil
		}
		a.at[v] = p.plan[v]
	}
	values := make(map[string]formula.Value, len(p.m.features))
	for i := range p.m.features {
		values[p.m.features[i].ID] = p.m.features[i].value(a)
	}
	return values
}
