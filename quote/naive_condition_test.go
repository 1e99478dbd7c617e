package quote_test

import (
	"maps"
	"slices"
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

// at looks at the records with exactly these keys. Of two scales that hold, the one that
// started last is taken; all others are lost, each by its lowest record or the reached one.
func (e *naiveEvaluator) at(s *naiveStep, t *naiveType, o *outcome, keys map[string]string, counting []*naiveLine) *found {
	var taken *found
	for _, tiers := range e.scales(t, keys) {
		r := tiers[0]
		if !r.from.IsZero() && e.req.date.Before(r.from) || !r.to.IsZero() && e.req.date.After(r.to) {
			o.lost = append(o.lost, r.id)
			continue
		}
		f, failed := e.reach(s, t, o.line, tiers, counting)
		switch {
		case failed != "":
			o.failed = failed
			return nil
		case f.reached < 0:
			o.lost = append(o.lost, r.id)
		case taken != nil:
			o.lost = append(o.lost, tiers[f.reached].id)
		default:
			taken = f
		}
	}
	return taken
}

// reach finds the highest tier of a scale that is reached; -1 is none.
func (e *naiveEvaluator) reach(s *naiveStep, t *naiveType, l *naiveLine, tiers []naiveRecord, counting []*naiveLine) (f *found, failed string) {
	f = &found{tiers: tiers, reached: -1}
	if f.counted, f.own, failed = e.counted(s, t, l, tiers[0], counting); failed != "" {
		return nil, failed
	}
	for i, r := range tiers {
		if !e.less(f.counted, r.minimum) {
			f.reached = i
		}
	}
	return f, ""
}

// scales are the records of one key, those of one time together by rising minimum; what
// started last comes first.
func (e *naiveEvaluator) scales(t *naiveType, keys map[string]string) [][]naiveRecord {
	var out [][]naiveRecord
	for _, r := range e.world.records {
		if r.typ != t.id || !maps.Equal(r.keys, keys) {
			continue
		}
		at := slices.IndexFunc(out, func(tiers []naiveRecord) bool { return tiers[0].from == r.from && tiers[0].to == r.to })
		if at < 0 {
			at, out = len(out), append(out, nil)
		}
		out[at] = append(out[at], r)
	}
	for _, tiers := range out {
		slices.SortFunc(tiers, func(a, b naiveRecord) int { return a.minimum.Cmp(b.minimum) })
	}
	slices.SortFunc(out, func(a, b []naiveRecord) int { return b[0].from.DaysSince(a[0].from) })
	return out
}

// findCondition finds records and what they give.
func (e *naiveEvaluator) findCondition(s *naiveStep, o *outcome, counting []*naiveLine) {
	how := orDefault(s.choose, "first")
	var hits []*found
	e.search(s, o, counting, func(f *found) bool {
		again := slices.ContainsFunc(hits, func(h *found) bool { return h.tiers[h.reached].id == f.tiers[f.reached].id })
		if again = false; !again { // an account's own price is found by customer and by account
			hits = append(hits, f)
		}
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
	r := naiveRecord{id: s.override, per: one}
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
