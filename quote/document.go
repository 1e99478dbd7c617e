package quote

import (
	"quotewright/catalog"
	"quotewright/money"
	"quotewright/pricing"
)

// Evaluation is what a request costs and why, and what it was read from. Two
// evaluations of the same request with the same Book and the same catalog are the same
// bytes in JSON.
type Evaluation struct {
	Versions          Versions         `json:"versions"`
	CatalogAgeSeconds *int64           `json:"catalog_age_seconds,omitempty"` // set where it is shown; never stored
	Currency          string           `json:"currency"`
	Lines             []EvaluatedLine  `json:"lines"`
	Steps             []Step           `json:"steps"` // of the whole quote
	Totals            Totals           `json:"totals"`
	FreeGoods         []FreeGood       `json:"free_goods,omitempty"` // added to what is ordered
	Coupons           []Coupon         `json:"coupons,omitempty"`    // that took something off
	Approvals         []NeededApproval `json:"approvals"`
	Messages          []Message        `json:"messages"`

	facts func() catalog.Facts // makes the evaluation again, on a View that records
}

// Versions name everything an evaluation depends on besides its request.
type Versions struct {
	Rulebook string `json:"rulebook"` // content hash
	Catalog  string `json:"catalog"`
	Engine   string `json:"engine"`
}

// EvaluatedLine is a line of the request with its price. A line with an error has no
// amounts.
type EvaluatedLine struct {
	ID              string         `json:"id"`
	SKU             string         `json:"sku"`
	Alias           string         `json:"alias,omitempty"` // as requested, when it is another name
	Name            string         `json:"name,omitempty"`
	PartNumber      string         `json:"part_number,omitempty"`
	Quantity        string         `json:"quantity"`
	Unit            string         `json:"unit,omitempty"`
	Optional        bool           `json:"optional,omitempty"` // not in the totals
	Refused         bool           `json:"refused,omitempty"`  // may not be sold; not in the totals
	UnitPrice       *money.Amount  `json:"unit_price,omitempty"`
	List            *money.Amount  `json:"list,omitempty"`
	Discount        *money.Amount  `json:"discount,omitempty"`
	DiscountPercent *money.Num     `json:"discount_percent,omitempty"` // of list
	Net             *money.Amount  `json:"net,omitempty"`
	Tax             *money.Amount  `json:"tax,omitempty"`
	Gross           *money.Amount  `json:"gross,omitempty"`
	Steps           []Step         `json:"steps,omitempty"`
	Configuration   *Configuration `json:"configuration,omitempty"`
	Components      []Component    `json:"components,omitempty"`
	Cost            *money.Amount  `json:"cost,omitempty"` // absent: not known, or not to be seen
	Margin          *money.Amount  `json:"margin,omitempty"`
	MarginPercent   *money.Num     `json:"margin_percent,omitempty"`
	Availability    *Availability  `json:"availability,omitempty"`
	Guidance        *Guidance      `json:"guidance,omitempty"`
	Recurring       *Recurring     `json:"recurring,omitempty"`
}

// FreeGood is something that is delivered and not charged.
type FreeGood struct {
	ID       string  `json:"id"`   // of the rule
	Line     string  `json:"line"` // the line that earned it
	SKU      string  `json:"sku"`
	Quantity string  `json:"quantity"`
	Unit     string  `json:"unit"`
	Source   *Source `json:"source,omitempty"`
}

// Coupon is a coupon that an evaluation made use of, with its limits; 0 is any number.
type Coupon struct {
	ID              string `json:"id"`
	Uses            int    `json:"uses,omitempty"`
	UsesPerCustomer int    `json:"uses_per_customer,omitempty"`
}

// Guidance compares a line's net with what it should be.
type Guidance struct {
	Floor    *money.Amount `json:"floor,omitempty"`
	Target   *money.Amount `json:"target,omitempty"`
	Stretch  *money.Amount `json:"stretch,omitempty"`
	Position string        `json:"position"` // below_floor, below_target, below_stretch, above
	// ShowsCost: one of them is computed from what something costs.
	ShowsCost bool `json:"shows_cost,omitempty"`
}

// Recurring is the part of a line that is paid again and again; the line's net is the sum
// of its charges.
type Recurring struct {
	Period    string        `json:"period"`     // week, month, quarter, year …
	PerPeriod *money.Amount `json:"per_period"` // of a whole period at the start
	Start     catalog.Date  `json:"start"`
	End       catalog.Date  `json:"end"` // inclusive
	Annual    *money.Amount `json:"annual"`
	Charges   []Charge      `json:"charges"`
}

// Charge is what one billing period costs.
type Charge struct {
	From   catalog.Date  `json:"from"`
	To     catalog.Date  `json:"to"` // inclusive
	Amount *money.Amount `json:"amount"`
}

// Step is one step of the price waterfall.
type Step = pricing.Step

// Source is where a value comes from: a place in a rule file, a record of the catalog.
type Source = pricing.Source

// Lost is something that did not apply, and why.
type Lost = pricing.Lost

// Component is one position of the exploded bill of material.
type Component struct {
	Level    int           `json:"level"`
	Position string        `json:"position"`
	SKU      string        `json:"sku"`
	Name     string        `json:"name,omitempty"`
	Quantity string        `json:"quantity"`
	Unit     string        `json:"unit,omitempty"`
	Assembly bool          `json:"assembly,omitempty"` // its own components follow
	UnitCost *money.Amount `json:"unit_cost,omitempty"`
	Cost     *money.Amount `json:"cost,omitempty"`
}

// Availability is when the line can be delivered.
type Availability struct {
	Date         catalog.Date `json:"date,omitzero"`
	FromStock    string       `json:"from_stock,omitempty"`
	LeadTimeDays int          `json:"lead_time_days"`
	Late         bool         `json:"late,omitempty"` // after the date that was asked for
}

// Totals add up the lines that are not optional.
type Totals struct {
	List            *money.Amount `json:"list,omitempty"`
	Discount        *money.Amount `json:"discount,omitempty"`
	DiscountPercent *money.Num    `json:"discount_percent,omitempty"` // of list
	Net             *money.Amount `json:"net,omitempty"`
	Tax             *money.Amount `json:"tax,omitempty"`
	Gross           *money.Amount `json:"gross,omitempty"`
	Cost            *money.Amount `json:"cost,omitempty"`
	Margin          *money.Amount `json:"margin,omitempty"`
	MarginPercent   *money.Num    `json:"margin_percent,omitempty"`
	OneOff          *money.Amount `json:"one_off,omitempty"`   // these four: where something recurs
	Recurring       *money.Amount `json:"recurring,omitempty"` // over all terms
	TCV             *money.Amount `json:"tcv,omitempty"`       // one-off + recurring
	ARR             *money.Amount `json:"arr,omitempty"`       // recurring in a year at the start
}

// NeededApproval is a decision that the rules ask for.
type NeededApproval struct {
	ID     string   `json:"id"`
	Roles  []string `json:"roles"`
	Order  string   `json:"order,omitempty"` // sequence, parallel
	Lines  []string `json:"lines,omitempty"`
	Reason string   `json:"reason,omitempty"`
	// ShowsCost: the reason speaks of costs or margins.
	ShowsCost bool `json:"shows_cost,omitempty"`
}

// Severity says how bad a message is. A quote with an error cannot be submitted.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Message is something to tell about the request or one of its lines.
type Message struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Line     string   `json:"line,omitempty"`
	Feature  string   `json:"feature,omitempty"`
	Text     string   `json:"text"`
	Source   *Source  `json:"source,omitempty"`
}

// Errors returns the messages that keep a quote from being submitted.
func (e *Evaluation) Errors() []Message {
	var errs []Message
	for _, m := range e.Messages {
		if m.Severity == SeverityError {
			errs = append(errs, m)
		}
	}
	return errs
}

// Facts returns what the evaluation was read from: with the same Book, a Snapshot of
// their Records gives the same Evaluation. It takes an evaluation to find out. An
// Evaluation that was decoded has none.
func (e *Evaluation) Facts() catalog.Facts {
	if e.facts == nil {
		return catalog.Facts{}
	}
	return e.facts()
}
