package rulebook

import (
	"errors"
	"fmt"
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

// lookups is the function lookup("table", keys…): the last column, value, of the row
// whose other columns are the keys. It is filled once and then only read.
type lookups map[string]*lookupTable

// lookupTable is one table, indexed by its keys.
type lookupTable struct {
	keys    []string // names of the key columns
	numbers []bool   // by key column: all cells are numbers, and compared as such
	kind    formula.Kind
	values  map[string]formula.Value
}

// keySeparator joins keys. No rule file can hold it.
const keySeparator = "\x1f"

// isLookup reports whether a table is for lookup: its last column is value.
func isLookup(def *pricing.TableDefinition) bool {
	last := len(def.Header) - 1
	return last > 0 && def.Header[last].Text == "value"
}

func newLookupTable(def *pricing.TableDefinition, mistakes *fault.Mistakes) *lookupTable {
	last := len(def.Header) - 1
	t := &lookupTable{numbers: make([]bool, last), kind: formula.Text, values: make(map[string]formula.Value, len(def.Rows))}
	for i, h := range def.Header[:last] {
		t.keys = append(t.keys, h.Text)
		t.numbers[i] = numeric(def, i)
	}
	if numeric(def, last) {
		t.kind = formula.Number
	}
	lines := map[string]int{}
	for _, row := range def.Rows {
		for _, cell := range row {
			if cell.Text == "" {
				mistakes.Add(cell.At, "a look-up table has no empty cells")
			}
		}
		key := t.key(row[:last])
		if line, twice := lines[key]; twice {
			mistakes.Add(row[0].At, "these keys are in line %d already", line)
			continue
		}
		lines[key] = row[0].At.Line
		t.values[key] = pricing.ParseValue(t.kind, row[last].Text)
	}
	return t
}

// numeric reports whether all cells of a column are numbers.
func numeric(def *pricing.TableDefinition, column int) bool {
	for _, row := range def.Rows {
		if _, err := money.Parse(row[column].Text); err != nil {
			return false
		}
	}
	return len(def.Rows) > 0
}

func (t *lookupTable) key(row []pricing.Cell) string {
	parts := make([]string, len(row))
	for i, cell := range row {
		parts[i] = t.part(i, cell.Text)
	}
	return strings.Join(parts, keySeparator)
}

// part writes a key so that 1.50 and 1.5 are the same in a column of numbers.
func (t *lookupTable) part(column int, text string) string {
	if t.numbers[column] {
		if d, err := money.Parse(text); err == nil {
			return d.String()
		}
	}
	return text
}

// function returns lookup as formulas call it.
func (l lookups) function() formula.Function {
	return formula.Function{Params: []formula.Kind{formula.Text, formula.Any}, Variadic: true, Type: l.kind, Call: l.call}
}

// kind checks a call when its formula is compiled.
func (l lookups) kind(args []formula.Node) (formula.Kind, error) {
	name, ok := args[0].(*formula.Literal)
	if !ok {
		return formula.Any, errors.New("the first argument is the name of a table, in quotes")
	}
	t, ok := l[name.Value.Text()]
	if !ok {
		return formula.Any, l.unknown(name.Value.Text())
	}
	if len(args)-1 != len(t.keys) {
		return formula.Any, fmt.Errorf("table %s is looked up by %s, not by %s", name.Value.Text(), strings.Join(t.keys, ", "), counted(len(args)-1, "key"))
	}
	for i, arg := range args[1:] {
		if kind := arg.Kind(); kind == formula.Texts || kind == formula.Numbers {
			return formula.Any, fmt.Errorf("key %s of table %s is one value, not a %s", t.keys[i], name.Value.Text(), kind)
		} else if kind == formula.Number && !t.numbers[i] && len(t.values) > 0 {
			return formula.Any, fmt.Errorf("key %s of table %s is not a number", t.keys[i], name.Value.Text())
		}
	}
	return t.kind, nil
}

func (l lookups) unknown(name string) error {
	if near := formula.Nearest(name, sorted(l)); near != "" {
		return fmt.Errorf("there is no look-up table %s; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no tables/%s.csv whose last column is value", name)
}

// call finds the row. A key without a value finds nothing, which is no mistake; a key
// that the table lacks is one.
func (l lookups) call(args []formula.Value) (formula.Value, error) {
	name := args[0].Text()
	t, ok := l[name]
	if !ok || len(args)-1 != len(t.keys) {
		return formula.Value{}, l.unknown(name)
	}
	parts := make([]string, len(t.keys))
	for i, v := range args[1:] {
		if !v.Known() {
			return formula.None(t.kind), nil
		}
		parts[i] = t.part(i, v.String())
	}
	if v, ok := t.values[strings.Join(parts, keySeparator)]; ok {
		return v, nil
	}
	return formula.Value{}, fmt.Errorf("table %s has no row for %s", name, strings.Join(parts, ", "))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
