// Package formula is the expression language of rule files. The syntax is that of
// expr-lang; numbers are exact decimals, names and types are checked when a rule file
// is loaded, and every mistake has its place in the file.
//
// A formula is parsed by expr and translated into a small typed tree, which other
// packages may walk (a configurator turns it into constraints) and which Eval
// interprets. The translation is the cage: only literals, declared names, operators
// and declared functions pass. There are no loops, closures, ranges, pipes or
// assignments, so every formula ends in time linear to its size, and a size over
// MaxLength characters or MaxDepth nested brackets is refused before parsing.
package formula

import (
	"quotewright/internal/fault"
)

// The limits of a formula's source.
const (
	MaxLength = 8 << 10 // bytes
	MaxDepth  = 64      // nested brackets
	maxNodes  = 500
)

// Formula is a compiled expression. It is immutable and safe for concurrent use.
type Formula struct {
	source    Source
	root      Node
	variables []*Variable
}

// Compile checks a source against an environment and the wanted kind; Any accepts
// every kind. It returns every mistake of the formula.
func Compile(env *Env, source Source, want Kind) (*Formula, fault.Mistakes) {
	tree, mistakes := parse(source)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	t := &translator{env: env, source: source, text: []rune(source.Text)}
	root := t.node(tree)
	if len(t.mistakes) > 0 {
		return nil, t.mistakes
	}
	if want != Any && root.Kind() != want {
		t.mistakes.Add(source.At, "this is a %s, but a %s is needed here", root.Kind(), want)
		return nil, t.mistakes
	}
	return &Formula{source: source, root: root, variables: Variables(root)}, nil
}

// Lookup gives the value of a declared name by its slot (see Env.Declare). It is
// called only for the names an evaluation really needs.
type Lookup func(slot int) Value

// Eval computes the formula. The error is a mistake at the formula's place: a
// division by zero, or a calculation with a name that has no value.
func (f *Formula) Eval(lookup Lookup) (Value, error) {
	v, err := f.root.eval(lookup)
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// True evaluates a condition; a condition without a value is false.
func (f *Formula) True(lookup Lookup) (bool, error) {
	v, err := f.Eval(lookup)
	return err == nil && v.Bool(), err
}

// Kind returns the kind of the formula's value.
func (f *Formula) Kind() Kind { return f.root.Kind() }

// Root returns the typed tree.
func (f *Formula) Root() Node { return f.root }

// Source returns what was compiled.
func (f *Formula) Source() Source { return f.source }

// String returns the formula's text.
func (f *Formula) String() string { return f.source.Text }

// Variables returns the names the formula reads, in order of first appearance.
func (f *Formula) Variables() []*Variable { return f.variables }

// Variables returns the names read below a node, in order of first appearance.
func Variables(n Node) []*Variable {
	var found []*Variable
	seen := map[int]bool{}
	Walk(n, func(n Node) {
		if v, ok := n.(*Variable); ok && !seen[v.Slot] {
			seen[v.Slot] = true
			found = append(found, v)
		}
	})
	return found
}
