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
	if slices.ContainsFunc(s.reads(), func(name string) bool { return confidential(name, c.steps) }) {
		return true
	}
	return slices.ContainsFunc(s.basis, func(i int) bool { return c.steps[i].cost && c.steps[i].statistical })
}
