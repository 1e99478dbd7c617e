package configurator

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/internal/formula"
)

// The oracle enumerates every assignment of a small model and checks the constraints'
// formulas one by one. It shares nothing with the search but the compiled formulas.

func drawModel(t *rapid.T) *Model {
	def := Definition{ID: "m", SKU: "S"}
	var atoms []string
	for i := range rapid.IntRange(2, 4).Draw(t, "features") {
		id := fmt.Sprintf("f%d", i)
		f := FeatureDefinition{ID: id, Title: id}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			f.Boolean = true
			atoms = append(atoms, id)
		case 1:
			f.Integer = &IntegerDefinition{Min: decimal.NewFromInt(1), Max: decimal.NewFromInt(4), Step: decimal.NewFromInt(1)}
			atoms = append(atoms, id+" <= 2", id+" == 3", id+" > 1")
		case 2:
			f.Options = drawOptions(2)
			f.Select = &Cardinality{Min: 0, Max: rapid.IntRange(1, 2).Draw(t, "most")}
			atoms = append(atoms, fmt.Sprintf("%q in %s", "A", id), "count("+id+") == 1", "sum("+id+".n) >= 2")
		default:
			f.Options = drawOptions(3)
			atoms = append(atoms, id+` == "A"`, id+` in ["B", "C"]`, id+".n > 1")
		}
		def.Features = append(def.Features, f)
	}
	atom := rapid.SampledFrom(atoms)
	for i := range rapid.IntRange(0, 4).Draw(t, "constraints") {
		c := ConstraintDefinition{ID: fmt.Sprintf("c%d", i)}
		if rapid.Bool().Draw(t, "conditional") {
			c.When.Text = atom.Draw(t, "when")
		}
		c.Require.Text = atom.Draw(t, "require")
		if rapid.Bool().Draw(t, "negated") {
			c.Require.Text = "not (" + c.Require.Text + ")"
		}
		if rapid.Bool().Draw(t, "or") {
			c.Require.Text += " or " + atom.Draw(t, "other")
		}
		def.Constraints = append(def.Constraints, c)
	}
	if len(def.Features) > 1 && rapid.Bool().Draw(t, "table") {
		if table := drawTable(t, def.Features[:2]); table != nil {
			def.Constraints = append(def.Constraints, ConstraintDefinition{ID: "table", Table: table})
		}
	}
	m, mistakes := Compile(def, nil)
	if m == nil {
		t.Fatalf("%v", mistakes)
	}
	return m
}

func drawOptions(n int) []OptionDefinition {
	var options []OptionDefinition
	for i, id := range []string{"A", "B", "C"}[:n] {
		options = append(options, OptionDefinition{ID: id, Title: id,
			Attributes: []AttributeDefinition{{Name: "n", Value: formula.OfInt(int64(i + 1))}}})
	}
	return options
}

func drawTable(t *rapid.T, features []FeatureDefinition) *Combinations {
	table := &Combinations{Name: "t"}
	var values [][]string
	for _, f := range features {
		table.Columns = append(table.Columns, f.ID)
		switch {
		case f.Select != nil:
			return nil
		case f.Boolean:
			values = append(values, []string{"true", "false"})
		case f.Integer != nil:
			values = append(values, []string{"1", "2", "3", "4"})
		default:
			values = append(values, []string{"A", "B", "C"})
		}
	}
	for range rapid.IntRange(1, 3).Draw(t, "rows") {
		var row CombinationRow
		for _, v := range values {
			row.Cells = append(row.Cells, rapid.SliceOfNDistinct(rapid.SampledFrom(v), 0, 2, rapid.ID).Draw(t, "cell"))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// solutions enumerates every valid assignment under the constraints that are not off.
func solutions(m *Model, off []bool) [][]int {
	var found [][]int
	a := m.empty()
	var fill func(v int)
	fill = func(v int) {
		if v < len(m.variables) {
			for x := range m.variables[v].values {
				a.at[v] = x
				fill(v + 1)
			}
			return
		}
		for k, c := range m.constraints {
			if off != nil && off[k] {
				continue
			}
			if ok, err := c.holds(a); err != nil || !ok {
				return
			}
		}
		found = append(found, slices.Clone(a.at))
	}
	fill(0)
	return found
}

func agrees(solution []int, fixed map[int]int) bool {
	for v, x := range fixed {
		if solution[v] != x {
			return false
		}
	}
	return true
}

func anyAgrees(all [][]int, fixed map[int]int) bool {
	return slices.ContainsFunc(all, func(s []int) bool { return agrees(s, fixed) })
}

// drawSelection draws choices, some of which may not go together.
func drawSelection(t *rapid.T, m *Model) Selection {
	selection := Selection{}
	for i := range m.features {
		f := &m.features[i]
		if !rapid.Bool().Draw(t, "choose "+f.ID) {
			continue
		}
		if f.Kind == KindSelect {
			n := rapid.IntRange(f.SelectMin, f.SelectMax).Draw(t, "size")
			ids := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B"}), n, n, rapid.ID).Draw(t, "options")
			selection[f.ID] = formula.OfTexts(ids)
			continue
		}
		selection[f.ID] = rapid.SampledFrom(m.variables[f.first].values).Draw(t, "value")
	}
	return selection
}

func TestDomainsForcedValuesAndCompletionAgreeWithBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		all := solutions(m, nil)
		s := m.Resolve(drawSelection(t, m), Options{Explain: true})
		if len(all) == 0 {
			if len(m.Check().Errors()) == 0 || s.Complete {
				t.Fatal("a model without a solution is not reported")
			}
			return
		}
		if len(s.Problems) > 0 {
			t.Fatalf("%v", s.Problems)
		}
		fitting := userChoices(m, s)
		fixed := together(fitting, picked{})
		if !anyAgrees(all, fixed) {
			t.Fatalf("the choices that are said to fit do not: %v", fixed)
		}
		for i := range m.features {
			checkDomain(t, m, s, all, fitting, i)
		}
		if s.Completion != nil {
			checkCompletion(t, m, s, all, fixed)
		} else {
			t.Fatal("there are solutions, but no completion")
		}
	})
}

// userChoices are the choices of the user without those in conflict.
func userChoices(m *Model, s *State) []picked {
	var fitting []picked
	for i := range m.features {
		f := &m.features[i]
		inConflict := slices.ContainsFunc(s.Conflicts, func(c Conflict) bool { return c.Feature == f.ID })
		if a, ok := s.Values[f.ID]; ok && a.By == ByUser && !inConflict {
			values, _ := m.assign(f, a.Value)
			fitting = append(fitting, picked{i, a.Value, values})
		}
	}
	return fitting
}

func checkDomain(t *rapid.T, m *Model, s *State, all [][]int, fitting []picked, feature int) {
	f := &m.features[feature]
	others := together(slices.DeleteFunc(slices.Clone(fitting), func(p picked) bool { return p.feature == feature }), picked{})
	offered := s.Domains[f.ID]
	for n := range f.count {
		v := f.first + n
		for x, value := range m.variables[v].values {
			if f.Kind == KindSelect && x == 0 {
				continue
			}
			want := anyAgrees(all, cloneWith(others, v, x))
			got := offers(offered, f, n, value)
			if got != want {
				t.Fatalf("%s %s: offered %v, but a configuration with it exists: %v", f.ID, value, got, want)
			}
		}
	}
	forced, ok := s.Values[f.ID]
	if ok && forced.By == ByForced {
		values, _ := m.assign(f, forced.Value)
		for _, solution := range all {
			if agrees(solution, together(fitting, picked{})) && !agrees(solution, values) {
				t.Fatalf("%s is said to be forced, but %v has another value", f.ID, solution)
			}
		}
	}
}

func offers(d Domain, f *feature, option int, value formula.Value) bool {
	switch f.Kind {
	case KindInteger:
		return slices.ContainsFunc(d.Ranges, func(r Range) bool {
			return value.Number().GreaterThanOrEqual(r.Min) && value.Number().LessThanOrEqual(r.Max)
		})
	case KindSelect:
		value = formula.OfText(f.Options[option].ID)
	}
	return slices.ContainsFunc(d.Values, value.Equal)
}

func checkCompletion(t *rapid.T, m *Model, s *State, all [][]int, fixed map[int]int) {
	complete := map[int]int{}
	for i := range m.features {
		f := &m.features[i]
		values, problem := m.assign(f, s.Completion[f.ID])
		if problem != "" {
			t.Fatal(problem)
		}
		complete = merge(complete, values)
	}
	if !anyAgrees(all, merge(fixed, complete)) {
		t.Fatalf("the completion %v is not a valid configuration with the choices", s.Completion)
	}
}

func TestExplanationsAreMinimalAndRepairsWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		if len(solutions(m, nil)) == 0 {
			t.Skip("no solution at all")
		}
		selection := drawSelection(t, m)
		s := m.Resolve(selection, Options{})
		fitting := userChoices(m, s)
		for _, c := range s.Conflicts {
			f := m.byID[c.Feature]
			values, _ := m.assign(&m.features[f], *c.Value)
			before := slices.DeleteFunc(slices.Clone(fitting), func(p picked) bool { return p.feature > f })
			checkMinimal(t, m, c, picked{f, *c.Value, values}, before)
			checkRepairs(t, m, c, picked{f, *c.Value, values}, before)
		}
	})
}

// checkMinimal drops each choice and each constraint of an explanation in turn: then the
// value must fit, and with all of them it must not.
func checkMinimal(t *rapid.T, m *Model, c Conflict, p picked, fitting []picked) {
	named := func(drop string) []bool {
		off := make([]bool, len(m.constraints))
		for k := range off {
			id := m.constraints[k].id
			off[k] = id == drop || !slices.ContainsFunc(c.Constraints, func(r ConstraintRef) bool { return r.ID == id })
		}
		return off
	}
	chosen := func(drop string) []picked {
		return slices.DeleteFunc(slices.Clone(fitting), func(p picked) bool {
			id := m.features[p.feature].ID
			return id == drop || !slices.ContainsFunc(c.Choices, func(x Choice) bool { return x.Feature == id })
		})
	}
	if anyAgrees(solutions(m, named("")), together(chosen(""), p)) {
		t.Fatalf("the explanation %+v excludes nothing", c)
	}
	for _, x := range c.Choices {
		if !anyAgrees(solutions(m, named("")), together(chosen(x.Feature), p)) {
			t.Fatalf("choice %s is not needed in %+v", x.Feature, c)
		}
	}
	for _, k := range c.Constraints {
		if !anyAgrees(solutions(m, named(k.ID)), together(chosen(""), p)) {
			t.Fatalf("constraint %s is not needed in %+v", k.ID, c)
		}
	}
}

func checkRepairs(t *rapid.T, m *Model, c Conflict, p picked, fitting []picked) {
	all := solutions(m, nil)
	for _, r := range c.Repairs {
		without := func(keep string) map[int]int {
			return together(slices.DeleteFunc(slices.Clone(fitting), func(x picked) bool {
				id := m.features[x.feature].ID
				return id != keep && slices.Contains(r.GiveUp, id)
			}), p)
		}
		if !anyAgrees(all, without("")) {
			t.Fatalf("giving up %v does not help", r.GiveUp)
		}
		for _, keep := range r.GiveUp {
			if anyAgrees(all, without(keep)) {
				t.Fatalf("%v need not be given up for %v", keep, r.GiveUp)
			}
		}
	}
}

func TestTheSameSelectionGivesTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		selection := drawSelection(t, m)
		again := Selection{}
		for k, v := range selection {
			again[k] = v
		}
		a, errA := json.Marshal(m.Resolve(selection, Options{Defaults: true, Explain: true}))
		b, errB := json.Marshal(m.Resolve(again, Options{Defaults: true, Explain: true}))
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Fatalf("%s %v\n%s %v", a, errA, b, errB)
		}
	})
}
