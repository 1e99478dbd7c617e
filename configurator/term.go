package configurator

import (
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

// term is a part of a formula that tells what it can be under the domains of a search.
type term interface {
	bound(s *solver) bound
}

// constant reads no feature.
type constant bound

func (c constant) bound(*solver) bound { return bound(c) }

// byValue reads one variable: what it is for each value was computed beforehand.
type byValue struct {
	variable int
	values   []bound
	monotone bool     // numbers that only rise or only fall
	yes, no  []uint64 // of a condition: the values for which it is so
	mistaken []uint64
	none     []uint64
}

func newByValue(v int, values []bound) *byValue {
	t := &byValue{variable: v, values: values}
	words := (len(values) + 63) / 64
	t.yes, t.no = make([]uint64, words), make([]uint64, words)
	t.mistaken, t.none = make([]uint64, words), make([]uint64, words)
	rising, falling := true, true
	for x, b := range values {
		set(t.yes, x, b.yes)
		set(t.no, x, b.no)
		set(t.mistaken, x, b.erroneous)
		set(t.none, x, b.none)
		if x > 0 {
			rising = rising && values[x-1].lo <= b.lo && values[x-1].hi <= b.hi
			falling = falling && values[x-1].lo >= b.lo && values[x-1].hi >= b.hi
		}
		if !b.isNumber() {
			rising, falling = false, false
		}
	}
	t.monotone = rising || falling
	return t
}

func set(mask []uint64, x int, there bool) {
	if there {
		mask[x>>6] |= 1 << (x & 63)
	}
}

func (t *byValue) bound(s *solver) bound {
	domain := s.domain(t.variable)
	b := nothing
	b.yes, b.no = meet(domain, t.yes), meet(domain, t.no)
	b.erroneous, b.none = meet(domain, t.mistaken), meet(domain, t.none)
	if t.monotone {
		first, last := t.values[lowest(domain)], t.values[highest(domain)]
		b.lo, b.hi = min(first.lo, last.lo), max(first.hi, last.hi)
		return b
	}
	if b.yes || b.no {
		return b
	}
	for w, word := range domain {
		for ; word != 0; word &= word - 1 {
			v := &t.values[w<<6+bits.TrailingZeros64(word)]
			b.lo, b.hi = min(b.lo, v.lo), max(b.hi, v.hi)
		}
	}
	return b
}

func meet(a, b []uint64) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

func lowest(domain []uint64) int {
	for w, word := range domain {
		if word != 0 {
			return w<<6 + bits.TrailingZeros64(word)
		}
	}
	return 0
}

func highest(domain []uint64) int {
	for w := len(domain) - 1; w >= 0; w-- {
		if domain[w] != 0 {
			return w<<6 + bits.Len64(domain[w]) - 1
		}
	}
	return 0
}

// binary is an operator between two terms of numbers or conditions.
type binary struct {
	op          formula.Op
	kind        formula.Kind // of the operands
	left, right term
}

func (t *binary) bound(s *solver) bound {
	l := t.left.bound(s)
	switch t.op {
	case formula.And, formula.Or:
		return t.connect(s, l)
	case formula.Add, formula.Sub, formula.Mul, formula.Div:
		return calculate(t.op, l, t.right.bound(s))
	}
	r := t.right.bound(s)
	if t.kind == formula.Number {
		return compare(t.op, l, r)
	}
	same, differ := l.yes && r.yes || l.no && r.no, l.yes && r.no || l.no && r.yes
	if l.none || r.none {
		differ = true
	}
	b := nothing
	b.yes, b.no, b.erroneous = same, differ, l.erroneous || r.erroneous
	if t.op == formula.Ne {
		b.yes, b.no = differ, same
	}
	return b
}

// connect is and, or: the right side counts only where the left one does not decide.
func (t *binary) connect(s *solver, l bound) bound {
	b := nothing
	b.erroneous = l.erroneous
	decides, goesOn := l.no, l.yes
	if t.op == formula.Or {
		decides, goesOn = l.yes, l.no
	}
	b.yes, b.no = decides && t.op == formula.Or, decides && t.op == formula.And
	if goesOn {
		r := t.right.bound(s)
		b.yes, b.no, b.erroneous = b.yes || r.yes, b.no || r.no, b.erroneous || r.erroneous
	}
	return b
}

// negation is not.
type negation struct{ of term }

func (t negation) bound(s *solver) bound {
	b := t.of.bound(s)
	b.yes, b.no, b.none = b.no, b.yes, false
	return b
}

// choiceOf is a conditional.
type choiceOf struct{ when, then, otherwise term }

func (t choiceOf) bound(s *solver) bound {
	c := t.when.bound(s)
	b := nothing
	if c.yes {
		b = b.join(t.then.bound(s))
	}
	if c.no {
		b = b.join(t.otherwise.bound(s))
	}
	b.erroneous = b.erroneous || c.erroneous
	return b
}

// derivedTerm is a derived value: where it cannot be computed it has no value.
type derivedTerm struct{ of term }

func (t derivedTerm) bound(s *solver) bound {
	b := t.of.bound(s)
	b.none, b.no, b.erroneous = b.none || b.erroneous, b.no || b.erroneous, false
	return b
}

// total is sum: what has no value counts nothing.
type total []term

func (t total) bound(s *solver) bound {
	sum := number(0, 0)
	for _, part := range t {
		b := part.bound(s)
		sum.erroneous = sum.erroneous || b.erroneous
		if b.none {
			b.lo, b.hi = min(b.lo, 0), max(b.hi, 0)
		}
		if !b.isNumber() {
			return failure
		}
		sum.lo, sum.hi = plus(sum.lo, b.lo, false), plus(sum.hi, b.hi, true)
	}
	return sum
}

// countOf is 1 where a value counts.
type countOf struct {
	of   term
	kind formula.Kind
}

func (t countOf) bound(s *solver) bound {
	b := t.of.bound(s)
	counts, not := b.isNumber(), b.none
	if t.kind == formula.Boolean {
		counts, not = b.yes, b.no || b.none
	}
	r := failure
	if counts {
		r = number(unit, unit)
	}
	if not {
		r.lo, r.hi = min(r.lo, 0), max(r.hi, 0)
	}
	r.erroneous = b.erroneous
	return r
}

// extreme is min or max of those that have a value.
type extreme struct {
	of  []term
	max bool
}

func (t extreme) bound(s *solver) bound {
	sure, all := nothing, nothing // of those surely there, of all
	present, erroneous := false, false
	for _, part := range t.of {
		b := part.bound(s)
		erroneous = erroneous || b.erroneous
		if !b.isNumber() {
			continue
		}
		if t.max {
			b.lo, b.hi = -b.hi, -b.lo
		}
		all = all.join(number(b.lo, b.hi))
		if !b.none {
			if !present || b.hi < sure.hi {
				sure.hi = b.hi
			}
			present = true
		}
	}
	if !all.isNumber() {
		return failure
	}
	r := number(all.lo, all.hi)
	if present {
		r.hi = sure.hi
	}
	if t.max {
		r.lo, r.hi = -r.hi, -r.lo
	}
	r.erroneous = erroneous || !present
	return r
}

// mapped is a function of one number.
type mapped struct {
	of term
	by func(bound) bound
}

func (t mapped) bound(s *solver) bound { return t.by(t.of.bound(s)) }

func absolute(b bound) bound {
	if b.none {
		b.none, b.erroneous = false, true
	}
	switch {
	case !b.isNumber():
		return failure
	case b.lo >= 0:
	case b.hi <= 0:
		b.lo, b.hi = -b.hi, -b.lo
	default:
		b.lo, b.hi = 0, max(-b.lo, b.hi)
	}
	return b
}

// builder makes terms of a model's formulas.
type builder struct {
	m          *Model
	overridden map[string]formula.Function
}

func (b *builder) term(n formula.Node) term {
	scalar := n.Kind() == formula.Number || n.Kind() == formula.Boolean
	if reads := b.m.reads(n); scalar && len(reads) <= 1 {
		return b.tabulate(n, reads)
	}
	switch n := n.(type) {
	case *formula.Variable:
		if d := b.m.derivedOf(n.Name); d != nil && scalar {
			return derivedTerm{b.term(d.formula.Root())}
		}
	case *formula.Unary:
		if n.Op == formula.Not {
			return negation{b.term(n.X)}
		}
		return &binary{op: formula.Sub, kind: formula.Number, left: constant(number(0, 0)), right: b.term(n.X)}
	case *formula.Binary:
		return b.binary(n)
	case *formula.Conditional:
		return choiceOf{b.term(n.If), b.term(n.Then), b.term(n.Else)}
	case *formula.Call:
		return b.call(n)
	}
	return constant(anything)
}

func (b *builder) tabulate(n formula.Node, reads []int) term {
	a := b.m.empty()
	if len(reads) == 0 {
		return constant(boundOf(formula.Evaluate(n, b.m.lookup(a))))
	}
	v := reads[0]
	values := make([]bound, len(b.m.variables[v].values))
	for x := range values {
		a.at[v] = x
		values[x] = boundOf(formula.Evaluate(n, b.m.lookup(a)))
	}
	return newByValue(v, values)
}

func (b *builder) binary(n *formula.Binary) term {
	kind := n.Left.Kind()
	scalar := kind == n.Right.Kind() && (kind == formula.Number || kind == formula.Boolean)
	if !scalar || n.Kind() == formula.Text {
		return constant(anything)
	}
	return &binary{op: n.Op, kind: kind, left: b.term(n.Left), right: b.term(n.Right)}
}

func (b *builder) call(n *formula.Call) term {
	if _, overridden := b.overridden[n.Name]; overridden {
		return constant(anything)
	}
	switch n.Name {
	case "sum", "min", "max":
		items, ok := b.items(n.Args)
		switch {
		case !ok:
		case n.Name == "sum":
			return total(items)
		default:
			return extreme{items, n.Name == "max"}
		}
	case "count":
		return b.count(n.Args)
	case "abs":
		return mapped{b.term(n.Args[0]), absolute}
	case "ceil", "floor", "round":
		if to, ok := b.rounding(n); ok {
			return mapped{b.term(n.Args[0]), func(b bound) bound { return b.rounded(to) }}
		}
	}
	return constant(anything)
}

// rounding returns what ceil, floor or round to a constant number of places does.
func (b *builder) rounding(n *formula.Call) (func(int64) int64, bool) {
	switch n.Name {
	case "ceil":
		return ceiled(unit), true
	case "floor":
		return floored(unit), true
	}
	places, ok := n.Args[1].(*formula.Literal)
	if !ok || places.Value.Number().Sign() < 0 || places.Value.Number().GreaterThan(decimal.NewFromInt(12)) {
		return nil, false
	}
	to := int64(unit)
	for range min(places.Value.Number().IntPart(), 6) {
		to /= 10
	}
	return nearest(to), true
}

// items returns the numbers of arguments, those of lists one by one; false when a list
// is none that can be taken apart.
func (b *builder) items(args []formula.Node) ([]term, bool) {
	var items []term
	for _, arg := range args {
		switch list, _ := arg.(*formula.List); {
		case arg.Kind() == formula.Number:
			items = append(items, b.term(arg))
		case list != nil:
			for _, item := range list.Items {
				items = append(items, b.term(item))
			}
		default:
			f, attribute := b.selection(arg)
			if f == nil {
				return nil, false
			}
			for i, o := range f.Options {
				if v, ok := o.Attributes[attribute]; ok {
					without := nothing
					without.none = true
					items = append(items, newByValue(f.first+i, []bound{without, boundOf(v, nil)}))
				}
			}
		}
	}
	return items, true
}

func (b *builder) count(args []formula.Node) term {
	var items total
	for _, arg := range args {
		switch list, _ := arg.(*formula.List); {
		case list != nil:
			items = append(items, constant(number(unit*int64(len(list.Items)), unit*int64(len(list.Items)))))
		case arg.Kind() == formula.Number || arg.Kind() == formula.Boolean:
			items = append(items, countOf{b.term(arg), arg.Kind()})
		case arg.Kind() == formula.Texts || arg.Kind() == formula.Numbers:
			f, attribute := b.selection(arg)
			if f == nil {
				return constant(anything)
			}
			for i, o := range f.Options {
				if _, ok := o.Attributes[attribute]; ok || attribute == "" {
					items = append(items, newByValue(f.first+i, []bound{number(0, 0), number(unit, unit)}))
				}
			}
		default:
			items = append(items, constant(number(0, unit)))
		}
	}
	return items
}

// selection returns the selection that a node names, with the attribute, "" for the
// options themselves.
func (b *builder) selection(n formula.Node) (*feature, string) {
	v, ok := n.(*formula.Variable)
	if !ok {
		return nil, ""
	}
	f, attribute := b.m.featureOf(v.Name)
	if f == nil || f.Kind != KindSelect {
		return nil, ""
	}
	return f, attribute
}

// reads returns the variables whose values decide a node, in order.
func (m *Model) reads(n formula.Node) []int {
	var all []int
	switch n := n.(type) {
	case *formula.Variable:
		if d := m.derivedOf(n.Name); d != nil {
			return slices.Clone(d.reads)
		}
		if f, _ := m.featureOf(n.Name); f != nil {
			for i := range f.count {
				all = append(all, f.first+i)
			}
		}
		return all
	case *formula.Binary:
		if v, ok := m.membership(n); ok {
			return v
		}
	}
	for _, c := range formula.Children(n) {
		all = append(all, m.reads(c)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// membership recognises `"vfd" in accessories`, which reads one option only.
func (m *Model) membership(n *formula.Binary) ([]int, bool) {
	item, list := n.Left, n.Right
	switch n.Op {
	case formula.In:
	case formula.Contains:
		item, list = list, item
	default:
		return nil, false
	}
	option, ok1 := item.(*formula.Literal)
	v, ok2 := list.(*formula.Variable)
	if !ok1 || !ok2 || v.Kind() != formula.Texts {
		return nil, false
	}
	f, attribute := m.featureOf(v.Name)
	if f == nil || f.Kind != KindSelect || attribute != "" {
		return nil, false
	}
	if i := f.option(option.Value.Text()); i >= 0 {
		return []int{f.first + i}, true
	}
	return nil, true
}
