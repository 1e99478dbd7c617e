package quote_test

import (
	"fmt"
	"slices"
	"strings"
)

// drawTable draws a decision table for lines.
func (d *drawer) drawTable() {
	s := naiveStep{id: d.newID(), kind: "table", per: pick(d, "", "", "unit")}
	d.common(&s)
	s.name = d.drawRows("t"+s.id, []naiveColumn{
		{"customer.group", ""}, {"customer.group", "!="}, {"line.quantity", ">="}, {"line.quantity", "<"}, {"line.quantity", ">"}, {"line.quantity", "<="},
		{"product.family", "in"}, {"product.family", ""}, {"product.family", "not in"}, {"product.family", "startsWith"}, {"product.family", "!="}, {"product.sku", "in"},
		{"customer.region", ""}, {"quote.date", ">="}, {"line.inputs.flag", ""}, {"product.score", ">"}, {"product.score", "in"}, {"quote.currency", "not in"}}, true)
	d.add(s)
}

func (d *drawer) drawRows(id string, from []naiveColumn, perLine bool) string {
	t := naiveTable{id: id, hit: pick(d, "", "first", "best", "collect")}
	if perLine && d.oneIn(5) {
		t = naiveTable{id: id, hit: "unique", columns: []naiveColumn{{"line.quantity", ">="}, {"line.quantity", "<"}}}
		for _, cells := range [][]string{{"", "2"}, {"2", "5"}, {"5", "24"}, {"24", ""}}[d.int(0, 3):] {
			t.rows = append(t.rows, d.drawOutput(naiveRow{cells: cells}, perLine))
		}
		d.book.tables = append(d.book.tables, t)
		return id
	}
	for range d.int(1, 3) {
		if c := pick(d, from...); !slices.Contains(t.columns, c) {
			t.columns = append(t.columns, c)
		}
	}
	for range d.int(1, 4) {
		row := naiveRow{}
		for _, c := range t.columns {
			row.cells = append(row.cells, d.drawCell(c))
		}
		t.rows = append(t.rows, d.drawOutput(row, perLine))
	}
	d.book.tables = append(d.book.tables, t)
	return id
}

func (d *drawer) drawOutput(row naiveRow, perLine bool) naiveRow {
	if d.oneIn(2) {
		v := d.number(drawnPercents...)
		row.percent = &v
		return row
	}
	v := d.number("-10", "5", "-0.333", "20")
	row.amount = &v
	if perLine {
		row.per = pick(d, "", "unit", "line")
	}
	return row
}

func (d *drawer) drawCell(c naiveColumn) string {
	if d.oneIn(3) {
		return ""
	}
	values := map[string][]string{
		"customer.group": {"G1", "G2"}, "line.quantity": {"2", "5", "10"}, "product.family": {"a", "a/b", "d", "a/b/c"}, "product.sku": {"P1", "P2", "P3"},
		"customer.region": {"eu", "eu/de"}, "quote.date": {"2026-03-01", "2026-02-28"}, "line.inputs.flag": {"true", "false"}, "product.score": {"3", "1.5", "0"},
		"quote.currency": {"EUR", "TWD"}, "quote.lines": {"2", "3"}, "quote.weight_kg": {"10", "100"}, "quote.inputs.express": {"true"}}[c.input]
	if !strings.Contains(c.operator, "in") {
		return pick(d, values...)
	}
	items := []string{pick(d, values...)}
	if second := pick(d, values...); second != items[0] {
		items = append(items, second)
	}
	return strings.Join(items, "|")
}

// drawPerQuote draws a step that is calculated once and spread.
func (d *drawer) drawPerQuote() {
	s := naiveStep{id: d.newID(), per: "quote", allocate: pick(d, "", "net", "quantity", "weight", "equal", "none"), when: d.when(4, ofQuote),
		kind: pick(d, "formula", "adjustments", "table", "input", "rounding")}
	if d.oneIn(3) {
		s.basis = d.drawBasis()
	}
	s.allowNegative, s.excluded, s.statistical, s.cutAtZero = d.oneIn(6), d.oneIn(12), d.oneIn(12), d.oneIn(12)
	switch s.kind {
	case "formula":
		s.formula = d.drawNumber(ofQuote, 2)
	case "adjustments":
		s.adjustments, s.choose = d.drawEntries(s.id, ofQuote), pick(d, "", "first", "best", "worst", "all")
	case "table":
		s.name = d.drawRows("t"+s.id, []naiveColumn{{"customer.group", ""}, {"quote.lines", ">="}, {"quote.weight_kg", "<"}, {"quote.inputs.express", ""}, {"quote.currency", "in"}}, false)
	case "input":
		s.name = "fee_amount"
	case "rounding":
		s.round = &naiveRound{to: d.maybe(2, drawnRounds...), mode: pick(d, drawnModes...)}
		s.basis = nil
	}
	if s.kind != "rounding" && s.kind != "input" {
		s.round = d.maybeRound("line")
		if d.oneIn(6) {
			s.min, s.max = d.maybe(2, "-30"), d.maybe(2, "10")
		}
	}
	if d.oneIn(8) {
		s.currency = pick(d, "company", "EUR")
	}
	d.add(s)
}

// drawGoods draws free goods, over lines or the quote.
func (d *drawer) drawGoods() {
	s := naiveStep{id: d.newID(), kind: "free_goods"}
	over := "line"
	if d.f.crossLine && d.oneIn(2) {
		over = "quote"
	} else {
		s.choose = pick(d, "", "best", "all")
	}
	s.when = d.when(4, ofLine)
	for i := range d.int(1, 2) {
		g := naiveFreeGoods{id: fmt.Sprintf("%sg%d", s.id, i+1), buy: d.drawCondition(ofLine, 0), every: d.number("2", "3", "5", "10"), free: d.number("1", "2"),
			over: over, percent: d.maybe(3, "-50", "-25"), limit: d.maybe(4, "1", "3"), exclusive: d.oneIn(4)}
		if d.oneIn(3) {
			least := g.every.Add(d.number("0", "1", "7"))
			g.minimum = &least
		}
		if d.oneIn(3) {
			g.get = d.drawCondition(ofLine, 0)
		}
		if g.exclusive {
			g.get, g.percent, g.sku = nil, nil, pick(d, "", "P1")
		}
		s.freeGoods = append(s.freeGoods, g)
	}
	d.add(s)
}

func (d *drawer) drawBundles() {
	s := naiveStep{id: d.newID(), kind: "bundles", when: d.when(6, ofLine)}
	for i := range d.int(1, 2) {
		b := naiveBundle{id: fmt.Sprintf("%sb%d", s.id, i+1), when: d.when(4, ofQuote), limit: d.maybe(4, "1", "2")}
		b.of = []naivePart{{"P1", d.number("1", "2", "3")}}
		if len(d.world.products) > 1 && d.oneIn(2) {
			b.of = append(b.of, naivePart{"P2", d.number("1", "2")})
		}
		if d.oneIn(2) {
			v := d.number("50", "99.99", "10")
			b.price = &v
		} else {
			v := d.number("-10", "-33.3")
			b.percent = &v
		}
		s.bundles = append(s.bundles, b)
	}
	d.add(s)
}

func (d *drawer) drawCoupons() {
	if slices.ContainsFunc(d.book.steps, func(s naiveStep) bool { return s.kind == "coupons" }) {
		return
	}
	s := naiveStep{id: d.newID(), kind: "coupons", choose: pick(d, "", "best", "first", "all"), when: d.when(6, ofQuote)}
	if d.oneIn(3) && len(d.subtotals) > 0 {
		s.basis = []string{pick(d, d.subtotals...)}
	}
	for i := range d.int(1, 3) {
		c := naiveCoupon{id: fmt.Sprintf("CODE%d", i+1), when: d.when(2, ofLine), minimum: d.maybe(4, "100", "1000"), maximum: d.maybe(4, "5", "50")}
		if d.oneIn(2) {
			c.percent = d.maybe(1, "-10", "-15", "-33.3")
		} else {
			c.amount = d.maybe(1, "-20", "-5.55", "-100")
		}
		if d.oneIn(5) {
			c.from = day(pick(d, "2026-03-01", "2026-02-01"))
		}
		if d.oneIn(5) {
			c.to = day(pick(d, "2026-03-01", "2026-02-28"))
		}
		c.uses, c.usesPerCustomer = pick(d, 0, 0, 3), pick(d, 0, 0, 1)
		s.coupons = append(s.coupons, c)
	}
	d.add(s)
}

func (d *drawer) drawCodes(r *naiveRequest) {
	if !slices.ContainsFunc(d.book.steps, func(s naiveStep) bool { return s.kind == "coupons" }) {
		return
	}
	r.inputs["codes"] = pick(d, "CODE1", "code1, CODE2", "CODE2 CODE1", "CODE1,CODE1", "CODE3 CODE2", "NONE CODE1", "")
	if d.oneIn(3) {
		r.redeemed = map[string][2]int{"CODE1": {d.int(0, 4), d.int(0, 1)}}
	}
}

// drawCluster draws exclusion groups side by side, and how they settle.
func (d *drawer) drawCluster() {
	groups := []string{"g1", "g2", "g3"}[:d.int(1, 3)]
	basis := d.drawBasis()
	names := slices.Clone(d.amounts)
	rates := slices.Clone(d.rates)
	for i := range d.int(len(groups), 5) { // every group has a step
		s := naiveStep{id: d.newID(), kind: "adjustments", exclusion: groups[i%len(groups)], when: d.when(4, ofLine), choose: pick(d, "", "best")}
		if d.oneIn(2) {
			s.basis = basis
		}
		s.round = d.maybeRound("line", "unit")
		s.adjustments = d.drawEntries(s.id, ofLine)
		d.book.steps = append(d.book.steps, s)
		names = append(names, s.id)
	}
	d.amounts, d.rates = names, rates
	d.drawExclusions(groups)
}

func (d *drawer) drawExclusions(groups []string) {
	for _, g := range groups {
		if d.oneIn(2) {
			d.book.exclusions = append(d.book.exclusions, naiveExclusion{group: g, keep: pick(d, "", "best", "worst", "first", "all")})
		}
	}
	if len(groups) > 1 && d.oneIn(2) {
		d.book.exclusions = append(d.book.exclusions, naiveExclusion{between: groups, keep: pick(d, "", "best", "worst")})
	}
	if len(groups) > 1 && d.oneIn(2) {
		d.book.exclusions = append(d.book.exclusions, naiveExclusion{ifGroup: groups[0], drop: groups[1:]})
	}
}

func (d *drawer) drawGuidance() {
	if !d.oneIn(4) {
		return
	}
	for _, g := range []string{"floor", "target", "stretch"} {
		if d.oneIn(2) {
			d.book.steps = append(d.book.steps, naiveStep{id: g, kind: "formula", guidance: g, when: d.when(4, ofLine),
				formula: literal{d.number("50", "10", "500", "99.999")}, per: pick(d, "", "unit")})
		}
	}
}

// drawTaxes draws taxes on top or within.
func (d *drawer) drawTaxes() {
	included := d.oneIn(3)
	for i := range d.int(0, 2) {
		s := naiveStep{id: d.newID(), kind: "condition", name: fmt.Sprintf("TAX%d", i+1), excluded: true, included: included}
		d.book.types = append(d.book.types, naiveType{id: s.name, measure: "percent", access: [][]string{{"tax_category"}}, scale: "range"})
		for _, category := range []string{"full", "low"} {
			d.world.records = append(d.world.records, naiveRecord{id: fmt.Sprintf("r%d", len(d.world.records)+1), typ: s.name, measure: "percent",
				keys: map[string]string{"tax_category": category}, value: d.number("5", "19", "7.7", "21"), per: one})
		}
		if i == 0 && d.oneIn(3) {
			s.round = &naiveRound{each: "document"}
		}
		d.book.steps = append(d.book.steps, s)
		if s.round != nil && included {
			return
		}
	}
}

func (d *drawer) drawApprovals() {
	if !d.oneIn(3) {
		return
	}
	d.book.approvals = []naiveApproval{
		{"deep", binary{">", variable("line.discount_percent"), literal{d.number("0", "10")}}, true},
		{"large", binary{">", variable("quote." + pick(d, "net", "gross", "list")), literal{d.number("500", "5000")}}, false}}
	if d.oneIn(2) {
		d.book.approvals = append(d.book.approvals,
			naiveApproval{"thin", binary{"<", variable("line." + pick(d, "margin_percent", "margin")), literal{d.number("0", "50")}}, true},
			naiveApproval{"poor", binary{"<", variable("quote." + pick(d, "margin_percent", "margin")), literal{d.number("0", "50")}}, false},
			naiveApproval{"below", binary{pick(d, "==", "!="), variable("line.guidance"), literal{"below_floor"}}, true},
			naiveApproval{"gap", binary{">", variable("line.floor_gap_percent"), literal{d.number("0", "50")}}, true},
			naiveApproval{"cheap", binary{"<", variable("line." + pick(d, "net", "unit_price", "list")), literal{d.number("10", "100")}}, true})
	}
	for _, id := range d.amounts {
		if d.oneIn(8) {
			d.book.approvals = append(d.book.approvals, naiveApproval{"off-" + id, binary{"<", variable("price." + id), literal{d.number("0", "-10")}}, true})
		}
	}
	for _, id := range d.sums {
		d.book.approvals = append(d.book.approvals, naiveApproval{"sum-" + id, binary{">", variable("sum." + id), literal{d.number("0", "10")}}, false})
	}
}
