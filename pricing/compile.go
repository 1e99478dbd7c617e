package pricing

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// compiler builds the steps of one procedure. It goes on after mistakes, so that one
// pass finds them all.
type compiler struct {
	schema   *Schema
	scope    *scope
	steps    []step
	index    map[string]int // steps by id
	tables   map[string]*table
	used     map[string]bool // names that formulas, tables and input steps read
	mistakes fault.Mistakes
}

// reads notes the names that a formula or template reads.
func (c *compiler) reads(variables []*formula.Variable) {
	for _, v := range variables {
		c.used[v.Name] = true
	}
}

func (c *compiler) step(d StepDefinition) {
	s := step{def: d, choose: choice(d.Choose.Text), group: d.Exclusion.Text, allocate: d.Allocate.Text}
	if at, twice := c.index[d.ID]; twice {
		c.mistakes.Add(d.At, "the step %s is there twice; the other is in line %d", d.ID, c.steps[at].def.At.Line)
	}
	if d.ID == "" {
		c.mistakes.Add(d.At, "this step has no id")
	}
	c.words(d)
	s.perQuote, s.perUnit = d.Per.Text == "quote", d.Per.Text == "unit"
	s.excluded = d.ExcludeFrom.Text == "net"
	s.when = c.optional(d.When, formula.Boolean)
	s.basis = c.earlier(d.Basis, "basis")
	s.replaces = c.earlier(d.Replaces, "replaces")
	c.source(&s)
	c.rounding(&s)
	if d.Min != nil && d.Max != nil && d.Min.GreaterThan(*d.Max) {
		c.mistakes.Add(d.At, "min %s is more than max %s", d.Min, d.Max)
	}
	c.quoteStep(&s)
	s.cost = c.showsCost(&s)
	i := len(c.steps)
	c.steps = append(c.steps, s)
	if d.ID != "" {
		c.index[d.ID] = i
		c.scope.declare("price."+d.ID, formula.Number, number(func(_ *run, l *lineRun) decimal.Decimal { return l.amounts[i] }))
	}
}

// words checks the keys that take one of a few words.
func (c *compiler) words(d StepDefinition) {
	c.among(d.Choose, "choose", "", "all", "first", "best", "worst")
	c.among(d.Per, "per", "", "unit", "line", "quote")
	c.among(d.Allocate, "allocate", "", "net", "quantity", "weight", "equal", "none")
	c.among(d.ExcludeFrom, "exclude_from", "", "net")
	c.among(d.Measure, "measure", "", "percent", "amount", "price")
	c.among(d.Effect, "effect", "", "discount", "surcharge")
}

func (c *compiler) among(n Name, key string, allowed ...string) {
	if !slices.Contains(allowed, n.Text) {
		c.mistakes.Add(n.At, "%s is %s, not %q", key, strings.Join(allowed[1:], ", "), n.Text)
	}
}

// earlier resolves names of steps, which must come before.
func (c *compiler) earlier(names []Name, key string) []int {
	var found []int
	for _, n := range names {
		if i, ok := c.index[n.Text]; ok {
			found = append(found, i)
		} else {
			c.mistakes.Add(n.At, "%s names %s, but no earlier step has that id", key, n.Text)
		}
	}
	return found
}

// source compiles the one source of a step.
func (c *compiler) source(s *step) {
	d := s.def
	sources := []struct {
		kind string
		set  bool
	}{
		{"condition", d.Condition.Text != ""}, {"table", d.Table.Text != ""}, {"formula", d.Formula.Text != ""},
		{"adjustments", len(d.Adjustments) > 0}, {"input", d.Input.Text != ""}, {"options", d.Options.Text != ""},
		{"components", d.Components.Text != ""}, {"subtotal", d.Subtotal},
	}
	var set []string
	for _, x := range sources {
		if x.set {
			set = append(set, x.kind)
		}
	}
	switch len(set) {
	case 1:
		s.kind = set[0]
	case 0:
		c.mistakes.Add(d.At, "step %s has no source: condition, table, formula, adjustments, input, options, components or subtotal", d.ID)
		return
	default:
		c.mistakes.Add(d.At, "step %s has %d sources: %s; it may have one", d.ID, len(set), strings.Join(set, ", "))
		return
	}
	switch s.kind {
	case "condition":
		c.conditionType(s, d.Condition, chooseFirst)
	case "options":
		c.conditionType(s, d.Options, chooseAll)
	case "components":
		c.conditionType(s, d.Components, chooseAll)
	case "table":
		c.tableSource(s)
	case "formula":
		s.formula = c.optional(d.Formula, formula.Number)
	case "adjustments":
		c.adjustments(s)
	case "input":
		c.inputSource(s)
	}
	if s.choose == "" {
		s.choose = chooseAll
	}
}

func (c *compiler) conditionType(s *step, n Name, fallback choice) {
	typ, ok := c.schema.Conditions[n.Text]
	if !ok {
		c.mistakes.Add(n.At, "unknown condition type %s", n.Text)
	}
	s.condition = typ
	if s.choose == "" {
		s.choose = fallback
	}
}

func (c *compiler) tableSource(s *step) {
	n := s.def.Table
	def, ok := c.schema.Tables[n.Text]
	if !ok {
		c.mistakes.Add(n.At, "unknown table %s: there is no tables/%s.csv", n.Text, n.Text)
		return
	}
	t, ok := c.tables[n.Text]
	if !ok {
		var wrong fault.Mistakes
		t, wrong = compileTable(def, c.scope)
		c.mistakes = append(c.mistakes, wrong...)
		c.tables[n.Text] = t
	}
	s.table = t
	if t != nil {
		for _, column := range t.columns {
			c.used[column.name] = true
		}
	}
	if t == nil || s.choose != "" {
		return
	}
	switch t.hit {
	case hitBest:
		s.choose = chooseBest
	case hitCollect:
		s.choose = chooseAll
	default:
		s.choose = chooseFirst
	}
}

func (c *compiler) adjustments(s *step) {
	ids := c.unique("adjustment")
	for _, d := range s.def.Adjustments {
		ids(d.ID, d.At)
		a := adjustment{id: d.ID, title: d.Title.Text, at: d.At, when: c.optional(d.When, formula.Boolean),
			percent: c.optional(d.Percent, formula.Number), amount: c.optional(d.Amount, formula.Number)}
		if (d.Percent.Text == "") == (d.Amount.Text == "") {
			c.mistakes.Add(d.At, "adjustment %s needs either percent or amount", d.ID)
		}
		c.among(d.Per, "per", "", "unit", "line")
		a.perUnit = d.Per.Text == "unit" || d.Per.Text == "" && s.def.Per.Text == "unit"
		s.entries = append(s.entries, a)
	}
}

// inputSource reads from the input's name what the step's keys do not say.
func (c *compiler) inputSource(s *step) {
	n := s.def.Input
	at := slices.IndexFunc(c.schema.Inputs, func(in InputDefinition) bool { return in.ID == n.Text })
	if at < 0 {
		c.mistakes.Add(n.At, "unknown input %s: rulebook.yaml declares no such input", n.Text)
		return
	}
	in := c.schema.Inputs[at]
	if in.Kind != formula.Number {
		c.mistakes.Add(n.At, "input %s is a %s, but a step needs a number", n.Text, in.Kind)
		return
	}
	c.used[in.path()] = true
	slot, _ := c.scope.env.Slot(in.path())
	src := &inputSource{id: in.ID, scope: in.Scope, slot: slot, measure: s.def.Measure.Text, sign: 1, at: n.At}
	if src.measure == "" {
		switch {
		case strings.HasSuffix(in.ID, "_percent"):
			src.measure = "percent"
		case in.ID == "price" || strings.HasSuffix(in.ID, "_price"):
			src.measure = "price"
		default:
			src.measure = "amount"
		}
	}
	if s.def.Effect.Text == "discount" || s.def.Effect.Text == "" && strings.HasPrefix(in.ID, "discount") {
		src.sign = -1
	}
	s.input = src
}

func (c *compiler) rounding(s *step) {
	d := s.def.Round
	if d == nil {
		return
	}
	c.among(d.Each, "each", "", "line", "unit")
	mode, err := money.ParseMode(d.Mode.Text)
	if err != nil {
		c.mistakes.Add(d.Mode.At, "%s", err)
	}
	s.rounding, s.roundUnit = &money.Rounding{Mode: mode}, d.Each.Text == "unit"
	if d.To != nil {
		if d.To.Sign() <= 0 {
			c.mistakes.Add(d.At, "a step rounds to an increment above zero, not %s", d.To)
		}
		s.rounding.Increment = *d.To
	}
}

// quoteStep checks that a step for the whole quote reads nothing of a line.
func (c *compiler) quoteStep(s *step) {
	if !s.perQuote {
		if s.allocate != "" {
			c.mistakes.Add(s.def.Allocate.At, "allocate belongs to a step per quote")
		}
		return
	}
	if s.allocate == "" {
		s.allocate = "net"
	}
	fail := func(at fault.Position, name string) {
		c.mistakes.Add(at, "the step is per quote, but %s is of a line", name)
	}
	switch s.kind {
	case "condition", "options", "components", "subtotal":
		c.mistakes.Add(s.def.Per.At, "a %s step cannot be per quote", s.kind)
	case "table":
		if s.table != nil && s.table.perLine {
			fail(s.def.Table.At, "an input of table "+s.def.Table.Text)
		}
	case "input":
		if s.input != nil && s.input.scope == ScopeLine {
			fail(s.def.Input.At, "input "+s.def.Input.Text)
		}
	}
	formulas := []*formula.Formula{s.when, s.formula}
	for _, a := range s.entries {
		formulas = append(formulas, a.when, a.percent, a.amount)
	}
	for _, f := range formulas {
		if f == nil {
			continue
		}
		for _, v := range f.Variables() {
			if perLine(v.Name) {
				fail(v.At(), v.Name)
			}
		}
	}
}

// groups marks the last member of each exclusion group and refuses what would read a
// group before it is settled.
func (c *compiler) groups() {
	open := map[string]int{} // first member
	last := map[string]int{}
	for i, s := range c.steps {
		if s.group != "" {
			if _, ok := open[s.group]; !ok {
				open[s.group] = i
			}
			last[s.group] = i
		}
	}
	for group, end := range last {
		c.steps[end].groupEnd = true
		for i := open[group] + 1; i < end; i++ {
			c.settled(group, i)
		}
	}
	for i, s := range c.steps {
		for _, replaced := range s.replaces {
			for j := replaced + 1; j < i; j++ {
				if c.steps[j].kind == "subtotal" {
					c.mistakes.Add(s.def.At, "step %s replaces %s, which subtotal %s already counts", s.def.ID, c.steps[replaced].def.ID, c.steps[j].def.ID)
				}
			}
		}
	}
}

func (c *compiler) settled(group string, i int) {
	s := c.steps[i]
	if s.kind == "subtotal" {
		c.mistakes.Add(s.def.At, "subtotal %s stands between the steps of exclusion %s", s.def.ID, group)
		return
	}
	for _, b := range s.basis {
		if c.steps[b].group == group {
			c.mistakes.Add(s.def.At, "step %s reads %s before exclusion %s is settled", s.def.ID, c.steps[b].def.ID, group)
		}
	}
}
