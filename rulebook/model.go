package rulebook

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/bom"
	"quotewright/configurator"
	"quotewright/internal/formula"
)

// definedModel is a configuration model as its file defines it.
type definedModel struct {
	configurator.Definition
	overlays []bom.Overlay
}

// tableOf gives a table's rows as valid combinations; nil, after a mistake, when there
// is no such table.
type tableOf func(o *object) *configurator.Combinations

// model reads products/NAME.yaml.
func (r *reader) model(n *node, combinations tableOf) definedModel {
	o, _ := r.object(n, "a configuration model")
	m := definedModel{Definition: configurator.Definition{ID: o.id("model"), SKU: o.required("sku"), Title: o.text("title"),
		At: o.name("model").At, PartNumber: o.source("part_number")}}
	if m.Title == "" {
		m.Title = m.ID
	}
	o.objects("features", func(f *object) {
		if d := r.feature(f); d.ID != "" {
			m.Features = append(m.Features, d)
		}
	})
	o.objects("derived", func(d *object) {
		d.need("value")
		if def := (configurator.DerivedDefinition{ID: r.variable(d), At: d.at, Value: d.source("value")}); def.ID != "" && d.has("value") {
			m.Derived = append(m.Derived, def)
		}
	})
	o.objects("constraints", func(c *object) {
		if d, ok := r.constraint(c, combinations); ok {
			m.Constraints = append(m.Constraints, d)
		}
	})
	o.objects("bom", func(b *object) { m.overlays = append(m.overlays, r.overlay(b)) })
	o.done()
	if !o.has("features") {
		r.fail(m.At, "the model has no features")
	}
	return m
}

// variable reads an id that formulas can name. What such names are made of is checked
// where the model is compiled.
func (r *reader) variable(o *object) string {
	o.need("id")
	id := o.name("id")
	if slices.Contains(reserved, id.Text) {
		r.fail(id.At, "%s", badName(id.Text))
	}
	return id.Text
}

// constraint reads a constraint; false when its table is not there.
func (r *reader) constraint(c *object, combinations tableOf) (configurator.ConstraintDefinition, bool) {
	d := configurator.ConstraintDefinition{ID: c.id("id"), At: c.at, When: c.source("when"), Require: c.source("require"), Message: c.text("message")}
	if !c.has("table") {
		return d, true
	}
	if c.has("require") || c.has("when") {
		r.fail(d.At, "a constraint has a table, or require and when, not both")
	}
	d.Table = combinations(c)
	return d, d.Table != nil
}

func (r *reader) overlay(b *object) bom.Overlay {
	return bom.Overlay{At: b.at, Position: b.required("position"), Component: b.required("component"), Quantity: b.source("quantity"),
		Unit: b.text("unit"), When: b.source("when"), Phantom: b.bool("phantom"), Scrap: b.source("scrap_percent")}
}

func (r *reader) feature(f *object) configurator.FeatureDefinition {
	d := configurator.FeatureDefinition{ID: r.variable(f), Title: f.text("title"), At: f.at, Boolean: f.bool("boolean")}
	if d.Title == "" {
		d.Title = d.ID
	}
	f.list("options", func(n *node) {
		if o := r.option(n); o.ID != "" {
			d.Options = append(d.Options, o)
		}
	})
	d.Select = r.cardinality(f)
	if n := f.get("integer"); n != nil {
		if i, ok := r.object(n, "integer"); ok {
			d.Integer = r.integerRange(i)
		}
	}
	if n := f.get("default"); n != nil {
		d.Default, d.DefaultAt = r.value(n), n.at
		if len(d.Options) > 0 && d.Select == nil && n.kind == scalar {
			d.Default = formula.OfText(n.text) // the option 10, not the number
		}
	}
	return d
}

// cardinality reads how many options may be chosen: 0..3.
func (r *reader) cardinality(f *object) *configurator.Cardinality {
	s := f.name("select")
	if s.Text == "" {
		return nil
	}
	low, high, ok := strings.Cut(s.Text, "..")
	least, err1 := strconv.Atoi(low)
	most, err2 := strconv.Atoi(high)
	if !ok || err1 != nil || err2 != nil {
		r.fail(s.At, "select is a range such as 0..3, not %q", s.Text)
		return nil
	}
	return &configurator.Cardinality{Min: least, Max: most, At: s.At}
}

func (r *reader) integerRange(o *object) *configurator.IntegerDefinition {
	def := &configurator.IntegerDefinition{At: o.at, Step: one}
	for key, bound := range map[string]*decimal.Decimal{"min": &def.Min, "max": &def.Max, "step": &def.Step} {
		if key != "step" {
			o.need(key)
		}
		if d := o.decimal(key); d != nil {
			*bound = *d
		}
	}
	o.done()
	return def
}

var one = decimal.NewFromInt(1)

// option reads an option: an id, or a mapping. It has no id after a mistake.
func (r *reader) option(n *node) configurator.OptionDefinition {
	if n.kind == scalar {
		if !word(n.text) && !strings.Contains(n.text, "/") { // a slash is found where the model is compiled
			r.fail(n.at, "option %q: letters, digits, -, _ and . only", n.text)
		}
		return configurator.OptionDefinition{ID: n.text, Title: n.text, At: n.at}
	}
	o, ok := r.object(n, "an option, if not an id,")
	if !ok {
		return configurator.OptionDefinition{}
	}
	d := configurator.OptionDefinition{ID: o.id("id"), Title: o.text("title"), At: o.at}
	if d.Title == "" {
		d.Title = d.ID
	}
	o.children("attributes", func(f field) { r.attribute(&d, f) })
	o.done()
	return d
}

func (r *reader) attribute(d *configurator.OptionDefinition, f field) {
	if !identifier(f.key) {
		r.fail(f.at, "%s", badName(f.key))
		return
	}
	if !r.scalar(f.value, f.key) {
		return
	}
	d.Attributes = append(d.Attributes, configurator.AttributeDefinition{Name: f.key, Value: r.value(f.value), At: f.value.at})
}
