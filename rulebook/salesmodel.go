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
			ID: e.word("id").Text, At: e.at, When: e.source("when"), Refuse: e.translated("refuse")})
	})
	o.objects("procedure", func(s *object) { def.Procedure = append(def.Procedure, r.step(s)) })
	o.objects("approvals", func(a *object) {
		def.Approvals = append(def.Approvals, pricing.ApprovalDefinition{ID: a.word("id").Text, At: a.at,
			When: a.source("when"), Roles: a.names("role"), Order: a.name("order"), Reason: a.translated("reason")})
	})
	o.objects("exclusions", func(e *object) { def.Exclusions = append(def.Exclusions, r.exclusion(e)) })
	o.done()
	return def
}
