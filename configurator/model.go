// Package configurator says which choices go together. A Model is a compiled set of
// features and constraints; Resolve answers what may still be chosen after the choices
// made so far, exactly: a value is offered if and only if a complete valid
// configuration contains it together with them.
//
// The method is complete search over finite domains with forward checking, one
// connected group of features at a time. Every solution found supports all the values
// in it, so that few searches answer for all values.
package configurator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// MaxValues is how many values an integer feature may have.
const MaxValues = 4096

// Kind is the kind of a feature.
type Kind string

// The kinds of features.
const (
	KindOption  Kind = "option"
	KindSelect  Kind = "select"
	KindBoolean Kind = "boolean"
	KindInteger Kind = "integer"
)

// Feature describes a feature to whoever shows it.
type Feature struct {
	ID        string           `json:"id"`
	Title     string           `json:"title"`
	Kind      Kind             `json:"kind"`
	Options   []Option         `json:"options,omitempty"`
	Min       *decimal.Decimal `json:"min,omitempty"`
	Max       *decimal.Decimal `json:"max,omitempty"`
	Step      *decimal.Decimal `json:"step,omitempty"`
	SelectMin int              `json:"select_min,omitempty"`
	SelectMax int              `json:"select_max,omitempty"`
}

// Option is an option of a feature.
type Option struct {
	ID         string                   `json:"id"`
	Title      string                   `json:"title"`
	Attributes map[string]formula.Value `json:"attributes,omitempty"`
}

// Model is a compiled configuration model. It is immutable and safe for concurrent use.
type Model struct {
	def         Definition
	env         *formula.Env
	features    []feature
	byID        map[string]int
	variables   []variable
	constraints []constraint
	derived     []derived
	getters     []func(*assignment) formula.Value // by slot
	partNumber  *formula.Template
	groups      [][]int // variables that constraints connect
	touching    [][]int // constraints by variable
}

// feature is a Feature with its variables: one, or one per option of a selection.
type feature struct {
	Feature
	at         fault.Position
	first      int // variable
	count      int
	attributes map[string]formula.Kind
	byDefault  formula.Value
	defaultAt  fault.Position
}

// variable is what the search assigns: an index into values.
type variable struct {
	feature int
	option  int // of a selection: which option it takes or leaves; else −1
	values  []formula.Value
}

type constraint struct {
	id        string
	at        fault.Position
	message   string
	hidden    bool // cardinality of a selection
	variables []int
	holds     func(*assignment) (bool, error)
}

type derived struct {
	id      string
	formula *formula.Formula
}

// Compile checks a definition and makes a Model of it. It returns every mistake; the
// model is nil when there is any. The functions are those of the rulebook.
func Compile(def Definition, functions map[string]formula.Function) (*Model, fault.Mistakes) {
	c := &compiler{m: &Model{def: def, env: formula.NewEnv(), byID: map[string]int{}}}
	for name, f := range functions {
		c.m.env.DeclareFunction(name, f)
	}
	for _, f := range def.Features {
		c.feature(f)
	}
	for _, d := range def.Derived {
		c.derive(d)
	}
	ids := map[string]bool{}
	for _, d := range def.Constraints {
		if ids[d.ID] {
			c.mistakes.Add(d.At, "the constraint %s is there twice", d.ID)
		}
		ids[d.ID] = true
		c.constraint(d)
	}
	if def.PartNumber.Text != "" {
		var wrong fault.Mistakes
		c.m.partNumber, wrong = formula.CompileTemplate(c.m.env, def.PartNumber)
		c.mistakes = append(c.mistakes, wrong...)
	}
	if len(c.mistakes) > 0 {
		return nil, c.mistakes.Sort()
	}
	c.m.connect()
	return c.m, nil
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

type compiler struct {
	m        *Model
	mistakes fault.Mistakes
}

func (c *compiler) declare(name string, kind formula.Kind, get func(*assignment) formula.Value) {
	slot := c.m.env.Declare(name, kind)
	for len(c.m.getters) <= slot {
		c.m.getters = append(c.m.getters, nil)
	}
	c.m.getters[slot] = get
}

func (c *compiler) feature(d FeatureDefinition) {
	f := feature{Feature: Feature{ID: d.ID, Title: d.Title}, at: d.At, first: len(c.m.variables), attributes: map[string]formula.Kind{}, byDefault: d.Default, defaultAt: d.DefaultAt}
	if !name(d.ID) {
		c.mistakes.Add(d.At, "%q cannot be the name of a feature: letters, digits and _ only", d.ID)
		return
	}
	if _, twice := c.m.byID[d.ID]; twice {
		c.mistakes.Add(d.At, "the feature %s is there twice", d.ID)
		return
	}
	kinds := 0
	for _, set := range []bool{len(d.Options) > 0, d.Integer != nil, d.Boolean} {
		if set {
			kinds++
		}
	}
	if kinds != 1 || d.Select != nil && len(d.Options) == 0 {
		c.mistakes.Add(d.At, "feature %s needs exactly one of options, integer and boolean", d.ID)
		return
	}
	at := len(c.m.features)
	c.m.byID[d.ID] = at
	switch {
	case d.Integer != nil:
		c.integer(&f, at, d.Integer)
	case d.Boolean:
		f.Kind, f.count = KindBoolean, 1
		c.m.variables = append(c.m.variables, variable{feature: at, option: -1, values: []formula.Value{formula.OfBool(false), formula.OfBool(true)}})
		c.declare(d.ID, formula.Boolean, one(f.first))
	case d.Select != nil:
		c.selection(&f, at, d)
	default:
		c.options(&f, at, d)
	}
	c.m.features = append(c.m.features, f)
	c.checkDefault(&f)
}

// one reads a variable.
func one(v int) func(*assignment) formula.Value {
	return func(a *assignment) formula.Value { return a.value(v) }
}

func name(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

func (c *compiler) integer(f *feature, at int, d *IntegerDefinition) {
	f.Kind, f.count = KindInteger, 1
	f.Min, f.Max, f.Step = &d.Min, &d.Max, &d.Step
	v := variable{feature: at, option: -1}
	if d.Step.Sign() <= 0 || d.Min.GreaterThan(d.Max) {
		c.mistakes.Add(d.At, "feature %s has an empty range", f.ID)
	} else if n, err := money.Divide(d.Max.Sub(d.Min), d.Step); err != nil || n.GreaterThanOrEqual(decimal.NewFromInt(MaxValues)) {
		c.mistakes.Add(d.At, "feature %s has more than %d values", f.ID, MaxValues)
	} else {
		for x := d.Min; x.LessThanOrEqual(d.Max); x = x.Add(d.Step) {
			v.values = append(v.values, formula.OfNumber(x))
		}
	}
	c.m.variables = append(c.m.variables, v)
	c.declare(f.ID, formula.Number, one(f.first))
}

func (c *compiler) optionList(f *feature, d FeatureDefinition) {
	seen := map[string]bool{}
	for _, o := range d.Options {
		if o.ID == "" || strings.Contains(o.ID, "/") || seen[o.ID] {
			c.mistakes.Add(o.At, "the option %q is empty, there twice or has a / in it", o.ID)
		}
		seen[o.ID] = true
		out := Option{ID: o.ID, Title: o.Title}
		for _, a := range o.Attributes {
			if out.Attributes == nil {
				out.Attributes = map[string]formula.Value{}
			}
			if kind, ok := f.attributes[a.Name]; ok && kind != a.Value.Kind() {
				c.mistakes.Add(a.At, "%s.%s is a %s here, but a %s at another option", f.ID, a.Name, a.Value.Kind(), kind)
			}
			f.attributes[a.Name] = a.Value.Kind()
			out.Attributes[a.Name] = a.Value
		}
		f.Options = append(f.Options, out)
	}
}

func (c *compiler) options(f *feature, at int, d FeatureDefinition) {
	f.Kind, f.count = KindOption, 1
	c.optionList(f, d)
	v := variable{feature: at, option: -1}
	for _, o := range f.Options {
		v.values = append(v.values, formula.OfText(o.ID))
	}
	c.m.variables = append(c.m.variables, v)
	c.declare(f.ID, formula.Text, one(f.first))
	c.m.env.Restrict(d.ID, optionIDs(f.Options))
	options, first := f.Options, f.first
	for a, kind := range f.attributes {
		c.declare(f.ID+"."+a, kind, func(s *assignment) formula.Value {
			if x := s.at[first]; x >= 0 {
				if v, ok := options[x].Attributes[a]; ok {
					return v
				}
			}
			return formula.None(kind)
		})
	}
}

func (c *compiler) selection(f *feature, at int, d FeatureDefinition) {
	f.Kind = KindSelect
	c.optionList(f, d)
	f.count, f.SelectMin, f.SelectMax = len(f.Options), d.Select.Min, d.Select.Max
	if d.Select.Min < 0 || d.Select.Max < d.Select.Min || d.Select.Min > len(f.Options) {
		c.mistakes.Add(d.Select.At, "select %d..%d does not fit %d options", d.Select.Min, d.Select.Max, len(f.Options))
	}
	for i := range f.Options {
		c.m.variables = append(c.m.variables, variable{feature: at, option: i, values: []formula.Value{formula.OfBool(false), formula.OfBool(true)}})
	}
	first, options := f.first, f.Options
	c.declare(f.ID, formula.Texts, func(s *assignment) formula.Value {
		var ids []string
		for i, o := range options {
			if s.at[first+i] == 1 {
				ids = append(ids, o.ID)
			}
		}
		return formula.OfTexts(ids)
	})
	c.m.env.Restrict(f.ID, optionIDs(f.Options))
	for a, kind := range f.attributes {
		if kind != formula.Number {
			continue
		}
		c.declare(f.ID+"."+a, formula.Numbers, func(s *assignment) formula.Value {
			var numbers []decimal.Decimal
			for i, o := range options {
				if v, ok := o.Attributes[a]; ok && s.at[first+i] == 1 {
					numbers = append(numbers, v.Number())
				}
			}
			return formula.OfNumbers(numbers)
		})
	}
	c.cardinality(f)
}

func optionIDs(options []Option) []string {
	ids := make([]string, len(options))
	for i, o := range options {
		ids[i] = o.ID
	}
	return ids
}

// cardinality makes select a constraint like any other.
func (c *compiler) cardinality(f *feature) {
	first, count, least, most := f.first, f.count, f.SelectMin, f.SelectMax
	k := constraint{id: f.ID, at: f.at, hidden: true, message: fmt.Sprintf("choose %d to %d of %s", least, most, f.Title)}
	for i := range count {
		k.variables = append(k.variables, first+i)
	}
	k.holds = func(s *assignment) (bool, error) {
		chosen, open := 0, 0
		for i := range count {
			switch s.at[first+i] {
			case 1:
				chosen++
			case -1:
				open++
			}
		}
		return chosen <= most && chosen+open >= least, nil
	}
	c.m.constraints = append(c.m.constraints, k)
}

func (c *compiler) derive(d DerivedDefinition) {
	if _, taken := c.m.env.Kind(d.ID); taken || !name(d.ID) {
		c.mistakes.Add(d.At, "%q cannot be the name of a derived value, or is taken", d.ID)
		return
	}
	f, wrong := formula.Compile(c.m.env, d.Value, formula.Any)
	c.mistakes = append(c.mistakes, wrong...)
	if f == nil {
		return
	}
	c.m.derived = append(c.m.derived, derived{d.ID, f})
	m := c.m
	c.declare(d.ID, f.Kind(), func(s *assignment) formula.Value {
		v, err := f.Eval(m.lookup(s))
		if err != nil {
			return formula.None(f.Kind())
		}
		return v
	})
}

func (c *compiler) constraint(d ConstraintDefinition) {
	k := constraint{id: d.ID, at: d.At, message: d.Message}
	switch {
	case d.Table != nil:
		c.table(&k, d.Table)
	case d.Require.Text == "":
		c.mistakes.Add(d.At, "constraint %s needs require or table", d.ID)
	default:
		c.formulas(&k, d)
	}
	c.m.constraints = append(c.m.constraints, k)
}

func (c *compiler) formulas(k *constraint, d ConstraintDefinition) {
	var when *formula.Formula
	if d.When.Text != "" {
		var wrong fault.Mistakes
		when, wrong = formula.Compile(c.m.env, d.When, formula.Boolean)
		c.mistakes = append(c.mistakes, wrong...)
	}
	require, wrong := formula.Compile(c.m.env, d.Require, formula.Boolean)
	c.mistakes = append(c.mistakes, wrong...)
	if k.message == "" {
		k.message = d.Require.Text
		if when != nil {
			k.message = "when " + d.When.Text + ": " + d.Require.Text
		}
	}
	if require == nil || d.When.Text != "" && when == nil {
		return
	}
	k.variables = c.scope(when, require)
	for _, f := range []*formula.Formula{when, require} {
		if f != nil {
			c.literals(f.Root())
		}
	}
	m := c.m
	k.holds = func(s *assignment) (bool, error) {
		if when != nil {
			if ok, err := when.True(m.lookup(s)); err != nil || !ok {
				return err == nil, err
			}
		}
		return require.True(m.lookup(s))
	}
}

// literals finds comparisons of a feature with a text that none of its options has:
// they would be false for ever.
func (c *compiler) literals(root formula.Node) {
	formula.Walk(root, func(n formula.Node) {
		b, ok := n.(*formula.Binary)
		if !ok {
			return
		}
		switch b.Op {
		case formula.Eq, formula.Ne:
			c.compared(b.Left, b.Right)
			c.compared(b.Right, b.Left)
		case formula.In, formula.Contains:
			c.compared(b.Left, b.Right)
			c.compared(b.Right, b.Left)
		}
	})
}

// compared checks the texts that a feature is compared with.
func (c *compiler) compared(feature, texts formula.Node) {
	v, ok := feature.(*formula.Variable)
	if !ok {
		return
	}
	at, ok := c.m.byID[v.Name]
	if !ok || len(c.m.features[at].Options) == 0 {
		return
	}
	f := &c.m.features[at]
	for _, n := range append(formula.Children(texts), texts) {
		lit, ok := n.(*formula.Literal)
		if ok && lit.Kind() == formula.Text && !slices.ContainsFunc(f.Options, func(o Option) bool { return o.ID == lit.Value.Text() }) {
			c.mistakes.Add(lit.At(), "%q is not an option of %s", lit.Value.Text(), f.ID)
		}
	}
}

// scope returns the variables that formulas read, those of derived values included.
func (c *compiler) scope(formulas ...*formula.Formula) []int {
	var scope []int
	for _, f := range formulas {
		if f == nil {
			continue
		}
		for _, v := range f.Variables() {
			scope = append(scope, c.variablesOf(v.Name)...)
		}
	}
	slices.Sort(scope)
	return slices.Compact(scope)
}

func (c *compiler) variablesOf(path string) []int {
	for _, d := range c.m.derived {
		if d.id == path {
			return c.scope(d.formula)
		}
	}
	id, _, _ := strings.Cut(path, ".")
	f := c.m.features[c.m.byID[id]]
	var scope []int
	for i := range f.count {
		scope = append(scope, f.first+i)
	}
	return scope
}

// table compiles valid combinations. The rows are kept as sets of value indexes.
func (c *compiler) table(k *constraint, t *Combinations) {
	var columns []int
	for _, id := range t.Columns {
		at, ok := c.m.byID[id]
		switch {
		case !ok:
			c.mistakes.Add(t.At, "table %s has a column %s, but there is no such feature", t.Name, id)
			return
		case c.m.features[at].Kind == KindSelect:
			c.mistakes.Add(t.At, "table %s has a column %s, which is a selection of several options", t.Name, id)
			return
		}
		columns = append(columns, c.m.features[at].first)
	}
	if k.message == "" {
		k.message = fmt.Sprintf("only the combinations in table %s: %s", t.Name, strings.Join(t.Columns, ", "))
	}
	k.variables = columns
	var rows [][]map[int]bool
	for _, r := range t.Rows {
		row := make([]map[int]bool, len(columns))
		for i, cell := range r.Cells {
			for _, text := range cell {
				at := c.m.variables[columns[i]].index(text)
				if at < 0 {
					c.mistakes.Add(r.At, "%q is not a value of %s", text, t.Columns[i])
					continue
				}
				if row[i] == nil {
					row[i] = map[int]bool{}
				}
				row[i][at] = true
			}
		}
		rows = append(rows, row)
	}
	k.holds = func(s *assignment) (bool, error) {
		return slices.ContainsFunc(rows, func(row []map[int]bool) bool {
			for i, v := range columns {
				if x := s.at[v]; row[i] != nil && x >= 0 && !row[i][x] {
					return false
				}
			}
			return true
		}), nil
	}
}

// index returns the index of a value as people write it, or −1.
func (v variable) index(text string) int {
	if d, err := money.Parse(text); err == nil && len(v.values) > 0 && v.values[0].Kind() == formula.Number {
		return slices.IndexFunc(v.values, func(x formula.Value) bool { return x.Number().Equal(d) })
	}
	return slices.IndexFunc(v.values, func(x formula.Value) bool { return x.String() == text })
}

func (c *compiler) checkDefault(f *feature) {
	if !f.byDefault.Known() || len(c.m.variables[f.first].values) == 0 {
		return
	}
	if _, problem := c.m.assign(f, f.byDefault); problem != "" {
		c.mistakes.Add(f.defaultAt, "the default of %s: %s", f.ID, problem)
	}
}

// connect groups the variables that constraints connect.
func (m *Model) connect() {
	parent := make([]int, len(m.variables))
	for i := range parent {
		parent[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	m.touching = make([][]int, len(m.variables))
	for k, c := range m.constraints {
		for _, v := range c.variables {
			m.touching[v] = append(m.touching[v], k)
			parent[root(v)] = root(c.variables[0])
		}
	}
	at := map[int]int{}
	for v := range m.variables {
		g, ok := at[root(v)]
		if !ok {
			g = len(m.groups)
			at[root(v)] = g
			m.groups = append(m.groups, nil)
		}
		m.groups[g] = append(m.groups[g], v)
	}
}
