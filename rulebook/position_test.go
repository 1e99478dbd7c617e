package rulebook

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quotewright/internal/fault"
)

// files is a rulebook of one sales model.
func files(direct string) map[string]string {
	return map[string]string{
		"rulebook.yaml":            "name: Test\ncurrency: TWD\nconditions: {LIST: {measure: amount, access: [[sku]]}}\n",
		"sales-models/direct.yaml": direct,
	}
}

// place finds a text in a file.
func place(file, content, text string) fault.Position {
	before, _, found := strings.Cut(content, text)
	if !found {
		return fault.Position{}
	}
	last := before[strings.LastIndex(before, "\n")+1:]
	return fault.Position{File: file, Line: strings.Count(before, "\n") + 1, Column: len([]rune(last)) + 1}
}

const sample = "sales_model: direct\nprocedure:\n  - {id: list, condition: LIST}\n  - id: x\n    title: Größe\n    formula: 5\n"

// TestFormulaPositions looks for a misspelt name in every style that YAML has.
func TestFormulaPositions(t *testing.T) {
	for name, when := range map[string]string{
		"plain":                   `line.quantty > 5`,
		"plain after a text":      `product.name == "é台北🚀" and line.quantty > 5`,
		"plain with a comment":    `line.quantty > 5 # pieces`,
		"plain over lines":        "line.quantity > 5\n      and\n\n      line.quantty > 5",
		"single quotes":           `'product.name == "台" and line.quantty > 5'`,
		"single, doubled":         `'product.name == ''台''  and line.quantty > 5'`,
		"single over lines":       "'product.name == ''a'' and\n\n      line.quantty > 5'",
		"double quotes":           `"product.name == 'a' and line.quantty > 5"`,
		"double, escaped":         `"product.name == \"a\\\\b\" and line.quantty > 5"`,
		"double, code points":     `"product.name == '\u53f0\x41\U0001F680' and line.quantty > 5"`,
		"double, surrogates":      `"product.name == '\ud83d\ude80' and line.quantty > 5"`,
		"double over lines":       "\"product.name == \\\"a\\\" and\n      line.quantty > 5\"",
		"double, escaped newline": "\"product.name == 'a' and \\\n      line.quantty > 5\"",
		"literal":                 "|\n      line.quantity > 5\n      and line.quantty > 5",
		"literal, deeper":         "|\n      line.quantity > 5 and\n         line.quantty > 5",
		"literal, empty lines":    "|-\n\n      line.quantity > 5\n\n\n      and line.quantty > 5",
		"folded":                  ">\n      line.quantity > 5\n      and line.quantty > 5",
		"folded, paragraphs":      ">-\n      line.quantity > 5 and\n\n      not\n      (line.quantty > 5)",
	} {
		t.Run(name, func(t *testing.T) {
			for _, newline := range []string{"\n", "\r\n"} {
				content := strings.ReplaceAll(sample+"    when: "+when+"\n", "\n", newline)
				_, mistakes := Load(FS(files(content)))
				want := place("sales-models/direct.yaml", content, "line.quantty")
				if len(mistakes) != 1 || mistakes[0].Position != want || !strings.Contains(mistakes[0].Text, "line.quantty") {
					t.Errorf("with %q: %v, want a mistake at %s", newline, mistakes, want)
				}
			}
		})
	}
}

// TestPositionsInTemplates: formulas inside templates, after braces and escapes.
func TestPositionsInTemplates(t *testing.T) {
	for _, refuse := range []string{
		`"{product.sku}: {product.grad}"`, `"{{Größe}} {product.sku + \"\\\"\"} {product.grad}"`, `'it''s {product.grad}'`,
		"|\n      first {product.sku}\n      then {product.grad}", "is grade {product.grad}",
	} {
		content := sample + "eligibility:\n  - id: x\n    when: product.sku == \"\"\n    refuse: " + refuse + "\n"
		_, mistakes := Load(FS(files(content)))
		if want := place("sales-models/direct.yaml", content, "product.grad}"); len(mistakes) != 1 || mistakes[0].Position != want {
			t.Errorf("%s: %v, want a mistake at %s", refuse, mistakes, want)
		}
	}
}

// TestPositionsOfAnyText writes arbitrary texts in each quoted style.
func TestPositionsOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"a", "é", "台", "🚀", " ", "  ", "'", `"`, `\`, "#", ": ", "{", "-", "\t", "%"})).Draw(t, "pieces")
		var single, double strings.Builder
		for _, p := range pieces {
			switch p { // inside a text of the formula, in backquotes, all of it means itself
			case "'":
				single.WriteString("''")
				double.WriteString("'")
			case `"`, `\`:
				single.WriteString(p)
				double.WriteString(`\` + p)
			case "台":
				single.WriteString(p)
				double.WriteString(rapid.SampledFrom([]string{"台", `\u53f0`, `\U000053f0`}).Draw(t, "escape"))
			case "\t":
				single.WriteString(p)
				double.WriteString(`\t`)
			default:
				single.WriteString(p)
				double.WriteString(p)
			}
		}
		for _, when := range []string{"'product.name == `" + single.String() + "` and line.quantty > 5'", "\"product.name == `" + double.String() + "` and line.quantty > 5\""} {
			content := sample + "    when: " + when + "\n"
			_, mistakes := Load(FS(files(content)))
			if want := place("sales-models/direct.yaml", content, "line.quantty"); len(mistakes) != 1 || mistakes[0].Position != want {
				t.Fatalf("%s\n%v, want a mistake at %s", when, mistakes, want)
			}
		}
	})
}

// TestPositionsOfKeys: the place of a wrong key or value is where it starts.
func TestPositionsOfKeys(t *testing.T) {
	for _, c := range []struct{ line, wrong string }{
		{"    whn: true", "whn"},
		{"    min: 1e5", "1e5"},
		{`    per: "piece"`, `"piece"`},
		{"    round: {each: line, tö: 5}", "tö"},
		{"    basis: [list, nowhere]", "nowhere"},
		{`    "größe": 5`, `"größe"`},
	} {
		content := sample + c.line + "\n"
		_, mistakes := Load(FS(files(content)))
		if want := place("sales-models/direct.yaml", content, c.wrong); len(mistakes) != 1 || mistakes[0].Position != want {
			t.Errorf("%s: %v, want a mistake at %s", c.line, mistakes, want)
		}
	}
}

// TestExactNumbers: no digit of a number is lost on its way through YAML.
func TestExactNumbers(t *testing.T) {
	const exact = "12345678901234567890123456789.0123456789"
	for written, want := range map[string]string{exact: exact, "0.10": "0.1", "-5": "-5", "+5": "5", "1_000.50": "1000.5", `"0.30"`: "0.3", "007": "7", ".5": "0.5"} {
		book, mistakes := Load(FS(files(sample + fmt.Sprintf("    max: %s\n", written))))
		if book == nil {
			t.Errorf("%s: %v", written, mistakes)
			continue
		}
		m, _ := book.SalesModel("direct")
		if got := m.Definition.Procedure[1].Max.String(); got != want {
			t.Errorf("%s is read as %s", written, got)
		}
	}
	for _, written := range []string{"1e3", "0x1F", "0o17", ".inf", ".nan", "1,5", "5 %", "true", "1.", strings.Repeat("9", 41)} {
		if book, _ := Load(FS(files(sample + fmt.Sprintf("    max: %s\n", written)))); book != nil {
			t.Errorf("%s is taken for a number", written)
		}
	}
}
