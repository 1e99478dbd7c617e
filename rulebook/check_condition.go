package rulebook

import (
	"slices"
	"strconv"
	"strings"

	"quotewright/internal/formula"
)

// conjunction are tests that hold together.
type conjunction []*test

// condition is a formula as alternatives of tests. What a test cannot say, such as a
// comparison of two names, is a name of its own that is true or false.
type condition struct {
	formula      *formula.Formula
	alternatives []conjunction
	constant     bool // it reads nothing
	tangled      bool // it has too many alternatives to look into
}

// mostAlternatives bounds how far conditions are multiplied out.
const mostAlternatives = 64

// condition takes a formula apart; nil when it is not there or a mistake.
func (s *space) condition(source formula.Source) *condition {
	if source.Text == "" {
		return nil
	}
	f, mistakes := formula.Compile(s.env, source, formula.Boolean)
	if len(mistakes) > 0 {
		return nil
	}
	c := &condition{formula: f, constant: len(f.Variables()) == 0}
	c.alternatives, c.tangled = s.split(f.Root(), false)
	return c
}

// split brings a node, or what it is not, into alternatives of tests.
func (s *space) split(n formula.Node, not bool) (list []conjunction, tangled bool) {
	if v, ok := constant(n); ok {
		if v.Bool() != not {
			return []conjunction{nil}, false
		}
		return nil, false
	}
	switch n := n.(type) {
	case *formula.Unary:
		return s.split(n.X, !not)
	case *formula.Conditional:
		return s.either(s.both(n.If, false, n.Then, not))(s.both(n.If, true, n.Else, not))
	case *formula.Binary:
		switch {
		case n.Op == formula.And && !not, n.Op == formula.Or && not:
			return s.both(n.Left, not, n.Right, not)
		case n.Op == formula.And || n.Op == formula.Or:
			return s.either(s.split(n.Left, not))(s.split(n.Right, not))
		}
	}
	t := s.test(n)
	t.not, t.text = not, printed(n)
	if not {
		t.text = "not (" + t.text + ")"
	}
	s.add(t)
	return []conjunction{{t}}, false
}

func (s *space) both(left formula.Node, notLeft bool, right formula.Node, notRight bool) ([]conjunction, bool) {
	a, tangled := s.split(left, notLeft)
	b, more := s.split(right, notRight)
	if tangled || more || len(a)*len(b) > mostAlternatives {
		return nil, true
	}
	var list []conjunction
	for _, x := range a {
		for _, y := range b {
			list = append(list, slices.Concat(x, y))
		}
	}
	return list, false
}

func (s *space) either(a []conjunction, tangled bool) func([]conjunction, bool) ([]conjunction, bool) {
	return func(b []conjunction, more bool) ([]conjunction, bool) {
		if tangled || more || len(a)+len(b) > mostAlternatives {
			return nil, true
		}
		return slices.Concat(a, b), false
	}
}

// constant is the value of a node that reads no name and can be computed.
func constant(n formula.Node) (formula.Value, bool) {
	if v, ok := formula.Constant(n); ok {
		return v, true
	}
	if len(formula.Variables(n)) > 0 {
		return formula.Value{}, false
	}
	v, err := formula.Evaluate(n, nil)
	return v, err == nil
}

var turned = map[formula.Op]formula.Op{formula.Lt: formula.Gt, formula.Le: formula.Ge, formula.Gt: formula.Lt, formula.Ge: formula.Le,
	formula.Eq: formula.Eq, formula.Ne: formula.Ne}

var testOps = map[formula.Op]string{formula.Eq: "=", formula.Ne: "!=", formula.In: "in", formula.Ge: ">=", formula.Le: "<=", formula.Gt: ">",
	formula.Lt: "<", formula.StartsWith: "startsWith"}

// test reads a comparison of a name with a constant. Any other node is true or false by
// itself.
func (s *space) test(n formula.Node) *test {
	if v, ok := n.(*formula.Variable); ok {
		return &test{dimension: s.of(v.Name, v.Kind()), op: "=", values: []formula.Value{formula.OfBool(true)}}
	}
	b, ok := n.(*formula.Binary)
	if !ok {
		return s.opaque(n)
	}
	op, left, right := b.Op, b.Left, b.Right
	if _, ok := left.(*formula.Variable); !ok {
		if other, can := turned[op]; can {
			op, left, right = other, right, left
		}
	}
	v, isName := left.(*formula.Variable)
	value, isConstant := constant(right)
	word, known := testOps[op]
	if !isName || !isConstant || !known || !value.Known() || v.Kind() == formula.Texts || v.Kind() == formula.Numbers {
		return s.opaque(n)
	}
	values := []formula.Value{value}
	if op == formula.In {
		values = slices.Clone(value.List())
	}
	return &test{dimension: s.of(v.Name, v.Kind()), op: word, values: values}
}

// opaque is a node of which nothing is known but that it is true or false, and the same
// wherever it stands.
func (s *space) opaque(n formula.Node) *test {
	i := s.of("("+printed(n)+")", formula.Boolean)
	s.dimensions[i].known = true
	return &test{dimension: i, op: "=", values: []formula.Value{formula.OfBool(true)}}
}

// printed writes a node as people do.
func printed(n formula.Node) string {
	var parts []string
	for _, c := range formula.Children(n) {
		parts = append(parts, bracketed(c))
	}
	switch n := n.(type) {
	case *formula.Literal:
		if n.Kind() == formula.Text {
			return strconv.Quote(n.Value.Text())
		}
		return n.Value.String()
	case *formula.Variable:
		return n.Name
	case *formula.Unary:
		if n.Op == formula.Neg {
			return "-" + parts[0]
		}
		return "not " + parts[0]
	case *formula.Binary:
		return parts[0] + " " + n.Op.String() + " " + parts[1]
	case *formula.Conditional:
		return parts[0] + " ? " + parts[1] + " : " + parts[2]
	case *formula.List:
		return "[" + strings.Join(parts, ", ") + "]"
	case *formula.Call:
		return n.Name + "(" + strings.Join(parts, ", ") + ")"
	}
	return ""
}

func bracketed(n formula.Node) string {
	switch n.(type) {
	case *formula.Binary, *formula.Conditional:
		return "(" + printed(n) + ")"
	}
	return printed(n)
}

// box is where all tests of a conjunction hold. The space is sealed.
func (s *space) box(c conjunction) box {
	b := s.all()
	for _, t := range c {
		b[t.dimension] = b[t.dimension].and(s.set(t))
	}
	return b
}

// impossible returns the first name of which the tests of a conjunction leave nothing, or
// -1.
func (s *space) impossible(c conjunction) int {
	for i, t := range c {
		left := s.set(t)
		for _, u := range c[:i] {
			if u.dimension == t.dimension {
				left = left.and(s.set(u))
			}
		}
		if len(left) == 0 {
			return t.dimension
		}
	}
	return -1
}

// sizes are those of the dimensions.
func (s *space) sizes() []int32 {
	sizes := make([]int32, len(s.dimensions))
	for i, d := range s.dimensions {
		sizes[i] = d.size()
	}
	return sizes
}

// never reports whether no alternative can hold, together with another condition if
// there is one.
func (s *space) never(c, with *condition) bool {
	if c == nil || c.tangled || with != nil && with.tangled {
		return false
	}
	others := []conjunction{nil}
	if with != nil {
		others = with.alternatives
	}
	for _, x := range c.alternatives {
		for _, y := range others {
			if s.impossible(slices.Concat(x, y)) < 0 {
				return false
			}
		}
	}
	return true
}

// conflict says which tests of a single alternative contradict each other; "" when there
// are several alternatives.
func (s *space) conflict(c *condition) string {
	if len(c.alternatives) != 1 {
		return ""
	}
	d := s.impossible(c.alternatives[0])
	var texts []string
	for _, t := range c.alternatives[0] {
		if t.dimension == d && !slices.Contains(texts, t.text) {
			texts = append(texts, t.text)
		}
	}
	if len(texts) == 1 {
		return "there is no " + texts[0]
	}
	return strings.Join(texts, " and ") + " contradict each other"
}
