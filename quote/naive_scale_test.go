package quote_test

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// counted is what a scale counts, over its lines and on the line itself.
func (e *naiveEvaluator) counted(s *naiveStep, t *naiveType, l *naiveLine, r naiveRecord, counting []*naiveLine) (all, own dec, failed string) {
	for _, other := range e.group(t, l, r, counting) {
		d, failed := e.dimension(s, t, other, r)
		if failed != "" {
			return zero, zero, failed
		}
		all = all.Add(d)
		if other == l {
			own = d
		}
	}
	return all, own, ""
}

// group are the lines that a scale counts together; the line itself is always one of them.
func (e *naiveEvaluator) group(t *naiveType, l *naiveLine, r naiveRecord, counting []*naiveLine) []*naiveLine {
	out := []*naiveLine{l}
	if len(t.scaleOver) == 0 {
		return out
	}
	for _, other := range counting {
		if other != l && e.together(t.scaleOver, l, other, r) {
			out = append(out, other)
		}
	}
	return out
}

func (e *naiveEvaluator) together(over []string, l, other *naiveLine, r naiveRecord) bool {
	switch over[0] {
	case "quote":
		return true
	case "record":
		return e.fits(r, other)
	}
	for _, field := range over {
		if productField(l.product, field) != productField(other.product, field) {
			return false
		}
	}
	return true
}

// fits reports whether a line's own keys match all of a record's.
func (e *naiveEvaluator) fits(r naiveRecord, l *naiveLine) bool {
	for key, v := range r.keys {
		switch key {
		case "sku":
			if l.product.sku != v {
				return false
			}
		case "family":
			if !slices.Contains(pathsOf(l.product.family), v) {
				return false
			}
		case "tax_category", "brand":
			if productField(l.product, key) != v {
				return false
			}
		}
	}
	return true
}

func productField(p *naiveProduct, field string) string {
	switch strings.TrimPrefix(field, "key:") {
	case "sku":
		return p.sku
	case "family":
		return p.family
	case "tax_category":
		return p.taxCategory
	case "brand":
		return p.brand
	}
	panic("field " + field)
}

// dimension is what a scale counts on one line.
func (e *naiveEvaluator) dimension(s *naiveStep, t *naiveType, l *naiveLine, r naiveRecord) (dec, string) {
	switch t.scaleBy {
	case "value":
		to, ok := e.rate(e.currency, e.recordCurrency(r), e.rateDay(t, l, r))
		if !ok {
			return zero, "missing_rate"
		}
		return e.basis(s, l).Mul(to), ""
	case "weight":
		return l.weight, ""
	}
	return e.inUnit(l, r.unit)
}

// inUnit is a line's quantity in the unit of a record.
func (e *naiveEvaluator) inUnit(l *naiveLine, unit string) (dec, string) {
	numerator, denominator, known := e.world.baseUnits(l.product, unit)
	if !known {
		return zero, "unknown_unit"
	}
	return e.divide(l.base.Mul(denominator), numerator), ""
}

func (e *naiveEvaluator) recordCurrency(r naiveRecord) string {
	return orDefault(r.currency, e.book.company)
}

// rateDay is the day whose exchange rate a record's amounts are converted with.
func (e *naiveEvaluator) rateDay(t *naiveType, l *naiveLine, r naiveRecord) catalog.Date {
	on := catalog.Date{}
	switch t.rateDate {
	case "record":
		on = r.from
	case "line.requested":
		on = l.req.requested
	case "quote.inputs.fixing":
		on, _ = e.req.inputs["fixing"].(catalog.Date)
	}
	if on.IsZero() {
		return e.req.date
	}
	return on
}

// charged is how many times a record's value is due on a line.
func (e *naiveEvaluator) charged(t *naiveType, l *naiveLine, r naiveRecord) (dec, string) {
	switch t.chargeBy {
	case "line":
		return one, ""
	case "weight":
		return e.divide(l.weight, r.per), ""
	}
	n, failed := e.inUnit(l, r.unit)
	return e.divide(n, r.per), failed
}

// value is a tier's value, come down the price lists.
func (e *naiveEvaluator) value(f *found, tier int) dec {
	r := f.tiers[tier]
	v := r.value
	if r.measure == "percent" {
		return v
	}
	for _, list := range f.through {
		if list.percent != nil {
			v = v.Add(percentOf(v, *list.percent))
		}
		if list.round != nil {
			to := minorUnit(e.recordCurrency(r))
			if list.round.to != nil {
				to = *list.round.to
			}
			v = e.roundTo(v, to, list.round.mode)
		}
	}
	return v
}

// amountOf is what a found scale gives on a line.
func (e *naiveEvaluator) amountOf(s *naiveStep, l *naiveLine, f *found) (candidate, string) {
	t, r := e.typeOf(s.name), f.tiers[f.reached]
	c := candidate{id: r.id}
	if t.measure == "percent" {
		rate := e.value(f, f.reached)
		if t.scale == "slab" && !f.counted.IsZero() {
			rate = e.divide(e.slabs(f), f.counted)
		}
		c.rate, c.amount = &rate, percentOf(e.basis(s, l), rate)
		c.amount = e.roundBy(t.round, c.amount, l.quantity)
		return c, ""
	}
	charged, failed := e.charged(t, l, r)
	if failed != "" {
		return c, failed
	}
	switch t.scale {
	case "block":
		c.amount = e.part(e.value(f, f.reached), t, f)
	case "slab":
		c.amount = e.part(e.divide(e.slabs(f), r.per), t, f)
	default:
		c.amount = e.value(f, f.reached).Mul(charged)
	}
	to, ok := e.rate(e.recordCurrency(r), e.currency, e.rateDay(t, l, r))
	if !ok {
		return c, "missing_rate"
	}
	c.amount = e.roundBy(t.round, c.amount.Mul(to), l.quantity)
	return c, ""
}

// part is the line's part of an amount of its group.
func (e *naiveEvaluator) part(amount dec, t *naiveType, f *found) dec {
	if len(t.scaleOver) == 0 || f.counted.Equal(f.own) {
		return amount
	}
	return e.divide(amount.Mul(f.own), f.counted)
}

// slabs adds up what is in each tier at the tier's own value.
func (e *naiveEvaluator) slabs(f *found) dec {
	sum := zero
	for i := 0; i <= f.reached; i++ {
		end := f.counted
		if i+1 < len(f.tiers) {
			end = decimal.Min(end, f.tiers[i+1].minimum)
		}
		begin := f.tiers[i].minimum
		if i == 0 {
			begin = zero // the first tier is for what is below it, too, once it is reached
		}
		sum = sum.Add(end.Sub(begin).Mul(e.value(f, i)))
	}
	return sum
}
