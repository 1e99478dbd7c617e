package configurator

import (
	"quotewright/internal/formula"
)

// maxRepairs is how many repairs an explanation lists.
const maxRepairs = 5

// explain finds a minimal set of the fitting choices and of the constraints that
// exclude a choice, by dropping one after the other, and its repairs.
func (m *Model) explain(fitting []picked, p picked) Conflict {
	kept := append([]picked(nil), fitting...)
	off := make([]bool, len(m.constraints))
	for i := 0; i < len(kept); {
		without := append(append([]picked(nil), kept[:i]...), kept[i+1:]...)
		if m.consistent(together(without, p), off) {
			i++
		} else {
			kept = without
		}
	}
	for k := range m.constraints {
		off[k] = true
		if m.consistent(together(kept, p), off) {
			off[k] = false
		}
	}
	c := Conflict{Choices: []Choice{}, Constraints: m.named(off), Repairs: m.repairs(fitting, p)}
	for _, k := range kept {
		c.Choices = append(c.Choices, Choice{m.features[k.feature].ID, k.value})
	}
	return c
}

func together(choices []picked, p picked) map[int]int {
	fixed := map[int]int{}
	for _, c := range choices {
		for v, x := range c.values {
			fixed[v] = x
		}
	}
	for v, x := range p.values {
		fixed[v] = x
	}
	return fixed
}

// named lists the constraints that are not off.
func (m *Model) named(off []bool) []ConstraintRef {
	list := []ConstraintRef{}
	for k, c := range m.constraints {
		if !off[k] {
			list = append(list, ConstraintRef{c.id, c.message})
		}
	}
	return list
}

// repairs lists the smallest sets of choices to give up for p, in the order of the
// features; a set that holds a smaller one is left out.
func (m *Model) repairs(fitting []picked, p picked) []Repair {
	list := []Repair{}
	var found [][]int
	for size := 1; size <= min(3, len(fitting)) && len(list) < maxRepairs; size++ {
		subsets(len(fitting), size, func(drop []int) bool {
			for _, f := range found {
				if within(f, drop) {
					return true
				}
			}
			var kept []picked
			for i, c := range fitting {
				if !contains(drop, i) {
					kept = append(kept, c)
				}
			}
			if m.consistent(together(kept, p), nil) {
				found = append(found, append([]int(nil), drop...))
				repair := Repair{}
				for _, i := range drop {
					repair.GiveUp = append(repair.GiveUp, m.features[fitting[i].feature].ID)
				}
				list = append(list, repair)
			}
			return len(list) < maxRepairs
		})
	}
	return list
}

// subsets calls visit with every subset of 0..n−1 of a size until it returns false.
func subsets(n, size int, visit func([]int) bool) {
	subset := make([]int, size)
	var fill func(at, from int) bool
	fill = func(at, from int) bool {
		if at == size {
			return visit(subset)
		}
		for i := from; i < n; i++ {
			subset[at] = i
			if !fill(at+1, i+1) {
				return false
			}
		}
		return true
	}
	fill(0, 0)
}

func contains(list []int, x int) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

func within(small, large []int) bool {
	for _, x := range small {
		if !contains(large, x) {
			return false
		}
	}
	return true
}

// because names a minimal set of constraints that leave a feature no other value.
func (m *Model) because(fitting []picked, f *feature, left map[int]int) []string {
	off := make([]bool, len(m.constraints))
	for k := range m.constraints {
		off[k] = true
		if m.otherwise(fitting, f, left, off) {
			off[k] = false
		}
	}
	var ids []string
	for _, c := range m.named(off) {
		ids = append(ids, c.ID)
	}
	return ids
}

// otherwise reports whether the feature could have another value.
func (m *Model) otherwise(fitting []picked, f *feature, left map[int]int, off []bool) bool {
	fixed := together(fitting, picked{})
	for v, x := range left {
		for y := range m.variables[v].values {
			if y != x && m.consistent(cloneWith(fixed, v, y), off) {
				return true
			}
		}
	}
	return false
}

// exclude explains every option that is not offered: of features that the user chose,
// as seen without that choice.
func (s *State) exclude(fitting []picked, fixed map[int]int, values [][]bool) {
	m := s.model
	s.Excluded = map[string]map[string]Conflict{}
	for i := range m.features {
		f := &m.features[i]
		if f.Kind == KindInteger {
			continue
		}
		var others []picked
		for _, p := range fitting {
			if p.feature != i {
				others = append(others, p)
			}
		}
		for n := range f.count {
			for x, value := range m.variables[f.first+n].values {
				v := f.first + n
				chosen := f.Kind == KindSelect && x == 0 // leaving an option out is no pick
				if chosen || values[v][x] || m.consistent(cloneWith(together(others, picked{}), v, x), nil) {
					continue
				}
				if s.Excluded[f.ID] == nil {
					s.Excluded[f.ID] = map[string]Conflict{}
				}
				key := value
				if f.Kind == KindSelect {
					key = formula.OfText(f.Options[n].ID)
				}
				s.Excluded[f.ID][key.String()] = m.explain(others, picked{feature: i, value: key, values: map[int]int{v: x}})
			}
		}
	}
}
