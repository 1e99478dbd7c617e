package server

import (
	"context"
	"time"

	"quotewright/money"
	"quotewright/quote"
)

// FullOrder is the order of an accepted quote.
type FullOrder struct {
	Reference string        `json:"reference" doc:"Ours: the quote's number."`
	Quote     string        `json:"quote"`
	Number    string        `json:"number,omitempty" doc:"The ERP's, once it has answered."`
	Status    string        `json:"status" enum:"waiting,written,confirmed,problem"`
	Problem   string        `json:"problem,omitempty"`
	PlacedAt  *time.Time    `json:"placed_at,omitempty"`
	Lines     []OrderLine   `json:"lines" nullable:"false"`
	Total     *money.Amount `json:"total,omitempty" doc:"Net, as it was accepted."`
	Currency  string        `json:"currency"`
}

// OrderLine is a line as it was ordered.
type OrderLine struct {
	ID         string        `json:"id"`
	SKU        string        `json:"sku"`
	PartNumber string        `json:"part_number,omitempty"`
	Quantity   string        `json:"quantity"`
	Unit       string        `json:"unit,omitempty"`
	UnitPrice  *money.Amount `json:"unit_price,omitempty"`
	Net        *money.Amount `json:"net,omitempty"`
}

func (s *Server) getOrder(ctx context.Context, in *struct {
	ID string `path:"id" doc:"Our reference or the ERP's number."`
}) (*body[FullOrder], error) {
	q, err := s.Store.Ordered(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	revision, err := s.Store.Revision(ctx, q.ID, q.Revision)
	if err != nil {
		return nil, err
	}
	full, err := readRevision(ctx, revision)
	if err != nil {
		return nil, err
	}
	return reply(orderOf(q, full.Evaluation)), nil
}

func orderOf(q quote.Quote, e *quote.Evaluation) FullOrder {
	o := FullOrder{Reference: q.Order.Reference, Quote: q.ID, Number: q.Order.Number, Status: q.Order.Status, Problem: q.Order.Problem,
		PlacedAt: q.Order.PlacedAt, Lines: []OrderLine{}, Total: e.Totals.Net, Currency: e.Currency}
	for _, l := range e.Lines {
		if !l.Optional {
			o.Lines = append(o.Lines, OrderLine{ID: l.ID, SKU: l.SKU, PartNumber: l.PartNumber, Quantity: l.Quantity, Unit: l.Unit,
				UnitPrice: l.UnitPrice, Net: l.Net})
		}
	}
	return o
}
