package configurator

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

func at(line int) fault.Position { return fault.Position{File: "m.yaml", Line: line, Column: 1} }

func source(line int, text string) formula.Source { return formula.Source{Text: text, At: at(line)} }

func choice(id string, options ...string) FeatureDefinition {
	f := FeatureDefinition{ID: id, Title: id}
	for _, o := range options {
		f.Options = append(f.Options, OptionDefinition{ID: o, Title: o})
	}
	return f
}

func whole(id string, low, high, step int64) FeatureDefinition {
	return FeatureDefinition{ID: id, Title: id, Integer: &IntegerDefinition{Min: decimal.NewFromInt(low), Max: decimal.NewFromInt(high), Step: decimal.NewFromInt(step), At: at(1)}}
}

func require(line int, id, text string) ConstraintDefinition {
	return ConstraintDefinition{ID: id, At: at(line), Require: source(line, text)}
}

// TestCompileFindsEveryMistake makes one mistake after the other; all in one model are
// found at once.
func TestCompileFindsEveryMistake(t *testing.T) {
	table := func(columns []string, cells ...[]string) *Combinations {
		return &Combinations{Name: "t", At: at(7), Columns: columns, Rows: []CombinationRow{{At: at(8), Cells: cells}}}
	}
	several := func(f FeatureDefinition, least, most int) FeatureDefinition {
		f.Select = &Cardinality{Min: least, Max: most, At: at(3)}
		return f
	}
	usual := func(f FeatureDefinition, v formula.Value) FeatureDefinition {
		f.Default, f.DefaultAt = v, at(4)
		return f
	}
	withAttributes := func(a ...AttributeDefinition) FeatureDefinition {
		f := choice("f", "A", "B")
		f.Options[0].Attributes = a
		f.Options[1].Attributes = []AttributeDefinition{{Name: "kg", Value: formula.OfInt(1), At: at(6)}}
		return f
	}
	var all Definition
	var wanted []string
	for name, c := range map[string]struct {
		def  Definition
		want string
	}{
		"name":               {Definition{Features: []FeatureDefinition{choice("wide-size", "A")}}, `"wide-size" cannot be the name of a feature`},
		"twice":              {Definition{Features: []FeatureDefinition{choice("twice", "A"), choice("twice", "A")}}, `the feature twice is there twice`},
		"no kind":            {Definition{Features: []FeatureDefinition{{ID: "empty"}}}, `feature empty needs exactly one of options, integer and boolean`},
		"two kinds":          {Definition{Features: []FeatureDefinition{{ID: "both", Boolean: true, Options: choice("x", "A").Options}}}, `feature both needs exactly one`},
		"slash":              {Definition{Features: []FeatureDefinition{choice("o", "a/b")}}, `the option "a/b" is empty, there twice or has a / in it`},
		"option twice":       {Definition{Features: []FeatureDefinition{choice("p", "A", "A")}}, `the option "A" is empty, there twice`},
		"attribute kinds":    {Definition{Features: []FeatureDefinition{withAttributes(AttributeDefinition{Name: "kg", Value: formula.OfText("1")})}}, `m.yaml:6:1: f.kg is a number here, but a text at another option`},
		"attribute twice":    {Definition{Features: []FeatureDefinition{withAttributes(AttributeDefinition{Name: "kg", Value: formula.OfInt(1)}, AttributeDefinition{Name: "kg", Value: formula.OfInt(2)})}}, `the attribute kg is there twice in option A`},
		"attribute name":     {Definition{Features: []FeatureDefinition{withAttributes(AttributeDefinition{Name: "max-kg", Value: formula.OfInt(1)})}}, `"max-kg" cannot be the name of an attribute`},
		"step":               {Definition{Features: []FeatureDefinition{whole("s", 1, 5, 0)}}, `the step of s is 0; it has to be more than 0`},
		"range":              {Definition{Features: []FeatureDefinition{whole("r", 5, 1, 1)}}, `feature r has an empty range`},
		"too many values":    {Definition{Features: []FeatureDefinition{whole("v", 1, 4097, 1)}}, `feature v has more than 4096 values`},
		"cardinality":        {Definition{Features: []FeatureDefinition{several(choice("c", "A"), 2, 1)}}, `m.yaml:3:1: select 2..1 is no range`},
		"nothing to select":  {Definition{Features: []FeatureDefinition{several(choice("n", "A"), 0, 0)}}, `select 0..0 lets nothing be chosen`},
		"too few to select":  {Definition{Features: []FeatureDefinition{several(choice("w", "A"), 2, 3)}}, `w takes at least 2 options, but has 1`},
		"default":            {Definition{Features: []FeatureDefinition{usual(choice("d", "A"), formula.OfText("B"))}}, `m.yaml:4:1: the default of d: "B" is not a value of d`},
		"default range":      {Definition{Features: []FeatureDefinition{usual(whole("e", 0, 10, 5), formula.OfInt(7))}}, `the default of e: e is 7; it takes 0 to 10 in steps of 5`},
		"default boolean":    {Definition{Features: []FeatureDefinition{usual(FeatureDefinition{ID: "b", Boolean: true}, formula.OfText("maybe"))}}, `the default of b: "maybe" is not a value of b; it is true or false`},
		"default selection":  {Definition{Features: []FeatureDefinition{usual(several(choice("l", "A", "B"), 0, 1), formula.OfTexts([]string{"A", "B"}))}}, `the default of l: l takes 0 to 1 options, not 2`},
		"derived name":       {Definition{Derived: []DerivedDefinition{{ID: "net weight", At: at(5), Value: source(5, "1")}}}, `"net weight" cannot be the name of a derived value, or is taken`},
		"derived forward":    {Definition{Derived: []DerivedDefinition{{ID: "first", Value: source(5, "second + 1")}, {ID: "second", Value: source(6, "1")}}}, `m.yaml:5:1: unknown name second`},
		"constraint twice":   {Definition{Constraints: []ConstraintDefinition{require(7, "k", "true"), require(7, "k", "true")}}, `the constraint k is there twice`},
		"constraint id":      {Definition{Constraints: []ConstraintDefinition{require(7, "", "true")}}, `a constraint has no id`},
		"constraint kind":    {Definition{Constraints: []ConstraintDefinition{require(7, "number", "1 + 1")}}, `m.yaml:7:1: this is a number, but a boolean is needed here`},
		"constraint name":    {Definition{Constraints: []ConstraintDefinition{require(7, "unknown", "colour == 1")}}, `unknown name colour`},
		"constraint empty":   {Definition{Constraints: []ConstraintDefinition{{ID: "none", At: at(7)}}}, `constraint none needs require or table`},
		"table and require":  {Definition{Constraints: []ConstraintDefinition{{ID: "too-much", At: at(9), Require: source(9, "true"), Table: &Combinations{}}}}, `m.yaml:9:1: a constraint has a table, or require and when, not both`},
		"column":             {Definition{Constraints: []ConstraintDefinition{{ID: "t1", Table: table([]string{"twic"}, nil)}}}, `table t has a column twic, but there is no such feature`},
		"column twice":       {Definition{Features: []FeatureDefinition{choice("g", "A")}, Constraints: []ConstraintDefinition{{ID: "t2", Table: table([]string{"g", "g"}, nil, nil)}}}, `table t has the column g twice`},
		"column selection":   {Definition{Features: []FeatureDefinition{several(choice("h", "A"), 0, 1)}, Constraints: []ConstraintDefinition{{ID: "t3", Table: table([]string{"h"}, nil)}}}, `table t has a column h, which is a selection of several options`},
		"cell":               {Definition{Features: []FeatureDefinition{choice("i", "A")}, Constraints: []ConstraintDefinition{{ID: "t4", Table: table([]string{"i"}, []string{"Z"})}}}, `m.yaml:8:1: "Z" is not a value of i`},
		"cells":              {Definition{Features: []FeatureDefinition{choice("j", "A")}, Constraints: []ConstraintDefinition{{ID: "t5", Table: table([]string{"j"}, nil, nil)}}}, `2 cells, but table t has 1 columns`},
		"no rows":            {Definition{Features: []FeatureDefinition{choice("q", "A")}, Constraints: []ConstraintDefinition{{ID: "t6", Table: &Combinations{Name: "t", At: at(7), Columns: []string{"q"}}}}}, `table t has no rows, so nothing is valid`},
		"option in formula":  {Definition{Features: []FeatureDefinition{choice("u", "A")}, Constraints: []ConstraintDefinition{require(7, "slip", `u == "B"`)}}, `u is never "B"`},
		"part number":        {Definition{PartNumber: source(10, "X-{nothing}")}, `unknown name nothing`},
		"selected attribute": {Definition{Features: []FeatureDefinition{several(withText("x"), 0, 1)}, Constraints: []ConstraintDefinition{require(7, "text", `x.colour == "red"`)}}, `x.colour cannot be used here: of options that are chosen together`},
	} {
		t.Run(name, func(t *testing.T) {
			m, mistakes := Compile(c.def, nil)
			if m != nil || !strings.Contains(mistakes.Error(), c.want) {
				t.Errorf("got %v, want %s", mistakes, c.want)
			}
		})
		if name != "part number" && name != "attribute kinds" && !strings.HasPrefix(name, "attribute") {
			all.Features = append(all.Features, c.def.Features...)
			all.Derived = append(all.Derived, c.def.Derived...)
			all.Constraints = append(all.Constraints, c.def.Constraints...)
			wanted = append(wanted, c.want)
		}
	}
	_, mistakes := Compile(all, nil)
	for _, want := range wanted {
		if !strings.Contains(mistakes.Error(), strings.TrimPrefix(want, "m.yaml")) {
			t.Errorf("all at once: %s is missing", want)
		}
	}
}

func withText(id string) FeatureDefinition {
	f := choice(id, "A")
	f.Options[0].Attributes = []AttributeDefinition{{Name: "colour", Value: formula.OfText("red")}}
	return f
}

// TestReadFindsEveryProblem selects what cannot be read.
func TestReadFindsEveryProblem(t *testing.T) {
	several := choice("several", "A", "B", "C")
	several.Select = &Cardinality{Min: 1, Max: 2}
	m, mistakes := Compile(Definition{ID: "m", Features: []FeatureDefinition{choice("one", "A", "B"), several, whole("length", 100, 300, 50), {ID: "flag", Boolean: true}}}, nil)
	if m == nil {
		t.Fatal(mistakes)
	}
	number, text, texts := formula.OfInt, formula.OfText, func(ids ...string) formula.Value { return formula.OfTexts(ids) }
	for name, c := range map[string]struct {
		selection Selection
		want      string // codes
	}{
		"fine":            {Selection{"one": text("A"), "several": texts("C", "A"), "length": text("150"), "flag": formula.OfBool(true)}, ""},
		"null":            {Selection{"one": formula.Value{}}, ""},
		"one for several": {Selection{"several": text("A")}, ""},
		"feature":         {Selection{"lenght": number(100), "zebra": number(1)}, "unknown_feature unknown_feature"},
		"option":          {Selection{"one": text("Z")}, "unknown_option"},
		"options":         {Selection{"several": texts("Y", "Z")}, "unknown_option unknown_option"},
		"twice":           {Selection{"several": texts("A", "A")}, "duplicate_option"},
		"too many":        {Selection{"several": texts("A", "B", "C")}, "too_many_options"},
		"too few":         {Selection{"several": texts()}, "too_few_options"},
		"everything":      {Selection{"several": texts("A", "A", "Z")}, "duplicate_option unknown_option too_many_options"},
		"list for one":    {Selection{"one": texts("A")}, "bad_value"},
		"truth for some":  {Selection{"several": formula.OfBool(true)}, "bad_value"},
		"no number":       {Selection{"length": text("long")}, "not_a_number"},
		"range":           {Selection{"length": number(400)}, "out_of_range"},
		"step":            {Selection{"length": number(120)}, "out_of_range"},
		"truth":           {Selection{"flag": number(1)}, "bad_value"},
	} {
		t.Run(name, func(t *testing.T) {
			var codes []string
			state := m.Resolve(c.selection, Options{})
			for _, p := range state.Problems {
				codes = append(codes, p.Code)
			}
			if got := strings.Join(codes, " "); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if state.Complete && c.want != "" {
				t.Error("complete in spite of problems")
			}
		})
	}
}

func TestCheck(t *testing.T) {
	usual := func(f FeatureDefinition, v formula.Value, line int) FeatureDefinition {
		f.Default, f.DefaultAt = v, at(line)
		return f
	}
	for name, c := range map[string]struct {
		def  Definition
		want string
	}{
		"fine": {Definition{Features: []FeatureDefinition{choice("f", "A", "B")}}, ""},
		"void": {Definition{At: at(1), Features: []FeatureDefinition{choice("f", "A", "B"), whole("n", 1, 9, 1)},
			Constraints: []ConstraintDefinition{require(2, "innocent", `f != "A"`), require(3, "low", "n < 3"), require(4, "high", "n > 5")}},
			"m.yaml:1:1: the model has no valid configuration; these constraints exclude each other: low, high"},
		"never true": {Definition{At: at(1), Features: []FeatureDefinition{choice("f", "A", "B")}, Constraints: []ConstraintDefinition{require(2, "never", "1 > 2")}},
			"m.yaml:1:1: the model has no valid configuration; these constraints exclude each other: never"},
		"dead option": {Definition{Features: []FeatureDefinition{choice("f", "A", "B", "C")}, Constraints: []ConstraintDefinition{require(2, "c", `f != "C"`)}},
			"warning: option C of f is in no valid configuration"},
		"dead numbers": {Definition{Features: []FeatureDefinition{whole("n", 1, 9, 1)}, Constraints: []ConstraintDefinition{require(2, "c", `n < 4 or n in [5, 9]`)}},
			"m.yaml:1:1: warning: n is in no valid configuration: 4\nm.yaml:1:1: warning: n is in no valid configuration: 6 to 8"},
		"no choice": {Definition{Features: []FeatureDefinition{{ID: "b", At: at(5), Boolean: true}}, Constraints: []ConstraintDefinition{require(2, "c", `b`)}},
			"m.yaml:5:1: warning: b is true in every valid configuration"},
		"defaults": {Definition{Features: []FeatureDefinition{usual(choice("f", "A", "B"), formula.OfText("A"), 6), usual(choice("g", "A", "B"), formula.OfText("B"), 7)},
			Constraints: []ConstraintDefinition{require(2, "c", `f == g`)}},
			"m.yaml:7:1: warning: the default of g does not go together with the defaults before it"},
		"idle": {Definition{Features: []FeatureDefinition{choice("f", "A", "B", "C"), whole("n", 1, 9, 1)}, Constraints: []ConstraintDefinition{
			require(2, "short", `f != "A" or n < 4`), require(3, "shorter", `f != "A" or n < 3`), require(4, "small", `n < 20`)}},
			"m.yaml:2:1: warning: constraint short never matters: what keeps shorter keeps it, too\nm.yaml:4:1: warning: constraint small never matters: every configuration keeps it"},
	} {
		t.Run(name, func(t *testing.T) {
			m, mistakes := Compile(c.def, nil)
			if m == nil {
				t.Fatal(mistakes)
			}
			if got := m.Check().Error(); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}
