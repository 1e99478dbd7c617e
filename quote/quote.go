// Package quote prices requests and carries quotes through their life.
//
// Evaluate is the pure heart: a request, a Book and a catalog Snapshot give one
// Evaluation, which says what, why, and which facts it was read from. Everything that
// shows a price calls it. The life of a quote is the table in life.go and the pure
// functions that make a Change of an action; Service is the shell that reads, decides by
// them, and commits. docs/quotes.md tells users about it.
package quote

import (
	"encoding/json"
	"time"

	"quotewright/catalog"
)

// State is where a quote is in its life.
type State string

// The states of a quote; docs/quotes.md draws how they follow each other.
const (
	Draft      State = "draft"
	InApproval State = "in_approval"
	Approved   State = "approved"
	Sent       State = "sent"
	Accepted   State = "accepted" // the order job is written
	Ordering   State = "ordering" // the order is written to the ERP, its answer is awaited
	Ordered    State = "ordered"
	Declined   State = "declined"
	Expired    State = "expired"
	Cancelled  State = "cancelled"
)

// Quote is an offer to a customer: its state, and the revision that counts.
type Quote struct {
	ID           string       `json:"id"`
	Number       string       `json:"number"` // Q-2026-000001; also our reference on the order
	Title        string       `json:"title,omitempty"`
	State        State        `json:"state"`
	Revision     int          `json:"revision"` // the current one, counted from 1
	Version      int          `json:"version"`  // counts every change; guards edits
	SalesModel   string       `json:"sales_model"`
	Customer     string       `json:"customer"`
	CustomerName string       `json:"customer_name,omitempty"`
	Currency     string       `json:"currency"`
	Deal         *Deal        `json:"deal,omitempty"`
	ValidUntil   catalog.Date `json:"valid_until,omitzero"`
	CreatedAt    time.Time    `json:"created_at"`
	CreatedBy    string       `json:"created_by"`
	UpdatedAt    time.Time    `json:"updated_at"`
	// Content is the content hash of the current revision, RevisedBy who made it.
	Content     string `json:"content"`
	RevisedBy   string `json:"revised_by"`
	SubmittedBy string `json:"submitted_by,omitempty"`
	// Totals are those of the current revision, without costs, so that a quote may be
	// shown to anybody who may see it.
	Totals     Totals      `json:"totals"`
	Approvals  []Approval  `json:"approvals"`
	Acceptance *Acceptance `json:"acceptance,omitempty"`
	Order      *Order      `json:"order,omitempty"`
}

// Deal is the CRM record a quote belongs to.
type Deal struct {
	CRM  string `json:"crm"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Approval is a decision that is asked for: every one of its roles has to agree. It is
// bound to the content of the revision it was asked for.
type Approval struct {
	ID      string     `json:"id"`
	Roles   []string   `json:"roles"`
	Order   string     `json:"order,omitempty"`  // sequence, parallel
	Reason  string     `json:"reason,omitempty"` // "": it speaks of costs; the evaluation has it
	Lines   []string   `json:"lines,omitempty"`
	Content string     `json:"content"` // content hash of the revision
	Status  string     `json:"status"`  // open, approved, rejected
	By      string     `json:"by,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Comment string     `json:"comment,omitempty"`
	// Decisions are those of the single roles so far; By, At and Comment repeat the last.
	Decisions []Decision `json:"decisions,omitempty"`
}

// Decision is what one role decided.
type Decision struct {
	Role    string    `json:"role"`
	Status  string    `json:"status"` // approved, rejected
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty"`
}

// Acceptance says who accepted which content, and when.
type Acceptance struct {
	Name    string    `json:"name"`
	Via     string    `json:"via"` // rep, webhook, link
	At      time.Time `json:"at"`
	Content string    `json:"content"`
}

// Order is what is known about the ERP order of an accepted quote.
type Order struct {
	Reference string     `json:"reference"`
	Status    string     `json:"status"` // waiting, written, confirmed, problem
	Number    string     `json:"number,omitempty"`
	Problem   string     `json:"problem,omitempty"`
	PlacedAt  *time.Time `json:"placed_at,omitempty"`
}

// Revision is one version of a quote's content with everything needed to explain and
// to repeat it. It never changes once stored.
type Revision struct {
	Quote      string          `json:"quote"` // its ID
	Number     int             `json:"number"`
	At         time.Time       `json:"at"`
	By         string          `json:"by"`
	Content    string          `json:"content"` // sha256 of request and evaluation
	Request    json.RawMessage `json:"request"`
	Evaluation json.RawMessage `json:"evaluation"` // with costs; hide them before showing
	Facts      json.RawMessage `json:"facts"`
}

// Event is an entry of a quote's audit log.
type Event struct {
	ID      string    `json:"id"`
	Quote   string    `json:"quote"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Type    string    `json:"type"` // quote.created, quote.accepted …
	Text    string    `json:"text,omitempty"`
	Content string    `json:"content,omitempty"`
	Before  string    `json:"before,omitempty"` // content hash before the change
}
