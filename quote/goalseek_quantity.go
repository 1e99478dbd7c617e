package quote

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
	"quotewright/money"
)

// mostQuantity is the highest quantity that is tried when the change does not say.
var mostQuantity = decimal.NewFromInt(1_000_000)

// quantityLever changes the quantity of a line, to what the product is sold in. A return
// stays one.
func (k *seeker) quantityLever() {
	i := k.line(k.Change.Line)
	l, known := k.quantityLimits(i)
	if !known {
		k.fatal = requestErrors(k.Request, k.now.Errors())
		return
	}
	hints := k.scaleHints()
	now, err := money.Parse(string(k.Request.Lines[i].Quantity))
	if err == nil {
		k.lever.now = formula.OfNumber(now)
	}
	if now.Sign() < 0 {
		l.min, l.max = l.max.Neg(), l.min.Neg()
		for n := range hints {
			hints[n] = hints[n].Neg()
		}
	}
	k.lever.with = func(r Request, v formula.Value) Request {
		r.Lines = slices.Clone(r.Lines)
		r.Lines[i].Quantity = Number(v.String())
		return r
	}
	k.grid(l, hints)
}

// quantityLimits are the product's; false when product or unit are not known.
func (k *seeker) quantityLimits(i int) (limits, bool) {
	product, known := k.view.Product(k.now.Lines[i].SKU)
	if !known {
		return limits{}, false
	}
	unit := k.now.Lines[i].Unit
	numerator, denominator, known := k.view.BaseUnits(product.SKU, unit)
	if !known || numerator.Sign() <= 0 || denominator.Sign() <= 0 {
		return limits{}, false
	}
	step := k.unitStep(unit, k.Request.Lines[i].Quantity)
	fit := func(step decimal.Decimal) decimal.Decimal {
		if u, declared := k.book.Unit(unit); declared && u.Digits >= 0 {
			step = lotStep(step, one, decimal.New(1, -int32(u.Digits)))
		}
		// One unit is numerator ÷ denominator base units.
		return lotStep(step, numerator, product.Multiple.Mul(denominator))
	}
	least := ceilDiv(product.MinQuantity.Mul(denominator), step.Mul(numerator)).Mul(step)
	return limits{min: decimal.Max(step, least), max: mostQuantity, step: step, fit: fit}, true
}

// unitStep is the least quantity of a unit; where it may have any decimals, as many as the
// quantity has now.
func (k *seeker) unitStep(unit string, now Number) decimal.Decimal {
	if u, declared := k.book.Unit(unit); declared && u.Digits >= 0 {
		return decimal.New(1, -int32(u.Digits))
	}
	n, err := money.ParseNum(string(now))
	if err != nil {
		return one
	}
	return decimal.New(1, -n.Places())
}

// lotStep returns the least multiple of step that, times ratio, is a whole number of lots;
// step itself when there are no lots.
func lotStep(step, ratio, lot decimal.Decimal) decimal.Decimal {
	if lot.Sign() <= 0 {
		return step
	}
	lots := new(big.Rat).Quo(step.Mul(ratio).Rat(), lot.Rat())
	return step.Mul(decimal.NewFromBigInt(lots.Denom(), 0))
}
