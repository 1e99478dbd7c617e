package quote_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/quote"
	"quotewright/rulebook"
)

// propertyBook has a sales model for each property.
func propertyBook(t *testing.T) *rulebook.Book {
	t.Helper()
	rules, _ := overBase(t, map[string]string{
		"rulebook.yaml": `
inputs: {line: {price: number}}
conditions:
  RANGE: {measure: amount, access: [[sku]], scale: range}
  SLAB: {measure: amount, access: [[sku]], scale: slab}
  BLOCK: {measure: amount, access: [[sku]], scale: block}
`,
		"sales-models/range.yaml":   "sales_model: range\nprocedure:\n  - {id: price, condition: RANGE, required: true}\n",
		"sales-models/slab.yaml":    "sales_model: slab\nprocedure:\n  - {id: price, condition: SLAB, required: true}\n",
		"sales-models/block.yaml":   "sales_model: block\nprocedure:\n  - {id: price, condition: BLOCK, required: true}\n",
		"sales-models/entered.yaml": "sales_model: entered\nprocedure:\n  - {id: price, condition: RANGE, override: price}\n",
	})
	book, mistakes := rulebook.Load(rules)
	if book == nil || len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return book
}

var someDay = catalog.Date{Year: 2026, Month: 3, Day: 1}

// scaledShop is a catalog of one product with a scale of each type, and these rates.
func scaledShop(tiers []catalog.Condition, rates ...catalog.Rate) *catalog.Snapshot {
	var d catalog.Delta
	d.Products.Upsert = []catalog.Product{{SKU: "PUMP", Name: "Pump", Unit: "KG", Status: catalog.Active}}
	d.Customers.Upsert = []catalog.Customer{{ID: "C-1", Name: "C"}}
	for _, typ := range []string{"RANGE", "SLAB", "BLOCK"} {
		for i, c := range tiers {
			c.ID, c.Type, c.Measure, c.Per = fmt.Sprint(typ, i), typ, catalog.MeasureAmount, decimal.NewFromInt(1)
			c.Keys = []catalog.KeyField{{Name: "sku", Value: "PUMP"}}
			d.Conditions.Upsert = append(d.Conditions.Upsert, c)
		}
	}
	d.Rates.Upsert = rates
	return catalog.NewSnapshot("drawn", d)
}

// netOf is what a line of a quantity comes to.
func netOf(t *rapid.T, book *rulebook.Book, shop *catalog.Snapshot, model, currency string, quantity decimal.Decimal) decimal.Decimal {
	e := quote.Evaluate(book, shop, quote.Request{SalesModel: model, Customer: "C-1", Currency: currency, Date: someDay,
		Lines: []quote.Line{{ID: "1", SKU: "PUMP", Quantity: quote.Number(quantity.String())}}})
	if errs := e.Errors(); len(errs) > 0 {
		t.Fatal(errs)
	}
	return e.Lines[0].Net.Decimal()
}

func drawDecimal(t *rapid.T, name string, most int64, places int32) decimal.Decimal {
	return decimal.New(rapid.Int64Range(1, most).Draw(t, name), -rapid.Int32Range(0, places).Draw(t, name+" places"))
}

// TestScalesAreMonotone: who buys more pays at least as much on a slab scale, and on a block
// scale whose amounts rise; on a range scale whose prices fall, a unit is never dearer.
func TestScalesAreMonotone(t *testing.T) {
	book := propertyBook(t)
	rapid.Check(t, func(t *rapid.T) {
		var falling, rising []catalog.Condition
		from, price := decimal.Zero, decimal.NewFromInt(1000)
		for range rapid.IntRange(1, 5).Draw(t, "tiers") {
			falling = append(falling, catalog.Condition{MinQuantity: from, Value: price})
			rising = append(rising, catalog.Condition{MinQuantity: from, Value: from.Add(decimal.NewFromInt(10))})
			from = from.Add(drawDecimal(t, "step", 100, 1))
			price = price.Mul(drawDecimal(t, "factor", 10, 0).Div(decimal.NewFromInt(10)))
		}
		less := drawDecimal(t, "quantity", 10_000, 2)
		more := less.Add(drawDecimal(t, "more", 10_000, 2))
		for model, tiers := range map[string][]catalog.Condition{"slab": falling, "block": rising} {
			shop := scaledShop(tiers)
			if a, b := netOf(t, book, shop, model, "", less), netOf(t, book, shop, model, "", more); a.GreaterThan(b) {
				t.Fatalf("%s: %s costs %s, but %s costs %s", model, less, a, more, b)
			}
		}
		shop := scaledShop(falling)
		a, b := netOf(t, book, shop, "range", "", less), netOf(t, book, shop, "range", "", more)
		// Both are rounded to the cent, which is half a cent a quantity at most.
		rounding := decimal.New(5, -3).Div(less).Add(decimal.New(5, -3).Div(more))
		if b.Div(more).GreaterThan(a.Div(less).Add(rounding)) {
			t.Fatalf("range: %s costs %s, but %s costs %s, which is dearer", less, a, more, b)
		}
	})
}

// TestCurrencyRoundTrip: a price that is quoted in another currency, and the printed amount
// quoted back at the same rate, is off by no more than both roundings (docs/money.md).
func TestCurrencyRoundTrip(t *testing.T) {
	book := propertyBook(t)
	currencies := []string{"EUR", "USD", "JPY", "KWD"}
	different := 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(currencies).Draw(t, "from"), rapid.SampledFrom(currencies).Draw(t, "to")
		if a == b {
			t.Skip("one currency")
		}
		rate := catalog.Rate{From: a, To: b, Rate: drawDecimal(t, "rate", 1_000_000, 6), Date: someDay}
		if rapid.Bool().Draw(t, "the other way") {
			rate.From, rate.To = b, a
		}
		unitA, unitB := minorUnitOf(t, a), minorUnitOf(t, b)
		price := decimal.NewFromInt(rapid.Int64Range(1, 1_000_000_000).Draw(t, "price")).Mul(unitA)
		one := decimal.NewFromInt(1)

		there := netOf(t, book, scaledShop([]catalog.Condition{{Value: price, Currency: a}}, rate), "range", b, one)
		back := netOf(t, book, scaledShop([]catalog.Condition{{Value: there, Currency: b}}, rate), "range", a, one)

		perB := rate.Rate // units of A for one of B
		if rate.From == a {
			perB = one.DivRound(rate.Rate, money.QuotientPlaces)
		}
		half := decimal.New(5, -1)
		bound := unitB.Mul(half).Mul(perB).Add(unitA.Mul(half)).Add(price.Mul(decimal.New(1, -12)))
		if off := back.Sub(price).Abs(); off.GreaterThan(bound) {
			t.Fatalf("%s %s is %s %s, and that is %s %s: off by %s, more than %s", price, a, there, b, back, a, off, bound)
		}
		if !back.Equal(price) {
			different++
		}
	})
	if different == 0 {
		t.Error("no amount came back differently, so that nothing was rounded")
	}
}

func minorUnitOf(t *rapid.T, code string) decimal.Decimal {
	c, err := money.ParseCurrency(code)
	if err != nil {
		t.Fatal(err)
	}
	return c.MinorUnit()
}

// TestEnteringWhatWasFoundChangesNothing: an evaluation whose price is entered as the record
// has it is the same; and whatever is evaluated again gives the same bytes.
func TestEnteringWhatWasFoundChangesNothing(t *testing.T) {
	book := propertyBook(t)
	rapid.Check(t, func(t *rapid.T) {
		price := drawDecimal(t, "price", 1_000_000, 4)
		shop := scaledShop([]catalog.Condition{{Value: price}})
		request := quote.Request{SalesModel: "entered", Customer: "C-1", Date: someDay,
			Lines: []quote.Line{{ID: "1", SKU: "PUMP", Quantity: quote.Number(drawDecimal(t, "quantity", 10_000, 3).String())}}}
		found := quote.Evaluate(book, shop, request)
		request.Lines[0].Inputs = map[string]formula.Value{"price": formula.OfNumber(price)}
		entered := quote.Evaluate(book, shop, request)
		if diff := cmp.Diff(encode(t, found.Totals), encode(t, entered.Totals)); diff != "" {
			t.Fatal(diff)
		}
		if first, again := encode(t, entered), encode(t, quote.Evaluate(book, shop, request)); first != again {
			t.Fatal(cmp.Diff(first, again))
		}
	})
}
