package configurator

import (
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// Check finds what is wrong with a model that compiles: no valid configuration at all
// (a mistake that names a minimal set of constraints), and as warnings what no valid
// configuration has: options and values, choices where nothing can be chosen, defaults
// that do not go together, and constraints that never matter.
func (m *Model) Check() fault.Mistakes {
	var mistakes fault.Mistakes
	if m.void {
		m.checkVoid(&mistakes)
		return mistakes
	}
	for i := range m.features {
		m.checkFeature(&m.features[i], &mistakes)
	}
	m.checkDefaults(&mistakes)
	m.checkIdle(&mistakes)
	return mistakes
}

func (m *Model) checkVoid(mistakes *fault.Mistakes) {
	e := &explainer{engine: m.borrow(true)}
	defer e.giveBack()
	var ids []string
	for _, k := range e.constraints(nil, nil) {
		ids = append(ids, m.constraints[k].id)
	}
	mistakes.Add(m.def.At, "the model has no valid configuration; these constraints exclude each other: %s", strings.Join(ids, ", "))
}

// checkFeature warns of values that no valid configuration has.
func (m *Model) checkFeature(f *feature, mistakes *fault.Mistakes) {
	r := &resolver{m: m, offered: m.root}
	if f.Kind == KindInteger {
		m.checkRanges(r, f, mistakes)
		return
	}
	possible := 0
	for i, o := range f.offers(m) {
		if r.has(o.literal.variable, o.literal.value) {
			possible++
		} else if f.Kind != KindBoolean {
			mistakes.Warn(f.def.Options[i].At, "option %s of %s is in no valid configuration", o.value, f.ID)
		}
	}
	values := m.variables[f.first].values
	if f.Kind != KindSelect && possible == 1 && len(values) > 1 {
		mistakes.Warn(f.def.At, "%s is %s in every valid configuration", f.ID, values[lowest(m.domainOf(m.root, f.first))])
	}
}

func (m *Model) checkRanges(r *resolver, f *feature, mistakes *fault.Mistakes) {
	values := m.variables[f.first].values
	switch m.rootSize[f.first] {
	case len(values):
		return
	case 1:
		mistakes.Warn(f.def.At, "%s is %s in every valid configuration", f.ID, values[lowest(m.domainOf(m.root, f.first))])
		return
	}
	for from := 0; from < len(values); from++ {
		to := from
		for to < len(values) && !r.has(f.first, to) {
			to++
		}
		if to > from {
			mistakes.Warn(f.def.Integer.At, "%s is in no valid configuration: %s", f.ID, run(values[from], values[to-1]))
			from = to
		}
	}
}

func run(from, to formula.Value) string {
	if from.Equal(to) {
		return from.String()
	}
	return from.String() + " to " + to.String()
}

// checkDefaults warns of each default that does not go together with those before it.
func (m *Model) checkDefaults(mistakes *fault.Mistakes) {
	state := m.Resolve(nil, Options{Defaults: true})
	for i := range m.features {
		f := &m.features[i]
		if f.usual == nil || state.Values[f.ID].Value.Equal(f.assigned(m, f.usual)) {
			continue
		}
		mistakes.Warn(f.def.DefaultAt, "the default of %s does not go together with the defaults before it", f.ID)
	}
}
