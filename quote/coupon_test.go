package quote_test

import (
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/quote"
	"quotewright/rulebook"
)

// couponShop sells one product to two customers, with a coupon that three quotes may use,
// but a customer only twice.
func couponShop(t *testing.T) (*rulebook.Book, *catalog.Snapshot) {
	t.Helper()
	book, mistakes := rulebook.Load(rulebook.FS(map[string]string{
		"rulebook.yaml": `{name: Shop, currency: EUR, inputs: {quote: {coupon: text}}, conditions: {LIST: {measure: amount, access: [[sku]]}}}`,
		"sales-models/shop.yaml": `
sales_model: shop
procedure:
  - {id: list, condition: LIST, required: true}
  - {id: base, subtotal: true}
  - id: coupon
    coupons: {input: coupon, offers: [{id: TEN, percent: -10, uses: 3, uses_per_customer: 2}]}
`}))
	if book == nil {
		t.Fatal(mistakes)
	}
	one := decimal.NewFromInt(1)
	return book, catalog.NewSnapshot("v", catalog.Delta{
		Products:  catalog.Changes[catalog.Product]{Upsert: []catalog.Product{{SKU: "A", Name: "A", Unit: "EA", Status: catalog.Active}}},
		Customers: catalog.Changes[catalog.Customer]{Upsert: []catalog.Customer{{ID: "C1", Name: "One"}, {ID: "C2", Name: "Two"}}},
		Conditions: catalog.Changes[catalog.Condition]{Upsert: []catalog.Condition{{ID: "L", Type: "LIST", Keys: []catalog.KeyField{{Name: "sku", Value: "A"}},
			Value: decimal.NewFromInt(100), Measure: catalog.MeasureAmount, Per: one}}},
	})
}

func (d *desk) couponQuote(t *testing.T, customer string) quote.Quote {
	t.Helper()
	q := d.create(t, decode(t, `{"sales_model": "shop", "customer": "`+customer+`", "date": "2026-11-23", "inputs": {"coupon": "ten"}, "lines": [{"id": "1", "sku": "A", "quantity": 1}]}`))
	q = d.do(t, rep, q, quote.Submit)
	return d.do(t, rep, q, quote.Send)
}

// TestCouponsAreUsedUp: a coupon is used by being accepted, within its limits, and not
// by being quoted.
func TestCouponsAreUsedUp(t *testing.T) {
	d := newDesk(t)
	d.book, d.snapshot = couponShop(t)
	quotes := []quote.Quote{d.couponQuote(t, "C1"), d.couponQuote(t, "C1"), d.couponQuote(t, "C1"), d.couponQuote(t, "C2"), d.couponQuote(t, "C2")}
	net := func(q quote.Quote) string { return q.Totals.Net.String() }
	for _, q := range quotes {
		if net(q) != "90.00" {
			t.Fatalf("before anybody accepts, a quote is %s, not 90.00", net(q))
		}
	}
	d.do(t, rep, quotes[0], quote.Accept)
	d.do(t, rep, quotes[1], quote.Accept)
	_, err := d.Do(t.Context(), rep, quotes[2].ID, quotes[2].Version, quote.Accept, quote.Details{Name: "Ms Lin"}, "")
	kind(t, "a customer's third use", err, fault.Conflict)
	if q := d.couponQuote(t, "C1"); net(q) != "100.00" {
		t.Errorf("a quote made after the customer's uses is %s, not 100.00", net(q))
	}
	d.do(t, rep, quotes[3], quote.Accept)
	_, err = d.Do(t.Context(), rep, quotes[4].ID, quotes[4].Version, quote.Accept, quote.Details{Name: "Ms Lin"}, "")
	kind(t, "the fourth use of all", err, fault.Conflict)
}

// TestTheLastUseOfACouponIsOne: of many quotes accepted at once, as many as the coupon
// allows get through.
func TestTheLastUseOfACouponIsOne(t *testing.T) {
	d := newDesk(t)
	d.book, d.snapshot = couponShop(t)
	var quotes []quote.Quote
	for range 8 {
		quotes = append(quotes, d.couponQuote(t, "C2"))
	}
	var wait sync.WaitGroup
	results := make([]error, len(quotes))
	for i, q := range quotes {
		wait.Go(func() {
			_, results[i] = d.Do(t.Context(), rep, q.ID, q.Version, quote.Accept, quote.Details{Name: "Ms Lin"}, "")
		})
	}
	wait.Wait()
	accepted := 0
	for _, err := range results {
		if err == nil {
			accepted++
		} else {
			kind(t, "a use too many", err, fault.Conflict)
		}
	}
	if accepted != 2 {
		t.Errorf("%d quotes were accepted, the customer has 2 uses", accepted)
	}
}

// TestACallersCountOfUsesCountsNothing: how often a coupon was used is the service's to
// say.
func TestACallersCountOfUsesCountsNothing(t *testing.T) {
	d := newDesk(t)
	d.book, d.snapshot = couponShop(t)
	d.do(t, rep, d.couponQuote(t, "C1"), quote.Accept)
	d.do(t, rep, d.couponQuote(t, "C1"), quote.Accept)
	r := decode(t, `{"sales_model": "shop", "customer": "C1", "date": "2026-11-23", "inputs": {"coupon": "TEN"}, "lines": [{"id": "1", "sku": "A", "quantity": 1}]}`)
	r.Redeemed = map[string]quote.Redemption{"TEN": {}}
	if q := d.create(t, r); q.Totals.Net.String() != "100.00" {
		t.Errorf("the caller's own count gave %s, not 100.00", q.Totals.Net)
	}
}
