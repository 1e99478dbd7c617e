// Package configurator says which choices go together. A Model is a compiled set of
// features and constraints; Resolve answers what may still be chosen after the choices
// made so far, exactly: a value is offered if and only if a complete valid
// configuration contains it together with them.
//
// The method is that of satisfiability solvers (package sat): every value is a literal;
// constraints become clauses, sums, and formulas that are asked about bounds; what a
// search learns from a dead end holds for all later questions. Parts of a model that no
// constraint joins are decided apart. Every configuration found proves all the values in
// it, and those that could stand in it alone, so that few searches answer for all values.
package configurator

import (
	"slices"
	"strings"
	"sync"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// Model is a compiled configuration model. It is immutable and safe for concurrent use.
type Model struct {
	def         Definition
	env         *formula.Env
	features    []feature
	byID        map[string]int
	variables   []variable
	constraints []constraint
	rules       []rule
	derived     []derived
	getters     []func(*assignment) formula.Value // by slot
	partNumber  *formula.Template
	formulas    formulas

	words      int      // of all domains
	touching   [][]int  // rules by variable
	parts      [][]int  // variables that rules connect
	partOf     []int    // by variable; −1: no rule reads it
	place      []int    // by variable: in its part
	classOf    [][]int  // by variable and value: which values are alike
	classes    [][]int  // by variable: the first value of each class
	root       []uint64 // the exact domains without any choice
	rootSize   []int
	open       []literal   // values of root that the search did not decide
	known      [][][]int32 // by part: configurations, a value for each of its variables
	void       bool        // there is no valid configuration
	plain      sync.Pool   // engines
	explaining sync.Pool
}

// variable is what the search assigns: an index into values. A feature has one, a
// selection one per option.
type variable struct {
	feature     int
	kind        formula.Kind
	values      []formula.Value
	word, words int // the place of its domain
}

// constraint is one that explanations name; its rules are in Model.rules.
type constraint struct {
	id      string
	at      fault.Position
	message string
}

// derived is a value computed from variables.
type derived struct {
	id      string
	formula *formula.Formula
	reads   []int
	slot    int
}

// Compile checks a definition and makes a Model of it. It returns every mistake and
// warning; the model is nil when there is a mistake. The functions are those of the
// rulebook.
func Compile(def Definition, functions map[string]formula.Function) (*Model, fault.Mistakes) {
	return compile(def, functions, maxCombinations)
}

// compile is Compile that lists up to so many combinations of a constraint.
func compile(def Definition, functions map[string]formula.Function, combinations int) (*Model, fault.Mistakes) {
	m := &Model{def: def, env: formula.NewEnv(), byID: map[string]int{}}
	c := &compiler{m: m, combinations: combinations, builder: builder{m: m, overridden: functions}}
	for name, f := range functions {
		m.env.DeclareFunction(name, f)
	}
	for i := range def.Features {
		c.feature(&def.Features[i])
	}
	for _, d := range def.Derived {
		c.derive(d)
	}
	c.constraints(def.Constraints)
	if def.PartNumber.Text != "" {
		var wrong fault.Mistakes
		m.partNumber, wrong = formula.CompileTemplate(m.env, def.PartNumber)
		c.mistakes = append(c.mistakes, wrong...)
	}
	if len(c.mistakes.Errors()) > 0 {
		return nil, c.mistakes.Sort()
	}
	m.prepare()
	return m, c.mistakes.Sort()
}

// compiler checks a definition, collecting every mistake.
type compiler struct {
	m            *Model
	combinations int
	builder      builder
	mistakes     fault.Mistakes
}

// prepare computes what Resolve starts from.
func (m *Model) prepare() {
	for v := range m.variables {
		m.variables[v].word, m.variables[v].words = m.words, (len(m.variables[v].values)+63)/64
		m.words += m.variables[v].words
	}
	m.connect()
	m.tellApart()
	m.known = make([][][]int32, len(m.parts))
	e := m.borrow(false)
	e.learning = true
	open, ok := e.exact(nil, nil)
	e.learning = false
	m.void, m.open = !ok, open
	m.root, m.rootSize = slices.Clone(e.bits), slices.Clone(e.size)
	e.giveBack()
}

// ID returns the model's id.
func (m *Model) ID() string { return m.def.ID }

// SKU returns the product that the model configures.
func (m *Model) SKU() string { return m.def.SKU }

// Title returns the model's title.
func (m *Model) Title() string { return m.def.Title }

// Env declares the names formulas about a configuration may use: features, their
// options' attributes and derived values. Extend a Clone of it only.
func (m *Model) Env() *formula.Env { return m.env }

// Features describes the features in their order.
func (m *Model) Features() []Feature {
	list := make([]Feature, len(m.features))
	for i, f := range m.features {
		list[i] = f.Feature
	}
	return list
}

// featureOf returns the feature of a name such as motor or motor.power_kw, and the
// attribute.
func (m *Model) featureOf(path string) (*feature, string) {
	id, attribute, _ := strings.Cut(path, ".")
	i, ok := m.byID[id]
	if !ok {
		return nil, ""
	}
	return &m.features[i], attribute
}

// derivedOf returns the derived value of a name, or nil.
func (m *Model) derivedOf(name string) *derived {
	for i := range m.derived {
		if m.derived[i].id == name {
			return &m.derived[i]
		}
	}
	return nil
}

// assignment gives each variable the index of a value, or −1.
type assignment struct {
	m  *Model
	at []int
}

func (m *Model) empty() *assignment {
	a := &assignment{m: m, at: make([]int, len(m.variables))}
	for i := range a.at {
		a.at[i] = -1
	}
	return a
}

func (a *assignment) value(v int) formula.Value {
	if x := a.at[v]; x >= 0 {
		return a.m.variables[v].values[x]
	}
	return formula.None(a.m.variables[v].kind)
}

func (m *Model) lookup(a *assignment) formula.Lookup {
	return func(slot int) formula.Value { return m.getters[slot](a) }
}
