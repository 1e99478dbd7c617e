package files

import "quotewright/catalog"

var bomFile = &file[catalog.BOMItem]{
	name: "boms.csv",
	key:  []string{"parent", "position", "component", "when", "valid_from"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.BOMItem] { return &d.BOMs },
	columns: []column[catalog.BOMItem]{
		{"parent", required, productName, func(r *catalog.BOMItem, c *cell) { r.Parent = c.text }},
		{"position", required, "", func(r *catalog.BOMItem, c *cell) { r.Position = c.text }},
		{"component", required, productName, func(r *catalog.BOMItem, c *cell) { r.Component = c.text }},
		{"quantity", required, "", func(r *catalog.BOMItem, c *cell) { r.Quantity = c.text }},
		{"unit", optional, "", func(r *catalog.BOMItem, c *cell) { r.Unit = c.text }},
		{"when", optional, "", func(r *catalog.BOMItem, c *cell) { r.When = c.text }},
		{"scrap_percent", optional, "", func(r *catalog.BOMItem, c *cell) { r.ScrapPercent = c.notNegative() }},
		{"phantom", optional, "", func(r *catalog.BOMItem, c *cell) { r.Phantom = c.yes() }},
		{"valid_from", optional, "", func(r *catalog.BOMItem, c *cell) { r.ValidFrom = c.date() }},
		{"valid_to", optional, "", func(r *catalog.BOMItem, c *cell) { r.ValidTo = c.date() }},
		{"alternative_group", optional, "", func(r *catalog.BOMItem, c *cell) { r.AlternativeGroup = c.text }},
		{"priority", optional, "", func(r *catalog.BOMItem, c *cell) { r.Priority = c.count() }},
	},
	check: func(r *catalog.BOMItem, w *row) {
		w.validity(r.ValidFrom, r.ValidTo)
		r.File, r.Line = w.sheet.name, w.line
	},
}
