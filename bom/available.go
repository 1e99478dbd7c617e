package bom

import (
	"slices"

	"quotewright/catalog"
	"quotewright/money"
)

// free is what the sites have of a product and have not promised.
func (e *exploder) free(sku string) money.Num {
	return Free(e.view, sku, e.in.Sites)
}

// Free returns the stock of a product that is not reserved, over the sites; no sites
// means all.
func Free(view *catalog.View, sku string, sites []string) money.Num {
	var sum money.Num
	stock := view.Stock(sku)
	for i := range stock {
		s := &stock[i]
		if len(sites) == 0 || slices.Contains(sites, s.Site) {
			sum = sum.Add(money.MaxNum(money.NumOf(s.OnHand).Sub(money.NumOf(s.Reserved)), money.Num{}))
		}
	}
	return sum
}

// available says when the whole quantity can be there: from stock, with what is on its
// way, or made. Made, it takes its lead time after the last of its components is there;
// a component that stock does not cover, over all its uses, arrives or is made itself.
// A configured product is always made.
func (e *exploder) available(root *node) Availability {
	free := money.Num{}
	if e.in.State == nil {
		free = e.free(root.product.SKU)
	}
	a := Availability{Date: e.in.Date, FromStock: money.MinNum(free, e.in.Quantity)}
	if free.Cmp(e.in.Quantity) >= 0 {
		return a
	}
	a.LeadTimeDays = e.wait(root, e.in.Quantity.Sub(a.FromStock))
	if e.in.State == nil {
		if days, ok := e.arrival(root.product.SKU, e.in.Quantity.Sub(free)); ok {
			a.LeadTimeDays = min(a.LeadTimeDays, days)
		}
	}
	a.Date = e.in.Date.AddDays(a.LeadTimeDays)
	return a
}

// wait is how many days a quantity takes to make. What is needed of a product is known
// once everything it is in is done, and how long it takes once its components are.
func (e *exploder) wait(root *node, quantity money.Num) int {
	if len(root.items) == 0 {
		return root.product.LeadTimeDays
	}
	needed, waits := make([]money.Num, len(e.order)), make([]int, len(e.order)) // what stock above does not cover; days until it is there
	needed[root.place] = quantity
	for i := len(e.order) - 1; i >= 0; i-- {
		n := e.order[i]
		if needed[i].Sign() <= 0 {
			continue
		}
		if n != root {
			if needed[i] = needed[i].Sub(e.free(n.product.SKU)); needed[i].Sign() <= 0 {
				continue
			}
		}
		for j := range n.items {
			it := &n.items[j]
			needed[it.node.place] = needed[it.node.place].Add(times(needed[i], it.quantity))
		}
	}
	for i, n := range e.order {
		if needed[i].Sign() <= 0 {
			continue
		}
		for j := range n.items {
			waits[i] = max(waits[i], waits[n.items[j].node.place])
		}
		waits[i] += n.product.LeadTimeDays
		if n == root {
			continue
		}
		if days, ok := e.arrival(n.product.SKU, needed[i]); ok {
			waits[i] = min(waits[i], days)
		}
	}
	return waits[root.place]
}

// arrival returns in how many days what is on its way brings as much as stock lacks.
func (e *exploder) arrival(sku string, short money.Num) (days int, ok bool) {
	stock := e.view.Stock(sku)
	if len(stock) == 0 {
		return 0, false
	}
	if !slices.ContainsFunc(stock, func(s catalog.Stock) bool { return s.Incoming.Sign() > 0 }) {
		return 0, false
	}
	arrivals := slices.DeleteFunc(slices.Clone(stock), func(s catalog.Stock) bool {
		return s.Incoming.Sign() <= 0 || s.IncomingDate.IsZero() || !e.counts(s)
	})
	slices.SortStableFunc(arrivals, func(a, b catalog.Stock) int { return a.IncomingDate.DaysSince(b.IncomingDate) })
	for _, s := range arrivals {
		if short = short.Sub(money.NumOf(s.Incoming)); short.Sign() <= 0 {
			return max(0, s.IncomingDate.DaysSince(e.in.Date)), true
		}
	}
	return 0, false
}

func (e *exploder) counts(s catalog.Stock) bool {
	return len(e.in.Sites) == 0 || slices.Contains(e.in.Sites, s.Site)
}
