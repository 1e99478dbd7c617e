package rulebook

import "quotewright/internal/formula"

// functions are what formulas of this rulebook may call besides the built-in ones.
func (l *loader) functions() map[string]formula.Function {
	return map[string]formula.Function{"lookup": l.lookups.function()}
}
