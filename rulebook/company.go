package rulebook

import (
	"fmt"
	"slices"

	"golang.org/x/text/language"

	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

// Unit is how a unit of measure is shown, and how many decimals a quantity in it has.
type Unit struct {
	Title  string `json:"title,omitempty"`
	Digits int    `json:"digits"` // −1: any
}

// company is what rulebook.yaml says.
type company struct {
	name      string
	currency  money.Currency
	languages []string
	units     map[string]Unit
	schema    pricing.Schema
}

func (r *reader) company(n *node) company {
	o, _ := r.object(n, "rulebook.yaml")
	c := company{name: o.required("name"), units: map[string]Unit{}}
	c.currency = r.currency(o)
	c.schema.Company = c.currency
	rounding := o.name("rounding")
	mode, err := money.ParseMode(rounding.Text)
	if err != nil {
		r.fail(rounding.At, "rounding: %s", err)
	}
	c.schema.NetRounding = mode
	for _, l := range o.names("languages") {
		if _, err := language.Parse(l.Text); err != nil {
			r.fail(l.At, "%q is not a language such as en or zh-TW", l.Text)
		}
		if slices.Contains(c.languages, l.Text) {
			r.fail(l.At, "the language %s is there twice", l.Text)
			continue
		}
		c.languages = append(c.languages, l.Text)
	}
	r.languages, c.schema.Languages = c.languages, c.languages
	o.children("units", func(f field) { r.unit(&c, f) })
	o.children("attributes", func(f field) { r.attributes(&c, f) })
	o.children("inputs", func(f field) { r.inputs(&c, f) })
	c.schema.PriceLists = r.priceLists(o)
	c.schema.Conditions = map[string]pricing.ConditionType{}
	o.children("conditions", func(f field) { r.conditionType(&c, f) })
	o.done()
	return c
}

func (r *reader) currency(o *object) money.Currency {
	o.need("currency")
	code := o.name("currency")
	if code.Text == "" {
		return money.Currency{}
	}
	currency, err := money.ParseCurrency(code.Text)
	if err != nil {
		r.fail(code.At, "currency: %s", err)
	}
	return currency
}

func (r *reader) unit(c *company, f field) {
	u, ok := r.object(f.value, "unit "+f.key)
	if !ok {
		return
	}
	c.units[f.key] = Unit{Title: u.text("title"), Digits: u.integer("digits", -1, 0, 12)}
	u.done()
}

// own are the names that products and customers have by themselves.
var own = map[string][]string{
	"product": {"sku", "name", "description", "family", "grade", "status", "successor", "unit", "cost", "cost_currency", "weight_kg",
		"lead_time_days", "min_quantity", "multiple", "tax_category", "model", "stock"},
	"customer": {"id", "name", "parent", "group", "price_list", "currency", "country", "region", "tax_exempt", "payment_terms", "credit"},
}

func (r *reader) attributes(c *company, f field) {
	o, ok := r.object(f.value, "attributes of "+f.key)
	if !ok {
		return
	}
	if own[f.key] == nil {
		r.fail(f.at, "attributes belong to product or customer, not to %s", f.key)
		return
	}
	for _, a := range o.node.fields {
		attribute := pricing.Attribute{Name: a.key, Kind: r.kind(a.value), At: a.at}
		switch {
		case !identifier(a.key):
			r.fail(a.at, "%s", badName(a.key))
		case slices.Contains(own[f.key], a.key):
			r.fail(a.at, "every %s has %s already; give the attribute another name", f.key, a.key)
		case f.key == "product":
			c.schema.ProductAttributes = append(c.schema.ProductAttributes, attribute)
		default:
			c.schema.CustomerAttributes = append(c.schema.CustomerAttributes, attribute)
		}
	}
}

func badName(name string) string {
	if slices.Contains(reserved, name) {
		return fmt.Sprintf("%q is a word of the formula language and cannot be a name in it", name)
	}
	return fmt.Sprintf("%q cannot be a name in formulas: letters, digits and _ only", name)
}

func (r *reader) kind(n *node) formula.Kind {
	if !r.scalar(n, "a type") {
		return formula.Text
	}
	kind, err := formula.ParseKind(n.text)
	if err != nil {
		r.fail(n.at, "%s", err)
		return formula.Text
	}
	return kind
}

func (r *reader) inputs(c *company, f field) {
	scope := pricing.Scope(f.key)
	if scope != pricing.ScopeLine && scope != pricing.ScopeQuote {
		r.fail(f.at, "inputs belong to line or quote, not to %s", f.key)
		return
	}
	o, ok := r.object(f.value, "inputs of "+f.key)
	if !ok {
		return
	}
	for _, i := range o.node.fields {
		in := r.input(scope, i)
		at := slices.IndexFunc(c.schema.Inputs, func(other pricing.InputDefinition) bool { return other.ID == in.ID })
		switch {
		case !identifier(in.ID):
			r.fail(in.At, "%s", badName(in.ID))
		case at >= 0:
			r.fail(in.At, "the input %s is declared for %s already; give one of them another name", in.ID, c.schema.Inputs[at].Scope)
		default:
			c.schema.Inputs = append(c.schema.Inputs, in)
		}
	}
}

// input reads an input: its type, or a mapping of type and title.
func (r *reader) input(scope pricing.Scope, f field) pricing.InputDefinition {
	in := pricing.InputDefinition{ID: f.key, Scope: scope, Title: f.key, Kind: formula.Text, At: f.at}
	if f.value.kind == scalar {
		in.Kind = r.kind(f.value)
		return in
	}
	d, ok := r.object(f.value, "input "+f.key)
	if !ok {
		return in
	}
	if title := d.text("title"); title != "" {
		in.Title = title
	}
	d.need("type")
	if t := d.get("type"); t != nil {
		in.Kind = r.kind(t)
	}
	d.done()
	return in
}
