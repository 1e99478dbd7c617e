package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
)

func BenchmarkReplicaApply(b *testing.B) {
	benchmarkReplica(b, func(b *testing.B, replica *Replica, delta catalog.Delta) {
		for b.Loop() {
			if err := replica.Apply(b.Context(), delta, "cursor", synced, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReplicaLoad(b *testing.B) {
	benchmarkReplica(b, func(b *testing.B, replica *Replica, delta catalog.Delta) {
		if err := replica.Apply(b.Context(), delta, "cursor", synced, nil); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, _, _, err := replica.Load(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkReplica(b *testing.B, run func(*testing.B, *Replica, catalog.Delta)) {
	for _, products := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("products=%d", products), func(b *testing.B) {
			delta := catalogtest.Large(catalogtest.Size{Products: products, Conditions: 5 * products})
			replica := openTestReplica(b, filepath.Join(b.TempDir(), "replica.sqlite"))
			b.ReportAllocs()
			run(b, replica, delta)
			rows := len(delta.Products.Upsert) + len(delta.Conditions.Upsert) + len(delta.Customers.Upsert)
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
