package quote_test

import (
	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// This file and its neighbours naive_*_test.go are a second implementation of the pricing
// language, written from its description: a plain walk over plain structs, slow on purpose,
// with shopspring/decimal and nothing of the pricing package. Random rulebooks, catalogs and
// requests are priced by both, and they have to agree.

type dec = decimal.Decimal

// naiveBook is a rulebook with one sales model, of the part of the language that is drawn.
type naiveBook struct {
	company     string // currency
	netRounding string
	lists       []naivePriceList
	types       []naiveType
	tables      []naiveTable
	refusals    []naiveRefusal
	steps       []naiveStep
	exclusions  []naiveExclusion
	approvals   []naiveApproval
}

type naivePriceList struct {
	id, from string
	percent  *dec
	round    *naiveRound
}

type naiveType struct {
	id, measure string
	access      [][]string
	scale       string // range, slab, block
	scaleBy     string
	scaleOver   []string // nil: the line; "quote"; "record"; else fields
	chargeBy    string
	rateDate    string
	round       *naiveRound
}

type naiveRound struct {
	each string // line, unit, document
	to   *dec
	mode string
}

type naiveRefusal struct {
	id   string
	when expr
}

type naiveApproval struct {
	id      string
	when    expr
	perLine bool
}

type naiveExclusion struct {
	group   string
	between []string
	ifGroup string
	drop    []string
	keep    string
}

// naiveStep is one step. Its kind is the YAML key of its source.
type naiveStep struct {
	id, kind  string
	name      string // condition type, table or input
	formula   expr   // of a formula or a sum
	when      expr
	basis     []string
	choose    string
	exclusion string
	per       string
	allocate  string
	round     *naiveRound // of a rounding step: its source
	min, max  *dec
	required  bool
	replaces  []string
	override  string
	guidance  string
	measure   string // of an input
	effect    string
	currency  string

	excluded, included, statistical, allowNegative, cutAtZero bool

	adjustments []naiveAdjustment
	freeGoods   []naiveFreeGoods
	bundles     []naiveBundle
	coupons     []naiveCoupon
	term        *naiveTerm
}

type naiveAdjustment struct {
	id              string
	when            expr
	percent, amount expr
	per             string
}

type naiveFreeGoods struct {
	id                      string
	buy, get                expr
	every, free             dec
	minimum, limit, percent *dec
	over, sku               string
	exclusive               bool
}

type naiveBundle struct {
	id             string
	when           expr
	of             []naivePart
	price, percent *dec
	limit          *dec
}

type naivePart struct {
	sku      string
	quantity dec
}

type naiveCoupon struct {
	id                                string
	when                              expr
	percent, amount, minimum, maximum *dec
	from, to                          catalog.Date
	uses, usesPerCustomer             int
}

// naiveTable is a decision table. Each column is an input with an operator; outputs are
// percent, amount and per.
type naiveTable struct {
	id, hit string
	columns []naiveColumn
	rows    []naiveRow
}

type naiveColumn struct {
	input, operator string // "", !=, >=, >, <=, <, in, not in, startsWith
}

type naiveRow struct {
	cells           []string // "" matches anything
	percent, amount *dec
	per             string
}

// naiveWorld is the catalog.
type naiveWorld struct {
	products  []naiveProduct
	units     []naiveUnit
	customers []naiveCustomer
	records   []naiveRecord
	rates     []naiveRate
}

type naiveProduct struct {
	sku, family, unit, taxCategory, brand string
	status                                catalog.Status
	weight                                dec
	score                                 *dec
	cost                                  *dec
	minimum, multiple                     dec
}

type naiveUnit struct {
	sku, unit              string
	numerator, denominator dec
}

type naiveCustomer struct {
	id, parent, group, list, currency, region, country, segment string
	exempt                                                      bool
}

type naiveRecord struct {
	id, typ, measure string
	keys             map[string]string
	minimum, value   dec
	currency         string
	per              dec
	unit             string
	from, to         catalog.Date
	lower, upper     *dec
}

type naiveRate struct {
	from, to string
	rate     dec
	date     catalog.Date
}

// naiveRequest is what is asked for.
type naiveRequest struct {
	customer, currency string
	date               catalog.Date
	end                catalog.Date
	inputs             map[string]any // dec, bool, string or catalog.Date
	redeemed           map[string][2]int
	lines              []naiveRequestLine
}

type naiveRequestLine struct {
	id, sku, unit string
	quantity      dec
	optional      bool
	requested     catalog.Date
	start, end    catalog.Date
	months        int
	ramp          []naiveRamp
	inputs        map[string]any
}

// The inputs and attributes that every drawn rulebook declares.
var (
	naiveLineInputs = []string{"discount_percent", "number", "discount_amount", "number", "markup_percent", "number", "set_price", "number",
		"manual", "number", "flag", "boolean"}
	naiveQuoteInputs = []string{"codes", "text", "factor", "number", "express", "boolean", "fixing", "date", "fee_amount", "number"}
)

func (w *naiveWorld) product(sku string) *naiveProduct {
	for i := range w.products {
		if w.products[i].sku == sku {
			return &w.products[i]
		}
	}
	return nil
}

func (w *naiveWorld) customer(id string) *naiveCustomer {
	for i := range w.customers {
		if w.customers[i].id == id {
			return &w.customers[i]
		}
	}
	return nil
}

// baseUnits converts a unit of a product: how many base units one of it is.
func (w *naiveWorld) baseUnits(p *naiveProduct, unit string) (numerator, denominator dec, known bool) {
	if unit == "" || unit == p.unit {
		return decimal.NewFromInt(1), decimal.NewFromInt(1), true
	}
	for _, sku := range []string{p.sku, ""} {
		for _, u := range w.units {
			if u.sku == sku && u.unit == unit {
				return u.numerator, u.denominator, true
			}
		}
	}
	return dec{}, dec{}, false
}

func digitsOf(currency string) int32 {
	return map[string]int32{"EUR": 2, "USD": 2, "TWD": 2, "JPY": 0, "KWD": 3}[currency]
}

func minorUnit(currency string) dec { return decimal.New(1, -digitsOf(currency)) }
