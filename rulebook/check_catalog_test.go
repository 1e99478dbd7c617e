package rulebook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/money"
	"quotewright/pricing"
)

const catalogRules = `name: Check
currency: EUR
attributes: {product: {brand: text}, customer: {segment: text}}
price_lists: {A: {}, B: {from: A, percent: -5}}
conditions:
  LIST: {measure: amount, access: [[account, sku], [price_list, sku], [sku]]}
  FAMILY: {measure: percent, access: [[customer_group, family], [brand], [sales_model, tax_category]]}
  OPTION: {measure: amount, access: [[option]]}
`

const catalogModel = `model: box
sku: P1
features:
  - {id: size, options: [S, M], default: S}
  - {id: lid, boolean: true, default: false}
`

const catalogSales = `sales_model: direct
procedure:
  - {id: list, condition: LIST, required: true}
  - {id: family, condition: FAMILY, required: true, when: 'product.family startsWith "pumps"'}
  - {id: unsure, condition: FAMILY, required: true, when: line.quantity > 1}
  - {id: table, table: names}
  - id: rules
    adjustments:
      - {id: a, when: 'product.sku in ["P1", "P9"] or "pumps/smal" == product.family', percent: -1}
      - {id: b, when: 'customer.group == "retial" or not (customer.region startsWith "afr")', percent: -1}
      - {id: c, when: 'customer.price_list == "B" or product.family == "pumps" or customer.region == "europe"', percent: -1}
  - id: gift
    free_goods: [{id: g, every: 10, free: 1, exclusive: true, sku: P8}]
  - id: sets
    bundles: [{id: s, of: [{sku: P1}, {sku: P7}], percent: -10}]
eligibility:
  - {id: brand, when: 'product.brand == "Other"', refuse: We do not sell that.}
  - {id: big, when: 'line.quantity > 100', refuse: Too many.}
approvals:
  - {id: vip, when: 'customer.id == "C9" and quote.net > 5', role: sales}
`

const catalogTable = `product.sku in,product.family,customer.region !=,percent
P1|P9,pumps,asia,-1
P9,pumps/large,,-2
,,europe/dach,-3
`

func catalogBook(t testing.TB) *Book {
	t.Helper()
	book, mistakes := Load(FS(map[string]string{"rulebook.yaml": catalogRules, "products/box.yaml": catalogModel,
		"sales-models/direct.yaml": catalogSales, "tables/names.csv": catalogTable}))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return book
}

// record makes a condition record from keys and values.
func record(id, typ, from string, keys ...string) catalog.Condition {
	c := catalog.Condition{ID: id, Type: typ, Measure: catalog.MeasureAmount, Value: decimal.NewFromInt(1), Per: decimal.NewFromInt(1),
		MinQuantity: money.MustParse(from)}
	for i := 0; i < len(keys); i += 2 {
		c.Keys = append(c.Keys, catalog.KeyField{Name: keys[i], Value: keys[i+1]})
	}
	slices.SortFunc(c.Keys, func(a, b catalog.KeyField) int { return strings.Compare(a.Name, b.Name) })
	return c
}

func smallCatalog() catalog.Delta {
	product := func(sku, family string, change func(*catalog.Product)) catalog.Product {
		p := catalog.Product{SKU: sku, Family: family, Unit: "EA", Status: catalog.Active, TaxCategory: "full"}
		if change != nil {
			change(&p)
		}
		return p
	}
	var d catalog.Delta
	d.Products.Full, d.Customers.Full, d.Conditions.Full = true, true, true
	d.Products.Upsert = []catalog.Product{
		product("P1", "pumps/small", nil), product("P2", "pumps", nil), product("P3", "valves", nil),
		product("P4", "valves", func(p *catalog.Product) { p.Status = catalog.Obsolete }),
		product("P5", "valves", func(p *catalog.Product) { p.Attributes = map[string]string{"brand": "Other"} }),
		product("P6", "valves", func(p *catalog.Product) { p.MinQuantity = decimal.NewFromInt(10) }),
		product("P7", "pumps", func(p *catalog.Product) { p.Attributes = map[string]string{"brand": "Own"}; p.TaxCategory = "" }),
	}
	d.Customers.Upsert = []catalog.Customer{{ID: "C1", Group: "retail", Region: "europe/dach", PriceList: "B"}}
	d.Units.Upsert = []catalog.Unit{{Unit: "BOX", Numerator: decimal.NewFromInt(12), Denominator: decimal.NewFromInt(1)}}
	box := record("r7", "LIST", "1", "sku", "P7")
	box.Unit = "BOX"
	old := record("r2", "LIST", "0", "price_list", "A", "sku", "P2")
	old.ValidTo = catalog.Date{Year: 2025, Month: 12, Day: 31}
	d.Conditions.Upsert = []catalog.Condition{
		record("r1", "LIST", "1", "customer", "C1", "sku", "P1"), old, record("r2b", "LIST", "5", "sku", "P2"),
		record("r6", "LIST", "10", "sku", "P6"), box,
		record("rx", "LIST", "0", "sku", "P99"), record("ry", "LIST", "0", "customer", "C99", "sku", "P3"), record("rz", "LIST", "0", "brand", "x", "sku", "P3"),
		record("f1", "FAMILY", "0", "customer_group", "any", "family", "pumps/small"), record("f2", "FAMILY", "0", "brand", "Foreign"),
		record("f3", "FAMILY", "0", "sales_model", "other", "tax_category", "full"),
		record("o1", "OPTION", "0", "option", "box/size/S"), record("o2", "OPTION", "0", "option", "lid"), record("o3", "OPTION", "0", "option", "size/L"),
	}
	return d
}

func TestCheckCatalog(t *testing.T) {
	book := catalogBook(t)
	snapshot := catalog.NewSnapshot("1", smallCatalog())
	for _, c := range []struct {
		on   catalog.Date
		want []string
	}{
		{catalog.Date{}, []string{
			"rulebook.yaml:6:3: warning: the catalog has 1 record of LIST for customers that it does not have: C99",
			"rulebook.yaml:6:3: warning: the catalog has 1 record of LIST for products that it does not have: P99",
			"rulebook.yaml:8:3: warning: the catalog has 1 record of OPTION for options that no configuration model has: size/L",
			"sales-models/direct.yaml:3:5: warning: step list is required, but the scales of 1 product start above one unit: P7 from 12",
			"sales-models/direct.yaml:4:5: warning: step family is required, but 1 of 3 products on sale have no FAMILY record: P7",
			`sales-models/direct.yaml:9:46: warning: the catalog has no product P9`,
			`sales-models/direct.yaml:9:55: warning: the catalog has no product family pumps/smal; did you mean pumps/small?`,
			`sales-models/direct.yaml:10:42: warning: the catalog has no customer group retial; did you mean retail?`,
			`sales-models/direct.yaml:10:86: warning: the catalog has no region of a customer that starts with "afr"`,
			`sales-models/direct.yaml:13:68: warning: the catalog has no product P8`,
			`sales-models/direct.yaml:20:37: warning: the catalog has no customer C9`,
			`tables/names.csv:2:1: warning: the catalog has no product P9`,
			`tables/names.csv:2:13: warning: the catalog has no region of a customer asia`,
			`tables/names.csv:3:4: warning: the catalog has no product family pumps/large`,
		}},
		{catalog.Date{Year: 2026, Month: 11, Day: 23}, []string{
			"sales-models/direct.yaml:3:5: warning: step list is required, but the scales of 2 products start above one unit on 2026-11-23: P2 from 5, P7 from 12",
		}},
	} {
		var got []string
		for _, m := range book.CheckCatalog(snapshot, c.on) {
			got = append(got, m.String())
		}
		if !c.on.IsZero() { // only what depends on the day
			got = slices.DeleteFunc(got, func(s string) bool { return !strings.Contains(s, "start above") })
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("on %s (-want +got):\n%s", c.on, diff)
		}
	}
}

// TestRequiredIsPriced: a product of which the check says that nobody has a price is
// priced for no customer, and any other for somebody.
func TestRequiredIsPriced(t *testing.T) {
	book := catalogBook(t)
	keys := [][]string{{"customer", "sku"}, {"price_list", "sku"}, {"sku"}, {"brand", "sku"}, {"family"}}
	values := map[string][]string{"customer": {"C1", "C2", "TOP"}, "price_list": {"A", "B"}, "sku": {"P1", "P2"}, "brand": {"Own"}, "family": {"pumps"}}
	rapid.Check(t, func(t *rapid.T) {
		d := smallCatalog()
		d.Products.Upsert = d.Products.Upsert[:2]
		d.Customers.Upsert = []catalog.Customer{{ID: "C1", PriceList: "A", Parent: "TOP"}, {ID: "C2", PriceList: "B"}, {ID: "TOP"}}
		d.Conditions.Upsert = nil
		day := catalog.Date{Year: 2026, Month: 3, Day: 1}
		for i := range rapid.IntRange(0, 3).Draw(t, "records") {
			var with []string
			for _, k := range rapid.SampledFrom(keys).Draw(t, "keys") {
				with = append(with, k, rapid.SampledFrom(values[k]).Draw(t, k))
			}
			r := record(fmt.Sprint("r", i), "LIST", "0", with...)
			if rapid.Bool().Draw(t, "old") {
				r.ValidTo = catalog.Date{Year: 2026, Month: 2, Day: 28}
			}
			d.Conditions.Upsert = append(d.Conditions.Upsert, r)
		}
		snapshot := catalog.NewSnapshot("1", d)
		said := book.CheckCatalog(snapshot, day).Error()
		m, mistakes := pricing.Compile(book.Schema(), pricing.Definition{ID: "direct", Procedure: []pricing.StepDefinition{
			{ID: "list", Condition: pricing.Name{Text: "LIST"}, Required: true}}})
		if m == nil {
			t.Fatal(mistakes)
		}
		for _, p := range d.Products.Upsert {
			priced := false
			for _, c := range d.Customers.Upsert {
				r := m.Price(catalog.NewView(snapshot), pricing.Input{Date: day, Currency: book.Company, Customer: &c, Lines: []pricing.Line{
					{ID: "1", Product: &p, Quantity: money.NumOfInt(1), BaseQuantity: money.NumOfInt(1), Unit: "EA"}}})
				priced = priced || !r.Lines[0].Failed
			}
			_, after, _ := strings.Cut(said, "have no LIST record")
			line, _, _ := strings.Cut(after, "\n")
			unpriced := strings.Contains(line, p.SKU)
			if priced == unpriced {
				t.Errorf("%s: priced is %v, but\n%s\nwith %+v", p.SKU, priced, said, d.Conditions.Upsert)
			}
		}
	})
}

// TestLargeCatalog: 20,000 products with 40,000 records are compared within a second.
func TestLargeCatalog(t *testing.T) {
	book := catalogBook(t)
	d := smallCatalog()
	for i := range 20_000 {
		sku := fmt.Sprint("X", i)
		d.Products.Upsert = append(d.Products.Upsert, catalog.Product{SKU: sku, Unit: "EA", Status: catalog.Active, Family: fmt.Sprint("pumps/", i%50)})
		d.Conditions.Upsert = append(d.Conditions.Upsert, record("a"+sku, "LIST", "0", "price_list", "A", "sku", sku), record("b"+sku, "LIST", "0", "customer", "C1", "sku", sku))
	}
	snapshot := catalog.NewSnapshot("1", d)
	start := time.Now()
	mistakes := book.CheckCatalog(snapshot, catalog.Date{Year: 2026, Month: 3, Day: 1})
	if took := time.Since(start); took > time.Second || len(mistakes) == 0 {
		t.Errorf("it took %s: %.400s", took, mistakes)
	}
}
