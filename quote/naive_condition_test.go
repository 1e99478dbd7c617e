package quote_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// found is a scale that the access sequence has found: its records by rising minimum, the
// reached one, and the price lists its value comes down through.
type found struct {
	tiers   []naiveRecord
	reached int
	through []naivePriceList
	counted dec // what the scale counted, and of it, what is the line's own
	own     dec
}

func (e *naiveEvaluator) typeOf(id string) *naiveType {
	for i := range e.book.types {
		if e.book.types[i].id == id {
			return &e.book.types[i]
		}
	}
	panic("no type " + id)
}

// keyValues are the values to try for one key of an access, most specific first.
func (e *naiveEvaluator) keyValues(l *naiveLine, key string) []string {
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	switch key {
	case "sku":
		return one(l.product.sku)
	case "family":
		return pathsOf(l.product.family)
	case "tax_category":
		return one(l.product.taxCategory)
	case "brand":
		return one(l.product.brand)
	case "customer":
		return one(e.customer.id)
	case "account":
		return e.accounts()
	case "customer_group":
		return one(e.customer.group)
	case "region":
		return pathsOf(e.customer.region)
	case "country":
		return one(e.customer.country)
	case "segment":
		return one(e.customer.segment)
	case "sales_model":
		return one("x")
	}
	panic("key " + key)
}

// accounts are the customer and the accounts above it.
func (e *naiveEvaluator) accounts() []string {
	var out []string
	for c := e.customer; c != nil && !slices.Contains(out, c.id); c = e.world.customer(c.parent) {
		out = append(out, c.id)
		if c.parent == "" {
			break
		}
		if e.world.customer(c.parent) == nil { // an account without a record may have prices
			out = append(out, c.parent)
		}
	}
	return out
}

// combinations are all key sets of an access but for the price list, in the order in which
// they are tried.
func (e *naiveEvaluator) combinations(l *naiveLine, access []string) []map[string]string {
	out := []map[string]string{{}}
	for _, key := range access {
		if key == "price_list" {
			continue
		}
		name := key
		if key == "account" {
			name = "customer"
		}
		var next []map[string]string
		for _, keys := range out {
			for _, v := range e.keyValues(l, key) {
				with := maps.Clone(keys)
				with[name] = v
				next = append(next, with)
			}
		}
		out = next
	}
	return out
}

// chain is the customer's price list and those that it comes from.
func (e *naiveEvaluator) chain() []naivePriceList {
	var out []naivePriceList
	for id := e.customer.list; id != ""; {
		link := naivePriceList{id: id}
		for _, p := range e.book.lists {
			if p.id == id {
				link = p
			}
		}
		out = append(out, link)
		id = link.from
	}
	return out
}

// search walks the access sequence. It calls hit for each scale that holds until hit says
// that it is enough.
func (e *naiveEvaluator) search(s *naiveStep, o *outcome, counting []*naiveLine, hit func(*found) (enough bool)) {
	t := e.typeOf(s.name)
	for _, access := range t.access {
		for _, keys := range e.combinations(o.line, access) {
			if !slices.Contains(access, "price_list") {
				if f := e.at(s, t, o, keys, counting); o.failed != "" || f != nil && hit(f) {
					return
				}
				continue
			}
			chain := e.chain()
			for i, list := range chain {
				keys["price_list"] = list.id
				f := e.at(s, t, o, keys, counting)
				if o.failed != "" {
					return
				}
				if f == nil {
					continue
				}
				f.through = slices.Clone(chain[:i])
				slices.Reverse(f.through)
				if hit(f) {
					return
				}
				break
			}
		}
	}
}

// at looks at the records with exactly these keys. Those that do not hold are lost.
func (e *naiveEvaluator) at(s *naiveStep, t *naiveType, o *outcome, keys map[string]string, counting []*naiveLine) *found {
	var valid []naiveRecord
	for _, r := range e.world.records {
		if r.typ != t.id || !maps.Equal(r.keys, keys) {
			continue
		}
		if !r.from.IsZero() && e.req.date.Before(r.from) || !r.to.IsZero() && e.req.date.After(r.to) {
			o.lost = append(o.lost, r.id)
			continue
		}
		valid = append(valid, r)
	}
	if len(valid) == 0 {
		return nil
	}
	slices.SortFunc(valid, func(a, b naiveRecord) int { return a.minimum.Cmp(b.minimum) })
	f := &found{tiers: valid, reached: -1}
	var failed string
	if f.counted, f.own, failed = e.counted(s, t, o.line, valid[0], counting); failed != "" {
		o.failed = failed
		return nil
	}
	for i, r := range valid {
		if !e.less(f.counted, r.minimum) {
			f.reached = i
		}
	}
	if f.reached < 0 {
		for _, r := range valid {
			o.lost = append(o.lost, r.id)
		}
		return nil
	}
	return f
}

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

// findCondition finds records and what they give.
func (e *naiveEvaluator) findCondition(s *naiveStep, o *outcome, counting []*naiveLine) {
	how := orDefault(s.choose, "first")
	var hits []*found
	e.search(s, o, counting, func(f *found) bool {
		hits = append(hits, f)
		return how == "first"
	})
	if o.failed != "" {
		return
	}
	if entered, known := e.input(o.line, s.override); s.override != "" && known {
		e.enter(s, o, hits, entered)
		return
	}
	for _, f := range hits {
		c, failed := e.amountOf(s, o.line, f)
		if failed != "" {
			o.failed = failed
			return
		}
		o.chosen = append(o.chosen, c)
	}
	if how != "first" {
		e.choose(how, o)
	}
}

// enter takes an entered value instead of the found record's, within its limits.
func (e *naiveEvaluator) enter(s *naiveStep, o *outcome, hits []*found, v dec) {
	t, l := e.typeOf(s.name), o.line
	r := naiveRecord{id: s.id, per: one}
	to := one
	if len(hits) > 0 {
		r = hits[0].tiers[hits[0].reached]
		if t.measure == "amount" && (r.lower != nil || r.upper != nil) {
			var ok bool
			if to, ok = e.rate(e.recordCurrency(r), e.currency, e.rateDay(t, l, r)); !ok {
				o.failed = "missing_rate"
				return
			}
		}
	}
	outside := s.min != nil && v.LessThan(*s.min) || s.max != nil && v.GreaterThan(*s.max) ||
		r.lower != nil && e.less(v, r.lower.Mul(to)) || r.upper != nil && e.less(r.upper.Mul(to), v)
	if outside {
		o.failed = "input_out_of_range"
		return
	}
	c := candidate{id: r.id}
	if t.measure == "percent" {
		c.rate, c.amount = &v, percentOf(e.basis(s, l), v)
	} else {
		charged, failed := e.charged(t, l, r)
		if failed != "" {
			o.failed = failed
			return
		}
		c.amount = v.Mul(charged)
	}
	c.amount = e.roundBy(t.round, c.amount, l.quantity)
	o.chosen = []candidate{c}
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
