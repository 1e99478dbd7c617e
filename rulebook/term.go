package rulebook

import (
	"quotewright/pricing"
)

// term reads how a price per period becomes the amount of a term.
func (r *reader) term(o *object) *pricing.TermDefinition {
	t := &pricing.TermDefinition{At: o.at, Period: o.name("period"), Billing: o.name("billing"), Align: o.name("align"),
		Proration: o.name("proration"), Uplift: o.decimal("uplift")}
	o.done()
	return t
}
