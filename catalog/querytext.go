package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// queryText writes a look-up so that people can read it and parseQuery gives back the
// same words: product PS-2000, rate USD TWD 2026-03-01.
func queryText(kind string, args ...string) string {
	var b strings.Builder
	b.WriteString(kind)
	for _, arg := range args {
		b.WriteByte(' ')
		b.WriteString(word(arg))
	}
	return b.String()
}

// conditionQuery writes the look-up of a group of conditions:
// condition LIST customer=C-100 sku=PS-2000.
func conditionQuery(group string) string {
	parts := strings.Split(group, KeySeparator)
	query := queryText("condition", parts[0])
	for i := 1; i+1 < len(parts); i += 2 {
		query += " " + word(parts[i]) + "=" + word(parts[i+1])
	}
	return query
}

// word quotes what would not be read back as one word.
func word(s string) string {
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r == ' ' || r == '=' || r == '"' || r == '\uFFFD' || !unicode.IsPrint(r)
	}) < 0
	if plain {
		return s
	}
	return strconv.Quote(s)
}

// parseQuery splits a query at spaces and equal signs outside of quotes.
func parseQuery(query string) (kind string, args []string, err error) {
	var words []string
	for rest := query; ; rest = rest[1:] {
		var quoted string
		if quoted, err = strconv.QuotedPrefix(rest); err == nil {
			w, _ := strconv.Unquote(quoted)
			words, rest = append(words, w), rest[len(quoted):]
		} else {
			end := strings.IndexAny(rest, ` ="`)
			if end < 0 {
				end = len(rest)
			}
			words, rest = append(words, rest[:end]), rest[end:]
		}
		if rest == "" {
			return words[0], words[1:], nil
		}
		if rest[0] != ' ' && rest[0] != '=' {
			return "", nil, fmt.Errorf("query %s: a space is missing before %s", query, rest)
		}
	}
}
