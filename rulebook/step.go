package rulebook

import (
	"quotewright/pricing"
)

// step reads a step of a procedure. What its source needs, and what may go with it, is
// checked where it is compiled.
func (r *reader) step(s *object) pricing.StepDefinition {
	d := pricing.StepDefinition{
		ID: s.word("id").Text, Title: s.title("title"), At: s.at,
		Condition: s.name("condition"), Table: s.name("table"), Formula: s.source("formula"), Input: s.name("input"),
		Options: s.name("options"), Components: s.name("components"), Subtotal: s.bool("subtotal"), Sum: s.source("sum"),
		Rounding: s.round("rounding", false), Round: s.round("round", true),
		When: s.source("when"), Basis: s.names("basis"), Choose: s.name("choose"), Exclusion: s.name("exclusion"),
		Min: s.decimal("min"), Max: s.decimal("max"), Required: s.bool("required"), Per: s.name("per"),
		Allocate: s.name("allocate"), Replaces: s.names("replaces"), ExcludeFrom: s.name("exclude_from"),
		Statistical: s.bool("statistical"), AllowNegative: s.bool("allow_negative"),
		Measure: s.name("measure"), Effect: s.name("effect"), Override: s.name("override"), Included: s.bool("included"),
		Guidance: s.name("guidance"), CutAtZero: s.bool("cut_at_zero"), Currency: s.name("currency"),
	}
	r.offers(s, &d)
	return d
}

// offers reads the sources of a step that are made of entries.
func (r *reader) offers(s *object, d *pricing.StepDefinition) {
	s.objects("adjustments", func(a *object) {
		d.Adjustments = append(d.Adjustments, pricing.AdjustmentDefinition{ID: a.word("id").Text, Title: a.title("title"), At: a.at,
			When: a.source("when"), Percent: a.source("percent"), Amount: a.source("amount"), Per: a.name("per")})
	})
	s.objects("free_goods", func(g *object) { d.FreeGoods = append(d.FreeGoods, r.freeGoods(g)) })
	s.objects("bundles", func(b *object) { d.Bundles = append(d.Bundles, r.bundle(b)) })
	if n := s.get("coupons"); n != nil {
		if o, ok := r.object(n, "coupons"); ok {
			d.Coupons = r.coupons(o)
		}
	}
	if n := s.get("term"); n != nil {
		if o, ok := r.object(n, "term"); ok {
			d.Term = r.term(o)
		}
	}
}
