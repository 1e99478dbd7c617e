package configurator

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
	"quotewright/money"
)

// MaxValues is how many values an integer feature may have.
const MaxValues = 4096

// Kind is the kind of a feature.
type Kind string

// The kinds of features.
const (
	KindOption  Kind = "option"
	KindSelect  Kind = "select"
	KindBoolean Kind = "boolean"
	KindInteger Kind = "integer"
)

// Feature describes a feature to whoever shows it.
type Feature struct {
	ID        string           `json:"id"`
	Title     string           `json:"title"`
	Kind      Kind             `json:"kind"`
	Options   []Option         `json:"options,omitempty"`
	Min       *decimal.Decimal `json:"min,omitempty"`
	Max       *decimal.Decimal `json:"max,omitempty"`
	Step      *decimal.Decimal `json:"step,omitempty"`
	SelectMin int              `json:"select_min,omitempty"`
	SelectMax int              `json:"select_max,omitempty"`
}

// Option is an option of a feature.
type Option struct {
	ID         string                   `json:"id"`
	Title      string                   `json:"title"`
	Attributes map[string]formula.Value `json:"attributes,omitempty"`
}

// feature is a Feature with its variables: one, or one per option of a selection.
type feature struct {
	Feature
	def        *FeatureDefinition
	first      int // variable
	count      int
	attributes []attribute
	usual      []literal // the default; nil: none
}

type attribute struct {
	name string
	kind formula.Kind
}

// option returns the index of an option, or −1.
func (f *feature) option(id string) int {
	return slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == id })
}

func (f *feature) optionIDs() []string {
	ids := make([]string, len(f.Options))
	for i := range f.Options {
		ids[i] = f.Options[i].ID
	}
	return ids
}

// isName reports whether formulas can name it.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

func (c *compiler) declare(name string, kind formula.Kind, get func(*assignment) formula.Value) {
	slot := c.m.env.Declare(name, kind)
	for len(c.m.getters) <= slot {
		c.m.getters = append(c.m.getters, nil)
	}
	c.m.getters[slot] = get
}

// variable adds a variable of the feature that is being compiled.
func (c *compiler) variable(kind formula.Kind, values []formula.Value) int {
	c.m.variables = append(c.m.variables, variable{feature: len(c.m.features), kind: kind, values: values})
	return len(c.m.variables) - 1
}

var booleans = []formula.Value{formula.OfBool(false), formula.OfBool(true)}

func (c *compiler) feature(d *FeatureDefinition) {
	if !isName(d.ID) {
		c.mistakes.Add(d.At, "%q cannot be the name of a feature: letters, digits and _ only", d.ID)
		return
	}
	if _, twice := c.m.byID[d.ID]; twice {
		c.mistakes.Add(d.At, "the feature %s is there twice", d.ID)
		return
	}
	kinds := 0
	for _, set := range []bool{len(d.Options) > 0, d.Integer != nil, d.Boolean} {
		if set {
			kinds++
		}
	}
	if kinds != 1 || d.Select != nil && len(d.Options) == 0 {
		c.mistakes.Add(d.At, "feature %s needs exactly one of options, integer and boolean", d.ID)
		return
	}
	f := feature{Feature: Feature{ID: d.ID, Title: d.Title}, def: d, first: len(c.m.variables), count: 1}
	c.m.byID[d.ID] = len(c.m.features)
	switch {
	case d.Integer != nil:
		c.integer(&f)
	case d.Boolean:
		f.Kind = KindBoolean
		c.variable(formula.Boolean, booleans)
		c.declare(f.ID, formula.Boolean, one(f.first))
	case d.Select != nil:
		c.selection(&f)
	default:
		c.options(&f)
	}
	c.m.features = append(c.m.features, f)
	c.byDefault(&c.m.features[len(c.m.features)-1])
}

// one reads a variable.
func one(v int) func(*assignment) formula.Value {
	return func(a *assignment) formula.Value { return a.value(v) }
}

func (c *compiler) integer(f *feature) {
	d := f.def.Integer
	f.Kind, f.Min, f.Max, f.Step = KindInteger, &d.Min, &d.Max, &d.Step
	var values []formula.Value
	switch {
	case d.Step.Sign() <= 0:
		c.mistakes.Add(d.At, "the step of %s is %s; it has to be more than 0", f.ID, d.Step)
	case d.Min.GreaterThan(d.Max):
		c.mistakes.Add(d.At, "feature %s has an empty range", f.ID)
	case d.Step.Mul(decimal.NewFromInt(MaxValues)).LessThanOrEqual(d.Max.Sub(d.Min)):
		c.mistakes.Add(d.At, "feature %s has more than %d values", f.ID, MaxValues)
	default:
		for x := d.Min; x.LessThanOrEqual(d.Max); x = x.Add(d.Step) {
			values = append(values, formula.OfNumber(x))
		}
	}
	c.variable(formula.Number, values)
	c.declare(f.ID, formula.Number, one(f.first))
}

// optionList checks the options of a feature and the attributes that they have.
func (c *compiler) optionList(f *feature) {
	for _, o := range f.def.Options {
		if o.ID == "" || strings.Contains(o.ID, "/") || f.option(o.ID) >= 0 {
			c.mistakes.Add(o.At, "the option %q is empty, there twice or has a / in it", o.ID)
		}
		f.Options = append(f.Options, Option{ID: o.ID, Title: o.Title, Attributes: c.attributes(f, o)})
	}
}

func (c *compiler) attributes(f *feature, o OptionDefinition) map[string]formula.Value {
	if len(o.Attributes) == 0 {
		return nil
	}
	values := map[string]formula.Value{}
	for _, a := range o.Attributes {
		if !isName(a.Name) {
			c.mistakes.Add(a.At, "%q cannot be the name of an attribute: letters, digits and _ only", a.Name)
			continue
		}
		if _, twice := values[a.Name]; twice {
			c.mistakes.Add(a.At, "the attribute %s is there twice in option %s", a.Name, o.ID)
		}
		kind := a.Value.Kind()
		if kind != formula.Number && kind != formula.Text && kind != formula.Boolean {
			c.mistakes.Add(a.At, "%s.%s has to be a number, text or boolean", f.ID, a.Name)
			continue
		}
		values[a.Name] = a.Value
		known := slices.IndexFunc(f.attributes, func(b attribute) bool { return b.name == a.Name })
		switch {
		case known < 0:
			f.attributes = append(f.attributes, attribute{a.Name, kind})
		case f.attributes[known].kind != kind:
			c.mistakes.Add(a.At, "%s.%s is a %s here, but a %s at another option", f.ID, a.Name, kind, f.attributes[known].kind)
		}
	}
	return values
}

func (c *compiler) options(f *feature) {
	f.Kind = KindOption
	c.optionList(f)
	var values []formula.Value
	for _, o := range f.Options {
		values = append(values, formula.OfText(o.ID))
	}
	first, options := c.variable(formula.Text, values), f.Options
	c.declare(f.ID, formula.Text, one(first))
	c.m.env.Restrict(f.ID, f.optionIDs())
	for _, a := range f.attributes {
		c.declare(f.ID+"."+a.name, a.kind, func(s *assignment) formula.Value {
			if x := s.at[first]; x >= 0 {
				if v, ok := options[x].Attributes[a.name]; ok {
					return v
				}
			}
			return formula.None(a.kind)
		})
	}
}

func (c *compiler) selection(f *feature) {
	d := f.def.Select
	f.Kind = KindSelect
	c.optionList(f)
	f.count, f.SelectMin, f.SelectMax = len(f.Options), d.Min, d.Max
	switch {
	case d.Min < 0 || d.Max < d.Min:
		c.mistakes.Add(d.At, "select %d..%d is no range", d.Min, d.Max)
	case d.Max == 0:
		c.mistakes.Add(d.At, "select %d..%d lets nothing be chosen", d.Min, d.Max)
	case d.Min > len(f.Options):
		c.mistakes.Add(d.At, "%s takes at least %d options, but has %d", f.ID, d.Min, len(f.Options))
	case d.Max > len(f.Options):
		c.mistakes.Warn(d.At, "%s takes up to %d options, but has %d", f.ID, d.Max, len(f.Options))
	}
	for range f.Options {
		c.variable(formula.Boolean, booleans)
	}
	first, options := f.first, f.Options
	c.declare(f.ID, formula.Texts, func(s *assignment) formula.Value {
		var ids []string
		for i := range options {
			if s.at[first+i] == 1 {
				ids = append(ids, options[i].ID)
			}
		}
		return formula.OfTexts(ids)
	})
	c.m.env.Restrict(f.ID, f.optionIDs())
	for _, a := range f.attributes {
		if a.kind != formula.Number {
			c.m.env.Hide(f.ID+"."+a.name, "of options that are chosen together only numbers can be calculated with")
			continue
		}
		c.declare(f.ID+"."+a.name, formula.Numbers, func(s *assignment) formula.Value {
			var numbers []decimal.Decimal
			for i := range options {
				if v, ok := options[i].Attributes[a.name]; ok && s.at[first+i] == 1 {
					numbers = append(numbers, v.Number())
				}
			}
			return formula.OfNumbers(numbers)
		})
	}
}

// byDefault checks the default of a feature.
func (c *compiler) byDefault(f *feature) {
	if !f.def.Default.Known() || len(c.m.variables[f.first].values) == 0 {
		return
	}
	values, problems := f.read(c.m, f.def.Default)
	for _, p := range problems {
		c.mistakes.Add(f.def.DefaultAt, "the default of %s: %s", f.ID, p.Text)
	}
	f.usual = values
}

// index returns the index of a value as people write it, or −1.
func (v variable) index(text string) int {
	if v.kind == formula.Number {
		d, err := money.Parse(text)
		if err != nil {
			return -1
		}
		return slices.IndexFunc(v.values, func(x formula.Value) bool { return x.Number().Equal(d) })
	}
	return slices.IndexFunc(v.values, func(x formula.Value) bool { return x.String() == text })
}
