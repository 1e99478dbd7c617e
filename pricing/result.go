package pricing

import (
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// Input is everything a sales model prices: a customer, a date, and lines whose
// products, quantities, options, components and costs are known.
type Input struct {
	Date     catalog.Date
	Currency money.Currency
	Customer *catalog.Customer
	Inputs   map[string]formula.Value // quote inputs, checked against the schema
	Lines    []Line
}

// Line is one line to price.
type Line struct {
	ID           string
	Product      *catalog.Product
	Quantity     decimal.Decimal // in Unit
	Unit         string
	BaseQuantity decimal.Decimal // in the product's base unit
	Inputs       map[string]formula.Value
	Requested    catalog.Date
	Feature      func(name string) formula.Value // configuration.NAME; nil: no configuration
	Options      [][]string                      // per chosen option its price keys, most specific first
	Components   []Component
	Cost         *decimal.Decimal // of the whole line in the quote's currency; nil: not known
	WeightKg     decimal.Decimal  // of the whole line
	Stock        decimal.Decimal  // free stock on the sales model's sites, base units
	Optional     bool             // priced, but not in the totals
	Skip         bool             // has errors already and is not priced
}

// Component is a part of what the line is made of. Components come as a tree written
// out, each before what it is made of.
type Component struct {
	Level    int // 1: directly in the line's product
	Product  *catalog.Product
	Quantity decimal.Decimal // base units, for the whole line
}

// Result is the priced quote.
type Result struct {
	Lines     []LineResult
	Totals    Totals
	Approvals []Approval
	Messages  []Message
}

// LineResult is the priced line. When Failed is set there are messages that say why,
// and no amount counts.
type LineResult struct {
	ID     string
	Failed bool
	Steps  []StepResult
	Figures
	UnitPrice money.Amount
}

// Figures are the amounts of a line or of a quote. Cost, Margin and MarginPercent are
// nil when a cost is not known.
type Figures struct {
	List            money.Amount
	Discount        money.Amount // what steps after list took off; positive
	Net             money.Amount
	Tax             money.Amount
	Gross           money.Amount
	Cost            *money.Amount
	Margin          *money.Amount
	MarginPercent   *decimal.Decimal
	DiscountPercent decimal.Decimal
	WeightKg        decimal.Decimal
}

// Totals are the figures of all lines that are not optional: sums of rounded lines.
type Totals = Figures

// StepResult is what a step did on a line.
type StepResult struct {
	ID          string           `json:"id"`
	Title       string           `json:"title,omitempty"`
	Kind        string           `json:"kind"` // the step's source: condition, table, subtotal …
	Amount      money.Amount     `json:"amount"`
	Running     money.Amount     `json:"running"`
	Basis       *money.Amount    `json:"basis,omitempty"`
	Rate        *decimal.Decimal `json:"rate,omitempty"` // percent
	Source      *Source          `json:"source,omitempty"`
	Statistical bool             `json:"statistical,omitempty"`
	Excluded    bool             `json:"excluded,omitempty"` // not part of net
	Cost        bool             `json:"-"`                  // shows what something costs
	Note        string           `json:"note,omitempty"`
	Lost        []Lost           `json:"lost,omitempty"`
}

// Source says where a step's value comes from.
type Source struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Record string `json:"record,omitempty"` // condition record, adjustment
}

// Lost is a candidate that did not count, and why.
type Lost struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Approval is what an approver is asked.
type Approval struct {
	ID     string   `json:"id"`
	Roles  []string `json:"roles"`
	Order  string   `json:"order,omitempty"`
	Lines  []string `json:"lines,omitempty"`
	Reason string   `json:"reason"`
	Cost   bool     `json:"-"` // the reason shows what something costs
}

// Message is something to tell the rep.
type Message struct {
	Severity string          `json:"severity"` // error, warning, info
	Code     string          `json:"code"`
	Line     string          `json:"line,omitempty"`
	Text     string          `json:"text"`
	Source   *fault.Position `json:"source,omitempty"`
}
