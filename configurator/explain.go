package configurator

import (
	"slices"

	"quotewright/internal/formula"
)

// The limits of what explanations list and try.
const (
	maxRepairs     = 5
	maxRepairTries = 200
)

// explainer finds out why something does not fit with choices.
type explainer struct {
	*engine
	choices []picked
}

// picked is a readable choice with the variables it fixes.
type picked struct {
	feature  int
	value    formula.Value
	literals []literal
}

// conflict explains why a value does not fit: by a minimal set of choices and
// constraints, and by the repairs.
func (e *explainer) conflict(goal []literal) Conflict {
	c := Conflict{Choices: []Choice{}, Constraints: []ConstraintRef{}, Repairs: []Repair{}}
	kept, ok := e.guilty(indexes(len(e.choices)), goal)
	if !ok {
		return c
	}
	for _, i := range kept {
		c.Choices = append(c.Choices, Choice{e.m.features[e.choices[i].feature].ID, e.choices[i].value})
	}
	for _, k := range e.constraints(kept, goal) {
		c.Constraints = append(c.Constraints, ConstraintRef{e.m.constraints[k].id, e.m.constraints[k].message})
	}
	c.Repairs = e.repairs(kept, goal)
	return c
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// literals joins what some choices and a goal fix.
func (e *explainer) literals(choices []int, goal []literal) []literal {
	all := slices.Clone(goal)
	for _, i := range choices {
		all = append(all, e.choices[i].literals...)
	}
	return all
}

// guilty returns a minimal set of the choices that exclude the goal; false when the goal is
// not known to be excluded. One after the other is tried without: what that needs not, it
// is not asked about.
func (e *explainer) guilty(choices []int, goal []literal) (kept []int, ok bool) {
	if e.possible(e.literals(choices, goal), nil) != no {
		return nil, false
	}
	kept = slices.Clone(choices)
	blamed := e.blamed
	for i := 0; i < len(kept); {
		without := slices.Delete(slices.Clone(kept), i, i+1)
		switch {
		case !slices.ContainsFunc(e.choices[kept[i]].literals, func(l literal) bool { return blamed[l] }):
			kept = without
		case e.possible(e.literals(without, goal), nil) == no:
			kept, blamed = without, e.blamed
		default:
			i++
		}
	}
	return kept, true
}

// constraints returns a minimal set of the constraints, in order, under which the choices
// exclude the goals, each of them.
func (e *explainer) constraints(choices []int, goals ...[]literal) []int {
	on := make([]bool, len(e.m.constraints))
	for k := range on {
		on[k] = true
	}
	excluded := func(on []bool) ([]bool, bool) {
		needed := make([]bool, len(on))
		for _, goal := range goals {
			if e.possible(e.literals(choices, goal), on) != no {
				return nil, false
			}
			for k := range needed {
				needed[k] = needed[k] || e.active[k]
			}
		}
		return needed, true
	}
	needed, ok := excluded(on)
	if !ok {
		return nil
	}
	var kept []int
	for k := range on {
		if !needed[k] {
			on[k] = false
			continue
		}
		on[k] = false
		if less, ok := excluded(on); ok {
			needed = less
		} else {
			on[k] = true
			kept = append(kept, k)
		}
	}
	return kept
}

// repairs lists the smallest sets of choices to give up so that the goal fits, by
// size, then in the order of the features. Each set hits every conflict: sets grow by
// the choices of a conflict that they do not hit yet.
func (e *explainer) repairs(first []int, goal []literal) []Repair {
	repairs, conflicts := []Repair{}, [][]int{first}
	var found [][]int
	level, tries := [][]int{{}}, 0
	for len(level) > 0 && len(found) < maxRepairs {
		var next [][]int
		for _, drop := range level {
			if slices.ContainsFunc(found, func(f []int) bool { return within(f, drop) }) {
				continue
			}
			if tries++; tries > maxRepairTries || len(found) == maxRepairs {
				break
			}
			conflict, fits := e.unhit(conflicts, drop, goal)
			if fits {
				found = append(found, drop)
				continue
			}
			if !slices.ContainsFunc(conflicts, func(c []int) bool { return slices.Equal(c, conflict) }) {
				conflicts = append(conflicts, conflict)
			}
			for _, i := range conflict {
				grown := append(slices.Clone(drop), i)
				slices.Sort(grown)
				next = append(next, grown)
			}
		}
		slices.SortFunc(next, slices.Compare)
		level = slices.CompactFunc(next, slices.Equal)
	}
	for _, drop := range found {
		var repair Repair
		for _, i := range drop {
			repair.GiveUp = append(repair.GiveUp, e.m.features[e.choices[i].feature].ID)
		}
		repairs = append(repairs, repair)
	}
	return repairs
}

// unhit returns a conflict that none of the dropped choices is in, or that the goal
// fits without them. An answer that the limit cut off is no repair, and has no
// conflict to go on from.
func (e *explainer) unhit(conflicts [][]int, drop []int, goal []literal) (conflict []int, fits bool) {
	for _, c := range conflicts {
		if !slices.ContainsFunc(c, func(i int) bool { return slices.Contains(drop, i) }) {
			return c, false
		}
	}
	rest := slices.DeleteFunc(indexes(len(e.choices)), func(i int) bool { return slices.Contains(drop, i) })
	if e.possible(e.literals(rest, goal), nil) == yes {
		return nil, true
	}
	kept, _ := e.guilty(rest, goal)
	return kept, false
}

func within(small, large []int) bool {
	return !slices.ContainsFunc(small, func(i int) bool { return !slices.Contains(large, i) })
}

// because names a minimal set of constraints that, with the choices, leave variables
// no other value than they have.
func (e *explainer) because(values []literal) []string {
	goals := make([][]literal, len(values))
	for i, l := range values {
		l.not = true
		goals[i] = []literal{l}
	}
	var ids []string
	for _, k := range e.constraints(indexes(len(e.choices)), goals...) {
		ids = append(ids, e.m.constraints[k].id)
	}
	return ids
}
