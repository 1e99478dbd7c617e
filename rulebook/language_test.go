package rulebook

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// written is a definition field by field, one a line, as the golden file has it, and the
// fields that have been seen with a value.
type written struct {
	lines []string
	seen  map[string]bool
	types map[reflect.Type]bool // of package pricing
}

// value writes what a field holds, and nothing for a field that is not set.
func (w *written) value(path string, v reflect.Value) {
	switch x := v.Interface().(type) {
	case pricing.Name:
		w.text(path, x.Text, x.At)
	case formula.Source:
		w.text(path, x.Text, x.At)
	case fault.Position:
		if path != "" && x.Line > 0 {
			w.lines = append(w.lines, fmt.Sprintf("%s %d:%d", path, x.Line, x.Column))
		}
	case *decimal.Decimal:
		if x != nil {
			w.lines = append(w.lines, path+" = "+x.String())
		}
	case catalog.Date:
		if !x.IsZero() {
			w.lines = append(w.lines, path+" = "+x.String())
		}
	default:
		w.parts(path, v)
	}
}

func (w *written) text(path, text string, at fault.Position) {
	if text != "" {
		w.lines = append(w.lines, fmt.Sprintf("%s = %q %d:%d", path, text, at.Line, at.Column))
	}
}

func (w *written) parts(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		w.fields(path, v)
	case reflect.Pointer:
		if !v.IsNil() {
			w.value(path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.value(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			w.value(path+"["+k.String()+"]", v.MapIndex(k))
		}
	default:
		if !v.IsZero() {
			w.lines = append(w.lines, fmt.Sprintf("%s = %v", path, v.Interface()))
		}
	}
}

func (w *written) fields(path string, v reflect.Value) {
	w.types[v.Type()] = true
	for i := range v.NumField() {
		name, before := v.Type().Field(i).Name, len(w.lines)
		w.value(strings.TrimPrefix(path+"."+name, "."), v.Field(i))
		if len(w.lines) > before {
			w.seen[v.Type().Name()+"."+name] = true
		}
	}
}

// unseen are the fields of all types that were never set.
func (w *written) unseen() []string {
	var names []string
	for t := range w.types {
		for i := range t.NumField() {
			if name := t.Name() + "." + t.Field(i).Name; !w.seen[name] {
				names = append(names, name)
			}
		}
	}
	return names
}

// TestLanguage: the rulebook that has every key of the pricing language is a good one.
func TestLanguage(t *testing.T) {
	if book, mistakes := Load(os.DirFS("testdata/language")); book == nil || len(mistakes) > 0 {
		t.Errorf("it has mistakes:\n%v", mistakes)
	}
}

// TestEveryKeyLandsInItsField: the rulebook of testdata/language has every key of the
// pricing language, and the golden file what the reader makes of it. A field of the
// definitions that no key sets is a mistake of this test or of the reader.
func TestEveryKeyLandsInItsField(t *testing.T) {
	var mistakes fault.Mistakes
	read := func(name string, languages []string) (*reader, *node) {
		content, err := os.ReadFile("testdata/language/" + name)
		if err != nil {
			t.Fatal(err)
		}
		r := &reader{file: name, mistakes: &mistakes, languages: languages}
		return r, r.parse(string(content))
	}
	r, n := read("rulebook.yaml", nil)
	schema := r.company(n).schema
	r, n = read("sales-models/direct.yaml", schema.Languages)
	def := r.salesModel(n)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if want := []string{"en", "de", "zh-TW"}; !slices.Equal(schema.Languages, want) {
		t.Errorf("languages %v", schema.Languages)
	}

	w := written{seen: map[string]bool{}, types: map[reflect.Type]bool{}}
	w.value("", reflect.ValueOf(struct {
		PriceLists map[string]pricing.PriceList
		Conditions map[string]pricing.ConditionType
		Definition pricing.Definition
	}{schema.PriceLists, schema.Conditions, def}))
	for _, name := range w.unseen() {
		t.Errorf("no key of the rulebook sets %s", name)
	}
	const golden = "testdata/language.txt"
	got := strings.Join(w.lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("definitions (-want +got):\n%s", diff)
	}
}
