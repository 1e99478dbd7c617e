package formula

import "quotewright/internal/fault"

// Node is a part of a formula with its kind and its place.
type Node interface {
	Kind() Kind
	At() fault.Position
	eval(Lookup) (Value, error)
}

// Literal is a constant.
type Literal struct {
	Value Value
	at    fault.Position
}

// Variable is a declared name.
type Variable struct {
	Name string // dotted path: customer.group
	Slot int
	kind Kind
	at   fault.Position
}

// Op is an operator.
type Op uint8

// The operators. Neg and Not take one operand.
const (
	Neg Op = iota
	Not
	Add
	Sub
	Mul
	Div
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	And
	Or
	In
	Contains
	StartsWith
	EndsWith
)

var opNames = [...]string{"-x", "not", "+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "contains", "startsWith", "endsWith"}

// String is how formulas write the operator.
func (o Op) String() string { return opNames[o] }

// Unary is Neg or Not of a node.
type Unary struct {
	Op Op
	X  Node
	at fault.Position
}

// Binary is an operator between two nodes.
type Binary struct {
	Op          Op
	Left, Right Node
	kind        Kind
	at          fault.Position
}

// Conditional is `If ? Then : Else`.
type Conditional struct {
	If, Then, Else Node
	at             fault.Position
}

// List is a list of nodes of one kind: `["A", "B"]`.
type List struct {
	Items    []Node
	kind     Kind
	at       fault.Position
	constant *Value // all items are literals
}

// Call is a call of a declared function.
type Call struct {
	Name string
	Args []Node
	fn   Function
	kind Kind
	at   fault.Position
	// constant is the value of a call whose arguments are literals: functions are pure.
	constant *Value
}

// Kind and At of each node.

func (n *Literal) Kind() Kind     { return n.Value.Kind() }
func (n *Variable) Kind() Kind    { return n.kind }
func (n *Unary) Kind() Kind       { return n.X.Kind() }
func (n *Binary) Kind() Kind      { return n.kind }
func (n *Conditional) Kind() Kind { return n.Then.Kind() }
func (n *List) Kind() Kind        { return n.kind }
func (n *Call) Kind() Kind        { return n.kind }

func (n *Literal) At() fault.Position     { return n.at }
func (n *Variable) At() fault.Position    { return n.at }
func (n *Unary) At() fault.Position       { return n.at }
func (n *Binary) At() fault.Position      { return n.at }
func (n *Conditional) At() fault.Position { return n.at }
func (n *List) At() fault.Position        { return n.at }
func (n *Call) At() fault.Position        { return n.at }

// Children returns the nodes directly below n.
func Children(n Node) []Node {
	switch n := n.(type) {
	case *Unary:
		return []Node{n.X}
	case *Binary:
		return []Node{n.Left, n.Right}
	case *Conditional:
		return []Node{n.If, n.Then, n.Else}
	case *List:
		return n.Items
	case *Call:
		return n.Args
	}
	return nil
}

// Walk visits n and everything below it, parents first.
func Walk(n Node, visit func(Node)) {
	visit(n)
	for _, c := range Children(n) {
		Walk(c, visit)
	}
}

// Evaluate computes a part of a formula, as Formula.Eval does the whole.
func Evaluate(n Node, lookup Lookup) (Value, error) { return n.eval(lookup) }

// Constant returns the value of a node that is the same wherever it is evaluated.
func Constant(n Node) (Value, bool) {
	switch n := n.(type) {
	case *Literal:
		return n.Value, true
	case *List:
		if n.constant != nil {
			return *n.constant, true
		}
	case *Call:
		if n.constant != nil {
			return *n.constant, true
		}
	}
	return Value{}, false
}
