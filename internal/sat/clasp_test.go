package sat

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// opb writes a problem for pseudo-Boolean solvers (the format of the PB competitions).
func (p problem) opb() string {
	var s strings.Builder
	row := func(relation string, need int64, terms ...Term) {
		for _, t := range terms {
			sign := ""
			if t.Lit.Negative() {
				sign = "~"
			}
			fmt.Fprintf(&s, "%+d %sx%d ", t.Weight, sign, t.Lit.Var()+1)
		}
		fmt.Fprintf(&s, "%s %d ;\n", relation, need)
	}
	ones := func(literals []Lit) (terms []Term) {
		for _, l := range literals {
			terms = append(terms, Term{l, 1})
		}
		return terms
	}
	fmt.Fprintf(&s, "* #variable= %d #constraint= %d\n", p.vars, len(p.clauses)+len(p.groups)+len(p.sums))
	for _, c := range p.clauses {
		row(">=", 1, ones(c)...)
	}
	for _, g := range p.groups {
		row("=", 1, ones(g)...)
	}
	for _, c := range p.sums {
		row(">=", c.need, c.terms...)
	}
	return s.String()
}

// clasp asks Debian's clasp.
func clasp(t *testing.T, problem string) Result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "clasp", "--quiet", "1", "-")
	cmd.Stdin = strings.NewReader(problem)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) { // its exit codes tell the outcome
		t.Fatal(err)
	}
	switch text := string(out); {
	case strings.Contains(text, "s SATISFIABLE"):
		return Sat
	case strings.Contains(text, "s UNSATISFIABLE"):
		return Unsat
	default:
		t.Fatalf("clasp: %s", text)
		return Unknown
	}
}

// hard draws a problem as hard as its size allows: groups of values, clauses of three about
// as many as decide it, and sums with a budget.
func hard(r *rand.Rand) problem {
	p := problem{vars: 60 + r.IntN(80)}
	for first := 0; first+5 <= p.vars/2; first += 5 {
		var group []Lit
		for v := first; v < first+5; v++ {
			group = append(group, Pos(v))
		}
		p.groups = append(p.groups, group)
	}
	some := func(n int) (list []Lit) {
		for _, v := range r.Perm(p.vars)[:n] {
			l := Pos(v)
			if r.IntN(2) == 0 {
				l = l.Not()
			}
			list = append(list, l)
		}
		return list
	}
	for range p.vars * (200 + r.IntN(120)) / 100 {
		p.clauses = append(p.clauses, some(3))
	}
	for range 3 {
		c := sum{}
		total := int64(0)
		for _, l := range some(12) {
			t := Term{l, 1 + r.Int64N(20)}
			total += t.Weight
			c.terms = append(c.terms, t)
		}
		c.need = total * (50 + r.Int64N(20)) / 100
		p.sums = append(p.sums, c)
	}
	return p
}

// TestAgainstClasp compares with another solver what is too large for brute force.
func TestAgainstClasp(t *testing.T) {
	if _, err := exec.LookPath("clasp"); err != nil {
		t.Skip("clasp is not installed: make setup does it on Debian and Ubuntu")
	}
	r := rand.New(rand.NewPCG(11, 12))
	outcomes := map[Result]int{}
	for range 150 {
		p := hard(r)
		s := &Solver{}
		for s.Vars() < p.vars {
			s.AddVar()
		}
		for _, c := range p.clauses {
			s.AddClause(c...)
		}
		for _, g := range p.groups {
			s.AddGroup(g...)
		}
		for _, c := range p.sums {
			s.AddAtLeast(c.need, c.terms...)
		}
		got, want := s.Solve(t.Context(), nil, Limits{}), clasp(t, p.opb())
		if outcomes[got]++; got != want {
			t.Fatalf("%d, clasp says %d:\n%s", got, want, p.opb())
		}
	}
	t.Logf("%d with a model, %d without", outcomes[Sat], outcomes[Unsat])
	if outcomes[Sat] < 20 || outcomes[Unsat] < 20 {
		t.Errorf("not both outcomes: %v", outcomes)
	}
}
