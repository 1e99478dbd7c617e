// Package erp connects to the ERP: what every connector can do, what an order is, and
// how the order of an accepted quote is delivered. DESIGN.md states the guarantee.
package erp

import (
	"context"

	"quotewright/catalog"
)

// Connector is one ERP. It must be safe for concurrent use.
type Connector interface {
	// Changes returns what changed in the catalog since a cursor, and the next cursor. The
	// empty cursor asks for everything.
	Changes(ctx context.Context, cursor string) (catalog.Delta, string, error)

	// FindOrder returns the order with our reference as the ERP has it, or fault.NotFound.
	// Once CreateOrder has succeeded, it finds the order.
	FindOrder(ctx context.Context, reference string) (Placed, error)

	// CreateOrder writes an order. When there is one with the same reference, whatever it
	// holds, nothing is written and the error is fault.Conflict. Any other error leaves
	// open whether the order was written: the caller looks before trying again.
	CreateOrder(ctx context.Context, order Order) error
}

// Placed is an order as the ERP has it.
type Placed struct {
	Order
	Number  string // the ERP's; "": no answer yet
	Status  string // the ERP's word; see Refused
	Message string // the ERP's, for people
}

// statusRejected is the word with which an ERP refuses an order.
const statusRejected = "rejected"

// Refused reports whether the ERP does not take the order.
func (p Placed) Refused() bool { return p.Status == statusRejected }
