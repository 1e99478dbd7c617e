package pricing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// hitPolicy says what happens when several rows match.
type hitPolicy string

const (
	hitFirst   hitPolicy = "first"
	hitUnique  hitPolicy = "unique"
	hitBest    hitPolicy = "best"
	hitCollect hitPolicy = "collect"
)

// table is a compiled decision table. Its cells are compared natively; formulas are
// not involved.
type table struct {
	name    string
	hit     hitPolicy
	columns []column
	rows    []tableRow
	index   int              // the column whose equality finds rows at once; -1: none
	byValue map[string][]int // rows by the value of the index column, in order
	rest    []int            // rows that leave the index column empty
	perLine bool             // reads something of a line
}

type column struct {
	name string
	slot int
	kind formula.Kind
	op   string
	path bool // families and regions match what is below them
}

type tableRow struct {
	at      fault.Position
	cells   []tableCell
	percent *decimal.Decimal
	amount  *decimal.Decimal
	per     string
	reason  string
}

// tableCell is a condition on one column; no values: anything.
type tableCell struct{ values []formula.Value }

var tableOperators = []string{"not in", "startsWith", "!=", ">=", "<=", ">", "<", "in", "="}

var tableOutputs = []string{"percent", "amount", "per", "reason"}

func compileTable(def *TableDefinition, s *scope) (*table, fault.Mistakes) {
	var mistakes fault.Mistakes
	t := &table{name: def.Name, hit: hitPolicy(def.Hit.Text), index: -1}
	switch t.hit {
	case "":
		t.hit = hitFirst
	case hitFirst, hitUnique, hitBest, hitCollect:
	default:
		mistakes.Add(def.Hit.At, "unknown hit policy %q: first, unique, best or collect", def.Hit.Text)
	}
	outputs := make([]string, len(def.Header))
	inputs := make([]int, len(def.Header)) // column of a header cell
	for i, h := range def.Header {
		inputs[i] = -1
		if slices.Contains(tableOutputs, h.Text) {
			if slices.Contains(outputs, h.Text) {
				mistakes.Add(h.At, "the output %s is there twice", h.Text)
			}
			outputs[i] = h.Text
			continue
		}
		c, problem := compileColumn(h, s)
		if problem != "" {
			mistakes.Add(h.At, "%s", problem)
			continue
		}
		t.perLine = t.perLine || perLine(c.name)
		inputs[i] = len(t.columns)
		t.columns = append(t.columns, c)
	}
	if !slices.Contains(outputs, "percent") && !slices.Contains(outputs, "amount") {
		mistakes.Add(def.At, "table %s has no output: it needs a column percent or amount", def.Name)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	for _, cells := range def.Rows {
		row, wrong := t.compileRow(cells, inputs, outputs)
		mistakes = append(mistakes, wrong...)
		t.rows = append(t.rows, row)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	t.buildIndex()
	return t, t.overlaps()
}

func compileColumn(h Cell, s *scope) (column, string) {
	c := column{name: h.Text, op: "="}
	for _, op := range tableOperators {
		if name, ok := strings.CutSuffix(h.Text, " "+op); ok {
			c.name, c.op = strings.TrimSpace(name), op
			break
		}
	}
	kind, ok := s.env.Kind(c.name)
	if !ok {
		return c, fmt.Sprintf("unknown column %s: neither an input that formulas may read nor an output (%s)", h.Text, strings.Join(tableOutputs, ", "))
	}
	c.kind = kind
	c.slot, _ = s.env.Slot(c.name)
	c.path = c.name == "product.family" || c.name == "customer.region"
	if c.ordered() && kind != formula.Number && kind != formula.Date {
		return c, fmt.Sprintf("%s compares numbers and dates, but %s is a %s", c.op, c.name, kind)
	}
	if c.op == "startsWith" && kind != formula.Text {
		return c, fmt.Sprintf("startsWith compares texts, but %s is a %s", c.name, kind)
	}
	return c, ""
}

func (t *table) compileRow(cells []Cell, inputs []int, outputs []string) (tableRow, fault.Mistakes) {
	var mistakes fault.Mistakes
	row := tableRow{cells: make([]tableCell, len(t.columns))}
	for i, cell := range cells {
		if i == 0 {
			row.at = cell.At
		}
		if i >= len(inputs) || cell.Text == "" {
			continue
		}
		if at := inputs[i]; at >= 0 {
			values, err := t.columns[at].parse(cell.Text)
			if err != nil {
				mistakes.Add(cell.At, "%s", err)
			}
			row.cells[at] = tableCell{values}
			continue
		}
		if err := row.output(outputs[i], cell.Text); err != nil {
			mistakes.Add(cell.At, "%s", err)
		}
	}
	if row.percent != nil && row.amount != nil {
		mistakes.Add(row.at, "a row gives a percent or an amount, not both")
	}
	return row, mistakes
}

func (c column) parse(text string) ([]formula.Value, error) {
	parts := []string{text}
	if c.op == "in" || c.op == "not in" {
		parts = strings.Split(text, "|")
	}
	var values []formula.Value
	for _, p := range parts {
		v := ParseValue(c.kind, strings.TrimSpace(p))
		if !v.Known() {
			return nil, fmt.Errorf("%q is not a %s, as %s is", p, c.kind, c.name)
		}
		values = append(values, v)
	}
	return values, nil
}

func (r *tableRow) output(name, text string) error {
	switch name {
	case "reason":
		r.reason = text
		return nil
	case "per":
		if text != "unit" && text != "line" {
			return fmt.Errorf("per is unit or line, not %q", text)
		}
		r.per = text
		return nil
	}
	d, err := money.Parse(text)
	if err != nil {
		return err
	}
	if name == "percent" {
		r.percent = &d
	} else {
		r.amount = &d
	}
	return nil
}

// buildIndex picks the equality column with the most different values. Paths are left
// out: a row matches more than one value of them.
func (t *table) buildIndex() {
	most := 1
	for i, c := range t.columns {
		if c.path || c.op != "=" && c.op != "in" {
			continue
		}
		values := map[string]bool{}
		for _, r := range t.rows {
			for _, v := range r.cells[i].values {
				values[v.String()] = true
			}
		}
		if len(values) > most {
			most, t.index = len(values), i
		}
	}
	if t.index < 0 {
		return
	}
	t.byValue = map[string][]int{}
	for n, r := range t.rows {
		if len(r.cells[t.index].values) == 0 {
			t.rest = append(t.rest, n)
		}
		for _, v := range r.cells[t.index].values {
			t.byValue[v.String()] = append(t.byValue[v.String()], n)
		}
	}
}

// overlaps finds rows of a unique table that some input matches both of, where that can
// be told from the cells.
func (t *table) overlaps() fault.Mistakes {
	const largest = 2000 // rows; beyond it, run time reports double hits
	var mistakes fault.Mistakes
	if t.hit != hitUnique || len(t.rows) > largest {
		return nil
	}
	for i := range t.rows {
		for j := 0; j < i; j++ {
			if t.overlap(t.rows[i], t.rows[j]) {
				mistakes.Add(t.rows[i].at, "this row overlaps with the one in line %d, but the table's hit policy is unique", t.rows[j].at.Line)
				break
			}
		}
	}
	return mistakes
}

// overlap reports whether the cells of two rows leave room for a common input.
func (t *table) overlap(a, b tableRow) bool {
	spans := map[string]*span{}
	for i, c := range t.columns {
		x, y := a.cells[i].values, b.cells[i].values
		switch {
		case c.op == "=" || c.op == "in":
			if len(x) > 0 && len(y) > 0 && !c.common(x, y) {
				return false
			}
		case c.kind == formula.Number && c.ordered():
			if spans[c.name] == nil {
				spans[c.name] = &span{}
			}
			spans[c.name].narrow(c.op, x)
			spans[c.name].narrow(c.op, y)
		}
	}
	for _, s := range spans {
		if s.empty() {
			return false
		}
	}
	return true
}

func (c column) ordered() bool { return strings.ContainsAny(c.op, "<>") }

func (c column) common(x, y []formula.Value) bool {
	return slices.ContainsFunc(x, func(v formula.Value) bool {
		return slices.ContainsFunc(y, func(w formula.Value) bool {
			return v.Equal(w) || c.path && (below(v.Text(), w.Text()) || below(w.Text(), v.Text()))
		})
	})
}

// span is the range of numbers that a row's bounds on one input leave.
type span struct {
	low, high         *decimal.Decimal
	lowOpen, highOpen bool // the bound itself is not in it
}

func (s *span) narrow(op string, bound []formula.Value) {
	if len(bound) == 0 {
		return
	}
	d, open := bound[0].Number(), op == ">" || op == "<"
	if op[0] == '>' {
		if s.low == nil || d.GreaterThan(*s.low) || d.Equal(*s.low) && open {
			s.low, s.lowOpen = &d, open
		}
		return
	}
	if s.high == nil || d.LessThan(*s.high) || d.Equal(*s.high) && open {
		s.high, s.highOpen = &d, open
	}
}

func (s *span) empty() bool {
	if s.low == nil || s.high == nil {
		return false
	}
	order := s.low.Cmp(*s.high)
	return order > 0 || order == 0 && (s.lowOpen || s.highOpen)
}

// below reports whether a path is another or lies below it.
func below(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '/')
}

// match returns the rows that match, in order.
func (t *table) match(lookup formula.Lookup) []int {
	values := make([]formula.Value, len(t.columns))
	for i, c := range t.columns {
		values[i] = lookup(c.slot)
	}
	var hits []int
	for _, n := range t.candidates(values) {
		if t.matches(t.rows[n], values) {
			hits = append(hits, n)
			if t.hit == hitFirst {
				break
			}
		}
	}
	return hits
}

// candidates returns the rows worth looking at, in order.
func (t *table) candidates(values []formula.Value) []int {
	if t.index < 0 {
		all := make([]int, len(t.rows))
		for i := range all {
			all[i] = i
		}
		return all
	}
	found := t.byValue[values[t.index].String()]
	if len(t.rest) == 0 {
		return found
	}
	merged := append(append([]int(nil), found...), t.rest...)
	slices.Sort(merged)
	return merged
}

func (t *table) matches(row tableRow, values []formula.Value) bool {
	for i, c := range t.columns {
		if cell := row.cells[i]; len(cell.values) > 0 && !c.holds(values[i], cell.values) {
			return false
		}
	}
	return true
}

// holds compares an input with a cell. An input without a value matches only what it
// is not.
func (c column) holds(v formula.Value, cell []formula.Value) bool {
	switch c.op {
	case "=", "in":
		return c.among(v, cell)
	case "!=", "not in":
		return !c.among(v, cell)
	case "startsWith":
		return v.Known() && strings.HasPrefix(v.Text(), cell[0].Text())
	}
	if !v.Known() {
		return false
	}
	order := 0
	if c.kind == formula.Date {
		order = v.Date().DaysSince(cell[0].Date())
	} else {
		order = v.Number().Cmp(cell[0].Number())
	}
	switch c.op {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order < 0
}

func (c column) among(v formula.Value, cell []formula.Value) bool {
	return slices.ContainsFunc(cell, func(w formula.Value) bool {
		return v.Equal(w) || c.path && v.Known() && below(v.Text(), w.Text())
	})
}
