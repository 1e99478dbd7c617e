package quote

import (
	"github.com/shopspring/decimal"

	"quotewright/money"
)

// readQuantity reads a line's quantity and unit, and checks them against the unit's
// digits and the product's minimum and multiple.
func (r *evaluator) readQuantity(l *line) {
	l.unit = l.request.Unit
	if l.unit == "" {
		l.unit = l.product.Unit
	}
	quantity, err := money.Parse(string(l.request.Quantity))
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
	numerator, denominator, known := r.view.BaseUnits(l.product.SKU, l.unit)
	if !known {
		r.fail(l, "unknown_unit", "%s is not sold in %q; its base unit is %s.", l.product.SKU, l.unit, l.product.Unit)
		return
	}
	if u, declared := r.book.Unit(l.unit); declared && u.Digits >= 0 && !quantity.Equal(quantity.Truncate(int32(u.Digits))) {
		r.fail(l, "bad_quantity", "The quantity is %s; %s takes at most %d decimals.", quantity, l.unit, u.Digits)
	}
	if l.unit == l.product.Unit {
		l.base = quantity
	} else if l.base, err = money.Divide(quantity.Mul(numerator), denominator); err != nil {
		r.fail(l, "unknown_unit", "The unit %s of %s cannot be converted: %s.", l.unit, l.product.SKU, err)
		return
	}
	r.checkLotSize(l)
}

func (r *evaluator) checkLotSize(l *line) {
	p := l.product
	if p.MinQuantity.IsZero() && p.Multiple.IsZero() {
		return
	}
	base := l.base.Abs()
	if base.LessThan(p.MinQuantity) {
		r.fail(l, "below_minimum_quantity", "%s is sold from %s %s on, not %s.", p.SKU, p.MinQuantity, p.Unit, base)
	}
	if p.Multiple.Sign() <= 0 {
		return
	}
	if over := base.Mod(p.Multiple); !over.IsZero() {
		next := decimal.Max(base.Sub(over).Add(p.Multiple), p.MinQuantity)
		r.fail(l, "not_a_multiple", "%s is sold in multiples of %s %s, not %s; the next is %s.", p.SKU, p.Multiple, p.Unit, base, next)
	}
}
