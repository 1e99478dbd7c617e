package rulebook

import (
	"github.com/goccy/go-yaml/ast"

	"quotewright/internal/formula"
	"quotewright/pricing"
)

// salesModel reads sales-models/NAME.yaml.
func (r *reader) salesModel(n ast.Node) pricing.Definition {
	o, _ := r.object(n, "a sales model")
	def := pricing.Definition{ID: o.required("sales_model"), Title: o.text("title"), At: o.at}
	for _, s := range o.names("sites") {
		def.Sites = append(def.Sites, s.Text)
	}
	o.objects("eligibility", func(e *object) {
		def.Eligibility = append(def.Eligibility, pricing.EligibilityDefinition{
			ID: e.required("id"), At: e.at, When: e.source("when"), Refuse: e.source("refuse")})
	})
	o.objects("procedure", func(s *object) { def.Procedure = append(def.Procedure, r.step(s)) })
	o.objects("approvals", func(a *object) {
		def.Approvals = append(def.Approvals, pricing.ApprovalDefinition{ID: a.required("id"), At: a.at,
			When: a.source("when"), Roles: a.names("role"), Order: a.name("order"), Reason: a.source("reason")})
	})
	o.done()
	return def
}

func (r *reader) step(s *object) pricing.StepDefinition {
	d := pricing.StepDefinition{
		ID: s.required("id"), Title: s.text("title"), At: s.at,
		Condition: s.name("condition"), Table: s.name("table"), Formula: s.source("formula"), Input: s.name("input"),
		Options: s.name("options"), Components: s.name("components"), Subtotal: s.bool("subtotal"),
		When: s.source("when"), Basis: s.names("basis"), Choose: s.name("choose"), Exclusion: s.name("exclusion"),
		Min: s.decimal("min"), Max: s.decimal("max"), Required: s.bool("required"), Per: s.name("per"),
		Allocate: s.name("allocate"), Replaces: s.names("replaces"), ExcludeFrom: s.name("exclude_from"),
		Statistical: s.bool("statistical"), AllowNegative: s.bool("allow_negative"),
		Measure: s.name("measure"), Effect: s.name("effect"),
	}
	if n := s.get("round"); n != nil {
		if o, ok := r.object(n, "round"); ok {
			d.Round = &pricing.RoundDefinition{Each: o.name("each"), To: o.decimal("to"), Mode: o.name("mode"), At: o.at}
			o.done()
		}
	}
	s.objects("adjustments", func(a *object) {
		d.Adjustments = append(d.Adjustments, pricing.AdjustmentDefinition{ID: a.required("id"), Title: a.text("title"), At: a.at,
			When: a.source("when"), Percent: a.source("percent"), Amount: a.source("amount"), Per: a.name("per")})
	})
	return d
}

// company is what rulebook.yaml says.
type company struct {
	name      string
	currency  formula.Source
	rounding  formula.Source
	languages []string
	units     map[string]Unit
	schema    pricing.Schema
}

// Unit is how a unit of measure is shown, and how many decimals a quantity in it has.
type Unit struct {
	Title  string `json:"title,omitempty"`
	Digits int    `json:"digits"` // −1: any
}

func (r *reader) company(n ast.Node) company {
	o, _ := r.object(n, "rulebook.yaml")
	c := company{name: o.required("name"), currency: o.source("currency"), rounding: o.source("rounding"), units: map[string]Unit{}}
	for _, l := range o.names("languages") {
		c.languages = append(c.languages, l.Text)
	}
	c.schema.Conditions = map[string]pricing.ConditionType{}
	o.children("units", func(name string, n ast.Node) {
		if u, ok := r.object(n, "unit "+name); ok {
			c.units[name] = Unit{Title: u.text("title"), Digits: u.integer("digits", -1)}
			u.done()
		}
	})
	o.children("attributes", func(owner string, n ast.Node) { r.attributes(&c, owner, n) })
	o.children("inputs", func(scope string, n ast.Node) { r.inputs(&c, scope, n) })
	o.children("conditions", func(id string, n ast.Node) { r.conditionType(&c, id, n) })
	o.done()
	return c
}

func (r *reader) attributes(c *company, owner string, n ast.Node) {
	o, ok := r.object(n, "attributes of "+owner)
	if !ok {
		return
	}
	for _, name := range o.keys {
		a := pricing.Attribute{Name: name, Kind: r.kind(o.fields[name].Value), At: r.at(o.fields[name].Key)}
		switch {
		case !identifier(name):
			r.fail(a.At, "%q cannot be a name in formulas: letters, digits and _ only", name)
		case owner == "product":
			c.schema.ProductAttributes = append(c.schema.ProductAttributes, a)
		case owner == "customer":
			c.schema.CustomerAttributes = append(c.schema.CustomerAttributes, a)
		}
	}
	if owner != "product" && owner != "customer" {
		r.fail(o.at, "attributes belong to product or customer, not to %s", owner)
	}
}

func (r *reader) kind(n ast.Node) formula.Kind {
	s, _ := r.scalar(n)
	kind, err := formula.ParseKind(s.Text)
	if err != nil {
		r.fail(s.At, "%s", err)
		return formula.Text
	}
	return kind
}

func (r *reader) inputs(c *company, scope string, n ast.Node) {
	o, ok := r.object(n, "inputs of "+scope)
	if !ok {
		return
	}
	if scope != string(pricing.ScopeLine) && scope != string(pricing.ScopeQuote) {
		r.fail(o.at, "inputs belong to line or quote, not to %s", scope)
		return
	}
	for _, name := range o.keys {
		in := pricing.InputDefinition{ID: name, Scope: pricing.Scope(scope), Title: name, At: r.at(o.fields[name].Key)}
		if !identifier(name) {
			r.fail(in.At, "%q cannot be a name in formulas: letters, digits and _ only", name)
			continue
		}
		if _, short := r.scalar(o.fields[name].Value); short {
			in.Kind = r.kind(o.fields[name].Value)
		} else if d, ok := r.object(o.fields[name].Value, "input "+name); ok {
			if title := d.text("title"); title != "" {
				in.Title = title
			}
			if t := d.get("type"); t != nil {
				in.Kind = r.kind(t)
			} else {
				r.fail(in.At, "type is missing")
			}
			d.done()
		}
		c.schema.Inputs = append(c.schema.Inputs, in)
	}
}

func (r *reader) conditionType(c *company, id string, n ast.Node) {
	o, ok := r.object(n, "condition type "+id)
	if !ok {
		return
	}
	t := pricing.ConditionType{ID: id, At: o.at}
	measure, scale := o.name("measure"), o.name("scale")
	switch measure.Text {
	case "amount", "percent":
		t.Measure = catalogMeasure(measure.Text)
	default:
		r.fail(measure.At, "measure is amount or percent, not %q", measure.Text)
	}
	switch t.Scale = pricing.ScaleKind(scale.Text); t.Scale {
	case "":
		t.Scale = pricing.ScaleRange
	case pricing.ScaleRange, pricing.ScaleSlab, pricing.ScaleBlock:
	default:
		r.fail(scale.At, "scale is range, slab or block, not %q", scale.Text)
	}
	o.list("access", func(n ast.Node) {
		seq, ok := n.(*ast.SequenceNode)
		if !ok {
			r.fail(r.at(n), "access is a list of lists of key fields")
			return
		}
		var keys []string
		for _, s := range r.texts(seq, "access") {
			keys = append(keys, s.Text)
		}
		t.Access = append(t.Access, keys)
	})
	if len(t.Access) == 0 {
		r.fail(o.at, "condition type %s has no access", id)
	}
	o.done()
	c.schema.Conditions[id] = t
}
