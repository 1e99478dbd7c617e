package rulebook

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/pricing"
)

// readTable splits a CSV file into trimmed cells with their places. The separator is
// the comma, semicolon or tab that the header has most of. Lines that start with # are
// comments; the first line may name the hit policy.
func (r *reader) readTable(name, content string) *pricing.TableDefinition {
	def := &pricing.TableDefinition{Name: name, At: fault.Position{File: r.file, Line: 1, Column: 1}}
	content = unixText(content)
	if !r.readable(content) {
		return def
	}
	t := tableReader{reader: r, def: def, lines: strings.Split(content, "\n")}
	t.hit()
	t.csv = csv.NewReader(strings.NewReader(content))
	t.csv.Comment, t.csv.FieldsPerRecord, t.csv.TrimLeadingSpace, t.csv.Comma = '#', -1, true, t.separator()
	for t.row() {
	}
	if def.Header == nil && !t.broken {
		r.fail(def.At, "the table is empty")
	}
	return def
}

type tableReader struct {
	*reader
	def    *pricing.TableDefinition
	csv    *csv.Reader
	lines  []string
	broken bool
}

// hit reads the hit policy from the first line.
func (t *tableReader) hit() {
	comment, ok := strings.CutPrefix(t.lines[0], "#")
	if !ok {
		return
	}
	key, policy, ok := strings.Cut(comment, ":")
	if !ok || strings.TrimSpace(key) != "hit" {
		return
	}
	policy = strings.TrimSpace(policy)
	before := t.lines[0][:strings.LastIndex(t.lines[0], policy)]
	t.def.Hit = pricing.Name{Text: policy, At: fault.Position{File: t.file, Line: 1, Column: utf8.RuneCountInString(before) + 1}}
}

// separator looks at the header.
func (t *tableReader) separator() rune {
	for _, line := range t.lines {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		best := ','
		for _, s := range []rune{';', '\t'} {
			if strings.Count(line, string(s)) > strings.Count(line, string(best)) {
				best = s
			}
		}
		return best
	}
	return ','
}

// row reads one row; false after the last.
func (t *tableReader) row() bool {
	record, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		t.broken = true
		t.fail(t.at(syntax.Line, syntax.Column), "%s", syntax.Err)
		return true
	}
	if err != nil {
		t.fail(t.def.At, "the table cannot be read: %s", err)
		return false
	}
	cells := make([]pricing.Cell, len(record))
	for i, text := range record {
		cells[i] = pricing.Cell{Text: strings.TrimSpace(text), At: t.at(t.csv.FieldPos(i))}
	}
	switch {
	case t.def.Header == nil:
		t.header(cells)
	case len(cells) != len(t.def.Header):
		t.fail(cells[0].At, "%s, but the header has %d", counted(len(cells), "cell"), len(t.def.Header))
	default:
		t.def.Rows = append(t.def.Rows, cells)
	}
	return true
}

// outputs are the columns whose names are checked where a decision table is compiled.
var outputs = []string{"", "percent", "amount", "per", "reason"}

func (t *tableReader) header(cells []pricing.Cell) {
	t.def.Header, t.def.At = cells, cells[0].At
	seen := map[string]bool{}
	for _, c := range cells {
		if seen[c.Text] && !slices.Contains(outputs, c.Text) {
			t.fail(c.At, "the column %s is there twice", c.Text)
		}
		seen[c.Text] = true
	}
}

// at turns a place in bytes into one in characters.
func (t *tableReader) at(line, column int) fault.Position {
	at := fault.Position{File: t.file, Line: line, Column: column}
	if line >= 1 && line <= len(t.lines) {
		text := t.lines[line-1]
		at.Column = utf8.RuneCountInString(text[:min(max(column-1, 0), len(text))]) + 1
	}
	return at
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
			if cell.Text != "" {
				for v := range strings.SplitSeq(cell.Text, "|") {
					values = append(values, strings.TrimSpace(v))
				}
			}
			out.Cells = append(out.Cells, values)
		}
		c.Rows = append(c.Rows, out)
	}
	return c
}
