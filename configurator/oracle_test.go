package configurator

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/internal/formula"
)

// oracle knows every configuration of a small model by trying all, in the order of the
// features and their values, with the constraints each one breaks.
type oracle struct {
	def     Definition
	ids     []string // constraints, those of selections first
	values  [][]formula.Value
	configs []config
}

type config struct {
	at     []int // by feature: which of its values
	broken uint64
}

// newOracle evaluates the constraints on its own: with names of its own, one
// configuration after the other.
func newOracle(def Definition) *oracle {
	o := &oracle{def: def}
	env := formula.NewEnv()
	for _, f := range def.Features {
		o.values = append(o.values, valuesOf(f))
		if f.Select != nil {
			o.ids = append(o.ids, f.ID)
		}
		declare(env, f)
	}
	var derived []*formula.Formula
	for _, d := range def.Derived {
		f := mustCompile(env, d.Value, formula.Any)
		env.Declare(d.ID, f.Kind())
		derived = append(derived, f)
	}
	var rules []func(formula.Lookup, map[string]string) bool
	for _, c := range def.Constraints {
		o.ids = append(o.ids, c.ID)
		rules = append(rules, ruleOf(env, c))
	}
	for at := range combinations(o.values) {
		known, texts := o.known(env, at)
		lookup := func(slot int) formula.Value { return known[slot] }
		for i, f := range derived {
			slot, _ := env.Slot(def.Derived[i].ID)
			known[slot] = formula.None(f.Kind())
			if v, err := f.Eval(lookup); err == nil {
				known[slot] = v
			}
		}
		c := config{at: slices.Clone(at)}
		n := 0
		for i, f := range def.Features {
			if f.Select != nil {
				if chosen := len(o.values[i][at[i]].List()); chosen < f.Select.Min || chosen > f.Select.Max {
					c.broken |= 1 << n
				}
				n++
			}
		}
		for i, holds := range rules {
			if !holds(lookup, texts) {
				c.broken |= 1 << (n + i)
			}
		}
		o.configs = append(o.configs, c)
	}
	return o
}

func mustCompile(env *formula.Env, s formula.Source, want formula.Kind) *formula.Formula {
	f, wrong := formula.Compile(env, s, want)
	if len(wrong) > 0 {
		panic(s.Text + ": " + wrong.Error())
	}
	return f
}

func ruleOf(env *formula.Env, c ConstraintDefinition) func(formula.Lookup, map[string]string) bool {
	if c.Table != nil {
		return func(_ formula.Lookup, texts map[string]string) bool {
			return slices.ContainsFunc(c.Table.Rows, func(r CombinationRow) bool {
				for i, cell := range r.Cells {
					if len(cell) > 0 && !slices.Contains(cell, texts[c.Table.Columns[i]]) {
						return false
					}
				}
				return true
			})
		}
	}
	require := mustCompile(env, c.Require, formula.Boolean)
	if c.When.Text == "" {
		return func(l formula.Lookup, _ map[string]string) bool { ok, err := require.True(l); return ok && err == nil }
	}
	when := mustCompile(env, c.When, formula.Boolean)
	return func(l formula.Lookup, _ map[string]string) bool {
		applies, err := when.True(l)
		if err != nil || !applies {
			return err == nil
		}
		ok, err := require.True(l)
		return ok && err == nil
	}
}

// valuesOf lists what a feature can be: of a selection every set of options.
func valuesOf(f FeatureDefinition) []formula.Value {
	switch {
	case f.Boolean:
		return []formula.Value{formula.OfBool(false), formula.OfBool(true)}
	case f.Integer != nil:
		var list []formula.Value
		for x := f.Integer.Min; !x.GreaterThan(f.Integer.Max); x = x.Add(f.Integer.Step) {
			list = append(list, formula.OfNumber(x))
		}
		return list
	}
	var list []formula.Value
	if f.Select == nil {
		for _, o := range f.Options {
			list = append(list, formula.OfText(o.ID))
		}
		return list
	}
	// The last option changes fastest, so that a list is in the order in which an
	// option left out comes before one taken.
	for n := range 1 << len(f.Options) {
		var ids []string
		for i, o := range f.Options {
			if n&(1<<(len(f.Options)-1-i)) != 0 {
				ids = append(ids, o.ID)
			}
		}
		list = append(list, formula.OfTexts(ids))
	}
	return list
}

func declare(env *formula.Env, f FeatureDefinition) {
	switch {
	case f.Boolean:
		env.Declare(f.ID, formula.Boolean)
	case f.Integer != nil:
		env.Declare(f.ID, formula.Number)
	case f.Select != nil:
		env.Declare(f.ID, formula.Texts)
		env.Declare(f.ID+".p", formula.Numbers)
	default:
		env.Declare(f.ID, formula.Text)
		env.Declare(f.ID+".p", formula.Number)
		env.Declare(f.ID+".t", formula.Text)
		env.Declare(f.ID+".b", formula.Boolean)
	}
}

// known gives every name its value in a configuration.
func (o *oracle) known(env *formula.Env, at []int) (bySlot []formula.Value, texts map[string]string) {
	bySlot, texts = make([]formula.Value, env.Slots()), map[string]string{}
	give := func(name string, v formula.Value) {
		if slot, ok := env.Slot(name); ok {
			bySlot[slot] = v
		}
	}
	for i, f := range o.def.Features {
		v := o.values[i][at[i]]
		give(f.ID, v)
		texts[f.ID] = v.String()
		var powers []decimal.Decimal
		for _, option := range f.Options {
			chosen := v.Equal(formula.OfText(option.ID)) || slices.ContainsFunc(v.List(), formula.OfText(option.ID).Equal)
			for _, a := range option.Attributes {
				switch {
				case !chosen:
				case f.Select == nil:
					give(f.ID+"."+a.Name, a.Value)
				case a.Name == "p":
					powers = append(powers, a.Value.Number())
				}
			}
		}
		if f.Select != nil {
			give(f.ID+".p", formula.OfNumbers(powers))
		}
	}
	return bySlot, texts
}

// combinations yields every combination of indexes, the last feature fastest.
func combinations(values [][]formula.Value) func(func([]int) bool) {
	return func(yield func([]int) bool) {
		at := make([]int, len(values))
		for {
			if !yield(at) {
				return
			}
			i := len(at) - 1
			for ; i >= 0; i-- {
				if at[i]++; at[i] < len(values[i]) {
					break
				}
				at[i] = 0
			}
			if i < 0 {
				return
			}
		}
	}
}

// demand is what a configuration has to have: nil allows all.
type demand func(at []int) bool

func (o *oracle) feature(id string) int {
	return slices.IndexFunc(o.def.Features, func(f FeatureDefinition) bool { return f.ID == id })
}

// is demands a whole value.
func (o *oracle) is(feature string, v formula.Value) demand {
	i := o.feature(feature)
	return func(at []int) bool { return o.values[i][at[i]].Equal(v) }
}

// offers demands an option of a selection, or the value of any other feature.
func (o *oracle) offers(feature string, v formula.Value) demand {
	i := o.feature(feature)
	if o.def.Features[i].Select == nil {
		return o.is(feature, v)
	}
	return func(at []int) bool { return slices.ContainsFunc(o.values[i][at[i]].List(), v.Equal) }
}

func not(d demand) demand { return func(at []int) bool { return !d(at) } }

const allConstraints = ^uint64(0)

func (o *oracle) possible(on uint64, demands ...demand) bool { return o.first(on, demands...) != nil }

// first returns the first configuration that keeps the constraints that are on.
func (o *oracle) first(on uint64, demands ...demand) []int {
	for _, c := range o.configs {
		if c.broken&on == 0 && !slices.ContainsFunc(demands, func(d demand) bool { return !d(c.at) }) {
			return c.at
		}
	}
	return nil
}

func (o *oracle) mask(ids []string) (on uint64) {
	for _, id := range ids {
		on |= 1 << slices.Index(o.ids, id)
	}
	return on
}

// check compares everything Resolve says about a selection with the oracle.
func (o *oracle) check(t *rapid.T, m *Model, selection Selection) {
	state := m.Resolve(selection, Options{Defaults: true, Explain: true})
	if len(state.Problems) > 0 || len(state.Unverified) > 0 {
		t.Fatalf("problems %v, unverified %v", state.Problems, state.Unverified)
	}
	if !o.possible(allConstraints) {
		o.checkVoid(t, m, state)
		return
	}
	fitting := o.checkConflicts(t, state, selection)
	o.checkDomains(t, state, fitting)
	o.checkExcluded(t, state, fitting)
	o.checkValues(t, state, selection, fitting)
	o.checkCompletion(t, state, fitting)
}

func (o *oracle) checkVoid(t *rapid.T, m *Model, state *State) {
	for id, d := range state.Domains {
		if len(d.Values)+len(d.Ranges) > 0 {
			t.Fatalf("%s has a domain in a model without configurations: %v", id, d)
		}
	}
	mistakes := m.Check()
	if len(mistakes) != 1 {
		t.Fatalf("check of a model without configurations: %v", mistakes)
	}
	_, list, _ := strings.Cut(mistakes[0].Text, "exclude each other: ")
	o.minimalConstraints(t, "void", strings.Split(list, ", "), func(on uint64) bool { return o.possible(on) })
}

// checkIdle compares the constraints that never matter with those that no configuration
// breaks alone.
func (o *oracle) checkIdle(t *rapid.T, m *Model) {
	warned := map[string][]string{}
	for _, mistake := range m.Check() {
		id, rest, is := strings.Cut(strings.TrimPrefix(mistake.Text, "constraint "), " never matters: ")
		if !is {
			continue
		}
		warned[id] = []string{}
		if others, _, some := strings.Cut(strings.TrimPrefix(rest, "what keeps "), " keeps it, too"); some {
			warned[id] = strings.Split(strings.ReplaceAll(others, " and ", ", "), ", ")
		}
	}
	for _, c := range o.def.Constraints {
		broken := func(on uint64) bool {
			return slices.ContainsFunc(o.configs, func(x config) bool { return x.broken&on == 0 && x.broken&o.mask([]string{c.ID}) != 0 })
		}
		others, idle := warned[c.ID]
		if matters := broken(allConstraints &^ o.mask([]string{c.ID})); matters == idle {
			t.Fatalf("constraint %s matters: %v, but warned of: %v", c.ID, matters, idle)
		}
		if idle {
			o.minimalConstraints(t, c.ID, others, broken)
		}
	}
}

// minimalConstraints demands that nothing fits under the constraints, and that
// something does without any one of them.
func (o *oracle) minimalConstraints(t *rapid.T, what string, ids []string, fits func(uint64) bool) {
	if fits(o.mask(ids)) {
		t.Fatalf("%s: %v do not suffice", what, ids)
	}
	for i := range ids {
		if !fits(o.mask(slices.Delete(slices.Clone(ids), i, i+1))) {
			t.Fatalf("%s: %v without %s suffice", what, ids, ids[i])
		}
	}
}

// checkConflicts returns the choices that fit, as demands by feature.
func (o *oracle) checkConflicts(t *rapid.T, state *State, selection Selection) map[string]demand {
	fitting := map[string]demand{}
	conflicts := slices.Clone(state.Conflicts)
	for _, f := range o.def.Features {
		v, chosen := selection[f.ID]
		if !chosen {
			continue
		}
		if a := state.Values[f.ID]; a.By != ByUser || !sameValue(a.Value, v) {
			t.Fatalf("%s was chosen as %s, but is %v", f.ID, v, a)
		}
		if o.possible(allConstraints, append(demands(fitting), o.is(f.ID, v))...) {
			fitting[f.ID] = o.is(f.ID, v)
			continue
		}
		if len(conflicts) == 0 || conflicts[0].Feature != f.ID {
			t.Fatalf("%s = %s does not fit, but the conflicts are %+v", f.ID, v, state.Conflicts)
		}
		conflicts = conflicts[1:]
	}
	if len(conflicts) > 0 {
		t.Fatalf("%+v are no conflicts", conflicts)
	}
	for _, c := range state.Conflicts {
		// A conflict is seen from the choices before it.
		before := map[string]demand{}
		for _, f := range o.def.Features {
			if f.ID == c.Feature {
				break
			}
			if d, ok := fitting[f.ID]; ok {
				before[f.ID] = d
			}
		}
		o.checkConflict(t, c.Feature+" = "+c.Value.String(), c, before, o.is(c.Feature, *c.Value))
	}
	return fitting
}

func sameValue(a, b formula.Value) bool {
	return a.Equal(b) || len(a.List()) == 0 && len(b.List()) == 0 && a.String() == b.String()
}

func demands(by map[string]demand) []demand {
	var list []demand
	for _, d := range by {
		list = append(list, d)
	}
	return list
}

// checkConflict demands that an explanation is minimal, and that its repairs are right,
// minimal, in order and all there are.
func (o *oracle) checkConflict(t *rapid.T, what string, c Conflict, others map[string]demand, goal demand) {
	var ids []string
	for _, k := range c.Constraints {
		ids = append(ids, k.ID)
	}
	named := []demand{goal}
	for _, choice := range c.Choices {
		if _, ok := others[choice.Feature]; !ok {
			t.Fatalf("%s: %s is not among the other choices", what, choice.Feature)
		}
		named = append(named, others[choice.Feature])
	}
	o.minimalConstraints(t, what, ids, func(on uint64) bool { return o.possible(on, named...) })
	for i := 1; i < len(named); i++ {
		if !o.possible(o.mask(ids), slices.Delete(slices.Clone(named), i, i+1)...) {
			t.Fatalf("%s: choice %s is not needed", what, c.Choices[i-1].Feature)
		}
	}
	if diff := cmp.Diff(o.repairs(others, goal), c.Repairs); diff != "" {
		t.Fatalf("%s: repairs: %s", what, diff)
	}
}

// repairs tries every set of choices to give up, smallest first.
func (o *oracle) repairs(others map[string]demand, goal demand) []Repair {
	var ids []string
	for _, f := range o.def.Features {
		if _, ok := others[f.ID]; ok {
			ids = append(ids, f.ID)
		}
	}
	var sets [][]int
	for n := range 1 << len(ids) {
		var set []int
		for i := range ids {
			if n&(1<<i) != 0 {
				set = append(set, i)
			}
		}
		sets = append(sets, set)
	}
	slices.SortStableFunc(sets, func(a, b []int) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	repairs := []Repair{}
	var found [][]int
	for _, set := range sets {
		rest := []demand{goal}
		var repair Repair
		for i, id := range ids {
			if slices.Contains(set, i) {
				repair.GiveUp = append(repair.GiveUp, id)
			} else {
				rest = append(rest, others[id])
			}
		}
		if len(found) < maxRepairs && !slices.ContainsFunc(found, func(f []int) bool { return within(f, set) }) && o.possible(allConstraints, rest...) {
			found, repairs = append(found, set), append(repairs, repair)
		}
	}
	return repairs
}

func (o *oracle) choosable(i int) []formula.Value {
	if f := o.def.Features[i]; f.Select != nil {
		var list []formula.Value
		for _, option := range f.Options {
			list = append(list, formula.OfText(option.ID))
		}
		return list
	}
	return o.values[i]
}

func (o *oracle) checkDomains(t *rapid.T, state *State, fitting map[string]demand) {
	for i, f := range o.def.Features {
		offered := map[string]bool{}
		for _, v := range state.Domains[f.ID].Values {
			offered[v.String()] = true
		}
		for _, r := range state.Domains[f.ID].Ranges {
			for x := r.Min; !x.GreaterThan(r.Max); x = x.Add(r.Step) {
				offered[x.String()] = true
			}
		}
		want := map[string]bool{}
		for _, v := range o.choosable(i) {
			if o.possible(allConstraints, append(demands(without(fitting, f.ID)), o.offers(f.ID, v))...) {
				want[v.String()] = true
			}
		}
		if diff := cmp.Diff(want, offered); diff != "" {
			t.Fatalf("domain of %s: %s", f.ID, diff)
		}
	}
}

func without(fitting map[string]demand, feature string) map[string]demand {
	others := maps.Clone(fitting)
	delete(others, feature)
	return others
}

func (o *oracle) checkExcluded(t *rapid.T, state *State, fitting map[string]demand) {
	for i, f := range o.def.Features {
		if f.Integer != nil {
			continue
		}
		others := without(fitting, f.ID)
		for _, v := range o.choosable(i) {
			fits := o.possible(allConstraints, append(demands(others), o.offers(f.ID, v))...)
			c, excluded := state.Excluded[f.ID][v.String()]
			if fits == excluded {
				t.Fatalf("%s = %s: fits %v, excluded %v", f.ID, v, fits, excluded)
			}
			if excluded {
				o.checkConflict(t, f.ID+" = "+v.String(), c, others, o.offers(f.ID, v))
			}
		}
	}
}

// checkValues demands the forced values, then the defaults one after the other, then
// what they force.
func (o *oracle) checkValues(t *rapid.T, state *State, selection Selection, fitting map[string]demand) {
	given := demands(fitting)
	force := func(want map[string]By, given []demand) {
		for i, f := range o.def.Features {
			if _, set := want[f.ID]; set {
				continue
			}
			for _, v := range o.values[i] {
				if !o.possible(allConstraints, append(slices.Clone(given), not(o.is(f.ID, v)))...) {
					want[f.ID] = ByForced
					o.minimalConstraints(t, "because of "+f.ID, state.Values[f.ID].Because, func(on uint64) bool {
						return o.possible(on, append(slices.Clone(given), not(o.is(f.ID, v)))...)
					})
					if !sameValue(state.Values[f.ID].Value, v) {
						t.Fatalf("%s is forced to %s, not %v", f.ID, v, state.Values[f.ID])
					}
				}
			}
		}
	}
	want := map[string]By{}
	for id := range selection {
		want[id] = ByUser
	}
	force(want, given)
	for _, f := range o.def.Features {
		if want[f.ID] == ByForced || fitting[f.ID] != nil || !f.Default.Known() {
			continue
		}
		if d := o.is(f.ID, f.Default); o.possible(allConstraints, append(slices.Clone(given), d)...) {
			given = append(given, d)
			if _, set := want[f.ID]; !set {
				want[f.ID] = ByDefault
			}
		}
	}
	force(want, given)
	got := map[string]By{}
	for id, a := range state.Values {
		if a.By != ByDerived {
			got[id] = a.By
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("values: %s", diff)
	}
	if complete := len(want) == len(o.def.Features) && len(state.Conflicts) == 0; complete != state.Complete {
		t.Fatalf("complete is %v", state.Complete)
	}
}

// checkCompletion takes the defaults that fit, then value after value.
func (o *oracle) checkCompletion(t *rapid.T, state *State, fitting map[string]demand) {
	given := demands(fitting)
	for _, f := range o.def.Features {
		if _, set := fitting[f.ID]; set || !f.Default.Known() {
			continue
		}
		if d := o.is(f.ID, f.Default); o.possible(allConstraints, append(slices.Clone(given), d)...) {
			given = append(given, d)
		}
	}
	want := map[string]string{}
	for i, f := range o.def.Features {
		for _, v := range o.preferred(i) {
			if o.possible(allConstraints, append(slices.Clone(given), o.is(f.ID, v))...) {
				given = append(given, o.is(f.ID, v))
				want[f.ID] = v.String()
				break
			}
		}
	}
	got := map[string]string{}
	for id, v := range state.Completion {
		got[id] = v.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("completion: %s", diff)
	}
}

// preferred orders the values of a feature as the completion tries them.
func (o *oracle) preferred(i int) []formula.Value {
	f, list := o.def.Features[i], slices.Clone(o.values[i])
	if !f.Default.Known() {
		return list
	}
	switch {
	case f.Integer != nil:
		slices.SortStableFunc(list, func(a, b formula.Value) int {
			return a.Number().Sub(f.Default.Number()).Abs().Cmp(b.Number().Sub(f.Default.Number()).Abs())
		})
	case f.Boolean && f.Default.Bool():
		slices.Reverse(list)
	case f.Select != nil:
		differs := func(v formula.Value, option OptionDefinition) bool {
			is := formula.OfText(option.ID)
			return slices.ContainsFunc(v.List(), is.Equal) != slices.ContainsFunc(f.Default.List(), is.Equal)
		}
		slices.SortStableFunc(list, func(a, b formula.Value) int {
			for _, option := range f.Options {
				if da, db := differs(a, option), differs(b, option); da != db {
					if da {
						return 1
					}
					return -1
				}
			}
			return 0
		})
	}
	return list
}

// models is how many random models are compared, unless the command says.
const models = "1000"

// TestResolveAgainstBruteForce compares every answer with all configurations of random
// models: with constraints as tables where that is possible, and all as formulas.
func TestResolveAgainstBruteForce(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		defer flag.Set("rapid.checks", f.DefValue)
		if err := flag.Set("rapid.checks", models); err != nil {
			t.Fatal(err)
		}
	}
	for name, limit := range map[string]int{"tables": maxCombinations, "formulas": 0} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				def := drawModel(t)
				m, mistakes := compile(def, nil, limit)
				if m == nil {
					t.Fatalf("%+v: %v", def, mistakes)
				}
				o := newOracle(def)
				t.Log(written(def))
				if o.possible(allConstraints) {
					o.checkIdle(t, m)
				}
				for range 3 {
					selection := o.drawSelection(t)
					t.Log(selection)
					o.check(t, m, selection)
				}
			})
		})
	}
}

// TestTheSameSelectionGivesTheSameBytes resolves twice, with a map filled in another
// order and with a model compiled anew.
func TestTheSameSelectionGivesTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def := drawModel(t)
		selection := newOracle(def).drawSelection(t)
		var answers [2]string
		for i := range answers {
			m, _ := Compile(def, nil)
			answer, err := json.Marshal(m.Resolve(maps.Clone(selection), Options{Defaults: true, Explain: true}))
			if err != nil {
				t.Fatal(err)
			}
			answers[i] = string(answer)
		}
		if answers[0] != answers[1] {
			t.Fatalf("%s\n%s", answers[0], answers[1])
		}
	})
}

func (o *oracle) drawSelection(t *rapid.T) Selection {
	selection := Selection{}
	for i, f := range o.def.Features {
		if !rapid.Bool().Draw(t, "choose "+f.ID) {
			continue
		}
		v := rapid.SampledFrom(o.values[i]).Draw(t, f.ID)
		if f.Select != nil && (len(v.List()) < f.Select.Min || len(v.List()) > f.Select.Max) {
			continue
		}
		selection[f.ID] = v
	}
	return selection
}

// written prints a model so that a failure can be read.
func written(def Definition) string {
	var b strings.Builder
	for i, f := range def.Features {
		fmt.Fprintf(&b, "\n%s default %q of %v %v", f.ID, f.Default, valuesOf(f), f.Select)
		for _, o := range def.Features[i].Options {
			fmt.Fprintf(&b, "\n  %s", o.ID)
			for _, a := range o.Attributes {
				fmt.Fprintf(&b, " %s=%s", a.Name, a.Value)
			}
		}
	}
	for _, d := range def.Derived {
		fmt.Fprintf(&b, "\n%s := %s", d.ID, d.Value.Text)
	}
	for _, c := range def.Constraints {
		fmt.Fprintf(&b, "\n%s: when %s: %s", c.ID, c.When.Text, c.Require.Text)
		if c.Table != nil {
			fmt.Fprintf(&b, " %v %v", c.Table.Columns, c.Table.Rows)
		}
	}
	return b.String()
}
