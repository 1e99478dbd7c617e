package quote_test

import (
	"fmt"
	"slices"
)

// drawBook draws the procedure, and with each step what it needs.
func (d *drawer) drawBook() {
	b := d.book
	b.netRounding = pick(d, "", "half_even", "up", "down")
	d.drawPriceLists()
	if d.f.refused && d.oneIn(8) {
		b.refusals = append(b.refusals, naiveRefusal{"grade", d.drawCondition(ofLine, 1)})
	}
	d.drawPrice()
	for range d.int(0, 2) {
		d.drawAnyStep()
	}
	if d.oneIn(2) {
		d.subtotal("base")
	}
	for range d.int(0, 4) {
		d.drawAnyStep()
	}
	if d.oneIn(5) {
		d.drawTerm()
	}
	if d.oneIn(3) {
		d.drawCluster()
	}
	if d.oneIn(3) {
		d.subtotal("net")
	}
	for range d.int(0, 2) {
		d.drawAnyStep()
	}
	d.drawGuidance()
	d.drawTaxes()
	d.drawApprovals()
}

func (d *drawer) add(s naiveStep) {
	d.book.steps = append(d.book.steps, s)
	if s.kind == "subtotal" {
		d.subtotals = append(d.subtotals, s.id)
	}
	switch {
	case s.kind == "sum":
		d.sums = append(d.sums, s.id)
	case s.included || s.kind == "free_goods" || s.kind == "bundles" || s.kind == "coupons":
	default:
		d.amounts = append(d.amounts, s.id)
	}
	if s.kind == "condition" && s.per != "quote" && d.book.typeMeasure(s.name) == "percent" && s.exclusion == "" && s.choose == "" {
		d.rates = append(d.rates, s.id)
	}
}

func (b *naiveBook) typeMeasure(id string) string {
	for _, t := range b.types {
		if t.id == id {
			return t.measure
		}
	}
	return ""
}

func (d *drawer) drawPriceLists() {
	if !d.oneIn(3) {
		return
	}
	l1 := naivePriceList{id: "L1", from: "L2", percent: d.maybe(2, "-5", "12.5"), round: d.maybeRound("unit")}
	d.book.lists = append(d.book.lists, l1)
	if d.oneIn(2) {
		d.book.lists = append(d.book.lists, naivePriceList{id: "L2", from: "L3", percent: d.maybe(2, "-10", "3.3"), round: d.maybeRound("unit")})
	}
}

func (d *drawer) maybeRound(each ...string) *naiveRound {
	if !d.oneIn(3) {
		return nil
	}
	return &naiveRound{each: pick(d, each...), to: d.maybe(2, drawnRounds...), mode: pick(d, drawnModes...)}
}

// drawPrice draws the step that most prices begin with.
func (d *drawer) drawPrice() {
	if d.oneIn(3) {
		d.add(naiveStep{id: "list", kind: "formula", formula: literal{d.number("100", "33.333", "1000", "7.77")}, per: pick(d, "unit", "")})
		return
	}
	t := d.drawType("LIST", "amount")
	if d.oneIn(2) { // a price for everybody, so that not all lines fail
		if !slices.ContainsFunc(t.access, func(a []string) bool { return len(a) == 1 && a[0] == "sku" }) {
			t.access = append(t.access, []string{"sku"})
		}
		for _, p := range d.world.products {
			d.drawScale(t, map[string]string{"sku": p.sku})
		}
	}
	s := naiveStep{id: "list", kind: "condition", name: "LIST", required: d.f.failing && d.oneIn(3), round: d.maybeRound("line", "unit"), choose: pick(d, "", "", "", "best", "worst", "all")}
	d.maybeOverride(&s, t)
	d.add(s)
}

func (d *drawer) maybeOverride(s *naiveStep, t *naiveType) {
	if t.scale == "range" && s.choose == "" && d.oneIn(4) {
		s.override = "manual"
	}
}

var drawnAccess = [][]string{{"customer", "sku"}, {"account", "sku"}, {"customer_group", "sku"}, {"price_list", "sku"}, {"sku"}, {"family"}, {"customer", "family"},
	{"region"}, {"region", "family"}, {"account", "family"}, {"price_list", "family"}, {"brand"}, {"segment", "brand"}, {"tax_category", "country"}, {"sales_model"}, {"customer_group"}}

func (d *drawer) drawType(id, measure string) *naiveType {
	t := naiveType{id: id, measure: measure, scale: pick(d, "range", "range", "range", "slab", "block"), chargeBy: pick(d, "", "", "", "quantity", "weight", "line")}
	if measure == "percent" {
		t.scale, t.chargeBy = pick(d, "range", "range", "slab"), ""
	}
	t.scaleBy = pick(d, "", "", "quantity", "weight", "value")
	switch {
	case t.scale == "slab" && measure == "amount":
		t.scaleBy = pick(d, "quantity", "weight")
		t.chargeBy = t.scaleBy
	case t.scale == "block":
		t.chargeBy = ""
	}
	if d.f.crossLine && d.oneIn(3) {
		t.scaleOver = pick(d, []string{"quote"}, []string{"record"}, []string{"family"}, []string{"brand"}, []string{"sku"}, []string{"tax_category", "family"}, []string{"line"})
		if t.scaleOver[0] == "line" {
			t.scaleOver = nil
		}
	}
	if measure == "amount" {
		t.rateDate = pick(d, "", "", "", "record", "line.requested", "quote.inputs.fixing")
	}
	if d.oneIn(5) {
		t.round = &naiveRound{each: pick(d, "unit", "line"), to: d.maybe(2, drawnRounds...), mode: pick(d, drawnModes...)}
	}
	for range d.int(1, 3) {
		if access := pick(d, drawnAccess...); !slices.ContainsFunc(t.access, func(a []string) bool { return slices.Equal(a, access) }) {
			t.access = append(t.access, access)
		}
	}
	d.book.types = append(d.book.types, t)
	kept := &d.book.types[len(d.book.types)-1]
	d.drawRecords(kept)
	return kept
}

func (d *drawer) subtotal(id string) {
	d.add(naiveStep{id: id, kind: "subtotal", round: d.maybeRound("line", "unit")})
}

// drawAnyStep draws one of the steps that may stand anywhere.
func (d *drawer) drawAnyStep() {
	kinds := []func(){d.drawDiscount, d.drawAdjustments, d.drawTable, d.drawFormula, d.drawInput, d.drawRounding, d.drawGoods, d.drawSurcharge}
	if d.f.crossLine {
		kinds = append(kinds, d.drawPerQuote, d.drawSum, d.drawBundles, d.drawCoupons, d.drawPerQuote)
	}
	pick(d, kinds...)()
}

// common draws what any line-level step may have beside its source.
func (d *drawer) common(s *naiveStep) {
	s.when = d.when(4, ofLine)
	if d.oneIn(3) {
		s.basis = d.drawBasis()
	}
	s.round = d.maybeRound("line", "unit")
	s.statistical = d.oneIn(12)
	s.allowNegative = d.oneIn(6)
	s.excluded = d.oneIn(20)
	s.required = d.f.failing && s.kind == "condition" && d.oneIn(20)
	if d.oneIn(8) {
		s.cutAtZero = true
	}
	if d.oneIn(8) {
		s.currency = pick(d, "company", "EUR")
	}
	if d.oneIn(6) {
		s.min = d.maybe(2, "-50", "-5")
		s.max = d.maybe(2, "20", "3")
	}
	if n := len(d.book.steps); d.oneIn(8) && n > 0 {
		if last := d.book.steps[n-1]; last.kind != "subtotal" && last.kind != "sum" && last.per != "quote" && last.exclusion == "" && last.kind != "bundles" && last.kind != "coupons" && last.kind != "free_goods" && last.kind != "term" {
			s.replaces = []string{last.id}
			if n > 1 && d.book.steps[n-2].kind == "formula" && d.book.steps[n-2].per != "quote" && d.book.steps[n-2].exclusion == "" {
				s.replaces = append(s.replaces, d.book.steps[n-2].id)
			}
		}
	}
}

// drawBasis draws what percentages refer to.
func (d *drawer) drawBasis() []string {
	if len(d.subtotals) > 0 && d.oneIn(2) {
		return []string{pick(d, d.subtotals...)}
	}
	var out []string
	for _, id := range d.amounts {
		if !slices.Contains(d.subtotals, id) && d.oneIn(3) {
			out = append(out, id)
		}
	}
	return out
}

func (d *drawer) drawDiscount() {
	s := naiveStep{id: d.newID(), kind: "condition"}
	s.name = "T" + s.id
	t := d.drawType(s.name, "percent")
	s.choose = pick(d, "", "", "best", "worst", "all", "first")
	d.common(&s)
	d.maybeOverride(&s, t)
	d.add(s)
}

func (d *drawer) drawSurcharge() {
	s := naiveStep{id: d.newID(), kind: "condition"}
	s.name = "T" + s.id
	t := d.drawType(s.name, "amount")
	d.common(&s)
	d.maybeOverride(&s, t)
	d.add(s)
}

func (d *drawer) drawAdjustments() {
	s := naiveStep{id: d.newID(), kind: "adjustments", choose: pick(d, "", "first", "best", "worst", "all"), per: pick(d, "", "", "unit")}
	d.common(&s)
	s.adjustments = d.drawEntries(s.id, ofLine)
	d.add(s)
}

func (d *drawer) drawEntries(id string, scope drawScope) []naiveAdjustment {
	var out []naiveAdjustment
	for i := range d.int(1, 3) {
		a := naiveAdjustment{id: fmt.Sprintf("%se%d", id, i+1), when: d.when(2, scope)}
		if d.oneIn(2) {
			a.percent = literal{d.number(drawnPercents...)}
			if d.oneIn(4) {
				a.percent = d.drawNumber(scope, 1)
			}
		} else {
			a.amount = literal{d.number("-10", "-0.55", "3", "-100")}
			if d.oneIn(4) {
				a.amount = d.drawNumber(scope, 1)
			}
			if scope == ofLine {
				a.per = pick(d, "", "unit", "line")
			}
		}
		out = append(out, a)
	}
	return out
}

func (d *drawer) drawFormula() {
	s := naiveStep{id: d.newID(), kind: "formula", per: pick(d, "", "", "unit")}
	d.common(&s)
	s.formula = d.drawNumber(ofLine, 3)
	d.add(s)
}

func (d *drawer) drawInput() {
	s := naiveStep{id: d.newID(), kind: "input", name: pick(d, "discount_percent", "discount_amount", "markup_percent", "set_price")}
	d.common(&s)
	s.min, s.max = nil, nil
	if d.oneIn(4) {
		s.name, s.measure, s.effect = pick(d, "manual", "discount_amount"), pick(d, "percent", "amount", "price"), pick(d, "", "discount", "surcharge")
	}
	if d.f.failing && d.oneIn(4) {
		s.min, s.max = d.maybe(2, "4"), d.maybe(2, "20", "80")
	}
	d.add(s)
}

func (d *drawer) drawRounding() {
	s := naiveStep{id: d.newID(), kind: "rounding", when: d.when(4, ofLine), round: &naiveRound{to: d.maybe(2, drawnRounds...), mode: pick(d, drawnModes...)}}
	if d.oneIn(3) {
		s.basis = d.drawBasis()
	}
	d.add(s)
}

func (d *drawer) drawSum() {
	d.add(naiveStep{id: d.newID(), kind: "sum", when: d.when(3, ofLine), formula: d.drawNumber(ofLine, 2)})
}
