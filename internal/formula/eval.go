package formula

import (
	"fmt"
	"strings"

	"quotewright/internal/fault"
	"quotewright/money"
)

// A name without a value makes every comparison false (and its negation true), and
// every calculation an error that names it.

func (n *Literal) eval(Lookup) (Value, error) { return n.Value, nil }

func (n *Variable) eval(lookup Lookup) (Value, error) {
	v := lookup(n.Slot)
	if !v.known {
		v.kind = n.kind
	}
	return v, nil
}

func (n *Unary) eval(lookup Lookup) (Value, error) {
	x, err := n.X.eval(lookup)
	if err != nil {
		return Value{}, err
	}
	if n.Op == Not {
		return OfBool(!x.truth), nil
	}
	if !x.known {
		return Value{}, missing(n.X)
	}
	return OfNum(x.number.Neg()), nil
}

func (n *Conditional) eval(lookup Lookup) (Value, error) {
	c, err := n.If.eval(lookup)
	if err != nil {
		return Value{}, err
	}
	if c.truth {
		return n.Then.eval(lookup)
	}
	return n.Else.eval(lookup)
}

func (n *List) eval(lookup Lookup) (Value, error) {
	if n.constant != nil {
		return *n.constant, nil
	}
	items := make([]Value, len(n.Items))
	for i, item := range n.Items {
		var err error
		if items[i], err = item.eval(lookup); err != nil {
			return Value{}, err
		}
	}
	return ofList(n.kind, items), nil
}

func (n *Call) eval(lookup Lookup) (Value, error) {
	if n.constant != nil {
		return *n.constant, nil
	}
	args := make([]Value, len(n.Args))
	for i, arg := range n.Args {
		var err error
		if args[i], err = arg.eval(lookup); err != nil {
			return Value{}, err
		}
	}
	v, err := n.fn.Call(args)
	if err != nil {
		return Value{}, mistake(n.at, "%s: %s", n.Name, err)
	}
	return v, nil
}

func (n *Binary) eval(lookup Lookup) (Value, error) {
	left, err := operand(n.Left, lookup)
	if err != nil {
		return Value{}, err
	}
	if n.Op == And && !left.truth || n.Op == Or && left.truth {
		return OfBool(left.truth), nil
	}
	right, err := operand(n.Right, lookup)
	if err != nil {
		return Value{}, err
	}
	switch n.Op {
	case Add, Sub, Mul, Div:
		return n.calculate(&left, &right)
	case And, Or:
		return OfBool(right.truth), nil
	}
	return OfBool(n.compare(&left, &right)), nil
}

// operand is eval without a call for what most operands are.
func operand(n Node, lookup Lookup) (Value, error) {
	switch n := n.(type) {
	case *Literal:
		return n.Value, nil
	case *Variable:
		v := lookup(n.Slot)
		if !v.known {
			v.kind = n.kind
		}
		return v, nil
	}
	return n.eval(lookup)
}

func (n *Binary) calculate(left, right *Value) (Value, error) {
	if !left.known {
		return Value{}, missing(n.Left)
	}
	if !right.known {
		return Value{}, missing(n.Right)
	}
	if tooLarge(n.Op, left, right) {
		return Value{}, mistake(n.at, "the result is too large")
	}
	switch {
	case n.kind == Text:
		return OfText(left.text + right.text), nil
	case n.Op == Add:
		return OfNum(left.number.Add(right.number)), nil
	case n.Op == Sub:
		return OfNum(left.number.Sub(right.number)), nil
	case n.Op == Mul:
		return OfNum(left.number.Mul(right.number)), nil
	}
	q, err := left.number.Divide(right.number)
	if err != nil {
		return Value{}, mistake(n.at, "%s", err)
	}
	return OfNum(q), nil
}

// The limits of a value. Values that are computed from each other could else double
// with every formula.
const (
	maxText   = 64 << 10 // bytes
	maxDigits = 1000     // of a product, and as many decimal places
)

func tooLarge(op Op, left, right *Value) bool {
	if left.kind == Text {
		return len(left.text)+len(right.text) > maxText
	}
	if op != Mul || left.number.Small() || right.number.Small() {
		return false
	}
	x, y := left.number.Decimal(), right.number.Decimal()
	digits := x.NumDigits() + y.NumDigits()
	places := -int64(x.Exponent()) - int64(y.Exponent())
	return digits > maxDigits || places > maxDigits
}

func (n *Binary) compare(left, right *Value) bool {
	if n.Op == Ne {
		return !left.Same(right)
	}
	if !left.known || !right.known {
		return false
	}
	switch n.Op {
	case Eq:
		return left.Same(right)
	case In:
		return holds(right.List(), left)
	case Contains:
		if left.kind == Texts {
			return holds(left.List(), right)
		}
		return strings.Contains(left.text, right.text)
	case StartsWith:
		return strings.HasPrefix(left.text, right.text)
	case EndsWith:
		return strings.HasSuffix(left.text, right.text)
	}
	order := left.Compare(right)
	switch n.Op {
	case Lt:
		return order < 0
	case Le:
		return order <= 0
	case Gt:
		return order > 0
	}
	return order >= 0
}

func holds(list []Value, v *Value) bool {
	for i := range list {
		if list[i].Same(v) {
			return true
		}
	}
	return false
}

func missing(n Node) error {
	if v, ok := n.(*Variable); ok {
		return mistake(n.At(), "%s has no value", v.Name)
	}
	return mistake(n.At(), "this has no value")
}

func mistake(at fault.Position, format string, args ...any) error {
	return fault.Mistakes{{Position: at, Code: "formula", Text: fmt.Sprintf(format, args...)}}
}

// Sum adds up all numbers among values and lists of them; what has no value counts
// nothing.
func Sum(args []Value) money.Num {
	var total money.Num
	for _, v := range args {
		if v.kind == Numbers {
			total = total.Add(Sum(v.List()))
		} else if v.known {
			total = total.Add(v.number)
		}
	}
	return total
}
