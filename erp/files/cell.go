package files

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/money"
)

// cell is one cell that is not empty, as the setter of its column sees it. Its methods
// read it as something and report what they cannot read.
type cell struct {
	text   string
	column string // name in the header: attr:color
	index  int
	sheet  *sheet
	loader *loader
	bad    bool // something was reported
}

// fail reports a mistake at the cell.
func (c *cell) fail(format string, args ...any) {
	c.bad = true
	c.loader.mistakes.add(c.sheet.at(c.index), "%s: %s", c.column, fmt.Sprintf(format, args...))
}

// name is what follows the colon of attr:color.
func (c *cell) name() string {
	_, name, _ := strings.Cut(c.column, ":")
	return name
}

// number reads an exact decimal.
func (c *cell) number() decimal.Decimal {
	return recall(c.loader.numbers, c, func() (decimal.Decimal, error) { return money.Parse(c.text) })
}

// positive reads a number above zero.
func (c *cell) positive() decimal.Decimal {
	d := c.number()
	if !c.bad && d.Sign() <= 0 {
		c.fail("%s must be more than zero", c.text)
	}
	return d
}

// notNegative reads a number of at least zero.
func (c *cell) notNegative() decimal.Decimal {
	d := c.number()
	if d.Sign() < 0 {
		c.fail("%s must not be negative", c.text)
	}
	return d
}

// count reads a whole number of at least zero.
func (c *cell) count() int {
	n, err := strconv.ParseUint(c.text, 10, 31)
	if err != nil {
		c.fail("%q is not a whole number of at least zero", clip(c.text))
	}
	return int(n)
}

// date reads a day: 2026-03-01.
func (c *cell) date() catalog.Date {
	return recall(c.loader.dates, c, func() (catalog.Date, error) {
		d, err := civil.ParseDate(c.text)
		if err != nil || d.Year == 0 {
			return catalog.Date{}, fmt.Errorf("%q is not a date like 2026-03-01", clip(c.text))
		}
		return d, nil
	})
}

// currency reads an ISO 4217 code.
func (c *cell) currency() string {
	return recall(c.loader.currencies, c, func() (string, error) {
		currency, err := money.ParseCurrency(c.text)
		return currency.Code, err
	})
}

// yes reads true or false.
func (c *cell) yes() bool {
	switch strings.ToLower(c.text) {
	case "true", "yes", "1":
		return true
	case "false", "no", "0":
		return false
	}
	c.fail("%q is neither true nor false", clip(c.text))
	return false
}

// oneOf reads one of the choices.
func oneOf[T ~string](c *cell, choices ...T) T {
	if value := T(c.text); slices.Contains(choices, value) {
		return value
	}
	words := make([]string, len(choices))
	for i, choice := range choices {
		words[i] = string(choice)
	}
	c.fail("%q is none of %s", clip(c.text), strings.Join(words, ", "))
	return ""
}

// maxRecalled bounds the texts whose values are kept.
const maxRecalled = 1 << 16

// recall reads each text once: files repeat their numbers, dates and currencies, and
// values that are shared take no further memory.
func recall[T any](known map[string]T, c *cell, read func() (T, error)) T {
	value, ok := known[c.text]
	if ok {
		return value
	}
	value, err := read()
	if err != nil {
		c.fail("%s", err)
		return value
	}
	if len(known) < maxRecalled {
		known[strings.Clone(c.text)] = value
	}
	return value
}

// unclean says what is wrong with a text of any column, or nothing.
func unclean(text string) string {
	wide := false
	for i := range len(text) {
		switch b := text[i]; {
		case b >= utf8.RuneSelf:
			wide = true
		case b < ' ' && b != '\n' && b != '\t' && b != '\r', b == 0x7f:
			return fmt.Sprintf("holds the control character %#02x", b)
		}
	}
	if wide && !utf8.ValidString(text) {
		return "is not UTF-8"
	}
	return ""
}

func clip(text string) string {
	if utf8.RuneCountInString(text) > 50 {
		return string([]rune(text)[:50]) + "…"
	}
	return text
}

// path reads a path such as pumps/centrifugal: names with single slashes between them.
func (c *cell) path() string {
	for _, name := range strings.Split(c.text, "/") {
		if strings.TrimSpace(name) != name || name == "" {
			c.fail("%q is not a path like pumps/centrifugal", clip(c.text))
			break
		}
	}
	return c.text
}
