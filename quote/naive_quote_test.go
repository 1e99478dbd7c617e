package quote_test

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// takeSum adds a formula up over the lines.
func (e *naiveEvaluator) takeSum(s *naiveStep) {
	counting, sum := e.counting(), zero
	for _, l := range e.live() {
		r := l.result()
		r.shown = false
		if !slices.Contains(counting, l) {
			continue
		}
		applies, err := holds(s.when, e.onLine(l))
		if err == nil && !applies {
			continue
		}
		var v any
		if err == nil {
			v, err = evalIn(s.formula, e.onLine(l))
		}
		d, known := v.(dec)
		if err != nil || !known {
			l.failed = "formula"
			continue
		}
		sum = sum.Add(d)
	}
	e.sums[s.id] = sum
}

// takeQuote does a step that is calculated once and spread over the lines.
func (e *naiveEvaluator) takeQuote(s *naiveStep) {
	counting := e.counting()
	o := &outcome{}
	if applies, err := holds(s.when, e.onQuote()); err != nil {
		panic("drawn formulas of the quote have values")
	} else if applies && len(counting) > 0 {
		e.findQuote(s, o, counting)
		e.finishQuote(s, o, counting)
	}
	e.spread(s, o, counting)
	e.showQuote(s, o.amount, counting)
}

func (e *naiveEvaluator) showQuote(s *naiveStep, amount dec, counting []*naiveLine) {
	running := e.unallocated
	for _, l := range counting {
		if l.failed == "" {
			running = running.Add(l.running)
		}
	}
	e.quoteSteps = append(e.quoteSteps, naiveQuoteStep{id: s.id, amount: amount, running: running})
}

func (e *naiveEvaluator) findQuote(s *naiveStep, o *outcome, counting []*naiveLine) {
	basis, look := e.quoteBasis(s, counting), e.onQuote()
	to, ok := e.stepMoney(s)
	e.blurred = e.blurred || !ok
	quantity := look("quote.quantity").(dec)
	switch s.kind {
	case "formula":
		v, err := evalIn(s.formula, look)
		if err != nil {
			panic(err)
		}
		o.chosen = []candidate{{id: s.id, amount: v.(dec).Mul(to)}}
	case "rounding":
		rounded := e.roundBy(s.round, basis, quantity)
		o.chosen = []candidate{{id: s.id, amount: rounded.Sub(basis)}}
	case "input":
		entered, known := e.req.inputs[s.name].(dec)
		if known {
			o.chosen = []candidate{{id: s.id, amount: entered.Mul(to)}}
		}
	case "adjustments":
		for _, a := range s.adjustments {
			if is, err := holds(a.when, look); err != nil || !is {
				continue
			}
			c, failed := e.adjustment(s, a, basis, look, quantity)
			if failed != "" {
				o.failed = failed
				return
			}
			o.chosen = append(o.chosen, c)
		}
		e.choose(orDefault(s.choose, "all"), o)
	case "table":
		t := e.table(s.name)
		for _, i := range t.matching(look) {
			c, ok := e.row(s, t, i, basis, quantity)
			if !ok {
				o.failed = "missing_rate"
				return
			}
			o.chosen = append(o.chosen, c)
		}
		e.choose(map[string]string{"": "first", "first": "first", "best": "best", "collect": "all"}[t.hit], o)
	default:
		panic("per quote: " + s.kind)
	}
}

func (e *naiveEvaluator) finishQuote(s *naiveStep, o *outcome, counting []*naiveLine) {
	if o.failed != "" || len(o.chosen) == 0 {
		return
	}
	for _, c := range o.chosen {
		o.amount = o.amount.Add(c.amount)
	}
	to, _ := e.stepMoney(s)
	convert := func(d dec) dec { return d.Mul(to) }
	if s.kind != "rounding" {
		o.amount = e.roundBy(s.round, o.amount, e.onQuote()("quote.quantity").(dec))
		if s.min != nil && s.kind != "input" {
			o.amount = decimal.Max(o.amount, convert(*s.min))
		}
		if s.max != nil && s.kind != "input" {
			o.amount = decimal.Min(o.amount, convert(*s.max))
		}
	}
	o.amount = e.roundMinor(o.amount)
}

// spread puts an amount of the quote on the lines that count.
func (e *naiveEvaluator) spread(s *naiveStep, o *outcome, counting []*naiveLine) {
	if o.failed != "" {
		e.codes = append(e.codes, o.failed)
		for _, l := range counting {
			l.failed = o.failed
		}
		return
	}
	e.atQuote[s.id] = o.amount
	if len(o.chosen) == 0 {
		return
	}
	if s.allocate == "none" {
		if s.excluded {
			e.unallocatedExcluded = e.unallocatedExcluded.Add(o.amount)
		}
		if e.moves(s) {
			e.unallocated = e.unallocated.Add(o.amount)
			if o.amount.Sign() < 0 && !s.excluded {
				e.unallocatedOff = e.unallocatedOff.Sub(o.amount)
			}
		}
		return
	}
	var shares []share
	for _, l := range counting {
		shares = append(shares, share{id: l.req.id, weight: e.weight(s, l)})
	}
	e.allocate(o.amount, shares, minorUnit(e.currency))
	for i, l := range counting {
		e.bookOn(l, s, shares[i].amount)
	}
}

func (e *naiveEvaluator) weight(s *naiveStep, l *naiveLine) dec {
	switch s.allocate {
	case "quantity":
		return l.base
	case "weight":
		return l.weight
	case "equal":
		return one
	}
	return decimal.Max(l.running, zero)
}

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
			e.giveOverQuote(s, &s.freeGoods[i], outcomes, counting)
			continue
		}
		for _, l := range e.live() {
			if applies[l] {
				e.giveOnLine(&s.freeGoods[i], outcomes[l])
			}
		}
	}
	total := zero
	for _, l := range e.live() {
		o := outcomes[l]
		e.choose(orDefault(s.choose, "all"), o)
		e.finish(s, o)
		e.close(s, o)
		total = total.Add(o.amount)
		for _, c := range o.chosen {
			if c.good != nil && o.failed == "" {
				e.goods = append(e.goods, *c.good)
			}
		}
	}
	if overQuote {
		e.showQuote(s, total, counting)
	}
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

func (e *naiveEvaluator) giveOverQuote(s *naiveStep, g *naiveFreeGoods, outcomes map[*naiveLine]*outcome, counting []*naiveLine) {
	var buyers, getters []*naiveLine
	for _, l := range counting {
		buys, err := holds(g.buy, e.onLine(l))
		gets, err2 := holds(g.get, e.onLine(l))
		if err != nil || err2 != nil {
			outcomes[l].failed = "formula"
			continue
		}
		if buys {
			buyers = append(buyers, l)
		}
		if g.get == nil && buys || g.get != nil && gets {
			getters = append(getters, l)
		}
	}
	n, enough := g.gift(e, sumOf(buyers, func(l *naiveLine) dec { return l.base }))
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
			break
		}
		n = n.Sub(taken)
		outcomes[l].chosen = append(outcomes[l].chosen, candidate{id: g.id, amount: percentOf(e.divide(l.running.Mul(taken), l.base), g.rate())})
	}
}

// takeBundles prices sets of products. Units that one bundle took are gone for the next.
func (e *naiveEvaluator) takeBundles(s *naiveStep) {
	counting := e.counting()
	used, amounts := map[*naiveLine]dec{}, map[*naiveLine]dec{}
	applies, _ := holds(s.when, e.onQuote())
	to, ok := e.stepMoney(s)
	e.blurred = e.blurred || !ok
	for i := range s.bundles {
		if is, err := holds(s.bundles[i].when, e.onQuote()); applies && ok && err == nil && is {
			e.takeBundle(&s.bundles[i], to, counting, used, amounts)
		}
	}
	total := zero
	for _, l := range counting {
		if amount, is := amounts[l]; is {
			e.bookOn(l, s, amount)
			total = total.Add(amount)
		}
	}
	e.showQuote(s, total, counting)
}

func (e *naiveEvaluator) takeBundle(b *naiveBundle, to dec, counting []*naiveLine, used, amounts map[*naiveLine]dec) {
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
		return
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
			return
		}
		for i := range shares {
			shares[i].weight = decimal.Max(shares[i].weight, zero)
		}
		e.allocate(total, shares, minorUnit(e.currency))
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
}

// takeCoupons takes off what the codes of the quote are good for.
func (e *naiveEvaluator) takeCoupons(s *naiveStep) {
	counting := e.counting()
	applies, _ := holds(s.when, e.onQuote())
	o := &outcome{}
	per := map[string][]share{}
	for _, c := range e.entered(s) {
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
	}
	e.atQuote[s.id] = total
	e.showQuote(s, total, counting)
}

// entered are the offers whose codes were entered, in the order of the offers.
func (e *naiveEvaluator) entered(s *naiveStep) []naiveCoupon {
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
	return out
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
	e.allocate(amount, shares, minorUnit(e.currency))
	return candidate{id: c.id, amount: amount}, shares, true
}
