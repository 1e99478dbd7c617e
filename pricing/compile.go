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
	clusters []cluster
	index    map[string]int // steps by id
	tables   map[string]*table
	types    map[string]*conditionType
	used     map[string]bool // names that formulas, tables and input steps read
	indexes  int
	accesses int // of condition types
	gates    int
	mistakes fault.Mistakes
}

// reads notes the names that a formula or template reads.
func (c *compiler) reads(variables []*formula.Variable) {
	for _, v := range variables {
		c.used[v.Name] = true
	}
}

func (c *compiler) step(d StepDefinition) {
	s := step{def: d, id: d.ID, title: d.Title, choose: choice(d.Choose.Text), group: d.Exclusion.Text, allocate: d.Allocate.Text, cluster: -1}
	if at, twice := c.index[d.ID]; twice {
		c.mistakes.Add(d.At, "the step %s is there twice; the other is in line %d", d.ID, c.steps[at].def.At.Line)
	}
	if d.ID == "" {
		c.mistakes.Add(d.At, "this step has no id")
	}
	c.words(d)
	s.perQuote, s.perUnit = d.Per.Text == "quote", d.Per.Text == "unit"
	s.excluded = d.ExcludeFrom.Text == "net"
	s.included = d.Included
	s.statistical = d.Statistical || d.Guidance.Text != "" || d.Sum.Text != ""
	s.source = &Source{File: d.At.File, Line: d.At.Line}
	s.min, s.max = numOf(d.Min), numOf(d.Max)
	s.when = c.optional(d.When, formula.Boolean)
	s.gate = c.gate(s.when)
	s.basis = c.earlier(d.Basis, "basis")
	s.replaces = c.replaces(d.Replaces)
	c.stepSource(&s)
	if s.kind != "" && (s.condition != nil || s.kind != "condition") && (s.table != nil || s.kind != "table") {
		s.nothing = s.whyNothing()
	}
	c.rounding(&s)
	c.override(&s)
	if d.Min != nil && d.Max != nil && d.Min.GreaterThan(*d.Max) {
		c.mistakes.Add(d.At, "min %s is more than max %s", d.Min, d.Max)
	}
	c.amountCurrency(&s)
	c.taxes(&s)
	c.quoteStep(&s)
	s.cost = c.showsCost(&s)
	s.oneLine = s.looksAtOneLine()
	i := len(c.steps)
	c.steps = append(c.steps, s)
	if d.ID != "" {
		c.index[d.ID] = i
		c.scope.declareStep(d.ID, i)
		if s.sum != nil {
			c.scope.declare("sum."+d.ID, formula.Number, number(func(r *run, _ *lineRun) money.Num { return r.sums[i] }))
		}
	}
}

func numOf(d *decimal.Decimal) *money.Num {
	if d == nil {
		return nil
	}
	n := money.NumOf(*d)
	return &n
}

// words checks the keys that take one of a few words.
func (c *compiler) words(d StepDefinition) {
	c.among(d.Choose, "choose", "", "all", "first", "best", "worst")
	c.among(d.Per, "per", "", "unit", "line", "quote")
	c.among(d.Allocate, "allocate", "", "net", "quantity", "weight", "equal", "none")
	c.among(d.ExcludeFrom, "exclude_from", "", "net")
	c.among(d.Measure, "measure", "", "percent", "amount", "price")
	c.among(d.Effect, "effect", "", "discount", "surcharge")
	c.among(d.Guidance, "guidance", "", "floor", "target", "stretch")
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

// replaces finds the steps that a step takes the place of.
func (c *compiler) replaces(names []Name) []int {
	found := c.earlier(names, "replaces")
	for _, n := range names {
		i, ok := c.index[n.Text]
		if !ok {
			continue
		}
		replaced := &c.steps[i]
		replaced.replaced = true
		switch {
		case replaced.kind == "subtotal", replaced.kind == "sum", replaced.kind == "term":
			c.mistakes.Add(n.At, "%s is a %s, which adds no amount of its own that could be replaced", n.Text, replaced.kind)
		case replaced.included:
			c.mistakes.Add(n.At, "%s is a tax that the price includes; it cannot be replaced", n.Text)
		}
	}
	return found
}

// stepSource compiles the one source of a step.
func (c *compiler) stepSource(s *step) {
	d := s.def
	sources := []struct {
		kind string
		set  bool
	}{
		{"condition", d.Condition.Text != ""}, {"table", d.Table.Text != ""}, {"formula", d.Formula.Text != ""},
		{"adjustments", len(d.Adjustments) > 0}, {"input", d.Input.Text != ""}, {"options", d.Options.Text != ""},
		{"components", d.Components.Text != ""}, {"subtotal", d.Subtotal}, {"sum", d.Sum.Text != ""}, {"rounding", d.Rounding != nil},
		{"free_goods", len(d.FreeGoods) > 0}, {"bundles", len(d.Bundles) > 0}, {"coupons", d.Coupons != nil}, {"term", d.Term != nil},
	}
	var set, every []string
	for _, x := range sources {
		every = append(every, x.kind)
		if x.set {
			set = append(set, x.kind)
		}
	}
	switch len(set) {
	case 1:
		s.kind = set[0]
	case 0:
		last := len(every) - 1
		c.mistakes.Add(d.At, "step %s has no source: %s or %s", d.ID, strings.Join(every[:last], ", "), every[last])
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
	case "sum":
		s.sum = c.optional(d.Sum, formula.Number)
	case "rounding":
		s.roundTo = c.roundingOf(d.Rounding)
		c.among(d.Rounding.Each, "each", "")
	case "free_goods":
		c.freeGoods(s)
	case "bundles":
		c.bundles(s)
	case "coupons":
		c.coupons(s)
	case "term":
		c.term(s)
	}
	if s.choose == "" {
		s.choose = chooseAll
	}
}

func (c *compiler) conditionType(s *step, n Name, fallback choice) {
	def, ok := c.schema.Conditions[n.Text]
	if !ok {
		c.mistakes.Add(n.At, "unknown condition type %s", n.Text)
		return
	}
	typ, ok := c.types[n.Text]
	if !ok {
		typ = c.compileType(def)
		c.types[n.Text] = typ
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
		t = c.compileTable(def)
		c.tables[n.Text] = t
	}
	s.table = t
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
	var entries []adjustment
	for _, d := range s.def.Adjustments {
		ids(d.ID, d.At)
		a := adjustment{id: d.ID, title: d.Title, when: c.optional(d.When, formula.Boolean),
			percent: c.optional(d.Percent, formula.Number), amount: c.optional(d.Amount, formula.Number),
			source: &Source{File: d.At.File, Line: d.At.Line, Record: d.ID}}
		if (d.Percent.Text == "") == (d.Amount.Text == "") {
			c.mistakes.Add(d.At, "adjustment %s needs either percent or amount", d.ID)
		}
		c.among(d.Per, "per", "", "unit", "line")
		a.perUnit = d.Per.Text == "unit" || d.Per.Text == "" && s.def.Per.Text == "unit"
		a.gate = c.gate(a.when)
		entries = append(entries, a)
	}
	s.adjustments = newRuleSet(c, entries, func(a *adjustment) *formula.Formula { return a.when })
}

func (c *compiler) findInput(n Name, kind formula.Kind) (InputDefinition, bool) {
	at := slices.IndexFunc(c.schema.Inputs, func(in InputDefinition) bool { return in.ID == n.Text })
	if at < 0 {
		c.mistakes.Add(n.At, "unknown input %s: rulebook.yaml declares no such input", n.Text)
		return InputDefinition{}, false
	}
	in := c.schema.Inputs[at]
	if in.Kind != kind {
		c.mistakes.Add(n.At, "input %s is a %s, but a step needs a %s", n.Text, in.Kind, kind)
		return in, false
	}
	c.used[in.path()] = true
	return in, true
}

// inputSource reads from the input's name what the step's keys do not say.
func (c *compiler) inputSource(s *step) {
	n := s.def.Input
	in, ok := c.findInput(n, formula.Number)
	if !ok {
		return
	}
	slot, _ := c.scope.env.Slot(in.path())
	src := &inputSource{id: in.ID, scope: in.Scope, slot: slot, measure: s.def.Measure.Text,
		source: &Source{File: n.At.File, Line: n.At.Line, Record: in.ID}}
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
	src.lowers = s.def.Effect.Text == "discount" || s.def.Effect.Text == "" && strings.HasPrefix(in.ID, "discount")
	s.input = src
}

// override lets an input take the place of a record's value.
func (c *compiler) override(s *step) {
	n := s.def.Override
	if n.Text == "" {
		return
	}
	if s.kind != "condition" {
		c.mistakes.Add(n.At, "override changes the value of a condition record; this is a %s step", s.kind)
		return
	}
	if in, ok := c.findInput(n, formula.Number); ok {
		slot, _ := c.scope.env.Slot(in.path())
		s.override = &inputSource{id: in.ID, scope: in.Scope, slot: slot, source: &Source{File: n.At.File, Line: n.At.Line, Record: in.ID}}
	}
}

func (c *compiler) roundingOf(d *RoundDefinition) *rounding {
	mode, err := money.ParseMode(d.Mode.Text)
	if err != nil {
		c.mistakes.Add(d.Mode.At, "%s", err)
	}
	r := &rounding{each: d.Each.Text, rule: money.Rounding{Mode: mode}}
	if d.To != nil {
		if d.To.Sign() <= 0 {
			c.mistakes.Add(d.At, "a step rounds to an increment above zero, not %s", d.To)
		}
		r.rule.Increment = *d.To
	}
	return r
}

func (c *compiler) rounding(s *step) {
	d := s.def.Round
	if d == nil {
		return
	}
	c.among(d.Each, "each", "", "line", "unit", "document")
	s.round = c.roundingOf(d)
	if s.round.each == "document" && (s.perQuote || s.kind == "subtotal") {
		c.mistakes.Add(d.At, "each: document rounds the sum of a step's amounts on the lines; it does not go with this step")
	}
	if s.round.each == "document" && s.input == nil && s.override == nil && (s.min != nil || s.max != nil) {
		c.mistakes.Add(d.At, "each: document rounds the sum of a step's amounts on the lines; min and max, which are limits of each line, do not go with it")
	}
}

// amountCurrency resolves in which currency a step's amounts are.
func (c *compiler) amountCurrency(s *step) {
	n := s.def.Currency
	switch n.Text {
	case "", "quote":
		return
	case "company":
		s.currency = c.schema.Company.Code
		return
	}
	if _, err := money.ParseCurrency(n.Text); err != nil {
		c.mistakes.Add(n.At, "currency: %s", err)
	}
	s.currency = n.Text
}

// taxes checks steps that are not part of net.
func (c *compiler) taxes(s *step) {
	if s.included && !s.excluded {
		c.mistakes.Add(s.def.At, "included is for a tax: exclude_from: net")
	}
	if s.included && (s.perQuote || s.group != "") {
		c.mistakes.Add(s.def.At, "an included tax is computed on the lines; it cannot be per quote or in an exclusion")
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
	if s.allocate == "none" && (s.group != "" || len(s.replaces) > 0) {
		c.mistakes.Add(s.def.Allocate.At, "an amount that is not allocated takes part in no exclusion and replaces nothing")
	}
	fail := func(at fault.Position, name string) {
		c.mistakes.Add(at, "the step is per quote, but %s is of a line", name)
	}
	switch s.kind {
	case "condition", "options", "components", "subtotal", "sum", "free_goods", "bundles", "coupons", "term":
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
	for _, a := range s.adjustments.rules {
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
