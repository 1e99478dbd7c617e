package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/quote"
)

// FullQuote is a quote with its current revision and what the caller may do with it.
type FullQuote struct {
	quote.Quote
	Order      *quote.Order      `json:"order" doc:"null until the quote is accepted."`
	Totals     quote.Totals      `json:"totals"`
	Request    quote.Request     `json:"request"`
	Evaluation *quote.Evaluation `json:"evaluation"`
	Actions    []quote.Action    `json:"actions" nullable:"false" doc:"What this caller may do now."`
}

// RevisionSummary is a revision as it is listed.
type RevisionSummary struct {
	Number int          `json:"number"`
	At     time.Time    `json:"at"`
	By     string       `json:"by"`
	Totals quote.Totals `json:"totals"`
	Hash   string       `json:"hash" doc:"Of request and evaluation."`
}

// FullRevision is a revision as it was stored.
type FullRevision struct {
	Number     int               `json:"number"`
	At         time.Time         `json:"at"`
	By         string            `json:"by"`
	Hash       string            `json:"hash"`
	Request    quote.Request     `json:"request"`
	Evaluation *quote.Evaluation `json:"evaluation"`
}

// QuoteEvent is an entry of the audit log.
type QuoteEvent struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Type string    `json:"type"`
	Text string    `json:"text,omitempty"`
}

// IdempotencyHeader is the header that makes a repeated request harmless.
type IdempotencyHeader struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"The same key with the same content has no second effect; with other content it is refused."`
}

// QuoteChange names the quote to change and the version that the change is based on.
type QuoteChange struct {
	IdempotencyHeader
	ID      string `path:"id"`
	IfMatch string `header:"If-Match" doc:"The ETag that the change is based on."`
}

// version returns the version that If-Match names, 0 when it is not given.
func (c QuoteChange) version() (int, error) {
	if c.IfMatch == "" {
		return 0, nil
	}
	version, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(c.IfMatch, "W/"), `"`))
	if err != nil || version < 1 {
		return 0, fault.New(fault.Stale, "stale", "If-Match is not the ETag of this quote.")
	}
	return version, nil
}

func etag(q quote.Quote) string { return `"` + strconv.Itoa(q.Version) + `"` }

func (s *Server) createQuote(ctx context.Context, in *struct {
	IdempotencyHeader
	Body struct {
		Title      string        `json:"title,omitempty" maxLength:"200"`
		Deal       *quote.Deal   `json:"deal,omitempty"`
		ValidUntil catalog.Date  `json:"valid_until,omitzero"`
		Request    quote.Request `json:"request"`
	}
}) (*tagged[FullQuote], error) {
	s.date(&in.Body.Request)
	q, err := s.Quotes.Create(ctx, actor(ctx), quote.New{
		Title: in.Body.Title, Deal: in.Body.Deal, ValidUntil: in.Body.ValidUntil, Request: in.Body.Request}, in.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	return s.showQuote(ctx, q)
}

func (s *Server) editQuote(ctx context.Context, in *struct {
	QuoteChange
	Body struct {
		Title      *string        `json:"title,omitempty" maxLength:"200"`
		ValidUntil *catalog.Date  `json:"valid_until,omitempty"`
		Request    *quote.Request `json:"request,omitempty"`
	}
}) (*tagged[FullQuote], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	if in.Body.Request != nil {
		s.date(in.Body.Request)
	}
	q, err := s.Quotes.Update(ctx, actor(ctx), in.ID, version,
		quote.Patch{Title: in.Body.Title, ValidUntil: in.Body.ValidUntil, Request: in.Body.Request}, in.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	return s.showQuote(ctx, q)
}

// actions are the ways through a quote's life, each an operation of its own.
var actions = []struct {
	action  quote.Action
	needs   Permission
	summary string
}{
	{quote.Submit, Quote, "Ask for the approvals that are needed; without any, the quote is approved"},
	{quote.Approve, Approve, "Approve what is asked of the caller"},
	{quote.Reject, Approve, "Reject what is asked of the caller"},
	{quote.Send, Quote, "Send an approved quote to the customer"},
	{quote.Accept, Quote, "Record that the customer accepted; the order goes to the ERP"},
	{quote.Decline, Quote, "Record that the customer declined"},
	{quote.Cancel, Quote, "Cancel a quote"},
	{quote.Revise, Quote, "Take a quote back to draft as a new revision"},
}

type actInput struct {
	QuoteChange
	Body *struct {
		Comment  string `json:"comment,omitempty" maxLength:"2000"`
		Name     string `json:"name,omitempty" maxLength:"200" doc:"Who accepted, at the customer."`
		Approval string `json:"approval,omitempty" doc:"Which approval; without it, every one the caller may decide."`
	}
}

func (s *Server) act(action quote.Action) func(context.Context, *actInput) (*tagged[FullQuote], error) {
	return func(ctx context.Context, in *actInput) (*tagged[FullQuote], error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		var details quote.Details
		if in.Body != nil {
			details = quote.Details{Comment: in.Body.Comment, Name: in.Body.Name, Approval: in.Body.Approval}
		}
		q, err := s.Quotes.Do(ctx, actor(ctx), in.ID, version, action, details, in.IdempotencyKey)
		if err != nil {
			return nil, err
		}
		return s.showQuote(ctx, q)
	}
}

func (s *Server) getQuote(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*tagged[FullQuote], error) {
	q, err := s.Store.Quote(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.showQuote(ctx, q)
}

// showQuote returns a quote as the caller may see it.
func (s *Server) showQuote(ctx context.Context, q quote.Quote) (*tagged[FullQuote], error) {
	revision, err := s.Store.Revision(ctx, q.ID, q.Revision)
	if err != nil {
		return nil, err
	}
	shown, err := readRevision(ctx, revision)
	if err != nil {
		return nil, err
	}
	q.Approvals = list(q.Approvals, "").Items
	full := FullQuote{Quote: q, Order: q.Order, Totals: shown.Evaluation.Totals,
		Request: shown.Request, Evaluation: shown.Evaluation, Actions: q.Allowed(actor(ctx))}
	return &tagged[FullQuote]{ETag: etag(q), Body: full}, nil
}

// readRevision decodes a stored revision and hides what the caller may not see.
func readRevision(ctx context.Context, r quote.Revision) (FullRevision, error) {
	full := FullRevision{Number: r.Number, At: r.At, By: r.By, Hash: r.Content}
	if err := json.Unmarshal(r.Request, &full.Request); err != nil {
		return full, fmt.Errorf("read request of revision %d of %s: %w", r.Number, r.Quote, err)
	}
	var evaluation quote.Evaluation
	if err := json.Unmarshal(r.Evaluation, &evaluation); err != nil {
		return full, fmt.Errorf("read evaluation of revision %d of %s: %w", r.Number, r.Quote, err)
	}
	full.Evaluation = showEvaluation(ctx, &evaluation)
	return full, nil
}

func (s *Server) listQuotes(ctx context.Context, in *struct {
	Paging
	State    string `query:"state" enum:"draft,in_approval,approved,sent,accepted,ordering,ordered,declined,expired,cancelled"`
	Customer string `query:"customer"`
	Deal     string `query:"deal" doc:"crm/id"`
	Q        string `query:"q" doc:"Part of number, title or customer name." maxLength:"200"`
}) (*body[List[quote.Quote]], error) {
	page, next, err := s.Store.List(ctx, quote.Filter{State: quote.State(in.State), Customer: in.Customer, Deal: in.Deal,
		Text: in.Q, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	for i := range page {
		page[i].Approvals = list(page[i].Approvals, "").Items
	}
	return reply(list(page, next)), nil
}

func (s *Server) listRevisions(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*body[List[RevisionSummary]], error) {
	revisions, err := s.Store.Revisions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var summaries []RevisionSummary
	for _, r := range revisions {
		full, err := readRevision(ctx, r)
		if err != nil {
			return nil, err
		}
		summaries = append(summaries, RevisionSummary{Number: r.Number, At: r.At, By: r.By, Totals: full.Evaluation.Totals, Hash: r.Content})
	}
	return reply(list(summaries, "")), nil
}

func (s *Server) getRevision(ctx context.Context, in *struct {
	ID     string `path:"id"`
	Number int    `path:"number" minimum:"1"`
}) (*body[FullRevision], error) {
	revision, err := s.Store.Revision(ctx, in.ID, in.Number)
	if err != nil {
		return nil, err
	}
	full, err := readRevision(ctx, revision)
	return reply(full), err
}

func (s *Server) listEvents(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*body[List[QuoteEvent]], error) {
	if _, err := s.Store.Quote(ctx, in.ID); err != nil {
		return nil, err
	}
	stored, err := s.Store.Events(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var events []QuoteEvent
	for _, e := range stored {
		events = append(events, QuoteEvent{At: e.At, By: e.By, Type: e.Type, Text: e.Text})
	}
	return reply(list(events, "")), nil
}
