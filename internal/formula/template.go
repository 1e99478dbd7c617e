package formula

import (
	"strings"
	"unicode/utf8"

	"quotewright/internal/fault"
)

// Template is text with formulas in braces: "PS-{frame}-{atex ? 'X' : ”}". A doubled
// brace stands for itself.
type Template struct {
	source Source
	parts  []part
}

type part struct {
	text    string
	formula *Formula // nil: text
}

// CompileTemplate checks all formulas of a template and returns every mistake.
func CompileTemplate(env *Env, source Source) (*Template, fault.Mistakes) {
	t := &Template{source: source}
	var mistakes fault.Mistakes
	rest, offset := source.Text, 0
	text := func(s string) {
		t.parts = append(t.parts, part{text: s})
		offset += utf8.RuneCountInString(s)
		rest = rest[len(s):]
	}
	for rest != "" {
		open := strings.IndexAny(rest, "{}")
		switch {
		case open < 0:
			text(rest)
			continue
		case open > 0:
			text(rest[:open])
			continue
		case len(rest) > 1 && rest[1] == rest[0]:
			t.parts = append(t.parts, part{text: rest[:1]})
			rest, offset = rest[2:], offset+2
			continue
		}
		length := closing(rest)
		if length < 0 {
			mistakes.Add(source.position(offset), "the brace has no partner")
			break
		}
		inner := source.part(offset+1, rest[1:length])
		f, wrong := Compile(env, inner, Any)
		mistakes = append(mistakes, wrong...)
		t.parts = append(t.parts, part{formula: f})
		offset += utf8.RuneCountInString(rest[:length+1])
		rest = rest[length+1:]
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return t, nil
}

// closing returns the index of the brace that closes the one at 0, or -1. Braces in
// quotes do not count.
func closing(s string) int {
	if s[0] != '{' {
		return -1
	}
	quote, escaped := rune(0), false
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case quote != 0 && r == '\\' && quote != '`':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case r == '}':
			return i
		}
	}
	return -1
}

// Render fills in the template. What has no value prints as nothing.
func (t *Template) Render(lookup Lookup) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.formula == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := p.formula.Eval(lookup)
		if err != nil {
			return "", err
		}
		b.WriteString(v.String())
	}
	return b.String(), nil
}

// Source returns what was compiled.
func (t *Template) Source() Source { return t.source }

// Variables returns the names the template reads.
func (t *Template) Variables() []*Variable {
	var all []*Variable
	seen := map[int]bool{}
	for _, p := range t.parts {
		if p.formula == nil {
			continue
		}
		for _, v := range p.formula.Variables() {
			if !seen[v.Slot] {
				seen[v.Slot] = true
				all = append(all, v)
			}
		}
	}
	return all
}
