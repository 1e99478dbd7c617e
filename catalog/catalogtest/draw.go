// Package catalogtest makes catalogs for tests and benchmarks: small random ones that
// are full of collisions, and large regular ones.
package catalogtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
)

// The words that random catalogs are made of: few, so that look-ups hit.
var (
	SKUs       = []string{"A", "B", "PS-2000", "é 1", `Q"=`}
	Customers  = []string{"C-1", "C-2"}
	Units      = []string{"EA", "BOX", "KG"}
	Types      = []string{"LIST", "CUST DISC"}
	Currencies = []string{"USD", "TWD", "EUR", "JPY"}
	Sites      = []string{"L1", "L2"}
	Families   = []string{"", "pumps", "pumps/centrifugal", "valves"}
)

// Draw draws a full load of a small random catalog. References may lead nowhere: a
// Snapshot has to live with them.
func Draw(t *rapid.T) catalog.Delta {
	return catalog.Delta{
		Products:   many(t, "products", product),
		Units:      many(t, "units", unit),
		Conditions: many(t, "conditions", condition),
		BOMs:       many(t, "boms", bomItem),
		Customers:  many(t, "customers", customer),
		Contacts: many(t, "contacts", func(t *rapid.T) catalog.Contact {
			return catalog.Contact{Customer: Pick(t, Customers), ID: digits(t), Name: Text(t), Email: Text(t)}
		}),
		Addresses: many(t, "addresses", func(t *rapid.T) catalog.Address {
			return catalog.Address{Customer: Pick(t, Customers), ID: digits(t), City: Text(t)}
		}),
		Stock: many(t, "stock", func(t *rapid.T) catalog.Stock {
			return catalog.Stock{SKU: Pick(t, SKUs), Site: Pick(t, Sites), OnHand: Number(t), IncomingDate: Date(t)}
		}),
		Rates: many(t, "rates", func(t *rapid.T) catalog.Rate {
			return catalog.Rate{From: Pick(t, Currencies), To: Pick(t, Currencies), Date: Day(t),
				Rate: Number(t).Add(decimal.New(1, -2))}
		}),
		Parts: many(t, "parts", func(t *rapid.T) catalog.Part {
			return catalog.Part{Alias: Pick(t, SKUs), SKU: Pick(t, SKUs),
				Customer: Pick(t, append(Customers, "")), ValidFrom: Date(t), ValidTo: Date(t)}
		}),
		Orders: many(t, "orders", func(t *rapid.T) catalog.Order {
			return catalog.Order{ID: digits(t), Customer: Pick(t, Customers), Date: Date(t), Total: Number(t)}
		}),
		OrderLines: many(t, "order_lines", func(t *rapid.T) catalog.OrderLine {
			return catalog.OrderLine{Order: digits(t), Line: digits(t), SKU: Pick(t, SKUs), Ordered: Number(t)}
		}),
		Invoices: many(t, "invoices", func(t *rapid.T) catalog.Invoice {
			return catalog.Invoice{ID: digits(t), Customer: Pick(t, Customers), Due: Date(t), Open: Number(t)}
		}),
	}
}

// DrawChanges draws changes to a catalog that Draw made: some kinds whole, some by
// record, some not at all.
func DrawChanges(t *rapid.T) catalog.Delta {
	d := Draw(t)
	partly(t, &d.Products)
	partly(t, &d.Units)
	partly(t, &d.Conditions)
	partly(t, &d.BOMs)
	partly(t, &d.Customers)
	partly(t, &d.Contacts)
	partly(t, &d.Addresses)
	partly(t, &d.Stock)
	partly(t, &d.Rates)
	partly(t, &d.Parts)
	partly(t, &d.Orders)
	partly(t, &d.OrderLines)
	partly(t, &d.Invoices)
	return d
}

type record interface{ Key() string }

func partly[R record](t *rapid.T, c *catalog.Changes[R]) {
	switch rapid.IntRange(0, 2).Draw(t, "changes") {
	case 0:
		*c = catalog.Changes[R]{}
	case 1:
		c.Full = false
		cut := rapid.IntRange(0, len(c.Upsert)).Draw(t, "deletes")
		for _, r := range c.Upsert[cut:] {
			c.Delete = append(c.Delete, r.Key())
		}
		c.Upsert = c.Upsert[:cut]
	}
}

// many draws records with different keys.
func many[R record](t *rapid.T, label string, one func(*rapid.T) R) catalog.Changes[R] {
	records := rapid.SliceOfNDistinct(rapid.Custom(one), 0, 12, func(r R) string { return r.Key() }).Draw(t, label)
	return catalog.Changes[R]{Full: true, Upsert: records}
}

func product(t *rapid.T) catalog.Product {
	p := catalog.Product{
		SKU: Pick(t, SKUs), Name: Text(t), Family: Pick(t, Families), Unit: Pick(t, Units),
		Status: Pick(t, []catalog.Status{catalog.Active, catalog.PhaseOut}), WeightKg: Number(t),
		LeadTimeDays: rapid.IntRange(0, 3).Draw(t, "lead"), Attributes: attributes(t),
	}
	if rapid.Bool().Draw(t, "cost known") {
		cost := Number(t)
		p.Cost, p.CostCurrency = &cost, Pick(t, Currencies)
	}
	return p
}

func customer(t *rapid.T) catalog.Customer {
	return catalog.Customer{ID: Pick(t, Customers), Name: Text(t), Parent: Pick(t, append(Customers, "")), Credit: catalog.CreditOK,
		TaxExempt: rapid.Bool().Draw(t, "exempt"), Attributes: attributes(t)}
}

func attributes(t *rapid.T) map[string]string {
	if rapid.Bool().Draw(t, "no attributes") {
		return nil
	}
	return map[string]string{"color": Text(t), "size \"x\"": "1"}
}

func unit(t *rapid.T) catalog.Unit {
	return catalog.Unit{SKU: Pick(t, append(SKUs, "")), Unit: Pick(t, Units), Numerator: Number(t), Denominator: Number(t)}
}

func condition(t *rapid.T) catalog.Condition {
	return catalog.Condition{ID: digits(t), Type: Pick(t, Types), Keys: Keys(t), MinQuantity: Number(t), Value: Number(t),
		Measure: catalog.MeasureAmount, Currency: Pick(t, Currencies), Per: decimal.NewFromInt(1), ValidFrom: Date(t), ValidTo: Date(t),
		LowerLimit: limit(t), UpperLimit: limit(t)}
}

// limit draws a number, or none.
func limit(t *rapid.T) *decimal.Decimal {
	if rapid.Bool().Draw(t, "no limit") {
		return nil
	}
	number := Number(t)
	return &number
}

func bomItem(t *rapid.T) catalog.BOMItem {
	return catalog.BOMItem{Parent: Pick(t, SKUs), Position: Pick(t, []string{"9", "10", "010", "1a", ""}), Component: Pick(t, SKUs),
		Quantity: "2", When: Pick(t, []string{"", "frame == \"F1\""}), ScrapPercent: Number(t), Phantom: rapid.Bool().Draw(t, "phantom"),
		ValidFrom: Date(t), Priority: rapid.IntRange(0, 2).Draw(t, "priority"), File: "boms.csv", Line: rapid.IntRange(2, 9).Draw(t, "line")}
}

// Keys draws the key of a condition, sorted by name.
func Keys(t *rapid.T) []catalog.KeyField {
	keys := []catalog.KeyField{{Name: "customer", Value: Pick(t, Customers)}, {Name: "sku", Value: Pick(t, SKUs)}}
	return slices.Clone(keys[rapid.IntRange(0, 2).Draw(t, "from"):])
}

// Pick draws one of the choices.
func Pick[T any](t *rapid.T, choices []T) T { return rapid.SampledFrom(choices).Draw(t, "pick") }

// Day draws one of a few days.
func Day(t *rapid.T) catalog.Date {
	return catalog.Date{Year: 2026, Month: 1, Day: rapid.IntRange(1, 5).Draw(t, "day")}
}

// Date draws one of a few days, or none.
func Date(t *rapid.T) catalog.Date {
	if rapid.Bool().Draw(t, "open") {
		return catalog.Date{}
	}
	return Day(t)
}

// Number draws a quantity or amount, not negative, some with zeros at the end.
func Number(t *rapid.T) decimal.Decimal {
	return decimal.New(rapid.Int64Range(0, 120).Draw(t, "number"), rapid.Int32Range(-2, 0).Draw(t, "exponent"))
}

// Text draws a short text.
func Text(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"Pump", "ä", ",", "\n", `"`, "x"}), 0, 3).Draw(t, "text"), " ")
}

func digits(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(1, 12).Draw(t, "id")) }
