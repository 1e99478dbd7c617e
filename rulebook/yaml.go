package rulebook

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

// maxYAMLDepth bounds how deep rule files may nest.
const maxYAMLDepth = 32

// reader turns the YAML of one file into definitions and collects every mistake. It is
// strict: what nobody reads is a mistake.
type reader struct {
	file     string
	mistakes *fault.Mistakes
}

func (r *reader) fail(at fault.Position, format string, args ...any) {
	r.mistakes.Add(at, format, args...)
}

// parse returns the one document of a file, nil after a mistake.
func (r *reader) parse(content []byte) ast.Node {
	file, err := parser.ParseBytes(content, 0)
	if err != nil {
		at, text := fault.Position{File: r.file, Line: 1, Column: 1}, err.Error()
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			at.Line, at.Column = syntax.Token.Position.Line, syntax.Token.Position.Column
			text = syntax.Message
		}
		r.fail(at, "%s", text)
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.fail(fault.Position{File: r.file, Line: 1, Column: 1}, "the file must hold one YAML document")
		return nil
	}
	if !r.plain(file.Docs[0].Body, 0) {
		return nil
	}
	return file.Docs[0].Body
}

// plain refuses what could make a small file huge, and what hides where a value is.
func (r *reader) plain(n ast.Node, depth int) bool {
	if depth > maxYAMLDepth {
		r.fail(r.at(n), "nested more than %d deep", maxYAMLDepth)
		return false
	}
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		r.fail(r.at(n), "anchors and aliases are not allowed in rule files")
		return false
	case *ast.TagNode:
		r.fail(r.at(n), "tags are not allowed in rule files")
		return false
	case *ast.MappingNode:
		ok := true
		for _, v := range n.Values {
			ok = r.plain(v, depth) && ok
		}
		return ok
	case *ast.MappingValueNode:
		return r.plain(n.Key, depth+1) && r.plain(n.Value, depth+1)
	case *ast.SequenceNode:
		ok := true
		for _, v := range n.Values {
			ok = r.plain(v, depth+1) && ok
		}
		return ok
	}
	return true
}

// at returns the place of a node. A mapping's token is its first colon, so its place
// is that of its first key.
func (r *reader) at(n ast.Node) fault.Position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 && m.Start == nil || len(m.Values) > 0 && m.GetToken().Value != "{" {
			return r.at(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return r.at(m.Key)
	}
	p := n.GetToken().Position
	return fault.Position{File: r.file, Line: p.Line, Column: p.Column}
}

// scalar returns the text of a scalar as it is written, and its place: of a quoted one
// the place of the first character inside.
func (r *reader) scalar(n ast.Node) (formula.Source, bool) {
	at := r.at(n)
	switch n := n.(type) {
	case *ast.StringNode:
		if q := n.GetToken().Type.String(); q == "SingleQuote" || q == "DoubleQuote" {
			at.Column++
		}
		return formula.Source{Text: n.Value, At: at}, true
	case *ast.LiteralNode:
		return formula.Source{Text: strings.TrimRight(n.Value.Value, "\n"), At: fault.Position{File: r.file, Line: at.Line + 1}}, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return formula.Source{Text: n.GetToken().Value, At: at}, true
	}
	return formula.Source{At: at}, false
}

// object is a mapping whose keys are read one by one.
type object struct {
	*reader
	at     fault.Position
	fields map[string]*ast.MappingValueNode
	keys   []string
	read   map[string]bool
}

// object opens a mapping; a mistake when the node is something else.
func (r *reader) object(n ast.Node, what string) (*object, bool) {
	o := &object{reader: r, at: r.at(n), fields: map[string]*ast.MappingValueNode{}, read: map[string]bool{}}
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.fail(o.at, "%s must be a mapping of keys to values", what)
		return o, false
	}
	for _, v := range values {
		key := v.Key.GetToken().Value
		if _, twice := o.fields[key]; twice {
			r.fail(r.at(v.Key), "the key %s is there twice", key)
			continue
		}
		o.fields[key] = v
		o.keys = append(o.keys, key)
	}
	return o, true
}

// get returns the value of a key, nil when it is not there or empty.
func (o *object) get(key string) ast.Node {
	o.read[key] = true
	v, ok := o.fields[key]
	if !ok {
		return nil
	}
	if _, null := v.Value.(*ast.NullNode); null {
		return nil
	}
	return v.Value
}

// done reports the keys that nobody read.
func (o *object) done() {
	known := make([]string, 0, len(o.read))
	for k := range o.read {
		known = append(known, k)
	}
	slices.Sort(known)
	for _, k := range o.keys {
		if !o.read[k] {
			o.fail(o.reader.at(o.fields[k].Key), "unknown key %s; known here: %s", k, strings.Join(known, ", "))
		}
	}
}

// source reads a scalar with its place, as formulas and templates need it.
func (o *object) source(key string) formula.Source {
	n := o.get(key)
	if n == nil {
		return formula.Source{At: o.at}
	}
	s, ok := o.scalar(n)
	if !ok {
		o.fail(s.At, "%s must be a text", key)
	}
	return s
}

func (o *object) text(key string) string { return o.source(key).Text }

// required reads a text that must be there.
func (o *object) required(key string) string {
	s := o.text(key)
	if s == "" && o.get(key) == nil {
		o.fail(o.at, "%s is missing", key)
	}
	return s
}

func (o *object) name(key string) pricing.Name {
	s := o.source(key)
	return pricing.Name{Text: s.Text, At: s.At}
}

// names reads a text or a list of texts.
func (o *object) names(key string) []pricing.Name {
	var names []pricing.Name
	for _, s := range o.sources(key) {
		names = append(names, pricing.Name{Text: s.Text, At: s.At})
	}
	return names
}

func (o *object) sources(key string) []formula.Source {
	n := o.get(key)
	if n == nil {
		return nil
	}
	if seq, ok := n.(*ast.SequenceNode); ok {
		return o.texts(seq, key)
	}
	return []formula.Source{o.source(key)}
}

func (r *reader) texts(seq *ast.SequenceNode, what string) []formula.Source {
	var list []formula.Source
	for _, item := range seq.Values {
		s, ok := r.scalar(item)
		if !ok {
			r.fail(s.At, "%s must be a list of texts", what)
			continue
		}
		list = append(list, s)
	}
	return list
}

// list calls read for each item of a list.
func (o *object) list(key string, read func(ast.Node)) {
	n := o.get(key)
	if n == nil {
		return
	}
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		o.fail(o.reader.at(n), "%s must be a list", key)
		return
	}
	for _, item := range seq.Values {
		read(item)
	}
}

// objects calls read for each mapping of a list, and reports its unknown keys.
func (o *object) objects(key string, read func(*object)) {
	o.list(key, func(n ast.Node) {
		if item, ok := o.object(n, "each entry of "+key); ok {
			read(item)
			item.done()
		}
	})
}

// children calls read for each key of a mapping under key, in order.
func (o *object) children(key string, read func(name string, n ast.Node)) {
	n := o.get(key)
	if n == nil {
		return
	}
	m, ok := o.object(n, key)
	if !ok {
		return
	}
	for _, k := range m.keys {
		read(k, m.fields[k].Value)
	}
}

func (o *object) bool(key string) bool {
	s := o.source(key)
	if s.Text != "" && s.Text != "true" && s.Text != "false" {
		o.fail(s.At, "%s must be true or false, not %q", key, s.Text)
	}
	return s.Text == "true"
}

// decimal reads an exact number, nil when it is not there.
func (o *object) decimal(key string) *decimal.Decimal {
	s := o.source(key)
	if s.Text == "" {
		return nil
	}
	d, err := money.Parse(strings.ReplaceAll(s.Text, "_", ""))
	if err != nil {
		o.fail(s.At, "%s: %s", key, err)
		return nil
	}
	return &d
}

func (o *object) integer(key string, fallback int) int {
	s := o.source(key)
	if s.Text == "" {
		return fallback
	}
	n, err := strconv.Atoi(s.Text)
	if err != nil {
		o.fail(s.At, "%s must be a whole number, not %q", key, s.Text)
	}
	return n
}

// value reads a scalar as the value it looks like, or a list of texts.
func (r *reader) value(n ast.Node) formula.Value {
	switch n := n.(type) {
	case *ast.BoolNode:
		return formula.OfBool(n.Value)
	case *ast.IntegerNode, *ast.FloatNode:
		d, err := money.Parse(strings.ReplaceAll(n.GetToken().Value, "_", ""))
		if err != nil {
			r.fail(r.at(n), "%s", err)
		}
		return formula.OfNumber(d)
	case *ast.SequenceNode:
		var items []string
		for _, s := range r.texts(n, "this") {
			items = append(items, s.Text)
		}
		return formula.OfTexts(items)
	}
	s, ok := r.scalar(n)
	if !ok {
		r.fail(s.At, "a text, number, true, false or a list is needed here")
	}
	return formula.OfText(s.Text)
}

// json turns a node into JSON with numbers as they are written.
func (r *reader) json(n ast.Node) string {
	switch n := n.(type) {
	case *ast.MappingNode:
		var fields []string
		for _, v := range n.Values {
			fields = append(fields, quoteJSON(v.Key.GetToken().Value)+":"+r.json(v.Value))
		}
		return "{" + strings.Join(fields, ",") + "}"
	case *ast.MappingValueNode:
		return "{" + quoteJSON(n.Key.GetToken().Value) + ":" + r.json(n.Value) + "}"
	case *ast.SequenceNode:
		var items []string
		for _, v := range n.Values {
			items = append(items, r.json(v))
		}
		return "[" + strings.Join(items, ",") + "]"
	case *ast.NullNode:
		return "null"
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return strings.ReplaceAll(n.GetToken().Value, "_", "")
	}
	s, _ := r.scalar(n)
	return quoteJSON(s.Text)
}

// identifier reports whether a text can be a name in formulas.
func identifier(s string) bool {
	for i, c := range s {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func quoteJSON(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(quoted)
}
