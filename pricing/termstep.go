package pricing

import (
	"errors"

	"quotewright/money"
)

// termStep is a compiled term step.
type termStep struct{ plan termPlan }

func (c *compiler) term(s *step) {
	plan, problems := compileTerm(*s.def.Term)
	c.mistakes = append(c.mistakes, problems...)
	s.term = &termStep{plan}
}

type missingTerm struct{ error }

// fromTerm turns the price of one period into the amount of the whole term. The cost of
// the line is taken as that of one period, too.
func (r *run) fromTerm(s *step, l *lineRun, out *outcome) error {
	if l.in.Term == nil {
		return missingTerm{errors.New("the line needs an end or a number of months")}
	}
	if l.terms != nil {
		return errors.New("the line has a term already")
	}
	perPeriod := l.running
	charges, err := s.term.plan.charges(*l.in.Term, l.quantity, perPeriod, r.in.Currency, nil)
	if err != nil {
		return err
	}
	sum := sumOf(charges)
	if l.in.Cost != nil {
		flat := s.term.plan
		flat.uplift = false // prices rise with it, costs do not
		costs, err := flat.charges(*l.in.Term, l.quantity, *l.in.Cost, r.in.Currency, nil)
		if err != nil {
			return err
		}
		cost := sumOf(costs)
		l.cost = &cost
	}
	l.terms = &Recurring{Period: s.def.Term.Period.Text, PerPeriod: r.in.Currency.AmountOf(perPeriod),
		Annual: r.in.Currency.AmountOf(perPeriod.Mul(s.term.plan.perYear())), Start: l.in.Term.Start, End: l.in.Term.End, Charges: charges}
	out.found = append(out.found, candidate{id: s.id, amount: sum.Sub(perPeriod), source: s.source,
		note: r.put(l.in.Term.Start.String(), " to ", l.in.Term.End.String())})
	return nil
}

func sumOf(charges []Charge) money.Num {
	var sum money.Num
	for _, c := range charges {
		sum = sum.Add(c.Amount)
	}
	return sum
}

// overTerm brings what was computed for one period to the whole term.
func (l *lineRun) overTerm(n money.Num) money.Num {
	if l.terms.PerPeriod.IsZero() {
		return n
	}
	scaled, _ := n.Mul(sumOf(l.terms.Charges)).Divide(l.terms.PerPeriod.Num)
	return scaled
}
