package quote_test

import (
	"fmt"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
)

// naiveFeatures say what a drawn case may use.
type naiveFeatures struct {
	crossLine bool // steps in which lines notice each other
	returns   bool
	optional  bool
	refused   bool
	failing   bool // formulas that may have no value, limits that inputs may break
}

var allFeatures = naiveFeatures{crossLine: true, returns: true, optional: true, refused: true, failing: true}

// naiveCase is a drawn rulebook with a catalog and a request.
type naiveCase struct {
	book  *naiveBook
	world *naiveWorld
	req   *naiveRequest
}

// drawer draws a case.
type drawer struct {
	t     *rapid.T
	f     naiveFeatures
	book  *naiveBook
	world *naiveWorld
	ids   int
	// what formulas and bases may name so far
	amounts, subtotals, rates, sums []string
}

func drawCase(t *rapid.T, f naiveFeatures) naiveCase {
	d := &drawer{t: t, f: f, book: &naiveBook{company: "TWD"}, world: &naiveWorld{}}
	d.drawWorld()
	d.drawBook()
	return naiveCase{d.book, d.world, d.drawRequest()}
}

// oneIn is true once in n draws; the shrinker turns it off.
func (d *drawer) oneIn(n int) bool { return d.int(0, n-1) == n-1 }

func (d *drawer) int(low, high int) int { return rapid.IntRange(low, high).Draw(d.t, "n") }

func pick[T any](d *drawer, from ...T) T { return from[d.int(0, len(from)-1)] }

func (d *drawer) number(from ...string) dec { return num(pick(d, from...)) }

func (d *drawer) maybe(n int, from ...string) *dec {
	if !d.oneIn(n) {
		return nil
	}
	v := d.number(from...)
	return &v
}

func (d *drawer) newID() string {
	d.ids++
	return fmt.Sprintf("s%d", d.ids)
}

var (
	drawnFamilies = []string{"a/b/c", "a/b", "a", "d", ""}
	drawnDays     = []string{"2026-03-01", "2026-01-01", "2026-02-28", "2026-03-02", "2025-12-31", "2026-06-30"}
	drawnPercents = []string{"-10", "-5", "-2.5", "-33.33", "4", "-0.125", "-100", "0"}
	drawnAmounts  = []string{"100", "10", "9.99", "33.333", "0.05", "250.5", "12.345", "1000"}
	drawnRounds   = []string{"0.05", "0.1", "1", "10", "0.25"}
	drawnMinimums = []string{"0", "2", "5", "10", "12", "2.5", "24", "50"}
	drawnQuantity = []string{"1", "2", "3", "5", "10", "12", "7", "2.5", "24", "100", "0.5"}
	drawnModes    = []string{"", "half_up", "half_even", "up", "down"}
)

func (d *drawer) drawWorld() {
	w := d.world
	for i := range d.int(1, 4) {
		p := naiveProduct{sku: fmt.Sprintf("P%d", i+1), family: pick(d, drawnFamilies...), unit: pick(d, "EA", "KG"), status: catalog.Active,
			weight: d.number("1", "0.5", "2.25", "10"), taxCategory: pick(d, "full", "low", ""), brand: pick(d, "X", "Y", ""), score: d.maybe(2, "3", "1.5", "-2"), cost: d.maybe(2, "5", "33.3", "0.125")}
		if d.f.refused && d.oneIn(12) {
			p.status = pick(d, catalog.Blocked, catalog.Obsolete, catalog.PhaseOut)
		}
		if d.f.failing && d.oneIn(12) {
			p.minimum, p.multiple = d.number("0", "2"), d.number("0", "2", "0.5")
		}
		w.products = append(w.products, p)
	}
	w.units = []naiveUnit{{"", "BOX", num("12"), one}, {"P1", "BOX", num("10"), one}, {"", "PAIR", num("2"), one}, {"P2", "ROLL", num("5"), num("2")}, {"", "G", one, num("1000")}}
	w.customers = []naiveCustomer{{id: "C1", parent: pick(d, "", "C2"), group: pick(d, "", "G1", "G2"), list: pick(d, "", "L1", "L2", "L3"), currency: pick(d, "", "EUR", "TWD"),
		region: pick(d, "", "eu/de", "eu"), country: pick(d, "", "DE"), segment: pick(d, "", "gold"), exempt: d.oneIn(4)}}
	w.customers = append(w.customers, naiveCustomer{id: "C2", parent: pick(d, "", "C3", "C1")}, naiveCustomer{id: "C3"})
	w.rates = []naiveRate{{"EUR", "TWD", num("36.5"), day("2025-01-01")}, {"EUR", "TWD", num("40"), day("2026-03-01")}, {"EUR", "TWD", num("35"), day("2026-06-01")},
		{"TWD", "USD", num("0.032"), day("2025-01-01")}, {"TWD", "USD", num("0.03125"), day("2026-02-01")}, {"JPY", "TWD", num("0.2"), day("2025-06-01")}}
	if d.f.failing && d.oneIn(20) {
		w.rates = w.rates[1:4]
	}
}

func (d *drawer) drawRequest() *naiveRequest {
	r := &naiveRequest{customer: "C1", currency: pick(d, "TWD", "", "EUR", "USD", "JPY"), date: day(pick(d, drawnDays[:4]...)), inputs: map[string]any{}}
	d.enter(r.inputs, "factor", "2", "-1.5", "30")
	d.enter(r.inputs, "fee_amount", "15", "-7.77")
	if d.oneIn(2) {
		r.inputs["express"] = d.oneIn(2)
	}
	if d.oneIn(3) {
		r.inputs["fixing"] = day(pick(d, drawnDays...))
	}
	d.drawCodes(r)
	if d.oneIn(4) {
		r.end = day("2027-03-31")
	}
	for i := range d.int(1, 5) {
		l := d.drawLine(i)
		if d.book.hasTerm() {
			d.drawRun(r, &l)
		}
		r.lines = append(r.lines, l)
	}
	return r
}

func (d *drawer) enter(inputs map[string]any, name string, values ...string) {
	if d.oneIn(2) {
		inputs[name] = d.number(values...)
	}
}

func (d *drawer) drawLine(i int) naiveRequestLine {
	p := d.world.products[d.int(0, len(d.world.products)-1)]
	l := naiveRequestLine{id: fmt.Sprint(i + 1), sku: p.sku, quantity: d.number(drawnQuantity...), inputs: map[string]any{}}
	if d.oneIn(4) {
		l.unit = pick(d, p.unit, "BOX", "PAIR")
	}
	if p.sku == "P2" && d.oneIn(4) {
		l.unit = "ROLL"
	}
	if d.f.failing && d.oneIn(25) {
		l.unit = "ROLL"
	}
	if d.f.returns && d.oneIn(6) {
		l.quantity = l.quantity.Neg()
	}
	l.optional = d.f.optional && d.oneIn(7)
	if d.oneIn(4) {
		l.requested = day(pick(d, drawnDays...))
	}
	d.enter(l.inputs, "discount_percent", "5", "12.5", "30")
	d.enter(l.inputs, "discount_amount", "3", "0.01")
	d.enter(l.inputs, "markup_percent", "5", "1.25")
	d.enter(l.inputs, "set_price", "80", "9.999")
	d.enter(l.inputs, "manual", "-7", "42.5", "9")
	if d.oneIn(2) {
		l.inputs["flag"] = d.oneIn(2)
	}
	return l
}

// drawRecords fills the catalog with records of a type that often fit.
func (d *drawer) drawRecords(t *naiveType) {
	for range d.int(1, 4) {
		access := t.access[d.int(0, len(t.access)-1)]
		keys := map[string]string{}
		for _, key := range access {
			name, v := d.keyValue(key)
			keys[name] = v
		}
		d.drawScale(t, keys)
	}
}

func (d *drawer) keyValue(key string) (name, value string) {
	switch key {
	case "sku":
		return key, fmt.Sprintf("P%d", d.int(1, len(d.world.products)))
	case "family":
		return key, pick(d, "a", "a/b", "a/b/c", "d")
	case "tax_category":
		return key, pick(d, "full", "low")
	case "brand":
		return key, pick(d, "X", "Y")
	case "customer":
		return key, "C1"
	case "account":
		return "customer", pick(d, "C2", "C1", "C3")
	case "customer_group":
		return key, pick(d, "G1", "G2")
	case "price_list":
		return key, pick(d, "L1", "L2", "L3")
	case "region":
		return key, pick(d, "eu", "eu/de")
	case "country":
		return key, "DE"
	case "segment":
		return key, "gold"
	}
	return key, "x"
}

// drawScale draws the tiers of one scale, and sometimes one of another time beside it.
func (d *drawer) drawScale(t *naiveType, keys map[string]string) {
	for _, r := range d.world.records {
		if r.typ == t.id && fmt.Sprint(r.keys) == fmt.Sprint(keys) {
			return
		}
	}
	r := naiveRecord{typ: t.id, measure: t.measure, keys: keys, per: one}
	if t.measure == "amount" {
		r.currency = pick(d, "", "TWD", "EUR", "USD")
		if t.scale != "block" {
			r.per = d.number("1", "1", "10", "100", "3")
		}
		r.unit = pick(d, "", "", "", "BOX", "PAIR")
	}
	if d.oneIn(3) {
		r.from = day("2026-02-01")
	}
	if d.oneIn(4) {
		old := r
		old.from, old.to = catalog.Date{}, day(pick(d, "2026-01-31"))
		r.from = day("2026-02-01")
		if d.oneIn(3) {
			r.to = day("2026-02-28")
		}
		d.drawTiers(t, old)
	}
	d.drawTiers(t, r)
}

func (d *drawer) drawTiers(t *naiveType, r naiveRecord) {
	minimum := zero
	if d.oneIn(4) {
		minimum = d.number("2", "5", "10")
	}
	for range 1 + d.int(0, 2) {
		tier := r
		tier.id, tier.minimum = fmt.Sprintf("r%d", len(d.world.records)+1), minimum
		if t.measure == "percent" {
			tier.value = d.number(drawnPercents...)
		} else {
			tier.value = d.number(drawnAmounts...)
		}
		d.drawLimits(&tier)
		d.world.records = append(d.world.records, tier)
		minimum = minimum.Add(d.number("2", "5", "10", "50", "0.5", "200"))
	}
}

func (d *drawer) drawLimits(r *naiveRecord) {
	if !d.oneIn(4) {
		return
	}
	lower, upper := r.value.Sub(decimal.NewFromInt(int64(d.int(5, 200)))), r.value.Add(decimal.NewFromInt(int64(d.int(5, 200))))
	r.lower, r.upper = &lower, &upper
}
