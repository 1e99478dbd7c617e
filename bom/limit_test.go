package bom

import (
	"fmt"
	"strings"
	"testing"

	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/formula"
)

// diamonds is a product that holds the next one twice, level after level.
func diamonds(levels int, phantom bool) catalog.Delta {
	var products []catalog.Product
	var items []catalog.BOMItem
	for i := range levels + 1 {
		sku := fmt.Sprint("D", i)
		products = append(products, product(sku, "1", 1))
		for _, position := range []string{"10", "20"} {
			if i < levels {
				it := bomItem(sku, position, fmt.Sprint("D", i+1), "1")
				it.Phantom = phantom && i < levels-1
				items = append(items, it)
			}
		}
	}
	return delta(products, items)
}

// TestSharedPartsAreWorkedOutOnce has 2^60 positions below one product: each of the 61
// products is looked at once, and the tree is refused.
func TestSharedPartsAreWorkedOutOnce(t *testing.T) {
	r := Explode(snapshot(diamonds(60, false)), input("D0", "1"))
	if len(r.Problems) != 1 || r.Problems[0].Code != "bom_too_large" || len(r.Components) > 0 {
		t.Fatalf("%v", r.Problems)
	}
	if r.Cost.String() != "1152921504606846976" || r.LeadTimeDays != 61 || r.Availability.LeadTimeDays != 61 {
		t.Errorf("cost %s, %d days, there in %d days", r.Cost, r.LeadTimeDays, r.Availability.LeadTimeDays)
	}
}

func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		data catalog.Delta
		want string
	}{
		"phantoms in phantoms": {diamonds(60, true), "has more than 100000 positions"},
		"levels":               {diamonds(64, false), "the bill of material is more than 64 levels deep"},
		"just deep enough":     {diamonds(12, false), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := Explode(snapshot(test.data), input("D0", "1"))
			var text strings.Builder
			for _, p := range r.Problems {
				text.WriteString(p.Code + ": " + p.Text + "\n")
			}
			if got := text.String(); !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestAlternatives has a tank that is welded from PLATE or SHEET, two per tank, two
// tanks per station.
func TestAlternatives(t *testing.T) {
	alternative := func(position, component, quantity, unit string, priority int) catalog.BOMItem {
		it := bomItem("TANK", position, component, quantity)
		it.AlternativeGroup, it.Priority, it.Unit = "skin", priority, unit
		return it
	}
	stock := func(sku, site, onHand string) catalog.Stock {
		return catalog.Stock{SKU: sku, Site: site, OnHand: dec(onHand)}
	}
	type change func(*catalog.Delta)
	for name, test := range map[string]struct {
		change change
		sites  []string
		want   string
	}{
		"the first by priority, not by position": {func(*catalog.Delta) {}, nil, "SHEET"},
		"a blocked one is passed over":           {func(d *catalog.Delta) { d.Products.Upsert[3].Status = catalog.Blocked }, nil, "PLATE"},
		"what is phased out may be used up":      {func(d *catalog.Delta) { d.Products.Upsert[3].Status = catalog.PhaseOut }, nil, "SHEET"},
		"the second has enough for all tanks":    {func(d *catalog.Delta) { d.Stock.Upsert = []catalog.Stock{stock("PLATE", "A", "4")} }, nil, "PLATE"},
		"the second has not":                     {func(d *catalog.Delta) { d.Stock.Upsert = []catalog.Stock{stock("PLATE", "A", "3")} }, nil, "SHEET"},
		"both have": {func(d *catalog.Delta) {
			d.Stock.Upsert = []catalog.Stock{stock("PLATE", "A", "4"), stock("SHEET", "A", "400")}
		}, nil, "SHEET"},
		"in base units the first has not": {func(d *catalog.Delta) {
			d.Stock.Upsert = []catalog.Stock{stock("PLATE", "A", "4"), stock("SHEET", "A", "39")}
		}, nil, "PLATE"},
		"another site does not count": {func(d *catalog.Delta) { d.Stock.Upsert = []catalog.Stock{stock("PLATE", "A", "4")} }, []string{"B"}, "SHEET"},
		"the first does not apply":    {func(d *catalog.Delta) { d.BOMs.Upsert[2].When = "1 > 2" }, nil, "PLATE"},
		"none is in use": {func(d *catalog.Delta) {
			d.Products.Upsert[2].Status, d.Products.Upsert[3].Status = catalog.Blocked, catalog.Obsolete
		}, nil, "no_alternative"},
	} {
		t.Run(name, func(t *testing.T) {
			d := delta([]catalog.Product{product("STATION", "", 1), product("TANK", "", 1), product("PLATE", "5", 1), product("SHEET", "4", 1)},
				[]catalog.BOMItem{bomItem("STATION", "10", "TANK", "2"), alternative("10", "PLATE", "2", "", 2), alternative("20", "SHEET", "1", "ROLL", 1)})
			d.Units.Upsert = []catalog.Unit{{SKU: "SHEET", Unit: "ROLL", Numerator: dec("20"), Denominator: dec("1")}}
			test.change(&d)
			in := input("STATION", "1")
			in.Sites = test.sites
			got := ""
			r := Explode(snapshot(d), in)
			for _, c := range r.Components {
				if !c.Assembly && c.Level == 2 {
					got += c.SKU
				}
			}
			for _, p := range r.Problems {
				got += p.Code
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestAvailabilityWithStockOfComponents makes a PUMP of a MOTOR, 10 days, with a ROTOR,
// 30 days, and of a CASE, 20 days.
func TestAvailabilityWithStockOfComponents(t *testing.T) {
	for name, test := range map[string]struct {
		stock []catalog.Stock
		days  int
	}{
		"nothing is there": {nil, 1 + 10 + 30},
		"the motors are":   {[]catalog.Stock{{SKU: "MOTOR", Site: "A", OnHand: dec("2")}}, 1 + 20},
		"one motor is":     {[]catalog.Stock{{SKU: "MOTOR", Site: "A", OnHand: dec("1")}}, 1 + 10 + 30},
		"one motor is there, and a rotor for the other": {[]catalog.Stock{{SKU: "MOTOR", Site: "A", OnHand: dec("1")}, {SKU: "ROTOR", Site: "A", OnHand: dec("1")}}, 1 + 20},
		"the motors come in five days":                  {[]catalog.Stock{{SKU: "MOTOR", Site: "A", Incoming: dec("2"), IncomingDate: day.AddDays(5)}}, 1 + 20},
		"too few of them come":                          {[]catalog.Stock{{SKU: "MOTOR", Site: "A", Incoming: dec("1"), IncomingDate: day.AddDays(5)}}, 1 + 10 + 30},
		"the pumps come in three days":                  {[]catalog.Stock{{SKU: "PUMP", Site: "A", Incoming: dec("2"), IncomingDate: day.AddDays(3)}}, 3},
		"they were to come last week":                   {[]catalog.Stock{{SKU: "PUMP", Site: "A", Incoming: dec("2"), IncomingDate: day.AddDays(-7)}}, 0},
		"one is there and one comes":                    {[]catalog.Stock{{SKU: "PUMP", Site: "A", OnHand: dec("1"), Incoming: dec("1"), IncomingDate: day.AddDays(3)}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			d := delta([]catalog.Product{product("PUMP", "", 1), product("MOTOR", "", 10), product("ROTOR", "1", 30), product("CASE", "1", 20)},
				[]catalog.BOMItem{bomItem("PUMP", "10", "MOTOR", "1"), bomItem("PUMP", "20", "CASE", "1"), bomItem("MOTOR", "10", "ROTOR", "1")})
			d.Stock.Upsert = test.stock
			r := Explode(snapshot(d), input("PUMP", "2"))
			if a := r.Availability; a.LeadTimeDays != test.days || a.Date != day.AddDays(test.days) || r.LeadTimeDays != 41 {
				t.Errorf("%d days, on %s, %d to make; want %d", a.LeadTimeDays, a.Date, r.LeadTimeDays, test.days)
			}
		})
	}
}

func TestACostThatIsNotKnown(t *testing.T) {
	d := delta([]catalog.Product{product("A", "7", 0), product("B", "1", 0), product("FREE", "", 0)},
		[]catalog.BOMItem{bomItem("A", "10", "B", "1"), bomItem("A", "20", "FREE", "2")})
	if r := Explode(snapshot(d), input("A", "1")); r.Cost != nil || fmt.Sprint(r.Uncosted) != "[FREE]" || len(r.Problems) > 0 {
		t.Errorf("%v %v", r.Cost, r.Uncosted)
	}
	d.BOMs.Upsert[1].Component = "GONE"
	if r := Explode(snapshot(d), input("A", "1")); r.Cost != nil || fmt.Sprint(r.Uncosted) != "[A]" || r.Problems[0].Code != "unknown_component" {
		t.Errorf("%v %v %v", r.Cost, r.Uncosted, r.Problems)
	}
}

// TestPositionsAreInOrder mixes the ERP's positions with the model's.
func TestPositionsAreInOrder(t *testing.T) {
	m, mistakes := configurator.Compile(configurator.Definition{ID: "m", SKU: "A", Features: []configurator.FeatureDefinition{{ID: "big", Boolean: true}}}, nil)
	if m == nil {
		t.Fatal(mistakes)
	}
	overlays, mistakes := CompileOverlays(m, []Overlay{
		{Position: "100", Component: "B", Quantity: formula.Source{Text: "1"}}, {Position: "15", Component: "B", Quantity: formula.Source{Text: "big ? 2 : 0"}},
		{Position: "90", Component: "B", Quantity: formula.Source{Text: "1"}, When: formula.Source{Text: "not big"}}, {Position: "16", Component: "B", Quantity: formula.Source{Text: "3"}, Scrap: formula.Source{Text: "5"}}})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	d := delta([]catalog.Product{product("A", "", 0), product("B", "1", 0)}, []catalog.BOMItem{bomItem("A", "90", "B", "1"), bomItem("A", "20", "B", "big ? 4 : 5"), bomItem("A", "9", "B", "1")})
	in := input("A", "1")
	in.Overlays, in.State = overlays, m.Resolve(configurator.Selection{"big": formula.OfBool(true)}, configurator.Options{})
	got := ""
	for _, c := range Explode(snapshot(d), in).Components {
		got += fmt.Sprintf("%s:%s ", c.Position, c.Quantity)
	}
	if want := "9:1 15:2 16:3.15 20:4 100:1 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
