package formula

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"quotewright/internal/fault"
)

// grammar makes expr's parser read every call as a plain call: its own built-in
// functions, the looping ones above all, are then unknown names like any other.
var grammar = func() *conf.Config {
	c := conf.CreateNew()
	c.MaxNodes = maxNodes
	for _, name := range builtin.Names {
		c.Functions[name] = &builtin.Function{Name: name}
	}
	return c
}()

// parse checks the limits that the parser itself does not hold, then parses.
func parse(source Source) (ast.Node, fault.Mistakes) {
	var mistakes fault.Mistakes
	switch {
	case strings.TrimSpace(source.Text) == "":
		mistakes.Add(source.At, "the formula is empty")
	case len(source.Text) > MaxLength:
		mistakes.Add(source.At, "the formula is longer than %d bytes", MaxLength)
	case !utf8.ValidString(source.Text):
		mistakes.Add(source.At, "the formula is not valid UTF-8")
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	if offset := tooDeep(source.Text); offset >= 0 {
		mistakes.Add(source.position(offset), "brackets are nested more than %d deep", MaxDepth)
		return nil, mistakes
	}
	tree, err := parser.ParseWithConfig(source.Text, grammar)
	if err == nil {
		return tree.Node, nil
	}
	at, text := source.At, err.Error()
	var located *file.Error
	if errors.As(err, &located) {
		at, text = source.position(located.From), located.Message
	}
	mistakes.Add(at, "%s", plain(text))
	return nil, mistakes
}

var unexpected = regexp.MustCompile(`unexpected token (?:EOF|\w+\("(.*)"\))`)

// plain says the parser's mistake in words for those who write formulas.
func plain(text string) string {
	switch {
	case strings.Contains(text, "maximum allowed nodes"):
		return fmt.Sprintf("the formula has more than %d parts", maxNodes)
	case strings.HasPrefix(text, "invalid integer literal"):
		return "the number is too large to be written without a decimal point"
	case strings.HasPrefix(text, "unexpected token EOF"):
		return "the formula ends too early"
	}
	return unexpected.ReplaceAllString(text, `unexpected "$1"`)
}

// tooDeep returns the offset of the bracket that is nested too deep, or -1. Brackets
// inside quotes do not count.
func tooDeep(text string) int {
	depth, quote, escaped := 0, rune(0), false
	offset := -1
	for _, r := range text {
		offset++
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
		case strings.ContainsRune("([{", r):
			if depth++; depth > MaxDepth {
				return offset
			}
		case strings.ContainsRune(")]}", r):
			depth--
		}
	}
	return -1
}
