package formula

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"
)

func TestValueJSON(t *testing.T) {
	for _, c := range []struct {
		value Value
		want  string
	}{
		{OfNumber(number("12345678901234567890.10")), `"12345678901234567890.1"`},
		{OfInt(-5), `"-5"`},
		{OfText(`a "b" <ü>`), `"a \"b\" \u003cü\u003e"`},
		{OfBool(true), `true`},
		{OfDate(civil.Date{Year: 2026, Month: 3, Day: 1}), `"2026-03-01"`},
		{OfTexts([]string{"a", "b"}), `["a","b"]`},
		{OfTexts(nil), `[]`},
		{OfNumbers([]decimal.Decimal{number("0.10")}), `["0.1"]`},
		{None(Number), `null`},
		{Value{}, `null`},
		{OfDate(civil.Date{}), `null`},
	} {
		got, err := json.Marshal(map[string]Value{"v": c.value})
		if err != nil || string(got) != `{"v":`+c.want+`}` {
			t.Errorf("%v is %s, %v, want %s", c.value, got, err, c.want)
		}
	}
}

func TestValueFromJSON(t *testing.T) {
	for text, want := range map[string]Value{
		`"M20"`:                             OfText("M20"),
		`"5"`:                               OfText("5"),
		`5`:                                 OfInt(5),
		`0.1000000000000000000000000000001`: OfNumber(number("0.1000000000000000000000000000001")),
		`-12345678901234567890.5`:           OfNumber(number("-12345678901234567890.5")),
		`true`:                              OfBool(true),
		`false`:                             OfBool(false),
		` ["a", "b"]`:                       OfTexts([]string{"a", "b"}),
		`[1, 2.50]`:                         OfNumbers([]decimal.Decimal{number("1"), number("2.5")}),
		`[]`:                                OfTexts(nil),
	} {
		var got Value
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) || got.Kind() != want.Kind() {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
	}
	var got Value
	if err := json.Unmarshal([]byte(`null`), &got); err != nil || got.Known() {
		t.Errorf("null is %v, %v", got, err)
	}
	for _, text := range []string{`{}`, `{"a":1}`, `[1,"a"]`, `[true]`, `[[1]]`, `[null]`, `["a",null]`, `1e3`, `1E-5`, strings.Repeat("9", 41), `tru`, `'a'`, `[1`} {
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is taken for %v", text, got)
		}
	}
}

// TestValueRoundTrip: what JSON can tell apart comes back as it was.
func TestValueRoundTrip(t *testing.T) {
	for _, v := range []Value{OfText("ä"), OfBool(false), OfTexts([]string{"x"}), OfTexts(nil), {}} {
		data, err := json.Marshal(v)
		var back Value
		if err != nil || json.Unmarshal(data, &back) != nil || back.Known() != v.Known() || v.Known() && !back.Equal(v) {
			t.Errorf("%v comes back as %v, %v", v, back, err)
		}
	}
}

func TestValueEqual(t *testing.T) {
	values := []Value{OfInt(1), OfInt(2), OfText("1"), OfText(""), OfBool(true), OfBool(false), OfDate(civil.Date{Year: 2026, Month: 1, Day: 1}),
		OfTexts(nil), OfTexts([]string{"1"}), OfTexts([]string{"1", "2"}), OfNumbers(nil), OfNumbers([]decimal.Decimal{number("1")})}
	for i, v := range values {
		for j, w := range values {
			if v.Equal(w) != (i == j) {
				t.Errorf("%s %v == %s %v is %v", v.Kind(), v, w.Kind(), w, v.Equal(w))
			}
		}
	}
	if !OfNumber(number("1.0")).Equal(OfNumber(number("1.00"))) || None(Text).Equal(None(Text)) || (Value{}).Equal(Value{}) {
		t.Error("numbers compare by their value, and what has no value equals nothing")
	}
}

func TestKinds(t *testing.T) {
	for _, name := range []string{"number", "text", "boolean", "date"} {
		if k, err := ParseKind(name); err != nil || k.String() != name {
			t.Errorf("%s is %s, %v", name, k, err)
		}
	}
	for _, name := range []string{"", "value", "list of texts", "Number", "int"} {
		if _, err := ParseKind(name); err == nil {
			t.Errorf("%q is a kind", name)
		}
	}
}

// TestTree: the typed tree and the names in it, as other packages walk them.
func TestTree(t *testing.T) {
	s := shop()
	f, mistakes := Compile(s.env, Source{Text: `not atex and (list > 5 ? count(motor, "x") : -list) in [1, list + 2]`, At: start}, Boolean)
	if f == nil {
		t.Fatal(mistakes)
	}
	var seen []string
	Walk(f.Root(), func(n Node) {
		switch n := n.(type) {
		case *Literal:
			seen = append(seen, n.Value.String())
		case *Variable:
			seen = append(seen, n.Name)
		case *Unary:
			seen = append(seen, n.Op.String())
		case *Binary:
			seen = append(seen, n.Op.String())
		case *Conditional:
			seen = append(seen, "?")
		case *List:
			seen = append(seen, "[]")
		case *Call:
			seen = append(seen, n.Name)
		}
		if n.Kind() == Any || n.At().Line != 1 || n.At().Column < 1 {
			t.Errorf("%T has kind %s at %s", n, n.Kind(), n.At())
		}
	})
	const want = "and not atex in ? > list 5 count motor x -x list [] 1 + list 2"
	if got := strings.Join(seen, " "); got != want {
		t.Errorf("walked %s, want %s", got, want)
	}
	var names []string
	for _, v := range f.Variables() {
		names = append(names, v.Name)
		if slot, _ := s.env.Slot(v.Name); slot != v.Slot {
			t.Errorf("%s has slot %d, want %d", v.Name, v.Slot, slot)
		}
	}
	if !slices.Equal(names, []string{"atex", "list", "motor"}) {
		t.Errorf("it reads %v", names)
	}
}

func TestEnv(t *testing.T) {
	e := NewEnv()
	a := e.Declare("a", Number)
	if again := e.Declare("a", Number); again != a || e.Slots() != 1 {
		t.Errorf("declaring again gives slot %d of %d", again, e.Slots())
	}
	c := e.Clone()
	b := c.Declare("b", Text)
	c.Hide("a2", "why")
	c.DeclareFunction("f", Function{Result: Number, Call: func([]Value) (Value, error) { return OfInt(1), nil }})
	if slot, ok := c.Slot("a"); !ok || slot != a || b == a {
		t.Error("a clone has other slots")
	}
	if _, ok := e.Kind("b"); ok || !slices.Equal(e.Names(), []string{"a"}) || !slices.Equal(c.Names(), []string{"a", "b"}) {
		t.Errorf("the clone changed the original: %v", e.Names())
	}
	if f, _ := Compile(e, Source{Text: "f()"}, Any); f != nil {
		t.Error("the clone's function is known in the original")
	}
	defer func() {
		if recover() == nil {
			t.Error("a name has two kinds")
		}
	}()
	e.Declare("a", Text)
}

// TestFunctionKind: the kind of a function's result can depend on its arguments.
func TestFunctionKind(t *testing.T) {
	s := shop()
	s.env.DeclareFunction("pick", Function{Params: []Kind{Text, Any}, Variadic: true,
		Type: func(args []Node) (Kind, error) {
			if lit, ok := args[0].(*Literal); ok && lit.Value.Text() == "number" {
				return Number, nil
			}
			return Text, nil
		},
		Call: func(args []Value) (Value, error) { return args[1], nil }})
	s.env.DeclareFunction("same", Function{Params: []Kind{Any}, Call: func(args []Value) (Value, error) { return args[0], nil }})
	for text, want := range map[string]Kind{`pick("number", 5)`: Number, `pick("text", "a")`: Text, `same(atex)`: Boolean, `same(same(list))`: Number} {
		if f, mistakes := Compile(s.env, Source{Text: text}, Any); f == nil || f.Kind() != want {
			t.Errorf("%s: %v", text, mistakes)
		}
	}
	if f, _ := Compile(s.env, Source{Text: `pick("number", 5) + "a"`}, Any); f != nil {
		t.Error("a number and a text are added")
	}
}

func TestAppendTextIsString(t *testing.T) {
	for _, v := range []Value{OfDate(civil.Date{Year: 2026, Month: 11, Day: 23}), OfDate(civil.Date{Year: 1000, Month: 1, Day: 1}), OfDate(civil.Date{Year: 999, Month: 12, Day: 31}),
		OfDate(civil.Date{Year: 9999, Month: 12, Day: 31}), OfBool(true), OfInt(-12), OfText("a"), None(Date), OfTexts([]string{"a", "b"})} {
		if got := string(v.AppendText([]byte("x "))); got != "x "+v.String() {
			t.Errorf("AppendText writes %q, String %q", got, v.String())
		}
	}
}
