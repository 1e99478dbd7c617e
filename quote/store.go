package quote

import (
	"context"

	"quotewright/catalog"
)

// Store keeps quotes. Every method is one transaction.
type Store interface {
	// Quote returns a quote by its ID or its number, or fault.NotFound.
	Quote(ctx context.Context, id string) (Quote, error)
	// Ordered returns the quote of an order by our reference or the ERP's number, or
	// fault.NotFound.
	Ordered(ctx context.Context, order string) (Quote, error)
	// List returns quotes, newest change first, and the cursor of the next page ("" at the end).
	List(ctx context.Context, filter Filter) (page []Quote, next string, err error)
	// Revision returns one revision, or fault.NotFound.
	Revision(ctx context.Context, quote string, number int) (Revision, error)
	// Revisions returns all revisions of a quote, oldest first.
	Revisions(ctx context.Context, quote string) ([]Revision, error)
	// Events returns the audit log of a quote, oldest first.
	Events(ctx context.Context, quote string) ([]Event, error)
	// Commit writes a change whole or not at all. A coupon that is used up is
	// fault.Conflict; a quote that is not accepted any more gives its coupons back. A new quote (Change.Expect 0) gets its
	// number here. It fails with fault.Stale when the quote's version is not
	// Change.Expect any more, and with fault.Conflict when the idempotency key was used
	// with other content; when it was used with the same content, the stored quote is
	// returned and nothing is written.
	Commit(ctx context.Context, change Change) (Quote, error)
	// Redemptions says how often accepted quotes have used coupons, by all customers and by
	// one.
	Redemptions(ctx context.Context, customer string, coupons []string) (map[string]Redemption, error)
	// Repeated returns the stored quote when an idempotency key was used with the same
	// content, and fails with fault.Conflict when it was used with other content.
	Repeated(ctx context.Context, key IdempotencyKey) (q Quote, repeated bool, err error)
}

// Filter narrows a list of quotes; empty fields do not.
type Filter struct {
	State    State
	Customer string
	Deal     string // "crm/id"
	Text     string // part of number, title or customer name
	// ValidBefore finds quotes whose last valid day is before this one.
	ValidBefore catalog.Date
	After       string // cursor of the page before
	Limit       int    // 0: 50
}

// Change is everything that happens to a quote at once.
type Change struct {
	Expect   int // version before; 0: a new quote
	Quote    Quote
	Revision *Revision // a new one; its Quote and Number are those of Quote
	Coupons  []Coupon  // that the quote uses up by being accepted
	Events   []Event
	Jobs     []Job
	Key      *IdempotencyKey
}

// IdempotencyKey makes a repeated request harmless.
type IdempotencyKey struct {
	Key     string
	Actor   string // keys of different callers do not meet
	Content string // hash of operation and body
}

// Job is background work that starts after, and only if, the transaction that wrote it
// is committed. It runs at least once.
type Job interface{ Kind() string }

// DeliverOrder writes the order of an accepted quote to the ERP.
type DeliverOrder struct {
	Quote string `json:"quote"`
}

// Kind names the job.
func (DeliverOrder) Kind() string { return "deliver_order" }

// PublishEvent sends an event to every subscriber.
type PublishEvent struct {
	Event string `json:"event"`
}

// Kind names the job.
func (PublishEvent) Kind() string { return "publish_event" }
