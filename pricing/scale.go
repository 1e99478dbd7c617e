package pricing

import (
	"fmt"

	"quotewright/catalog"
	"quotewright/money"
)

// scale is the set of records that differ only in their minimum quantity, ordered by it.
type scale struct {
	records []catalog.Condition
	group   int   // index of its first record
	groups  []int // first records of all scales
}

// groupScales finds the first record of each scale. Records come ordered by start and
// minimum quantity.
func groupScales(groups []int, records []catalog.Condition) []int {
next:
	for i := range records {
		for _, g := range groups {
			if sameScale(&records[g], &records[i]) {
				continue next
			}
		}
		groups = append(groups, i)
	}
	return groups
}

func sameScale(a, b *catalog.Condition) bool {
	return a.ValidFrom == b.ValidFrom && a.ValidTo == b.ValidTo && a.Currency == b.Currency && a.Unit == b.Unit &&
		a.Measure == b.Measure && a.Per.Equal(b.Per)
}

func (s scale) first() *catalog.Condition { return &s.records[s.group] }

// next returns the tier after record i, or nil.
func (s scale) next(i int) (int, *catalog.Condition) {
	for i++; i < len(s.records); i++ {
		if sameScale(s.first(), &s.records[i]) {
			return i, &s.records[i]
		}
	}
	return -1, nil
}

// reached returns the highest tier whose minimum quantity is reached, or nil. The
// minimum is inclusive.
func (s scale) reached(quantity money.Num) *catalog.Condition {
	var at *catalog.Condition
	for i, tier := s.group, s.first(); tier != nil; i, tier = s.next(i) {
		if money.NumOf(tier.MinQuantity).Cmp(quantity) <= 0 {
			at = tier
		}
	}
	return at
}

// slab sums value × width tier by tier up to a quantity; the first tier is for what is
// below it, too. The values are those that price lists hand down through chain.
func (r *run) slab(s scale, quantity money.Num, chain []string) money.Num {
	var total, lower money.Num
	for i, tier := s.group, s.first(); tier != nil; {
		n, next := s.next(i)
		upper := quantity
		if next != nil {
			upper = money.MinNum(quantity, money.NumOf(next.MinQuantity))
		}
		total = total.Add(r.derived(tier, chain, nil).Mul(upper.Sub(lower)))
		if upper.Equal(quantity) {
			break
		}
		lower, i, tier = upper, n, next
	}
	return total
}

// own is how much of a dimension the subject itself has: units of the record, money in
// the record's currency, kilograms.
func (r *run) own(t *conditionType, by Dimension, c *catalog.Condition, sub *subject) (money.Num, error) {
	switch by {
	case ByWeight:
		return sub.line.in.WeightKg, nil
	case ByLine:
		return one, nil
	case ByValue:
		return r.inRecordCurrency(t, c, sub.basis)
	}
	return r.quantityIn(c, sub.product, sub.quantity)
}

func (r *run) quantityIn(c *catalog.Condition, product *catalog.Product, quantity money.Num) (money.Num, error) {
	if c.Unit == "" || c.Unit == product.Unit {
		return quantity, nil
	}
	numerator, denominator, ok := r.view.BaseUnits(product.SKU, c.Unit)
	if !ok {
		return money.Num{}, unknownUnit{fmt.Sprintf("condition record %s is in %s, a unit that %s does not have", c.ID, c.Unit, product.SKU)}
	}
	return quantity.Mul(money.NumOf(denominator)).Divide(money.NumOf(numerator))
}

type unknownUnit struct{ text string }

func (e unknownUnit) Error() string { return e.text }

// whole is how much of a dimension all lines of a scale have together, the subject's own
// included.
func (r *run) whole(t *conditionType, c *catalog.Condition, sub *subject, own money.Num) (money.Num, error) {
	total := money.Num{}
	if !r.atStart[sub.line.index] {
		total = own
	}
	for i := range r.lines {
		l := &r.lines[i]
		if !r.atStart[i] || !r.shares(t, c, sub, l) {
			continue
		}
		other := subject{line: l, product: l.in.Product, quantity: l.base, basis: r.bases[i]}
		more, err := r.own(t, t.def.ScaleBy, c, &other)
		if err != nil {
			return total, err
		}
		total = total.Add(more)
	}
	return total, nil
}

// shares reports whether a line is on the same scale as the subject.
func (r *run) shares(t *conditionType, c *catalog.Condition, sub *subject, l *lineRun) bool {
	if t.acrossQuote() {
		return true
	}
	other := subject{line: l, product: l.in.Product}
	for i := range t.over {
		if r.keyValue(&t.over[i], &other) != r.keyValue(&t.over[i], sub) {
			return false
		}
	}
	if !t.acrossRecord() {
		return true
	}
	for _, key := range c.Keys {
		f := keySourceOf(key.Name)
		value := r.keyValue(&f, &other)
		switch f.kind {
		case keyOption:
			return false
		case keyFamily, keyRegion:
			if !below(value, key.Value) {
				return false
			}
		case keySKU, keyTaxCategory:
			if value != key.Value {
				return false
			}
		case keyAttribute:
			if v, of := l.in.Product.Attributes[f.name]; of && v != key.Value {
				return false
			}
			if _, of := sub.product.Attributes[f.name]; of && value != key.Value {
				return false
			}
		}
	}
	return true
}
