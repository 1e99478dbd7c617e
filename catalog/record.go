// Package catalog is the replica of what the ERP knows: products, condition records,
// bills of material, customers, stock. A Snapshot is immutable and answers look-ups;
// a Delta carries changes; a View is a Snapshot that remembers what was read from it.
// Nothing in this package does I/O.
package catalog

import (
	"time"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"
)

// Date is a day of the calendar without a time zone. The zero value is "no date": in
// a validity it means open at that end.
type Date = civil.Date

// DateOf returns the day of a moment, in the moment's own time zone.
func DateOf(t time.Time) Date { return civil.DateOf(t) }

// Status says whether a product may be sold.
type Status string

// The product statuses.
const (
	Active   Status = "active"
	PhaseOut Status = "phase_out" // sold while stock lasts
	Blocked  Status = "blocked"   // not sold at the moment
	Obsolete Status = "obsolete"  // not sold any more; Successor may say what is
)

// Product is a thing that can be bought, sold or built in.
type Product struct {
	SKU          string            `json:"sku"`
	Name         string            `json:"name"`
	Description  string            `json:"description,omitempty"`
	Family       string            `json:"family,omitempty"` // path: pumps/centrifugal
	Unit         string            `json:"unit"`             // base unit
	Status       Status            `json:"status"`
	Successor    string            `json:"successor,omitempty"`
	Model        string            `json:"model,omitempty"` // configuration model id
	Grade        string            `json:"grade,omitempty"`
	Cost         *decimal.Decimal  `json:"cost,omitempty"` // per base unit; nil is not known
	CostCurrency string            `json:"cost_currency,omitempty"`
	WeightKg     decimal.Decimal   `json:"weight_kg"` // per base unit
	LeadTimeDays int               `json:"lead_time_days"`
	MinQuantity  decimal.Decimal   `json:"min_quantity"` // in base units; 0 is none
	Multiple     decimal.Decimal   `json:"multiple"`     // in base units; 0 is none
	TaxCategory  string            `json:"tax_category,omitempty"`
	Attributes   map[string]string `json:"attributes,omitempty"`
}

// Unit converts a unit of measure of one product, or of all when SKU is empty, to
// the base unit: 1 Unit = Numerator/Denominator base units.
type Unit struct {
	SKU         string          `json:"sku,omitempty"`
	Unit        string          `json:"unit"`
	Numerator   decimal.Decimal `json:"numerator"`
	Denominator decimal.Decimal `json:"denominator"`
}

// Measure says what the value of a condition record is.
type Measure string

// The measures: an amount of a currency per so many units, or percent of a basis.
const (
	MeasureAmount  Measure = "amount"
	MeasurePercent Measure = "percent"
)

// KeyField is one field of a condition record's key, such as customer = C-100.
type KeyField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// KeyColumns are the key fields with a column of their own in conditions.csv, in the
// order in which keys are written. Others are written key:NAME.
var KeyColumns = []string{"sku", "family", "customer", "customer_group", "price_list", "region", "country", "sales_model", "option", "tax_category"}

// Condition is one condition record: for this key, from this quantity on, in this
// time, that value. Records that share everything but MinQuantity, ID, Value and the
// limits form one scale.
type Condition struct {
	ID          string          `json:"id"`
	Type        string          `json:"type"`
	Keys        []KeyField      `json:"keys"` // sorted by name
	MinQuantity decimal.Decimal `json:"min_quantity"`
	Value       decimal.Decimal `json:"value"`
	Measure     Measure         `json:"measure"`
	Currency    string          `json:"currency,omitempty"`  // of an amount; "" is the company's
	Per         decimal.Decimal `json:"per"`                 // units the amount is for; never 0
	Unit        string          `json:"unit,omitempty"`      // "" is the base unit
	ValidFrom   Date            `json:"valid_from,omitzero"` // inclusive
	ValidTo     Date            `json:"valid_to,omitzero"`   // inclusive
	// Between these a rep may change the value; nil: no limit.
	LowerLimit *decimal.Decimal `json:"lower_limit,omitempty"`
	UpperLimit *decimal.Decimal `json:"upper_limit,omitempty"`
}

// BOMItem is one position of a bill of material. Quantity and When are formulas of
// the formula language; a plain number is a formula too.
type BOMItem struct {
	Parent           string          `json:"parent"`
	Position         string          `json:"position"`
	Component        string          `json:"component"`
	Quantity         string          `json:"quantity"` // per base unit of the parent
	Unit             string          `json:"unit,omitempty"`
	When             string          `json:"when,omitempty"`
	ScrapPercent     decimal.Decimal `json:"scrap_percent"`
	Phantom          bool            `json:"phantom,omitempty"`
	ValidFrom        Date            `json:"valid_from,omitzero"`
	ValidTo          Date            `json:"valid_to,omitzero"`
	AlternativeGroup string          `json:"alternative_group,omitempty"`
	Priority         int             `json:"priority"`       // lowest first within an alternative group
	File             string          `json:"file,omitempty"` // where it was read, for errors in its formulas
	Line             int             `json:"line,omitempty"`
}

// Credit says whether a customer may still buy on account.
type Credit string

// The credit states.
const (
	CreditOK    Credit = "ok"
	CreditWatch Credit = "watch"
	CreditStop  Credit = "stop"
)

// Customer is an account of the ERP.
type Customer struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Parent       string            `json:"parent,omitempty"` // the account above; prices of it may hold too
	Group        string            `json:"group,omitempty"`
	PriceList    string            `json:"price_list,omitempty"`
	Currency     string            `json:"currency,omitempty"`
	Country      string            `json:"country,omitempty"`
	Region       string            `json:"region,omitempty"` // path: europe/dach
	TaxExempt    bool              `json:"tax_exempt,omitempty"`
	PaymentTerms string            `json:"payment_terms,omitempty"`
	Credit       Credit            `json:"credit"`
	Attributes   map[string]string `json:"attributes,omitempty"`
}

// Contact is a person at a customer. Key: Customer and ID.
type Contact struct {
	Customer string `json:"customer"`
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Role     string `json:"role,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Language string `json:"language,omitempty"`
}

// Address is a place of a customer. Key: Customer and ID.
type Address struct {
	Customer   string `json:"customer"`
	ID         string `json:"id"`
	Kind       string `json:"kind,omitempty"` // billing, shipping
	Name       string `json:"name,omitempty"`
	Street     string `json:"street,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	City       string `json:"city,omitempty"`
	Region     string `json:"region,omitempty"`
	Country    string `json:"country,omitempty"`
}

// Stock is what one site has of a product. Key: SKU and Site.
type Stock struct {
	SKU          string          `json:"sku"`
	Site         string          `json:"site"`
	OnHand       decimal.Decimal `json:"on_hand"`
	Reserved     decimal.Decimal `json:"reserved"`
	Incoming     decimal.Decimal `json:"incoming"`
	IncomingDate Date            `json:"incoming_date,omitzero"`
}

// Rate is how many units of To one unit of From is worth from a date on. Key: From,
// To and Date.
type Rate struct {
	From string          `json:"from"`
	To   string          `json:"to"`
	Rate decimal.Decimal `json:"rate"`
	Date Date            `json:"date,omitzero"`
}

// Part is another name for a product: a CRM product, a customer's part number. Key:
// Alias, Customer and ValidFrom.
type Part struct {
	Alias     string `json:"alias"`
	SKU       string `json:"sku"`
	Customer  string `json:"customer,omitempty"`
	ValidFrom Date   `json:"valid_from,omitzero"`
	ValidTo   Date   `json:"valid_to,omitzero"`
}

// Order is an order as the ERP knows it. Key: ID.
type Order struct {
	ID        string          `json:"id"`
	Reference string          `json:"reference,omitempty"` // ours
	Customer  string          `json:"customer,omitempty"`
	Status    string          `json:"status,omitempty"`
	Date      Date            `json:"date,omitzero"`
	Currency  string          `json:"currency,omitempty"`
	Total     decimal.Decimal `json:"total"`
}

// OrderLine is a line of an Order. Key: Order and Line.
type OrderLine struct {
	Order    string          `json:"order"`
	Line     string          `json:"line"`
	SKU      string          `json:"sku,omitempty"`
	Ordered  decimal.Decimal `json:"ordered"`
	Shipped  decimal.Decimal `json:"shipped"`
	Invoiced decimal.Decimal `json:"invoiced"`
}

// Invoice is an invoice of an Order. Key: ID.
type Invoice struct {
	ID       string          `json:"id"`
	Order    string          `json:"order,omitempty"`
	Customer string          `json:"customer,omitempty"`
	Date     Date            `json:"date,omitzero"`
	Due      Date            `json:"due,omitzero"`
	Currency string          `json:"currency,omitempty"`
	Total    decimal.Decimal `json:"total"`
	Open     decimal.Decimal `json:"open"`
}
