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
	root, id, _ := strings.Cut(name, ".")
	switch root {
	case "sum", "rate":
		return slices.ContainsFunc(steps, func(s step) bool { return s.id == id && s.cost })
	case "price":
		return slices.ContainsFunc(steps, func(s step) bool { return s.id == id && s.cost && s.statistical })
	case "line":
		guidance, _, _ := strings.Cut(id, "_gap_")
		if slices.ContainsFunc(steps, func(s step) bool {
			return s.cost && s.def.Guidance.Text != "" && (guidance == s.def.Guidance.Text || guidance == "guidance")
		}) {
			return true
		}
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
	for _, f := range s.freeGoods {
		formulas = append(formulas, f.buy, f.get)
	}
	for _, b := range s.bundles {
		formulas = append(formulas, b.when)
	}
	if s.coupons != nil {
		for _, o := range s.coupons.offers {
			formulas = append(formulas, o.when)
		}
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
