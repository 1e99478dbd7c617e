package sat

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// problem is a drawn one, as data.
type problem struct {
	vars    int
	clauses [][]Lit
	groups  [][]Lit
	sums    []sum // terms and need
	odd     [][]Lit
}

func literal(t *rapid.T, vars int) Lit {
	l := Pos(rapid.IntRange(0, vars-1).Draw(t, "variable"))
	if rapid.Bool().Draw(t, "not") {
		return l.Not()
	}
	return l
}

func literals(t *rapid.T, vars, most int) []Lit {
	var list []Lit
	for range rapid.IntRange(1, most).Draw(t, "literals") {
		list = append(list, literal(t, vars))
	}
	return list
}

// distinct are literals of different variables.
func distinct(t *rapid.T, vars, most int) []Lit {
	list := literals(t, vars, most)
	slices.SortFunc(list, func(a, b Lit) int { return a.Var() - b.Var() })
	return slices.CompactFunc(list, func(a, b Lit) bool { return a.Var() == b.Var() })
}

func drawProblem(t *rapid.T) problem {
	p := problem{vars: rapid.IntRange(1, 12).Draw(t, "variables")}
	grouped := map[Lit]bool{}
	for range rapid.IntRange(0, 2).Draw(t, "groups") {
		group := slices.DeleteFunc(distinct(t, p.vars, 6), func(l Lit) bool { return grouped[l] })
		for _, l := range group {
			grouped[l] = true
		}
		if len(group) > 0 {
			p.groups = append(p.groups, group)
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "sums") {
		var s sum
		for _, l := range distinct(t, p.vars, 8) {
			s.terms = append(s.terms, Term{l, rapid.Int64Range(1, 9).Draw(t, "weight")})
		}
		s.need = rapid.Int64Range(-2, 25).Draw(t, "need")
		p.sums = append(p.sums, s)
	}
	for range rapid.IntRange(0, 30).Draw(t, "clauses") {
		p.clauses = append(p.clauses, literals(t, p.vars, 4))
	}
	for range rapid.IntRange(0, 2).Draw(t, "parities") {
		p.odd = append(p.odd, distinct(t, p.vars, 5))
	}
	return p
}

// holds says whether all conditions hold where the bits of a number are the variables.
func (p problem) holds(model int) bool {
	is := func(l Lit) bool { return (model>>l.Var()&1 == 1) != l.Negative() }
	for _, c := range p.clauses {
		if !slices.ContainsFunc(c, is) {
			return false
		}
	}
	for _, g := range p.groups {
		n := 0
		for _, l := range g {
			if is(l) {
				n++
			}
		}
		if n != 1 {
			return false
		}
	}
	for _, s := range p.sums {
		total := int64(0)
		for _, t := range s.terms {
			if is(t.Lit) {
				total += t.Weight
			}
		}
		if total < s.need {
			return false
		}
	}
	for _, o := range p.odd {
		n := 0
		for _, l := range o {
			if is(l) {
				n++
			}
		}
		if n%2 == 0 {
			return false
		}
	}
	return true
}

// possible says whether a model has all assumptions.
func (p problem) possible(assumptions []Lit) bool {
	for model := range 1 << p.vars {
		fits := p.holds(model)
		for _, l := range assumptions {
			fits = fits && (model>>l.Var()&1 == 1) != l.Negative()
		}
		if fits {
			return true
		}
	}
	return false
}

// parity is a Propagator: an odd number of its literals is true.
type parity []Lit

func (o parity) Propagate(s *Solver) []Lit {
	var why []Lit
	open, last, odd := 0, Lit(0), false
	for _, l := range o {
		switch s.Value(l) {
		case 0:
			open++
			last = l
		case 1:
			odd = !odd
			why = append(why, l.Not())
		default:
			why = append(why, l)
		}
	}
	switch {
	case open == 0 && !odd:
		return why
	case open == 1 && odd:
		s.Imply(last.Not(), why)
	case open == 1:
		s.Imply(last, why)
	}
	return nil
}

// load gives a solver the conditions in some order.
func (p problem) load(t *rapid.T, s *Solver) {
	for s.Vars() < p.vars {
		s.AddVar()
	}
	var add []func()
	for _, c := range p.clauses {
		add = append(add, func() { s.AddClause(c...) })
	}
	for _, g := range p.groups {
		add = append(add, func() { s.AddGroup(g...) })
	}
	for _, c := range p.sums {
		add = append(add, func() {
			if rapid.Bool().Draw(t, "at most") { // the same from the other side
				all, opposite := int64(0), []Term{}
				for _, x := range c.terms {
					all += x.Weight
					opposite = append(opposite, Term{x.Lit.Not(), x.Weight})
				}
				s.AddAtMost(all-c.need, opposite...)
				return
			}
			s.AddAtLeast(c.need, c.terms...)
		})
	}
	for _, o := range p.odd {
		variables := []int{}
		for _, l := range o {
			variables = append(variables, l.Var())
		}
		add = append(add, func() { s.AddPropagator(parity(o), variables) })
	}
	for _, f := range rapid.Permutation(add).Draw(t, "order") {
		f()
		if rapid.IntRange(0, 5).Draw(t, "solve between") == 0 {
			s.Solve(t.Context(), literals(t, p.vars, 3), Limits{})
		}
	}
}

// TestSolve compares with trying all models: outcomes, models, and that the assumptions
// blamed exclude each other.
func TestSolve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		s := &Solver{MaxLearnt: rapid.SampledFrom([]int{0, 1, 5}).Draw(t, "most learnt")}
		p.load(t, s)
		assumptions := []Lit{}
		for range rapid.IntRange(1, 12).Draw(t, "calls") {
			if len(assumptions) > 0 {
				assumptions = assumptions[:rapid.IntRange(0, len(assumptions)).Draw(t, "kept")]
			}
			for range rapid.IntRange(0, 3).Draw(t, "more") {
				assumptions = append(assumptions, literal(t, p.vars))
			}
			var wishes []Lit
			if rapid.Bool().Draw(t, "wish") {
				wishes = literals(t, p.vars, 5)
			}
			want := Unsat
			if p.possible(assumptions) {
				want = Sat
			}
			got := s.Solve(t.Context(), assumptions, Limits{Wishes: wishes})
			if got != want {
				t.Fatalf("%d, want %d, under %v: %+v", got, want, assumptions, p)
			}
			if got == Sat {
				model := 0
				for v := range p.vars {
					if s.Value(Pos(v)) > 0 {
						model |= 1 << v
					}
				}
				if !p.holds(model) || slices.ContainsFunc(assumptions, func(l Lit) bool { return s.Value(l) <= 0 }) {
					t.Fatalf("no model of %+v under %v: %b", p, assumptions, model)
				}
				continue
			}
			core := slices.Clone(s.Core())
			if slices.ContainsFunc(core, func(l Lit) bool { return !slices.Contains(assumptions, l) }) || p.possible(core) {
				t.Fatalf("%v is not to blame under %v: %+v", core, assumptions, p)
			}
		}
	})
}

// TestImplied checks that what propagation draws is so in every model.
func TestImplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		s := &Solver{}
		p.load(t, s)
		assumptions := literals(t, p.vars, 3)
		implied, ok := s.Implied(assumptions)
		if !ok && p.possible(assumptions) {
			t.Fatalf("%v is possible: %+v", assumptions, p)
		}
		for _, l := range implied {
			if p.possible(append(slices.Clone(assumptions), l.Not())) {
				t.Fatalf("%v does not follow from %v: %+v", l, assumptions, p)
			}
		}
	})
}

// holes is the problem of so many pigeons in one hole less.
func holes(pigeons int) *Solver {
	s := &Solver{}
	in := make([][]Lit, pigeons)
	for p := range in {
		for range pigeons - 1 {
			in[p] = append(in[p], Pos(s.AddVar()))
		}
		s.AddClause(in[p]...)
	}
	for hole := range pigeons - 1 {
		for p := range in {
			for q := range p {
				s.AddClause(in[p][hole].Not(), in[q][hole].Not())
			}
		}
	}
	return s
}

func TestBudget(t *testing.T) {
	s := holes(9)
	if got := s.Solve(t.Context(), nil, Limits{Conflicts: 50}); got != Unknown || s.Stats.Conflicts != 50 {
		t.Errorf("%d after %d dead ends", got, s.Stats.Conflicts)
	}
	if got := holes(7).Solve(t.Context(), nil, Limits{}); got != Unsat {
		t.Errorf("seven pigeons fit into six holes: %d", got)
	}
}

func TestLuby(t *testing.T) {
	var got []int
	for i := range 15 {
		got = append(got, luby(i+1))
	}
	if fmt.Sprint(got) != "[1 1 2 1 1 2 4 1 1 2 1 1 2 4 8]" {
		t.Error(got)
	}
}
