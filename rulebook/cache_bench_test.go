package rulebook

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// hundredFiles is a rulebook of a hundred files and ten thousand rules: one table of five
// thousand rows, ninety of fifty and five hundred adjustments in sales models.
func hundredFiles(t testing.TB) map[string]string {
	files := good(t).Files()
	rows := func(n, seed int) string {
		var table strings.Builder
		table.WriteString("# hit: first\nproduct.sku,customer.segment in,line.quantity >=,percent,reason\n")
		for i := range n {
			fmt.Fprintf(&table, "PS-%d,medical|food,%d,-%d.5,row %d of %d\n", i, i%7*10, i%30, i, seed)
		}
		return table.String()
	}
	for i := range 90 {
		files[fmt.Sprintf("tables/t%d.csv", i)] = rows(50, i)
	}
	files["tables/t90.csv"] = rows(5000, 90)
	for model := range 5 {
		var text strings.Builder
		fmt.Fprintf(&text, "sales_model: m%d\ntitle: Model %d\nprocedure:\n  - {id: list, condition: LIST}\n", model, model)
		for i := range 91 {
			if i%5 == model {
				fmt.Fprintf(&text, "  - {id: t%d, table: t%d, basis: list}\n", i, i)
			}
		}
		text.WriteString("  - id: campaigns\n    basis: list\n    adjustments:\n")
		for i := range 100 {
			fmt.Fprintf(&text, "      - {id: a%d, percent: -%d, when: 'customer.segment == \"medical\" and line.quantity >= %d and product.sku == \"PS-%d\"'}\n", i, i%40, i, i)
		}
		text.WriteString("  - {id: net, subtotal: true}\n")
		files[fmt.Sprintf("sales-models/m%d.yaml", model)] = text.String()
	}
	return files
}

// BenchmarkReload loads a whole folder, and one of which all but one file was loaded
// before.
func BenchmarkReload(b *testing.B) {
	files := hundredFiles(b)
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			mustLoad(b, &Cache{}, files)
		}
	})
	for _, name := range []string{"tables/t7.csv", "tables/t90.csv", "sales-models/m3.yaml", "rulebook.yaml"} {
		b.Run("changed="+name, func(b *testing.B) {
			var cache Cache
			mustLoad(b, &cache, files)
			for n := 0; b.Loop(); n++ {
				mustLoad(b, &cache, edited(files, name, n))
			}
		})
	}
}

func mustLoad(t testing.TB, cache *Cache, files map[string]string) {
	t.Helper()
	if book, mistakes := cache.Load(FS(files)); book == nil {
		t.Fatal(mistakes)
	}
}

// edited returns the files with another change in one of them.
func edited(files map[string]string, name string, n int) map[string]string {
	next := maps.Clone(files)
	if strings.HasSuffix(name, ".csv") {
		next[name] += fmt.Sprintf("PS-X,medical,0,-1.5,change %d\n", n)
	} else {
		next[name] += fmt.Sprintf("# change %d\n", n)
	}
	return next
}
