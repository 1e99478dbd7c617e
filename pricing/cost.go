package pricing

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
)

// costNames are the names whose values not everybody may see.
var costNames = []string{"line.cost", "line.unit_cost", "line.margin", "line.margin_percent",
	"product.cost", "quote.cost", "quote.margin", "quote.margin_percent"}

// confidential reports whether a name stands for a cost, a margin, or the amount of a
// statistical step that shows one. The amount of any other step is part of the price.
func confidential(name string, steps []step) bool {
	if id, ok := strings.CutPrefix(name, "price."); ok {
		return slices.ContainsFunc(steps, func(s step) bool { return s.id == id && s.cost && s.statistical })
	}
	return slices.Contains(costNames, name)
}

func readsCost(vs []*formula.Variable, steps []step) bool {
	return slices.ContainsFunc(vs, func(v *formula.Variable) bool { return confidential(v.Name, steps) })
}

// showsCost reports whether a step's trace shows what something costs: its source, its
// condition or its basis reads it.
func (c *compiler) showsCost(s *step) bool {
	formulas := []*formula.Formula{s.when, s.formula, s.sum}
	for _, e := range s.adjustments.rules {
		formulas = append(formulas, e.when, e.percent, e.amount)
	}
	for _, f := range formulas {
		if f != nil && readsCost(f.Variables(), c.steps) {
			return true
		}
	}
	if s.table != nil && slices.ContainsFunc(s.table.columns, func(col column) bool { return confidential(col.name, c.steps) }) {
		return true
	}
	return slices.ContainsFunc(s.basis, func(i int) bool { return c.steps[i].cost && c.steps[i].statistical })
}
