package quote

import (
	"quotewright/money"
	"quotewright/pricing"
)

// maxMonths bounds a term: a hundred years.
const maxMonths = 1200

// readTerm works out from when to when a line runs. A line that says nothing about it has
// no term.
func (r *evaluator) readTerm(l *line) {
	q := l.request
	end := q.End
	if end.IsZero() && q.Months == 0 {
		end = r.request.End
	}
	if end.IsZero() && q.Months == 0 {
		return
	}
	t := &pricing.Term{Start: q.Start, End: end}
	if t.Start.IsZero() {
		t.Start = r.request.Date
	}
	switch {
	case !q.End.IsZero() && q.Months != 0:
		r.fail(l, "bad_term", "The line has an end and a number of months; give one of them.")
		return
	case q.Months < 0 || q.Months > maxMonths:
		r.fail(l, "bad_term", "A term has 1 to %d months, not %d.", maxMonths, q.Months)
		return
	case q.Months > 0:
		t.End = pricing.EndAfter(t.Start, q.Months)
	}
	if t.End.Before(t.Start) || t.End.Year-t.Start.Year > maxMonths/12 {
		r.fail(l, "bad_term", "The term from %s to %s cannot be.", t.Start, t.End)
		return
	}
	for _, step := range q.Ramp {
		quantity, err := money.Parse(string(step.Quantity))
		if err != nil || quantity.Sign() < 0 {
			r.fail(l, "bad_term", "The quantity from %s on is %q, which is not a quantity.", step.From, step.Quantity)
			return
		}
		t.Ramp = append(t.Ramp, pricing.RampStep{From: step.From, Quantity: money.NumOf(quantity)})
	}
	l.term = t
}
