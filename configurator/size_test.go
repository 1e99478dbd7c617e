package configurator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

// grown makes a model of a size as companies have them: options that exclude and demand
// each other, selections with a budget, lengths with limits, a few combination tables.
func grown(features, constraints int) Definition {
	r := rand.New(rand.NewPCG(7, uint64(features)))
	def := Definition{ID: "grown", SKU: "G"}
	for i := range features {
		f := FeatureDefinition{ID: fmt.Sprintf("f%d", i), Title: fmt.Sprintf("Feature %d", i)}
		switch {
		case i%10 == 7:
			f.Options, f.Select = grownOptions(6, r), &Cardinality{Min: 0, Max: 4}
		case i%10 == 8:
			f.Integer = &IntegerDefinition{Min: decimal.New(100, 0), Max: decimal.New(3000, 0), Step: decimal.New(50, 0)}
			f.Default = formula.OfInt(1000)
		case i%5 == 4:
			f.Boolean, f.Default = true, formula.OfBool(false)
		default:
			f.Options, f.Default = grownOptions(4, r), formula.OfText("A")
		}
		def.Features = append(def.Features, f)
	}
	for i := range constraints {
		c := ConstraintDefinition{ID: fmt.Sprintf("c%d", i)}
		// What a constraint joins is near in the model.
		at := r.IntN(features)
		near := func() FeatureDefinition { return def.Features[min(features-1, at+r.IntN(10))] }
		switch i % 10 {
		case 0:
			c.Require.Text = "sum(" + grownPowers(def, at) + ") <= 60"
		case 1, 2, 3:
			c.When.Text = grownAtom(near(), r)
			c.Require.Text = grownAtom(near(), r) + " or " + grownAtom(near(), r)
		default:
			c.Require.Text = "not (" + grownAtom(near(), r) + " and " + grownAtom(near(), r) + " and " + grownAtom(near(), r) + ")"
		}
		def.Constraints = append(def.Constraints, c)
	}
	return def
}

func grownOptions(n int, r *rand.Rand) []OptionDefinition {
	var list []OptionDefinition
	for i := range n {
		list = append(list, OptionDefinition{ID: string(rune('A' + i)), Attributes: []AttributeDefinition{{Name: "p", Value: formula.OfInt(int64(r.IntN(12)))}}})
	}
	return list
}

func grownPowers(def Definition, at int) string {
	var names []string
	for i := at; i < len(def.Features) && len(names) < 9; i++ {
		if def.Features[i].Options != nil {
			names = append(names, def.Features[i].ID+".p")
		}
	}
	return strings.Join(append(names, "1"), ", ")
}

func grownAtom(f FeatureDefinition, r *rand.Rand) string {
	letter := string(rune('A' + r.IntN(4)))
	switch {
	case f.Boolean:
		return f.ID
	case f.Integer != nil:
		return fmt.Sprintf("%s > %d", f.ID, 500+r.IntN(40)*50)
	case f.Select != nil:
		return fmt.Sprintf("%q in %s", letter, f.ID)
	}
	return fmt.Sprintf("%s == %q", f.ID, letter)
}

// chosen picks values at random, each of them from what is still offered.
func chosen(m *Model, n int, r *rand.Rand) Selection {
	selection := Selection{}
	for len(selection) < n {
		state := m.Resolve(selection, Options{})
		f := m.features[r.IntN(len(m.features))]
		d := state.Domains[f.ID]
		switch {
		case f.Kind == KindSelect:
			selection[f.ID] = state.Completion[f.ID]
		case f.Kind == KindInteger:
			selection[f.ID] = formula.OfNumber(d.Ranges[r.IntN(len(d.Ranges))].Min)
		default:
			selection[f.ID] = d.Values[r.IntN(len(d.Values))]
		}
	}
	return selection
}

// TestModelsOfReasonableSizeAreDecided goes from choice to choice; nothing is left
// unverified, and every value that is offered can really be chosen.
func TestModelsOfReasonableSizeAreDecided(t *testing.T) {
	for _, size := range [][3]int{{60, 100, 10}, {200, 1000, 1}} {
		m, mistakes := Compile(grown(size[0], size[1]), nil)
		if m == nil || m.void || len(m.open) > 0 {
			t.Fatalf("%v: %v", size, mistakes)
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range size[2] {
			state := m.Resolve(chosen(m, 6, r), Options{Defaults: true})
			if len(state.Unverified) > 0 || len(state.Conflicts) > 0 {
				t.Errorf("%v: unverified %v, conflicts %v", size, state.Unverified, state.Conflicts)
			}
			if state := m.Resolve(state.Completion, Options{}); !state.Complete {
				t.Errorf("%v: the completion is not a valid configuration: %v %v", size, state.Conflicts, state.Problems)
			}
		}
	}
}

// TestTheSearchEnds has a model that this method cannot decide: more things than there
// are places for them. Everything stays on offer, and is said to be unverified.
func TestTheSearchEnds(t *testing.T) {
	def := Definition{ID: "m", SKU: "S"}
	for i := range 13 {
		f := FeatureDefinition{ID: fmt.Sprintf("f%d", i)}
		for place := range 12 {
			f.Options = append(f.Options, OptionDefinition{ID: fmt.Sprintf("P%d", place)})
		}
		def.Features = append(def.Features, f)
		for j := range i {
			def.Constraints = append(def.Constraints, ConstraintDefinition{ID: fmt.Sprintf("c%d-%d", i, j),
				Require: formula.Source{Text: fmt.Sprintf("f%d != f%d", i, j)}})
		}
	}
	m, mistakes := Compile(def, nil)
	if m == nil {
		t.Fatal(mistakes)
	}
	state := m.Resolve(Selection{"f0": formula.OfText("P3")}, Options{})
	if len(state.Unverified["f1"]) == 0 || len(state.Domains["f1"].Values) == 0 || state.Complete || state.Completion != nil {
		t.Errorf("unverified %v, domain %v, completion %v", state.Unverified["f1"], state.Domains["f1"], state.Completion)
	}
}

func BenchmarkResolve(b *testing.B) {
	for _, size := range [][2]int{{10, 15}, {50, 100}, {200, 1000}} {
		def := grown(size[0], size[1])
		m, _ := Compile(def, nil)
		r := rand.New(rand.NewPCG(3, 4))
		var selections []Selection
		for i := range 10 {
			selections = append(selections, chosen(m, 1+i, r))
		}
		for name, opt := range map[string]Options{"plain": {}, "defaults": {Defaults: true}, "explain": {Defaults: true, Explain: true}} {
			b.Run(fmt.Sprintf("features=%d/constraints=%d/%s", size[0], size[1], name), func(b *testing.B) {
				b.ReportAllocs()
				for i := range b.N {
					m.Resolve(selections[i%len(selections)], opt)
				}
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, size := range [][2]int{{200, 1000}, {2000, 6000}} {
		def := grown(size[0], size[1])
		b.Run(fmt.Sprintf("features=%d/constraints=%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				Compile(def, nil)
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, size := range [][2]int{{50, 100}, {200, 1000}, {2000, 6000}} {
		m, _ := Compile(grown(size[0], size[1]), nil)
		b.Run(fmt.Sprintf("features=%d/constraints=%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				m.Check()
			}
		})
	}
}
