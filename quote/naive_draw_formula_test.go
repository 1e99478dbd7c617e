package quote_test

import "quotewright/catalog"

// scope says which names a drawn formula may use.
type drawScope int

const (
	ofLine drawScope = iota
	ofQuote
)

// drawNumber draws a formula for a number.
func (d *drawer) drawNumber(scope drawScope, depth int) expr {
	if depth <= 0 || d.oneIn(3) {
		return d.drawLeaf(scope)
	}
	switch d.int(0, 7) {
	case 0:
		return binary{"+", d.drawNumber(scope, depth-1), d.drawNumber(scope, depth-1)}
	case 1:
		return binary{"-", d.drawNumber(scope, depth-1), d.drawNumber(scope, depth-1)}
	case 2:
		return binary{"*", d.drawNumber(scope, depth-1), literal{d.number("0.1", "2", "-0.05", "1.5")}}
	case 3:
		return binary{"/", d.drawNumber(scope, depth-1), literal{d.number("2", "4", "5", "8")}}
	case 4:
		return choice{d.drawCondition(scope, depth-1), d.drawNumber(scope, depth-1), d.drawNumber(scope, depth-1)}
	case 6:
		return call{pick(d, "abs", "ceil", "floor"), []expr{d.drawNumber(scope, depth-1)}}
	case 5:
		return call{pick(d, "min", "max"), []expr{d.drawNumber(scope, depth-1), d.drawNumber(scope, depth-1)}}
	}
	return call{"round", []expr{d.drawNumber(scope, depth-1), literal{d.number("0", "1", "2")}}}
}

func (d *drawer) drawLeaf(scope drawScope) expr {
	leaves := []expr{literal{d.number("-5", "10", "0.5", "-20", "2")}, variable("line.quantity"), variable("product.weight_kg"), variable("line.weight_kg")}
	if scope == ofQuote {
		leaves = leaves[:1]
	} else {
		leaves = append(leaves, d.known("line.inputs.markup_percent"), d.known("product.score"), d.known("line.cost"), d.known("line.unit_cost"), d.known("product.cost"))
		for _, id := range d.rates {
			leaves = append(leaves, d.known("rate."+id))
		}
	}
	leaves = append(leaves, d.known("quote.inputs.factor"))
	for _, id := range d.amounts {
		leaves = append(leaves, variable("price."+id))
	}
	if d.f.crossLine {
		leaves = append(leaves, variable("quote.lines"), variable("quote.weight_kg"))
		for _, id := range d.sums {
			leaves = append(leaves, variable("sum."+id))
		}
	}
	return pick(d, leaves...)
}

// known asks for a number that may be missing: mostly with a way out.
func (d *drawer) known(name string) expr {
	if d.f.failing && name[:5] != "quote" && d.oneIn(8) {
		return variable(name)
	}
	v := variable(name)
	return choice{binary{"or", binary{">=", v, literal{zero}}, binary{"<", v, literal{zero}}}, v, literal{d.number("1", "-3")}}
}

// drawCondition draws a formula that is true or false.
func (d *drawer) drawCondition(scope drawScope, depth int) expr {
	if depth > 0 && d.oneIn(3) {
		switch d.int(0, 2) {
		case 0:
			return binary{"and", d.drawCondition(scope, depth-1), d.drawCondition(scope, depth-1)}
		case 1:
			return binary{"or", d.drawCondition(scope, depth-1), d.drawCondition(scope, depth-1)}
		}
		return negation{d.drawCondition(scope, depth-1)}
	}
	conditions := []expr{
		binary{pick(d, "==", "!="), variable("customer.group"), literal{"G1"}},
		binary{"==", variable("customer.segment"), literal{"gold"}},
		binary{"startsWith", variable("customer.region"), literal{"eu/"}},
		binary{pick(d, ">=", "<"), variable("quote.date"), literal{day("2026-03-01")}},
		binary{"!=", variable("quote.currency"), literal{"EUR"}},
		variable("quote.inputs.express"), variable("customer.tax_exempt"),
		binary{"==", variable("customer.parent"), literal{"C2"}}, binary{"!=", variable("customer.price_list"), literal{"L1"}},
		binary{"<=", variable("quote.inputs.fixing"), variable("quote.date")},
	}
	if scope == ofLine {
		conditions = append(conditions, variable("line.return"),
			binary{pick(d, "<", ">="), variable("line.end"), literal{day("2026-12-31")}},
			binary{pick(d, "<", ">="), variable("line.start"), variable("quote.date")},
			binary{pick(d, "endsWith", "contains"), variable("product.family"), literal{pick(d, "b", "a")}},
			binary{"!=", variable("product.unit"), variable("line.unit")},
			binary{">", variable("line.cost"), literal{d.number("5", "100")}},
			binary{pick(d, ">=", "<", "!=", "=="), variable("line.quantity"), literal{d.number("2", "5", "10")}},
			binary{">", variable("product.score"), literal{num("2")}},
			binary{pick(d, "==", "!="), variable("product.brand"), literal{"X"}},
			binary{"startsWith", variable("product.family"), literal{"a/"}},
			oneOf{variable("product.sku"), []string{"P1", "P3"}, d.oneIn(2)},
			variable("line.inputs.flag"), binary{"<", variable("line.requested"), literal{catalog.Date{Year: 2026, Month: 3, Day: 2}}})
	}
	if d.f.crossLine {
		conditions = append(conditions, binary{">=", variable("quote.lines"), literal{d.number("2", "3")}})
	}
	return pick(d, conditions...)
}

// when draws a condition now and then.
func (d *drawer) when(n int, scope drawScope) expr {
	if !d.oneIn(n) {
		return nil
	}
	return d.drawCondition(scope, 1)
}
