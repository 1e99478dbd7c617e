package pricing

import (
	"slices"

	"quotewright/money"
)

// finish rounds each line's net and computes its figures, then sums the totals.
func (r *run) finish() {
	for n := range r.lines {
		if l := &r.lines[n]; !l.failed {
			r.finishLine(l)
		}
	}
	r.sum()
}

func (r *run) finishLine(l *lineRun) {
	var added, included, reduced money.Num
	listed := false
	for i := range r.model.steps {
		s := &r.model.steps[i]
		c := &l.cells[i]
		switch {
		case s.kind == "subtotal":
			listed = true
		case s.kind == "term" && c.counts() && l.terms != nil:
			if listed {
				l.list, reduced = l.overTerm(l.list), l.overTerm(reduced)
			}
		case s.statistical:
		case s.included:
			included = included.Add(c.amount)
		case s.excluded:
			added = added.Add(c.amount)
		case listed && c.amount.Sign() < 0:
			reduced = reduced.Sub(c.amount)
		}
	}
	exact := l.running.Sub(added)
	rule := money.Rounding{Increment: r.minorUnit, Mode: r.model.schema.NetRounding}
	price := rule.RoundNum(exact) // with the taxes that it includes
	if difference := price.Sub(exact); !difference.IsZero() && r.trace {
		l.steps = append(l.steps, Step{ID: "rounding", Kind: "rounding", Verdict: Applied, Amount: r.amount(difference),
			Running: r.amount(l.running.Add(difference))})
	}
	net := price.Sub(included)
	if !l.listed {
		l.list = net
	}
	list := rule.RoundNum(l.list)
	discount := list.Sub(rule.RoundNum(l.list.Sub(reduced))) // so that list less discount is a rounded price
	l.figures = r.figures(list, discount, net, added.Add(included), l.cost, l.in.WeightKg, l.list, reduced)
	l.price = r.unitPrice(net, l.quantity)
	r.guide(l)
	if l.terms != nil {
		spreadNet(l.terms.Charges, net, r.in.Currency)
	}
	if l.returned {
		l.negate()
	}
}

// unitPrice is net ÷ quantity with as few digits as give the net again, at least the
// currency's and at most four more.
func (r *run) unitPrice(net, quantity money.Num) money.Num {
	digits := r.in.Currency.Digits
	if quantity.IsZero() {
		return net
	}
	for extra := int32(0); ; extra++ {
		price := net.DivRound(quantity, digits+extra)
		back := price.Mul(quantity)
		if extra == 4 || back.Equal(net) || extra > 0 && back.Round(digits).Equal(net) {
			return price
		}
	}
}

func (r *run) figures(list, discount, net, tax money.Num, cost *money.Num, weight, exactList, exactDiscount money.Num) Figures {
	in := r.in.Currency
	f := Figures{List: in.AmountOf(list), Discount: in.AmountOf(discount), Net: in.AmountOf(net), Tax: in.AmountOf(tax),
		Gross: in.AmountOf(net.Add(tax)), DiscountPercent: share(exactDiscount, exactList), WeightKg: weight,
		exactList: exactList, exactDiscount: exactDiscount}
	if cost == nil {
		return f
	}
	rounded := cost.Round(in.Digits)
	f.Cost, f.Margin = r.amount(rounded), r.amount(net.Sub(rounded))
	if !net.IsZero() {
		p := r.rates.one()
		*p = share(f.Margin.Num, net)
		f.MarginPercent = p
	}
	return f
}

// share returns part in percent of whole to two places, 0 of nothing.
func share(part, whole money.Num) money.Num {
	if whole.IsZero() {
		return money.Num{}
	}
	return part.Mul(hundred).DivRound(whole, 2)
}

// guide compares a line's net with its guidance.
func (r *run) guide(l *lineRun) {
	for i := range r.model.steps {
		s := &r.model.steps[i]
		c := &l.cells[i]
		if s.def.Guidance.Text == "" || !c.counts() {
			continue
		}
		if l.guide == nil {
			l.guide = &Guidance{}
		}
		amount := r.amount(c.amount)
		l.guide.Cost = l.guide.Cost || s.cost
		switch s.def.Guidance.Text {
		case "floor":
			l.guide.Floor = amount
		case "target":
			l.guide.Target = amount
		default:
			l.guide.Stretch = amount
		}
	}
	if l.guide == nil {
		return
	}
	below := func(limit *money.Amount) bool { return limit != nil && l.figures.Net.Less(limit.Num) }
	switch {
	case below(l.guide.Floor):
		l.guide.Position = "below_floor"
	case below(l.guide.Target):
		l.guide.Position = "below_target"
	case below(l.guide.Stretch):
		l.guide.Position = "below_stretch"
	default:
		l.guide.Position = "above"
	}
}

// negate makes a return of a line that was priced as a sale.
func (l *lineRun) negate() {
	minus := func(amounts ...*money.Amount) {
		for _, a := range amounts {
			if a != nil {
				a.Num = a.Num.Neg()
			}
		}
	}
	f := &l.figures
	minus(&f.List, &f.Discount, &f.Net, &f.Tax, &f.Gross, f.Cost, f.Margin)
	f.exactList, f.exactDiscount, f.WeightKg = f.exactList.Neg(), f.exactDiscount.Neg(), f.WeightKg.Neg()
	if l.guide != nil {
		minus(l.guide.Floor, l.guide.Target, l.guide.Stretch)
	}
	if l.terms != nil {
		minus(&l.terms.PerPeriod, &l.terms.Annual)
		for i := range l.terms.Charges {
			l.terms.Charges[i].Amount = l.terms.Charges[i].Amount.Neg()
		}
	}
	for i := range l.steps {
		s := &l.steps[i]
		minus(s.Amount, s.Basis)
		if s.Running != s.Amount {
			minus(s.Running)
		}
	}
}

// sum adds up the lines that are not optional and not refused, and what stays with the
// quote.
func (r *run) sum() {
	var list, discount, net, tax, cost, weight, exactList, exactDiscount, oneOff, recurring, arr money.Num
	known, recurs := true, false
	for n := range r.lines {
		l := &r.lines[n]
		if l.failed || l.refused || l.in.Optional {
			continue
		}
		f := &l.figures
		list, discount, net, tax = list.Add(f.List.Num), discount.Add(f.Discount.Num), net.Add(f.Net.Num), tax.Add(f.Tax.Num)
		weight = weight.Add(f.WeightKg)
		exactList, exactDiscount = exactList.Add(f.exactList), exactDiscount.Add(f.exactDiscount)
		if known = known && f.Cost != nil; known {
			cost = cost.Add(f.Cost.Num)
		}
		if l.terms == nil {
			oneOff = oneOff.Add(f.Net.Num)
			continue
		}
		recurs, recurring, arr = true, recurring.Add(f.Net.Num), arr.Add(l.terms.Annual.Num)
	}
	for i := range r.loose {
		s := &r.model.steps[i]
		switch {
		case s.statistical:
		case s.excluded:
			tax = tax.Add(r.loose[i])
		default:
			net, oneOff = net.Add(r.loose[i]), oneOff.Add(r.loose[i])
			if r.loose[i].Sign() < 0 {
				discount, exactDiscount = discount.Sub(r.loose[i]), exactDiscount.Sub(r.loose[i])
			}
		}
	}
	total := &cost
	if !known {
		total = nil
	}
	r.totals.Figures = r.figures(list, discount, net, tax, total, weight, exactList, exactDiscount)
	if recurs {
		in := r.in.Currency
		r.totals.OneOff, r.totals.Recurring = r.amount(oneOff), r.amount(recurring)
		r.totals.TCV, r.totals.ARR = r.amount(oneOff.Add(recurring)), r.amount(arr.Round(in.Digits))
	}
}

// end makes the Result.
func (r *run) end(approvals []Approval) Result {
	res := r.result
	res.Totals, res.Approvals, res.Coupons = r.totals, approvals, r.usedCoupons()
	res.FreeGoods = r.freeGoodsGiven()
	for n := range r.lines {
		l := &r.lines[n]
		out := &res.Lines[n]
		*out = LineResult{ID: l.in.ID, Failed: l.failed, Refused: l.refused, Steps: l.steps}
		if !l.failed {
			out.Figures, out.UnitPrice, out.Guidance, out.Recurring = l.figures, r.in.Currency.AmountOf(l.price), l.guide, l.terms
		}
	}
	r.stopTape()
	text, pending := r.text, r.pending
	r.taped = taped{text: text, pending: pending}
	r.result, r.view, r.in, r.line = Result{}, nil, nil, nil
	clear(r.lines)
	return res
}

func (r *run) place(id string) int {
	return slices.IndexFunc(r.lines, func(l lineRun) bool { return l.in.ID == id })
}
