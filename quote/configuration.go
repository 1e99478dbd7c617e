package quote

import (
	"encoding/json"
	"strings"

	"quotewright/configurator"
	"quotewright/internal/formula"
	"quotewright/rulebook"
)

// Configuration is what a configured line consists of.
type Configuration struct {
	Complete  bool                             `json:"complete"`
	Values    map[string]configurator.Assigned `json:"values"`
	Domains   map[string]json.RawMessage       `json:"domains"` // options and booleans, or ranges of integers
	Conflicts []configurator.Conflict          `json:"conflicts"`
}

// Chosen returns the value of every feature, whoever set it.
func (c *Configuration) Chosen() map[string]formula.Value {
	chosen := map[string]formula.Value{}
	for feature, assigned := range c.Values {
		if assigned.By != configurator.ByDerived {
			chosen[feature] = assigned.Value
		}
	}
	return chosen
}

// configure resolves the configuration of a line.
func (r *evaluator) configure(l *line) {
	model, configurable := r.modelOf(l)
	if !configurable {
		for _, feature := range sortedKeys(l.request.Configuration) {
			r.fail(l, "unknown_feature", "%s has no feature %q: it is not configurable.", l.product.SKU, feature)
		}
		return
	}
	if model == nil {
		r.fail(l, "unknown_model", "%s is configured by the model %q, which the rulebook does not have.", l.product.SKU, l.product.Model)
		return
	}
	l.overlays = model.Overlays
	l.state = r.resolve(model, l.request.Configuration)
	for _, p := range l.state.Problems {
		r.fail(l, p.Code, "%s.", p.Text)
		r.out.Messages[len(r.out.Messages)-1].Feature = p.Feature
	}
	for _, c := range l.state.Conflicts {
		r.fail(l, "configuration_conflict", "%s", conflictText(c))
		r.out.Messages[len(r.out.Messages)-1].Feature = c.Feature
	}
	if !l.state.Complete && len(l.state.Problems) == 0 && len(l.state.Conflicts) == 0 {
		r.fail(l, "incomplete_configuration", "%s still needs a choice of %s.", l.product.SKU, strings.Join(l.state.Open(), ", "))
	}
}

// modelOf returns the configuration model of a line's product; nil when the catalog
// names one that the rulebook does not have.
func (r *evaluator) modelOf(l *line) (model *rulebook.Model, configurable bool) {
	if id := l.product.Model; id != "" {
		model, _ := r.book.Model(id)
		return model, true
	}
	return r.book.ModelForSKU(l.product.SKU)
}

// resolve answers a selection, once for all lines that choose the same.
func (r *evaluator) resolve(model *rulebook.Model, selection map[string]formula.Value) *configurator.State {
	key := model.ID()
	for _, feature := range sortedKeys(selection) {
		value, _ := json.Marshal(selection[feature]) // values are plain
		key += "\x00" + feature + "\x00" + string(value)
	}
	state, known := r.states[key]
	if !known {
		state = model.Resolve(selection, configurator.Options{Defaults: true})
		r.states[key] = state
	}
	return state
}

func conflictText(c configurator.Conflict) string {
	var text strings.Builder
	text.WriteString(c.Feature)
	if c.Value != nil {
		text.WriteString(" " + c.Value.String())
	}
	text.WriteString(" does not fit")
	for i, choice := range c.Choices {
		text.WriteString([]string{" with ", " and "}[min(i, 1)] + choice.Feature + " " + choice.Value.String())
	}
	for i, constraint := range c.Constraints {
		text.WriteString([]string{": ", "; "}[min(i, 1)] + constraint.Message)
	}
	return text.String()
}

// showConfiguration is the document of a state.
func showConfiguration(s *configurator.State) *Configuration {
	c := &Configuration{Complete: s.Complete, Values: s.Values, Domains: map[string]json.RawMessage{}, Conflicts: s.Conflicts}
	for feature, domain := range s.Domains {
		c.Domains[feature], _ = json.Marshal(domain) // values are plain
	}
	return c
}
