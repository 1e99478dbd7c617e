package configurator

import (
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

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
