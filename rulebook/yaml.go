package rulebook

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"quotewright/internal/fault"
)

// The limits of a YAML file. Beyond them a small file could cost much time or memory:
// the parser calls itself for each level and for each key of a block mapping, and looks
// at runs of empty lines again and again.
const (
	maxYAMLDepth  = 64
	maxYAMLKeys   = 2000 // of one mapping
	maxEmptyLines = 100  // in a row
	maxUnwanted   = 100  // anchors, tags and the like that are reported
)

// kind is the kind of a node.
type kind string

const (
	nothing kind = "nothing"
	scalar  kind = "single value"
	list    kind = "list"
	mapping kind = "mapping of keys to values"
)

// style is how a scalar is written.
type style uint8

const (
	plain style = iota
	singleQuoted
	doubleQuoted
	block // | and >
)

// node is a part of a YAML file with its place. Scalars keep the text that is written,
// so that a number never becomes a float.
type node struct {
	kind   kind
	at     fault.Position
	text   string // of a scalar
	style  style
	items  []*node
	fields []field
	lines  []string // of the whole file
}

// field is a key of a mapping with its value.
type field struct {
	key   string
	at    fault.Position
	value *node
}

// parse reads the one document of a file; it is nil after a mistake. Rule files use a
// plain part of YAML: no anchors, aliases, merge keys, tags and directives, with which a
// small file can describe a huge one, and which hide where a value stands.
func (r *reader) parse(content string) *node {
	content = unixText(content)
	if !r.readable(content) {
		return nil
	}
	body, ok := r.syntax(content)
	if !ok {
		return nil
	}
	if body == nil {
		r.fail(fault.Position{File: r.file, Line: 1, Column: 1}, "the file is empty")
		return nil
	}
	return r.node(body, strings.Split(content, "\n"))
}

// unixText leaves out what editors on Windows add: a mark at the beginning, and the
// carriage return at the end of each line. No line or column changes.
func unixText(content string) string {
	return strings.ReplaceAll(strings.TrimPrefix(content, "\ufeff"), "\r\n", "\n")
}

// readable checks what the parser relies on, or is slow with.
func (r *reader) readable(content string) bool {
	if !utf8.ValidString(content) {
		r.fail(fault.Position{File: r.file, Line: 1}, "the file is not UTF-8")
		return false
	}
	line, empty := 0, 0
	for text := range strings.SplitSeq(content, "\n") {
		line++
		empty++
		if strings.TrimSpace(text) != "" {
			empty = 0
		}
		if empty > maxEmptyLines {
			r.fail(fault.Position{File: r.file, Line: line}, "more than %d empty lines in a row", maxEmptyLines)
			return false
		}
		if i := strings.IndexFunc(text, forbidden); i >= 0 {
			at := fault.Position{File: r.file, Line: line, Column: utf8.RuneCountInString(text[:i]) + 1}
			r.fail(at, "the character %U is not allowed here", []rune(text[i:])[0])
			return false
		}
	}
	return true
}

// forbidden reports control characters.
func forbidden(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

// syntax parses the text. A parser that panics has met a text that it should refuse.
func (r *reader) syntax(content string) (body ast.Node, ok bool) {
	start := fault.Position{File: r.file, Line: 1, Column: 1}
	defer func() {
		if recover() != nil {
			r.fail(start, "the file cannot be read as YAML")
			body, ok = nil, false
		}
	}()
	tokens := lexer.Tokenize(content)
	if !r.plainTokens(tokens) {
		return nil, false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.fail(r.syntaxError(err, start))
		return nil, false
	}
	if len(file.Docs) == 0 {
		return nil, true
	}
	return file.Docs[0].Body, true
}

func (r *reader) syntaxError(err error, start fault.Position) (fault.Position, string, string) {
	var located yaml.Error
	if !errors.As(err, &located) {
		return start, "%s", err.Error()
	}
	text := located.GetMessage()
	switch {
	case strings.Contains(text, "'\t'"), strings.Contains(text, "'\\t'"):
		text += "; indent with spaces, not with a tab"
	case strings.Contains(text, "must be specified"):
		text += "; inside { } and [ ], a formula with a comma or brackets must be in quotes"
	case strings.Contains(text, "mapping value is not allowed"):
		text += "; a text with a colon and a space in it must be in quotes"
	case strings.Contains(text, "reserved character"), strings.Contains(text, "directive"):
		text += "; a text that starts with it must be in quotes"
	}
	if t := located.GetToken(); t != nil {
		return r.tokenAt(t), "%s", text
	}
	return start, "%s", text
}

func (r *reader) tokenAt(t *token.Token) fault.Position {
	return fault.Position{File: r.file, Line: t.Position.Line, Column: t.Position.Column}
}

// plainTokens refuses what rule files do not use, before the parser sees it.
func (r *reader) plainTokens(tokens token.Tokens) bool {
	before := len(*r.mistakes)
	n := nesting{}
	content, unwantedTokens := false, 0
	for _, t := range tokens {
		if text := unwanted(t, content); text != "" {
			r.fail(r.tokenAt(t), "%s", text)
			if unwantedTokens++; unwantedTokens == maxUnwanted {
				return false
			}
		}
		content = content || t.Type != token.CommentType && t.Type != token.DocumentHeaderType
		if text := n.add(t); text != "" {
			r.fail(r.tokenAt(t), "%s", text)
			return false
		}
	}
	return len(*r.mistakes) == before
}

func unwanted(t *token.Token, content bool) string {
	switch t.Type {
	case token.AnchorType, token.AliasType:
		return fmt.Sprintf("anchors and aliases are not allowed here: write the value out, and a text that starts with %s in quotes", t.Value)
	case token.MergeKeyType:
		return "merge keys are not allowed here: write the keys out"
	case token.TagType:
		return "tags are not allowed here; a text that starts with ! must be in quotes"
	case token.MappingKeyType:
		return "a key is written as key: value; a text that starts with ? must be in quotes"
	case token.DocumentHeaderType, token.DocumentEndType:
		if content {
			return "the file holds more than one document"
		}
	}
	return ""
}

// nesting follows how deep tokens are nested, and how many keys a mapping has.
type nesting struct {
	flow   int
	blocks []openBlock
}

// openBlock is a block mapping or list that is not closed yet.
type openBlock struct {
	column int
	list   bool
	keys   int
}

// add returns what is wrong with a token's depth, or "".
func (n *nesting) add(t *token.Token) string {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		n.flow++
	case token.SequenceEndType, token.MappingEndType:
		n.flow = max(n.flow-1, 0)
	case token.SequenceEntryType:
		if n.flow == 0 {
			n.open(t.Position.Column, true)
		}
	case token.MappingValueType:
		if n.flow == 0 && t.Prev != nil {
			n.open(t.Prev.Position.Column, false)
		}
	}
	if n.flow+len(n.blocks) > maxYAMLDepth {
		return fmt.Sprintf("nested more than %d deep", maxYAMLDepth)
	}
	if last := len(n.blocks) - 1; last >= 0 && n.blocks[last].keys > maxYAMLKeys {
		return fmt.Sprintf("more than %d keys in one mapping", maxYAMLKeys)
	}
	return ""
}

// open closes the blocks that end before a column and opens or continues one there. A
// list may stand in the column of the key it belongs to.
func (n *nesting) open(column int, isList bool) {
	for len(n.blocks) > 0 {
		top := &n.blocks[len(n.blocks)-1]
		if top.column < column || top.column == column && !top.list && isList {
			break
		}
		if top.column == column && top.list == isList {
			top.keys++
			return
		}
		n.blocks = n.blocks[:len(n.blocks)-1]
	}
	n.blocks = append(n.blocks, openBlock{column, isList, 1})
}
