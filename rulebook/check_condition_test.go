package rulebook

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// randomCondition draws a condition over some names.
func randomCondition(t *rapid.T, used []checkName, depth int) string {
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "deeper") > 0 {
		a, b := randomCondition(t, used, depth-1), randomCondition(t, used, depth-1)
		switch rapid.IntRange(0, 3).Draw(t, "connective") {
		case 0:
			return "(" + a + " or " + b + ")"
		case 1:
			return "not (" + a + ")"
		case 2:
			return "(" + a + " ? " + b + " : " + randomCondition(t, used, depth-1) + ")"
		}
		return "(" + a + " and " + b + ")"
	}
	n := rapid.SampledFrom(used).Draw(t, "name")
	op := rapid.SampledFrom(n.ops).Draw(t, "op")
	quote := func(s string) string {
		switch n.name {
		case "line.requested":
			return `date("` + s + `")`
		case "line.inputs.tag", "product.family":
			return strconv.Quote(s)
		}
		return s
	}
	constant := quote(rapid.SampledFrom(n.constants).Draw(t, "constant"))
	list := "[" + constant + ", " + quote(rapid.SampledFrom(n.constants).Draw(t, "constant")) + "]"
	switch {
	case op == "in":
		return n.name + " in " + list
	case op == "not in":
		return "not (" + n.name + " in " + list + ")"
	case op == "=":
		op = "=="
	case op != "startsWith" && rapid.Bool().Draw(t, "turned"):
		turn := map[string]string{">=": "<=", "<=": ">=", ">": "<", "<": ">", "!=": "!="}
		return constant + " " + turn[op] + " " + n.name
	}
	return n.name + " " + op + " " + constant
}

// TestConditions: what is said of random adjustments is what the engine does for every
// input that their conditions can tell apart.
func TestConditions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		used := rapid.Permutation(checkNames).Draw(t, "names")[:rapid.IntRange(1, 2).Draw(t, "width")]
		var adjustments []pricing.AdjustmentDefinition
		for i := range rapid.IntRange(1, 4).Draw(t, "adjustments") {
			at := fault.Position{File: "m.yaml", Line: 3 + i}
			adjustments = append(adjustments, pricing.AdjustmentDefinition{ID: fmt.Sprint("a", i), At: at,
				When: formula.Source{Text: randomCondition(t, used, 2), At: at}, Amount: formula.Source{Text: strconv.Itoa(1 << i)}})
		}
		step := pricing.StepDefinition{ID: "s", Adjustments: adjustments, Choose: pricing.Name{Text: "all"}}
		book := checkBook(t)
		var ever, first int64
		for _, bits := range pricedLines(t, book, step, nil, everyLine(used)) {
			ever |= bits
			first |= bits & -bits
		}
		step.Choose.Text = "first"
		e := &examination{names: namesOf(book.Schema(), pricing.Definition{}), def: pricing.Definition{Procedure: []pricing.StepDefinition{step}}}
		e.conditions()
		never, hidden := found(e.mistakes, "never applies"), found(e.mistakes, "is never chosen")
		for i, a := range adjustments {
			s := newSpace(e.names)
			if c := s.condition(a.When); c.tangled {
				continue
			}
			if want := ever>>i&1 == 0; (never[i] != "") != want {
				t.Errorf("%s: never is %v, but %q", a.When.Text, want, never[i])
			}
			if want := ever>>i&1 == 1 && first>>i&1 == 0; (hidden[i] != "") != want {
				t.Errorf("%s: hidden is %v, but %q", a.When.Text, want, hidden[i])
			}
		}
	})
}

// TestNotSure: what cannot be computed from constants is not judged.
func TestNotSure(t *testing.T) {
	book := checkBook(t)
	for condition, want := range map[string]bool{
		`line.quantity > line.weight_kg and line.quantity < line.weight_kg`:       false,
		`line.quantity > line.weight_kg and not (line.quantity > line.weight_kg)`: true,
		`line.quantity * 2 > 5 and line.quantity < 1`:                             false,
		`customer.name contains "x" and customer.name == "y"`:                     false,
		`product.family endsWith "x" and product.family startsWith "y"`:           false,
		`lower(customer.group) == "a" and lower(customer.group) == "b"`:           false,
		`quote.date >= date("2024-01-01") and quote.date < date("2024-02-01")`:    false,
		`quote.date >= date("2024-02-01") and quote.date < date("2024-02-01")`:    true,
		`quote.date > date("2024-02-28") and quote.date < date("2024-03-01")`:     false, // a leap year
		`quote.date > date("2026-02-28") and quote.date < date("2026-03-01")`:     true,
		`line.quantity > 2 * 3 and line.quantity <= 5 + 1`:                        true,
		`line.quantity > 5 and line.quantity < 6`:                                 false,
		`line.inputs.rush and not line.inputs.rush`:                               true,
		`line.inputs.rush == true and line.inputs.rush == false`:                  true,
		`not line.inputs.rush and line.inputs.rush != false`:                      false, // nothing entered
		`customer.group in ["a", "b"] and customer.group in ["c"]`:                true,
		`product.family == "a" and product.family startsWith "a/"`:                true,
		`1 > 2`: true,
		`line.quantity / 0 > 1 and line.quantity / 0 <= 1`:                           false,
		`customer.group == "a" and (customer.group == "b" or line.quantity > 1)`:     false,
		`customer.group == "a" and (customer.group == "b" or customer.group == "c")`: true,
	} {
		s := newSpace(namesOf(book.Schema(), pricing.Definition{}))
		c := s.condition(formula.Source{Text: condition})
		if c == nil {
			t.Fatalf("%s cannot be read", condition)
		}
		s.seal()
		if got := s.never(c, nil); got != want {
			t.Errorf("%s: never is %v, want %v", condition, got, want)
		}
	}
}

// adjustmentsOf is a step with n adjustments that compare two names and what cannot be
// looked into.
func adjustmentsOf(n int) string {
	var text strings.Builder
	text.WriteString("sales_model: direct\nprocedure:\n- id: many\n  choose: first\n  adjustments:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {id: a%d, when: 'product.sku == \"S%d\" and line.quantity >= %d', percent: -1}\n", i, i/10, 100-i%10)
	}
	return text.String()
}

func BenchmarkCheckAdjustments(b *testing.B) {
	for b.Loop() {
		if book, mistakes := Load(FS(map[string]string{"rulebook.yaml": checkRules, "sales-models/direct.yaml": adjustmentsOf(1_900)})); book == nil || len(mistakes) > 0 {
			b.Fatal(mistakes)
		}
	}
}
