package pricing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/money"
)

// subject is what a condition record is looked for: a line, one of its options or one
// of its components.
type subject struct {
	product  *catalog.Product
	option   []string        // price keys of an option, most specific first
	quantity decimal.Decimal // base units
}

// candidate is a value that a step could take.
type candidate struct {
	id     string
	amount decimal.Decimal
	rate   *decimal.Decimal // percent
	basis  *decimal.Decimal
	source *Source
	note   string
}

// scale is the set of records that differ only in their minimum quantity, ordered by it.
type scale []catalog.Condition

// conditions returns every candidate of a type for a subject in the order of its
// access sequence; with first it stops at the first that hits. What exists but does
// not hold is returned as lost.
func (r *run) conditions(typ ConditionType, sub subject, basis decimal.Decimal, first bool) (found []candidate, lost []Lost, err error) {
	for _, access := range typ.Access {
		for _, keys := range r.keys(access, sub) {
			records := r.view.Conditions(typ.ID, keys)
			if len(records) == 0 {
				continue
			}
			hits, missed, err := r.hits(typ, records, sub, basis)
			if err != nil {
				return nil, lost, err
			}
			lost = append(lost, missed...)
			found = append(found, hits...)
			if first && len(hits) > 0 {
				return found, lost, nil
			}
		}
	}
	return found, lost, nil
}

// keys returns the key combinations of one access, most specific first: paths and
// options are tried from the most specific step up.
func (r *run) keys(access []string, sub subject) [][]catalog.KeyField {
	combinations := [][]catalog.KeyField{nil}
	for _, name := range access {
		values := r.keyValues(name, sub)
		var longer [][]catalog.KeyField
		for _, combination := range combinations {
			for _, v := range values {
				longer = append(longer, append(slices.Clone(combination), catalog.KeyField{Name: name, Value: v}))
			}
		}
		combinations = longer
	}
	for _, c := range combinations {
		slices.SortFunc(c, func(a, b catalog.KeyField) int { return strings.Compare(a.Name, b.Name) })
	}
	return combinations
}

func (r *run) keyValues(name string, sub subject) []string {
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	switch name {
	case "sku":
		return one(sub.product.SKU)
	case "family":
		return catalog.FamilyPath(sub.product.Family)
	case "customer":
		return one(r.in.Customer.ID)
	case "customer_group":
		return one(r.in.Customer.Group)
	case "price_list":
		return one(r.in.Customer.PriceList)
	case "region":
		return catalog.RegionPath(r.in.Customer.Region)
	case "sales_model":
		return one(r.model.ID)
	case "option":
		return sub.option
	case "tax_category":
		return one(sub.product.TaxCategory)
	case "country":
		return one(r.in.Customer.Country)
	}
	if v, ok := sub.product.Attributes[name]; ok {
		return one(v)
	}
	return one(r.in.Customer.Attributes[name])
}

// hits turns the records of one key into candidates, the one that started last first.
func (r *run) hits(typ ConditionType, records []catalog.Condition, sub subject, basis decimal.Decimal) (found []candidate, lost []Lost, err error) {
	for _, s := range scales(records) {
		first := s[0]
		if !first.ValidOn(r.in.Date) {
			lost = append(lost, Lost{first.ID, "outside validity " + validity(first)})
			continue
		}
		quantity, err := r.quantityIn(first, sub)
		if err != nil {
			return nil, nil, err
		}
		at := s.reached(quantity)
		if at < 0 {
			lost = append(lost, Lost{first.ID, "below the scale of " + first.MinQuantity.String()})
			continue
		}
		c, err := r.value(typ, s, at, quantity, basis)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, c)
	}
	slices.Reverse(found) // records are ordered by start
	return found, lost, nil
}

// scales groups records that differ only in minimum quantity, value and ID. Records
// come ordered by start and minimum quantity.
func scales(records []catalog.Condition) []scale {
	var groups []scale
	for _, c := range records {
		at := slices.IndexFunc(groups, func(s scale) bool {
			f := s[0]
			return f.ValidFrom == c.ValidFrom && f.ValidTo == c.ValidTo && f.Currency == c.Currency && f.Unit == c.Unit &&
				f.Measure == c.Measure && f.Per.Equal(c.Per)
		})
		if at < 0 {
			groups = append(groups, scale{c})
			continue
		}
		groups[at] = append(groups[at], c)
	}
	return groups
}

// reached returns the index of the highest tier whose minimum quantity is reached, or
// −1. The minimum is inclusive.
func (s scale) reached(quantity decimal.Decimal) int {
	at := -1
	for i, tier := range s {
		if tier.MinQuantity.LessThanOrEqual(quantity) {
			at = i
		}
	}
	return at
}

func (r *run) quantityIn(c catalog.Condition, sub subject) (decimal.Decimal, error) {
	numerator, denominator, ok := r.view.BaseUnits(sub.product.SKU, c.Unit)
	if !ok {
		return decimal.Zero, fmt.Errorf("condition record %s is in %s, a unit that %s does not have", c.ID, c.Unit, sub.product.SKU)
	}
	return money.Divide(sub.quantity.Mul(denominator), numerator)
}

// value computes what the reached tier gives for a quantity in the record's unit.
func (r *run) value(typ ConditionType, s scale, at int, quantity, basis decimal.Decimal) (candidate, error) {
	tier := s[at]
	c := candidate{id: tier.ID, source: &Source{Record: tier.ID}}
	if tier.Measure == catalog.MeasurePercent {
		rate, base := tier.Value, basis
		if typ.Scale == ScaleSlab {
			average, err := money.Divide(s.slab(at, quantity), quantity)
			if err != nil {
				return c, err
			}
			rate = average
		}
		c.rate, c.basis, c.amount = &rate, &base, money.Percent(basis, rate)
		return c, nil
	}
	amount := tier.Value.Mul(quantity)
	switch typ.Scale {
	case ScaleSlab:
		amount = s.slab(at, quantity)
	case ScaleBlock:
		amount = tier.Value
	}
	if !tier.Per.Equal(decimal.NewFromInt(1)) && typ.Scale != ScaleBlock {
		var err error
		if amount, err = money.Divide(amount, tier.Per); err != nil {
			return c, err
		}
	}
	return r.converted(c, tier, amount)
}

// slab sums value × units tier by tier up to the reached one.
func (s scale) slab(at int, quantity decimal.Decimal) decimal.Decimal {
	total := decimal.Zero
	for i := 0; i <= at; i++ {
		upper := quantity
		if i < at {
			upper = s[i+1].MinQuantity
		}
		lower := s[i].MinQuantity
		if i == 0 {
			lower = decimal.Zero
		}
		total = total.Add(s[i].Value.Mul(upper.Sub(lower)))
	}
	return total
}

// converted brings an amount into the quote's currency and notes the rate.
func (r *run) converted(c candidate, record catalog.Condition, amount decimal.Decimal) (candidate, error) {
	from := record.Currency
	if from == "" {
		from = r.model.schema.Company.Code
	}
	c.amount = amount
	if from == r.in.Currency.Code {
		return c, nil
	}
	rate, date, ok := r.view.Rate(from, r.in.Currency.Code, r.in.Date)
	if !ok {
		return c, missingRate{from, r.in.Currency.Code, r.in.Date}
	}
	c.amount = amount.Mul(rate)
	c.note = fmt.Sprintf("%s %s at %s of %s", amount, from, rate, date)
	return c, nil
}

type missingRate struct {
	from, to string
	on       catalog.Date
}

func (e missingRate) Error() string {
	return fmt.Sprintf("there is no exchange rate from %s to %s on or before %s", e.from, e.to, e.on)
}

func validity(c catalog.Condition) string {
	return catalog.DateText(c.ValidFrom) + ".." + catalog.DateText(c.ValidTo)
}
