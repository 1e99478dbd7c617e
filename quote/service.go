package quote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/rulebook"
)

// Service carries quotes through their life. It reads, lets the pure functions of this
// package decide, and commits; it is safe for concurrent use.
//
// Every method that changes a quote takes the version the change is based on: 0 is
// fault.PreconditionRequired, one that is not current any more fault.Stale. It also
// takes an idempotency key, which may be empty: the same actor's same key with the same
// content returns the quote as it is stored and changes nothing, with other content it
// is fault.Conflict.
type Service struct {
	Store   Store
	Now     func() time.Time
	Current func() (*rulebook.Book, *catalog.Snapshot) // what evaluations are made with
}

// New is a quote to be made.
type New struct {
	Title      string       `json:"title"`
	Deal       *Deal        `json:"deal"`
	ValidUntil catalog.Date `json:"valid_until"`
	Request    Request      `json:"request"`
}

// Patch is a change of a draft; what is nil stays.
type Patch struct {
	Title      *string       `json:"title"`
	ValidUntil *catalog.Date `json:"valid_until"`
	Request    *Request      `json:"request"`
}

// Create makes a draft with its first revision. Errors in the request do not refuse it:
// they are messages of the evaluation, and keep it from being submitted.
func (s *Service) Create(ctx context.Context, actor Actor, n New, key string) (Quote, error) {
	k := keyOf(actor, key, "create", "", n)
	if q, repeated, err := s.repeated(ctx, k); repeated || err != nil {
		return q, err
	}
	if err := (Quote{State: Draft}).check(Edit, actor); err != nil {
		return Quote{}, err
	}
	at := s.Now()
	if err := checkValidity(n.ValidUntil, at); err != nil {
		return Quote{}, err
	}
	q := Quote{ID: uuid.NewString(), State: Draft, CreatedAt: at, CreatedBy: actor.Name,
		Title: n.Title, Deal: n.Deal, ValidUntil: n.ValidUntil, Approvals: []Approval{}}
	c := begin(q, at)
	c.Key = k
	if err := s.revise(ctx, c, actor, n.Request); err != nil {
		return Quote{}, err
	}
	c.note(actor, "quote.created", "", "%s", n.Title)
	return s.Store.Commit(ctx, *c)
}

// checkValidity refuses a last day that is over.
func checkValidity(until catalog.Date, at time.Time) error {
	if (Quote{ValidUntil: until}).over(at) {
		return fault.New(fault.Invalid, "bad_valid_until", "The quote would not be valid any more: %s is over.", until)
	}
	return nil
}

// revise evaluates a request and makes it the next revision, unless it is the same in
// every byte as the current one.
func (s *Service) revise(ctx context.Context, c *Change, by Actor, request Request) error {
	book, snapshot := s.Current()
	if book == nil || snapshot == nil {
		return fault.New(fault.Unavailable, "not_ready", "There is no rulebook or no catalog yet.")
	}
	if err := s.countCoupons(ctx, book, &request); err != nil {
		return err
	}
	evaluation := Evaluate(book, snapshot, request)
	r, err := revisionOf(request, evaluation)
	if err != nil {
		return err
	}
	q := &c.Quote
	if q.Revision > 0 && r.Content == q.Content {
		return nil
	}
	q.Revision++
	q.Content, q.RevisedBy = r.Content, by.Name
	q.SalesModel, q.Customer, q.Currency = request.SalesModel, request.Customer, evaluation.Currency
	q.CustomerName = ""
	if customer, ok := snapshot.Customer(request.Customer); ok {
		q.CustomerName = customer.Name
	}
	q.Totals = evaluation.Totals.WithoutCosts()
	r.Quote, r.Number, r.At, r.By = q.ID, q.Revision, q.UpdatedAt, by.Name
	c.Revision = &r
	return nil
}

// countCoupons notes in the request how often its coupons have been used, so that its
// evaluation can be repeated.
func (s *Service) countCoupons(ctx context.Context, book *rulebook.Book, request *Request) error {
	request.Redeemed = nil
	model, known := book.SalesModel(request.SalesModel)
	if !known {
		return nil
	}
	codes := model.CouponCodes(request.Inputs)
	if len(codes) == 0 {
		return nil
	}
	used, err := s.Store.Redemptions(ctx, request.Customer, codes)
	request.Redeemed = used
	return err
}

func revisionOf(request Request, evaluation *Evaluation) (r Revision, err error) {
	if r.Request, err = json.Marshal(request); err != nil {
		return r, fmt.Errorf("store a request: %w", err)
	}
	if r.Evaluation, err = json.Marshal(evaluation); err != nil {
		return r, fmt.Errorf("store an evaluation: %w", err)
	}
	if r.Facts, err = json.Marshal(evaluation.Facts()); err != nil {
		return r, fmt.Errorf("store facts: %w", err)
	}
	r.Content = contentOf(r.Request, r.Evaluation)
	return r, nil
}

// Update changes a draft. With a request it is evaluated again, with the rules and the
// catalog of now; when request or result differ, there is a new revision.
func (s *Service) Update(ctx context.Context, actor Actor, id string, version int, p Patch, key string) (Quote, error) {
	k := keyOf(actor, key, string(Edit), id, p)
	q, done, err := s.load(ctx, id, version, k)
	if done || err != nil {
		return q, err
	}
	if err := q.check(Edit, actor); err != nil {
		return Quote{}, err
	}
	at := s.Now()
	c := begin(q, at)
	c.Key = k
	if p.Title != nil {
		c.Quote.Title = *p.Title
	}
	if p.ValidUntil != nil {
		if err := checkValidity(*p.ValidUntil, at); err != nil {
			return Quote{}, err
		}
		c.Quote.ValidUntil = *p.ValidUntil
	}
	if p.Request != nil {
		if err := s.revise(ctx, c, actor, *p.Request); err != nil {
			return Quote{}, err
		}
	}
	if c.Revision != nil {
		c.note(actor, "quote.edited", q.Content, "revision %d", c.Quote.Revision)
	} else {
		c.note(actor, "quote.edited", q.Content, "")
	}
	return s.Store.Commit(ctx, *c)
}

// Do does an action other than Edit. The price is that of the stored revision, whatever
// the rules and the catalog say now. Accepting a quote whose validity has ended expires
// it and is fault.Conflict.
func (s *Service) Do(ctx context.Context, actor Actor, id string, version int, a Action, d Details, key string) (Quote, error) {
	k := keyOf(actor, key, string(a), id, d)
	q, done, err := s.load(ctx, id, version, k)
	if done || err != nil {
		return q, err
	}
	if err := q.check(a, actor); err != nil {
		return Quote{}, err
	}
	at := s.Now()
	if a == Accept && q.over(at) {
		return Quote{}, s.refuseOver(ctx, q, at)
	}
	stored, err := s.stored(ctx, q)
	if err != nil {
		return Quote{}, err
	}
	c, err := act(q, stored, a, actor, d, at)
	if err != nil {
		return Quote{}, err
	}
	c.Key = k
	if a == Accept {
		c.Coupons = stored.Coupons
	}
	return s.Store.Commit(ctx, *c)
}

// stored returns the evaluation of a quote's current revision.
func (s *Service) stored(ctx context.Context, q Quote) (*Evaluation, error) {
	r, err := s.Store.Revision(ctx, q.ID, q.Revision)
	if err != nil {
		return nil, err
	}
	if r.Content != q.Content || !r.Intact() {
		return nil, fault.New(fault.Internal, "revision_differs", "revision %d of quote %s is not what was stored", r.Number, q.Number)
	}
	var e Evaluation
	if err := json.Unmarshal(r.Evaluation, &e); err != nil {
		return nil, fmt.Errorf("read the evaluation of quote %s: %w", q.Number, err)
	}
	return &e, nil
}

func (s *Service) refuseOver(ctx context.Context, q Quote, at time.Time) error {
	c, err := lapse(q, at)
	if err != nil {
		return err
	}
	if _, err := s.Store.Commit(ctx, *c); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "expired", "The quote was valid until %s.", q.ValidUntil)
}

// Note adds an event to a quote in any state: something that happened outside and that
// people should see. It needs no version.
func (s *Service) Note(ctx context.Context, actor Actor, id, typ, text, key string) (Quote, error) {
	k := keyOf(actor, key, "note", id, []string{typ, text})
	if q, repeated, err := s.repeated(ctx, k); repeated || err != nil {
		return q, err
	}
	q, err := s.Store.Quote(ctx, id)
	if err != nil {
		return Quote{}, err
	}
	c := begin(q, s.Now())
	c.Key = k
	c.note(actor, typ, q.Content, "%s", text)
	return s.Store.Commit(ctx, *c)
}

// ExpireDue expires every sent quote whose validity has ended, and returns how many.
// Calling it again, or on several nodes at once, does no harm.
func (s *Service) ExpireDue(ctx context.Context) (int, error) {
	expired := 0
	for {
		at := s.Now()
		page, _, err := s.Store.List(ctx, Filter{State: Sent, ValidBefore: catalog.DateOf(at), Limit: 200})
		if err != nil || len(page) == 0 {
			return expired, err
		}
		for _, q := range page {
			c, err := lapse(q, at)
			if err != nil {
				return expired, err
			}
			_, err = s.Store.Commit(ctx, *c)
			if err != nil && !fault.Is(err, fault.Stale) {
				return expired, err
			}
			if err == nil {
				expired++
			}
		}
	}
}

// load returns the quote to change, which still has the version expected; or the stored
// one, and true, when the key was used before.
func (s *Service) load(ctx context.Context, id string, version int, key *IdempotencyKey) (Quote, bool, error) {
	q, done, err := s.repeated(ctx, key)
	if done || err != nil {
		return q, done, err
	}
	q, err = s.Store.Quote(ctx, id)
	switch {
	case err != nil:
		return Quote{}, false, err
	case version == 0:
		return Quote{}, false, fault.New(fault.PreconditionRequired, "precondition_required", "Say which version of the quote the change is based on (If-Match).")
	case version != q.Version:
		return Quote{}, false, fault.New(fault.Stale, "stale", "The quote was changed since it was read: it has version %d now.", q.Version)
	}
	return q, false, nil
}

func (s *Service) repeated(ctx context.Context, key *IdempotencyKey) (Quote, bool, error) {
	if key == nil {
		return Quote{}, false, nil
	}
	return s.Store.Repeated(ctx, *key)
}

// keyOf names what a caller asks for by its content, nil without a key. The version is
// not part of it: a repeated request may have read the quote again.
func keyOf(actor Actor, key, operation, id string, content any) *IdempotencyKey {
	if key == "" {
		return nil
	}
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // requests are plain values
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n", operation, id)
	h.Write(text)
	return &IdempotencyKey{Key: key, Actor: actor.Name, Content: hex.EncodeToString(h.Sum(nil))}
}
