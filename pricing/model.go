// Package pricing computes what a configured line costs and why. A SalesModel is a
// compiled pricing procedure: the ordered steps of a price waterfall, eligibility
// rules and approvals. It is immutable; Price is a pure function of the model, the
// catalog's records and the input.
//
// The vocabulary is the field's: a condition type is found through an access sequence
// of keys, its records may form scales, an exclusion group keeps only the best of its
// steps. What lost is in the trace, with the reason.
package pricing

import (
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
	eligibility   []eligibilityRule
	approvals     []approvalRule
	inputs        []InputDefinition
}

// Inputs returns the inputs that the sales model reads, in the rulebook's order: what a
// rep need be asked for.
func (m *SalesModel) Inputs() []InputDefinition { return m.inputs }

// Compile checks a sales model against what the rulebook declares. It returns every
// mistake; the model is nil when there is any.
func Compile(schema *Schema, def Definition) (*SalesModel, fault.Mistakes) {
	c := &compiler{schema: schema, scope: newScope(schema), index: map[string]int{}, tables: map[string]*table{}, used: map[string]bool{}}
	m := &SalesModel{ID: def.ID, Title: def.Title, Sites: def.Sites, Definition: def, schema: schema}
	ids := c.unique("eligibility rule")
	for _, e := range def.Eligibility {
		ids(e.ID, e.At)
		m.eligibility = append(m.eligibility, c.eligibility(e))
	}
	for _, d := range def.Procedure {
		c.step(d)
	}
	if len(def.Procedure) == 0 {
		c.mistakes.Add(def.At, "the sales model has no procedure")
	}
	c.groups()
	m.steps, m.scope = c.steps, c.scope
	m.approvalScope = c.scope.clone()
	m.approvalScope.declareResults()
	ids = c.unique("approval")
	for _, a := range def.Approvals {
		ids(a.ID, a.At)
		m.approvals = append(m.approvals, c.approval(a, m.approvalScope))
	}
	if len(c.mistakes) > 0 {
		return nil, c.mistakes.Sort()
	}
	for _, in := range schema.Inputs {
		if c.used[in.path()] {
			m.inputs = append(m.inputs, in)
		}
	}
	return m, nil
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
	var wrong fault.Mistakes
	if d.Refuse.Text == "" {
		c.mistakes.Add(d.At, "eligibility %s needs a text in refuse", d.ID)
		return e
	}
	e.refuse, wrong = formula.CompileTemplate(c.scope.env, d.Refuse.Source)
	c.mistakes = append(c.mistakes, wrong...)
	if e.refuse != nil {
		c.reads(e.refuse.Variables())
	}
	return e
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
			a.perLine = a.perLine || perLine(v.Name)
		}
	}
	if d.Reason.Text != "" {
		var wrong fault.Mistakes
		a.reason, wrong = formula.CompileTemplate(s.env, d.Reason.Source)
		c.mistakes = append(c.mistakes, wrong...)
		a.cost = a.cost || a.reason != nil && readsCost(a.reason.Variables(), c.steps)
		if a.reason != nil && !a.perLine {
			for _, v := range a.reason.Variables() {
				if perLine(v.Name) {
					c.mistakes.Add(d.Reason.At, "%s is of a line, but the approval is for the whole quote", v.Name)
				}
			}
		}
	}
	return a
}
