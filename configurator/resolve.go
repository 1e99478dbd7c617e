package configurator

import (
	"slices"

	"quotewright/internal/formula"
)

// Resolve answers a selection. The order of choices has no influence: they are taken
// in the order of the model's features.
//
// A choice that does not fit together with the fitting choices of the features before
// it is in Conflicts, and keeps its value by the user. Everything else is as if the
// conflicting choices had not been made: domains, explanations, forced values, defaults
// and the completion. A conflict's other choices and repairs are among the fitting
// choices of the features before it.
//
// Domains hold for every feature the values that some valid configuration has together
// with the fitting choices for the other features: what may be chosen, or what a choice
// may be changed to. Excluded tells why the other values do not fit; integers have no
// Excluded.
//
// A value is forced when the fitting choices leave no other. With Options.Defaults,
// each default that fits with these choices and the defaults before it is applied, in
// the order of the features, and what then has no other value is forced too; Domains
// and Excluded do not take defaults into account, as they give way to any choice.
//
// Completion is a valid configuration with all fitting choices, the defaults that fit
// in the same way, and for each other feature, in order, the first of its values that
// fits: of an integer with a default the nearest to it, of a selection as few changes
// to its default as possible in the order of its options.
func (m *Model) Resolve(selection Selection, opt Options) *State {
	r := &resolver{m: m, engine: m.borrow(false), why: m.borrow(true), at: m.empty()}
	defer r.engine.giveBack()
	defer r.why.giveBack()
	r.state = &State{model: m, Values: map[string]Assigned{}, Domains: map[string]Domain{}, Conflicts: []Conflict{}, at: r.at}
	choices, problems := m.read(selection)
	r.state.Problems = problems
	if m.void {
		r.nothing(choices)
		return r.state
	}
	r.fit(choices)
	r.force()
	if opt.Explain {
		r.exclude()
	}
	r.complete(opt.Defaults)
	r.finish()
	return r.state
}

// resolver is one Resolve on its way.
type resolver struct {
	m       *Model
	engine  *engine
	why     *engine // explains
	state   *State
	at      *assignment // what is decided
	fitting []picked
	exact   []uint64 // the domains with the fitting choices
	size    []int
	offered []uint64 // those of chosen features as if they were not chosen
	open    []literal
}

// nothing answers for a model without any valid configuration.
func (r *resolver) nothing(choices []picked) {
	for i := range r.m.features {
		r.state.Domains[r.m.features[i].ID] = Domain{}
	}
	for _, p := range choices {
		r.state.Values[r.m.features[p.feature].ID] = Assigned{Value: p.value, By: ByUser}
	}
	r.finish()
}

// fit finds the choices that go together, explains the others and computes the exact
// domains.
func (r *resolver) fit(choices []picked) {
	ok := r.domains(choices, nil)
	if r.fitting = choices; !ok {
		r.separate(choices)
		r.domains(r.fitting, nil)
	}
	r.exact, r.size = slices.Clone(r.engine.bits), slices.Clone(r.engine.size)
	r.offer()
	for i := range r.m.features {
		f := &r.m.features[i]
		r.state.Domains[f.ID] = r.domain(f)
	}
	r.unverified()
	for _, p := range r.fitting {
		r.set(p.feature, p.literals, Assigned{Value: p.value, By: ByUser})
	}
}

// domains leaves the engine with the exact domains under choices, of all variables or
// of some.
func (r *resolver) domains(choices []picked, some func(v int) bool) (ok bool) {
	var given []literal
	for _, p := range choices {
		given = append(given, p.literals...)
	}
	r.open, ok = r.engine.exact(given, some)
	return ok
}

// offer finds what each choice may be changed to.
func (r *resolver) offer() {
	r.offered = slices.Clone(r.exact)
	all := slices.Clone(r.open)
	for i, p := range r.fitting {
		f := &r.m.features[p.feature]
		own := func(v int) bool { return v >= f.first && v < f.first+f.count }
		r.domains(slices.Delete(slices.Clone(r.fitting), i, i+1), own)
		for v := f.first; v < f.first+f.count; v++ {
			copy(r.m.domainOf(r.offered, v), r.m.domainOf(r.engine.bits, v))
		}
		for _, l := range r.open {
			if own(l.variable) {
				all = append(all, l)
			}
		}
	}
	r.open = all
}

// separate takes choice after choice and explains those that do not fit.
func (r *resolver) separate(choices []picked) {
	e := &explainer{engine: r.why}
	for _, p := range choices {
		var literals []literal
		for _, c := range append(slices.Clone(e.choices), p) {
			literals = append(literals, c.literals...)
		}
		if r.why.possible(literals, nil) != no {
			e.choices = append(e.choices, p)
			continue
		}
		f := &r.m.features[p.feature]
		c, value := e.conflict(p.literals), p.value
		c.Feature, c.Value = f.ID, &value
		r.state.Conflicts = append(r.state.Conflicts, c)
		r.state.Values[f.ID] = Assigned{Value: p.value, By: ByUser}
	}
	r.fitting = e.choices
}

func (r *resolver) set(feature int, literals []literal, a Assigned) {
	r.state.Values[r.m.features[feature].ID] = a
	for _, l := range literals {
		r.at.at[l.variable] = l.value
	}
}

func (r *resolver) isSet(f *feature) bool {
	_, set := r.state.Values[f.ID]
	return set
}

func (r *resolver) has(v, x int) bool {
	return r.offered[r.m.variables[v].word+x>>6]&(1<<(x&63)) != 0
}

func (r *resolver) domain(f *feature) Domain {
	var d Domain
	switch f.Kind {
	case KindInteger:
		d.Ranges = r.ranges(f)
	case KindSelect:
		for i, o := range f.Options {
			if r.has(f.first+i, 1) {
				d.Values = append(d.Values, formula.OfText(o.ID))
			}
		}
	default:
		for x, v := range r.m.variables[f.first].values {
			if r.has(f.first, x) {
				d.Values = append(d.Values, v)
			}
		}
	}
	return d
}

func (r *resolver) ranges(f *feature) []Range {
	list := []Range{}
	for x, v := range r.m.variables[f.first].values {
		switch {
		case !r.has(f.first, x):
		case x > 0 && r.has(f.first, x-1):
			list[len(list)-1].Max = v.Number()
		default:
			list = append(list, Range{v.Number(), v.Number(), *f.Step})
		}
	}
	return list
}

func (r *resolver) unverified() {
	for _, l := range r.open {
		f := &r.m.features[r.m.variables[l.variable].feature]
		value := r.m.variables[l.variable].values[l.value]
		if f.Kind == KindSelect {
			if l.value == 0 {
				continue // leaving an option out is no offer
			}
			value = formula.OfText(f.Options[l.variable-f.first].ID)
		}
		if r.state.Unverified == nil {
			r.state.Unverified = map[string][]formula.Value{}
		}
		r.state.Unverified[f.ID] = append(r.state.Unverified[f.ID], value)
	}
}

// force fills in the features that have one value left, with the constraints that
// leave no other.
func (r *resolver) force() { r.forceFrom(r.fitting, r.exact, r.size) }

func (r *resolver) forceFrom(given []picked, domains []uint64, size []int) {
	e := &explainer{engine: r.why, choices: given}
	for i := range r.m.features {
		f := &r.m.features[i]
		if r.isSet(f) {
			continue
		}
		if literals, ok := r.left(f, domains, size); ok {
			r.set(i, literals, Assigned{Value: f.assigned(r.m, literals), By: ByForced, Because: e.because(literals)})
		}
	}
}

// left returns the only values that domains leave a feature, if so.
func (r *resolver) left(f *feature, domains []uint64, size []int) ([]literal, bool) {
	var literals []literal
	for v := f.first; v < f.first+f.count; v++ {
		if size[v] != 1 {
			return nil, false
		}
		d := &r.m.variables[v]
		literals = append(literals, literal{variable: v, value: lowest(domains[d.word : d.word+d.words])})
	}
	return literals, true
}

// exclude explains every option that is not offered.
func (r *resolver) exclude() {
	r.state.Excluded = map[string]map[string]Conflict{}
	for i := range r.m.features {
		f := &r.m.features[i]
		if f.Kind == KindInteger {
			continue
		}
		e := &explainer{engine: r.why}
		for _, p := range r.fitting {
			if p.feature != i {
				e.choices = append(e.choices, p)
			}
		}
		for _, o := range f.offers(r.m) {
			if r.has(o.literal.variable, o.literal.value) {
				continue
			}
			if r.state.Excluded[f.ID] == nil {
				r.state.Excluded[f.ID] = map[string]Conflict{}
			}
			r.state.Excluded[f.ID][o.value.String()] = e.conflict([]literal{o.literal})
		}
	}
}

// offer is an option or boolean with what choosing it fixes.
type offer struct {
	value   formula.Value
	literal literal
}

func (f *feature) offers(m *Model) []offer {
	var list []offer
	if f.Kind == KindSelect {
		for i, o := range f.Options {
			list = append(list, offer{formula.OfText(o.ID), literal{variable: f.first + i, value: 1}})
		}
		return list
	}
	for x, v := range m.variables[f.first].values {
		list = append(list, offer{v, literal{variable: f.first, value: x}})
	}
	return list
}

// complete applies the defaults that fit, forces what follows from them, and finds the
// completion.
func (r *resolver) complete(defaults bool) {
	p := r.planner()
	given := slices.Clone(r.fitting)
	for i := range r.m.features {
		f := &r.m.features[i]
		if _, decided := r.decided(f); decided || f.usual == nil || !p.take(f.usual) || !defaults {
			continue
		}
		value := f.assigned(r.m, f.usual)
		given = append(given, picked{i, value, f.usual})
		if !r.isSet(f) { // by a choice that does not fit
			r.set(i, f.usual, Assigned{Value: value, By: ByDefault})
		}
	}
	if len(given) > len(r.fitting) {
		r.forceByDefault(given)
	}
	for i := range r.m.features {
		if !p.decide(&r.m.features[i]) {
			return
		}
	}
	r.state.Completion = p.configuration()
}

// forceByDefault fills in what the choices and defaults leave one value.
func (r *resolver) forceByDefault(given []picked) {
	if !slices.ContainsFunc(r.m.features, func(f feature) bool { return !r.isSet(&f) }) {
		return
	}
	if r.domains(given, nil) {
		r.forceFrom(given, slices.Clone(r.engine.bits), slices.Clone(r.engine.size))
	}
}

// decided returns the values of a feature that is set.
func (r *resolver) decided(f *feature) ([]literal, bool) {
	var literals []literal
	for v := f.first; v < f.first+f.count; v++ {
		if r.at.at[v] < 0 {
			return nil, false
		}
		literals = append(literals, literal{variable: v, value: r.at.at[v]})
	}
	return literals, true
}

// finish derives values and makes the part number.
func (r *resolver) finish() {
	s, m := r.state, r.m
	for i := range m.derived {
		d := &m.derived[i]
		value := formula.None(d.formula.Kind())
		if !slices.ContainsFunc(d.reads, func(v int) bool { return r.at.at[v] < 0 }) {
			if v, err := d.formula.Eval(m.lookup(r.at)); err == nil {
				value = v
			}
		}
		s.derived = append(s.derived, value)
		if value.Known() {
			s.Values[d.id] = Assigned{Value: value, By: ByDerived}
		}
	}
	s.Complete = len(s.Conflicts) == 0 && len(s.Problems) == 0 && !slices.Contains(r.at.at, -1)
	if !s.Complete || m.partNumber == nil {
		return
	}
	number, err := m.partNumber.Render(s.Lookup)
	if err != nil {
		s.Problems = append(s.Problems, Problem{Code: "formula", Text: "the part number cannot be made: " + err.Error()})
	}
	s.PartNumber = number
}
