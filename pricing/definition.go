package pricing

import (
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// ConditionType says how the records of a type are found and read.
type ConditionType struct {
	ID      string
	At      fault.Position
	Measure catalog.Measure
	Access  [][]string // key combinations, most specific first
	Scale   ScaleKind
	// ScaleBy is what a scale counts: quantity, value (the step's basis) or weight.
	ScaleBy Dimension
	// ScaleOver says over which lines a scale counts: empty: the line alone; "quote": all
	// lines; "record": the lines that the record's own keys fit; else key fields: the lines
	// that have the same values in them.
	ScaleOver []string
	// ChargeBy is what an amount is for: so many units (quantity), so many kilograms
	// (weight), or once for the line (line).
	ChargeBy Dimension
	// RateDate is the day whose exchange rate converts an amount: the name of a date, such
	// as line.requested; "record": the record's start; empty: quote.date. A day that is not
	// known is quote.date.
	RateDate Name
	Round    *RoundDefinition // of what one record gives
}

// Dimension is what scales and amounts count.
type Dimension string

// The dimensions.
const (
	ByQuantity Dimension = "quantity"
	ByValue    Dimension = "value"
	ByWeight   Dimension = "weight"
	ByLine     Dimension = "line"
)

// PriceList derives a price list from another one: what it has no record for is the
// other's amount, less or plus Percent, rounded.
type PriceList struct {
	ID      string
	Title   Title
	At      fault.Position
	From    Name
	Percent *decimal.Decimal
	Round   *RoundDefinition // each: unit
}

// Title is a text in the first of the rulebook's languages and its translations.
type Title struct {
	Text string
	In   map[string]string // by language; nil: one text for all
}

// Translated is a message template and its translations.
type Translated struct {
	formula.Source
	In map[string]formula.Source // by language; nil: one for all
}

// ScaleKind says how a scale prices a quantity.
type ScaleKind string

// The kinds of scales: the reached tier prices all units; each unit its own tier; one
// amount for the reached tier.
const (
	ScaleRange ScaleKind = "range"
	ScaleSlab  ScaleKind = "slab"
	ScaleBlock ScaleKind = "block"
)

// Scope says where an input is entered.
type Scope string

// The scopes of inputs.
const (
	ScopeLine  Scope = "line"
	ScopeQuote Scope = "quote"
)

// InputDefinition is something a rep may enter, for a line or for the quote.
type InputDefinition struct {
	ID    string
	Scope Scope
	Title string
	Kind  formula.Kind
	At    fault.Position
}

// path is the input's name in formulas.
func (in InputDefinition) path() string { return string(in.Scope) + ".inputs." + in.ID }

// Attribute is an attribute of products or customers that formulas may read.
type Attribute struct {
	Name    string
	Kind    formula.Kind
	At      fault.Position
	Options []string // of a feature: all it can be; nil: not known
}

// Schema is what a rulebook declares for all its sales models: what formulas, steps
// and tables may name.
type Schema struct {
	Company            money.Currency
	NetRounding        money.Mode
	Conditions         map[string]ConditionType
	Inputs             []InputDefinition
	ProductAttributes  []Attribute
	CustomerAttributes []Attribute
	Features           []Attribute                 // configuration.NAME of all models, attributes of options included (NAME.ATTRIBUTE)
	Functions          map[string]formula.Function // lookup
	PriceLists         map[string]PriceList
	Languages          []string // the first is that of texts without a language
	Tables             map[string]*TableDefinition
}

// Definition is a sales model as people write it, with the place of every part.
type Definition struct {
	ID          string
	Title       string
	At          fault.Position
	Sites       []string // stock sites that count; empty: all
	Eligibility []EligibilityDefinition
	Procedure   []StepDefinition
	Approvals   []ApprovalDefinition
	Exclusions  []ExclusionDefinition
}

// ExclusionDefinition says how exclusion groups decide. Exactly one of Group, Between and
// Drop is set. A group that none names keeps its best step.
type ExclusionDefinition struct {
	At      fault.Position
	Group   Name   // how one group settles itself: Keep best, worst, first or all
	Between []Name // of these groups only one stays: Keep best or worst, by the sums of their steps
	If      Name   // when a step of this group applies,
	Drop    []Name // these groups are dropped
	Keep    Name
}

// EligibilityDefinition refuses a product when its condition holds.
type EligibilityDefinition struct {
	ID     string
	At     fault.Position
	When   formula.Source
	Refuse Translated // message template
}

// StepDefinition is one step of a procedure. Exactly one source is set: Condition,
// Table, Formula, Adjustments, Input, Options, Components, Subtotal, Sum, Rounding,
// FreeGoods, Bundles, Coupons or Term.
type StepDefinition struct {
	ID    string
	Title Title
	At    fault.Position

	Condition   Name // condition type
	Table       Name // decision table
	Formula     formula.Source
	Adjustments []AdjustmentDefinition
	Input       Name
	Options     Name // condition type of option prices
	Components  Name // condition type of component prices
	Subtotal    bool
	Sum         formula.Source // summed over the lines; read as sum.ID
	Rounding    *RoundDefinition
	FreeGoods   []FreeGoodsDefinition
	Bundles     []BundleDefinition
	Coupons     *CouponsDefinition
	Term        *TermDefinition

	When          formula.Source
	Basis         []Name
	Choose        Name // all, first, best, worst; empty: the source's default
	Exclusion     Name // group
	Round         *RoundDefinition
	Min, Max      *decimal.Decimal
	Required      bool
	Per           Name // unit, line, quote; empty: line
	Allocate      Name // net, quantity, weight, none; empty: net when per quote
	Replaces      []Name
	ExcludeFrom   Name // net
	Statistical   bool
	AllowNegative bool
	Measure       Name // of an input: percent, amount, price; empty: from the input's name
	Effect        Name // of an input: discount, surcharge; empty: from the input's name
	Override      Name // of a condition: the input that takes the place of the record's value, within its limits
	Included      bool // a tax that the amounts above contain already
	Guidance      Name // floor, target, stretch: what the price is compared with; statistical
	CutAtZero     bool // cut so that the price does not go below zero
	Currency      Name // of the step's amounts; "company" is the company's; empty: the quote's
}

// Name is a word of a rule file with its place.
type Name struct {
	Text string
	At   fault.Position
}

// RoundDefinition rounds a step's amount, or with each unit, the amount of one unit.
type RoundDefinition struct {
	Each Name             // line, unit, document
	To   *decimal.Decimal // increment; nil: the currency's minor unit
	Mode Name
	At   fault.Position
}

// AdjustmentDefinition is one entry of an adjustments step: percent of the basis, an
// amount, or a formula for an amount.
type AdjustmentDefinition struct {
	ID      string
	Title   Title
	At      fault.Position
	When    formula.Source
	Percent formula.Source // number or formula
	Amount  formula.Source // number or formula
	Per     Name           // unit, line; empty: line
}

// ApprovalDefinition asks for approvers when its condition holds.
type ApprovalDefinition struct {
	ID     string
	At     fault.Position
	When   formula.Source
	Roles  []Name
	Order  Name       // sequence, parallel
	Reason Translated // message template; empty text: made from the condition
}

// TableDefinition is a CSV file of the tables folder, split into cells.
type TableDefinition struct {
	Name   string
	Hit    Name // first, unique, best, collect; empty: first
	Header []Cell
	Rows   [][]Cell
	At     fault.Position
}

// Cell is one cell of a table, trimmed, with its place.
type Cell struct {
	Text string
	At   fault.Position
}

// FreeGoodsDefinition gives Free of every Every units. Inclusive: of the units on the
// lines, some cost less. Exclusive: units are added.
type FreeGoodsDefinition struct {
	ID        string
	Title     Title
	At        fault.Position
	Buy       formula.Source // the lines whose units count
	Get       formula.Source // the lines whose units are free; empty: those that count
	Every     *decimal.Decimal
	Free      *decimal.Decimal
	Minimum   *decimal.Decimal // units from which it holds; nil: Every
	Limit     *decimal.Decimal // free units at most
	Percent   *decimal.Decimal // what a free unit costs less; nil: -100
	Over      Name             // line, quote: whose units are counted together
	Exclusive bool
	SKU       Name // exclusive: what is added; empty: the line's product
}

// BundleDefinition prices products that are bought together. Price or Percent is set.
type BundleDefinition struct {
	ID      string
	Title   Title
	At      fault.Position
	When    formula.Source // of the quote
	Of      []BundlePart
	Price   *decimal.Decimal // of one set
	Percent *decimal.Decimal // off the parts
	Limit   *decimal.Decimal // sets at most
}

// BundlePart is one product of a bundle.
type BundlePart struct {
	SKU      Name
	Quantity *decimal.Decimal // base units; nil: 1
}

// CouponsDefinition takes off what the codes in a quote input are good for.
type CouponsDefinition struct {
	Input  Name
	Offers []CouponDefinition
}

// CouponDefinition is one coupon.
type CouponDefinition struct {
	ID              string // the code
	Title           Title
	At              fault.Position
	When            formula.Source   // of a line: the lines it is for
	Percent, Amount *decimal.Decimal // one of them; negative takes off
	From, To        catalog.Date     // inclusive
	Minimum         *decimal.Decimal // basis of its lines from which it holds
	Maximum         *decimal.Decimal // taken off at most, positive
	Uses            int              // by all customers; 0: any
	UsesPerCustomer int
}

// TermDefinition turns a price per period into the amount of a line's whole term.
type TermDefinition struct {
	At        fault.Position
	Period    Name             // day, week, month, quarter, year: what the price so far is for
	Billing   Name             // month, quarter, year, term; empty: the period
	Align     Name             // start, calendar
	Proration Name             // day, day30, month, none
	Uplift    *decimal.Decimal // percent, compounded at each anniversary
}
