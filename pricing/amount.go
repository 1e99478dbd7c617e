package pricing

import (
	"quotewright/money"
)

// increment is what a rounding rounds to.
func (r *run) increment(d *rounding) money.Rounding {
	rule := d.rule
	if rule.Increment.IsZero() {
		rule.Increment = r.minorUnit
	}
	return rule
}

// rounded rounds an amount on a line; l is nil for an amount of the quote.
func (r *run) rounded(d *rounding, n money.Num, l *lineRun) money.Num {
	if d == nil {
		return n
	}
	rule := r.increment(d)
	if d.each == "unit" && l != nil && !l.quantity.IsZero() {
		if unit, err := n.Divide(l.quantity); err == nil {
			return rule.RoundNum(unit).Mul(l.quantity)
		}
	}
	return rule.RoundNum(n)
}

// merge adds up what counts of an outcome, rounded and within the step's limits.
func (r *run) merge(s *step, l *lineRun, out *outcome, n int) (sum money.Num, err error) {
	if n == 0 {
		return sum, nil
	}
	sum = out.found[0].amount
	for _, c := range out.found[1:n] {
		sum = sum.Add(c.amount)
	}
	if s.documentRounding() {
		return sum, nil
	}
	if sum, err = r.limited(s, r.rounded(s.round, sum, l), out); err != nil {
		return sum, err
	}
	if s.included {
		return r.includedTax(s, l, out, sum), nil
	}
	if s.excluded && s.round == nil {
		sum = sum.Round(r.in.Currency.Digits)
	}
	if l == nil {
		return sum, nil
	}
	if left := money.MaxNum(l.running, money.Num{}); s.cuts(sum, left) {
		out.text = "cut at zero"
		sum = left.Neg()
	}
	return sum, nil
}

// limited holds an amount to the step's limits, which for inputs are limits of what is
// entered and checked there.
func (r *run) limited(s *step, n money.Num, out *outcome) (money.Num, error) {
	if s.input != nil || s.override != nil {
		return n, nil
	}
	if s.min != nil {
		low, err := r.inQuoteCurrency(s, *s.min)
		if err != nil {
			return n, err
		}
		if n.Less(low) {
			out.text = "raised to the minimum"
			return low, nil
		}
	}
	if s.max != nil {
		high, err := r.inQuoteCurrency(s, *s.max)
		if err != nil {
			return n, err
		}
		if high.Less(n) {
			out.text = "cut to the maximum"
			return high, nil
		}
	}
	return n, nil
}

// includedTax is the part of an amount that is tax, once all included taxes of the line
// are known; those before are computed again with this one's rate.
func (r *run) includedTax(s *step, l *lineRun, out *outcome, sum money.Num) money.Num {
	rate := out.found[0].rate
	l.included = l.included.Add(rate)
	for i := range r.model.steps {
		earlier := &r.model.steps[i]
		if earlier.id == s.id {
			break
		}
		if c := &l.cells[i]; earlier.included && c.counts() && c.rated {
			c.amount = r.partOfGross(earlier, l, c.rate)
			if t := l.traced(earlier.id); t != nil {
				t.Amount = r.amount(c.amount)
			}
		}
	}
	return r.partOfGross(s, l, rate)
}

// partOfGross is gross × rate ÷ (100 + all included rates), rounded.
func (r *run) partOfGross(s *step, l *lineRun, rate money.Num) money.Num {
	gross := r.printed(r.basis(s, l))
	tax, err := gross.Mul(rate).Divide(hundred.Add(l.included))
	if err != nil {
		return money.Num{}
	}
	if s.round != nil {
		return r.rounded(s.round, tax, l)
	}
	return tax.Round(r.in.Currency.Digits)
}

// printed rounds as a line's net is rounded.
func (r *run) printed(n money.Num) money.Num {
	return money.Rounding{Increment: r.minorUnit, Mode: r.model.schema.NetRounding}.RoundNum(n)
}

var hundred = money.NumOfInt(100)

// total is the sum of a step over the lines that count, and what of it stays with the
// quote.
func (r *run) total(i int) money.Num {
	sum := r.looseOf(i)
	for n := range r.lines {
		if l := &r.lines[n]; l.counts {
			sum = sum.Add(l.cells[i].amount)
		}
	}
	return sum
}
