package webhooks

import (
	"context"
	"fmt"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// received is one verified message; its id makes each change it makes happen once.
type received struct {
	*Receiver
	id string
}

// actor is the CRM itself, as the audit log shows it.
func (m received) actor() quote.Actor {
	return quote.Actor{Name: m.CRM, Role: quote.RoleIntegration}
}

func (m received) key(step string) string { return "webhook " + m.id + " " + step }

// change creates the deal's quote or gives its draft a new revision. A quote that is
// past draft only gets an event: what was sent or approved is not changed silently.
func (m received) change(ctx context.Context, c dealChange) (quote.Quote, error) {
	if c.Deal.ID == "" {
		return quote.Quote{}, fault.New(fault.Invalid, "deal_missing", "The event does not name its deal.")
	}
	request := quote.Request{SalesModel: c.SalesModel, Customer: c.Customer, Currency: c.Currency, Date: c.Date, Inputs: c.Inputs, Lines: c.Lines}
	q, err := m.newest(ctx, c.Deal.ID)
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && q.State == quote.Cancelled:
		return m.Quotes.Create(ctx, m.actor(), quote.New{
			Title: c.Deal.Name, Deal: &quote.Deal{CRM: m.CRM, ID: c.Deal.ID, Name: c.Deal.Name}, Request: request}, m.key("create"))
	case err != nil:
		return q, err
	case q.State == quote.Draft:
		return m.Quotes.Update(ctx, m.actor(), q.ID, q.Version, quote.Patch{Request: &request}, m.key("update"))
	}
	return m.Quotes.Note(ctx, m.actor(), q.ID, "deal.changed",
		fmt.Sprintf("The deal changed in the CRM while the quote was %s. Revise the quote to take the change over.", q.State), m.key("note"))
}

// newest returns the deal's quote that changed last.
func (m received) newest(ctx context.Context, deal string) (quote.Quote, error) {
	page, _, err := m.Quotes.Store.List(ctx, quote.Filter{Deal: m.CRM + "/" + deal, Limit: 1})
	if err != nil {
		return quote.Quote{}, fmt.Errorf("find the quote of deal %s: %w", deal, err)
	}
	if len(page) == 0 {
		return quote.Quote{}, fault.New(fault.NotFound, "unknown_deal", "The deal %q has no quote.", deal)
	}
	return page[0], nil
}

// find returns the quote an event is about: the one it names, else the deal's newest.
// A named quote must belong to the deal.
func (m received) find(ctx context.Context, e dealEnd) (quote.Quote, error) {
	if e.Quote == "" {
		return m.newest(ctx, e.Deal.ID)
	}
	q, err := m.Quotes.Store.Quote(ctx, e.Quote)
	if err == nil && (q.Deal == nil || q.Deal.CRM != m.CRM || q.Deal.ID != e.Deal.ID) {
		return q, fault.New(fault.Invalid, "wrong_deal", "The quote %s does not belong to the deal %q.", q.Number, e.Deal.ID)
	}
	return q, err
}

// won carries the quote to acceptance, as far as nobody has to decide on the way. It
// stops where an approval is open, and says so on the quote.
func (m received) won(ctx context.Context, e dealEnd) (quote.Quote, error) {
	q, err := m.find(ctx, e)
	if err != nil {
		return q, err
	}
	for _, step := range []struct {
		from   quote.State
		action quote.Action
	}{{quote.Draft, quote.Submit}, {quote.Approved, quote.Send}, {quote.Sent, quote.Accept}} {
		if q.State != step.from {
			continue
		}
		q, err = m.Quotes.Do(ctx, m.actor(), q.ID, q.Version, step.action,
			quote.Details{Name: e.Name, Via: "webhook", Comment: "deal won in the CRM"}, m.key(string(step.action)))
		if err != nil {
			return q, err
		}
	}
	switch q.State {
	case quote.Accepted, quote.Ordering, quote.Ordered:
		return q, nil
	}
	return m.refused(ctx, q, "won")
}

// lost declines what the customer has seen and cancels what he has not.
func (m received) lost(ctx context.Context, e dealEnd) (quote.Quote, error) {
	q, err := m.find(ctx, e)
	if err != nil {
		return q, err
	}
	action := quote.Cancel
	switch q.State {
	case quote.Declined, quote.Cancelled, quote.Expired:
		return q, nil
	case quote.Accepted, quote.Ordering, quote.Ordered:
		return m.refused(ctx, q, "lost")
	case quote.Sent:
		action = quote.Decline
	}
	return m.Quotes.Do(ctx, m.actor(), q.ID, q.Version, action,
		quote.Details{Comment: e.Reason, Via: "webhook"}, m.key(string(action)))
}

// refused leaves an event on the quote and tells the CRM why nothing more happened.
func (m received) refused(ctx context.Context, q quote.Quote, end string) (quote.Quote, error) {
	text := fmt.Sprintf("The deal was %s in the CRM, but the quote %s is %s.", end, q.Number, q.State)
	if q.State == quote.InApproval {
		text = fmt.Sprintf("The deal was %s in the CRM, but approvals of the quote %s are still open.", end, q.Number)
	}
	if _, err := m.Quotes.Note(ctx, m.actor(), q.ID, "deal."+end, text, m.key("note")); err != nil {
		return q, err
	}
	return q, fault.New(fault.Conflict, "not_"+end, "%s", text)
}
