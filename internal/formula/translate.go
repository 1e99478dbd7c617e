package formula

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"quotewright/internal/fault"
	"quotewright/money"
)

// translator turns expr's syntax tree into ours, checking names and types. It goes on
// after a mistake, so that one pass finds them all.
type translator struct {
	env      *Env
	source   Source
	text     []rune
	mistakes fault.Mistakes
}

// wrong stands in for a part with a mistake that is reported already.
type wrong struct{ at fault.Position }

func (wrong) Kind() Kind                 { return Any }
func (n wrong) At() fault.Position       { return n.at }
func (wrong) eval(Lookup) (Value, error) { return Value{}, nil }

func (t *translator) at(n ast.Node) fault.Position { return t.source.position(n.Location().From) }

func (t *translator) fail(at fault.Position, format string, args ...any) Node {
	t.mistakes.Add(at, format, args...)
	return wrong{at}
}

func (t *translator) node(n ast.Node) Node {
	at := t.at(n)
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return t.number(at, n.Location())
	case *ast.StringNode:
		return &Literal{Value: OfText(n.Value), at: at}
	case *ast.BoolNode:
		return &Literal{Value: OfBool(n.Value), at: at}
	case *ast.IdentifierNode, *ast.MemberNode:
		return t.variable(at, n)
	case *ast.UnaryNode:
		return t.unary(at, n)
	case *ast.BinaryNode:
		return t.binary(at, n)
	case *ast.ConditionalNode:
		return t.conditional(n)
	case *ast.ArrayNode:
		return t.list(at, n)
	case *ast.CallNode:
		return t.call(at, n)
	}
	return t.fail(at, "%s is not part of the formula language", describe(n))
}

// describe names the constructs of expr that formulas may not use.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NilNode:
		return "nil"
	case *ast.BuiltinNode:
		return n.Name + "()"
	case *ast.PredicateNode, *ast.PointerNode:
		return "a loop over a list"
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return "more than one expression"
	case *ast.SliceNode:
		return "a slice"
	case *ast.MapNode, *ast.PairNode:
		return "a map"
	case *ast.ChainNode:
		return "?."
	case *ast.BytesNode:
		return "a byte string"
	}
	return "this"
}

// number reads the literal from the source text: expr has made a float of it.
func (t *translator) number(at fault.Position, loc file.Location) Node {
	text := strings.ReplaceAll(string(t.text[loc.From:loc.To]), "_", "")
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	d, err := money.Parse(text)
	if err != nil {
		return t.fail(at, "%s; write numbers in plain digits, such as 1250.50", err)
	}
	return &Literal{Value: OfNumber(d), at: at}
}

func (t *translator) variable(at fault.Position, n ast.Node) Node {
	name, ok := path(n)
	if !ok {
		return t.fail(at, "only names such as customer.group can be looked into")
	}
	d, ok := t.env.names[name]
	if !ok {
		return t.fail(t.start(n), "%s", t.env.unknown(name))
	}
	return &Variable{Name: name, Slot: d.slot, kind: d.kind, at: t.start(n)}
}

// start is the place of the first name of a dotted path.
func (t *translator) start(n ast.Node) fault.Position {
	for {
		m, ok := n.(*ast.MemberNode)
		if !ok {
			return t.at(n)
		}
		n = m.Node
	}
}

// path joins a chain of plain member accesses to a dotted name.
func path(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		property, isName := n.Property.(*ast.StringNode)
		head, ok := path(n.Node)
		if !ok || !isName || n.Optional || n.Method {
			return "", false
		}
		return head + "." + property.Value, true
	}
	return "", false
}

func (t *translator) unary(at fault.Position, n *ast.UnaryNode) Node {
	x := t.node(n.Node)
	switch n.Operator {
	case "-", "+":
		if !t.want(x, Number, n.Operator) {
			return wrong{at}
		}
		if n.Operator == "+" {
			return x
		}
		if lit, ok := x.(*Literal); ok {
			return &Literal{Value: OfNum(lit.Value.number.Neg()), at: at}
		}
		return &Unary{Op: Neg, X: x, at: at}
	case "not", "!":
		if !t.want(x, Boolean, "not") {
			return wrong{at}
		}
		return &Unary{Op: Not, X: x, at: at}
	}
	return t.fail(at, "%s is not part of the formula language", n.Operator)
}

// want reports whether n is of a kind, and says so if not.
func (t *translator) want(n Node, kind Kind, operator string) bool {
	if n.Kind() == Any {
		return false
	}
	if n.Kind() != kind {
		t.fail(n.At(), "%s needs a %s, this is a %s", operator, kind, n.Kind())
		return false
	}
	return true
}

var operators = map[string]Op{
	"+": Add, "-": Sub, "*": Mul, "/": Div, "==": Eq, "!=": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge,
	"and": And, "&&": And, "or": Or, "||": Or, "in": In, "contains": Contains, "startsWith": StartsWith, "endsWith": EndsWith,
}

func (t *translator) binary(at fault.Position, n *ast.BinaryNode) Node {
	left, right := t.node(n.Left), t.node(n.Right)
	op, ok := operators[n.Operator]
	if !ok {
		return t.fail(at, "%s is not part of the formula language", n.Operator)
	}
	kind, ok := t.result(at, op, left, right)
	if !ok {
		return wrong{at}
	}
	if !both(t.possible(op, left, right), t.possible(op, right, left)) {
		return wrong{at}
	}
	return &Binary{Op: op, Left: left, Right: right, kind: kind, at: at}
}

// possible checks that a name can be what it is compared with.
func (t *translator) possible(op Op, name, with Node) bool {
	v, ok := name.(*Variable)
	if !ok || op != Eq && op != Ne && op != In && op != Contains {
		return true
	}
	values := t.env.names[v.Name].values
	if values == nil {
		return true
	}
	items := []Node{with}
	if l, ok := with.(*List); ok {
		items = l.Items
	}
	before := len(t.mistakes)
	for _, item := range items {
		if lit, ok := item.(*Literal); ok && lit.Kind() == Text && !slices.Contains(values, lit.Value.text) {
			t.fail(lit.at, "%s is never %q%s", v.Name, lit.Value.text, instead(lit.Value.text, values))
		}
	}
	return len(t.mistakes) == before
}

// instead proposes another value.
func instead(text string, values []string) string {
	if near := Nearest(text, values); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	const most = 8
	if len(values) > most {
		return "; it is one of " + strings.Join(values[:most], ", ") + ", …"
	}
	return "; it is one of " + strings.Join(values, ", ")
}

// result checks the operands of an operator and returns the kind of its value.
func (t *translator) result(at fault.Position, op Op, left, right Node) (Kind, bool) {
	l, r := left.Kind(), right.Kind()
	if l == Any || r == Any {
		return Any, false
	}
	switch op {
	case Add:
		if l == Text && r == Text {
			return Text, true
		}
		return Number, both(t.want(left, Number, "+"), t.want(right, Number, "+"))
	case Sub, Mul, Div:
		return Number, both(t.want(left, Number, op.String()), t.want(right, Number, op.String()))
	case And, Or:
		return Boolean, both(t.want(left, Boolean, op.String()), t.want(right, Boolean, op.String()))
	case Contains:
		if l == Texts {
			return Boolean, t.want(right, Text, op.String())
		}
		return Boolean, both(t.want(left, Text, op.String()), t.want(right, Text, op.String()))
	case StartsWith, EndsWith:
		return Boolean, both(t.want(left, Text, op.String()), t.want(right, Text, op.String()))
	case In:
		if l == Text && r == Texts || l == Number && r == Numbers {
			return Boolean, true
		}
	case Eq, Ne:
		if l == r {
			return Boolean, true
		}
	default:
		if l == r && (l == Number || l == Date) {
			return Boolean, true
		}
	}
	t.fail(at, "%s does not go between a %s and a %s", op, l, r)
	return Any, false
}

func both(a, b bool) bool { return a && b }

func (t *translator) conditional(n *ast.ConditionalNode) Node {
	c := &Conditional{If: t.node(n.Cond), Then: t.node(n.Exp1), Else: t.node(n.Exp2)}
	c.at = c.If.At()
	ok := t.want(c.If, Boolean, "?")
	then, other := c.Then.Kind(), c.Else.Kind()
	if then != Any && other != Any && then != other {
		return t.fail(c.Else.At(), "the two outcomes differ: a %s and a %s", then, other)
	}
	if !ok || then == Any || other == Any {
		return wrong{c.at}
	}
	return c
}

func (t *translator) list(at fault.Position, n *ast.ArrayNode) Node {
	if len(n.Nodes) == 0 {
		return t.fail(at, "the list is empty")
	}
	l := &List{at: at}
	for _, item := range n.Nodes {
		l.Items = append(l.Items, t.node(item))
	}
	switch first := l.Items[0].Kind(); first {
	case Any:
		return wrong{at}
	case Number:
		l.kind = Numbers
	case Text:
		l.kind = Texts
	default:
		return t.fail(at, "a list holds numbers or texts, not a %s", first)
	}
	ok := true
	for _, item := range l.Items[1:] {
		ok = both(t.want(item, l.Items[0].Kind(), "this list"), ok)
	}
	if !ok {
		return wrong{at}
	}
	if literals(l.Items) {
		v, _ := l.eval(nil)
		l.constant = &v
	}
	return l
}

func literals(nodes []Node) bool {
	for _, n := range nodes {
		if _, ok := n.(*Literal); !ok {
			return false
		}
	}
	return true
}

func (t *translator) call(at fault.Position, n *ast.CallNode) Node {
	name, ok := path(n.Callee)
	if !ok {
		return t.fail(at, "only named functions can be called")
	}
	fn, known := t.env.functions[name]
	if !known {
		for _, arg := range n.Arguments {
			t.node(arg)
		}
		return t.fail(t.start(n.Callee), "unknown function %s", name)
	}
	c := &Call{Name: name, fn: fn, kind: fn.Result, at: t.start(n.Callee)}
	for _, arg := range n.Arguments {
		if arg.Location().From < n.Callee.Location().From {
			return t.fail(c.at, "a pipe is not part of the formula language: write %s(…)", name)
		}
		c.Args = append(c.Args, t.node(arg))
	}
	if !t.arguments(c) {
		return wrong{at}
	}
	switch {
	case fn.Type != nil:
		kind, err := fn.Type(c.Args)
		if err != nil {
			return t.fail(c.at, "%s: %s", name, err)
		}
		c.kind = kind
	case c.kind == Any:
		c.kind = c.Args[0].Kind()
	}
	if fn.Check != nil {
		if err := fn.Check(c.Args); err != nil {
			return t.fail(c.at, "%s: %s", name, err)
		}
	}
	if literals(c.Args) {
		if v, err := c.eval(nil); err == nil {
			c.constant = &v
		}
	}
	return c
}

func (t *translator) arguments(c *Call) bool {
	params := c.fn.Params
	if len(c.Args) < len(params) || len(c.Args) > len(params) && !c.fn.Variadic {
		t.fail(c.at, "%s takes %s, this has %d", c.Name, c.fn.takes(), len(c.Args))
		return false
	}
	ok := true
	for i, arg := range c.Args {
		param := params[min(i, len(params)-1)]
		switch {
		case arg.Kind() == Any:
			ok = false
		case param == Numbers && arg.Kind() == Number: // a number is a list of one
		case param != Any:
			ok = both(t.want(arg, param, c.Name), ok)
		}
	}
	return ok
}
