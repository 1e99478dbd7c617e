package quote_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/quote"
)

// files writes the rulebook as its rule files.
func (b *naiveBook) files() map[string]string {
	out := map[string]string{"rulebook.yaml": b.companyFile(), "sales-models/x.yaml": b.modelFile()}
	for _, t := range b.tables {
		out["tables/"+t.id+".csv"] = t.file()
	}
	return out
}

// flow writes a YAML mapping on one line. Values are written already; "" is left out.
func flow(pairs ...string) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			parts = append(parts, pairs[i]+": "+pairs[i+1])
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

func exprText(e expr) string {
	if e == nil {
		return ""
	}
	return quoted(e.text())
}

func decText(d *dec) string {
	if d == nil {
		return ""
	}
	return quoted(d.String())
}

func listText(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func (r *naiveRound) text() string {
	if r == nil {
		return ""
	}
	return flow("each", r.each, "to", decText(r.to), "mode", r.mode)
}

func (b *naiveBook) companyFile() string {
	var s strings.Builder
	fmt.Fprintf(&s, "name: Naive\ncurrency: %s\n", b.company)
	if b.netRounding != "" {
		fmt.Fprintf(&s, "rounding: %s\n", b.netRounding)
	}
	s.WriteString("attributes: {customer: {segment: text}, product: {brand: text, score: number}}\ninputs:\n")
	fmt.Fprintf(&s, "  line: %s\n  quote: %s\n", flow(naiveLineInputs...), flow(naiveQuoteInputs...))
	if len(b.lists) > 0 {
		s.WriteString("price_lists:\n")
	}
	named := map[string]bool{}
	for _, l := range b.lists {
		named[l.id] = true
	}
	for _, l := range b.lists {
		if l.from != "" && !named[l.from] {
			named[l.from] = true
			fmt.Fprintf(&s, "  %s: {}\n", l.from)
		}
		fmt.Fprintf(&s, "  %s: %s\n", l.id, flow("from", l.from, "percent", decText(l.percent), "round", l.round.text()))
	}
	if len(b.types) > 0 {
		s.WriteString("conditions:\n")
	}
	for _, t := range b.types {
		fmt.Fprintf(&s, "  %s: %s\n", t.id, t.text())
	}
	return s.String()
}

func (t naiveType) text() string {
	var access []string
	for _, a := range t.access {
		access = append(access, listText(a))
	}
	over := listText(t.scaleOver)
	if len(t.scaleOver) == 1 && (t.scaleOver[0] == "quote" || t.scaleOver[0] == "record") {
		over = t.scaleOver[0]
	}
	return flow("measure", t.measure, "access", listText(access), "scale", t.scale, "scale_by", t.scaleBy, "scale_over", over,
		"charge_by", t.chargeBy, "rate_date", t.rateDate, "round", t.round.text())
}

func (b *naiveBook) modelFile() string {
	var s strings.Builder
	s.WriteString("sales_model: x\ntitle: X\n")
	if len(b.refusals) > 0 {
		s.WriteString("eligibility:\n")
	}
	for _, r := range b.refusals {
		fmt.Fprintf(&s, "  - %s\n", flow("id", r.id, "when", exprText(r.when), "refuse", "no"))
	}
	s.WriteString("procedure:\n")
	for i := range b.steps {
		fmt.Fprintf(&s, "  - %s\n", b.steps[i].text())
	}
	if len(b.exclusions) > 0 {
		s.WriteString("exclusions:\n")
	}
	for _, x := range b.exclusions {
		fmt.Fprintf(&s, "  - %s\n", flow("group", x.group, "between", listText(x.between), "if", x.ifGroup, "drop", listText(x.drop), "keep", x.keep))
	}
	if len(b.approvals) > 0 {
		s.WriteString("approvals:\n")
	}
	for _, a := range b.approvals {
		fmt.Fprintf(&s, "  - %s\n", flow("id", a.id, "when", exprText(a.when), "role", "boss"))
	}
	return s.String()
}

func (st *naiveStep) text() string {
	pairs := []string{"id", st.id, st.kind, st.source(), "when", exprText(st.when), "basis", listText(st.basis), "choose", st.choose,
		"exclusion", st.exclusion, "min", decText(st.min), "max", decText(st.max), "required", yes(st.required), "per", st.per,
		"allocate", st.allocate, "replaces", listText(st.replaces), "override", st.override, "guidance", st.guidance, "measure", st.measure, "effect", st.effect, "currency", st.currency,
		"statistical", yes(st.statistical), "allow_negative", yes(st.allowNegative), "cut_at_zero", yes(st.cutAtZero), "included", yes(st.included)}
	if st.excluded {
		pairs = append(pairs, "exclude_from", "net")
	}
	if st.kind != "rounding" {
		pairs = append(pairs, "round", st.round.text())
	}
	return flow(pairs...)
}

// source writes the value of the step's source key.
func (st *naiveStep) source() string {
	var entries []string
	switch st.kind {
	case "condition", "table", "input":
		return st.name
	case "formula", "sum":
		return exprText(st.formula)
	case "subtotal":
		return "true"
	case "rounding":
		return flow("to", decText(st.round.to), "mode", st.round.mode)
	case "adjustments":
		for _, a := range st.adjustments {
			entries = append(entries, flow("id", a.id, "when", exprText(a.when), "percent", exprText(a.percent), "amount", exprText(a.amount), "per", a.per))
		}
	case "free_goods":
		for _, g := range st.freeGoods {
			entries = append(entries, flow("id", g.id, "buy", exprText(g.buy), "get", exprText(g.get), "every", g.every.String(), "free", g.free.String(),
				"minimum", decText(g.minimum), "limit", decText(g.limit), "percent", decText(g.percent), "over", g.over, "exclusive", yes(g.exclusive), "sku", g.sku))
		}
	case "bundles":
		for _, x := range st.bundles {
			var of []string
			for _, p := range x.of {
				of = append(of, flow("sku", p.sku, "quantity", p.quantity.String()))
			}
			entries = append(entries, flow("id", x.id, "when", exprText(x.when), "of", listText(of), "price", decText(x.price), "percent", decText(x.percent), "limit", decText(x.limit)))
		}
	case "term":
		t := st.term
		return flow("period", t.period, "billing", t.billing, "align", t.align, "proration", t.proration, "uplift", decText(t.uplift))
	case "coupons":
		for _, c := range st.coupons {
			entries = append(entries, c.text())
		}
		return flow("input", "codes", "offers", listText(entries))
	}
	return listText(entries)
}

func (c naiveCoupon) text() string {
	return flow("id", c.id, "when", exprText(c.when), "percent", decText(c.percent), "amount", decText(c.amount), "from", catalog.DateText(c.from),
		"to", catalog.DateText(c.to), "minimum", decText(c.minimum), "maximum", decText(c.maximum), "uses", count(c.uses), "uses_per_customer", count(c.usesPerCustomer))
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (t naiveTable) file() string {
	var s strings.Builder
	if t.hit != "" {
		fmt.Fprintf(&s, "# hit: %s\n", t.hit)
	}
	var header []string
	for _, c := range t.columns {
		header = append(header, strings.TrimSpace(c.input+" "+c.operator))
	}
	fmt.Fprintf(&s, "%s\n", strings.Join(append(header, "percent", "amount", "per", "reason"), ","))
	for i, r := range t.rows {
		cells := append(slices.Clone(r.cells), plain(r.percent), plain(r.amount), r.per, fmt.Sprintf("row %d", i+1))
		fmt.Fprintf(&s, "%s\n", strings.Join(cells, ","))
	}
	return s.String()
}

func plain(d *dec) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// delta is the catalog as records.
func (w *naiveWorld) delta() catalog.Delta {
	var d catalog.Delta
	for _, p := range w.products {
		attributes := map[string]string{}
		if p.brand != "" {
			attributes["brand"] = p.brand
		}
		if p.score != nil {
			attributes["score"] = p.score.String()
		}
		d.Products.Upsert = append(d.Products.Upsert, catalog.Product{SKU: p.sku, Name: p.sku, Family: p.family, Unit: p.unit, Status: p.status,
			WeightKg: p.weight, Cost: p.cost, MinQuantity: p.minimum, Multiple: p.multiple, TaxCategory: p.taxCategory, Attributes: attributes})
	}
	for _, u := range w.units {
		d.Units.Upsert = append(d.Units.Upsert, catalog.Unit{SKU: u.sku, Unit: u.unit, Numerator: u.numerator, Denominator: u.denominator})
	}
	for _, c := range w.customers {
		attributes := map[string]string{}
		if c.segment != "" {
			attributes["segment"] = c.segment
		}
		d.Customers.Upsert = append(d.Customers.Upsert, catalog.Customer{ID: c.id, Name: c.id, Parent: c.parent, Group: c.group, PriceList: c.list,
			Currency: c.currency, Region: c.region, Country: c.country, TaxExempt: c.exempt, Credit: catalog.CreditOK, Attributes: attributes})
	}
	for _, r := range w.records {
		var keys []catalog.KeyField
		for _, name := range slices.Sorted(maps.Keys(r.keys)) {
			keys = append(keys, catalog.KeyField{Name: name, Value: r.keys[name]})
		}
		d.Conditions.Upsert = append(d.Conditions.Upsert, catalog.Condition{ID: r.id, Type: r.typ, Keys: keys, MinQuantity: r.minimum, Value: r.value,
			Measure: catalog.Measure(r.measure), Currency: r.currency, Per: r.per, Unit: r.unit, ValidFrom: r.from, ValidTo: r.to, LowerLimit: r.lower, UpperLimit: r.upper})
	}
	for _, r := range w.rates {
		d.Rates.Upsert = append(d.Rates.Upsert, catalog.Rate{From: r.from, To: r.to, Rate: r.rate, Date: r.date})
	}
	return d
}

// request is the request as it is sent.
func (r *naiveRequest) request() quote.Request {
	out := quote.Request{SalesModel: "x", Customer: r.customer, Currency: r.currency, Date: r.date, End: r.end, Inputs: inputValues(r.inputs)}
	for code, n := range r.redeemed {
		if out.Redeemed == nil {
			out.Redeemed = map[string]quote.Redemption{}
		}
		out.Redeemed[code] = quote.Redemption{Uses: n[0], Customer: n[1]}
	}
	for _, l := range r.lines {
		line := quote.Line{ID: l.id, SKU: l.sku, Unit: l.unit, Quantity: quote.Number(l.quantity.String()), Start: l.start, End: l.end,
			Months: l.months, Optional: l.optional, Requested: l.requested, Inputs: inputValues(l.inputs)}
		for _, r := range l.ramp {
			line.Ramp = append(line.Ramp, quote.Ramp{From: r.from, Quantity: quote.Number(r.quantity.String())})
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func inputValues(inputs map[string]any) map[string]formula.Value {
	out := map[string]formula.Value{}
	for name, v := range inputs {
		switch v := v.(type) {
		case dec:
			out[name] = formula.OfNumber(v)
		case bool:
			out[name] = formula.OfBool(v)
		case string:
			out[name] = formula.OfText(v)
		case catalog.Date:
			out[name] = formula.OfDate(v)
		}
	}
	return out
}
