// Package pricing computes what a configured line costs and why. A SalesModel is a
// compiled pricing procedure: the ordered steps of a price waterfall, eligibility
// rules and approvals. It is immutable; Price is a pure function of the model, the
// catalog's records and the input.
//
// The vocabulary is the field's: a condition type is found through an access sequence
// of keys, its records may form scales, an exclusion group keeps only the best of its
// steps. What lost is in the trace, with the reason.
//
// Steps run one after the other over all lines, so that a step may look at the whole
// quote. Rules are entered in hash tables by the constants that they compare with
// (ruleIndex), amounts are one machine word (money.Num), and the work areas of a run are
// used again, so that a line costs what applies to it and allocates nothing.
package pricing

import (
	"slices"
	"sync"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// SalesModel is a compiled sales model.
type SalesModel struct {
	ID            string
	Title         string
	Sites         []string
	Definition    Definition
	schema        *Schema
	scope         *scope
	approvalScope *scope
	steps         []step
	clusters      []cluster
	eligibility   ruleSet[eligibilityRule]
	approvals     []approvalRule
	inputs        []InputDefinition
	reads         map[string]bool // names
	components    bool            // a step prices them
	indexes       int             // how many there are
	accesses      int             // of its condition types
	gates         int             // of its conditions
	runs          sync.Pool
}

// Inputs returns the inputs that the sales model reads, in the rulebook's order: what a
// rep need be asked for.
func (m *SalesModel) Inputs() []InputDefinition { return m.inputs }

// ReadsStock reports whether a rule reads product.stock.
func (m *SalesModel) ReadsStock() bool { return m.reads["product.stock"] }

// PricesComponents reports whether a step prices what a line is made of.
func (m *SalesModel) PricesComponents() bool { return m.components }

// Compile checks a sales model against what the rulebook declares. It returns every
// mistake and warning; the model is nil when there is a mistake.
func Compile(schema *Schema, def Definition) (*SalesModel, fault.Mistakes) {
	c := &compiler{schema: schema, scope: newScope(schema), index: map[string]int{}, tables: map[string]*table{},
		types: map[string]*conditionType{}, used: map[string]bool{}}
	m := &SalesModel{ID: def.ID, Title: def.Title, Sites: def.Sites, Definition: def, schema: schema}
	ids := c.unique("eligibility rule")
	var rules []eligibilityRule
	for _, e := range def.Eligibility {
		ids(e.ID, e.At)
		rules = append(rules, c.eligibility(e))
	}
	m.eligibility = newRuleSet(c, rules, func(e *eligibilityRule) *formula.Formula { return e.when })
	for _, d := range def.Procedure {
		c.step(d)
	}
	if len(def.Procedure) == 0 {
		c.mistakes.Add(def.At, "the sales model has no procedure")
	}
	c.exclusions(def)
	m.steps, m.clusters, m.scope = c.steps, c.clusters, c.scope
	m.approvalScope = c.scope.clone()
	m.approvalScope.declareResults()
	ids = c.unique("approval")
	for _, a := range def.Approvals {
		ids(a.ID, a.At)
		m.approvals = append(m.approvals, c.approval(a, m.approvalScope))
	}
	if len(c.mistakes.Errors()) > 0 {
		return nil, c.mistakes.Sort()
	}
	m.indexes, m.accesses, m.gates, m.reads = c.indexes, c.accesses, c.gates, c.used
	m.components = slices.ContainsFunc(m.steps, func(s step) bool { return s.kind == "components" })
	for _, in := range schema.Inputs {
		if c.used[in.path()] {
			m.inputs = append(m.inputs, in)
		}
	}
	return m, c.mistakes.Sort()
}

// unique returns a check that complains about ids that are missing or there twice.
func (c *compiler) unique(what string) func(id string, at fault.Position) {
	seen := map[string]bool{}
	return func(id string, at fault.Position) {
		switch {
		case id == "":
			c.mistakes.Add(at, "this %s has no id", what)
		case seen[id]:
			c.mistakes.Add(at, "the %s %s is there twice", what, id)
		}
		seen[id] = true
	}
}

func (c *compiler) eligibility(d EligibilityDefinition) eligibilityRule {
	e := eligibilityRule{id: d.ID, at: d.At, when: c.condition(d.When, d.At, "when")}
	if d.Refuse.Text == "" {
		c.mistakes.Add(d.At, "eligibility %s needs a text in refuse", d.ID)
		return e
	}
	e.gate = c.gate(e.when)
	e.refuse = c.translated(d.Refuse, c.scope.env)
	for _, t := range e.refuse {
		c.reads(t.Variables())
	}
	return e
}

// message is a template by language; "" is the rulebook's first.
type message map[string]*formula.Template

func (c *compiler) translated(t Translated, env *formula.Env) message {
	m := message{}
	add := func(language string, source formula.Source) {
		template, wrong := formula.CompileTemplate(env, source)
		c.mistakes = append(c.mistakes, wrong...)
		if template != nil {
			m[language] = template
		}
	}
	add("", t.Source)
	for language, source := range t.In {
		add(language, source)
	}
	return m
}

// in returns the template of a language, else the first.
func (m message) in(language string) *formula.Template {
	if t, ok := m[language]; ok {
		return t
	}
	return m[""]
}

// in returns the text of a language, else the first.
func (t Title) in(language string) string {
	if s, ok := t.In[language]; ok {
		return s
	}
	return t.Text
}

// condition compiles a condition that must be there.
func (c *compiler) condition(source formula.Source, at fault.Position, key string) *formula.Formula {
	if source.Text == "" {
		c.mistakes.Add(at, "%s is missing", key)
		return nil
	}
	return c.optional(source, formula.Boolean)
}

// optional compiles a formula where there is one.
func (c *compiler) optional(source formula.Source, kind formula.Kind) *formula.Formula {
	if source.Text == "" {
		return nil
	}
	f, wrong := formula.Compile(c.scope.env, source, kind)
	c.mistakes = append(c.mistakes, wrong...)
	if f != nil {
		c.reads(f.Variables())
	}
	return f
}

func (c *compiler) approval(d ApprovalDefinition, s *scope) approvalRule {
	a := approvalRule{id: d.ID, at: d.At, order: d.Order.Text}
	for _, role := range d.Roles {
		a.roles = append(a.roles, role.Text)
	}
	if len(a.roles) == 0 {
		c.mistakes.Add(d.At, "approval %s names no role", d.ID)
	}
	c.among(d.Order, "order", "", "sequence", "parallel")
	before := c.scope
	c.scope = s
	a.when = c.condition(d.When, d.At, "when")
	c.scope = before
	if a.when != nil {
		a.cost = readsCost(a.when.Variables(), c.steps)
		for _, v := range a.when.Variables() {
			a.perLine = a.perLine || perLine(v.Name) || isStep(v.Name)
		}
		a.rule = ruleOf(a.when)
	}
	if d.Reason.Text != "" {
		a.reason = c.translated(d.Reason, s.env)
		for _, t := range a.reason {
			c.reads(t.Variables())
			a.cost = a.cost || readsCost(t.Variables(), c.steps)
			for _, v := range t.Variables() {
				if !a.perLine && perLine(v.Name) {
					c.mistakes.Add(d.Reason.At, "%s is of a line, but the approval is for the whole quote", v.Name)
				}
			}
		}
	}
	return a
}

// ruleSet is a list of rules with conditions. A long one is searched by its index.
type ruleSet[R any] struct {
	rules []R
	index *ruleIndex // nil: a short list
}

// shortList is how many rules are simply tried one after the other, so that the trace
// can say of each why it did not apply.
const shortList = 12

func newRuleSet[R any](c *compiler, rules []R, when func(*R) *formula.Formula) ruleSet[R] {
	s := ruleSet[R]{rules: rules}
	if len(rules) <= shortList {
		return s
	}
	list := make([]rule, len(rules))
	for i := range rules {
		list[i] = ruleOf(when(&rules[i]))
	}
	s.index = c.newIndex(list)
	return s
}

func (c *compiler) newIndex(rules []rule) *ruleIndex {
	x := newIndex(rules, c.scope.quoteLevel)
	x.ordinal = c.indexes
	c.indexes++
	return x
}
