package pricing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// table is a compiled decision table. Its cells are predicates of an index; formulas are
// not involved.
type table struct {
	name    string
	hit     hitPolicy
	columns []column
	rows    []tableRow
	index   *ruleIndex
	perLine bool // reads something of a line
}

type column struct {
	name string
	slot int
	kind formula.Kind
	op   string
	path bool // families and regions match what is below them
}

type tableRow struct {
	id      string // table:line
	source  *Source
	percent *money.Num
	amount  *money.Num
	per     string
	reason  string
}

var tableOperators = []string{"not in", "startsWith", "!=", ">=", "<=", ">", "<", "in", "="}

var tableOutputs = []string{"percent", "amount", "per", "reason"}

func (c *compiler) compileTable(def *TableDefinition) *table {
	t, mistakes := c.readTable(def)
	c.mistakes = append(c.mistakes, mistakes...)
	if len(mistakes) > 0 {
		return nil
	}
	for _, column := range t.columns {
		c.used[column.name] = true
	}
	return t
}

func (c *compiler) readTable(def *TableDefinition) (*table, fault.Mistakes) {
	var mistakes fault.Mistakes
	t := &table{name: def.Name, hit: hitPolicy(def.Hit.Text)}
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
		column, problem := compileColumn(h, c.scope)
		if problem != "" {
			mistakes.Add(h.At, "%s", problem)
			continue
		}
		t.perLine = t.perLine || perLine(column.name)
		inputs[i] = len(t.columns)
		t.columns = append(t.columns, column)
	}
	if !slices.Contains(outputs, "percent") && !slices.Contains(outputs, "amount") {
		mistakes.Add(def.At, "table %s has no output: it needs a column percent or amount", def.Name)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	rules := make([]rule, 0, len(def.Rows))
	for _, cells := range def.Rows {
		row, rule, wrong := t.compileRow(cells, inputs, outputs)
		mistakes = append(mistakes, wrong...)
		t.rows, rules = append(t.rows, row), append(rules, rule)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	t.index = c.newIndex(rules)
	return t, nil
}

// isStep reports whether a name is the amount of a step.
func isStep(name string) bool { return strings.HasPrefix(name, "price.") }

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

func (t *table) compileRow(cells []Cell, inputs []int, outputs []string) (tableRow, rule, fault.Mistakes) {
	var mistakes fault.Mistakes
	var row tableRow
	var conditions rule
	for i, cell := range cells {
		if i == 0 {
			row.source = &Source{File: cell.At.File, Line: cell.At.Line}
			row.id = t.name + ":" + strconv.Itoa(cell.At.Line)
		}
		if i >= len(inputs) || cell.Text == "" {
			continue
		}
		if at := inputs[i]; at >= 0 {
			column := &t.columns[at]
			values, err := column.parse(cell.Text)
			if err != nil {
				mistakes.Add(cell.At, "%s", err)
				continue
			}
			conditions.predicates = append(conditions.predicates, predicate{slot: column.slot, op: column.test(), values: values, path: column.path})
			continue
		}
		if err := row.output(outputs[i], cell.Text); err != nil {
			mistakes.Add(cell.At, "%s", err)
		}
	}
	if row.percent != nil && row.amount != nil {
		mistakes.Add(cells[0].At, "a row gives a percent or an amount, not both")
	}
	return row, conditions, mistakes
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
	n := money.NumOf(d)
	if name == "percent" {
		r.percent = &n
	} else {
		r.amount = &n
	}
	return nil
}

func (c column) ordered() bool { return strings.ContainsAny(c.op, "<>") }

// test is the column's operator as predicates have it.
func (c column) test() test { return tableTests[c.op] }

var tableTests = map[string]test{"=": isAny, "in": isAny, "!=": isNone, "not in": isNone, ">=": atLeast, "<=": atMost, ">": above,
	"<": under, "startsWith": startsWith}

// match returns the rows that match, in order.
func (t *table) match(r *run) []int32 { return t.index.find(&r.probes[t.index.ordinal], r.lookup) }
