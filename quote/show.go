package quote

import (
	"quotewright/bom"
	"quotewright/money"
	"quotewright/pricing"
)

// show is the document of a line. priced is nil when it never came to pricing.
func (r *evaluator) show(l *line, priced *pricing.LineResult) EvaluatedLine {
	out := EvaluatedLine{ID: l.request.ID, SKU: l.request.SKU, Quantity: string(l.request.Quantity), Unit: l.request.Unit, Optional: l.request.Optional}
	if l.product != nil {
		out.SKU, out.Name = l.product.SKU, l.product.Name
		if l.request.SKU != l.product.SKU {
			out.Alias = l.request.SKU
		}
	}
	if l.unit != "" {
		out.Unit = l.unit
	}
	if l.quantity.Sign() != 0 {
		out.Quantity = l.quantity.String()
	}
	if l.state != nil {
		out.PartNumber, out.Configuration = l.state.PartNumber, r.configurationOf(l)
	}
	if priced == nil || l.failed {
		return out
	}
	if r.trace != pricing.TraceNone {
		out.Components = componentsOf(l.made.Components)
	}
	out.Availability = r.availabilityOf(l)
	out.Steps = priced.Steps
	out.Guidance, out.Recurring = guidanceOf(priced.Guidance), recurringOf(priced.Recurring, r.currency)
	out.Refused = priced.Refused
	if !priced.Failed {
		out.amounts(priced)
	}
	return out
}

// configurationOf shares the document of a state between the lines that share it.
func (r *evaluator) configurationOf(l *line) *Configuration {
	c, known := r.shown[l.state]
	if !known {
		c = showConfiguration(l.state)
		r.shown[l.state] = c
	}
	return c
}

func (out *EvaluatedLine) amounts(priced *pricing.LineResult) {
	f := &priced.Figures
	out.UnitPrice = &priced.UnitPrice
	out.List, out.Discount, out.Net, out.Tax, out.Gross = &f.List, &f.Discount, &f.Net, &f.Tax, &f.Gross
	out.DiscountPercent = &f.DiscountPercent
	out.Cost, out.Margin, out.MarginPercent = f.Cost, f.Margin, f.MarginPercent
}

func totalsOf(f *pricing.Totals) Totals {
	return Totals{List: &f.List, Discount: &f.Discount, DiscountPercent: &f.DiscountPercent, Net: &f.Net, Tax: &f.Tax, Gross: &f.Gross,
		Cost: f.Cost, Margin: f.Margin, MarginPercent: f.MarginPercent, OneOff: f.OneOff, Recurring: f.Recurring, TCV: f.TCV, ARR: f.ARR}
}

func guidanceOf(g *pricing.Guidance) *Guidance {
	if g == nil {
		return nil
	}
	return &Guidance{Floor: g.Floor, Target: g.Target, Stretch: g.Stretch, Position: g.Position, ShowsCost: g.Cost}
}

func recurringOf(t *pricing.Recurring, currency money.Currency) *Recurring {
	if t == nil {
		return nil
	}
	out := &Recurring{Period: t.Period, PerPeriod: &t.PerPeriod, Annual: &t.Annual, Start: t.Start, End: t.End, Charges: make([]Charge, len(t.Charges))}
	for i, c := range t.Charges {
		amount := currency.AmountOf(c.Amount)
		out.Charges[i] = Charge{From: c.From, To: c.To, Amount: &amount}
	}
	return out
}

func componentsOf(made []bom.Component) []Component {
	var out []Component
	for _, c := range made {
		out = append(out, Component{Level: c.Level, Position: c.Position, SKU: c.SKU, Name: c.Name, Quantity: c.Quantity.Round(9).String(),
			Unit: c.Unit, Assembly: c.Assembly, UnitCost: c.UnitCost, Cost: c.Cost})
	}
	return out
}

func (r *evaluator) availabilityOf(l *line) *Availability {
	a, out := l.made.Availability, &r.there[l.index]
	*out = Availability{Date: a.Date, FromStock: a.FromStock.String(), LeadTimeDays: a.LeadTimeDays,
		Late: !l.request.Requested.IsZero() && a.Date.After(l.request.Requested)}
	return out
}
