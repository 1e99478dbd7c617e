package pricing

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
	"quotewright/money"
)

// bundle is a compiled entry of a bundles step.
type bundle struct {
	id      string
	title   Title
	source  *Source
	when    *formula.Formula
	parts   []bundlePart
	price   *money.Num // of one set
	percent *money.Num
	limit   *money.Num
}

type bundlePart struct {
	sku      string
	quantity money.Num
}

func (c *compiler) bundles(s *step) {
	ids := c.unique("bundle")
	for _, d := range s.def.Bundles {
		ids(d.ID, d.At)
		b := bundle{id: d.ID, title: d.Title, source: &Source{File: d.At.File, Line: d.At.Line, Record: d.ID},
			when: c.optional(d.When, formula.Boolean), price: numOf(d.Price), percent: numOf(d.Percent), limit: numOf(d.Limit)}
		if (b.price == nil) == (b.percent == nil) {
			c.mistakes.Add(d.At, "bundle %s needs either price or percent", d.ID)
		}
		if b.when != nil {
			for _, v := range b.when.Variables() {
				if perLine(v.Name) {
					c.mistakes.Add(v.At(), "a bundle is about the quote, but %s is of a line", v.Name)
				}
			}
		}
		if len(d.Of) == 0 {
			c.mistakes.Add(d.At, "bundle %s has no parts: of: [{sku: A}, {sku: B, quantity: 2}]", d.ID)
		}
		for _, p := range d.Of {
			part := bundlePart{sku: p.SKU.Text, quantity: one}
			if p.Quantity != nil {
				part.quantity = money.NumOf(*p.Quantity)
			}
			if part.sku == "" || part.quantity.Sign() <= 0 {
				c.mistakes.Add(p.SKU.At, "a part of a bundle has a sku and a quantity above 0")
			}
			if slices.ContainsFunc(b.parts, func(other bundlePart) bool { return other.sku == part.sku }) {
				c.mistakes.Add(p.SKU.At, "%s is in the bundle twice; give it a quantity", part.sku)
			}
			b.parts = append(b.parts, part)
		}
		s.bundles = append(s.bundles, b)
	}
}

// taking is what a bundle takes of a line.
type taking struct {
	line  int32
	value money.Num
}

func (r *run) bundle(s *step) {
	lines := slices.Clone(r.countedLines())
	left := make([]money.Num, len(r.lines)) // units that no bundle has
	for _, n := range lines {
		left[n] = r.lines[n].base
	}
	if s.when != nil {
		for _, n := range lines {
			if !r.applies(s, nil, s.id, &r.lines[n], &r.outs[n]) {
				left[n] = money.Num{}
			}
		}
	}
	for i := range s.bundles {
		b := &s.bundles[i]
		sets, why := r.sets(b, lines, left)
		var taken []taking
		if sets.Sign() > 0 {
			taken, why = r.take(s, b, sets, lines, left)
		}
		for _, n := range lines {
			if !slices.ContainsFunc(taken, func(t taking) bool { return t.line == n }) && r.trace {
				r.outs[n].lose(b.id, why)
			}
		}
	}
}

// sets is how many sets the lines are good for; 0 with the reason.
func (r *run) sets(b *bundle, lines []int32, left []money.Num) (money.Num, span) {
	r.line = nil
	if b.when != nil {
		ok, err := b.when.True(r.lookup)
		if err != nil {
			r.failQuote("bundle "+b.id+": ", err, r.step.def.At)
		}
		if !ok {
			return money.Num{}, r.seen(b.when)
		}
	}
	var sets money.Num
	for i, p := range b.parts {
		var units money.Num
		for _, n := range lines {
			if r.lines[n].in.Product.SKU == p.sku {
				units = units.Add(left[n])
			}
		}
		times, err := units.Divide(p.quantity)
		if err != nil || times.Floor().IsZero() {
			return money.Num{}, r.put(p.quantity.String(), " ", p.sku, " are needed, there are ", units.String())
		}
		if i == 0 || times.Floor().Less(sets) {
			sets = times.Floor()
		}
	}
	if b.limit != nil {
		sets = money.MinNum(sets, *b.limit)
	}
	return sets, r.put("not part of the bundle")
}

// take prices the sets on the lines that their units come from.
func (r *run) take(s *step, b *bundle, sets money.Num, lines []int32, left []money.Num) ([]taking, span) {
	var taken []taking
	var value money.Num
	used := map[int32]money.Num{}
	for _, p := range b.parts {
		need := sets.Mul(p.quantity)
		for _, n := range lines {
			l := &r.lines[n]
			if l.in.Product.SKU != p.sku || need.IsZero() || left[n].IsZero() {
				continue
			}
			units := money.MinNum(need, left[n])
			need = need.Sub(units)
			worth, err := l.running.Mul(units).Divide(l.base)
			if err != nil {
				continue
			}
			used[n] = units
			taken, value = append(taken, taking{n, worth}), value.Add(worth)
		}
	}
	slices.SortStableFunc(taken, func(a, b taking) int { return strings.Compare(r.lines[a.line].in.ID, r.lines[b.line].in.ID) })
	amounts := make([]money.Num, len(taken))
	if b.percent != nil {
		for i, t := range taken {
			amounts[i] = t.value.Percent(*b.percent)
		}
	} else {
		price, err := r.inQuoteCurrency(s, b.price.Mul(sets))
		if err != nil {
			r.failQuote("bundle "+b.id+": ", err, s.def.At)
			return nil, span{}
		}
		off := price.Sub(value).Round(r.in.Currency.Digits)
		if off.Sign() >= 0 {
			return nil, r.put("dearer than its parts")
		}
		weights := make([]money.Num, len(taken))
		for i, t := range taken {
			weights[i] = money.MaxNum(t.value, money.Num{})
		}
		if _, amounts, err = r.allotByNet(off, addUp(weights), weights); err != nil {
			r.failQuote("bundle "+b.id+": ", err, s.def.At)
			return nil, span{}
		}
	}
	for i, t := range taken {
		left[t.line] = left[t.line].Sub(used[t.line])
		c := candidate{id: b.id, title: &b.title, source: b.source, amount: amounts[i], note: r.put(sets.String(), " sets")}
		if b.percent != nil {
			c.isRated, c.basis, c.rate = true, t.value, *b.percent
		}
		r.outs[t.line].found = append(r.outs[t.line].found, c)
	}
	return taken, r.put("not part of the bundle")
}
