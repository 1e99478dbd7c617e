package pricing

import (
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
)

// coupons is a compiled coupons step.
type coupons struct {
	slot   int
	offers []coupon
}

type coupon struct {
	def              CouponDefinition
	source           *Source
	when             *formula.Formula
	percent, amount  *money.Num
	minimum, maximum *money.Num
}

func (c *compiler) coupons(s *step) {
	d := s.def.Coupons
	in, ok := c.findInput(d.Input, formula.Text)
	if !ok {
		return
	}
	if in.Scope != ScopeQuote {
		c.mistakes.Add(d.Input.At, "coupons are entered for the quote; %s is an input of lines", in.ID)
	}
	slot, _ := c.scope.env.Slot(in.path())
	s.coupons = &coupons{slot: slot}
	ids := c.unique("coupon")
	for _, o := range d.Offers {
		ids(strings.ToLower(o.ID), o.At)
		if (o.Percent == nil) == (o.Amount == nil) {
			c.mistakes.Add(o.At, "coupon %s needs either percent or amount", o.ID)
		}
		s.coupons.offers = append(s.coupons.offers, coupon{def: o, source: &Source{File: o.At.File, Line: o.At.Line, Record: o.ID},
			when: c.optional(o.When, formula.Boolean), percent: numOf(o.Percent), amount: numOf(o.Amount),
			minimum: numOf(o.Minimum), maximum: numOf(o.Maximum)})
	}
}

// usedCoupon is a coupon that took something off in a step, unless the step is withdrawn.
type usedCoupon struct {
	step string
	Coupon
}

// usedCoupons returns the coupons of the steps that still count on some line.
func (r *run) usedCoupons() []Coupon {
	var used []Coupon
	for _, c := range r.coupons {
		i := slices.IndexFunc(r.model.steps, func(s step) bool { return s.id == c.step })
		if slices.ContainsFunc(r.lines, func(l lineRun) bool { return !l.failed && l.cells[i].counts() }) {
			used = append(used, c.Coupon)
		}
	}
	return used
}

// CouponCodes returns the codes of the coupons that a quote input names, as the offers
// write them: what the limits of their use are about.
func (m *SalesModel) CouponCodes(inputs map[string]formula.Value) []string {
	var codes []string
	for i := range m.steps {
		s := &m.steps[i]
		if s.coupons == nil {
			continue
		}
		entered := enteredCodes(inputs[s.def.Coupons.Input.Text].Text())
		for _, o := range s.coupons.offers {
			if slices.Contains(entered, strings.ToLower(o.def.ID)) && !slices.Contains(codes, o.def.ID) {
				codes = append(codes, o.def.ID)
			}
		}
	}
	return codes
}

func enteredCodes(text string) []string {
	codes := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return c == ',' || c == ' ' || c == ';' || c == '\n' || c == '\t' })
	slices.Sort(codes)
	return slices.Compact(codes)
}

// redeem takes off what the entered coupons are good for.
func (r *run) redeem(s *step) {
	r.line = nil
	v := r.lookup(s.coupons.slot)
	entered := enteredCodes(v.Text())
	for _, code := range entered {
		if !slices.ContainsFunc(s.coupons.offers, func(o coupon) bool { return strings.EqualFold(o.def.ID, code) }) {
			at := s.def.At
			r.result.Messages = append(r.result.Messages, Message{Severity: "warning", Code: "unknown_coupon",
				Text: "The coupon " + code + " is not known.", Source: &at})
		}
	}
	lines := slices.Clone(r.countedLines())
	var good []redemption
	for i := range s.coupons.offers {
		o := &s.coupons.offers[i]
		if slices.Contains(entered, strings.ToLower(o.def.ID)) {
			if taken, ok := r.redeemOne(s, o, lines); ok {
				good = append(good, taken)
			}
		} else if r.trace && len(entered) > 0 {
			for _, n := range lines {
				r.outs[n].loseText(o.def.ID, "not entered")
			}
		}
	}
	for _, taken := range r.chosenRedemptions(s.choose, good) {
		r.takeOff(s, taken)
	}
}

// redemption is what a coupon takes off the lines it is for.
type redemption struct {
	*coupon
	off   money.Num
	on    []int32
	parts []money.Num
}

// chosenRedemptions applies choose: it decides once for the whole quote, or else several
// coupons would be used up, each for a few of the lines.
func (r *run) chosenRedemptions(how choice, good []redemption) []redemption {
	if how == chooseAll || len(good) < 2 {
		return good
	}
	best := 0
	for i := range good {
		order := good[i].off.Cmp(good[best].off)
		if how == chooseBest && order < 0 || how == chooseWorst && order > 0 {
			best = i
		}
	}
	why := r.put("not chosen: ", string(how), " is ", good[best].def.ID)
	for i := range good {
		for _, n := range good[i].on {
			if i != best {
				r.outs[n].lose(good[i].def.ID, why)
			}
		}
	}
	return good[best : best+1]
}

func (r *run) takeOff(s *step, taken redemption) {
	o := taken.coupon
	if !taken.off.IsZero() {
		r.coupons = append(r.coupons, usedCoupon{s.id, Coupon{ID: o.def.ID, Uses: o.def.Uses, UsesPerCustomer: o.def.UsesPerCustomer}})
	}
	for i, n := range taken.on {
		c := candidate{id: o.def.ID, title: &o.def.Title, source: o.source, amount: taken.parts[i]}
		c.note = r.put("share of ", r.in.Currency.AmountOf(taken.off).String())
		r.outs[n].found = append(r.outs[n].found, c)
	}
}

// redeemOne works out what a coupon takes off; false: nothing, with the reason on the lines.
func (r *run) redeemOne(s *step, o *coupon, lines []int32) (redemption, bool) {
	taken := redemption{coupon: o}
	var basis money.Num
	var weights []money.Num
	for _, n := range lines {
		l := &r.lines[n]
		if !l.counts || !r.applies(s, o.when, o.def.ID, l, &r.outs[n]) {
			continue
		}
		b := money.MaxNum(r.basis(s, l), money.Num{})
		basis, taken.on, weights = basis.Add(b), append(taken.on, n), append(weights, b)
	}
	why, refused, err := r.unusable(s, o, basis, len(taken.on))
	if err == nil && !refused {
		taken.off, err = r.worth(s, o, basis)
	}
	if err == nil && !refused {
		taken.off, taken.parts, err = r.allotByNet(taken.off, basis, weights)
	}
	if err != nil {
		r.failQuote("coupon "+o.def.ID+": ", err, s.def.At)
		return taken, false
	}
	if refused {
		for _, n := range taken.on {
			r.outs[n].lose(o.def.ID, why)
		}
	}
	return taken, !refused
}

// worth is what a coupon takes off a basis, at most all of it.
func (r *run) worth(s *step, o *coupon, basis money.Num) (off money.Num, err error) {
	if o.percent != nil {
		off = basis.Percent(*o.percent)
	} else if off, err = r.inQuoteCurrency(s, *o.amount); err != nil {
		return off, err
	}
	if off.Sign() < 0 {
		if o.maximum != nil {
			most, err := r.inQuoteCurrency(s, *o.maximum)
			if err != nil {
				return off, err
			}
			off = money.MaxNum(off, most.Neg())
		}
		off = money.MaxNum(off, basis.Neg())
	}
	return off.Round(r.in.Currency.Digits), nil
}

// unusable says why a coupon is good for nothing.
func (r *run) unusable(s *step, o *coupon, basis money.Num, lines int) (why span, refused bool, err error) {
	if r.in.Date.Before(o.def.From) || o.def.To.IsValid() && o.def.To.Before(r.in.Date) {
		return r.put("outside validity ", catalog.DateText(o.def.From), "..", catalog.DateText(o.def.To)), true, nil
	}
	used := r.in.Redeemed[o.def.ID]
	if o.def.Uses > 0 && used.Uses >= o.def.Uses || o.def.UsesPerCustomer > 0 && used.Customer >= o.def.UsesPerCustomer {
		return r.put("used up"), true, nil
	}
	if o.minimum != nil && lines > 0 {
		least, err := r.inQuoteCurrency(s, *o.minimum)
		if err != nil {
			return span{}, false, err
		}
		if basis.Less(least) {
			return r.put("below the minimum of ", o.minimum.String()), true, nil
		}
	}
	return r.put("no line it is for"), lines == 0, nil
}
