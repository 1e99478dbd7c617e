package rulebook

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"quotewright/bom"
	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

func catalogMeasure(s string) catalog.Measure { return catalog.Measure(s) }

// model reads products/NAME.yaml.
func (r *reader) model(n ast.Node, combinations func(name string, at fault.Position) *configurator.Combinations) (configurator.Definition, []bom.Overlay) {
	o, _ := r.object(n, "a configuration model")
	def := configurator.Definition{ID: o.required("model"), SKU: o.required("sku"), Title: o.text("title"), At: o.at, PartNumber: o.source("part_number")}
	o.objects("features", func(f *object) { def.Features = append(def.Features, r.feature(f)) })
	o.objects("derived", func(d *object) {
		def.Derived = append(def.Derived, configurator.DerivedDefinition{ID: d.required("id"), At: d.at, Value: d.source("value")})
	})
	o.objects("constraints", func(c *object) {
		d := configurator.ConstraintDefinition{ID: c.required("id"), At: c.at, When: c.source("when"), Require: c.source("require"), Message: c.text("message")}
		if t := c.name("table"); t.Text != "" {
			d.Table = combinations(t.Text, t.At)
		}
		def.Constraints = append(def.Constraints, d)
	})
	var overlays []bom.Overlay
	o.objects("bom", func(b *object) {
		overlays = append(overlays, bom.Overlay{At: b.at, Position: b.required("position"), Component: b.required("component"),
			Quantity: b.source("quantity"), Unit: b.text("unit"), When: b.source("when"), Phantom: b.bool("phantom"), Scrap: b.source("scrap_percent")})
	})
	o.done()
	return def, overlays
}

func (r *reader) feature(f *object) configurator.FeatureDefinition {
	d := configurator.FeatureDefinition{ID: f.required("id"), Title: f.text("title"), At: f.at, Boolean: f.bool("boolean")}
	if d.Title == "" {
		d.Title = d.ID
	}
	f.list("options", func(n ast.Node) { d.Options = append(d.Options, r.option(n)) })
	if s := f.source("select"); s.Text != "" {
		low, high, ok := strings.Cut(s.Text, "..")
		least, err1 := strconv.Atoi(low)
		most, err2 := strconv.Atoi(high)
		if !ok || err1 != nil || err2 != nil {
			r.fail(s.At, "select is a range such as 0..3, not %q", s.Text)
		}
		d.Select = &configurator.Cardinality{Min: least, Max: most, At: s.At}
	}
	if n := f.get("integer"); n != nil {
		if i, ok := r.object(n, "integer"); ok {
			d.Integer = r.integerRange(i)
		}
	}
	if n := f.get("default"); n != nil {
		d.Default, d.DefaultAt = r.value(n), r.at(n)
		if len(d.Options) > 0 && d.Select == nil && d.Default.Kind() != formula.Text {
			d.Default = formula.OfText(d.Default.String())
		}
	}
	return d
}

func (r *reader) integerRange(o *object) *configurator.IntegerDefinition {
	def := &configurator.IntegerDefinition{At: o.at}
	low, high, step := o.decimal("min"), o.decimal("max"), o.decimal("step")
	o.done()
	if low == nil || high == nil {
		r.fail(o.at, "an integer needs min and max")
		return def
	}
	def.Min, def.Max = *low, *high
	if step != nil {
		def.Step = *step
	} else {
		def.Step = one
	}
	return def
}

// option reads an option: an id, or a mapping.
func (r *reader) option(n ast.Node) configurator.OptionDefinition {
	if s, ok := r.scalar(n); ok {
		return configurator.OptionDefinition{ID: s.Text, Title: s.Text, At: r.at(n)}
	}
	o, ok := r.object(n, "an option")
	if !ok {
		return configurator.OptionDefinition{At: r.at(n)}
	}
	d := configurator.OptionDefinition{ID: o.required("id"), Title: o.text("title"), At: o.at}
	if d.Title == "" {
		d.Title = d.ID
	}
	o.children("attributes", func(name string, n ast.Node) {
		d.Attributes = append(d.Attributes, configurator.AttributeDefinition{Name: name, Value: r.value(n), At: r.at(n)})
	})
	o.done()
	return d
}
