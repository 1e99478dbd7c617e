package files

import "quotewright/catalog"

var partFile = &file[catalog.Part]{
	name: "parts.csv",
	key:  []string{"alias", "customer", "valid_from"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Part] { return &d.Parts },
	columns: []column[catalog.Part]{
		{"alias", required, "", func(r *catalog.Part, c *cell) { r.Alias = c.text }},
		{"sku", required, productName, func(r *catalog.Part, c *cell) { r.SKU = c.text }},
		{"customer", optional, customerName, func(r *catalog.Part, c *cell) { r.Customer = c.text }},
		{"valid_from", optional, "", func(r *catalog.Part, c *cell) { r.ValidFrom = c.date() }},
		{"valid_to", optional, "", func(r *catalog.Part, c *cell) { r.ValidTo = c.date() }},
	},
	check: func(r *catalog.Part, w *row) { w.validity(r.ValidFrom, r.ValidTo) },
}
