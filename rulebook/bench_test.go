package rulebook

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// large is the good rulebook with a decision table, a look-up table and a table of
// valid combinations of n rows each.
func large(t testing.TB, n int) map[string]string {
	files := good(t).Files()
	var decision, lookup strings.Builder
	decision.WriteString("# hit: first\nproduct.sku,customer.segment in,line.quantity >=,percent,reason\n")
	lookup.WriteString("code,size,value\n")
	for i := range n {
		fmt.Fprintf(&decision, "PS-%d,medical|food,%d,-%d.5,row %d\n", i%(n/5+1), i%7*10, i%30, i)
		fmt.Fprintf(&lookup, "C%d,%d,%d.25\n", i, i%3, i)
	}
	files["tables/volume-discounts.csv"], files["tables/surcharge.csv"] = decision.String(), lookup.String()
	files["sales-models/service.yaml"] += "- {id: surcharge, formula: 'lookup(\"surcharge\", product.sku, 1)'}\n"
	return files
}

// TestLargeTable: a table of 10,000 rows loads within a second.
func TestLargeTable(t *testing.T) {
	files := large(t, 10_000)
	start := time.Now()
	book, mistakes := Load(FS(files))
	if took := time.Since(start); book == nil || took > time.Second {
		t.Errorf("it took %s, %.500v", took, mistakes)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		files := FS(large(b, n))
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			for b.Loop() {
				if book, mistakes := Load(files); book == nil {
					b.Fatal(mistakes)
				}
			}
		})
	}
}
