package pricing

import (
	"github.com/shopspring/decimal"

	"quotewright/money"
)

// finish rounds each line's net and computes its figures, then sums the totals.
func (r *run) finish() {
	for _, l := range r.active() {
		r.finishLine(l)
	}
	var lines []*lineRun
	for _, l := range r.active() {
		if !l.in.Optional {
			lines = append(lines, l)
		}
	}
	r.totals = r.sum(lines)
}

func (r *run) finishLine(l *lineRun) {
	tax, reduced := decimal.Zero, decimal.Zero
	listed := false
	for i := range r.model.steps {
		s := &r.model.steps[i]
		switch {
		case s.kind == "subtotal":
			listed = true
		case s.def.Statistical:
		case s.excluded:
			tax = tax.Add(l.amounts[i])
		case listed && l.amounts[i].Sign() < 0:
			reduced = reduced.Sub(l.amounts[i])
		}
	}
	exact := l.running.Sub(tax)
	net := money.Rounding{Increment: r.in.Currency.MinorUnit(), Mode: r.model.schema.NetRounding}.Round(exact)
	if difference := net.Sub(exact); !difference.IsZero() {
		l.steps = append(l.steps, StepResult{ID: "rounding", Kind: "rounding", Amount: r.amount(difference), Running: r.amount(l.running.Add(difference))})
	}
	if !l.listed {
		l.list = net
	}
	list, discount := r.in.Currency.Round(l.list), r.in.Currency.Round(reduced)
	l.figures = r.figures(list, discount, net, tax, l.in.Cost, l.in.WeightKg)
	l.price = r.unitPrice(net, l.in.Quantity)
}

// unitPrice is net ÷ quantity with as few digits as give the net again, at least the
// currency's and at most four more.
func (r *run) unitPrice(net, quantity decimal.Decimal) decimal.Decimal {
	digits := r.in.Currency.Digits
	for extra := int32(0); ; extra++ {
		price := net.DivRound(quantity, digits+extra)
		if extra == 4 || r.in.Currency.Round(price.Mul(quantity)).Equal(net) && (extra > 0 || price.Mul(quantity).Equal(net)) {
			return price
		}
	}
}

func (r *run) figures(list, discount, net, tax decimal.Decimal, cost *decimal.Decimal, weight decimal.Decimal) Figures {
	f := Figures{List: r.amount(list), Discount: r.amount(discount), Net: r.amount(net), Tax: r.amount(tax),
		Gross: r.amount(net.Add(tax)), DiscountPercent: share(discount, list), WeightKg: weight}
	if cost == nil {
		return f
	}
	c, margin := r.amount(r.in.Currency.Round(*cost)), r.amount(net.Sub(r.in.Currency.Round(*cost)))
	f.Cost, f.Margin = &c, &margin
	if !net.IsZero() {
		p := share(margin.Decimal(), net)
		f.MarginPercent = &p
	}
	return f
}

// share returns part in percent of whole to two places, 0 of nothing.
func share(part, whole decimal.Decimal) decimal.Decimal {
	if whole.IsZero() {
		return decimal.Zero
	}
	return part.Mul(money.Hundred).DivRound(whole, 2)
}

func (r *run) sum(lines []*lineRun) Totals {
	var list, discount, net, tax, cost, weight decimal.Decimal
	known := true
	for _, l := range lines {
		f := l.figures
		list, discount, net, tax = list.Add(f.List.Decimal()), discount.Add(f.Discount.Decimal()), net.Add(f.Net.Decimal()), tax.Add(f.Tax.Decimal())
		weight = weight.Add(f.WeightKg)
		if known = known && f.Cost != nil; known {
			cost = cost.Add(f.Cost.Decimal())
		}
	}
	if !known {
		return r.figures(list, discount, net, tax, nil, weight)
	}
	return r.figures(list, discount, net, tax, &cost, weight)
}

func (r *run) result(approvals []Approval) Result {
	res := Result{Totals: r.totals, Approvals: approvals, Messages: r.messages}
	for _, l := range r.lines {
		out := LineResult{ID: l.in.ID, Failed: l.failed, Steps: l.steps}
		if !l.failed {
			out.Figures, out.UnitPrice = l.figures, r.amount(l.price)
		}
		res.Lines = append(res.Lines, out)
	}
	return res
}
