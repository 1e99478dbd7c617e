package formula

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/money"
)

func number(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// tree is an arithmetic expression with its value, computed without formulas.
type tree struct {
	text  string
	value decimal.Decimal
	fails bool // divides by zero
}

func arithmetic(t *rapid.T, names map[string]decimal.Decimal, depth int) tree {
	if depth == 0 || rapid.IntRange(0, 4).Draw(t, "leaf") == 0 {
		if rapid.Bool().Draw(t, "name") {
			name := rapid.SampledFrom([]string{"a", "b", "größe.c"}).Draw(t, "which")
			return tree{text: name, value: names[name]}
		}
		literal := number(rapid.StringMatching(`[0-9]{1,18}(\.[0-9]{1,12})?`).Draw(t, "literal"))
		return tree{text: literal.String(), value: literal}
	}
	x := arithmetic(t, names, depth-1)
	switch op := rapid.SampledFrom([]string{"+", "-", "*", "/", "neg", "?"}).Draw(t, "op"); op {
	case "neg":
		return tree{"-(" + x.text + ")", x.value.Neg(), x.fails}
	case "?":
		y, z := arithmetic(t, names, depth-1), arithmetic(t, names, depth-1)
		chosen := z
		if x.value.GreaterThan(y.value) {
			chosen = y
		}
		text := fmt.Sprintf("(%s > %s ? %s : %s)", x.text, y.text, y.text, z.text)
		return tree{text, chosen.value, x.fails || y.fails || chosen.fails}
	default:
		y := arithmetic(t, names, depth-1)
		out := tree{text: "(" + x.text + " " + op + " " + y.text + ")", fails: x.fails || y.fails}
		switch op {
		case "+":
			out.value = x.value.Add(y.value)
		case "-":
			out.value = x.value.Sub(y.value)
		case "*":
			out.value = x.value.Mul(y.value)
		case "/":
			if y.value.IsZero() {
				out.fails = true
			} else {
				out.value = x.value.DivRound(y.value, money.QuotientPlaces)
			}
		}
		return out
	}
}

// TestArithmetic: formulas compute what decimals compute, digit by digit.
func TestArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := map[string]decimal.Decimal{}
		s := newScope()
		for _, name := range []string{"a", "b", "größe.c"} {
			names[name] = number(rapid.StringMatching(`-?[0-9]{1,9}(\.[0-9]{1,6})?`).Draw(t, name))
			s.set(name, OfNumber(names[name]))
		}
		want := arithmetic(t, names, 4)
		f, mistakes := Compile(s.env, Source{Text: want.text}, Number)
		if f == nil {
			if len(want.text) < 4000 {
				t.Fatalf("%s: %v", want.text, mistakes)
			}
			t.Skip("over the limits")
		}
		v, err := f.Eval(s.lookup)
		if (err != nil) != want.fails {
			t.Fatalf("%s: %v, want an error: %v", want.text, err, want.fails)
		}
		if err == nil && !v.Number().Equal(want.value) {
			t.Fatalf("%s = %s, want %s", want.text, v, want.value)
		}
	})
}

// FuzzCompile: whatever comes, compiling ends without a panic, and what is accepted
// can be evaluated, with every name given a value or none.
func FuzzCompile(f *testing.F) {
	for _, text := range attacks {
		if len(text) < 1000 {
			f.Add(text)
		}
	}
	for _, text := range []string{`list * (1 - 0.05)`, `motor in ["M10"] ? 1 : 2`, "`a` + 'b'", `"{list} {{x}} {motor}"`, `date("2026-01-01") < quote.date`, `not (a and b)`, `1 < 2 < 3`, "\u00e9 + \U0001F680"} {
		f.Add(text)
	}
	s := shop()
	f.Fuzz(func(t *testing.T, text string) {
		if formula, mistakes := Compile(s.env, Source{Text: text, At: start}, Any); formula != nil {
			for _, lookup := range []Lookup{s.lookup, func(int) Value { return Value{} }} {
				if v, err := formula.Eval(lookup); err == nil && v.Known() && v.Kind() != formula.Kind() {
					t.Errorf("%q is a %s, but its value a %s", text, formula.Kind(), v.Kind())
				}
			}
			for _, v := range formula.Variables() {
				if _, ok := s.env.Slot(v.Name); !ok {
					t.Errorf("%q reads %s, which is not declared", text, v.Name)
				}
			}
		} else if len(mistakes) == 0 {
			t.Errorf("%q: neither a formula nor a mistake", text)
		}
		if template, _ := CompileTemplate(s.env, Source{Text: text, At: start}); template != nil {
			_, _ = template.Render(s.lookup)
		}
	})
}
