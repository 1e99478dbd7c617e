package catalogtest

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// Size is how large a regular catalog is to be.
type Size struct {
	Products   int
	Conditions int // spread evenly over the products
}

// family, customer and price list of the n-th product or customer.
func (s Size) family(n int) string   { return fmt.Sprintf("family-%02d/group-%03d", n%20, n%200) }
func (s Size) sku(n int) string      { return fmt.Sprintf("P-%07d", n) }
func (s Size) customer(n int) string { return fmt.Sprintf("C-%06d", n%s.customers()) }
func (s Size) customers() int        { return max(1, s.Products/10) }

// Large returns a full load of the size: always the same one. It has list prices with
// a scale, prices by price list, and discounts by customer and by group.
func Large(s Size) catalog.Delta {
	d := catalog.Delta{
		Products:   catalog.Changes[catalog.Product]{Full: true, Upsert: make([]catalog.Product, s.Products)},
		Customers:  catalog.Changes[catalog.Customer]{Full: true, Upsert: make([]catalog.Customer, s.customers())},
		Conditions: catalog.Changes[catalog.Condition]{Full: true, Upsert: make([]catalog.Condition, s.Conditions)},
	}
	for n := range d.Products.Upsert {
		cost := decimal.New(int64(1000+n%90000), -2)
		d.Products.Upsert[n] = catalog.Product{SKU: s.sku(n), Name: fmt.Sprintf("Product %d of series %d", n, n%97),
			Family: s.family(n), Unit: "EA", Status: catalog.Active, Cost: &cost, WeightKg: decimal.New(int64(n%500), -1), LeadTimeDays: n % 60}
	}
	for n := range d.Customers.Upsert {
		d.Customers.Upsert[n] = catalog.Customer{ID: s.customer(n), Name: fmt.Sprintf("Customer %d", n), Group: fmt.Sprintf("G%d", n%8),
			PriceList: fmt.Sprintf("PL%d", n%5), Currency: "TWD", Credit: catalog.CreditOK}
	}
	for n := range d.Conditions.Upsert {
		d.Conditions.Upsert[n] = s.condition(n)
	}
	return d
}

// condition returns the n-th condition: of each product in turn, of five sorts in turn.
func (s Size) condition(n int) catalog.Condition {
	product, round := n%max(1, s.Products), n/max(1, s.Products)
	key := func(name, value string) catalog.KeyField { return catalog.KeyField{Name: name, Value: value} }
	sku := key("sku", s.sku(product))
	c := catalog.Condition{ID: fmt.Sprintf("R-%08d", n), Type: "LIST", Keys: []catalog.KeyField{sku},
		Value: decimal.New(int64(2000+n%180000), -2), Measure: catalog.MeasureAmount, Per: decimal.NewFromInt(1)}
	switch round % 5 {
	case 1:
		c.MinQuantity = decimal.NewFromInt(int64(10 * (1 + round/5)))
	case 2:
		c.Keys = []catalog.KeyField{key("price_list", fmt.Sprintf("PL%d", round/5)), sku}
	case 3:
		c.Type, c.Measure, c.Value = "CUST_DISC", catalog.MeasurePercent, decimal.NewFromInt(-5)
		c.Keys = []catalog.KeyField{key("customer", s.customer(product+round/5)), sku}
	case 4:
		c.Type, c.Measure, c.Value = "CUST_DISC", catalog.MeasurePercent, decimal.NewFromInt(-2)
		c.Keys = []catalog.KeyField{key("customer_group", fmt.Sprintf("G%d", round/5)), sku}
	default:
		if round > 0 {
			c.ValidFrom = catalog.Date{Year: 2026, Month: 1, Day: 1}.AddDays(round)
		}
	}
	return c
}

// WriteLarge writes the same catalog as the files of a catalog folder.
func WriteLarge(dir string, s Size) error {
	d := Large(s)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	err := writeFile(dir, "products.csv", []string{"sku", "name", "family", "unit", "cost", "weight_kg", "lead_time_days"},
		d.Products.Upsert, func(p *catalog.Product) []string {
			return []string{p.SKU, p.Name, p.Family, p.Unit, p.Cost.String(), p.WeightKg.String(), fmt.Sprint(p.LeadTimeDays)}
		})
	if err != nil {
		return err
	}
	err = writeFile(dir, "customers.csv", []string{"id", "name", "group", "price_list", "currency"},
		d.Customers.Upsert, func(c *catalog.Customer) []string {
			return []string{c.ID, c.Name, c.Group, c.PriceList, c.Currency}
		})
	if err != nil {
		return err
	}
	keys := []string{"sku", "customer", "customer_group", "price_list"}
	header := append([]string{"id", "type", "min_quantity", "value", "measure", "valid_from"}, keys...)
	return writeFile(dir, "conditions.csv", header, d.Conditions.Upsert, func(c *catalog.Condition) []string {
		row := []string{c.ID, c.Type, c.MinQuantity.String(), c.Value.String(), string(c.Measure), catalog.DateText(c.ValidFrom)}
		for _, name := range keys {
			row = append(row, keyValue(c.Keys, name))
		}
		return row
	})
}

func keyValue(keys []catalog.KeyField, name string) string {
	for _, k := range keys {
		if k.Name == name {
			return k.Value
		}
	}
	return ""
}

func writeFile[R any](dir, name string, header []string, records []R, row func(*R) []string) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Write(header)
	for i := range records {
		w.Write(row(&records[i]))
	}
	w.Flush()
	if err := w.Error(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
