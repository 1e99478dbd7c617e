package rulebook

import (
	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

var hundred = decimal.NewFromInt(100)

// positive reads a number above zero; nil when it is not there.
func (o *object) positive(key string) *decimal.Decimal {
	d := o.decimal(key)
	o.aboveZero(key, d)
	return d
}

// aboveZero checks the number under a key, if there is one.
func (o *object) aboveZero(key string, d *decimal.Decimal) {
	if d != nil && d.Sign() <= 0 {
		o.fail(o.node.get(key).at, "%s is more than zero, not %s", key, d)
	}
}

// notNegative reads a number of at least zero; nil when it is not there.
func (o *object) notNegative(key string) *decimal.Decimal {
	d := o.decimal(key)
	if d != nil && d.Sign() < 0 {
		o.fail(o.node.get(key).at, "%s is at least zero, not %s", key, d)
	}
	return d
}

// reduction reads a percentage that takes off, up to all: from -100 to below zero.
func (o *object) reduction(key string) *decimal.Decimal {
	d := o.decimal(key)
	if d != nil && (d.Sign() >= 0 || d.LessThan(hundred.Neg())) {
		o.fail(o.node.get(key).at, "%s takes off, so it is from -100 to below zero, not %s", key, d)
	}
	return d
}

// negative reads an amount that takes off; nil when it is not there.
func (o *object) negative(key string) *decimal.Decimal {
	d := o.decimal(key)
	if d != nil && d.Sign() >= 0 {
		o.fail(o.node.get(key).at, "%s takes off, so it is below zero, not %s", key, d)
	}
	return d
}

// growth reads a percentage that leaves more than nothing: above -100.
func (o *object) growth(key string) *decimal.Decimal {
	d := o.decimal(key)
	if d != nil && d.LessThanOrEqual(hundred.Neg()) {
		o.fail(o.node.get(key).at, "%s is more than -100, not %s", key, d)
	}
	return d
}

// date reads a day; no date when it is not there.
func (o *object) date(key string) catalog.Date {
	n := o.name(key)
	if n.Text == "" {
		return catalog.Date{}
	}
	day, err := civil.ParseDate(n.Text)
	if err != nil || day.Year == 0 {
		o.fail(n.At, "%s is a date such as 2026-03-01, not %q", key, n.Text)
		return catalog.Date{}
	}
	return day
}
