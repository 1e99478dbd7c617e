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
}

// EligibilityDefinition refuses a product when its condition holds.
type EligibilityDefinition struct {
	ID     string
	At     fault.Position
	When   formula.Source
	Refuse formula.Source // message template
}

// StepDefinition is one step of a procedure. Exactly one source is set: Condition,
// Table, Formula, Adjustments, Input, Options, Components or Subtotal.
type StepDefinition struct {
	ID    string
	Title string
	At    fault.Position

	Condition   Name // condition type
	Table       Name // decision table
	Formula     formula.Source
	Adjustments []AdjustmentDefinition
	Input       Name
	Options     Name // condition type of option prices
	Components  Name // condition type of component prices
	Subtotal    bool

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
}

// Name is a word of a rule file with its place.
type Name struct {
	Text string
	At   fault.Position
}

// RoundDefinition rounds a step's amount, or with each unit, the amount of one unit.
type RoundDefinition struct {
	Each Name             // line, unit
	To   *decimal.Decimal // increment; nil: the currency's minor unit
	Mode Name
	At   fault.Position
}

// AdjustmentDefinition is one entry of an adjustments step: percent of the basis, an
// amount, or a formula for an amount.
type AdjustmentDefinition struct {
	ID      string
	Title   string
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
	Order  Name           // sequence, parallel
	Reason formula.Source // message template; empty text: made from the condition
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
