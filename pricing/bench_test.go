package pricing

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
)

// benchShop is a shop with a thousand products in a hundred families, a seven-step
// access sequence, and a decision table and a list of adjustments that together have so
// many rules.
func benchShop(b *testing.B, rules int) (*SalesModel, *catalog.Snapshot, []*catalog.Product) {
	b.Helper()
	var products []*catalog.Product
	delta := catalog.Delta{}
	for i := range 1000 {
		p := catalog.Product{SKU: fmt.Sprintf("SKU-%04d", i), Family: fmt.Sprintf("f%d/g%d", i%10, i%100), Unit: "EA", Status: catalog.Active,
			WeightKg: dec("1.5"), TaxCategory: "standard", Grade: []string{"A", "B", "C"}[i%3]}
		delta.Products.Upsert = append(delta.Products.Upsert, p)
		delta.Conditions.Upsert = append(delta.Conditions.Upsert,
			record(fmt.Sprintf("L%d", i), "LIST", fmt.Sprintf("%d.%02d", 10+i%90, i%100), "amount", nil, "sku", p.SKU))
	}
	for i := range 100 {
		delta.Conditions.Upsert = append(delta.Conditions.Upsert,
			record(fmt.Sprintf("D%d", i), "DISC", fmt.Sprint(-1-i%7), "percent", nil, "family", fmt.Sprintf("f%d/g%d", i%10, i), "customer_group", "dealer"))
	}
	delta.Conditions.Upsert = append(delta.Conditions.Upsert, record("T", "TAX", "5", "percent", nil, "tax_category", "standard", "region", "asia"))
	snapshot := catalog.NewSnapshot("v", delta)
	for i := range 1000 {
		p, _ := snapshot.Product(fmt.Sprintf("SKU-%04d", i))
		products = append(products, p)
	}
	schema := testSchema()
	schema.Conditions["LIST"] = ConditionType{ID: "LIST", Measure: "amount", Scale: ScaleRange, Access: [][]string{{"customer", "sku"}, {"customer_group", "sku"},
		{"price_list", "sku"}, {"region", "sku"}, {"customer", "family"}, {"price_list", "family"}, {"sku"}}}
	schema.Conditions["DISC"] = ConditionType{ID: "DISC", Measure: "percent", Scale: ScaleRange, Access: [][]string{{"customer", "family"}, {"customer_group", "family"}}}
	schema.Conditions["TAX"] = ConditionType{ID: "TAX", Measure: "percent", Scale: ScaleRange, Access: [][]string{{"region", "tax_category"}}}
	schema.Tables = map[string]*TableDefinition{"rules": benchTable(rules)}
	m := compile(b, schema, benchSteps()...)
	return m, snapshot, products
}

// benchTable mixes rows by customer and family, by group and product, by quantity and
// without a product, one in ten with a threshold that is seldom reached.
func benchTable(rules int) *TableDefinition {
	def := &TableDefinition{Name: "rules", Hit: name("best"), Header: cells("customer.id", "customer.group", "product.family", "product.sku", "product.grade", "line.quantity >=", "percent")}
	for i := range rules {
		row := []string{"", "", "", "", "", fmt.Sprint(i % 20 * 5), fmt.Sprintf("-%d", 1+i%9)}
		switch i % 5 {
		case 0:
			row[0], row[2] = fmt.Sprintf("C%d", i%500), fmt.Sprintf("f%d", i%10)
		case 1:
			row[1], row[3] = []string{"dealer", "oem", "end"}[i%3], fmt.Sprintf("SKU-%04d", i%1000)
		case 2:
			row[0], row[3] = fmt.Sprintf("C%d", i%500), fmt.Sprintf("SKU-%04d", i%1000)
		case 3:
			row[1], row[2], row[4] = []string{"dealer", "oem", "end"}[i%3], fmt.Sprintf("f%d/g%d", i%10, i%100), "A"
		case 4:
			row[0], row[4] = fmt.Sprintf("C%d", i%5000), "B"
		}
		def.Rows = append(def.Rows, cells(row...))
	}
	return def
}

func formulaOf(text string) formula.Source { return formula.Source{Text: text} }

func benchSteps() []StepDefinition {
	never := formulaOf(`customer.group == "oem" and product.family startsWith "f9"`)
	return []StepDefinition{
		{ID: "list", Condition: name("LIST"), Required: true},
		{ID: "base", Subtotal: true},
		{ID: "customer", Condition: name("DISC"), Basis: names("base")},
		{ID: "rules", Table: name("rules"), Basis: names("base"), Exclusion: name("promotions")},
		{ID: "campaign", Exclusion: name("promotions"), Basis: names("base"), Choose: name("best"), Adjustments: []AdjustmentDefinition{
			{ID: "spring", When: formulaOf(`product.family startsWith "f1" and quote.date >= date("2026-03-01")`), Percent: formulaOf("-5")},
			{ID: "bulk", When: formulaOf(`line.quantity >= 50`), Percent: formulaOf("-2")}}},
		{ID: "rep", Input: name("discount_percent"), Basis: names("base")},
		{ID: "handling", Formula: formulaOf("line.quantity * 0.15")},
		{ID: "oem", When: never, Formula: formulaOf("price.base * -0.03")},
		{ID: "bonus", When: formulaOf("line.quantity > 10"), Formula: formulaOf("price.base * -0.01")},
		{ID: "energy", Formula: formulaOf("price.list * 0.012")},
		{ID: "net", Subtotal: true, Round: &RoundDefinition{Each: name("line")}},
		{ID: "insurance", Formula: formulaOf("price.net * 0.002")},
		{ID: "freight", Formula: formulaOf("25 + quote.weight_kg * 0.1"), Per: name("quote"), Allocate: name("weight")},
		{ID: "total", Subtotal: true, Round: &RoundDefinition{Each: name("line")}},
		{ID: "tax", Condition: name("TAX"), Basis: names("total"), ExcludeFrom: name("net")},
	}
}

func benchLines(products []*catalog.Product, n int) []Line {
	lines := make([]Line, n)
	for i := range lines {
		p := products[(i*37)%len(products)]
		q := money.NumOfInt(int64(1 + i%60))
		lines[i] = Line{ID: fmt.Sprint(i), Product: p, Quantity: q, BaseQuantity: q, Unit: "EA", WeightKg: q.Mul(num("1.5")),
			Inputs: map[string]formula.Value{"discount_percent": formula.OfInt(int64(i % 4))}}
	}
	return lines
}

// BenchmarkPrice prices quotes of 15 steps against tables of growing size. The metrics
// are per line; "x-brute" is how much longer it takes to ask every row of the table.
func BenchmarkPrice(b *testing.B) {
	for _, rules := range []int{100, 10_000, 100_000} {
		m, snapshot, products := benchShop(b, rules)
		for _, n := range []int{10, 1000, 10_000} {
			if rules != 10_000 && n != 1000 {
				continue
			}
			in := Input{Date: day, Currency: m.schema.Company, Customer: &catalog.Customer{ID: "C17", Group: "dealer", PriceList: "US", Region: "asia"}, Lines: benchLines(products, n)}
			for _, trace := range []Trace{TraceNone, TraceNormal} {
				in.Trace = trace
				b.Run(fmt.Sprintf("rules=%d/lines=%d/trace=%t", rules, n, trace == TraceNormal), func(b *testing.B) {
					b.ReportAllocs()
					before := processorTime()
					for b.Loop() {
						if r := m.Price(catalog.NewView(snapshot), in); len(r.Messages) > 0 {
							b.Fatal(r.Messages)
						}
					}
					perLine := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(n)
					b.ReportMetric(perLine, "ns/line")
					b.ReportMetric(float64(processorTime()-before)/float64(b.N)/float64(n), "cpu-ns/line")
					b.ReportMetric(bruteForce(m, in)/perLine, "x-brute")
				})
			}
		}
	}
}

// bruteForce measures what a line would cost if every row were compared, in nanoseconds.
func bruteForce(m *SalesModel, in Input) float64 {
	index := m.steps[3].table.index
	l := &lineRun{in: &in.Lines[0], quantity: in.Lines[0].Quantity}
	r := &run{model: m, in: &in, scope: m.scope, line: l}
	lookup := func(slot int) formula.Value { return m.scope.getters[slot](r, r.line) }
	const times = 20
	start := time.Now()
	for range times {
		for i := range index.rules {
			all(index.rules[i].predicates, lookup)
		}
	}
	return float64(time.Since(start).Nanoseconds()) / times
}

// processorTime is what this process has used of all cores, collecting garbage included:
// unlike the time on the wall it says something on a machine that others use, too.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
