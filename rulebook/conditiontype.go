package rulebook

import (
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// accessKeys are the key fields of condition records, and account, which looks for a
// record of the customer or of an account above. Any other column of theirs is key:NAME;
// it is found by an attribute, and for a declared one NAME will do.
var accessKeys = []string{"sku", "family", "customer", "account", "customer_group", "price_list", "region", "country", "sales_model", "option",
	"tax_category"}

func (r *reader) conditionType(c *company, f field) {
	o, ok := r.object(f.value, "condition type "+f.key)
	if !ok {
		return
	}
	if !word(f.key) {
		r.fail(f.at, "condition type %q: letters, digits, -, _ and . only", f.key)
	}
	o.need("measure")
	t := pricing.ConditionType{ID: f.key, At: f.at, Measure: catalog.Measure(o.among("measure", "amount", "percent").Text),
		Scale:     pricing.ScaleKind(o.choice("scale", string(pricing.ScaleRange), string(pricing.ScaleSlab), string(pricing.ScaleBlock))),
		ScaleBy:   pricing.Dimension(o.choice("scale_by", string(pricing.ByQuantity), string(pricing.ByValue), string(pricing.ByWeight))),
		ScaleOver: r.scaleOver(c, o),
		ChargeBy:  pricing.Dimension(o.choice("charge_by", string(pricing.ByQuantity), string(pricing.ByWeight), string(pricing.ByLine))),
		RateDate:  r.rateDate(c, o), Round: o.roundEach("round", "line", "unit")}
	o.list("access", func(n *node) { t.Access = append(t.Access, r.access(c, n)) })
	if len(t.Access) == 0 {
		r.fail(f.at, "condition type %s has no access sequence: access: [[customer, sku], [sku]]", f.key)
	}
	r.slab(&t, o)
	o.done()
	c.schema.Conditions[f.key] = t
}

// choice reads one of a few words; the first when it is not there.
func (o *object) choice(key string, words ...string) string {
	if n := o.among(key, words...); n.Text != "" {
		return n.Text
	}
	return words[0]
}

// among reads one of a few words.
func (o *object) among(key string, words ...string) pricing.Name {
	n := o.name(key)
	if n.Text != "" && !slices.Contains(words, n.Text) {
		o.fail(n.At, "%s is %s, not %q", key, either(words), n.Text)
	}
	return n
}

func either(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// slab checks that each unit which a slab counts has a price of its own.
func (r *reader) slab(t *pricing.ConditionType, o *object) {
	if t.Scale != pricing.ScaleSlab || t.Measure != catalog.MeasureAmount {
		return
	}
	switch {
	case t.ScaleBy == pricing.ByValue:
		r.fail(o.node.get("scale_by").at, "a slab of amounts counts quantity or weight, not value")
	case t.ScaleBy != t.ChargeBy:
		r.fail(o.node.get("scale").at, "a slab of amounts charges by what it counts: scale_by is %s, charge_by is %s", t.ScaleBy, t.ChargeBy)
	}
	t.ChargeBy = t.ScaleBy
}

// scaleOver reads over which lines a scale counts: nothing for the line alone, quote,
// record, or the key fields that the lines have in common.
func (r *reader) scaleOver(c *company, o *object) []string {
	n := o.get("scale_over")
	if n != nil && n.kind == scalar {
		switch n.text {
		case "line":
			return nil
		case "quote", "record":
			return []string{n.text}
		}
	}
	var fields []string
	for _, name := range o.names("scale_over") {
		field, open := strings.CutPrefix(name.Text, "key:")
		if !open && !groups(c, field) {
			r.fail(name.At, "scale_over is line, quote, record or fields of products: %s, a declared attribute or key:NAME; not %q",
				strings.Join(groupFields, ", "), name.Text)
		}
		if slices.Contains(fields, field) {
			r.fail(name.At, "the field %s is there twice", field)
			continue
		}
		fields = append(fields, field)
	}
	if n != nil && n.kind == list && len(n.items) == 0 {
		r.fail(n.at, "scale_over names no field")
	}
	return fields
}

// groupFields are the fields of every product by which scales group lines.
var groupFields = []string{"sku", "family", "tax_category"}

func groups(c *company, field string) bool {
	return slices.Contains(groupFields, field) ||
		slices.ContainsFunc(c.schema.ProductAttributes, func(a pricing.Attribute) bool { return a.Name == field })
}

// rateDates are the dates that every line, quote and record has, or may have.
var rateDates = []string{"quote.date", "line.requested", "line.start", "line.end", "record"}

// rateDate reads the day of the exchange rate: one of the dates that are there anyway, or
// a declared one. There is no name after a mistake.
func (r *reader) rateDate(c *company, o *object) pricing.Name {
	n := o.name("rate_date")
	known := slices.Concat(rateDates, c.declaredDates())
	if n.Text == "" || slices.Contains(known, n.Text) {
		return n
	}
	if near := formula.Nearest(n.Text, known); near != "" {
		r.fail(n.At, "rate_date %s is no date; did you mean %s?", n.Text, near)
	} else {
		r.fail(n.At, "rate_date is %s, not %q", either(known), n.Text)
	}
	return pricing.Name{At: o.at}
}

// declaredDates are the inputs and attributes that are dates, as formulas name them.
func (c *company) declaredDates() []string {
	var names []string
	for _, in := range c.schema.Inputs {
		if in.Kind == formula.Date {
			names = append(names, string(in.Scope)+".inputs."+in.ID)
		}
	}
	for of, attributes := range map[string][]pricing.Attribute{"product.": c.schema.ProductAttributes, "customer.": c.schema.CustomerAttributes} {
		for _, a := range attributes {
			if a.Kind == formula.Date {
				names = append(names, of+a.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (r *reader) access(c *company, n *node) []string {
	if n.kind != list || len(n.items) == 0 {
		r.fail(n.at, "access is a list of lists of key fields, such as [[customer, sku], [sku]]")
		return nil
	}
	var keys []string
	for _, item := range n.items {
		if !r.scalar(item, "a key field") {
			continue
		}
		key, open := strings.CutPrefix(item.text, "key:")
		if !open {
			r.accessKey(c, key, item.at)
		}
		if slices.Contains(keys, key) {
			r.fail(item.at, "the key field %s is there twice", key)
		}
		if other := sameField[key]; other != "" && slices.Contains(keys, other) {
			r.fail(item.at, "%s and %s are the same field of a record; account finds the customer too", other, key)
		}
		keys = append(keys, key)
	}
	return keys
}

// sameField are the two keys that look for the field customer of a record.
var sameField = map[string]string{"account": "customer", "customer": "account"}

func (r *reader) accessKey(c *company, key string, at fault.Position) {
	if slices.Contains(accessKeys, key) {
		return
	}
	for _, a := range slices.Concat(c.schema.ProductAttributes, c.schema.CustomerAttributes) {
		if a.Name == key {
			return
		}
	}
	if near := formula.Nearest(key, accessKeys); near != "" {
		r.fail(at, "unknown key field %s; did you mean %s?", key, near)
		return
	}
	r.fail(at, "unknown key field %s: %s, or key:NAME", key, strings.Join(accessKeys, ", "))
}
