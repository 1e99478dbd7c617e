package quote

import (
	"maps"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

// lever is what may be changed: values in order, and how a request takes one.
type lever struct {
	values  int64
	at      func(int64) formula.Value
	with    func(Request, formula.Value) Request // the request itself stays as it is
	now     formula.Value                        // no value: none, or not the same on all lines
	ordered bool                                 // numbers, so that looking between two makes sense
	steps   *GoalRange                           // of numbers
	hints   []int64                              // the value now, and where the figure may jump
}

// readChange notes the mistakes that need no sales model, and reports whether it is clear
// what is to be changed.
func (k *seeker) readChange() bool {
	c := k.Change
	before := len(k.mistakes)
	named := 0
	for _, is := range []bool{c.Input != "", c.Quantity, c.Feature != ""} {
		if is {
			named++
		}
	}
	if named != 1 {
		k.mistake("/change", "needs exactly one of input, quantity and feature")
	}
	switch {
	case c.Line != "" && k.line(c.Line) < 0:
		k.mistake("/change/line", "there is no line %q", c.Line)
	case c.Line == "" && (c.Quantity || c.Feature != ""):
		k.mistake("/change/line", "is missing")
	}
	if c.AllLines && (c.Line != "" || c.Input == "") {
		k.mistake("/change/all_lines", "is of an input, without a line")
	}
	sound := len(k.mistakes) == before
	k.readNumbers()
	return sound
}

// readNumbers reads the limits and the step of the change.
func (k *seeker) readNumbers() {
	before := len(k.mistakes)
	read := func(at string, text Number) *decimal.Decimal {
		if text == "" || text == "null" {
			return nil
		}
		known := len(k.mistakes)
		n := k.number(at, text).Decimal()
		if len(k.mistakes) > known {
			return nil
		}
		return &n
	}
	c := k.Change
	k.min, k.max, k.step = read("/change/min", c.Min), read("/change/max", c.Max), read("/change/step", c.Step)
	if k.step != nil && k.step.Sign() <= 0 {
		k.mistake("/change/step", "has to be more than 0")
	}
	k.unclear = len(k.mistakes) > before
}

// readLever sets the lever, or notes mistakes.
func (k *seeker) readLever() {
	switch {
	case k.Change.Input != "":
		k.inputLever()
	case k.Change.Quantity:
		k.quantityLever()
	default:
		k.featureLever()
	}
}

// options makes the lever values that are tried one and all.
func (k *seeker) options(values []formula.Value) {
	if k.min != nil || k.max != nil || k.step != nil {
		k.mistake("/change", "min, max and step are of numbers")
	}
	k.lever.values = int64(len(values))
	k.lever.at = func(i int64) formula.Value { return values[i] }
}

// changed returns values with one of them changed.
func changed(values map[string]formula.Value, id string, v formula.Value) map[string]formula.Value {
	values = maps.Clone(values)
	if values == nil {
		values = map[string]formula.Value{}
	}
	values[id] = v
	return values
}
