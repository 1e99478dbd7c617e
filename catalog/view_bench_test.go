package catalog_test

import (
	"fmt"
	"testing"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
)

// BenchmarkView looks up what a quote of 1,000 lines looks up: for each line the
// product and seven keys of conditions.
func BenchmarkView(b *testing.B) {
	s := catalog.NewSnapshot("1", catalogtest.Large(catalogtest.Size{Products: 100_000, Conditions: 500_000}))
	var skus []string
	for n := range 1_000 {
		skus = append(skus, fmt.Sprintf("P-%07d", n*97%100_000))
	}
	quote := func() *catalog.View {
		v := catalog.NewView(s)
		keys := make([]catalog.KeyField, 2)
		for _, sku := range skus {
			v.Product(sku)
			for _, name := range []string{"customer", "customer_group", "price_list", "region", "sales_model", "sector"} {
				keys[0], keys[1] = catalog.KeyField{Name: name, Value: "PL0"}, catalog.KeyField{Name: "sku", Value: sku}
				v.Conditions("LIST", keys)
			}
			v.Conditions("LIST", keys[1:])
		}
		return v
	}
	b.Run("look up", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			quote()
		}
	})
	b.Run("facts", func(b *testing.B) {
		v := quote()
		b.ReportAllocs()
		for b.Loop() {
			v.Facts()
		}
	})
}
