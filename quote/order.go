package quote

import "time"

// The states of an order, as Order.Status has them.
const (
	OrderWaiting   = "waiting"   // the job is written
	OrderWritten   = "written"   // it is in the ERP, which has not answered
	OrderConfirmed = "confirmed" // it has the ERP's number
	OrderProblem   = "problem"   // see Order.Problem; the quote's state says how far it came
)

// Undelivered reports whether the order still has to be brought to the ERP or its
// answer is awaited.
func (q Quote) Undelivered() bool { return q.State == Accepted || q.State == Ordering }

// Placed is the change of a quote whose order was found in the ERP as it should be.
func (q Quote) Placed(at time.Time) (Change, error) {
	if err := q.check(place, system); err != nil {
		return Change{}, err
	}
	c := q.ordered(at, OrderWritten, "")
	c.Quote.State = Ordering
	c.Quote.Order.PlacedAt = &at
	c.note(system, "quote.ordering", q.Content, "order %s is in the ERP", c.Quote.Order.Reference)
	return *c, nil
}

// Confirmed is the change of a quote whose order was given a number by the ERP.
func (q Quote) Confirmed(number string, at time.Time) (Change, error) {
	if err := q.check(confirm, system); err != nil {
		return Change{}, err
	}
	c := q.ordered(at, OrderConfirmed, "")
	c.Quote.State = Ordered
	c.Quote.Order.Number = number
	c.note(system, "quote.ordered", q.Content, "order %s is %s in the ERP", c.Quote.Order.Reference, number)
	return *c, nil
}

// Troubled is the change of a quote whose order cannot go on until a person has looked
// at it. The state stays. It reports false when the problem is known already.
func (q Quote) Troubled(problem string, at time.Time) (Change, bool) {
	if !q.Undelivered() || q.Order == nil || q.Order.Status == OrderProblem && q.Order.Problem == problem {
		return Change{}, false
	}
	c := q.ordered(at, OrderProblem, problem)
	c.note(system, "quote.order_problem", q.Content, "%s", problem)
	return *c, true
}

// Untroubled is the change of a quote whose order's problem is gone while the ERP's
// answer is still awaited. It reports false when there was none.
func (q Quote) Untroubled(at time.Time) (Change, bool) {
	if q.State != Ordering || q.Order.Status != OrderProblem {
		return Change{}, false
	}
	c := q.ordered(at, OrderWritten, "")
	c.note(system, "quote.ordering", q.Content, "the problem of order %s is gone", c.Quote.Order.Reference)
	return *c, true
}

func (q Quote) ordered(at time.Time, status, problem string) *Change {
	c := begin(q, at)
	order := *q.Order
	order.Status, order.Problem = status, problem
	c.Quote.Order = &order
	return c
}
