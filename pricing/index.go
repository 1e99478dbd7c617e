package pricing

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
)

// predicate is a comparison of one name with constants.
type predicate struct {
	slot   int
	op     test
	values []formula.Value
	path   bool // families and regions: a value also stands for what is below it
}

// test is how a predicate compares.
type test uint8

const (
	isAny test = iota // equals one of the values
	isNone
	atLeast
	atMost
	above
	under
	startsWith
)

// holds compares a value. Something without a value matches only what it is not.
func (p *predicate) holds(v *formula.Value) bool {
	switch p.op {
	case isAny:
		return p.among(v)
	case isNone:
		return !p.among(v)
	}
	if !v.Known() {
		return false
	}
	if p.op == startsWith {
		return strings.HasPrefix(v.Text(), p.values[0].Text())
	}
	order := v.Compare(&p.values[0])
	switch p.op {
	case atLeast:
		return order >= 0
	case atMost:
		return order <= 0
	case above:
		return order > 0
	}
	return order < 0
}

func (p *predicate) among(v *formula.Value) bool {
	if !v.Known() {
		return false
	}
	for i := range p.values {
		if v.Same(&p.values[i]) || p.path && below(v.Text(), p.values[i].Text()) {
			return true
		}
	}
	return false
}

// below reports whether a path is another or lies below it.
func below(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '/')
}

// rule is a conjunction: all its predicates and what remains of its condition.
type rule struct {
	predicates []predicate
	residual   []formula.Node
}

// ruleIndex finds the rules that hold without looking at those that cannot: rules that
// fix the same names to constants are in one hash table by these constants (tuple space
// search, Srinivasan, Suri and Varghese 1999). What is left of a rule is compared one by
// one.
type ruleIndex struct {
	rules   []rule
	columns []indexColumn
	groups  []ruleGroup
	values  []int // slots that comparisons read
	ordinal int   // of its work area in a run
}

// indexColumn is a name that rules compare with constants, and these constants.
type indexColumn struct {
	slot  int
	path  bool
	quote bool // the same for all lines
	ids   map[string]uint32
}

// keyWidth is how many names a hash key is made of at most. More than that are compared.
const keyWidth = 4

type ruleKey [keyWidth]uint32

// ruleGroup are the rules that fix the same columns.
type ruleGroup struct {
	columns []int
	byKey   map[ruleKey][]entry
}

// entry is a rule with what its key does not tell.
type entry struct {
	rule int32
	rest []comparison
}

// comparison is a predicate on one of the values that a line is asked for once.
type comparison struct {
	*predicate
	value int // in probe.values
}

// mostCombinations bounds under how many keys a rule with lists is entered.
const mostCombinations = 64

func newIndex(rules []rule, quoteLevel func(slot int) bool) *ruleIndex {
	x := &ruleIndex{rules: rules}
	groups := map[string]int{}
	for n := range rules {
		fixed, rest := x.split(rules[n].predicates, quoteLevel)
		name := ""
		columns := make([]int, len(fixed))
		for i, f := range fixed {
			columns[i] = f.column
			name += string(rune('a' + f.column))
		}
		g, known := groups[name]
		if !known {
			g = len(x.groups)
			groups[name] = g
			x.groups = append(x.groups, ruleGroup{columns: columns, byKey: map[ruleKey][]entry{}})
		}
		x.enter(&x.groups[g], ruleKey{}, fixed, 0, entry{int32(n), x.comparisons(rest)})
	}
	return x
}

// comparisons says of predicates where their values are found. The cheap ones come first.
func (x *ruleIndex) comparisons(predicates []predicate) []comparison {
	list := make([]comparison, len(predicates))
	for i := range predicates {
		p := &predicates[i]
		at := slices.Index(x.values, p.slot)
		if at < 0 {
			at = len(x.values)
			x.values = append(x.values, p.slot)
		}
		list[i] = comparison{p, at}
	}
	return list
}

// fixedColumn is a column with the constants that a rule fixes it to.
type fixedColumn struct {
	column int
	values []formula.Value
}

// split divides predicates into those that make the key, in order of the columns, and
// the rest.
func (x *ruleIndex) split(predicates []predicate, quoteLevel func(int) bool) (fixed []fixedColumn, rest []predicate) {
	combinations := 1
	for _, p := range predicates {
		column := -1
		if p.op == isAny && len(fixed) < keyWidth && combinations*len(p.values) <= mostCombinations {
			column = x.column(p, quoteLevel)
		}
		if column < 0 || slices.ContainsFunc(fixed, func(f fixedColumn) bool { return f.column == column }) {
			rest = append(rest, p)
			continue
		}
		combinations *= len(p.values)
		fixed = append(fixed, fixedColumn{column, p.values})
	}
	slices.SortFunc(fixed, func(a, b fixedColumn) int { return a.column - b.column })
	return fixed, rest
}

func (x *ruleIndex) column(p predicate, quoteLevel func(int) bool) int {
	at := slices.IndexFunc(x.columns, func(c indexColumn) bool { return c.slot == p.slot && c.path == p.path })
	if at < 0 {
		at = len(x.columns)
		x.columns = append(x.columns, indexColumn{slot: p.slot, path: p.path, quote: quoteLevel(p.slot), ids: map[string]uint32{}})
	}
	return at
}

func (x *ruleIndex) enter(g *ruleGroup, key ruleKey, fixed []fixedColumn, i int, e entry) {
	if i == len(fixed) {
		if bucket := g.byKey[key]; len(bucket) == 0 || bucket[len(bucket)-1].rule != e.rule {
			g.byKey[key] = append(bucket, e)
		}
		return
	}
	ids := x.columns[fixed[i].column].ids
	for _, v := range fixed[i].values {
		text := string(v.AppendKey(nil))
		id, known := ids[text]
		if !known {
			id = uint32(len(ids) + 1)
			ids[text] = id
		}
		key[i] = id
		x.enter(g, key, fixed, i+1, e)
	}
}

// indexed reports whether some column finds rows without comparing all of them.
func (x *ruleIndex) indexed() bool { return len(x.columns) > 0 }

// probe is the work area of one index in a run: the ids of a line's values.
type probe struct {
	ids   [][]uint32 // per column; several for a path
	quote bool       // the columns of the quote are filled
	text  []byte
	found []int32
	// values are what comparisons read, once they are asked for.
	values []formula.Value
	read   []bool
}

// find returns the rules whose predicates hold, in order. The result is valid until the
// next call.
func (x *ruleIndex) find(p *probe, lookup formula.Lookup) []int32 {
	x.fill(p, lookup)
	p.found = p.found[:0]
	for i := range x.groups {
		x.visit(p, &x.groups[i], ruleKey{}, 0, lookup)
	}
	if len(p.found) > 1 {
		slices.Sort(p.found)
		p.found = slices.Compact(p.found)
	}
	return p.found
}

func (x *ruleIndex) fill(p *probe, lookup formula.Lookup) {
	if len(p.ids) != len(x.columns) || len(p.values) != len(x.values) {
		p.ids = make([][]uint32, len(x.columns))
		p.values, p.read = make([]formula.Value, len(x.values)), make([]bool, len(x.values))
	}
	clear(p.read)
	for i := range x.columns {
		c := &x.columns[i]
		if c.quote && p.quote {
			continue
		}
		p.ids[i] = p.ids[i][:0]
		v := lookup(c.slot)
		if !v.Known() {
			continue
		}
		switch {
		case c.path:
			for path := v.Text(); path != ""; path = path[:max(strings.LastIndexByte(path, '/'), 0)] {
				p.add(c, i, path)
			}
		case v.Kind() == formula.Text:
			p.add(c, i, v.Text())
		default:
			p.text = v.AppendKey(p.text[:0])
			if id, ok := c.ids[string(p.text)]; ok {
				p.ids[i] = append(p.ids[i], id)
			}
		}
	}
	p.quote = true
}

func (p *probe) add(c *indexColumn, i int, text string) {
	if id, ok := c.ids[text]; ok {
		p.ids[i] = append(p.ids[i], id)
	}
}

func (x *ruleIndex) visit(p *probe, g *ruleGroup, key ruleKey, i int, lookup formula.Lookup) {
	if i < len(g.columns) {
		for _, id := range p.ids[g.columns[i]] {
			key[i] = id
			x.visit(p, g, key, i+1, lookup)
		}
		return
	}
	for _, e := range g.byKey[key] {
		if x.agrees(p, e.rest, lookup) {
			p.found = append(p.found, e.rule)
		}
	}
}

func (x *ruleIndex) agrees(p *probe, rest []comparison, lookup formula.Lookup) bool {
	for i := range rest {
		c := &rest[i]
		if !p.read[c.value] {
			p.values[c.value], p.read[c.value] = lookup(x.values[c.value]), true
		}
		if !c.holds(&p.values[c.value]) {
			return false
		}
	}
	return true
}

func all(predicates []predicate, lookup formula.Lookup) bool {
	for i := range predicates {
		v := lookup(predicates[i].slot)
		if !predicates[i].holds(&v) {
			return false
		}
	}
	return true
}

// remains evaluates what the index does not know of a rule's condition.
func (r *rule) remains(lookup formula.Lookup) (bool, error) {
	for _, n := range r.residual {
		v, err := formula.Evaluate(n, lookup)
		if err != nil || !v.Bool() {
			return false, err
		}
	}
	return true, nil
}

// ruleOf takes a condition apart at its top-level `and`. Comparisons with constants
// become predicates, up to the first part that can fail: what comes after it must not be
// asked before it.
func ruleOf(condition *formula.Formula) rule {
	var r rule
	if condition == nil {
		return r
	}
	safe := true
	for _, n := range conjuncts(nil, condition.Root()) {
		if p, ok := predicateOf(n); ok && safe {
			r.predicates = append(r.predicates, p)
			continue
		}
		safe = safe && !canFail(n)
		r.residual = append(r.residual, n)
	}
	return r
}

func conjuncts(parts []formula.Node, n formula.Node) []formula.Node {
	if b, ok := n.(*formula.Binary); ok && b.Op == formula.And {
		return conjuncts(conjuncts(parts, b.Left), b.Right)
	}
	return append(parts, n)
}

// canFail reports whether evaluating a node can be an error: calculations and calls.
func canFail(n formula.Node) bool {
	fails := false
	formula.Walk(n, func(n formula.Node) {
		switch n := n.(type) {
		case *formula.Call:
			_, constant := formula.Constant(n)
			fails = fails || !constant
		case *formula.Binary:
			switch n.Op {
			case formula.Add, formula.Sub, formula.Mul, formula.Div:
				fails = true
			}
		case *formula.Unary:
			fails = fails || n.Op == formula.Neg
		}
	})
	return fails
}

var predicateOps = map[formula.Op]test{formula.Eq: isAny, formula.Ne: isNone, formula.In: isAny, formula.Ge: atLeast, formula.Le: atMost,
	formula.Gt: above, formula.Lt: under, formula.StartsWith: startsWith}

func predicateOf(n formula.Node) (predicate, bool) {
	switch n := n.(type) {
	case *formula.Variable:
		return predicate{slot: n.Slot, op: isAny, values: []formula.Value{formula.OfBool(true)}}, n.Kind() == formula.Boolean
	case *formula.Unary:
		if v, ok := n.X.(*formula.Variable); ok && n.Op == formula.Not {
			return predicate{slot: v.Slot, op: isNone, values: []formula.Value{formula.OfBool(true)}}, true
		}
	case *formula.Binary:
		op, known := predicateOps[n.Op]
		v, isName := n.Left.(*formula.Variable)
		constant, isConstant := formula.Constant(n.Right)
		if !known || !isName || !isConstant || v.Kind() == formula.Texts || v.Kind() == formula.Numbers {
			return predicate{}, false
		}
		values := []formula.Value{constant}
		if n.Op == formula.In {
			values = constant.List()
		}
		return predicate{slot: v.Slot, op: op, values: values}, true
	}
	return predicate{}, false
}
