package pricing

import (
	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// Trace says how much of the why a result tells.
type Trace uint8

// The traces. TraceNone computes amounts only. TraceNormal tells of everything that was
// found. TraceFull also says of every row of a table and every adjustment of a long list
// why it does not apply.
const (
	TraceNormal Trace = iota
	TraceNone
	TraceFull
)

// Input is everything a sales model prices: a customer, a date, and lines whose
// products, quantities, options, components and costs are known.
type Input struct {
	Date     catalog.Date
	End      catalog.Date // of recurring lines that say none
	Currency money.Currency
	Customer *catalog.Customer
	Inputs   map[string]formula.Value // quote inputs, checked against the schema
	Lines    []Line
	Language string                // of titles and messages; "": the rulebook's first
	Redeemed map[string]Redemption // by coupon
	Trace    Trace
}

// Redemption says how often a coupon has been used.
type Redemption struct{ Uses, Customer int }

// Line is one line to price. A negative quantity is a return; cost, weight and
// components are those of the quantity without its sign.
type Line struct {
	ID           string
	Product      *catalog.Product
	Quantity     money.Num // in Unit
	Unit         string
	BaseQuantity money.Num // in the product's base unit
	Inputs       map[string]formula.Value
	Requested    catalog.Date
	Feature      func(name string) formula.Value // configuration.NAME; nil: no configuration
	Options      [][]string                      // per chosen option its price keys, most specific first
	Components   []Component
	Cost         *money.Num // of the whole line in the quote's currency; nil: not known
	WeightKg     money.Num  // of the whole line
	Stock        money.Num  // free stock on the sales model's sites, base units
	Optional     bool       // priced, but not in the totals
	Skip         bool       // has errors already and is not priced
	Term         *Term      // how long it runs; nil: not said
}

// Component is a part of what the line is made of. Components come as a tree written
// out, each before what it is made of.
type Component struct {
	Level    int // 1: directly in the line's product
	Product  *catalog.Product
	Quantity money.Num // base units, for the whole line
}

// Result is the priced quote.
type Result struct {
	Lines     []LineResult
	Steps     []Step // of the whole quote
	FreeGoods []FreeGood
	Coupons   []Coupon // that took something off
	Totals    Totals
	Approvals []Approval
	Messages  []Message
}

// LineResult is the priced line. When Failed is set there are messages that say why,
// and no amount counts.
type LineResult struct {
	ID      string
	Failed  bool
	Refused bool // may not be sold; priced all the same, but not in the totals
	Steps   []Step
	Figures
	UnitPrice money.Amount
	Guidance  *Guidance
	Recurring *Recurring
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
	MarginPercent   *money.Num
	DiscountPercent money.Num // exact discount of exact list, to two places
	WeightKg        money.Num

	exactList, exactDiscount money.Num
}

// Totals are the figures of all lines that count, and of amounts that stay with the
// quote. The last four are nil when nothing recurs.
type Totals struct {
	Figures
	OneOff    *money.Amount
	Recurring *money.Amount // over all terms
	TCV       *money.Amount
	ARR       *money.Amount
}

// Guidance compares a line's net with what it should be.
type Guidance struct {
	Floor, Target, Stretch *money.Amount
	Position               string // below_floor, below_target, below_stretch, above
	Cost                   bool   // one of them shows what something costs
}

// Recurring is the schedule of a line that is paid again and again.
type Recurring struct {
	Period     string
	PerPeriod  money.Amount
	Annual     money.Amount
	Start, End catalog.Date
	Charges    []Charge // they add up to the line's net
}

// FreeGood is something that is delivered and not charged.
type FreeGood struct {
	ID       string // of the rule
	Line     string
	SKU      string
	Quantity money.Num
	Unit     string
	Source   *Source
}

// Verdict is what became of a step on a line.
type Verdict = string

// The verdicts: its amount counts (it may be 0); something was found but did not stay;
// there was nothing for it to do.
const (
	Applied       Verdict = "applied"
	NotKept       Verdict = "lost"
	NotApplicable Verdict = "not_applicable"
)

// Step is what a step did on a line, or on the quote.
type Step struct {
	ID          string        `json:"id"`
	Title       string        `json:"title,omitempty"`
	Kind        string        `json:"kind,omitempty"` // its source: condition, table, subtotal …
	Verdict     Verdict       `json:"verdict,omitempty"`
	Amount      *money.Amount `json:"amount,omitempty"`
	Running     *money.Amount `json:"running,omitempty"`
	Basis       *money.Amount `json:"basis,omitempty"`
	Rate        *money.Num    `json:"rate,omitempty"` // percent
	Source      *Source       `json:"source,omitempty"`
	Allocate    string        `json:"allocate,omitempty"`    // of a step of the quote: how it is spread over the lines; none: it is not
	Statistical bool          `json:"statistical,omitempty"` // not part of the price
	Excluded    bool          `json:"excluded,omitempty"`    // not part of net
	ShowsCost   bool          `json:"shows_cost,omitempty"`  // hidden from whoever may not see costs
	Lost        []Lost        `json:"lost,omitempty"`
	Note        string        `json:"note,omitempty"`
}

// Source is where a value comes from: a place in a rule file, a record of the catalog.
type Source struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Record string `json:"record,omitempty"` // condition record, adjustment, coupon …
}

// Lost is something that did not count, and why.
type Lost struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Coupon is a coupon that was made use of, with its limits; 0 is any number.
type Coupon struct {
	ID                    string
	Uses, UsesPerCustomer int
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
