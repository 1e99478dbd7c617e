package configurator

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

// Selection is what a user chose: a value by feature. An option is a text, a selection
// a list of texts, a boolean a boolean and an integer a number or its text.
type Selection map[string]formula.Value

// Options say what Resolve also does.
type Options struct {
	Defaults bool // apply the defaults that still fit
	Explain  bool // say for each excluded option why, and what would make it fit
}

// By says who set a value.
type By string

// Who sets values.
const (
	ByUser    By = "user"
	ByDefault By = "default"
	ByForced  By = "forced"
	ByDerived By = "derived"
)

// Assigned is a value with who set it, and for a forced one the constraints that did.
type Assigned struct {
	Value   formula.Value `json:"value"`
	By      By            `json:"by"`
	Because []string      `json:"because,omitempty"`
}

// Choice is one choice of a user.
type Choice struct {
	Feature string        `json:"feature"`
	Value   formula.Value `json:"value"`
}

// ConstraintRef names a constraint in an explanation.
type ConstraintRef struct {
	ID      string `json:"id"`
	Message string `json:"message"`
}

// Repair is a smallest set of features to give up so that a choice fits.
type Repair struct {
	GiveUp []string `json:"give_up"`
}

// Conflict says why a value does not fit: a minimal set of other choices and
// constraints (drop any one and it fits), and the repairs, smallest first.
type Conflict struct {
	Feature     string          `json:"feature,omitempty"`
	Value       *formula.Value  `json:"value,omitempty"`
	Choices     []Choice        `json:"choices"`
	Constraints []ConstraintRef `json:"constraints"`
	Repairs     []Repair        `json:"repairs"`
}

// Problem is a choice that cannot be read at all.
type Problem struct {
	Code    string `json:"code"` // unknown_feature, unknown_option, bad_value
	Feature string `json:"feature"`
	Text    string `json:"text"`
}

// Domain is what may still be chosen for a feature: options and booleans one by one,
// integers as ranges.
type Domain struct {
	Values     []formula.Value
	Ranges     []Range
	Unverified []formula.Value // offered, but not proven to fit
}

// Range is a run of integers.
type Range struct {
	Min  decimal.Decimal `json:"min"`
	Max  decimal.Decimal `json:"max"`
	Step decimal.Decimal `json:"step"`
}

// MarshalJSON prints the ranges of an integer, else the values.
func (d Domain) MarshalJSON() ([]byte, error) {
	if d.Ranges != nil {
		return json.Marshal(d.Ranges)
	}
	if d.Values == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(d.Values)
}

// UnmarshalJSON reads what MarshalJSON printed.
func (d *Domain) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &d.Values) == nil {
		return nil
	}
	d.Values = nil
	return json.Unmarshal(data, &d.Ranges)
}

// State is the answer to a selection.
type State struct {
	Complete   bool                           `json:"complete"`
	PartNumber string                         `json:"part_number,omitempty"`
	Values     map[string]Assigned            `json:"values"`
	Domains    map[string]Domain              `json:"domains"`
	Excluded   map[string]map[string]Conflict `json:"excluded,omitempty"`
	Conflicts  []Conflict                     `json:"conflicts"`
	Completion map[string]formula.Value       `json:"completion,omitempty"`
	Problems   []Problem                      `json:"problems,omitempty"`

	model *Model
	at    *assignment
}

// Resolve answers a selection. The order of choices has no influence: they are taken
// in the order of the model's features.
//
// A choice that does not fit together with the choices before it is reported in
// Conflicts and keeps its value by the user; domains, forced values and defaults are
// those of the other choices. The domain of a feature that the user chose holds what
// fits together with the choices for the other features.
func (m *Model) Resolve(selection Selection, opt Options) *State {
	s := &State{model: m, Values: map[string]Assigned{}, Domains: map[string]Domain{}, Conflicts: []Conflict{}}
	chosen := s.read(selection)
	fixed := map[int]int{}
	var fitting []picked
	for _, p := range chosen {
		with := merge(fixed, p.values)
		if m.consistent(with, nil) {
			fixed, fitting = with, append(fitting, p)
			continue
		}
		conflict := m.explain(fitting, p)
		value := p.value
		conflict.Feature, conflict.Value = m.features[p.feature].ID, &value
		s.Conflicts = append(s.Conflicts, conflict)
		s.Values[conflict.Feature] = Assigned{Value: value, By: ByUser}
	}
	domains, unverified, ok := m.supported(fixed)
	if !ok { // the model itself has no solution
		return s
	}
	if opt.Explain {
		s.exclude(fitting, fixed, domains)
	}
	s.domains(m.offers(fitting, domains, unverified), unverified)
	for _, p := range fitting {
		s.Values[m.features[p.feature].ID] = Assigned{Value: p.value, By: ByUser}
	}
	s.force(fitting, domains, fixed)
	if opt.Defaults {
		fixed = s.defaults(fixed)
	}
	s.finish(fixed)
	return s
}

// offers returns the supported values, and for a feature that the user chose what it
// could be changed to: the values that go together with the other choices.
func (m *Model) offers(fitting []picked, supported [][]bool, unverified map[removal]bool) [][]bool {
	values := slices.Clone(supported)
	for i, p := range fitting {
		f := &m.features[p.feature]
		for v := f.first; v < f.first+f.count; v++ {
			values[v] = make([]bool, len(supported[v]))
		}
		others := together(slices.Delete(slices.Clone(fitting), i, i+1), picked{})
		m.alternatives(f, others, values, unverified)
	}
	return values
}

// picked is a readable choice with the variables it fixes.
type picked struct {
	feature int
	value   formula.Value
	values  map[int]int
}

// read turns a selection into choices, in the order of the features.
func (s *State) read(selection Selection) []picked {
	var chosen []picked
	for i := range s.model.features {
		f := &s.model.features[i]
		v, ok := selection[f.ID]
		if !ok || !v.Known() {
			continue
		}
		values, problem := s.model.assign(f, v)
		if problem != "" {
			code := "bad_value"
			if f.Kind == KindOption || f.Kind == KindSelect {
				code = "unknown_option"
			}
			s.Problems = append(s.Problems, Problem{code, f.ID, problem})
			continue
		}
		chosen = append(chosen, picked{i, s.model.canonical(f, values), values})
	}
	var unknown []string
	for id := range selection {
		if _, ok := s.model.byID[id]; !ok {
			unknown = append(unknown, id)
		}
	}
	slices.Sort(unknown)
	for _, id := range unknown {
		s.Problems = append(s.Problems, Problem{"unknown_feature", id, fmt.Sprintf("model %s has no feature %s", s.model.ID(), id)})
	}
	return chosen
}

// assign reads a value for a feature into its variables, or says what is wrong.
func (m *Model) assign(f *feature, v formula.Value) (values map[int]int, problem string) {
	if f.Kind == KindSelect {
		return m.assignSelection(f, v)
	}
	if v.Kind() == formula.Texts || v.Kind() == formula.Numbers {
		return nil, fmt.Sprintf("%s takes one value, not a list", f.ID)
	}
	x := m.variables[f.first].index(v.String())
	if x >= 0 {
		return map[int]int{f.first: x}, ""
	}
	if f.Kind == KindInteger {
		return nil, fmt.Sprintf("%s is %s; it takes %s to %s in steps of %s", f.ID, v, f.Min, f.Max, f.Step)
	}
	return nil, fmt.Sprintf("%q is not a value of %s", v, f.ID)
}

func (m *Model) assignSelection(f *feature, v formula.Value) (map[int]int, string) {
	items := v.List()
	if v.Kind() == formula.Text {
		items = []formula.Value{v}
	}
	values := map[int]int{}
	for i := range f.count {
		values[f.first+i] = 0
	}
	for _, item := range items {
		at := slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == item.String() })
		switch {
		case at < 0:
			return nil, fmt.Sprintf("%q is not an option of %s", item, f.ID)
		case values[f.first+at] == 1:
			return nil, fmt.Sprintf("%q is there twice in %s", item, f.ID)
		}
		values[f.first+at] = 1
	}
	if len(items) < f.SelectMin || len(items) > f.SelectMax {
		return nil, fmt.Sprintf("%s takes %d to %d options, not %d", f.ID, f.SelectMin, f.SelectMax, len(items))
	}
	return values, ""
}

// canonical returns a feature's value as its variables hold it.
func (m *Model) canonical(f *feature, values map[int]int) formula.Value {
	a := m.empty()
	for v, x := range values {
		a.at[v] = x
	}
	return m.valueOf(f, a)
}

// valueOf reads a feature's value, no value while a variable of it is open.
func (m *Model) valueOf(f *feature, a *assignment) formula.Value {
	if f.Kind != KindSelect {
		return a.value(f.first)
	}
	var ids []string
	for i := range f.count {
		switch a.at[f.first+i] {
		case -1:
			return formula.None(formula.Texts)
		case 1:
			ids = append(ids, f.Options[i].ID)
		}
	}
	return formula.OfTexts(ids)
}

func merge(a, b map[int]int) map[int]int {
	all := make(map[int]int, len(a)+len(b))
	for k, v := range a {
		all[k] = v
	}
	for k, v := range b {
		all[k] = v
	}
	return all
}

func (s *State) domains(values [][]bool, unverified map[removal]bool) {
	for i := range s.model.features {
		f := &s.model.features[i]
		var d Domain
		switch f.Kind {
		case KindInteger:
			d.Ranges = ranges(s.model.variables[f.first].values, values[f.first], *f.Step)
		case KindSelect:
			for n, o := range f.Options {
				if values[f.first+n][1] {
					d.Values = append(d.Values, formula.OfText(o.ID))
				}
			}
		default:
			for x, v := range s.model.variables[f.first].values {
				if values[f.first][x] {
					d.Values = append(d.Values, v)
				}
			}
		}
		for n := range f.count {
			for x, v := range s.model.variables[f.first+n].values {
				if unverified[removal{f.first + n, x}] {
					d.Unverified = append(d.Unverified, v)
				}
			}
		}
		s.Domains[f.ID] = d
	}
}

func ranges(all []formula.Value, there []bool, step decimal.Decimal) []Range {
	list := []Range{}
	for x, v := range all {
		switch {
		case !there[x]:
		case x > 0 && there[x-1]:
			list[len(list)-1].Max = v.Number()
		default:
			list = append(list, Range{v.Number(), v.Number(), step})
		}
	}
	return list
}

// force fills in features that have one value left, with the constraints that leave
// no other.
func (s *State) force(fitting []picked, values [][]bool, fixed map[int]int) {
	m := s.model
	for i := range m.features {
		f := &m.features[i]
		if _, set := s.Values[f.ID]; set {
			continue
		}
		left := map[int]int{}
		for v := f.first; v < f.first+f.count; v++ {
			if x := only(values[v]); x >= 0 {
				left[v] = x
			}
		}
		if len(left) < f.count {
			continue
		}
		for v, x := range left {
			fixed[v] = x
		}
		s.Values[f.ID] = Assigned{Value: m.canonical(f, left), By: ByForced, Because: m.because(fitting, f, left)}
	}
}

// only returns the one value that is there, or −1.
func only(values []bool) int {
	at := -1
	for x, there := range values {
		if there && at >= 0 {
			return -1
		}
		if there {
			at = x
		}
	}
	return at
}

// defaults applies each default that still fits, in the order of the features.
func (s *State) defaults(fixed map[int]int) map[int]int {
	m := s.model
	for i := range m.features {
		f := &m.features[i]
		if _, set := s.Values[f.ID]; set || !f.byDefault.Known() {
			continue
		}
		values, _ := m.assign(f, f.byDefault)
		if with := merge(fixed, values); m.consistent(with, nil) {
			fixed = with
			s.Values[f.ID] = Assigned{Value: m.canonical(f, values), By: ByDefault}
		}
	}
	// What the defaults leave no choice about is filled in too.
	domains, _, ok := m.supported(fixed)
	if ok {
		s.force(nil, domains, fixed)
	}
	return fixed
}

// finish derives values, completes the configuration and makes the part number.
func (s *State) finish(fixed map[int]int) {
	m := s.model
	s.at = m.empty()
	for v, x := range fixed {
		s.at.at[v] = x
	}
	s.Complete = len(s.Conflicts) == 0 && len(s.Problems) == 0 && !slices.Contains(s.at.at, -1)
	for _, d := range m.derived {
		if v, err := d.formula.Eval(m.lookup(s.at)); err == nil && v.Known() && m.decided(d.formula, s.at) {
			s.Values[d.id] = Assigned{Value: v, By: ByDerived}
		}
	}
	s.complete(fixed)
	if s.Complete && m.partNumber != nil {
		s.PartNumber, _ = m.partNumber.Render(m.lookup(s.at))
	}
}

// decided reports whether everything a formula reads has a value.
func (m *Model) decided(f *formula.Formula, a *assignment) bool {
	c := compiler{m: m}
	return !slices.ContainsFunc(c.scope(f), func(v int) bool { return a.at[v] < 0 })
}

// complete finds a valid configuration that keeps everything chosen and prefers the
// defaults, then the order of the options.
func (s *State) complete(fixed map[int]int) {
	m := s.model
	prefer := make([]int, len(m.variables))
	for i := range m.features {
		f := &m.features[i]
		wanted, _ := m.assign(f, f.byDefault)
		for v := f.first; v < f.first+f.count; v++ {
			prefer[v] = 0
			if x, ok := wanted[v]; ok {
				prefer[v] = x
			}
		}
	}
	a := m.empty()
	for _, group := range m.groups {
		solution, _ := m.find(group, fixed, nil, prefer)
		if solution == nil {
			return
		}
		for v, x := range solution {
			a.at[v] = x
		}
	}
	s.Completion = map[string]formula.Value{}
	for i := range m.features {
		s.Completion[m.features[i].ID] = m.valueOf(&m.features[i], a)
	}
}

// Model returns the model that the state is of.
func (s *State) Model() *Model { return s.model }

// Lookup gives formulas that were compiled against the model's Env the values of this
// state.
func (s *State) Lookup(slot int) formula.Value {
	if slot >= len(s.model.getters) || s.at == nil {
		return formula.Value{}
	}
	return s.model.getters[slot](s.at)
}

// Feature returns the value of a feature, attribute or derived value by its name.
func (s *State) Feature(name string) formula.Value {
	slot, ok := s.model.env.Slot(name)
	if !ok {
		return formula.Value{}
	}
	return s.Lookup(slot)
}

// OptionKeys returns, for each chosen option, the keys of its price records, most
// specific first: model/feature/option, feature/option, option; of a boolean that is
// true model/feature, feature.
func (s *State) OptionKeys() [][]string {
	var keys [][]string
	if s.at == nil {
		return nil
	}
	for i := range s.model.features {
		f := &s.model.features[i]
		switch v := s.model.valueOf(f, s.at); {
		case f.Kind == KindBoolean && v.Bool():
			keys = append(keys, []string{s.model.ID() + "/" + f.ID, f.ID})
		case f.Kind == KindOption && v.Known():
			keys = append(keys, s.optionKeys(f, v.Text()))
		case f.Kind == KindSelect:
			for _, item := range v.List() {
				keys = append(keys, s.optionKeys(f, item.Text()))
			}
		}
	}
	return keys
}

func (s *State) optionKeys(f *feature, option string) []string {
	return []string{s.model.ID() + "/" + f.ID + "/" + option, f.ID + "/" + option, option}
}

// Open returns the features that have no value yet, in their order.
func (s *State) Open() []string {
	var open []string
	for i := range s.model.features {
		if _, ok := s.Values[s.model.features[i].ID]; !ok {
			open = append(open, s.model.features[i].ID)
		}
	}
	return open
}
