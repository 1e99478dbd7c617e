package webhooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/quote"
)

// The events a CRM may send.
const (
	dealCreated = "deal.created"
	dealUpdated = "deal.updated"
	dealWon     = "deal.won"
	dealLost    = "deal.lost"
)

// envelope is what every message has: its type, when it happened, and the rest.
type envelope struct {
	Type      string          `json:"type"`
	Timestamp string          `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// day is when the event happened, as far as it says: a message that comes again after
// midnight must ask for the same.
func (e envelope) day(now time.Time) catalog.Date {
	if at, err := time.Parse(time.RFC3339, e.Timestamp); err == nil {
		now = at
	}
	return catalog.DateOf(now)
}

// deal names a record of the CRM.
type deal struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// dealChange says what a deal wants to buy now.
type dealChange struct {
	Deal       deal                     `json:"deal"`
	Customer   string                   `json:"customer"`
	SalesModel string                   `json:"sales_model"`
	Currency   string                   `json:"currency"`
	Date       catalog.Date             `json:"date"`
	Inputs     map[string]formula.Value `json:"inputs"`
	Lines      []quote.Line             `json:"lines"`
}

// dealEnd says that a deal was won or lost.
type dealEnd struct {
	Deal   deal   `json:"deal"`
	Quote  string `json:"quote"`  // id or number; "": the deal's newest
	Name   string `json:"name"`   // who accepted, at the customer
	Reason string `json:"reason"` // why it was lost
}

// strict decodes one JSON value and refuses unknown fields and anything after it.
func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fault.Wrap(err, fault.Invalid, "bad_json", "The webhook's body cannot be read: %s.", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "bad_json", "The webhook's body has something after its end.")
	}
	return nil
}
