package rulebook

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

// reader turns one file into definitions and collects every mistake. It is strict: a
// key that nobody asks for is a mistake.
type reader struct {
	file      string
	mistakes  *fault.Mistakes
	texts     []string // of all formulas and templates
	languages []string // of the rulebook
	unknown   bool     // rulebook.yaml cannot be read, so nobody knows the languages
}

func (r *reader) fail(at fault.Position, format string, args ...any) {
	r.mistakes.Add(at, format, args...)
}

// object is a mapping whose keys are asked for one by one.
type object struct {
	*reader
	node  *node
	at    fault.Position
	asked []string
}

// object opens a mapping; false, with a mistake, when the node is something else. An
// object that is none has no keys.
func (r *reader) object(n *node, what string) (*object, bool) {
	o := &object{reader: r, node: n, at: n.at}
	if n.kind == mapping {
		return o, true
	}
	r.fail(n.at, "%s is a %s; here is a %s", what, mapping, n.kind)
	o.node = &node{kind: mapping, at: n.at}
	return o, false
}

// get returns the value of a key; nil when the key is not there, or, which is a
// mistake, has no value.
func (o *object) get(key string) *node {
	first := !slices.Contains(o.asked, key)
	if first {
		o.asked = append(o.asked, key)
	}
	n := o.node.get(key)
	if n == nil || n.kind != nothing {
		return n
	}
	if first {
		o.fail(n.at, "%s has no value", key)
	}
	return nil
}

// has reports whether the key is there, with a value or not.
func (o *object) has(key string) bool { return o.node.get(key) != nil }

// done reports the keys that nobody asked for.
func (o *object) done() {
	for _, f := range o.node.fields {
		if slices.Contains(o.asked, f.key) {
			continue
		}
		if near := formula.Nearest(f.key, o.asked); near != "" {
			o.fail(f.at, "unknown key %s; did you mean %s?", f.key, near)
			continue
		}
		if f.value.kind == nothing && !word(f.key) {
			o.fail(f.at, "unknown key %s; inside { }, a formula with a comma must be in quotes", f.key)
			continue
		}
		known := slices.Sorted(slices.Values(o.asked))
		o.fail(f.at, "unknown key %s; known here: %s", f.key, strings.Join(known, ", "))
	}
}

// source reads a scalar with its place, as formulas and templates need it.
func (o *object) source(key string) formula.Source {
	n := o.get(key)
	if n == nil {
		return formula.Source{At: o.at}
	}
	return o.sourceOf(n, key)
}

// sourceOf reads the scalar under a key.
func (r *reader) sourceOf(n *node, key string) formula.Source {
	if !r.scalar(n, key) {
		return formula.Source{At: n.at}
	}
	s := n.source()
	if strings.TrimSpace(s.Text) == "" {
		r.fail(s.At, "%s is empty", key)
	}
	r.texts = append(r.texts, s.Text)
	return s
}

// scalar reports whether a node is a single value; if not, that is a mistake.
func (r *reader) scalar(n *node, what string) bool {
	if n.kind != scalar {
		r.fail(n.at, "%s is a %s; here is a %s", what, scalar, n.kind)
	}
	return n.kind == scalar
}

// text reads a scalar's text; "" when it is not there.
func (o *object) text(key string) string { return o.name(key).Text }

// need reports a key that is not there.
func (o *object) need(key string) {
	if !o.has(key) {
		o.fail(o.at, "%s is missing", key)
	}
}

// required reads a text that must be there.
func (o *object) required(key string) string {
	o.need(key)
	return o.text(key)
}

// id reads the name of a thing, which must be there.
func (o *object) id(key string) string {
	o.need(key)
	return o.word(key).Text
}

// name reads a text with its place; without the key, the place of the mapping.
func (o *object) name(key string) pricing.Name {
	n := o.get(key)
	if n == nil || !o.scalar(n, key) {
		return pricing.Name{At: o.at}
	}
	text := strings.TrimSpace(n.text)
	if text == "" {
		o.fail(n.at, "%s is empty", key)
	}
	return pricing.Name{Text: text, At: n.at}
}

// word reads a name that other places refer to.
func (o *object) word(key string) pricing.Name {
	n := o.name(key)
	if n.Text != "" && !word(n.Text) {
		o.fail(n.At, "%s %q: letters, digits, -, _ and . only", key, n.Text)
	}
	return n
}

// names reads a text or a list of texts.
func (o *object) names(key string) []pricing.Name {
	n := o.get(key)
	if n == nil {
		return nil
	}
	if n.kind != list {
		if name := o.name(key); name.Text != "" {
			return []pricing.Name{name}
		}
		return nil
	}
	var names []pricing.Name
	for _, item := range n.items {
		if item.kind != scalar {
			o.fail(item.at, "%s is a list of single values; here is a %s", key, item.kind)
			continue
		}
		names = append(names, pricing.Name{Text: item.text, At: item.at})
	}
	return names
}

// bool reads true or false; false when it is not there.
func (o *object) bool(key string) bool {
	n := o.get(key)
	if n == nil || !o.scalar(n, key) {
		return false
	}
	if !n.isPlain("true", "false") {
		o.fail(n.at, "%s is true or false, without quotes, not %s", key, n.written())
	}
	return n.text == "true"
}

// decimal reads an exact number; nil when it is not there.
func (o *object) decimal(key string) *decimal.Decimal {
	n := o.get(key)
	if n == nil || !o.scalar(n, key) {
		return nil
	}
	d, err := number(n.text)
	if err != nil {
		o.fail(n.at, "%s: %s", key, err)
		return nil
	}
	return &d
}

// number reads a number as rule files write it, from its text.
func number(text string) (decimal.Decimal, error) {
	return money.Parse(strings.ReplaceAll(strings.TrimSpace(text), "_", ""))
}

// integer reads a whole number between two bounds.
func (o *object) integer(key string, fallback, least, most int) int {
	n := o.get(key)
	if n == nil || !o.scalar(n, key) {
		return fallback
	}
	i, err := strconv.Atoi(n.text)
	if err != nil || i < least || i > most {
		o.fail(n.at, "%s is a whole number from %d to %d, not %s", key, least, most, n.text)
		return fallback
	}
	return i
}

// list calls read for each item of a list.
func (o *object) list(key string, read func(*node)) {
	n := o.get(key)
	if n == nil {
		return
	}
	if n.kind != list {
		o.fail(n.at, "%s is a %s; here is a %s", key, list, n.kind)
		return
	}
	for _, item := range n.items {
		read(item)
	}
}

// objects calls read for each mapping of a list, and reports its unknown keys.
func (o *object) objects(key string, read func(*object)) {
	o.list(key, func(n *node) {
		if item, ok := o.object(n, "each entry of "+key); ok {
			read(item)
			item.done()
		}
	})
}

// children calls read for each key of a mapping under key, in order.
func (o *object) children(key string, read func(f field)) {
	n := o.get(key)
	if n == nil {
		return
	}
	if m, ok := o.object(n, key); ok {
		for _, f := range m.node.fields {
			read(f)
		}
	}
}

// value reads a scalar as the value it looks like, or a list of texts.
func (r *reader) value(n *node) formula.Value {
	switch {
	case n.kind == list:
		items := []string{}
		for _, item := range n.items {
			if r.scalar(item, "each entry of the list") {
				items = append(items, item.text)
			}
		}
		return formula.OfTexts(items)
	case n.kind != scalar:
		r.fail(n.at, "a text, number, true, false or a list is needed here, not a %s", n.kind)
		return formula.Value{}
	case n.isPlain("true", "false"):
		return formula.OfBool(n.text == "true")
	}
	if d, err := number(n.text); err == nil && n.style == plain {
		return formula.OfNumber(d)
	}
	return formula.OfText(n.text)
}

// word reports whether a text can name a thing that others refer to.
func word(s string) bool {
	for i, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && (i == 0 || c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// identifier reports whether a text can be a name in formulas.
func identifier(s string) bool {
	for i, c := range s {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && !slices.Contains(reserved, s)
}

// reserved are the words of the formula language.
var reserved = []string{"true", "false", "nil", "not", "and", "or", "in", "contains", "startsWith", "endsWith", "matches", "let", "if", "else"}
