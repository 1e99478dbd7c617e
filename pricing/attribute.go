package pricing

import (
	"github.com/golang-sql/civil"

	"quotewright/internal/formula"
	"quotewright/money"
)

// attribute reads an attribute as its declared kind; what is missing or cannot be read
// as that kind has no value.
func attribute(attributes map[string]string, a Attribute) formula.Value {
	s, ok := attributes[a.Name]
	if !ok || s == "" {
		return formula.None(a.Kind)
	}
	return ParseValue(a.Kind, s)
}

// ParseValue reads a text as a kind; what cannot be read has no value.
func ParseValue(kind formula.Kind, s string) formula.Value {
	switch kind {
	case formula.Number:
		if d, err := money.Parse(s); err == nil {
			return formula.OfNumber(d)
		}
	case formula.Boolean:
		if s == "true" || s == "false" {
			return formula.OfBool(s == "true")
		}
	case formula.Date:
		if d, err := civil.ParseDate(s); err == nil {
			return formula.OfDate(d)
		}
	case formula.Text:
		return formula.OfText(s)
	}
	return formula.None(kind)
}
