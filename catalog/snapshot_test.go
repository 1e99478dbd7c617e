package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
	"quotewright/money"
)

func TestApplyIsTheSameAsLoadingTheResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, changes := catalogtest.Draw(t), catalogtest.DrawChanges(t)
		snapshot := catalog.NewSnapshot("1", base)
		before := contents(snapshot)
		applied := snapshot.Apply("2", changes)

		whole := catalog.Delta{
			Products: after(base.Products, changes.Products), Units: after(base.Units, changes.Units),
			Conditions: after(base.Conditions, changes.Conditions), BOMs: after(base.BOMs, changes.BOMs),
			Customers: after(base.Customers, changes.Customers), Contacts: after(base.Contacts, changes.Contacts),
			Addresses: after(base.Addresses, changes.Addresses), Stock: after(base.Stock, changes.Stock),
			Rates: after(base.Rates, changes.Rates), Parts: after(base.Parts, changes.Parts),
			Orders: after(base.Orders, changes.Orders), OrderLines: after(base.OrderLines, changes.OrderLines),
			Invoices: after(base.Invoices, changes.Invoices),
		}
		if diff := cmp.Diff(contents(catalog.NewSnapshot("2", whole)), contents(applied)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(before, contents(snapshot)); diff != "" {
			t.Fatalf("Apply changed its Snapshot: %s", diff)
		}
	})
}

// after applies changes in the plainest way.
func after[R interface{ Key() string }](base, c catalog.Changes[R]) catalog.Changes[R] {
	rows := map[string]R{}
	if !c.Full {
		for _, r := range base.Upsert {
			rows[r.Key()] = r
		}
	}
	for _, key := range c.Delete {
		delete(rows, key)
	}
	for _, r := range c.Upsert {
		rows[r.Key()] = r
	}
	all := catalog.Changes[R]{Full: true}
	for _, r := range rows {
		all.Upsert = append(all.Upsert, r)
	}
	return all
}

// contents asks a Snapshot for everything a random catalog can hold.
func contents(s *catalog.Snapshot) []any {
	v := catalog.NewView(s)
	products, _ := s.Search(catalog.Query{Limit: 1000})
	customers, _ := s.SearchCustomers("", "", 1000)
	all := []any{s.Version(), s.Counts(), s.Families(), products, customers}
	for _, sku := range catalogtest.SKUs {
		all = append(all, v.BOM(sku), v.Stock(sku))
		for _, unit := range catalogtest.Units {
			n, d, ok := v.BaseUnits(sku, unit)
			all = append(all, n, d, ok)
		}
		for _, customer := range catalogtest.Customers {
			alias, ok := v.SKU(sku, customer, catalog.Date{Year: 2026, Month: 1, Day: 3})
			all = append(all, alias, ok)
			for _, typ := range catalogtest.Types {
				keys := []catalog.KeyField{{Name: "customer", Value: customer}, {Name: "sku", Value: sku}}
				all = append(all, v.Conditions(typ, keys), v.Conditions(typ, keys[1:]), v.Conditions(typ, nil))
			}
		}
	}
	for _, id := range append(catalogtest.Customers, "") {
		all = append(all, s.Contacts(id), s.Addresses(id), s.Orders(id), s.Invoices(id))
	}
	for _, order := range []string{"1", "2", "10"} {
		all = append(all, s.OrderLines(order))
	}
	for _, from := range catalogtest.Currencies {
		for _, to := range catalogtest.Currencies {
			rate, date, ok := v.Rate(from, to, catalog.Date{Year: 2026, Month: 1, Day: 4})
			all = append(all, rate, date, ok)
		}
	}
	return all
}

func TestSearch(t *testing.T) {
	s := catalog.NewSnapshot("1", catalog.Delta{Products: catalog.Changes[catalog.Product]{Upsert: []catalog.Product{
		{SKU: "C", Name: "Ölpumpe", Family: "pumps", Status: catalog.Active},
		{SKU: "A", Name: "Pump Skid", Description: "with motor", Family: "pumps/skids", Status: catalog.Active, Model: "pump-skid"},
		{SKU: "B", Name: "Motor", Family: "pumpsets", Status: catalog.Blocked},
	}}})
	for name, test := range map[string]struct {
		query catalog.Query
		want  string
		next  string
	}{
		"all, by SKU":            {catalog.Query{}, "ABC", ""},
		"words, any case":        {catalog.Query{Text: "MOTOR pump"}, "A", ""},
		"letters beyond ASCII":   {catalog.Query{Text: "ÖL"}, "C", ""},
		"family and those below": {catalog.Query{Family: "pumps"}, "AC", ""},
		"status":                 {catalog.Query{Status: catalog.Blocked}, "B", ""},
		"model":                  {catalog.Query{Model: "pump-skid"}, "A", ""},
		"first page":             {catalog.Query{Limit: 2}, "AB", "B"},
		"second page":            {catalog.Query{Limit: 2, After: "B"}, "C", ""},
		"a page that is full":    {catalog.Query{Limit: 3}, "ABC", ""},
		"nothing":                {catalog.Query{Text: "valve"}, "", ""},
	} {
		page, next := s.Search(test.query)
		got := ""
		for _, p := range page {
			got += p.SKU
		}
		if got != test.want || next != test.next {
			t.Errorf("%s: got %q and %q, want %q and %q", name, got, next, test.want, test.next)
		}
	}
}

func TestFamilyPath(t *testing.T) {
	for family, want := range map[string][]string{
		"":                   nil,
		"pumps":              {"pumps"},
		"pumps/centrifugal":  {"pumps/centrifugal", "pumps"},
		"pumps/centrifugal/": {"pumps/centrifugal/", "pumps/centrifugal", "pumps"},
		"/pumps":             {"/pumps"},
	} {
		if diff := cmp.Diff(want, catalog.FamilyPath(family)); diff != "" {
			t.Errorf("%q: %s", family, diff)
		}
	}
}

func TestRate(t *testing.T) {
	rate := func(from, to, value string, day int) catalog.Rate {
		return catalog.Rate{From: from, To: to, Rate: money.MustParse(value), Date: catalog.Date{Year: 2026, Month: 1, Day: day}}
	}
	v := catalog.NewView(catalog.NewSnapshot("1", catalog.Delta{Rates: catalog.Changes[catalog.Rate]{Upsert: []catalog.Rate{
		rate("USD", "TWD", "32", 10), rate("USD", "TWD", "31", 1), rate("EUR", "USD", "1.25", 5),
		rate("EUR", "JPY", "160", 3), rate("JPY", "TWD", "0.2", 2), rate("XAU", "XAG", "80", 1),
		rate("CHF", "SEK", "11", 1), rate("SEK", "CHF", "0.1", 4), rate("SEK", "NOK", "1.1", 3),
	}}}))
	for _, test := range []struct {
		from, to string
		day      int
		want     string
		date     int
	}{
		{"TWD", "TWD", 7, "1", 7},
		{"USD", "TWD", 9, "31", 1},
		{"USD", "TWD", 10, "32", 10},
		{"TWD", "USD", 10, "0.03125", 10},
		{"EUR", "TWD", 20, "40", 5},    // through USD, whose older rate is later than that through JPY
		{"EUR", "TWD", 4, "32", 2},     // through JPY: EUR to USD is not known yet
		{"TWD", "EUR", 20, "0.025", 5}, // both legs inverse
		{"CHF", "NOK", 20, "11", 3},    // the inverse leg is later than the direct one
		{"CHF", "NOK", 3, "12.1", 1},
		{"USD", "TWD", 0, "", 0},
		{"USD", "XAU", 20, "", 0},
	} {
		got, date, ok := v.Rate(test.from, test.to, catalog.Date{Year: 2026, Month: 1, Day: test.day})
		if ok != (test.want != "") || ok && (!got.Equal(money.MustParse(test.want)) || date.Day != test.date) {
			t.Errorf("%s to %s on day %d: got %s of %s, %v", test.from, test.to, test.day, got, date, ok)
		}
	}
}

func TestBOMIsInTheOrderOfPositions(t *testing.T) {
	var items []catalog.BOMItem
	for _, position := range []string{"10", "1a", "9", "A", "010", "100"} {
		items = append(items, catalog.BOMItem{Parent: "P", Position: position, Component: "C", Priority: 2},
			catalog.BOMItem{Parent: "P", Position: position, Component: "D", Priority: 1})
	}
	var got []string
	for _, item := range catalog.NewView(catalog.NewSnapshot("1", catalog.Delta{BOMs: catalog.Changes[catalog.BOMItem]{Upsert: items}})).BOM("P") {
		got = append(got, item.Position+item.Component)
	}
	want := []string{"9D", "9C", "010D", "010C", "10D", "10C", "100D", "100C", "1aD", "1aC", "AD", "AC"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
