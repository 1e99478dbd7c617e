package quote

import (
	"maps"

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

// readChange sets the lever, or notes mistakes.
func (k *seeker) readChange() {
	c := k.Change
	named := 0
	for _, is := range []bool{c.Input != "", c.Quantity, c.Feature != ""} {
		if is {
			named++
		}
	}
	switch {
	case named != 1:
		k.mistake("/change", "needs exactly one of input, quantity and feature")
	case c.Line != "" && k.line(c.Line) < 0:
		k.mistake("/change/line", "there is no line %q", c.Line)
	case c.AllLines && (c.Line != "" || c.Input == ""):
		k.mistake("/change/all_lines", "is of an input, without a line")
	case c.Input != "":
		k.inputLever()
	case c.Line == "":
		k.mistake("/change/line", "is missing")
	case c.Quantity:
		k.quantityLever()
	default:
		k.featureLever()
	}
}

// options makes the lever values that are tried one and all.
func (k *seeker) options(values []formula.Value) {
	c := k.Change
	if c.Min != "" || c.Max != "" || c.Step != "" {
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
