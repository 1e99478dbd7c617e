package pricing

import (
	"quotewright/catalog"
	"quotewright/money"
)

// priced adds what a scale gives for a subject; false when it does not hold.
func (r *run) priced(t *conditionType, s scale, sub *subject, chain []string, out *outcome) (bool, error) {
	first := s.first()
	if !first.ValidOn(r.in.Date) {
		if r.trace {
			out.lose(first.ID, r.put("outside validity ", validity(*first)))
		}
		return false, nil
	}
	own, err := r.own(t, t.def.ScaleBy, first, sub)
	if err != nil {
		return false, err
	}
	whole := own
	if t.across() && !sub.part {
		if whole, err = r.whole(t, first, sub, own); err != nil {
			return false, err
		}
	}
	tier := s.reached(whole)
	if tier == nil {
		if r.trace {
			out.lose(first.ID, r.put("below the scale of ", first.MinQuantity.String()))
		}
		return false, nil
	}
	c := candidate{id: tier.ID, source: r.recordSource(tier.ID)}
	if tier.Measure == catalog.MeasurePercent {
		err = r.percentOf(t, s, tier, whole, sub, &c)
	} else {
		err = r.amountOf(t, s, tier, own, whole, sub, chain, &c)
	}
	if err != nil {
		return false, err
	}
	out.found = append(out.found, c)
	return true, nil
}

func (r *run) percentOf(t *conditionType, s scale, tier *catalog.Condition, whole money.Num, sub *subject, c *candidate) (err error) {
	rate := money.NumOf(tier.Value)
	if t.def.Scale == ScaleSlab && !whole.IsZero() {
		if rate, err = r.slab(s, whole, nil).Divide(whole); err != nil {
			return err
		}
	}
	v, err := r.overridden(sub)
	if err != nil {
		return err
	}
	if v != nil {
		if rate = *v; outside(rate, numOf(tier.LowerLimit), numOf(tier.UpperLimit)) {
			return outOfRange{r.step.override.id, rate, numOf(tier.LowerLimit), numOf(tier.UpperLimit)}
		}
		c.note = r.put("entered instead of ", tier.Value.String())
	}
	c.setPercent(sub.basis, rate)
	c.amount = r.rounded(t.round, c.amount, sub.line)
	return nil
}

// amountOf computes what the reached tier gives in the quote's currency.
func (r *run) amountOf(t *conditionType, s scale, tier *catalog.Condition, own, whole money.Num, sub *subject, chain []string, c *candidate) error {
	units, err := r.own(t, t.def.ChargeBy, tier, sub)
	if err != nil {
		return err
	}
	per := money.NumOf(tier.Per)
	v, err := r.overridden(sub)
	if err != nil {
		return err
	}
	if v != nil {
		return r.enteredAmount(t, tier, *v, units, per, sub, c)
	}
	value := r.derived(tier, chain, c)
	var amount money.Num
	switch {
	case t.def.Scale == ScaleSlab:
		if amount = r.slab(s, whole, chain); !whole.Equal(own) {
			if amount, err = amount.Mul(own).Divide(whole); err != nil {
				return err
			}
		}
	case t.def.Scale == ScaleBlock:
		if amount, per = value, money.NumOfInt(1); !whole.Equal(own) {
			if amount, err = amount.Mul(own).Divide(whole); err != nil {
				return err
			}
		}
	default:
		amount = value.Mul(units)
	}
	if !per.Equal(one) && t.def.ChargeBy != ByLine {
		if amount, err = amount.Divide(per); err != nil {
			return err
		}
	}
	if c.amount, err = r.converted(t, tier, amount, sub, c); err != nil {
		return err
	}
	c.amount = r.rounded(t.round, c.amount, sub.line)
	return nil
}

var one = money.NumOfInt(1)

// derived applies the price lists that a record's value was handed down through.
func (r *run) derived(tier *catalog.Condition, chain []string, c *candidate) money.Num {
	value := money.NumOf(tier.Value)
	for i := len(chain) - 1; i >= 0; i-- {
		list := r.model.schema.PriceLists[chain[i]]
		if list.Percent != nil {
			value = value.Add(value.Percent(money.NumOf(*list.Percent)))
		}
		if list.Round != nil {
			value = r.roundInList(list.Round, tier, value)
		}
		if c != nil && r.trace {
			percent := "0"
			if list.Percent != nil {
				percent = list.Percent.String()
			}
			c.note = r.putAfter(c.note, "price list ", list.ID, " from ", list.From.Text, " ", percent, " % ")
		}
	}
	return value
}

// roundInList rounds a derived value, in the currency of its record.
func (r *run) roundInList(d *RoundDefinition, tier *catalog.Condition, n money.Num) money.Num {
	rule := money.Rounding{Mode: money.Mode(d.Mode.Text), Increment: r.model.schema.Company.MinorUnit()}
	if d.To != nil {
		rule.Increment = *d.To
	} else if tier.Currency != "" {
		if currency, err := money.ParseCurrency(tier.Currency); err == nil {
			rule.Increment = currency.MinorUnit()
		}
	}
	return rule.RoundNum(n)
}

// overridden returns what was entered in place of a record's value; nil: nothing.
func (r *run) overridden(sub *subject) (*money.Num, error) {
	s := r.step
	if s == nil || s.override == nil || sub.part {
		return nil, nil
	}
	v := r.lookup(s.override.slot)
	if !v.Known() {
		return nil, nil
	}
	n := v.Num()
	if outside(n, s.min, s.max) {
		return nil, outOfRange{s.override.id, n, s.min, s.max}
	}
	return &n, nil
}

func outside(v money.Num, low, high *money.Num) bool {
	return low != nil && v.Less(*low) || high != nil && high.Less(v)
}

// enteredAmount prices a line by an entered value per so many units, in the quote's
// currency.
func (r *run) enteredAmount(t *conditionType, tier *catalog.Condition, v, units, per money.Num, sub *subject, c *candidate) error {
	limits := [2]*money.Num{numOf(tier.LowerLimit), numOf(tier.UpperLimit)}
	for i, limit := range limits {
		if limit == nil {
			continue
		}
		in, err := r.converted(t, tier, *limit, sub, nil)
		if err != nil {
			return err
		}
		limits[i] = &in
	}
	if outside(v, limits[0], limits[1]) {
		return outOfRange{r.step.override.id, v, limits[0], limits[1]}
	}
	amount := v.Mul(units)
	if t.def.ChargeBy == ByLine {
		amount = v
	} else if !per.Equal(one) {
		var err error
		if amount, err = amount.Divide(per); err != nil {
			return err
		}
	}
	c.amount = r.rounded(t.round, amount, sub.line)
	c.note = r.put("entered instead of ", tier.Value.String())
	return nil
}

func validity(c catalog.Condition) string {
	return catalog.DateText(c.ValidFrom) + ".." + catalog.DateText(c.ValidTo)
}
