package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// required warns of products on sale that no record of a required step is for, whoever
// buys them, and of those that have one only from a larger quantity on.
func (c *catalogCheck) required(names *names, def pricing.Definition, d pricing.StepDefinition) {
	t, known := c.book.schema.Conditions[d.Condition.Text]
	if !known {
		return
	}
	when, sure := c.ofProduct(names, d.When)
	if !sure {
		return
	}
	var refused []*formula.Formula
	for _, e := range def.Eligibility {
		if f, sure := c.ofProduct(names, e.When); sure && f != nil {
			refused = append(refused, f)
		}
	}
	slots := map[int]string{}
	for _, name := range names.env.Names() {
		slot, _ := names.env.Slot(name)
		slots[slot] = name
	}
	var none, late []string
	products := 0
	for i := range c.records.Products.Upsert {
		p := &c.records.Products.Upsert[i]
		lookup := c.fields(slots, p, def.ID)
		holds := func(f *formula.Formula) bool { ok, _ := f.True(lookup); return ok }
		if p.Status == catalog.Blocked || p.Status == catalog.Obsolete || slices.ContainsFunc(refused, holds) || when != nil && !holds(when) {
			continue
		}
		products++
		from, found := c.from(t, p, def.ID)
		switch {
		case !found:
			none = append(none, p.SKU)
		case from.GreaterThan(decimal.Max(one, p.MinQuantity)):
			late = append(late, fmt.Sprintf("%s from %s", p.SKU, from))
		}
	}
	on := ""
	if !c.on.IsZero() {
		on = " on " + c.on.String()
	}
	if len(none) > 0 {
		c.mistakes.Warn(d.At, "step %s is required, but %d of %s on sale have no %s record%s: %s", d.ID, len(none), counted(products, "product"), t.ID, on, few(none))
	}
	if len(late) > 0 {
		c.mistakes.Warn(d.At, "step %s is required, but the scales of %s start above one unit%s: %s", d.ID, counted(len(late), "product"), on, few(late))
	}
}

// ofProduct compiles a condition that nothing but the product decides. It is not sure of
// any other; nil and sure: there is no condition.
func (c *catalogCheck) ofProduct(names *names, source formula.Source) (f *formula.Formula, sure bool) {
	if source.Text == "" {
		return nil, true
	}
	f, _ = formula.Compile(names.env, source, formula.Boolean)
	if f == nil {
		return nil, false
	}
	p := catalog.Product{}
	for _, v := range f.Variables() {
		if _, known := c.field(v.Name, &p, ""); !known {
			return nil, false
		}
	}
	return f, true
}

// fields looks up what formulas read of a product, by slot.
func (c *catalogCheck) fields(slots map[int]string, p *catalog.Product, salesModel string) formula.Lookup {
	return func(slot int) formula.Value {
		v, _ := c.field(slots[slot], p, salesModel)
		return v
	}
}

// field is what a formula reads of a product; false for what the product alone does not
// tell.
func (c *catalogCheck) field(name string, p *catalog.Product, salesModel string) (formula.Value, bool) {
	text := func(s string) (formula.Value, bool) {
		if s == "" {
			return formula.None(formula.Text), true
		}
		return formula.OfText(s), true
	}
	switch name {
	case "product.sku", "line.sku":
		return text(p.SKU)
	case "product.family":
		return text(p.Family)
	case "product.status":
		return text(string(p.Status))
	case "product.grade":
		return text(p.Grade)
	case "product.unit":
		return text(p.Unit)
	case "product.tax_category":
		return text(p.TaxCategory)
	case "product.model":
		return text(p.Model)
	case "quote.sales_model":
		return text(salesModel)
	}
	for _, a := range c.book.schema.ProductAttributes {
		if name == "product."+a.Name {
			if s := p.Attributes[a.Name]; s != "" {
				return pricing.ParseValue(a.Kind, s), true
			}
			return formula.None(a.Kind), true
		}
	}
	return formula.Value{}, false
}

// recordIndex are the records of a condition type by their key fields and those of the
// fields that are a product's: "customer,sku" and "sku=P1".
type recordIndex map[string]map[string][]*catalog.Condition

// productFields are the key fields that are a product's own.
var productFields = []string{"sku", "family", "tax_category"}

func (c *catalogCheck) index(typ string) recordIndex {
	if x := c.indexes[typ]; x != nil {
		return *x
	}
	x := recordIndex{}
	for i := range c.records.Conditions.Upsert {
		record := &c.records.Conditions.Upsert[i]
		if record.Type != typ || !c.on.IsZero() && !record.ValidOn(c.on) {
			continue
		}
		var fields []string
		values := map[string]string{}
		for _, k := range record.Keys {
			fields = append(fields, k.Name)
			values[k.Name] = k.Value
		}
		group := strings.Join(fields, ",")
		if x[group] == nil {
			x[group] = map[string][]*catalog.Condition{}
		}
		key := productKey(values)
		x[group][key] = append(x[group][key], record)
	}
	c.indexes[typ] = &x
	return x
}

func productKey(values map[string]string) string {
	key := ""
	for _, f := range productFields {
		if v, ok := values[f]; ok {
			key += f + "=" + v + keySeparator
		}
	}
	return key
}

// from returns the smallest quantity, in base units, from which a product has a record
// for somebody.
func (c *catalogCheck) from(t pricing.ConditionType, p *catalog.Product, salesModel string) (from decimal.Decimal, found bool) {
	index := c.index(t.ID)
	for _, access := range t.Access {
		fields := slices.Clone(access)
		for i, f := range fields {
			if f == "account" {
				fields[i] = "customer"
			}
		}
		slices.Sort(fields)
		group := index[strings.Join(fields, ",")]
		if len(group) == 0 {
			continue
		}
		values := map[string]string{}
		for f, v := range map[string]string{"sku": p.SKU, "tax_category": p.TaxCategory} {
			if slices.Contains(fields, f) {
				values[f] = v
			}
		}
		families := []string{""}
		if slices.Contains(fields, "family") {
			families = catalog.FamilyPath(p.Family)
		}
		for _, family := range families {
			if family != "" {
				values["family"] = family
			}
			for _, record := range group[productKey(values)] {
				if !c.fits(record, p, salesModel) {
					continue
				}
				if start := c.start(t, record, p); !found || start.LessThan(from) {
					from, found = start, true
				}
			}
		}
	}
	return from, found
}

// fits compares the key fields of a record that are not those of its index. What a
// product has no attribute for can be a customer's.
func (c *catalogCheck) fits(record *catalog.Condition, p *catalog.Product, salesModel string) bool {
	for _, k := range record.Keys {
		if k.Name == "sales_model" && k.Value != salesModel {
			return false
		}
		if v, ok := p.Attributes[k.Name]; ok && v != k.Value && !slices.Contains(accessKeys, k.Name) {
			return false
		}
	}
	return true
}

// start is the quantity from which a record holds; zero for scales that count something
// else, or more lines than one.
func (c *catalogCheck) start(t pricing.ConditionType, record *catalog.Condition, p *catalog.Product) decimal.Decimal {
	if t.ScaleBy != "" && t.ScaleBy != pricing.ByQuantity || len(t.ScaleOver) > 0 {
		return decimal.Zero
	}
	numerator, denominator, ok := c.view.BaseUnits(p.SKU, record.Unit)
	if !ok || denominator.IsZero() {
		return decimal.Zero
	}
	return record.MinQuantity.Mul(numerator).Div(denominator)
}
