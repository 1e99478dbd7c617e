package files

import "quotewright/catalog"

const productName = "products.csv"

var productFile = &file[catalog.Product]{
	name:  productName,
	key:   []string{"sku"},
	kind:  func(d *catalog.Delta) *catalog.Changes[catalog.Product] { return &d.Products },
	blank: catalog.Product{Status: catalog.Active},
	columns: []column[catalog.Product]{
		{"sku", required, "", func(r *catalog.Product, c *cell) { r.SKU = c.text }},
		{"name", required, "", func(r *catalog.Product, c *cell) { r.Name = c.text }},
		{"description", optional, "", func(r *catalog.Product, c *cell) { r.Description = c.text }},
		{"family", optional, "", func(r *catalog.Product, c *cell) { r.Family = c.path() }},
		{"unit", required, "", func(r *catalog.Product, c *cell) { r.Unit = c.text }},
		{"status", optional, "", func(r *catalog.Product, c *cell) {
			r.Status = oneOf(c, catalog.Active, catalog.PhaseOut, catalog.Blocked, catalog.Obsolete)
		}},
		{"successor", optional, productName, func(r *catalog.Product, c *cell) { r.Successor = c.text }},
		{"model", optional, "", func(r *catalog.Product, c *cell) { r.Model = c.text }},
		{"grade", optional, "", func(r *catalog.Product, c *cell) { r.Grade = c.text }},
		{"cost", optional, "", func(r *catalog.Product, c *cell) { cost := c.number(); r.Cost = &cost }},
		{"cost_currency", optional, "", func(r *catalog.Product, c *cell) { r.CostCurrency = c.currency() }},
		{"weight_kg", optional, "", func(r *catalog.Product, c *cell) { r.WeightKg = c.notNegative() }},
		{"lead_time_days", optional, "", func(r *catalog.Product, c *cell) { r.LeadTimeDays = c.count() }},
		{"min_quantity", optional, "", func(r *catalog.Product, c *cell) { r.MinQuantity = c.notNegative() }},
		{"multiple", optional, "", func(r *catalog.Product, c *cell) { r.Multiple = c.notNegative() }},
		{"tax_category", optional, "", func(r *catalog.Product, c *cell) { r.TaxCategory = c.text }},
		{"attr:", optional, "", func(r *catalog.Product, c *cell) { setAttribute(&r.Attributes, c) }},
	},
}

func setAttribute(attributes *map[string]string, c *cell) {
	if *attributes == nil {
		*attributes = map[string]string{}
	}
	(*attributes)[c.name()] = c.text
}

var unitFile = &file[catalog.Unit]{
	name: "units.csv",
	key:  []string{"sku", "unit"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Unit] { return &d.Units },
	columns: []column[catalog.Unit]{
		{"sku", optional, productName, func(r *catalog.Unit, c *cell) { r.SKU = c.text }},
		{"unit", required, "", func(r *catalog.Unit, c *cell) { r.Unit = c.text }},
		{"numerator", required, "", func(r *catalog.Unit, c *cell) { r.Numerator = c.positive() }},
		{"denominator", required, "", func(r *catalog.Unit, c *cell) { r.Denominator = c.positive() }},
	},
}
