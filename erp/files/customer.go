package files

import "quotewright/catalog"

const customerName = "customers.csv"

var customerFile = &file[catalog.Customer]{
	name:  customerName,
	key:   []string{"id"},
	above: "parent",
	kind:  func(d *catalog.Delta) *catalog.Changes[catalog.Customer] { return &d.Customers },
	blank: catalog.Customer{Credit: catalog.CreditOK},
	columns: []column[catalog.Customer]{
		{"id", required, "", func(r *catalog.Customer, c *cell) { r.ID = c.text }},
		{"name", required, "", func(r *catalog.Customer, c *cell) { r.Name = c.text }},
		{"parent", optional, customerName, func(r *catalog.Customer, c *cell) { r.Parent = c.text }},
		{"group", optional, "", func(r *catalog.Customer, c *cell) { r.Group = c.text }},
		{"price_list", optional, "", func(r *catalog.Customer, c *cell) { r.PriceList = c.text }},
		{"currency", optional, "", func(r *catalog.Customer, c *cell) { r.Currency = c.currency() }},
		{"country", optional, "", func(r *catalog.Customer, c *cell) { r.Country = c.text }},
		{"region", optional, "", func(r *catalog.Customer, c *cell) { r.Region = c.path() }},
		{"tax_exempt", optional, "", func(r *catalog.Customer, c *cell) { r.TaxExempt = c.yes() }},
		{"payment_terms", optional, "", func(r *catalog.Customer, c *cell) { r.PaymentTerms = c.text }},
		{"credit", optional, "", func(r *catalog.Customer, c *cell) {
			r.Credit = oneOf(c, catalog.CreditOK, catalog.CreditWatch, catalog.CreditStop)
		}},
		{"attr:", optional, "", func(r *catalog.Customer, c *cell) { setAttribute(&r.Attributes, c) }},
	},
}

var contactFile = &file[catalog.Contact]{
	name: "contacts.csv",
	key:  []string{"customer", "id"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Contact] { return &d.Contacts },
	columns: []column[catalog.Contact]{
		{"customer", required, customerName, func(r *catalog.Contact, c *cell) { r.Customer = c.text }},
		{"id", required, "", func(r *catalog.Contact, c *cell) { r.ID = c.text }},
		{"name", optional, "", func(r *catalog.Contact, c *cell) { r.Name = c.text }},
		{"role", optional, "", func(r *catalog.Contact, c *cell) { r.Role = c.text }},
		{"email", optional, "", func(r *catalog.Contact, c *cell) { r.Email = c.text }},
		{"phone", optional, "", func(r *catalog.Contact, c *cell) { r.Phone = c.text }},
		{"language", optional, "", func(r *catalog.Contact, c *cell) { r.Language = c.text }},
	},
}

var addressFile = &file[catalog.Address]{
	name: "addresses.csv",
	key:  []string{"customer", "id"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Address] { return &d.Addresses },
	columns: []column[catalog.Address]{
		{"customer", required, customerName, func(r *catalog.Address, c *cell) { r.Customer = c.text }},
		{"id", required, "", func(r *catalog.Address, c *cell) { r.ID = c.text }},
		{"kind", optional, "", func(r *catalog.Address, c *cell) { r.Kind = c.text }},
		{"name", optional, "", func(r *catalog.Address, c *cell) { r.Name = c.text }},
		{"street", optional, "", func(r *catalog.Address, c *cell) { r.Street = c.text }},
		{"postal_code", optional, "", func(r *catalog.Address, c *cell) { r.PostalCode = c.text }},
		{"city", optional, "", func(r *catalog.Address, c *cell) { r.City = c.text }},
		{"region", optional, "", func(r *catalog.Address, c *cell) { r.Region = c.path() }},
		{"country", optional, "", func(r *catalog.Address, c *cell) { r.Country = c.text }},
	},
}
