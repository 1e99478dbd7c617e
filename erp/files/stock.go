package files

import "quotewright/catalog"

var stockFile = &file[catalog.Stock]{
	name: "stock.csv",
	key:  []string{"sku", "site"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Stock] { return &d.Stock },
	columns: []column[catalog.Stock]{
		{"sku", required, productName, func(r *catalog.Stock, c *cell) { r.SKU = c.text }},
		{"site", required, "", func(r *catalog.Stock, c *cell) { r.Site = c.text }},
		{"on_hand", required, "", func(r *catalog.Stock, c *cell) { r.OnHand = c.number() }},
		{"reserved", optional, "", func(r *catalog.Stock, c *cell) { r.Reserved = c.number() }},
		{"incoming", optional, "", func(r *catalog.Stock, c *cell) { r.Incoming = c.number() }},
		{"incoming_date", optional, "", func(r *catalog.Stock, c *cell) { r.IncomingDate = c.date() }},
	},
}
