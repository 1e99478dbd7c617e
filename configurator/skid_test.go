package configurator

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// skid is the pump skid of the documentation.
func skid(t *testing.T) *Model {
	t.Helper()
	frame := choice("frame", "F1", "F2", "F3")
	frame.Default = formula.OfText("F1")
	motor := choice("motor", "M10", "M20", "M30")
	for i := range motor.Options {
		motor.Options[i].Attributes = []AttributeDefinition{{Name: "power_kw", Value: formula.OfInt(int64(10 * (i + 1)))}}
	}
	accessories := choice("accessories", "gauge", "strainer", "vfd", "cover")
	accessories.Select = &Cardinality{Min: 0, Max: 3}
	accessories.Options[2].Attributes = []AttributeDefinition{{Name: "power_kw", Value: formula.OfNumber(decimal.RequireFromString("15"))}}
	length := whole("length_mm", 500, 3000, 50)
	length.Default = formula.OfInt(1000)
	bigMotor := require(1, "big-motor", `motor in ["M20", "M30"]`)
	bigMotor.When, bigMotor.Message = source(1, `frame == "F3"`), "Frame F3 needs at least M20"
	m, mistakes := Compile(Definition{
		ID: "pump-skid", SKU: "PS-2000", Title: "Pump skid",
		Features: []FeatureDefinition{frame, motor, choice("voltage", "V230", "V400"), accessories, length, {ID: "atex", Title: "ATEX", Boolean: true}},
		Derived:  []DerivedDefinition{{ID: "weight_kg", Value: source(1, `(frame == "F1" ? 100 : 150) + length_mm * 0.02`)}},
		Constraints: []ConstraintDefinition{
			bigMotor,
			require(2, "rail", `length_mm <= 1500 or frame != "F1"`),
			{ID: "supply", Table: &Combinations{Name: "motor-voltage", Columns: []string{"motor", "voltage"}, Rows: []CombinationRow{
				{Cells: [][]string{{"M10"}, nil}}, {Cells: [][]string{{"M20", "M30"}, {"V400"}}}}}},
			require(3, "load", "sum(motor.power_kw, accessories.power_kw) <= 40"),
		},
		PartNumber: source(4, "PS-{frame}-{motor}-{length_mm}{atex ? 'X' : ''}"),
	}, nil)
	if m == nil {
		t.Fatal(mistakes)
	}
	return m
}

// TestSkid resolves the selections in testdata/skid and compares the whole answers.
func TestSkid(t *testing.T) {
	m := skid(t)
	files, err := filepath.Glob("testdata/skid/*.selection.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no selections", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var selection Selection
			if err := json.Unmarshal(text, &selection); err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(m.Resolve(selection, Options{Defaults: true, Explain: true}), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.Replace(file, ".selection.", ".state.", 1)
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOneModelForAll resolves on one model from several goroutines; the race detector
// and equal answers show that they do not meet.
func TestOneModelForAll(t *testing.T) {
	m := skid(t)
	selection := Selection{"frame": formula.OfText("F3"), "voltage": formula.OfText("V230")}
	want, _ := json.Marshal(m.Resolve(selection, Options{Defaults: true, Explain: true}))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				got, _ := json.Marshal(m.Resolve(selection, Options{Defaults: true, Explain: true}))
				if string(got) != string(want) {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	group.Wait()
}

// TestLookup reads a state as formulas of bills of material and prices do.
func TestLookup(t *testing.T) {
	m := skid(t)
	text := formula.OfText
	open := m.Resolve(Selection{"motor": text("M20")}, Options{})
	if v := open.Feature("weight_kg"); v.Known() {
		t.Errorf("the weight is %s before the frame is known", v)
	}
	s := m.Resolve(Selection{"frame": text("F2"), "motor": text("M20"), "accessories": formula.OfTexts([]string{"vfd", "gauge"}), "atex": formula.OfBool(true)}, Options{Defaults: true})
	env := m.Env().Clone()
	env.Declare("other", formula.Number)
	for text, want := range map[string]string{
		"motor.power_kw": "20", "weight_kg": "170", "sum(accessories.power_kw)": "15", "count(accessories)": "2", `"gauge" in accessories`: "true", "other": "",
	} {
		f, wrong := formula.Compile(env, source(1, text), formula.Any)
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		if v, err := f.Eval(s.Lookup); err != nil || v.String() != want {
			t.Errorf("%s is %s, want %s; %v", text, v, want, err)
		}
	}
	want := [][]string{{"pump-skid/frame/F2", "frame/F2", "F2"}, {"pump-skid/motor/M20", "motor/M20", "M20"}, {"pump-skid/voltage/V400", "voltage/V400", "V400"},
		{"pump-skid/accessories/gauge", "accessories/gauge", "gauge"}, {"pump-skid/accessories/vfd", "accessories/vfd", "vfd"}, {"pump-skid/atex", "atex"}}
	if diff := cmp.Diff(want, s.OptionKeys()); diff != "" {
		t.Error(diff)
	}
	if s.PartNumber != "PS-F2-M20-1000X" || !s.Complete {
		t.Errorf("part number %q, complete %v, open %v", s.PartNumber, s.Complete, s.Open())
	}
}

// TestFormulaIsCompiledOnce counts on the model to keep what the catalog writes.
func TestFormulaIsCompiledOnce(t *testing.T) {
	m := skid(t)
	first, wrong := m.Formula(source(1, "length_mm / 2"), formula.Number)
	again, _ := m.Formula(source(9, "length_mm / 2"), formula.Number)
	if len(wrong) > 0 || first == nil || first != again {
		t.Errorf("%p %p %v", first, again, wrong)
	}
	if f, wrong := m.Formula(source(3, "nonsense"), formula.Number); f != nil || !strings.Contains(wrong.Error(), "m.yaml:3:1: unknown name nonsense") {
		t.Errorf("%v %v", f, wrong)
	}
}
