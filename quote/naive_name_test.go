package quote_test

import (
	"strings"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

func num(s string) dec { return decimal.RequireFromString(s) }

func day(s string) catalog.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// orNothing makes no value of an empty text.
func orNothing(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orNone makes no value of no number.
func orNone(d *dec) any {
	if d == nil {
		return nil
	}
	return *d
}

// onLine gives the names of formulas their values on a line.
func (e *naiveEvaluator) onLine(l *naiveLine) func(string) any {
	return func(name string) any {
		root, rest, _ := strings.Cut(name, ".")
		switch root {
		case "price":
			return l.of(rest).amount
		case "rate":
			if r := l.of(rest); len(r.rates) == 1 {
				return r.rates[0]
			}
			return nil
		case "line":
			return e.lineName(l, rest)
		case "product":
			return e.productName(l.product, rest)
		}
		return e.sharedName(name)
	}
}

// onQuote gives the names of formulas of the whole quote their values.
func (e *naiveEvaluator) onQuote() func(string) any {
	return func(name string) any {
		if id, is := strings.CutPrefix(name, "price."); is {
			return sumOf(e.present, func(l *naiveLine) dec { return l.of(id).amount }).Add(e.unallocatedIn(id))
		}
		return e.sharedName(name)
	}
}

func (e *naiveEvaluator) lineName(l *naiveLine, name string) any {
	if in, is := strings.CutPrefix(name, "inputs."); is {
		return l.req.inputs[in]
	}
	switch name {
	case "id":
		return l.req.id
	case "sku":
		return l.product.sku
	case "quantity":
		return l.quantity
	case "unit":
		return l.unit
	case "weight_kg":
		return l.weight
	case "cost":
		return orNone(l.cost)
	case "unit_cost":
		if l.cost == nil {
			return nil
		}
		return e.divide(*l.cost, l.quantity)
	case "margin":
		return orNone(l.figures.margin)
	case "margin_percent":
		return orNone(l.figures.marginPercent)
	case "unit_price":
		return l.figures.unit
	case "start", "end":
		start, end, known := e.termOf(l)
		if !known {
			return nil
		}
		return map[string]catalog.Date{"start": start, "end": end}[name]
	case "return":
		return l.returned
	case "requested":
		if l.req.requested.IsZero() {
			return nil
		}
		return l.req.requested
	case "net":
		return l.figures.net
	case "list":
		return l.figures.list
	case "discount_percent":
		return l.figures.percent
	case "guidance":
		return orNothing(l.figures.position)
	case "floor":
		return orNone(l.figures.floor)
	case "target":
		return orNone(l.figures.target)
	case "floor_gap_percent":
		if l.figures.floor == nil || l.figures.floor.IsZero() {
			return nil
		}
		return e.percentage(l.figures.floor.Sub(l.figures.net), *l.figures.floor)
	}
	panic("line." + name)
}

func (e *naiveEvaluator) productName(p *naiveProduct, name string) any {
	switch name {
	case "sku":
		return p.sku
	case "family":
		return orNothing(p.family)
	case "brand":
		return orNothing(p.brand)
	case "tax_category":
		return orNothing(p.taxCategory)
	case "weight_kg":
		return p.weight
	case "score":
		return orNone(p.score)
	case "cost":
		return orNone(p.cost)
	case "unit":
		return p.unit
	case "status":
		return string(p.status)
	case "min_quantity":
		return p.minimum
	}
	panic("product." + name)
}

// sharedName is what all lines have in common.
func (e *naiveEvaluator) sharedName(name string) any {
	if in, is := strings.CutPrefix(name, "quote.inputs."); is {
		return e.req.inputs[in]
	}
	if id, is := strings.CutPrefix(name, "sum."); is {
		return e.sums[id]
	}
	switch name {
	case inexactly:
		e.inexact = true
		return nil
	case "quote.date":
		return e.req.date
	case "quote.currency":
		return e.currency
	case "quote.lines":
		return decimal.NewFromInt(int64(len(e.present)))
	case "quote.quantity":
		return sumOf(e.present, func(l *naiveLine) dec { return l.quantity })
	case "quote.weight_kg":
		return sumOf(e.present, func(l *naiveLine) dec { return l.weight })
	case "quote.net":
		return e.totals.net
	case "quote.list":
		return e.totals.list
	case "quote.gross":
		return e.totals.gross
	case "quote.cost":
		return orNone(e.totals.cost)
	case "quote.margin":
		return orNone(e.totals.margin)
	case "quote.margin_percent":
		return orNone(e.totals.marginPercent)
	case "quote.discount_percent":
		return e.totals.percent
	case "customer.id":
		return e.customer.id
	case "customer.parent":
		return orNothing(e.customer.parent)
	case "customer.price_list":
		return orNothing(e.customer.list)
	case "customer.group":
		return orNothing(e.customer.group)
	case "customer.segment":
		return orNothing(e.customer.segment)
	case "customer.region":
		return orNothing(e.customer.region)
	case "customer.tax_exempt":
		return e.customer.exempt
	}
	panic(name)
}
