package rulebook

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// node turns the parser's tree into ours. Keys that are there twice are mistakes.
func (r *reader) node(n ast.Node, lines []string) *node {
	out := &node{kind: scalar, at: r.tokenAt(n.GetToken()), lines: lines}
	switch n := n.(type) {
	case *ast.MappingNode:
		r.mapping(out, n.Values)
		if n.IsFlowStyle {
			out.at = r.tokenAt(n.Start)
		}
	case *ast.MappingValueNode:
		r.mapping(out, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		out.kind = list
		for _, item := range n.Values {
			out.items = append(out.items, r.node(item, lines))
		}
	case *ast.NullNode:
		out.kind = nothing
	case *ast.LiteralNode:
		out.style, out.text = block, n.Value.Value
	default:
		out.text, out.style = n.GetToken().Value, styleOf(n.GetToken())
	}
	return out
}

func styleOf(t *token.Token) style {
	switch t.Type {
	case token.SingleQuoteType:
		return singleQuoted
	case token.DoubleQuoteType:
		return doubleQuoted
	}
	return plain
}

// mapping reads the keys; a mapping's place is that of its first key.
func (r *reader) mapping(out *node, values []*ast.MappingValueNode) {
	out.kind = mapping
	if len(values) > maxYAMLKeys {
		r.fail(r.tokenAt(values[0].Key.GetToken()), "more than %d keys in one mapping", maxYAMLKeys)
		return
	}
	first := map[string]fault.Position{}
	for i, v := range values {
		f := field{key: v.Key.GetToken().Value, at: r.tokenAt(v.Key.GetToken()), value: r.node(v.Value, out.lines)}
		if i == 0 {
			out.at = f.at
		}
		if f.value.kind == nothing {
			f.value.at = f.at
		}
		if at, twice := first[f.key]; twice {
			r.fail(f.at, "the key %s is there twice; the first is in line %d", f.key, at.Line)
			continue
		}
		first[f.key] = f.at
		out.fields = append(out.fields, f)
	}
}

// get returns the value of a key, nil when the mapping does not have it.
func (n *node) get(key string) *node {
	for _, f := range n.fields {
		if f.key == key {
			return f.value
		}
	}
	return nil
}

// isPlain reports whether a scalar is written as one of the words, without quotes.
func (n *node) isPlain(words ...string) bool {
	if n.kind != scalar || n.style != plain {
		return false
	}
	for _, w := range words {
		if n.text == w {
			return true
		}
	}
	return false
}

// written returns a scalar as it stands in the file, on one line.
func (n *node) written() string {
	if n.style == plain {
		return n.text
	}
	return strconv.Quote(n.text)
}

// source returns a scalar with the place of its first character, and of all others
// where the file writes them with escapes or over several lines.
func (n *node) source() formula.Source {
	s := formula.Source{Text: n.text, At: n.at}
	if n.style == block {
		s.Text = strings.TrimRight(s.Text, "\n ")
	}
	c := cursor{lines: n.lines, line: n.at.Line - 1, column: n.at.Column - 1, style: n.style}
	switch n.style {
	case singleQuoted, doubleQuoted:
		s.At = s.At.Right(1)
		c.column++
	case block:
		s.At.Line++
		s.At.Column = 0
		c.line++
		c.findIndent()
	}
	if c.asWritten(s.Text) {
		return s
	}
	s.Layout = &formula.Layout{}
	if first, ok := c.place(s.Text, s.Layout); ok {
		s.At.Line, s.At.Column = first.line+1, first.column+1
	}
	return s
}

// cursor walks over the characters of a scalar in its file.
type cursor struct {
	lines        []string
	line, column int // from 0; columns count characters
	style        style
	indent       int // of a block
	current      []rune
	loaded       int // line+1 of current
}

func (c *cursor) text() []rune {
	if c.loaded != c.line+1 {
		c.current, c.loaded = nil, c.line+1
		if c.line >= 0 && c.line < len(c.lines) {
			c.current = []rune(c.lines[c.line])
		}
	}
	return c.current
}

// rest returns the characters from the cursor to the end of the line.
func (c *cursor) rest() []rune { return c.text()[min(c.column, len(c.text())):] }

func (c *cursor) findIndent() {
	for line := c.line; line < len(c.lines); line++ {
		if trimmed := strings.TrimLeft(c.lines[line], " "); strings.TrimSpace(trimmed) != "" {
			c.indent = len(c.lines[line]) - len(trimmed)
			break
		}
	}
	c.column = c.indent
}

// asWritten reports whether a text stands in the line just so.
func (c *cursor) asWritten(text string) bool {
	rest := c.rest()
	return utf8.RuneCountInString(text) <= len(rest) && c.style != block && strings.HasPrefix(string(rest), text)
}

type spot struct{ line, column int }

// place says where each character stands, and returns the place of the first. It gives
// up at a character that it does not find.
func (c *cursor) place(text string, layout *formula.Layout) (first spot, found bool) {
	next, offset := spot{-1, -1}, 0
	for _, want := range text {
		width, ok := c.find(want)
		if !ok {
			return first, offset > 0
		}
		here := spot{c.line, c.column}
		if offset == 0 {
			first = here
		}
		if here != next {
			layout.Place(offset, here.line+1, here.column+1)
		}
		next = spot{here.line, here.column + 1}
		c.column += width
		if width == 0 {
			c.newLine()
		}
		offset++
	}
	return first, offset > 0
}

// find moves to the next character that can mean want. It returns how many characters
// of the file that takes; 0 for the end of the line.
func (c *cursor) find(want rune) (width int, ok bool) {
	for c.line < len(c.lines) {
		rest := c.rest()
		switch {
		case len(rest) == 0 && (want == ' ' || want == '\n'):
			return 0, true
		case len(rest) > 0 && rest[0] == '\\' && c.style == doubleQuoted && len(rest) > 1:
			return escapeLength(rest), true
		case len(rest) > 1 && rest[0] == '\'' && rest[1] == '\'' && c.style == singleQuoted:
			return 2, want == '\''
		case len(rest) > 0 && rest[0] == want && (want != '\\' || c.style != doubleQuoted):
			return 1, true
		case strings.TrimSpace(string(rest)) == "" && (want == ' ' || want == '\n'):
			return 0, true
		case strings.TrimSpace(string(rest)) != "" && string(rest) != "\\":
			return 0, false
		}
		c.newLine()
	}
	return 0, false
}

// newLine moves to where the text goes on.
func (c *cursor) newLine() {
	c.line++
	c.column = c.indent
	if c.style != block {
		c.column = len(c.text()) - len([]rune(strings.TrimLeft(string(c.text()), " \t")))
	}
}

// escapeLength returns how many characters an escape of a double-quoted text has.
func escapeLength(rest []rune) int {
	length := 2
	switch rest[1] {
	case 'x':
		length = 4
	case 'u':
		length = 6
		// A surrogate pair is one character.
		if len(rest) >= 12 && (rest[2] == 'd' || rest[2] == 'D') && rest[6] == '\\' && rest[7] == 'u' {
			length = 12
		}
	case 'U':
		length = 10
	}
	return min(length, len(rest))
}
