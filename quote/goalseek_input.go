package quote

import (
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

// What is tried of an input when neither the change nor the rules have limits: percentages,
// rates that take the place of a record's, amounts.
var (
	anyPercent = limits{max: decimal.NewFromInt(100), step: decimal.New(1, -2)}
	anyRate    = limits{min: decimal.NewFromInt(-100), max: decimal.NewFromInt(100), step: decimal.New(1, -2)}
	anyAmount  = limits{max: decimal.NewFromInt(1_000_000_000)} // in steps of the minor unit
)

// inputLever changes what is entered on a line, on all lines or on the quote.
func (k *seeker) inputLever() {
	c := k.Change
	scope := pricing.ScopeQuote
	if c.Line != "" || c.AllLines {
		scope = pricing.ScopeLine
	}
	all := k.model.Inputs()
	i := slices.IndexFunc(all, func(in pricing.InputDefinition) bool { return in.ID == c.Input && in.Scope == scope })
	if i < 0 {
		k.mistake("/change/input", "the sales model %s reads no input %q of a %s%s", k.model.ID, c.Input, scope, elsewhere(all, c.Input, scope))
		return
	}
	k.lever.with, k.lever.now = k.enter(scope), k.entered(scope, all[i].Kind)
	switch all[i].Kind {
	case formula.Number:
		if l, known := k.inputLimits(scope); known {
			k.grid(l, k.valueHints())
		}
	case formula.Boolean:
		k.options([]formula.Value{formula.OfBool(false), formula.OfBool(true)})
	default:
		k.mistake("/change/input", "%s is a %s; only a number or a boolean can be sought", c.Input, all[i].Kind)
	}
}

// elsewhere helps those who forgot the line, or named one.
func elsewhere(all []pricing.InputDefinition, id string, scope pricing.Scope) string {
	switch {
	case !slices.ContainsFunc(all, func(in pricing.InputDefinition) bool { return in.ID == id }):
		return ""
	case scope == pricing.ScopeQuote:
		return "; it is one of lines: name the line, or set all_lines"
	}
	return "; it is one of the quote: name no line"
}

// enter returns how a request takes a value of the input.
func (k *seeker) enter(scope pricing.Scope) func(Request, formula.Value) Request {
	id, on := k.Change.Input, k.Change.Line
	return func(r Request, v formula.Value) Request {
		if scope == pricing.ScopeQuote {
			r.Inputs = changed(r.Inputs, id, v)
			return r
		}
		r.Lines = slices.Clone(r.Lines)
		for i := range r.Lines {
			if on == "" || r.Lines[i].ID == on {
				r.Lines[i].Inputs = changed(r.Lines[i].Inputs, id, v)
			}
		}
		return r
	}
}

// entered returns what is entered now; no value when lines do not agree.
func (k *seeker) entered(scope pricing.Scope, kind formula.Kind) formula.Value {
	read := func(inputs map[string]formula.Value) formula.Value {
		v, _ := asKind(inputs[k.Change.Input], kind)
		return v
	}
	if scope == pricing.ScopeQuote {
		return read(k.Request.Inputs)
	}
	lines := k.Request.Lines
	if k.Change.Line != "" {
		i := k.line(k.Change.Line)
		lines = lines[i : i+1]
	}
	var now formula.Value
	for i, l := range lines {
		v := read(l.Inputs)
		if i > 0 && !(v.Known() && now.Known() && v.Equal(now)) {
			return formula.Value{}
		}
		now = v
	}
	return now
}

// inputLimits are those of the steps that read the input. Where only formulas do, what it
// means is not known.
func (k *seeker) inputLimits(scope pricing.Scope) (limits, bool) {
	c := k.Change
	uses := k.model.InputUses(scope, c.Input)
	if len(uses) == 0 {
		if c.Min == "" || c.Max == "" || c.Step == "" {
			k.mistake("/change", "only formulas read %s, so that min, max and step have to be given", c.Input)
			return limits{}, false
		}
		return limits{}, true
	}
	l := anyAmount
	switch use := uses[0]; {
	case use.Measure == "percent" && use.Replaces:
		l = anyRate
	case use.Measure == "percent":
		l = anyPercent
	default:
		l.step = k.minorUnit(use.Currency)
	}
	for _, use := range uses {
		l.within(use.Min, use.Max)
	}
	return l, true
}

// minorUnit is that of a step's currency; "" is the quote's.
func (k *seeker) minorUnit(code string) decimal.Decimal {
	currency, err := money.ParseCurrency(code)
	if err != nil {
		currency = k.currency
	}
	return currency.MinorUnit()
}
