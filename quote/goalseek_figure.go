package quote

import (
	"slices"

	"quotewright/money"
)

// goalFigure is a figure that can be aimed at.
type goalFigure struct {
	name    string
	ofQuote bool
	ofLine  bool
	cost    bool // it shows what something costs
	percent bool // else an amount
	recurs  bool // only where something recurs
}

// goalFigures are all of them, in the order in which they are listed.
var goalFigures = []goalFigure{
	{name: "net", ofQuote: true, ofLine: true},
	{name: "tax", ofQuote: true, ofLine: true},
	{name: "gross", ofQuote: true, ofLine: true},
	{name: "list", ofQuote: true, ofLine: true},
	{name: "discount", ofQuote: true, ofLine: true},
	{name: "discount_percent", ofQuote: true, ofLine: true, percent: true},
	{name: "cost", ofQuote: true, ofLine: true, cost: true},
	{name: "margin", ofQuote: true, ofLine: true, cost: true},
	{name: "margin_percent", ofQuote: true, ofLine: true, cost: true, percent: true},
	{name: "unit_price", ofLine: true},
	{name: "one_off", ofQuote: true, recurs: true},
	{name: "recurring", ofQuote: true, recurs: true},
	{name: "tcv", ofQuote: true, recurs: true},
	{name: "arr", ofQuote: true, recurs: true},
	{name: "per_period", ofLine: true, recurs: true},
	{name: "annual", ofLine: true, recurs: true},
}

func findFigure(name string) (goalFigure, bool) {
	i := slices.IndexFunc(goalFigures, func(f goalFigure) bool { return f.name == name })
	if i < 0 {
		return goalFigure{}, false
	}
	return goalFigures[i], true
}

// figureNames returns the figures of a line, or of the quote.
func figureNames(ofLine bool) []string {
	var names []string
	for _, f := range goalFigures {
		if ofLine && f.ofLine || !ofLine && f.ofQuote {
			names = append(names, f.name)
		}
	}
	return names
}

// of reads the figure of a line, or with "" of the quote; nil: it is not known.
func (f goalFigure) of(e *Evaluation, line string) *money.Num {
	if line == "" {
		return e.Totals.figure(f.name)
	}
	i := slices.IndexFunc(e.Lines, func(l EvaluatedLine) bool { return l.ID == line })
	return e.Lines[i].figure(f.name)
}

// text writes a value of the figure.
func (f goalFigure) text(n money.Num, currency money.Currency) string {
	if f.percent {
		return n.String()
	}
	return currency.AmountOf(n).String()
}

// missing says why the figure is not known.
func (f goalFigure) missing() string {
	switch {
	case f.cost:
		return "the cost of something in it is not known"
	case f.recurs:
		return "nothing in it recurs"
	}
	return "it has no price"
}

func (t *Totals) figure(name string) *money.Num {
	switch name {
	case "net":
		return numberOf(t.Net)
	case "tax":
		return numberOf(t.Tax)
	case "gross":
		return numberOf(t.Gross)
	case "list":
		return numberOf(t.List)
	case "discount":
		return numberOf(t.Discount)
	case "discount_percent":
		return t.DiscountPercent
	case "cost":
		return numberOf(t.Cost)
	case "margin":
		return numberOf(t.Margin)
	case "margin_percent":
		return t.MarginPercent
	case "one_off":
		return numberOf(t.OneOff)
	case "recurring":
		return numberOf(t.Recurring)
	case "tcv":
		return numberOf(t.TCV)
	case "arr":
		return numberOf(t.ARR)
	}
	return nil
}

func (l *EvaluatedLine) figure(name string) *money.Num {
	switch name {
	case "net":
		return numberOf(l.Net)
	case "tax":
		return numberOf(l.Tax)
	case "gross":
		return numberOf(l.Gross)
	case "list":
		return numberOf(l.List)
	case "discount":
		return numberOf(l.Discount)
	case "discount_percent":
		return l.DiscountPercent
	case "cost":
		return numberOf(l.Cost)
	case "margin":
		return numberOf(l.Margin)
	case "margin_percent":
		return l.MarginPercent
	case "unit_price":
		return numberOf(l.UnitPrice)
	case "per_period":
		if l.Recurring != nil {
			return numberOf(l.Recurring.PerPeriod)
		}
	case "annual":
		if l.Recurring != nil {
			return numberOf(l.Recurring.Annual)
		}
	}
	return nil
}

func numberOf(a *money.Amount) *money.Num {
	if a == nil {
		return nil
	}
	return &a.Num
}
