package quote_test

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/catalog"
)

// findRows looks at every row of a table.
func (e *naiveEvaluator) findRows(s *naiveStep, o *outcome) {
	t := e.table(s.name)
	matching := t.matching(e.onLine(o.line))
	basis := e.basis(s, o.line)
	if t.hit == "unique" && len(matching) > 1 {
		o.failed = "formula"
		return
	}
	for _, i := range matching {
		c, ok := e.row(s, t, i, basis, o.line.quantity)
		if !ok && (len(o.chosen) == 0 || t.hit == "best" || t.hit == "collect") { // what first leaves out needs no rate
			o.failed = "missing_rate"
			return
		}
		o.chosen = append(o.chosen, c)
	}
	e.choose(map[string]string{"": "first", "first": "first", "unique": "first", "best": "best", "collect": "all"}[t.hit], o)
}

func (e *naiveEvaluator) row(s *naiveStep, t *naiveTable, i int, basis, quantity dec) (candidate, bool) {
	row := t.rows[i]
	c := candidate{id: t.place(i)}
	if row.percent != nil {
		c.rate, c.amount = row.percent, percentOf(basis, *row.percent)
		return c, true
	}
	to, ok := e.stepMoney(s)
	if row.amount == nil {
		return c, true
	}
	c.amount = row.amount.Mul(to)
	if orDefault(row.per, s.per) == "unit" {
		c.amount = c.amount.Mul(quantity)
	}
	return c, ok
}

// place names a row by its line in the file.
func (t *naiveTable) place(i int) string {
	header := 1
	if t.hit != "" {
		header = 2
	}
	return fmt.Sprintf("%s:%d", t.id, header+1+i)
}

func (e *naiveEvaluator) table(id string) *naiveTable {
	for i := range e.book.tables {
		if e.book.tables[i].id == id {
			return &e.book.tables[i]
		}
	}
	panic("no table " + id)
}

func (t *naiveTable) matching(look func(string) any) []int {
	var out []int
	for i, row := range t.rows {
		fits := true
		for j, c := range t.columns {
			fits = fits && (row.cells[j] == "" || c.matches(row.cells[j], look(c.input)))
		}
		if fits {
			out = append(out, i)
		}
	}
	return out
}

// matches compares a value with a cell; no value matches only what it is not.
func (c naiveColumn) matches(cell string, v any) bool {
	if v == nil {
		return c.operator == "!=" || c.operator == "not in"
	}
	switch c.operator {
	case "in", "not in":
		found := false
		for _, item := range strings.Split(cell, "|") {
			found = found || c.equals(item, v)
		}
		return found == (c.operator == "in")
	case "", "!=":
		return c.equals(cell, v) == (c.operator == "")
	}
	return compares(c.operator, v, cellValue(cell, v))
}

// equals includes the paths below for families and regions.
func (c naiveColumn) equals(cell string, v any) bool {
	if c.input == "product.family" || c.input == "customer.region" {
		return slices.Contains(pathsOf(v.(string)), cell)
	}
	return compares("==", v, cellValue(cell, v))
}

func cellValue(cell string, like any) any {
	switch like.(type) {
	case dec:
		return num(cell)
	case bool:
		return cell == "true"
	case catalog.Date:
		return day(cell)
	}
	return cell
}

// pathsOf returns a path and those above it: a/b/c, a/b, a.
func pathsOf(path string) []string {
	var out []string
	for path != "" {
		out = append(out, path)
		up := strings.LastIndex(path, "/")
		path = path[:max(up, 0)]
	}
	return out
}
