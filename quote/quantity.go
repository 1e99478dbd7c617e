package quote

import "quotewright/money"

// readQuantity reads a line's quantity and unit, and checks them against the unit's
// digits and the product's minimum and multiple.
func (r *evaluator) readQuantity(l *line) {
	l.unit = l.request.Unit
	if l.unit == "" {
		l.unit = l.product.Unit
	}
	quantity, err := money.ParseNum(string(l.request.Quantity))
	switch {
	case l.request.Quantity == "" || l.request.Quantity == "null":
		r.fail(l, "bad_quantity", "The quantity is missing.")
		return
	case err != nil:
		r.fail(l, "bad_quantity", "The quantity %s.", err)
		return
	case quantity.Sign() == 0:
		r.fail(l, "bad_quantity", "The quantity is 0; it has to be more, or less for a return.")
		return
	}
	l.quantity = quantity
	if u, declared := r.book.Unit(l.unit); declared && u.Digits >= 0 && quantity.Places() > int32(u.Digits) {
		r.fail(l, "bad_quantity", "The quantity is %s; %s takes at most %d decimals.", quantity, l.unit, u.Digits)
	}
	if !r.convert(l) {
		return
	}
	r.checkLotSize(l)
}

// convert finds the quantity in base units.
func (r *evaluator) convert(l *line) bool {
	l.base = l.quantity
	if l.unit == l.product.Unit {
		return true
	}
	numerator, denominator, known := r.view.BaseUnits(l.product.SKU, l.unit)
	if !known {
		r.fail(l, "unknown_unit", "%s is not sold in %q; its base unit is %s.", l.product.SKU, l.unit, l.product.Unit)
		return false
	}
	base, err := l.quantity.Mul(money.NumOf(numerator)).Divide(money.NumOf(denominator))
	if err != nil {
		r.fail(l, "unknown_unit", "The unit %s of %s cannot be converted: %s.", l.unit, l.product.SKU, err)
		return false
	}
	l.base = base
	return true
}

func (r *evaluator) checkLotSize(l *line) {
	p := l.product
	if p.MinQuantity.IsZero() && p.Multiple.IsZero() {
		return
	}
	base, minimum, multiple := l.base.Abs(), money.NumOf(p.MinQuantity), money.NumOf(p.Multiple)
	if base.Less(minimum) {
		r.fail(l, "below_minimum_quantity", "%s is sold from %s %s on, not %s.", p.SKU, minimum, p.Unit, base)
	}
	if multiple.Sign() <= 0 {
		return
	}
	if over := remainder(base, multiple); !over.IsZero() {
		next := money.MaxNum(base.Sub(over).Add(multiple), minimum)
		r.fail(l, "not_a_multiple", "%s is sold in multiples of %s %s, not %s; the next is %s.", p.SKU, multiple, p.Unit, base, next)
	}
}

// remainder is what is left of a when b is taken off as often as it goes; both are
// positive or a is zero.
func remainder(a, b money.Num) money.Num {
	times, err := a.Divide(b)
	if err != nil {
		return money.Num{}
	}
	rest := a.Sub(times.Floor().Mul(b))
	if rest.Sign() < 0 { // the quotient was rounded up
		rest = rest.Add(b)
	}
	return rest
}
