package configurator

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/internal/formula"
)

// drawer draws a small model with every construct there is: options that lack
// attributes, divisions that may be by zero, empty selections.
type drawer struct {
	t   *rapid.T
	def Definition
}

func drawModel(t *rapid.T) Definition {
	d := &drawer{t: t, def: Definition{ID: "m", SKU: "S"}}
	for i := range d.n("features", 2, 5) {
		d.def.Features = append(d.def.Features, d.feature(fmt.Sprintf("f%d", i)))
	}
	for i := range d.n("derived", 0, 2) {
		id := fmt.Sprintf("d%d", i)
		text := d.number(1)
		if i == 1 {
			text = d.condition(1)
		}
		d.def.Derived = append(d.def.Derived, DerivedDefinition{ID: id, Value: formula.Source{Text: text}})
	}
	for i := range d.n("constraints", 0, 5) {
		c := ConstraintDefinition{ID: fmt.Sprintf("c%d", i), Require: formula.Source{Text: d.condition(2)}}
		switch d.n("constraint", 0, 3) {
		case 0:
			c.When = formula.Source{Text: d.condition(1)}
		case 1:
			if table := d.table(); table != nil {
				c.Require, c.Table = formula.Source{}, table
			}
		}
		d.def.Constraints = append(d.def.Constraints, c)
	}
	return d.def
}

func (d *drawer) n(what string, low, high int) int { return rapid.IntRange(low, high).Draw(d.t, what) }

func (d *drawer) pick(texts ...string) string { return rapid.SampledFrom(texts).Draw(d.t, "of") }

func (d *drawer) feature(id string) FeatureDefinition {
	f := FeatureDefinition{ID: id, Title: id}
	switch d.n("kind", 0, 3) {
	case 0:
		f.Boolean = true
	case 1:
		f.Integer = &IntegerDefinition{Min: decimal.New(int64(d.n("min", -2, 2)), 0), Step: decimal.RequireFromString(d.pick("1", "0.5", "2"))}
		f.Integer.Max = f.Integer.Min.Add(f.Integer.Step.Mul(decimal.New(int64(d.n("more", 0, 4)), 0)))
	case 2:
		f.Options = d.options(1, 4)
	default:
		f.Options = d.options(1, 3)
		least := d.n("least", 0, 1)
		f.Select = &Cardinality{Min: least, Max: d.n("most", max(least, 1), 3)}
	}
	if rapid.Bool().Draw(d.t, "default") {
		values := valuesOf(f)
		f.Default = rapid.SampledFrom(values).Draw(d.t, "is")
		if n := len(f.Default.List()); f.Select != nil && (n < f.Select.Min || n > f.Select.Max) {
			f.Default = formula.Value{}
		}
	}
	return f
}

func (d *drawer) options(low, high int) []OptionDefinition {
	var list []OptionDefinition
	for i := range d.n("options", low, high) {
		o := OptionDefinition{ID: string(rune('A' + i))}
		add := func(name string, v formula.Value) {
			if i == 0 || d.n("has", 0, 4) > 0 { // the first has all, so that the names are known
				o.Attributes = append(o.Attributes, AttributeDefinition{Name: name, Value: v})
			}
		}
		add("p", formula.OfNumber(decimal.RequireFromString(d.pick("0", "1", "2.5", "3", "-1"))))
		add("t", formula.OfText(d.pick("x", "xy", "z")))
		add("b", formula.OfBool(rapid.Bool().Draw(d.t, "b")))
		list = append(list, o)
	}
	return list
}

// some returns a feature that fits, nil if there is none.
func (d *drawer) some(fits func(FeatureDefinition) bool) *FeatureDefinition {
	var list []*FeatureDefinition
	for i := range d.def.Features {
		if fits(d.def.Features[i]) {
			list = append(list, &d.def.Features[i])
		}
	}
	if len(list) == 0 {
		return nil
	}
	return rapid.SampledFrom(list).Draw(d.t, "feature")
}

func isOption(f FeatureDefinition) bool    { return f.Options != nil && f.Select == nil }
func isSelection(f FeatureDefinition) bool { return f.Select != nil }
func isInteger(f FeatureDefinition) bool   { return f.Integer != nil }
func isBoolean(f FeatureDefinition) bool   { return f.Boolean }

// number draws a formula of a number.
func (d *drawer) number(depth int) string {
	if depth > 0 {
		switch d.n("number", 0, 9) {
		case 0, 1:
			return "(" + d.number(depth-1) + " " + d.pick("+", "-", "*", "/") + " " + d.number(depth-1) + ")"
		case 2:
			return d.pick("sum", "min", "max") + "(" + d.list(depth) + ")"
		case 3:
			return d.pick("abs", "ceil", "floor") + "(" + d.number(depth-1) + ")"
		case 4:
			return "round(" + d.number(depth-1) + ", " + d.pick("0", "1", "2") + ")"
		case 5:
			return "(" + d.condition(depth-1) + " ? " + d.number(depth-1) + " : " + d.number(depth-1) + ")"
		case 6:
			return "count(" + d.list(depth) + ")"
		case 7:
			return "-" + d.number(depth-1)
		}
	}
	switch d.n("leaf", 0, 3) {
	case 0:
		if f := d.some(isOption); f != nil {
			return f.ID + ".p"
		}
	case 1, 2:
		if f := d.some(isInteger); f != nil {
			return f.ID
		}
	case 3:
		if len(d.def.Derived) > 0 {
			return "d0"
		}
	}
	return d.pick("0", "1", "2", "2.5", "4")
}

// list draws arguments for sum, min, max and count.
func (d *drawer) list(depth int) string {
	var args []string
	for range d.n("arguments", 1, 2) {
		if f := d.some(isSelection); f != nil && rapid.Bool().Draw(d.t, "selection") {
			args = append(args, f.ID+".p")
			continue
		}
		if rapid.Bool().Draw(d.t, "list") {
			args = append(args, "["+d.number(0)+", "+d.number(0)+"]")
			continue
		}
		args = append(args, d.number(depth-1))
	}
	return strings.Join(args, ", ")
}

// condition draws a formula that is true or false.
func (d *drawer) condition(depth int) string {
	if depth > 0 {
		switch d.n("condition", 0, 7) {
		case 0, 1:
			return "(" + d.condition(depth-1) + " " + d.pick("and", "or", "==", "!=") + " " + d.condition(depth-1) + ")"
		case 2:
			return "not (" + d.condition(depth-1) + ")"
		case 3:
			return "(" + d.condition(depth-1) + " ? " + d.condition(depth-1) + " : " + d.condition(depth-1) + ")"
		case 4, 5:
			return "(" + d.number(depth) + " " + d.pick("<", "<=", ">", ">=", "==", "!=") + " " + d.number(depth) + ")"
		}
	}
	switch d.n("atom", 0, 6) {
	case 0, 1:
		if f := d.some(isOption); f != nil {
			return d.onOption(f)
		}
	case 2:
		if f := d.some(isSelection); f != nil {
			return "(" + d.pick(`"A" in `+f.ID, last(f)+` in `+f.ID, f.ID+` contains "A"`, f.ID+` == ["A"]`, "count("+f.ID+") >= 2") + ")"
		}
	case 3:
		if f := d.some(isInteger); f != nil {
			return "(" + f.ID + " " + d.pick("<", ">=", "==", "!=") + " " + d.pick("0", "1", "2") + ")"
		}
	case 4:
		if f := d.some(isBoolean); f != nil {
			return f.ID
		}
	case 5:
		if len(d.def.Derived) > 1 {
			return "d1"
		}
	}
	return d.pick("true", "false")
}

// last is a feature's last option, in quotes.
func last(f *FeatureDefinition) string { return fmt.Sprintf("%q", f.Options[len(f.Options)-1].ID) }

func (d *drawer) onOption(f *FeatureDefinition) string {
	g := d.some(isOption)
	return "(" + d.pick(f.ID+` == "A"`, f.ID+` != `+last(f), f.ID+` in ["A", `+last(f)+`]`, f.ID+`.t == `+g.ID+`.t`, f.ID+`.t startsWith "x"`,
		f.ID+`.b`, f.ID+`.b == `+g.ID+`.b`, f.ID+`.b != `+g.ID+`.b`, f.ID+`.p <= `+g.ID+`.p`, f.ID+` == `+g.ID, f.ID+`.p in [1, 3]`) + ")"
}

// table draws combinations of two or three features; nil when there are not enough.
func (d *drawer) table() *Combinations {
	var columns []*FeatureDefinition
	for i := range d.def.Features {
		if f := &d.def.Features[i]; f.Select == nil && len(columns) < 3 && d.n("column", 0, 3) > 0 {
			columns = append(columns, f)
		}
	}
	if len(columns) < 1 {
		return nil
	}
	t := &Combinations{Name: "t"}
	for _, f := range columns {
		t.Columns = append(t.Columns, f.ID)
	}
	for range d.n("rows", 1, 6) {
		var row CombinationRow
		for _, f := range columns {
			var cell []string
			for range d.n("cell", 0, 2) {
				cell = append(cell, rapid.SampledFrom(valuesOf(*f)).Draw(d.t, "value").String())
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
