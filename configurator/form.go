package configurator

import (
	"slices"
	"strconv"

	"quotewright/internal/formula"
)

// form is what a rule says: to a solver, and about values that are there.
type form interface {
	encode(p *part)
	breach(p *part)
	// keeps reports whether the rule holds; all its variables have values.
	keeps(a *assignment) bool
	// split says which values of one of its variables the rule tells apart.
	split(v int, by func(differ func(x, y int) bool))
}

// table allows rows of values: for each column the values, nil for all.
type table struct {
	columns []int
	rows    [][][]int
	words   int
	allows  [][][]uint64 // by column and value: the rows that have it
}

// newTable makes a table of rows. No set of values may be empty.
func newTable(m *Model, columns []int, rows [][][]int) *table {
	t := &table{columns: columns, rows: rows, words: (len(rows) + 63) / 64}
	for c, v := range columns {
		t.allows = append(t.allows, make([][]uint64, len(m.variables[v].values)))
		backing := make([]uint64, t.words*len(m.variables[v].values))
		for x := range t.allows[c] {
			t.allows[c][x] = backing[x*t.words : (x+1)*t.words]
		}
		for r, row := range rows {
			if row[c] == nil {
				for x := range t.allows[c] {
					set(t.allows[c][x], r, true)
				}
			}
			for _, x := range row[c] {
				set(t.allows[c][x], r, true)
			}
		}
	}
	return t
}

func (t *table) keeps(a *assignment) bool {
	for w := range t.words {
		rows := ^uint64(0)
		for c, v := range t.columns {
			rows &= t.allows[c][a.at[v]][w]
		}
		if rows != 0 {
			return true
		}
	}
	return false
}

func (c *cardinality) keeps(a *assignment) bool {
	chosen := 0
	for v := c.first; v < c.first+c.count; v++ {
		chosen += a.at[v]
	}
	return chosen >= c.least && chosen <= c.most
}

func (l *linear) keeps(a *assignment) bool {
	if l.when != nil && !l.when.keeps(a) {
		return true
	}
	sum := int64(0)
	for i := range l.parts {
		sum += l.parts[i].values[a.at[l.parts[i].variable]]
	}
	return sum >= l.low && sum <= l.high
}

func (c *condition) keeps(a *assignment) bool { return c.holds(a) }

// diagram is a condition on a few variables, tried for all their combinations: what each
// value of the first leaves of it for the others, and so on (a multi-valued decision
// diagram).
type diagram struct {
	variables []int
	root      *branch
}

// branch is what is left of a condition. Two of them are the ends.
type branch struct {
	edges []edge
	id    int
}

// edge leads for some values of a variable to what is then left.
type edge struct {
	values []uint64
	to     *branch
}

var anywhere, nowhere = &branch{id: -1}, &branch{id: -2}

// diagram tries all combinations of some variables.
func (m *Model) diagram(variables []int, holds func(*assignment) bool) *diagram {
	a := m.empty()
	known := map[string]*branch{}
	var build func(i int) *branch
	build = func(i int) *branch {
		if i == len(variables) {
			if holds(a) {
				return anywhere
			}
			return nowhere
		}
		v := variables[i]
		b := &branch{}
		for x := range m.variables[v].values {
			a.at[v] = x
			to := build(i + 1)
			at := slices.IndexFunc(b.edges, func(e edge) bool { return e.to == to })
			if at < 0 {
				at = len(b.edges)
				b.edges = append(b.edges, edge{make([]uint64, (len(m.variables[v].values)+63)/64), to})
			}
			set(b.edges[at].values, x, true)
		}
		if to := b.edges[0].to; len(b.edges) == 1 && (to == anywhere || to == nowhere) {
			return to
		}
		key := strconv.Itoa(i)
		for _, e := range b.edges {
			key += ":" + strconv.Itoa(e.to.id) + keyOf(e.values)
		}
		if same := known[key]; same != nil {
			return same
		}
		b.id = len(known)
		known[key] = b
		return b
	}
	return &diagram{variables, build(0)}
}

func (d *diagram) keeps(a *assignment) bool {
	b := d.root
	for depth := 0; b != anywhere && b != nowhere; depth++ {
		x := a.at[d.variables[depth]]
		at := slices.IndexFunc(b.edges, func(e edge) bool { return e.values[x>>6]&(1<<(x&63)) != 0 })
		b = b.edges[at].to
	}
	return b == anywhere
}

// logic is a condition that only asks whether variables have one of some values.
type logic struct {
	op       logicOp
	of       []*logic
	variable int
	values   []uint64
}

type logicOp uint8

const (
	member logicOp = iota
	allOf
	anyOf
	notOf
)

func (l *logic) keeps(a *assignment) bool {
	switch l.op {
	case member:
		x := a.at[l.variable]
		return l.values[x>>6]&(1<<(x&63)) != 0
	case notOf:
		return !l.of[0].keeps(a)
	}
	for _, k := range l.of {
		if k.keeps(a) == (l.op == anyOf) {
			return l.op == anyOf
		}
	}
	return l.op == allOf
}

// logic returns a condition as logic, or nil: where some value gives a mistake or leaves it
// without a value, the order in which its parts are evaluated counts.
func (b *builder) logic(n formula.Node) *logic {
	if n.Kind() != formula.Boolean {
		return nil
	}
	if reads := b.m.reads(n); len(reads) <= 1 {
		return b.atom(n, reads)
	}
	switch n := n.(type) {
	case *formula.Variable:
		if d := b.m.derivedOf(n.Name); d != nil {
			return b.logic(d.formula.Root())
		}
	case *formula.Unary:
		if l := b.logic(n.X); l != nil {
			return &logic{op: notOf, of: []*logic{l}}
		}
	case *formula.Binary:
		op := anyOf
		switch n.Op {
		case formula.And:
			op = allOf
		case formula.Or:
		default:
			return nil
		}
		left, right := b.logic(n.Left), b.logic(n.Right)
		if left != nil && right != nil {
			return &logic{op: op, of: []*logic{left, right}}
		}
	}
	return nil
}

// atom is a condition on one variable or none.
func (b *builder) atom(n formula.Node, reads []int) *logic {
	a := b.m.empty()
	holds := func() (is, ok bool) {
		v, err := formula.Evaluate(n, b.m.lookup(a))
		return err == nil && v.Known() && v.Bool(), err == nil && v.Known()
	}
	if len(reads) == 0 {
		is, ok := holds()
		switch {
		case !ok:
			return nil
		case is:
			return &logic{op: allOf}
		}
		return &logic{op: anyOf}
	}
	v := reads[0]
	l := &logic{variable: v, values: make([]uint64, (len(b.m.variables[v].values)+63)/64)}
	for x := range b.m.variables[v].values {
		a.at[v] = x
		is, ok := holds()
		if !ok {
			return nil
		}
		set(l.values, x, is)
	}
	return l
}
