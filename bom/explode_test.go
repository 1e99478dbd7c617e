package bom

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/formula"
	"quotewright/money"
)

var (
	usd = currency("USD")
	eur = currency("EUR")
	day = catalog.Date{Year: 2026, Month: 3, Day: 10}
)

func currency(code string) money.Currency {
	c, err := money.ParseCurrency(code)
	if err != nil {
		panic(err)
	}
	return c
}

func dec(s string) decimal.Decimal { return money.MustParse(s) }

func num(s string) money.Num { return money.NumOf(dec(s)) }

// sameQuantity compares what is exploded with what a test worked out.
func sameQuantity(n money.Num, d decimal.Decimal) bool { return n.Decimal().Equal(d) }

func product(sku, cost string, lead int) catalog.Product {
	p := catalog.Product{SKU: sku, Name: sku, Unit: "EA", Status: catalog.Active, LeadTimeDays: lead, CostCurrency: "USD"}
	if cost != "" {
		c := dec(cost)
		p.Cost = &c
	}
	return p
}

func bomItem(parent, position, component, quantity string) catalog.BOMItem {
	return catalog.BOMItem{Parent: parent, Position: position, Component: component, Quantity: quantity}
}

func snapshot(d catalog.Delta) *catalog.View { return catalog.NewView(catalog.NewSnapshot("v", d)) }

func delta(products []catalog.Product, items []catalog.BOMItem) catalog.Delta {
	return catalog.Delta{Products: catalog.Changes[catalog.Product]{Full: true, Upsert: products}, BOMs: catalog.Changes[catalog.BOMItem]{Full: true, Upsert: items}}
}

func input(sku, quantity string) Input {
	return Input{SKU: sku, Quantity: num(quantity), Date: day, Currency: usd, Company: usd}
}

// show writes a result as a page that a person can check by hand.
func show(r Result) string {
	var b strings.Builder
	for _, c := range r.Components {
		fmt.Fprintf(&b, "%s%s %s %s %s", strings.Repeat("  ", c.Level-1), c.Position, c.SKU, c.Quantity, c.Unit)
		if c.Cost != nil {
			fmt.Fprintf(&b, " @%s = %s", c.UnitCost, c.Cost)
		}
		b.WriteString("\n")
	}
	if r.Cost != nil {
		fmt.Fprintf(&b, "cost %s\n", r.Cost)
	}
	fmt.Fprintf(&b, "%d days, from stock %s, there %s\n", r.LeadTimeDays, r.Availability.FromStock, r.Availability.Date)
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Code, p.Text)
	}
	return b.String()
}

func TestExplode(t *testing.T) {
	pump := []catalog.Product{product("PUMP", "", 5), product("MOTOR", "", 7), product("ROTOR", "40", 10), product("WIRE", "0.5", 3),
		product("SEAL", "12.50", 4), product("KIT", "", 0), product("BOLT", "0.10", 1), product("SEAL2", "9", 2)}
	items := []catalog.BOMItem{bomItem("PUMP", "10", "MOTOR", "1"), bomItem("PUMP", "20", "SEAL", "2"), bomItem("PUMP", "30", "KIT", "1"),
		bomItem("MOTOR", "10", "ROTOR", "1"), bomItem("MOTOR", "20", "WIRE", "12"), bomItem("KIT", "10", "BOLT", "8")}
	with := func(change func(d *catalog.Delta)) catalog.Delta {
		d := delta(slices.Clone(pump), slices.Clone(items))
		if change != nil {
			change(&d)
		}
		return d
	}
	for name, test := range map[string]struct {
		data catalog.Delta
		in   Input
		want string
	}{
		"levels are rolled up: 40 + 12×0.50 = 46; 46 + 25 + 0.80 = 71.80": {with(nil), input("PUMP", "3"), `
10 MOTOR 3 EA @46.00 = 138.00
  10 ROTOR 3 EA @40.00 = 120.00
  20 WIRE 36 EA @0.50 = 18.00
20 SEAL 6 EA @12.50 = 75.00
30 KIT 3 EA @0.80 = 2.40
  10 BOLT 24 EA @0.10 = 2.40
cost 215.4
22 days, from stock 0, there 2026-04-01
`},
		"a phantom's positions stand in its place": {with(func(d *catalog.Delta) { d.BOMs.Upsert[2].Phantom = true }), input("PUMP", "1"), `
10 MOTOR 1 EA @46.00 = 46.00
  10 ROTOR 1 EA @40.00 = 40.00
  20 WIRE 12 EA @0.50 = 6.00
20 SEAL 2 EA @12.50 = 25.00
30/10 BOLT 8 EA @0.10 = 0.80
cost 71.8
22 days, from stock 0, there 2026-04-01
`},
		"scrap adds to what is needed: 12 × 1.05": {with(func(d *catalog.Delta) { d.BOMs.Upsert[4].ScrapPercent = dec("5") }), input("MOTOR", "10"), `
10 ROTOR 10 EA @40.00 = 400.00
20 WIRE 126 EA @0.50 = 63.00
cost 463
17 days, from stock 0, there 2026-03-27
`},
		"a unit is converted to the component's base unit: half a box of 100": {with(func(d *catalog.Delta) {
			d.BOMs.Upsert[5].Quantity, d.BOMs.Upsert[5].Unit = "0.5", "BOX"
			d.Units = catalog.Changes[catalog.Unit]{Upsert: []catalog.Unit{{SKU: "BOLT", Unit: "BOX", Numerator: dec("100"), Denominator: dec("1")}}}
		}), input("KIT", "1"), `
10 BOLT 50 EA @0.10 = 5.00
cost 5
1 days, from stock 0, there 2026-03-11
`},
		"validity is inclusive at both ends": {with(func(d *catalog.Delta) {
			d.BOMs.Upsert[3].ValidTo, d.BOMs.Upsert[4].ValidFrom = day, day
		}), input("MOTOR", "1"), `
10 ROTOR 1 EA @40.00 = 40.00
20 WIRE 12 EA @0.50 = 6.00
cost 46
17 days, from stock 0, there 2026-03-27
`},
		"what is not valid is left out": {with(func(d *catalog.Delta) {
			d.BOMs.Upsert[3].ValidTo, d.BOMs.Upsert[4].ValidFrom = day.AddDays(-1), day
		}), input("MOTOR", "1"), `
20 WIRE 12 EA @0.50 = 6.00
cost 6
10 days, from stock 0, there 2026-03-20
`},
		"of alternatives the first by priority, unless only another is in stock": {with(func(d *catalog.Delta) {
			d.BOMs.Upsert[1].AlternativeGroup, d.BOMs.Upsert[1].Priority = "seal", 1
			other := bomItem("PUMP", "21", "SEAL2", "2")
			other.AlternativeGroup, other.Priority = "seal", 2
			d.BOMs.Upsert = append(d.BOMs.Upsert[1:2], other)
			d.Stock = catalog.Changes[catalog.Stock]{Upsert: []catalog.Stock{{SKU: "SEAL2", Site: "A", OnHand: dec("10")}}}
		}), input("PUMP", "5"), `
21 SEAL2 10 EA @9.00 = 90.00
cost 90
7 days, from stock 0, there 2026-03-15
`},
		"stock is used first, the rest is made": {with(func(d *catalog.Delta) {
			d.Stock = catalog.Changes[catalog.Stock]{Upsert: []catalog.Stock{{SKU: "KIT", Site: "A", OnHand: dec("5"), Reserved: dec("2")}}}
		}), input("KIT", "4"), `
10 BOLT 32 EA @0.10 = 3.20
cost 3.2
1 days, from stock 3, there 2026-03-11
`},
		"a cycle names its path, the rest is there": {with(func(d *catalog.Delta) {
			d.BOMs.Upsert = append(d.BOMs.Upsert, bomItem("ROTOR", "10", "PUMP", "1"))
		}), input("PUMP", "1"), `
10 MOTOR 1 EA
  10 ROTOR 1 EA @40.00 = 40.00
`},
		"an unknown component": {with(func(d *catalog.Delta) { d.BOMs.Upsert[5].Component = "NUT" }), input("KIT", "1"), `
unknown_component: there is no product NUT
`},
		"an unknown unit": {with(func(d *catalog.Delta) { d.BOMs.Upsert[5].Unit = "BAG" }), input("KIT", "1"), `
unknown_unit: position 10: BOLT has no unit BAG
`},
		"a formula of a product that is not configured": {with(func(d *catalog.Delta) { d.BOMs.Upsert[5].Quantity = "frame_count * 2" }), input("KIT", "1"), `
bom_formula: position 10: unknown name frame_count
`},
	} {
		t.Run(name, func(t *testing.T) {
			got := "\n" + show(Explode(snapshot(test.data), test.in))
			if strings.Contains(name, "cycle") {
				if !strings.Contains(got, "bom_cycle: the bill of material contains itself: PUMP → MOTOR → ROTOR → PUMP") || !strings.Contains(got, "20 SEAL 2 EA") {
					t.Error(got)
				}
				return
			}
			if !strings.HasSuffix(got, strings.TrimPrefix(test.want, "\n")) {
				t.Errorf("got%s\nwant%s", got, test.want)
			}
		})
	}
}

func TestCostsAreConvertedAtTheRateOfTheDay(t *testing.T) {
	d := delta([]catalog.Product{product("A", "", 0), product("B", "10", 0)}, []catalog.BOMItem{bomItem("A", "1", "B", "3")})
	d.Rates.Upsert = []catalog.Rate{{From: "USD", To: "EUR", Rate: dec("0.9"), Date: day}, {From: "USD", To: "EUR", Rate: dec("0.5"), Date: day.AddDays(1)}}
	in := input("A", "1")
	in.Currency = eur
	if r := Explode(snapshot(d), in); r.Cost == nil || !r.Cost.Equal(num("27")) {
		t.Errorf("%s", show(r))
	}
	in.Date = day.AddDays(-1)
	if r := Explode(snapshot(d), in); r.Cost != nil || len(r.Problems) != 1 || r.Problems[0].Code != "missing_rate" {
		t.Errorf("%s", show(r))
	}
}

func TestAModelsPositionsReplaceAndAddTo(t *testing.T) {
	m, mistakes := configurator.Compile(configurator.Definition{ID: "m", SKU: "A", Features: []configurator.FeatureDefinition{
		{ID: "n", Integer: &configurator.IntegerDefinition{Min: dec("1"), Max: dec("9"), Step: dec("1")}}, {ID: "big", Boolean: true}}}, nil)
	if m == nil {
		t.Fatal(mistakes)
	}
	overlays, mistakes := CompileOverlays(m, []Overlay{
		{Position: "10", Component: "B", Quantity: formula.Source{Text: "ceil(n / 2)"}},
		{Position: "20", Component: "C", Quantity: formula.Source{Text: "1"}, When: formula.Source{Text: "big"}}})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	d := delta([]catalog.Product{product("A", "", 0), product("B", "1", 0), product("C", "1", 0)},
		[]catalog.BOMItem{bomItem("A", "10", "C", "100"), bomItem("A", "30", "C", "n * 2")})
	in := input("A", "2")
	in.Overlays = overlays
	in.State = m.Resolve(configurator.Selection{"n": formula.OfInt(5), "big": formula.OfBool(false)}, configurator.Options{})
	got := Flat(Explode(snapshot(d), in).Components)
	if len(got) != 2 || !got["B"].Equal(num("6")) || !got["C"].Equal(num("20")) {
		t.Errorf("%v", got)
	}
	in.State = m.Resolve(configurator.Selection{"n": formula.OfInt(5), "big": formula.OfBool(true)}, configurator.Options{})
	if got := Flat(Explode(snapshot(d), in).Components); !got["C"].Equal(num("22")) {
		t.Errorf("%v", got)
	}
}

// naive expands one path after the other, without sharing anything.
func naive(items []catalog.BOMItem, sku string, quantity decimal.Decimal, on catalog.Date, leaves map[string]decimal.Decimal) {
	made := false
	for _, it := range items {
		if it.Parent == sku && it.ValidOn(on) {
			made = true
			naive(items, it.Component, quantity.Mul(dec(it.Quantity)).Mul(dec("1").Add(it.ScrapPercent.Div(dec("100")))), on, leaves)
		}
	}
	if !made {
		leaves[sku] = leaves[sku].Add(quantity)
	}
}

func TestQuantitiesAgreeWithANaiveExpansion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "products")
		var products []catalog.Product
		var items []catalog.BOMItem
		for i := range n {
			products = append(products, product(fmt.Sprint("P", i), "1", 1))
			for k := range rapid.IntRange(0, 3).Draw(t, "positions") {
				if i+1 < n {
					it := bomItem(fmt.Sprint("P", i), fmt.Sprint(k*10), fmt.Sprint("P", rapid.IntRange(i+1, n-1).Draw(t, "component")), fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "quantity")))
					it.ScrapPercent = decimal.NewFromInt(int64(rapid.SampledFrom([]int{0, 0, 5, 10}).Draw(t, "scrap")))
					items = append(items, it)
				}
			}
		}
		want := map[string]decimal.Decimal{}
		naive(items, "P0", dec("7"), day, want)
		delete(want, "P0")
		got := Flat(Explode(snapshot(delta(products, items)), input("P0", "7")).Components)
		if !maps.EqualFunc(got, want, sameQuantity) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestARealBicycle explodes a product of the AdventureWorks company over all its levels
// and compares it with a naive expansion of the CSV file.
func TestARealBicycle(t *testing.T) {
	file, err := os.Open("../../shared/data/adventureworks/boms.csv")
	if err != nil {
		t.Skip("the AdventureWorks catalog is not beside the repository: ", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var items []catalog.BOMItem
	seen := map[string]bool{}
	var products []catalog.Product
	for _, row := range rows[1:] {
		it := bomItem(row[0], row[1], row[2], row[3])
		it.ValidFrom, it.ValidTo = date(t, row[5]), date(t, row[6])
		items = append(items, it)
		for _, sku := range row[:3:3] {
			if !seen[sku] {
				seen[sku] = true
				products = append(products, product(sku, "1", 1))
			}
		}
	}
	for _, on := range []catalog.Date{{Year: 2010, Month: 4, Day: 1}, {Year: 2011, Month: 7, Day: 1}, {Year: 2013, Month: 6, Day: 30}} {
		want := map[string]decimal.Decimal{}
		naive(items, "BK-R93R-62", dec("2"), on, want)
		in := input("BK-R93R-62", "2")
		in.Date = on
		r := Explode(snapshot(delta(products, items)), in)
		if got := Flat(r.Components); len(r.Problems) > 0 || !maps.EqualFunc(got, want, sameQuantity) {
			t.Errorf("on %s: got %v, want %v, problems %v", on, got, want, r.Problems)
		}
		deepest := slices.MaxFunc(r.Components, func(a, b Component) int { return a.Level - b.Level })
		t.Logf("on %s: %d positions, %d levels", on, len(r.Components), deepest.Level)
	}
}

func date(t *testing.T, s string) catalog.Date {
	var d catalog.Date
	if s != "" {
		if err := d.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func BenchmarkExplode(b *testing.B) {
	for _, fan := range []int{2, 3} { // 510 and 9,840 positions over 8 levels
		var products []catalog.Product
		var items []catalog.BOMItem
		var grow func(level int) string
		grow = func(level int) string {
			sku := fmt.Sprint("P", len(products))
			products = append(products, product(sku, "1.25", 1))
			for k := 0; level < 8 && k < fan; k++ {
				items = append(items, bomItem(sku, fmt.Sprint(k*10), grow(level+1), "2"))
			}
			return sku
		}
		root := grow(0)
		snapshot := catalog.NewSnapshot("v", delta(products, items))
		b.Run(fmt.Sprintf("positions=%d", len(items)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Explode(catalog.NewView(snapshot), input(root, "1"))
			}
		})
	}
}

// TestSharedTreesChangeNothing explodes random quantities and days one after the other in one
// Snapshot, and each in a Snapshot of its own: alternatives are decided by quantity.
func TestSharedTreesChangeNothing(t *testing.T) {
	d := delta([]catalog.Product{product("PUMP", "", 5), product("MOTOR", "", 7), product("ROTOR", "40", 10), product("SEAL", "12.50", 4), product("SEAL2", "9", 2)},
		[]catalog.BOMItem{bomItem("PUMP", "10", "MOTOR", "1"), bomItem("PUMP", "20", "SEAL", "2"), bomItem("PUMP", "20", "SEAL2", "2"), bomItem("MOTOR", "10", "ROTOR", "1")})
	d.BOMs.Upsert[1].AlternativeGroup, d.BOMs.Upsert[2].AlternativeGroup, d.BOMs.Upsert[2].Priority = "seal", "seal", 2
	d.Stock = catalog.Changes[catalog.Stock]{Upsert: []catalog.Stock{{SKU: "SEAL", Site: "A", OnHand: dec("30")}, {SKU: "SEAL2", Site: "A", OnHand: dec("60")},
		{SKU: "MOTOR", Site: "A", OnHand: dec("2"), Incoming: dec("3"), IncomingDate: day.AddDays(4)}}}
	rapid.Check(t, func(t *rapid.T) {
		shared := catalog.NewSnapshot("v", d)
		for range rapid.IntRange(1, 20).Draw(t, "explosions") {
			in := input(rapid.SampledFrom([]string{"PUMP", "MOTOR", "ROTOR", "SEAL"}).Draw(t, "sku"), fmt.Sprint(rapid.IntRange(1, 40).Draw(t, "quantity")))
			in.Date = in.Date.AddDays(rapid.IntRange(0, 2).Draw(t, "days"))
			alone := show(Explode(snapshot(d), in))
			view := catalog.NewView(shared)
			in.Trees = TreesOf(view, in.Date, in.Currency, in.Company)
			if kept := show(Explode(view, in)); kept != alone {
				t.Fatalf("with what is known:\n%s\non its own:\n%s", kept, alone)
			}
		}
	})
}
