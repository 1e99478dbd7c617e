package files

import "quotewright/catalog"

const orderName = "orders.csv"

var orderFile = &file[catalog.Order]{
	name: orderName,
	key:  []string{"id"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Order] { return &d.Orders },
	columns: []column[catalog.Order]{
		{"id", required, "", func(r *catalog.Order, c *cell) { r.ID = c.text }},
		{"reference", optional, "", func(r *catalog.Order, c *cell) { r.Reference = c.text }},
		{"customer", optional, customerName, func(r *catalog.Order, c *cell) { r.Customer = c.text }},
		{"status", optional, "", func(r *catalog.Order, c *cell) { r.Status = c.text }},
		{"date", optional, "", func(r *catalog.Order, c *cell) { r.Date = c.date() }},
		{"currency", optional, "", func(r *catalog.Order, c *cell) { r.Currency = c.currency() }},
		{"total", optional, "", func(r *catalog.Order, c *cell) { r.Total = c.number() }},
	},
}

// orderLineFile: the SKU of an old order may be gone from products.csv.
var orderLineFile = &file[catalog.OrderLine]{
	name: "order_lines.csv",
	key:  []string{"order", "line"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.OrderLine] { return &d.OrderLines },
	columns: []column[catalog.OrderLine]{
		{"order", required, orderName, func(r *catalog.OrderLine, c *cell) { r.Order = c.text }},
		{"line", required, "", func(r *catalog.OrderLine, c *cell) { r.Line = c.text }},
		{"sku", optional, "", func(r *catalog.OrderLine, c *cell) { r.SKU = c.text }},
		{"ordered", optional, "", func(r *catalog.OrderLine, c *cell) { r.Ordered = c.number() }},
		{"shipped", optional, "", func(r *catalog.OrderLine, c *cell) { r.Shipped = c.number() }},
		{"invoiced", optional, "", func(r *catalog.OrderLine, c *cell) { r.Invoiced = c.number() }},
	},
}

// invoiceFile: the order of an open invoice may be too old to be in orders.csv.
var invoiceFile = &file[catalog.Invoice]{
	name: "invoices.csv",
	key:  []string{"id"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Invoice] { return &d.Invoices },
	columns: []column[catalog.Invoice]{
		{"id", required, "", func(r *catalog.Invoice, c *cell) { r.ID = c.text }},
		{"order", optional, "", func(r *catalog.Invoice, c *cell) { r.Order = c.text }},
		{"customer", optional, customerName, func(r *catalog.Invoice, c *cell) { r.Customer = c.text }},
		{"date", optional, "", func(r *catalog.Invoice, c *cell) { r.Date = c.date() }},
		{"due", optional, "", func(r *catalog.Invoice, c *cell) { r.Due = c.date() }},
		{"currency", optional, "", func(r *catalog.Invoice, c *cell) { r.Currency = c.currency() }},
		{"total", optional, "", func(r *catalog.Invoice, c *cell) { r.Total = c.number() }},
		{"open", optional, "", func(r *catalog.Invoice, c *cell) { r.Open = c.number() }},
	},
}
