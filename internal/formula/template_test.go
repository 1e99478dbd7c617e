package formula

import (
	"testing"

	"quotewright/internal/fault"
)

func TestTemplate(t *testing.T) {
	s := shop()
	for text, want := range map[string]string{
		``:                                 "",
		`plain text`:                       "plain text",
		`PS-{motor}-{line.quantity}`:       "PS-M20-12",
		`{motor}`:                          "M20",
		`{atex ? 'X' : ''}{atex?"}":"{"}|`: "X}|",
		`{{motor}} {{{motor}}}`:            "{motor} {M20}",
		`list {list * 2} €`:                "list 2501 €",
		`region {customer.region}.`:        "region .",
		`{quote.date} {accessories}`:       "2026-03-01 gauge, vfd",
		`{"a\"}"}{'b\'}'}`:                 `a"}b'}`,
		"{`\\`}":                           `\`,
		`{ round(list, 0) } 大{Größe}`:      "1251 大7",
	} {
		template, mistakes := CompileTemplate(s.env, Source{Text: text, At: start})
		if template == nil {
			t.Errorf("%s: %v", text, mistakes)
			continue
		}
		if got, err := template.Render(s.lookup); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", text, got, err, want)
		}
		if template.Source().Text != text {
			t.Errorf("the source is %q", template.Source().Text)
		}
	}
	for text, want := range map[string]string{
		`{motor`:               "f:1:1: the brace has no partner",
		`ab} {motor}`:          "f:1:3: the brace has no partner",
		`é {motr} {x1y} }`:     "f:1:4: unknown name motr; did you mean motor?\nf:1:11: unknown name x1y\nf:1:16: the brace has no partner",
		`{}`:                   "f:1:2: the formula is empty",
		`{motor + 1}`:          "f:1:2: + needs a number, this is a text",
		`{{{motr}}}`:           "f:1:4: unknown name motr; did you mean motor?",
		"line {motor}\n{motr}": "f:2: unknown name motr; did you mean motor?",
		`{"a}`:                 "f:1:1: the brace has no partner",
	} {
		if template, mistakes := CompileTemplate(s.env, Source{Text: text, At: start}); template != nil || mistakes.Sort().Error() != want {
			t.Errorf("%s: %v, want %s", text, mistakes, want)
		}
	}
}

func TestTemplateVariables(t *testing.T) {
	template, _ := CompileTemplate(shop().env, Source{Text: `{motor} {list + list} {motor}`, At: start})
	var names []string
	for _, v := range template.Variables() {
		names = append(names, v.Name)
	}
	if len(names) != 2 || names[0] != "motor" || names[1] != "list" {
		t.Errorf("it reads %v", names)
	}
	bad, _ := CompileTemplate(shop().env, Source{Text: `{1 / (list - list)}`, At: start})
	if _, err := bad.Render(shop().lookup); err == nil || err.Error() != "f:1:4: division by zero" {
		t.Errorf("rendering: %v", err)
	}
}

// TestLayout: the places of a text that its file writes differently.
func TestLayout(t *testing.T) {
	layout := &Layout{}
	layout.Place(0, 4, 10)
	layout.Place(8, 4, 20)
	layout.Place(12, 6, 3)
	s := Source{Text: `list == lisst or motr {x}`, At: fault.Position{File: "f", Line: 4, Column: 10}, Layout: layout}
	for offset, want := range map[int]string{0: "f:4:10", 7: "f:4:17", 8: "f:4:20", 11: "f:4:23", 12: "f:6:3", 20: "f:6:11"} {
		if got := s.position(offset).String(); got != want {
			t.Errorf("character %d is at %s, want %s", offset, got, want)
		}
	}
	if got := s.part(10, "xx").position(3).String(); got != "f:6:4" {
		t.Errorf("character 3 of the part from 10 is at %s", got)
	}
	late := &Layout{}
	late.Place(5, 9, 1)
	if got := (Source{At: start, Layout: late}).position(2); got != start {
		t.Errorf("before the first place is %s", got)
	}
}
