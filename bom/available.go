package bom

import (
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// free is what the sites have of a product and have not promised.
func (e *exploder) free(sku string) decimal.Decimal {
	return Free(e.view, sku, e.in.Sites)
}

// Free returns the stock of a product that is not reserved, over the sites; no sites
// means all.
func Free(view *catalog.View, sku string, sites []string) decimal.Decimal {
	sum := decimal.Zero
	for _, s := range view.Stock(sku) {
		if len(sites) == 0 || slices.Contains(sites, s.Site) {
			sum = sum.Add(decimal.Max(s.OnHand.Sub(s.Reserved), decimal.Zero))
		}
	}
	return sum
}

// available says when the whole quantity can be there: from stock, with what is on its
// way, or made: then every component that stock does not cover takes its lead time,
// the longest chain counts.
func (e *exploder) available(root *node) Availability {
	sku := root.product.SKU
	free := decimal.Zero
	if e.in.State == nil { // a configured product is made to order
		free = e.free(sku)
	}
	a := Availability{Date: e.in.Date, FromStock: decimal.Min(free, e.in.Quantity)}
	if free.GreaterThanOrEqual(e.in.Quantity) {
		return a
	}
	a.LeadTimeDays = e.wait(root, e.in.Quantity.Sub(a.FromStock))
	a.Date = e.in.Date.AddDays(a.LeadTimeDays)
	if e.in.State == nil {
		if on, ok := e.incoming(sku, free); ok && on.Before(a.Date) {
			a.Date, a.LeadTimeDays = on, on.DaysSince(e.in.Date)
		}
	}
	return a
}

// wait is how many days a quantity takes that stock does not cover.
func (e *exploder) wait(n *node, quantity decimal.Decimal) int {
	longest := 0
	for _, it := range n.items {
		needed := quantity.Mul(it.quantity)
		if short := needed.Sub(e.free(it.node.product.SKU)); short.Sign() > 0 {
			longest = max(longest, e.wait(it.node, short))
		}
	}
	return n.product.LeadTimeDays + longest
}

// incoming returns when what is on its way completes the quantity.
func (e *exploder) incoming(sku string, free decimal.Decimal) (catalog.Date, bool) {
	arrivals := slices.DeleteFunc(slices.Clone(e.view.Stock(sku)), func(s catalog.Stock) bool {
		return s.Incoming.Sign() <= 0 || s.IncomingDate.IsZero() || len(e.in.Sites) > 0 && !slices.Contains(e.in.Sites, s.Site)
	})
	slices.SortFunc(arrivals, func(a, b catalog.Stock) int { return a.IncomingDate.DaysSince(b.IncomingDate) })
	for _, s := range arrivals {
		free = free.Add(s.Incoming)
		if free.GreaterThanOrEqual(e.in.Quantity) {
			if s.IncomingDate.Before(e.in.Date) {
				return e.in.Date, true
			}
			return s.IncomingDate, true
		}
	}
	return catalog.Date{}, false
}
