package quote

import (
	"bytes"
	"encoding/json"

	"quotewright/catalog"
	"quotewright/internal/formula"
)

// Request is what to configure and price. It is complete: with a Book and a Snapshot
// it gives one Evaluation, and nothing else has a say in it.
type Request struct {
	SalesModel string                   `json:"sales_model"`
	Customer   string                   `json:"customer"`
	Currency   string                   `json:"currency,omitempty"` // "": the customer's, else the company's
	Date       catalog.Date             `json:"date,omitzero"`
	Inputs     map[string]formula.Value `json:"inputs,omitempty"`
	Language   string                   `json:"language,omitempty"` // of messages; "": the rulebook's first
	End        catalog.Date             `json:"end,omitzero"`       // recurring lines without an end of their own end then
	Lines      []Line                   `json:"lines"`
	// Redeemed says how often the coupons of the request had been used. The Service sets it;
	// what a caller says of it counts nothing.
	Redeemed map[string]Redemption `json:"redeemed,omitempty"`
}

// Redemption says how often a coupon has been used, by all customers and by this one.
type Redemption struct {
	Uses     int `json:"uses"`
	Customer int `json:"customer"`
}

// Line is one line of a request.
type Line struct {
	ID            string                   `json:"id"`
	SKU           string                   `json:"sku"`            // or an alias of parts.csv
	Quantity      Number                   `json:"quantity"`       // negative: a return
	Unit          string                   `json:"unit,omitempty"` // "": the product's base unit
	Configuration map[string]formula.Value `json:"configuration,omitempty"`
	Inputs        map[string]formula.Value `json:"inputs,omitempty"`
	Requested     catalog.Date             `json:"requested,omitzero"` // wanted delivery
	Optional      bool                     `json:"optional,omitempty"` // shown, not in the totals
	Start         catalog.Date             `json:"start,omitzero"`     // of a recurring line; none: the quote's date
	End           catalog.Date             `json:"end,omitzero"`       // last day
	Months        int                      `json:"months,omitempty"`   // instead of an end
	Ramp          []Ramp                   `json:"ramp,omitempty"`     // other quantities later in the term
}

// Ramp is the quantity of a recurring line from a day on.
type Ramp struct {
	From     catalog.Date `json:"from"`
	Quantity Number       `json:"quantity"`
}

// Number is a number as it was sent, string or JSON number, so that a wrong one can be
// reported on its line instead of refusing the whole request.
type Number string

// UnmarshalJSON takes any scalar as its text.
func (n *Number) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '"' {
		var s string
		err := json.Unmarshal(data, &s)
		*n = Number(s)
		return err
	}
	*n = Number(data)
	return nil
}
