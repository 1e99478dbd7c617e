package quote_test

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// gift is how many units a free-goods entry gives for a quantity.
func (g *naiveFreeGoods) gift(e *naiveEvaluator, quantity dec) (n dec, enough bool) {
	least := g.every
	if g.minimum != nil {
		least = *g.minimum
	}
	if e.less(quantity, least) {
		return zero, false
	}
	n = quantity.DivRound(g.every, naivePlaces).Floor().Mul(g.free)
	if g.limit != nil {
		n = decimal.Min(n, *g.limit)
	}
	return n, n.Sign() > 0
}

func (g *naiveFreeGoods) rate() dec {
	if g.percent == nil {
		return hundred.Neg()
	}
	return *g.percent
}

// takeFreeGoods gives units away. All entries of a drawn step are over the same.
func (e *naiveEvaluator) takeFreeGoods(s *naiveStep) {
	outcomes := map[*naiveLine]*outcome{}
	counting := e.counting()
	for _, l := range e.live() {
		outcomes[l] = &outcome{line: l}
	}
	applies := map[*naiveLine]bool{}
	for _, l := range e.live() {
		is, err := holds(s.when, e.onLine(l))
		if err != nil {
			outcomes[l].failed = "formula"
		}
		applies[l] = is && err == nil
	}
	overQuote := s.freeGoods[0].over == "quote"
	for i := range s.freeGoods {
		if overQuote {
			e.giveOverQuote(&s.freeGoods[i], outcomes, counting, applies)
			continue
		}
		for _, l := range e.live() {
			if applies[l] {
				e.giveOnLine(&s.freeGoods[i], outcomes[l])
			} else {
				outcomes[l].lost = append(outcomes[l].lost, s.freeGoods[i].id)
			}
		}
	}
	for _, l := range e.live() {
		o := outcomes[l]
		e.choose(orDefault(s.choose, "all"), o)
		e.finish(s, o)
		e.close(s, o)
		for _, c := range o.chosen {
			if c.good != nil && o.failed == "" {
				e.goods = append(e.goods, *c.good)
			}
		}
	}
	e.showSum(s)
}

func (e *naiveEvaluator) giveOnLine(g *naiveFreeGoods, o *outcome) {
	l := o.line
	buys, err := holds(g.buy, e.onLine(l))
	gets, err2 := holds(g.get, e.onLine(l))
	if err != nil || err2 != nil {
		o.failed = "formula"
		return
	}
	if !buys || !gets {
		o.lost = append(o.lost, g.id)
		return
	}
	n, enough := g.gift(e, l.base)
	if !enough {
		o.lost = append(o.lost, g.id)
		return
	}
	c := candidate{id: g.id}
	if g.exclusive {
		if l.counts() {
			c.good = &naiveGood{g.id, l.req.id, orDefault(g.sku, l.product.sku), n.String(), e.unitOf(orDefault(g.sku, l.product.sku))}
		}
	} else {
		c.amount = percentOf(e.divide(l.running.Mul(decimal.Min(n, l.base)), l.base), g.rate())
	}
	o.chosen = append(o.chosen, c)
}

func (e *naiveEvaluator) unitOf(sku string) string { return e.world.product(sku).unit }

func (e *naiveEvaluator) giveOverQuote(g *naiveFreeGoods, outcomes map[*naiveLine]*outcome, counting []*naiveLine, applies map[*naiveLine]bool) {
	var buyers, getters []*naiveLine
	for _, l := range counting {
		buys, err := holds(g.buy, e.onLine(l))
		gets, err2 := holds(g.get, e.onLine(l))
		if err != nil || err2 != nil {
			outcomes[l].failed = "formula"
			continue
		}
		if buys && applies[l] {
			buyers = append(buyers, l)
		}
		if applies[l] && (g.get == nil && buys || g.get != nil && gets) {
			getters = append(getters, l)
		}
	}
	n, enough := g.gift(e, sumOf(buyers, func(l *naiveLine) dec { return l.base }))
	for _, l := range counting {
		if !enough || !slices.Contains(buyers, l) {
			outcomes[l].lost = append(outcomes[l].lost, g.id)
		}
	}
	if !enough {
		return
	}
	if g.exclusive {
		first := buyers[0]
		outcomes[first].chosen = append(outcomes[first].chosen, candidate{id: g.id,
			good: &naiveGood{g.id, first.req.id, orDefault(g.sku, first.product.sku), n.String(), e.unitOf(orDefault(g.sku, first.product.sku))}})
		return
	}
	price := func(l *naiveLine) dec { return e.divide(l.running, l.base) }
	slices.SortStableFunc(getters, func(a, b *naiveLine) int {
		if e.less(price(a), price(b)) {
			return -1
		}
		if e.less(price(b), price(a)) {
			return 1
		}
		return 0
	})
	for _, l := range getters {
		taken := decimal.Min(n, l.base)
		if taken.IsZero() {
			outcomes[l].lost = append(outcomes[l].lost, g.id)
			continue
		}
		outcomes[l].lost = slices.DeleteFunc(outcomes[l].lost, func(id string) bool { return id == g.id })
		n = n.Sub(taken)
		outcomes[l].chosen = append(outcomes[l].chosen, candidate{id: g.id, amount: percentOf(e.divide(l.running.Mul(taken), l.base), g.rate())})
	}
}

// takeBundles prices sets of products. Units that one bundle took are gone for the next.
func (e *naiveEvaluator) takeBundles(s *naiveStep) {
	counting := e.counting()
	used, amounts := map[*naiveLine]dec{}, map[*naiveLine]dec{}
	var taking []*naiveLine
	for _, l := range counting {
		if is, err := holds(s.when, e.onLine(l)); err != nil {
			l.failed = "formula"
		} else if is {
			taking = append(taking, l)
		}
	}
	counting = e.counting()
	to, ok := e.stepMoney(s)
	e.blurred = e.blurred || !ok
	for i := range s.bundles {
		b := &s.bundles[i]
		var taken map[*naiveLine]dec
		if is, err := holds(b.when, e.onQuote()); ok && err == nil && is {
			taken = e.takeBundle(b, to, taking, used, amounts)
		}
		for _, l := range counting {
			if taken[l].IsZero() {
				l.result().lost = append(l.result().lost, b.id)
			}
		}
	}
	for _, l := range counting {
		if amount, is := amounts[l]; is {
			e.bookOn(l, s, amount)
		}
	}
	e.showSum(s)
}

func (e *naiveEvaluator) takeBundle(b *naiveBundle, to dec, counting []*naiveLine, used, amounts map[*naiveLine]dec) map[*naiveLine]dec {
	sets := decimal.NewFromInt(1 << 40)
	for _, part := range b.of {
		there := zero
		for _, l := range counting {
			if l.product.sku == part.sku {
				there = there.Add(l.base.Sub(used[l]))
			}
		}
		sets = decimal.Min(sets, there.DivRound(part.quantity, naivePlaces).Floor())
	}
	if b.limit != nil {
		sets = decimal.Min(sets, *b.limit)
	}
	if sets.Sign() <= 0 {
		return nil
	}
	taken, worth := map[*naiveLine]dec{}, zero
	var shares []share
	for _, part := range b.of {
		wanted := part.quantity.Mul(sets)
		for _, l := range counting {
			n := decimal.Min(wanted, l.base.Sub(used[l]))
			if l.product.sku != part.sku || n.IsZero() {
				continue
			}
			wanted, taken[l] = wanted.Sub(n), n
			value := e.divide(l.running.Mul(n), l.base)
			worth = worth.Add(value)
			shares = append(shares, share{id: l.req.id, weight: value})
		}
	}
	if b.price != nil {
		total := e.roundMinor(b.price.Mul(to).Mul(sets).Sub(worth))
		if !e.less(total, zero) {
			return nil // dearer than its parts, which stay free for the next
		}
		for i := range shares {
			shares[i].weight = decimal.Max(shares[i].weight, zero)
		}
		e.deal(total, shares)
	} else {
		for i := range shares {
			shares[i].amount = percentOf(shares[i].weight, *b.percent)
		}
	}
	for _, x := range shares {
		for _, l := range counting {
			if l.req.id == x.id {
				amounts[l] = amounts[l].Add(x.amount)
				used[l] = used[l].Add(taken[l])
			}
		}
	}
	return taken
}

// takeCoupons takes off what the codes of the quote are good for.
func (e *naiveEvaluator) takeCoupons(s *naiveStep) {
	counting := e.counting()
	applies, _ := holds(s.when, e.onQuote())
	o := &outcome{}
	per := map[string][]share{}
	entered, anyCode := e.entered(s)
	for _, c := range entered {
		if !applies {
			break
		}
		if k, shares, ok := e.redeem(s, c, counting); ok {
			o.chosen = append(o.chosen, k)
			per[c.id] = shares
		}
	}
	e.choose(orDefault(s.choose, "all"), o)
	total, amounts := zero, map[string]dec{}
	for _, c := range o.chosen {
		total = total.Add(c.amount)
		for _, x := range per[c.id] {
			amounts[x.id] = amounts[x.id].Add(x.amount)
		}
	}
	for _, l := range counting {
		if amount, is := amounts[l.req.id]; is {
			e.bookOn(l, s, amount)
		}
		for _, c := range s.coupons { // what is entered and not good for the line, and what is not entered
			onLine := slices.ContainsFunc(o.chosen, func(k candidate) bool { return k.id == c.id }) &&
				slices.ContainsFunc(per[c.id], func(x share) bool { return x.id == l.req.id })
			if !onLine && anyCode {
				l.result().lost = append(l.result().lost, c.id)
			}
		}
	}
	e.atQuote[s.id] = total
	e.showSum(s)
}

// entered are the offers whose codes were entered, in the order of the offers.
func (e *naiveEvaluator) entered(s *naiveStep) (offers []naiveCoupon, anyCode bool) {
	text, _ := e.req.inputs["codes"].(string)
	codes := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r == ' ' || r == ',' })
	var out []naiveCoupon
	for _, c := range s.coupons {
		if slices.Contains(codes, strings.ToUpper(c.id)) {
			out = append(out, c)
		}
	}
	for i, code := range codes {
		known := slices.ContainsFunc(s.coupons, func(c naiveCoupon) bool { return strings.EqualFold(c.id, code) })
		if !known && !slices.Contains(codes[:i], code) {
			e.codes = append(e.codes, "unknown_coupon")
		}
	}
	return out, len(codes) > 0
}

// redeem works out what a coupon takes off, and its shares.
func (e *naiveEvaluator) redeem(s *naiveStep, c naiveCoupon, counting []*naiveLine) (candidate, []share, bool) {
	used := e.req.redeemed[c.id]
	outside := !c.from.IsZero() && e.req.date.Before(c.from) || !c.to.IsZero() && e.req.date.After(c.to)
	spent := c.uses > 0 && used[0] >= c.uses || c.usesPerCustomer > 0 && used[1] >= c.usesPerCustomer
	to, ok := e.stepMoney(s)
	e.blurred = e.blurred || !ok
	if outside || spent || !ok {
		return candidate{}, nil, false
	}
	basis := zero
	var shares []share
	for _, l := range counting {
		if is, err := holds(c.when, e.onLine(l)); err == nil && is {
			b := decimal.Max(e.basis(s, l), zero)
			basis = basis.Add(b)
			shares = append(shares, share{id: l.req.id, weight: b})
		}
	}
	if len(shares) == 0 || c.minimum != nil && e.less(basis, c.minimum.Mul(to)) {
		return candidate{}, nil, false
	}
	var amount dec
	if c.percent != nil {
		amount = percentOf(basis, *c.percent)
	} else {
		amount = c.amount.Mul(to)
	}
	if c.maximum != nil {
		amount = decimal.Max(amount, c.maximum.Mul(to).Neg())
	}
	amount = e.roundMinor(decimal.Max(amount, basis.Neg()))
	return candidate{id: c.id, amount: e.deal(amount, shares)}, shares, true
}
