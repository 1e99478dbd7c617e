package configurator

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// maxCombinations is up to how many combinations of a rule's values are tried one by one
// when a model is compiled.
const maxCombinations = 4096

func (c *compiler) derive(d DerivedDefinition) {
	if _, taken := c.m.env.Kind(d.ID); taken || !isName(d.ID) {
		c.mistakes.Add(d.At, "%q cannot be the name of a derived value, or is taken", d.ID)
		return
	}
	f, wrong := formula.Compile(c.m.env, d.Value, formula.Any)
	c.mistakes = append(c.mistakes, wrong...)
	if f == nil {
		return
	}
	m := c.m
	reads := m.reads(f.Root())
	c.declare(d.ID, f.Kind(), func(s *assignment) formula.Value {
		v, err := f.Eval(m.lookup(s))
		if err != nil {
			return formula.None(f.Kind())
		}
		return v
	})
	slot, _ := m.env.Slot(d.ID)
	m.derived = append(m.derived, derived{d.ID, f, reads, slot})
}

// constraints compiles the limits of selections, then what the definition says.
func (c *compiler) constraints(definitions []ConstraintDefinition) {
	for i := range c.m.features {
		if f := &c.m.features[i]; f.Kind == KindSelect {
			c.add(f.ID, f.def.At, fmt.Sprintf("choose %d to %d of %s", f.SelectMin, f.SelectMax, f.Title))
			c.rule(variables(f.first, f.count), &cardinality{f.first, f.count, f.SelectMin, f.SelectMax})
		}
	}
	ids := map[string]bool{}
	for _, d := range definitions {
		switch {
		case d.ID == "":
			c.mistakes.Add(d.At, "a constraint has no id")
		case ids[d.ID]:
			c.mistakes.Add(d.At, "the constraint %s is there twice", d.ID)
		}
		ids[d.ID] = true
		c.constraint(d)
	}
}

func variables(first, count int) []int {
	list := make([]int, count)
	for i := range list {
		list[i] = first + i
	}
	return list
}

func (c *compiler) add(id string, at fault.Position, message string) {
	c.m.constraints = append(c.m.constraints, constraint{id, at, message})
}

// rule adds a rule of the constraint added last.
func (c *compiler) rule(variables []int, f form) {
	c.m.rules = append(c.m.rules, rule{len(c.m.constraints) - 1, variables, f})
}

func (c *compiler) constraint(d ConstraintDefinition) {
	var when, require *formula.Formula
	before := len(c.mistakes)
	compile := func(s formula.Source) *formula.Formula {
		if s.Text == "" {
			return nil
		}
		f, wrong := formula.Compile(c.m.env, s, formula.Boolean)
		c.mistakes = append(c.mistakes, wrong...)
		return f
	}
	when, require = compile(d.When), compile(d.Require)
	switch {
	case d.Table == nil && d.Require.Text == "":
		c.mistakes.Add(d.At, "constraint %s needs require or table", d.ID)
	case d.Table != nil && (d.When.Text != "" || d.Require.Text != ""):
		c.mistakes.Add(d.At, "a constraint has a table, or require and when, not both")
	}
	if len(c.mistakes[before:].Errors()) > 0 {
		return
	}
	c.add(d.ID, d.At, message(d))
	if d.Table != nil {
		c.table(d.Table)
		return
	}
	for _, part := range parts(require.Root()) {
		c.formula(when, part)
	}
}

// message is what explanations say of a constraint.
func message(d ConstraintDefinition) string {
	switch {
	case d.Message != "":
		return d.Message
	case d.Table != nil:
		return fmt.Sprintf("only the combinations in table %s: %s", d.Table.Name, strings.Join(d.Table.Columns, ", "))
	case d.When.Text != "":
		return "when " + d.When.Text + ": " + d.Require.Text
	}
	return d.Require.Text
}

// parts splits a condition at its ands: each is a rule of its own.
func parts(n formula.Node) []formula.Node {
	if b, ok := n.(*formula.Binary); ok && b.Op == formula.And {
		return append(parts(b.Left), parts(b.Right)...)
	}
	return []formula.Node{n}
}

// formula makes a rule of one part: of whether variables have certain values, of the
// combinations where few are to be tried, of a sum, or of the formula itself.
func (c *compiler) formula(when *formula.Formula, part formula.Node) {
	m := c.m
	reads := m.reads(part)
	if when != nil {
		reads = append(reads, m.reads(when.Root())...)
		slices.Sort(reads)
		reads = slices.Compact(reads)
	}
	holds := holdsAll(m, when, part)
	if len(reads) == 0 {
		if !holds(m.empty()) && len(m.variables) > 0 {
			c.rule([]int{0}, &diagram{variables: []int{0}, root: nowhere})
		}
		return
	}
	if len(reads) == 1 {
		c.rule(reads, m.outcomes(reads[0], holds))
		return
	}
	applies, plain := c.logicOf(when)
	if l := c.builder.logic(part); l != nil && plain {
		if applies != nil {
			l = &logic{op: anyOf, of: []*logic{{op: notOf, of: []*logic{applies}}, l}}
		}
		c.rule(reads, l)
		return
	}
	if c.tabulable(reads) {
		c.rule(reads, m.diagram(reads, holds))
		return
	}
	if sum := c.builder.linear(part); sum != nil && plain {
		sum.when = applies
		c.rule(reads, sum)
		return
	}
	whole := &condition{reads, c.builder.term(part), holds}
	if when != nil {
		whole.term = &binary{op: formula.Or, kind: formula.Boolean, left: negation{c.builder.term(when.Root())}, right: whole.term}
	}
	c.rule(reads, whole)
}

// logicOf returns a when as logic; nil without one, and false where it is none.
func (c *compiler) logicOf(when *formula.Formula) (l *logic, ok bool) {
	if when == nil {
		return nil, true
	}
	l = c.builder.logic(when.Root())
	return l, l != nil
}

// outcomes are the values of a variable for which a condition on it holds.
func (m *Model) outcomes(v int, holds func(*assignment) bool) *logic {
	a := m.empty()
	l := &logic{variable: v, values: make([]uint64, (len(m.variables[v].values)+63)/64)}
	for x := range m.variables[v].values {
		a.at[v] = x
		set(l.values, x, holds(a))
	}
	return l
}

// tabulable reports whether the combinations of variables are few enough to try.
func (c *compiler) tabulable(variables []int) bool {
	combinations := 1
	for _, v := range variables {
		combinations *= len(c.m.variables[v].values)
		if combinations > c.combinations {
			return false
		}
	}
	return true
}

// table makes a rule of a table.
func (c *compiler) table(t *Combinations) {
	columns, ok := c.columns(t)
	if !ok {
		return
	}
	var rows [][][]int
	for _, r := range t.Rows {
		if row, ok := c.row(t, r, columns); ok {
			rows = append(rows, row)
		}
	}
	if len(t.Rows) == 0 {
		c.mistakes.Add(t.At, "table %s has no rows, so nothing is valid", t.Name)
	}
	c.rule(columns, newTable(c.m, columns, rows))
}

func (c *compiler) columns(t *Combinations) (columns []int, ok bool) {
	ok = true
	for i, id := range t.Columns {
		at, known := c.m.byID[id]
		switch {
		case !known:
			ok = false
			near := ""
			if n := formula.Nearest(id, c.m.featureIDs()); n != "" {
				near = "; did you mean " + n + "?"
			}
			c.mistakes.Add(t.At, "table %s has a column %s, but there is no such feature%s", t.Name, id, near)
		case c.m.features[at].Kind == KindSelect:
			ok = false
			c.mistakes.Add(t.At, "table %s has a column %s, which is a selection of several options", t.Name, id)
		case slices.Contains(t.Columns[:i], id):
			ok = false
			c.mistakes.Add(t.At, "table %s has the column %s twice", t.Name, id)
		default:
			columns = append(columns, c.m.features[at].first)
		}
	}
	return columns, ok && len(columns) > 0
}

// row reads a row into value indexes by column, nil for any value.
func (c *compiler) row(t *Combinations, r CombinationRow, columns []int) ([][]int, bool) {
	if len(r.Cells) != len(columns) {
		c.mistakes.Add(r.At, "%d cells, but table %s has %d columns", len(r.Cells), t.Name, len(columns))
		return nil, false
	}
	row, ok := make([][]int, len(columns)), true
	for i, cell := range r.Cells {
		for _, text := range cell {
			x := c.m.variables[columns[i]].index(text)
			if x < 0 {
				c.mistakes.Add(r.At, "%q is not a value of %s", text, t.Columns[i])
				ok = false
				continue
			}
			row[i] = append(row[i], x)
		}
	}
	return row, ok
}
