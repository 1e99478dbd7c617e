package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Snapshot is the whole catalog at one moment. It is immutable, so any number of
// goroutines may read it. What it returns belongs to it and must not be changed.
type Snapshot struct {
	version    string
	products   table[Product]
	units      table[Unit]
	conditions table[Condition]
	boms       table[BOMItem]
	customers  table[Customer]
	contacts   table[Contact]
	addresses  table[Address]
	stock      table[Stock]
	rates      table[Rate]
	parts      table[Part]
	orders     table[Order]
	orderLines table[OrderLine]
	invoices   table[Invoice]

	families   []string        // of products, with those above; sorted
	currencies []string        // of rates; sorted
	keyed      map[string]bool // KeyNames of all condition records
	derived    *derived
}

// VersionOf names the contents that a connector's cursor stands for. The same
// contents have the same version wherever they were read.
func VersionOf(cursor string) string {
	sum := sha256.Sum256([]byte(cursor))
	return hex.EncodeToString(sum[:6])
}

// NewSnapshot makes a Snapshot of a full load: the records to upsert are all there is.
func NewSnapshot(version string, d Delta) *Snapshot {
	return new(Snapshot).Apply(version, d)
}

// Apply returns a new Snapshot with the changes; s stays as it is. Kinds of records
// that do not change are shared by both.
func (s *Snapshot) Apply(version string, d Delta) *Snapshot {
	n := *s
	n.version, n.derived = version, &derived{}
	n.products = s.products.apply(productKind, d.Products)
	n.units = s.units.apply(unitKind, d.Units)
	n.conditions = s.conditions.apply(conditionKind, d.Conditions)
	n.boms = s.boms.apply(bomKind, d.BOMs)
	n.customers = s.customers.apply(customerKind, d.Customers)
	n.contacts = s.contacts.apply(contactKind, d.Contacts)
	n.addresses = s.addresses.apply(addressKind, d.Addresses)
	n.stock = s.stock.apply(stockKind, d.Stock)
	n.rates = s.rates.apply(rateKind, d.Rates)
	n.parts = s.parts.apply(partKind, d.Parts)
	n.orders = s.orders.apply(orderKind, d.Orders)
	n.orderLines = s.orderLines.apply(orderLineKind, d.OrderLines)
	n.invoices = s.invoices.apply(invoiceKind, d.Invoices)
	if !d.Conditions.Empty() {
		n.keyed = keyedBy(n.conditions)
	}
	if !d.Products.Empty() {
		n.families = familiesOf(n.products.rows)
	}
	if !d.Rates.Empty() {
		n.currencies = currenciesOf(n.rates.rows)
	}
	return &n
}

// Version names the contents: see VersionOf.
func (s *Snapshot) Version() string { return s.version }

// Product returns the product of a SKU.
func (s *Snapshot) Product(sku string) (*Product, bool) { return s.products.one(sku) }

// Customer returns the customer of an ID.
func (s *Snapshot) Customer(id string) (*Customer, bool) { return s.customers.one(id) }

// Contacts returns a customer's contacts, ordered by ID.
func (s *Snapshot) Contacts(customer string) []Contact { return s.contacts.of(customer) }

// Addresses returns a customer's addresses, ordered by ID.
func (s *Snapshot) Addresses(customer string) []Address { return s.addresses.of(customer) }

// Orders returns a customer's orders, newest first.
func (s *Snapshot) Orders(customer string) []Order { return s.orders.of(customer) }

// OrderLines returns the lines of an order in their order.
func (s *Snapshot) OrderLines(order string) []OrderLine { return s.orderLines.of(order) }

// Invoices returns a customer's invoices, newest first.
func (s *Snapshot) Invoices(customer string) []Invoice { return s.invoices.of(customer) }

// Families returns all product families and those above them, sorted.
func (s *Snapshot) Families() []string { return slices.Clone(s.families) }

func familiesOf(products []Product) []string {
	seen := map[string]bool{}
	for i := range products {
		if family := products[i].Family; !seen[family] {
			for _, f := range FamilyPath(family) {
				seen[f] = true
			}
		}
	}
	return sortedKeys(seen)
}

func keyedBy(t table[Condition]) map[string]bool {
	keyed := map[string]bool{}
	var buf []byte
	for _, s := range t.spans {
		c := &t.rows[s.from]
		buf = append(buf[:0], c.Type...)
		for _, k := range c.Keys {
			buf = append(append(buf, KeySeparator...), k.Name...)
		}
		if !keyed[string(buf)] {
			keyed[string(buf)] = true
		}
	}
	return keyed
}

func currenciesOf(rates []Rate) []string {
	seen := map[string]bool{}
	for i := range rates {
		seen[rates[i].From], seen[rates[i].To] = true, true
	}
	return sortedKeys(seen)
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Records returns everything as a full load, each kind in the order of its keys.
func (s *Snapshot) Records() Delta {
	return Delta{
		Products: s.products.all(), Units: s.units.all(), Conditions: s.conditions.all(), BOMs: s.boms.all(),
		Customers: s.customers.all(), Contacts: s.contacts.all(), Addresses: s.addresses.all(), Stock: s.stock.all(),
		Rates: s.rates.all(), Parts: s.parts.all(), Orders: s.orders.all(), OrderLines: s.orderLines.all(),
		Invoices: s.invoices.all(),
	}
}

// Counts says how many records of each kind there are.
type Counts struct {
	Products   int `json:"products"`
	Units      int `json:"units"`
	Conditions int `json:"conditions"`
	BOMs       int `json:"boms"`
	Customers  int `json:"customers"`
	Contacts   int `json:"contacts"`
	Addresses  int `json:"addresses"`
	Stock      int `json:"stock"`
	Rates      int `json:"rates"`
	Parts      int `json:"parts"`
	Orders     int `json:"orders"`
	OrderLines int `json:"order_lines"`
	Invoices   int `json:"invoices"`
}

// Counts counts the records.
func (s *Snapshot) Counts() Counts {
	return Counts{
		Products: len(s.products.rows), Units: len(s.units.rows), Conditions: len(s.conditions.rows),
		BOMs: len(s.boms.rows), Customers: len(s.customers.rows), Contacts: len(s.contacts.rows),
		Addresses: len(s.addresses.rows), Stock: len(s.stock.rows), Rates: len(s.rates.rows),
		Parts: len(s.parts.rows), Orders: len(s.orders.rows), OrderLines: len(s.orderLines.rows),
		Invoices: len(s.invoices.rows),
	}
}
