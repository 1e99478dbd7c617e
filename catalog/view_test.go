package catalog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
)

// look is one look-up; asking a View for it gives a comparable answer.
type look struct {
	name string
	ask  func(*catalog.View) any
}

func drawLook(t *rapid.T) look {
	sku, customer := catalogtest.Pick(t, append(catalogtest.SKUs, "nowhere", "")), catalogtest.Pick(t, append(catalogtest.Customers, ""))
	unit := catalogtest.Pick(t, append(catalogtest.Units, ""))
	from, to := catalogtest.Pick(t, catalogtest.Currencies), catalogtest.Pick(t, catalogtest.Currencies)
	typ, keys, on := catalogtest.Pick(t, catalogtest.Types), catalogtest.Keys(t), catalogtest.Date(t)
	return catalogtest.Pick(t, []look{
		{"product " + sku, func(v *catalog.View) any { p, ok := v.Product(sku); return []any{p, ok} }},
		{"customer " + customer, func(v *catalog.View) any { c, ok := v.Customer(customer); return []any{c, ok} }},
		{fmt.Sprint("condition ", typ, keys), func(v *catalog.View) any { return v.Conditions(typ, keys) }},
		{"bom " + sku, func(v *catalog.View) any { return v.BOM(sku) }},
		{"stock " + sku, func(v *catalog.View) any { return v.Stock(sku) }},
		{fmt.Sprint("rate ", from, to, on), func(v *catalog.View) any { r, d, ok := v.Rate(from, to, on); return []any{r, d, ok} }},
		{fmt.Sprint("unit ", sku, unit), func(v *catalog.View) any { n, d, ok := v.BaseUnits(sku, unit); return []any{n, d, ok} }},
		{fmt.Sprint("part ", sku, customer, on), func(v *catalog.View) any { s, ok := v.SKU(sku, customer, on); return []any{s, ok} }},
	})
}

func TestFactsReplayEveryLookUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := catalog.NewSnapshot("1", catalogtest.Draw(t))
		view := catalog.NewRecordingView(snapshot)
		looks := rapid.SliceOfN(rapid.Custom(drawLook), 0, 20).Draw(t, "looks")
		var answers []any
		for _, l := range looks {
			answers = append(answers, l.ask(view))
		}
		for i, l := range looks {
			if diff := cmp.Diff(answers[i], l.ask(catalog.NewView(snapshot))); diff != "" {
				t.Fatalf("%s differs where nothing is recorded: %s", l.name, diff)
			}
		}
		stored, err := json.Marshal(view.Facts())
		if err != nil {
			t.Fatal(err)
		}
		var facts catalog.Facts
		if err := json.Unmarshal(stored, &facts); err != nil {
			t.Fatal(err)
		}

		replay := catalog.NewRecordingView(catalog.NewSnapshot("1", facts.Records))
		for i, l := range looks {
			if diff := cmp.Diff(answers[i], l.ask(replay)); diff != "" {
				t.Fatalf("%s differs in the replay: %s", l.name, diff)
			}
		}
		again, err := json.Marshal(replay.Facts())
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != string(stored) {
			t.Fatalf("the facts of the replay differ:\n%s\n%s", stored, again)
		}
	})
}

func TestKeysThatNoRecordHasFindNothing(t *testing.T) {
	found, none := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		snapshot := catalog.NewSnapshot("1", catalogtest.Draw(t)).Apply("2", catalogtest.DrawChanges(t))
		view := catalog.NewView(snapshot)
		typ, keys := catalogtest.Pick(t, catalogtest.Types), catalogtest.Keys(t)
		var names []string
		for _, k := range keys {
			names = append(names, k.Name)
		}
		keyed := view.Keyed(catalog.KeyNames(typ, names))
		if n := len(view.Conditions(typ, keys)); n > 0 {
			found++
			if !keyed {
				t.Fatalf("%s by %q has %d records, but is not keyed", typ, keys, n)
			}
		}
		if !keyed {
			none++
		}
		if !catalog.NewRecordingView(snapshot).Keyed("nothing") {
			t.Fatal("a recording View has to see all look-ups")
		}
	})
	if found == 0 || none == 0 {
		t.Errorf("%d look-ups found something, %d keys have no records", found, none)
	}
}

func TestStaleNamesExactlyTheChangedAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := catalog.NewSnapshot("1", catalogtest.Draw(t))
		after := before.Apply("2", catalogtest.DrawChanges(t))
		for range 5 {
			l := drawLook(t)
			old, now := catalog.NewRecordingView(before), catalog.NewRecordingView(after)
			changed := !cmp.Equal(l.ask(old), l.ask(now), ignorePlace)
			stale := old.Facts().Stale(after)
			if changed != (len(stale) == 1) {
				t.Fatalf("%s changed: %v, but stale: %q", l.name, changed, stale)
			}
			if got := old.Facts().Stale(before); len(got) != 0 {
				t.Fatalf("%s is stale without a change: %q", l.name, got)
			}
		}
	})
}

// ignorePlace compares positions without the place in the file they were read from.
var ignorePlace = cmp.FilterPath(func(p cmp.Path) bool {
	return slices.Contains([]string{".File", ".Line"}, p.Last().String())
}, cmp.Ignore())

func TestQueriesAreReadable(t *testing.T) {
	v := catalog.NewRecordingView(catalog.NewSnapshot("1", catalog.Delta{}))
	v.Product("PS-2000")
	v.Conditions("LIST", []catalog.KeyField{{Name: "customer", Value: "C 1"}, {Name: "sku", Value: "PS-2000"}})
	v.Conditions("TAX", nil)
	v.SKU("X", "", catalog.Date{Year: 2026, Month: 3, Day: 1})
	var got []string
	for _, f := range v.Facts().Facts {
		got = append(got, f.Query+":"+f.Answer)
	}
	want := []string{`condition LIST customer="C 1" sku=PS-2000:`, `condition TAX:`, `part X "" 2026-03-01:`, `product PS-2000:`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueriesThatCannotBeReadAreStale(t *testing.T) {
	for _, query := range []string{"", "product", "product A B", `product "A`, `product "A"B`, "weather A", "rate USD TWD tomorrow", "condition LIST sku"} {
		facts := catalog.Facts{Facts: []catalog.Fact{{Query: query}}}
		if got := facts.Stale(catalog.NewSnapshot("1", catalog.Delta{})); len(got) != 1 {
			t.Errorf("%q: stale %q", query, got)
		}
	}
}
