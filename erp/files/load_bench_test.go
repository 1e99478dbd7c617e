package files

import (
	"fmt"
	"os"
	"testing"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
)

func BenchmarkLoadFiles(b *testing.B) {
	for _, products := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("products=%d", products), func(b *testing.B) {
			dir := b.TempDir()
			size := catalogtest.Size{Products: products, Conditions: 5 * products}
			if err := catalogtest.WriteLarge(dir, size); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			var counts catalog.Counts
			for b.Loop() {
				delta, version, err := Load(os.DirFS(dir), nil)
				if err != nil {
					b.Fatal(err)
				}
				counts = catalog.NewSnapshot(version, delta).Counts()
			}
			rows := counts.Products + counts.Conditions + counts.Customers
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
