package pricing

import "quotewright/money"

// InputUse says how a step reads a number that a rep enters, and within which limits.
type InputUse struct {
	Step     string
	Measure  string     // percent; amount; price: an amount per unit
	Currency string     // of an amount or price; "": the quote's
	Min, Max *money.Num // of what is entered; nil: no limit
	Replaces bool       // it takes the place of a record's value, which may have limits of its own
}

// InputUses returns the steps that take their value from an input, in their order. An
// input that only formulas read has none.
func (m *SalesModel) InputUses(scope Scope, id string) []InputUse {
	var uses []InputUse
	for i := range m.steps {
		s := &m.steps[i]
		use := InputUse{Step: s.id, Min: s.min, Max: s.max}
		switch {
		case s.input != nil && s.input.scope == scope && s.input.id == id:
			use.Measure, use.Currency = s.input.measure, s.currency
		case s.override != nil && s.override.scope == scope && s.override.id == id:
			use.Measure, use.Replaces = string(s.condition.def.Measure), true
		default:
			continue
		}
		uses = append(uses, use)
	}
	return uses
}
