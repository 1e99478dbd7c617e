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
	counting := e.counting()
	return func(name string) any {
		if id, is := strings.CutPrefix(name, "price."); is {
			return sumOf(counting, func(l *naiveLine) dec { return l.of(id).amount }).Add(e.unallocatedIn(id))
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
		if l.figures.floor == nil {
			return nil
		}
		return *l.figures.floor
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
		if p.score == nil {
			return nil
		}
		return *p.score
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
	counting := e.counting()
	switch name {
	case inexactly:
		e.inexact = true
		return nil
	case "quote.date":
		return e.req.date
	case "quote.currency":
		return e.currency
	case "quote.lines":
		return decimal.NewFromInt(int64(len(counting)))
	case "quote.quantity":
		return sumOf(counting, func(l *naiveLine) dec { return l.quantity })
	case "quote.weight_kg":
		return sumOf(counting, func(l *naiveLine) dec { return l.weight })
	case "quote.net":
		return e.totals.net
	case "quote.discount_percent":
		return e.totals.percent
	case "customer.id":
		return e.customer.id
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
