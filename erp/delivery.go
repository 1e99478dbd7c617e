package erp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// How long delivery waits before it looks again.
const (
	answerPause  = 200 * time.Millisecond // while the ERP has not given a number
	patience     = 2 * time.Minute        // after which the answer is looked for less often
	slowPause    = 15 * time.Second
	problemPause = time.Minute // while a person has to look at it
)

// Delivery brings the orders of accepted quotes to the ERP, exactly once in effect.
// See DESIGN.md.
type Delivery struct {
	Store     quote.Store
	Connector Connector
	Now       func() time.Time
}

// Deliver does what is left to do for the order of a quote. It may be called again at
// any time, also while it runs. It returns nil when the order is confirmed or nothing is
// to be delivered, fault.RetryLater while the ERP's answer is awaited or a problem
// stands, and any other error when the ERP or the store does not answer.
func (d Delivery) Deliver(ctx context.Context, job quote.DeliverOrder) error {
	q, err := d.Store.Quote(ctx, job.Quote)
	if err != nil {
		return fmt.Errorf("deliver the order of %s: %w", job.Quote, err)
	}
	if !q.Undelivered() {
		return nil
	}
	if err := d.deliver(ctx, q); err != nil {
		return fmt.Errorf("deliver the order of quote %s: %w", q.Number, err)
	}
	return nil
}

func (d Delivery) deliver(ctx context.Context, q quote.Quote) error {
	revision, err := d.Store.Revision(ctx, q.ID, q.Revision)
	if err != nil {
		return err
	}
	order, err := orderOf(q, revision)
	if err != nil {
		return d.trouble(ctx, q, err)
	}
	placed, err := d.place(ctx, q, order)
	if err != nil {
		return d.trouble(ctx, q, err)
	}
	if differences := order.differences(placed.Order); len(differences) > 0 {
		return d.problem(ctx, q, "The ERP has another order under "+order.Reference+": "+strings.Join(differences, "; "))
	}
	if q.State == quote.Accepted {
		change, err := q.Placed(d.Now())
		if err != nil {
			return err
		}
		if q, err = d.commit(ctx, change); err != nil {
			return err
		}
	}
	return d.answer(ctx, q, placed)
}

// place returns the order as the ERP has it, after creating it when it was never there.
func (d Delivery) place(ctx context.Context, q quote.Quote, order Order) (Placed, error) {
	placed, err := d.Connector.FindOrder(ctx, order.Reference)
	if !fault.Is(err, fault.NotFound) {
		return placed, err
	}
	if q.State == quote.Ordering {
		// It was seen there. Writing it again could make two of it.
		return placed, fault.New(fault.Conflict, "order_gone", "The order %s was in the ERP and is not any more. It is not written again.", order.Reference)
	}
	// Conflict: somebody created it since we looked. What is there decides, not who wrote it.
	if err := d.Connector.CreateOrder(ctx, order); err != nil && !fault.Is(err, fault.Conflict) {
		return Placed{}, err
	}
	return d.Connector.FindOrder(ctx, order.Reference)
}

// answer takes over what the ERP says to the order.
func (d Delivery) answer(ctx context.Context, q quote.Quote, placed Placed) error {
	switch {
	case placed.Refused():
		return d.problem(ctx, q, "The ERP refuses the order: "+orNothing(placed.Message))
	case placed.Number != "":
		change, err := q.Confirmed(placed.Number, d.Now())
		if err != nil {
			return err
		}
		_, err = d.commit(ctx, change)
		return err
	}
	if change, was := q.Untroubled(d.Now()); was {
		if _, err := d.commit(ctx, change); err != nil {
			return err
		}
	}
	return fault.RetryLater{After: d.pause(q), Reason: "the ERP has not answered"}
}

func orNothing(message string) string {
	if message == "" {
		return "it gives no reason"
	}
	return message
}

func (d Delivery) pause(q quote.Quote) time.Duration {
	if q.Order.PlacedAt != nil && d.Now().Sub(*q.Order.PlacedAt) > patience {
		return slowPause
	}
	return answerPause
}

// trouble shows an error that a person has to look at; others are tried again.
func (d Delivery) trouble(ctx context.Context, q quote.Quote, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		switch known.Kind {
		case fault.Invalid, fault.Conflict, fault.Denied:
			return d.problem(ctx, q, known.Text)
		}
	}
	return err
}

// problem shows on the quote why its order does not go on. Delivery looks again now and
// then, so it goes on by itself once the reason is gone.
func (d Delivery) problem(ctx context.Context, q quote.Quote, text string) error {
	if change, isNew := q.Troubled(text, d.Now()); isNew {
		if _, err := d.commit(ctx, change); err != nil {
			return err
		}
	}
	return fault.RetryLater{After: problemPause, Reason: text}
}

// commit writes a change. When the quote was changed meanwhile, it is looked at again.
func (d Delivery) commit(ctx context.Context, change quote.Change) (quote.Quote, error) {
	q, err := d.Store.Commit(ctx, change)
	if fault.Is(err, fault.Stale) {
		return q, fault.RetryLater{After: answerPause, Reason: err.Error()}
	}
	return q, err
}
