package configurator

import (
	"slices"

	"quotewright/internal/formula"
)

// linear is a condition that a sum lies between two ends, each part of the sum read
// from one variable: a budget, a number of options, a length.
type linear struct {
	parts     []share
	low, high int64  // millionths
	when      *logic // nil: always
}

// noEnd is beyond every sum, and far enough from the largest number to add to it.
const noEnd = largest / 2

// share is what a variable adds to the sum, by value.
type share struct {
	variable int
	values   []int64
}

// linearBuilder takes a comparison apart into shares.
type linearBuilder struct {
	*builder
	byVariable map[int][]int64
	order      []int
	constant   int64
	failed     bool
}

// linear returns a comparison as a linear condition, or nil.
func (b *builder) linear(n formula.Node) *linear {
	c, ok := n.(*formula.Binary)
	if !ok || c.Left.Kind() != formula.Number || c.Right.Kind() != formula.Number {
		return nil
	}
	l := &linear{low: -noEnd, high: noEnd}
	switch c.Op {
	case formula.Le:
		l.high = 0
	case formula.Lt:
		l.high = -1
	case formula.Ge:
		l.low = 0
	case formula.Gt:
		l.low = 1
	case formula.Eq:
		l.low, l.high = 0, 0
	default:
		return nil
	}
	t := &linearBuilder{builder: b, byVariable: map[int][]int64{}}
	t.add(c.Left, unit)
	t.add(c.Right, -unit)
	slices.Sort(t.order)
	for _, v := range t.order {
		values := t.byVariable[v]
		l.parts = append(l.parts, share{v, values})
	}
	if t.failed || !t.fits() {
		return nil
	}
	if l.low > -noEnd {
		l.low -= t.constant
	}
	if l.high < noEnd {
		l.high -= t.constant
	}
	return l
}

// fits reports whether no sum can leave the exact numbers.
func (t *linearBuilder) fits() bool {
	const most = largest / 8
	left := int64(most)
	for _, values := range t.byVariable {
		widest := int64(0)
		for _, v := range values {
			if v > most || v < -most {
				return false
			}
			widest = max(widest, v, -v)
		}
		if left -= widest; left < 0 {
			return false
		}
	}
	return t.constant < most && t.constant > -most
}

// add adds a number, factor millionths times.
func (t *linearBuilder) add(n formula.Node, factor int64) {
	if reads := t.m.reads(n); len(reads) <= 1 {
		t.addTerm(t.tabulate(n, reads), factor, false)
		return
	}
	switch n := n.(type) {
	case *formula.Unary:
		t.add(n.X, -factor)
	case *formula.Binary:
		t.addBinary(n, factor)
	case *formula.Variable:
		if d := t.m.derivedOf(n.Name); d != nil {
			t.add(d.formula.Root(), factor)
			return
		}
		t.failed = true
	case *formula.Call:
		t.addCall(n, factor)
	default:
		t.failed = true
	}
}

func (t *linearBuilder) addBinary(n *formula.Binary, factor int64) {
	switch n.Op {
	case formula.Add:
		t.add(n.Left, factor)
		t.add(n.Right, factor)
	case formula.Sub:
		t.add(n.Left, factor)
		t.add(n.Right, -factor)
	case formula.Mul:
		for _, pair := range [2][2]formula.Node{{n.Left, n.Right}, {n.Right, n.Left}} {
			if c, ok := t.term(pair[0]).(constant); ok && c.lo == c.hi && len(t.m.reads(pair[0])) == 0 {
				t.add(pair[1], t.exactly(c.lo, factor))
				return
			}
		}
		t.failed = true
	default:
		t.failed = true
	}
}

func (t *linearBuilder) addCall(n *formula.Call, factor int64) {
	if _, overridden := t.overridden[n.Name]; overridden {
		t.failed = true
		return
	}
	var items []term
	ok := true
	switch n.Name {
	case "sum":
		for _, arg := range n.Args {
			if arg.Kind() == formula.Number && len(t.m.reads(arg)) > 1 {
				t.add(arg, factor)
				continue
			}
			more, known := t.items([]formula.Node{arg})
			items, ok = append(items, more...), ok && known
		}
	case "count":
		items, ok = t.count(n.Args).(total)
	default:
		ok = false
	}
	t.failed = t.failed || !ok
	for _, item := range items {
		t.addTerm(item, factor, true)
	}
}

// addTerm adds a term of one variable; in a sum, no value counts nothing.
func (t *linearBuilder) addTerm(item term, factor int64, inSum bool) {
	switch item := item.(type) {
	case constant:
		t.constant += t.exactly(t.number(bound(item), inSum), factor)
		if t.constant > largest/4 || t.constant < -largest/4 {
			t.failed = true
		}
	case *byValue:
		sums, known := t.byVariable[item.variable]
		if !known {
			sums = make([]int64, len(item.values))
			t.order = append(t.order, item.variable)
		}
		for x, b := range item.values {
			sums[x] += t.exactly(t.number(b, inSum), factor)
			if sums[x] > largest/4 || sums[x] < -largest/4 {
				t.failed = true
				sums[x] = 0
			}
		}
		t.byVariable[item.variable] = sums
	default:
		t.failed = true
	}
}

// number returns the one number that a bound allows.
func (t *linearBuilder) number(b bound, inSum bool) int64 {
	switch {
	case inSum && b.none && !b.isNumber() && !b.erroneous:
		return 0
	case b.lo != b.hi || b.none || b.erroneous:
		t.failed = true
		return 0
	}
	return b.lo
}

// exactly returns a·b in millionths, if it is a whole number of them.
func (t *linearBuilder) exactly(a, b int64) int64 {
	lo, hi := scaled(a, b, unit, false), scaled(a, b, unit, true)
	if lo != hi || lo > largest/4 || lo < -largest/4 {
		t.failed = true
		return 0
	}
	return lo
}
