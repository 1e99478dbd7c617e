package rulebook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

var one = decimal.NewFromInt(1)

// readTable splits a CSV file into trimmed cells with their places. Lines that start
// with # are comments; the first may name the hit policy.
func (r *reader) readTable(name string, content []byte) *pricing.TableDefinition {
	def := &pricing.TableDefinition{Name: name, At: fault.Position{File: r.file, Line: 1, Column: 1}}
	if !utf8.Valid(content) {
		r.fail(def.At, "the file is not UTF-8")
		return def
	}
	lines := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	lines.Comment, lines.FieldsPerRecord, lines.TrimLeadingSpace = '#', -1, true
	first, _, _ := strings.Cut(string(content), "\n")
	if hit, ok := strings.CutPrefix(strings.TrimSpace(first), "# hit:"); ok {
		def.Hit = pricing.Name{Text: strings.TrimSpace(hit), At: fault.Position{File: r.file, Line: 1, Column: 1}}
	}
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			r.fail(fault.Position{File: r.file, Line: syntax.Line, Column: syntax.Column}, "%s", syntax.Err)
			return def
		}
		r.row(def, lines, record)
	}
	if def.Header == nil {
		r.fail(def.At, "the table is empty")
	}
	return def
}

func (r *reader) row(def *pricing.TableDefinition, lines *csv.Reader, record []string) {
	cells := make([]pricing.Cell, len(record))
	for i, text := range record {
		line, column := lines.FieldPos(i)
		cells[i] = pricing.Cell{Text: strings.TrimSpace(text), At: fault.Position{File: r.file, Line: line, Column: column}}
	}
	if def.Header == nil {
		def.Header, def.At = cells, cells[0].At
		return
	}
	if len(cells) != len(def.Header) {
		r.fail(cells[0].At, "%d cells, but the header has %d", len(cells), len(def.Header))
		return
	}
	def.Rows = append(def.Rows, cells)
}

// combinations reads a table as valid combinations of features.
func combinations(def *pricing.TableDefinition) *configurator.Combinations {
	c := &configurator.Combinations{Name: def.Name, At: def.At}
	for _, h := range def.Header {
		c.Columns = append(c.Columns, h.Text)
	}
	for _, row := range def.Rows {
		out := configurator.CombinationRow{At: row[0].At}
		for _, cell := range row {
			var values []string
			if cell.Text != "" && cell.Text != "*" {
				for _, v := range strings.Split(cell.Text, "|") {
					values = append(values, strings.TrimSpace(v))
				}
			}
			out.Cells = append(out.Cells, values)
		}
		c.Rows = append(c.Rows, out)
	}
	return c
}

// lookups is the function lookup("table", keys…): the last column, value, of the row
// whose other columns are the keys.
type lookups struct {
	tables map[string]*pricing.TableDefinition
	values map[string]map[string]formula.Value
	kinds  map[string]formula.Kind
}

func newLookups(tables map[string]*pricing.TableDefinition) *lookups {
	l := &lookups{tables: tables, values: map[string]map[string]formula.Value{}, kinds: map[string]formula.Kind{}}
	for name, def := range tables {
		if last := len(def.Header) - 1; last > 0 && def.Header[last].Text == "value" {
			l.add(name, def, last)
		}
	}
	return l
}

func (l *lookups) add(name string, def *pricing.TableDefinition, last int) {
	kind := formula.Number
	for _, row := range def.Rows {
		if _, err := money.Parse(row[last].Text); err != nil {
			kind = formula.Text
		}
	}
	values := map[string]formula.Value{}
	for _, row := range def.Rows {
		var keys []string
		for _, cell := range row[:last] {
			keys = append(keys, cell.Text)
		}
		values[strings.Join(keys, "\x1f")] = pricing.ParseValue(kind, row[last].Text)
	}
	l.values[name], l.kinds[name] = values, kind
}

// function returns lookup as formulas call it.
func (l *lookups) function() formula.Function {
	return formula.Function{Params: []formula.Kind{formula.Text, formula.Any}, Variadic: true, Call: l.call, Check: l.check, Type: l.kind}
}

func (l *lookups) kind(args []formula.Node) (formula.Kind, error) {
	lit, ok := args[0].(*formula.Literal)
	if !ok {
		return formula.Any, errors.New("the first argument is the name of a table, in quotes")
	}
	kind, ok := l.kinds[lit.Value.Text()]
	if !ok {
		return formula.Any, fmt.Errorf("there is no look-up table tables/%s.csv whose last column is value", lit.Value.Text())
	}
	return kind, nil
}

func (l *lookups) check(args []formula.Node) error {
	name := args[0].(*formula.Literal).Value.Text()
	if keys := len(l.tables[name].Header) - 1; keys != len(args)-1 {
		return fmt.Errorf("table %s has %d key columns, not %d", name, keys, len(args)-1)
	}
	return nil
}

func (l *lookups) call(args []formula.Value) (formula.Value, error) {
	var keys []string
	for _, v := range args[1:] {
		if !v.Known() {
			return formula.None(l.kinds[args[0].Text()]), nil
		}
		keys = append(keys, v.String())
	}
	v, ok := l.values[args[0].Text()][strings.Join(keys, "\x1f")]
	if !ok {
		return formula.Value{}, fmt.Errorf("table %s has no row for %s", args[0].Text(), strings.Join(keys, ", "))
	}
	return v, nil
}
