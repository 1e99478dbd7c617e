package rulebook

import (
	"quotewright/pricing"
)

// salesModel reads sales-models/NAME.yaml. What its steps and rules need is checked
// where they are compiled.
func (r *reader) salesModel(n *node) pricing.Definition {
	o, _ := r.object(n, "a sales model")
	def := pricing.Definition{ID: o.id("sales_model"), Title: o.text("title"), At: o.name("sales_model").At}
	if def.Title == "" {
		def.Title = def.ID
	}
	for _, s := range o.names("sites") {
		def.Sites = append(def.Sites, s.Text)
	}
	o.objects("eligibility", func(e *object) {
		def.Eligibility = append(def.Eligibility, pricing.EligibilityDefinition{
			ID: e.word("id").Text, At: e.at, When: e.source("when"), Refuse: pricing.Translated{Source: e.source("refuse")}})
	})
	o.objects("procedure", func(s *object) { def.Procedure = append(def.Procedure, r.step(s)) })
	o.objects("approvals", func(a *object) {
		def.Approvals = append(def.Approvals, pricing.ApprovalDefinition{ID: a.word("id").Text, At: a.at,
			When: a.source("when"), Roles: a.names("role"), Order: a.name("order"), Reason: pricing.Translated{Source: a.source("reason")}})
	})
	o.done()
	return def
}

func (r *reader) step(s *object) pricing.StepDefinition {
	d := pricing.StepDefinition{
		ID: s.word("id").Text, Title: pricing.Title{Text: s.text("title")}, At: s.at,
		Condition: s.name("condition"), Table: s.name("table"), Formula: s.source("formula"), Input: s.name("input"),
		Options: s.name("options"), Components: s.name("components"), Subtotal: s.bool("subtotal"),
		When: s.source("when"), Basis: s.names("basis"), Choose: s.name("choose"), Exclusion: s.name("exclusion"),
		Min: s.decimal("min"), Max: s.decimal("max"), Required: s.bool("required"), Per: s.name("per"),
		Allocate: s.name("allocate"), Replaces: s.names("replaces"), ExcludeFrom: s.name("exclude_from"),
		Statistical: s.bool("statistical"), AllowNegative: s.bool("allow_negative"),
		Measure: s.name("measure"), Effect: s.name("effect"),
	}
	if n := s.get("round"); n != nil {
		if o, ok := r.object(n, "round"); ok {
			d.Round = &pricing.RoundDefinition{Each: o.name("each"), To: o.decimal("to"), Mode: o.name("mode"), At: o.at}
			o.done()
		}
	}
	s.objects("adjustments", func(a *object) {
		d.Adjustments = append(d.Adjustments, pricing.AdjustmentDefinition{ID: a.word("id").Text, Title: pricing.Title{Text: a.text("title")}, At: a.at,
			When: a.source("when"), Percent: a.source("percent"), Amount: a.source("amount"), Per: a.name("per")})
	})
	return d
}
