package rulebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// gap is a range of numbers that no row is for, between two rows that are the same
// otherwise.
type gap struct {
	dimension     int
	before, after int // rows
	box           box
}

// gaps reports what is left out between the ranges of rows with the same other cells,
// unless another row is for it.
func (t *decisionTable) gaps() {
	var found []gap
	for d := range t.space.dimensions {
		if t.ranged(d) {
			found = append(found, t.gapsOf(d)...)
		}
	}
	if len(found) == 0 {
		return
	}
	list := t.boxes()
	for i, g := range found {
		list = append(list, alternative{len(t.rows) + i, g.box})
	}
	verdicts := reachable(t.space.sizes(), len(list), list)[len(t.rows):]
	for i, g := range found {
		if verdicts[i] == reached {
			t.reportGap(t.narrowed(g))
		}
	}
}

// narrowed leaves out of a gap what single rows are for.
func (t *decisionTable) narrowed(g gap) gap {
	d := g.dimension
	rest := g.box[d]
	for _, row := range t.rows {
		whole := slices.Clone(row.box)
		whole[d] = g.box[d]
		if whole.contains(g.box) {
			rest = rest.and(row.box[d].complement(t.space.dimensions[d].size()))
		}
	}
	if len(rest) > 0 {
		g.box = slices.Clone(g.box)
		g.box[d] = rest[:1]
	}
	return g
}

// ranged reports whether the rows bound a number from both sides.
func (t *decisionTable) ranged(dimension int) bool {
	low, high := false, false
	for i, c := range t.columns {
		if c != nil && t.place[i] == dimension && c.Kind == formula.Number {
			low, high = low || strings.HasPrefix(c.Op, ">"), high || strings.HasPrefix(c.Op, "<")
		}
	}
	return low && high
}

func (t *decisionTable) gapsOf(dimension int) []gap {
	groups := map[string][]int{}
	var order []string
	for i, row := range t.rows {
		if len(row.box[dimension]) != 1 {
			continue
		}
		key := row.key(dimension)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	var found []gap
	for _, key := range order {
		rows := groups[key]
		slices.SortStableFunc(rows, func(a, b int) int {
			return cmp.Compare(t.rows[a].box[dimension][0].lo, t.rows[b].box[dimension][0].lo)
		})
		last := rows[0]
		for _, i := range rows[1:] {
			this, end := t.rows[i].box[dimension][0], t.rows[last].box[dimension][0].hi
			if this.lo > end {
				b := slices.Clone(t.rows[i].box)
				b[dimension] = sections{{end, this.lo}}
				if g := (gap{dimension, last, i, b}); !t.betweenWholes(g) {
					found = append(found, g)
				}
			}
			if this.hi > end {
				last = i
			}
		}
	}
	return found
}

// measured are the names whose fractions matter. Quantities are mostly counted, so that
// 9 and 10 have nothing between them.
var measured = []string{"weight_kg", "cost", "unit_cost"}

func (t *decisionTable) betweenWholes(g gap) bool {
	name := t.space.dimensions[g.dimension].name
	root, field, _ := strings.Cut(name, ".")
	if root == "price" || root == "sum" || root == "rate" || slices.Contains(measured, field) {
		return false
	}
	from, to := t.edges(g)
	low, high := from.value.Number(), to.value.Number()
	if !low.IsInteger() || !high.IsInteger() {
		return false
	}
	return from.after && !to.after && low.Add(one).Equal(high)
}

func (t *decisionTable) edges(g gap) (from, to *cut) {
	return t.space.dimensions[g.dimension].place(g.box[g.dimension][0])
}

func (t *decisionTable) reportGap(g gap) {
	from, to := t.edges(g)
	name := t.space.dimensions[g.dimension].name
	text := fmt.Sprintf("%s from %s", name, from.value)
	if from.after {
		text = fmt.Sprintf("%s above %s", name, from.value)
	}
	switch {
	case !from.after && to.after && from.value.Equal(to.value):
		text = fmt.Sprintf("%s %s", name, from.value)
	case to.after:
		text += fmt.Sprintf(" up to %s", to.value)
	default:
		text += fmt.Sprintf(" to below %s", to.value)
	}
	t.mistakes.add("gaps between rows", fault.SeverityWarning, t.rows[g.after].at(), "no row is for %s, which is between the one in line %d and this one",
		text, t.rows[g.before].at().Line)
}
