package quote

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"quotewright/catalog"
	"quotewright/internal/fault"
)

// Details are what a caller says with an action; each action reads its own.
type Details struct {
	Comment  string `json:"comment,omitempty"`
	Name     string `json:"name,omitempty"`     // who accepted, at the customer
	Approval string `json:"approval,omitempty"` // id; "": every one the caller may decide
	Via      string `json:"via,omitempty"`      // how the customer's answer came: rep, webhook; "": rep
}

// begin starts a change of a quote: its next version.
func begin(q Quote, at time.Time) *Change {
	next := q
	next.Version, next.UpdatedAt = q.Version+1, at
	next.Approvals = slices.Clone(q.Approvals)
	return &Change{Expect: q.Version, Quote: next}
}

// note adds an event to the audit log and the job that publishes it. Its id follows
// from the quote's version, so the same change never makes two events of one.
func (c *Change) note(by Actor, typ, before, format string, args ...any) {
	event := Event{
		ID:    fmt.Sprintf("%s.%d.%d", c.Quote.ID, c.Quote.Version, len(c.Events)+1),
		Quote: c.Quote.ID, At: c.Quote.UpdatedAt, By: by.Name, Type: typ,
		Text: fmt.Sprintf(format, args...), Content: c.Quote.Content, Before: before,
	}
	c.Events = append(c.Events, event)
	c.Jobs = append(c.Jobs, PublishEvent{Event: event.ID})
}

// contentOf is the content hash of a revision.
func contentOf(request, evaluation []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d\n", len(request), len(evaluation))
	h.Write(request)
	h.Write(evaluation)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Intact reports whether the revision still is what its content hash says.
func (r Revision) Intact() bool { return contentOf(r.Request, r.Evaluation) == r.Content }

// act is the change that an action makes of a quote. stored is the evaluation of its
// current revision, which is what counts: nothing is priced again here.
func act(q Quote, stored *Evaluation, a Action, actor Actor, d Details, at time.Time) (*Change, error) {
	if err := q.check(a, actor); err != nil {
		return nil, err
	}
	t, _ := transitionOf(a)
	c := begin(q, at)
	c.Quote.State = t.to
	switch a {
	case Submit:
		return c, c.submit(stored, actor)
	case Approve:
		return c, c.decide(actor, ApprovalApproved, d)
	case Reject:
		return c, c.decide(actor, ApprovalRejected, d)
	case Send:
		return c, c.send(actor, d)
	case Accept:
		return c, c.accept(actor, d)
	case Decline, Cancel:
		c.note(actor, "quote."+string(t.to), q.Content, "%s", d.Comment)
	case Revise:
		c.Quote.Acceptance = nil
		c.note(actor, "quote.revised", q.Content, "%s", d.Comment)
	default:
		return nil, fault.New(fault.Invalid, "unknown_action", "%q is not done this way.", a)
	}
	return c, nil
}

func (c *Change) submit(stored *Evaluation, by Actor) error {
	if len(stored.Lines) == 0 {
		return fault.New(fault.Conflict, "no_lines", "A quote without lines cannot be submitted.")
	}
	if errs := stored.Errors(); len(errs) > 0 {
		return refuseErrors(errs)
	}
	q := &c.Quote
	q.SubmittedBy = by.Name
	q.Approvals = askFor(stored.Approvals, q.Content, q.Approvals)
	if settled(q.Approvals, q.Content) {
		q.State = Approved
		c.note(by, "quote.approved", q.Content, "no approval is needed")
		return nil
	}
	var open []string
	for _, a := range q.Approvals {
		if a.Status == ApprovalOpen {
			open = append(open, fmt.Sprintf("%s by %s", a.ID, strings.Join(a.Roles, ", ")))
		}
	}
	c.note(by, "quote.submitted", q.Content, "needs %s", strings.Join(open, "; "))
	return nil
}

func refuseErrors(errs []Message) error {
	refusal := fault.New(fault.Conflict, "evaluation_errors", "The quote has %d errors and cannot be submitted.", len(errs))
	if len(errs) == 1 {
		refusal.Text = "The quote has an error and cannot be submitted: " + errs[0].Text
	}
	for _, m := range errs {
		at := fault.Position{}
		if m.Line != "" {
			at.File = "line " + m.Line
		}
		refusal.Mistakes = append(refusal.Mistakes, fault.Mistake{Position: at, Code: m.Code, Text: m.Text})
	}
	return refusal
}

func (c *Change) decide(by Actor, status string, d Details) error {
	q, any := &c.Quote, false
	for i := range q.Approvals {
		a := &q.Approvals[i]
		if d.Approval != "" && a.ID != d.Approval {
			continue
		}
		for _, role := range a.decide(by, status, d.Comment, q.UpdatedAt) {
			any = true
			c.note(by, "quote.decided", q.Content, "%s: %s as %s%s", a.ID, status, role, commented(d.Comment))
		}
	}
	switch {
	case !any:
		return fault.New(fault.Conflict, "nothing_to_decide", "There is no approval %q that you may decide now.", d.Approval)
	case status == ApprovalRejected:
		c.note(by, "quote.rejected", q.Content, "%s", d.Comment)
	case settled(q.Approvals, q.Content):
		c.note(by, "quote.approved", q.Content, "")
	default:
		q.State = InApproval
	}
	return nil
}

func commented(comment string) string {
	if comment == "" {
		return ""
	}
	return ": " + comment
}

func (c *Change) send(by Actor, d Details) error {
	q := &c.Quote
	if !settled(q.Approvals, q.Content) {
		return fault.New(fault.Conflict, "not_approved", "What was approved is not what would be sent.")
	}
	if q.over(q.UpdatedAt) {
		return fault.New(fault.Conflict, "expired", "The quote was valid until %s. Revise it and set a later date.", q.ValidUntil)
	}
	c.note(by, "quote.sent", q.Content, "%s", d.Comment)
	return nil
}

// over reports whether the quote's validity has ended. The last day is part of it.
func (q Quote) over(at time.Time) bool {
	return !q.ValidUntil.IsZero() && catalog.DateOf(at).After(q.ValidUntil)
}

// accept commits to the order: state, job and events are one change.
func (c *Change) accept(by Actor, d Details) error {
	q := &c.Quote
	name := strings.TrimSpace(d.Name)
	if name == "" {
		return fault.New(fault.Invalid, "name_required", "Say who accepted the quote.")
	}
	if !settled(q.Approvals, q.Content) {
		return fault.New(fault.Conflict, "not_approved", "What was approved is not what would be ordered.")
	}
	q.Acceptance = &Acceptance{Name: name, Via: cmp.Or(d.Via, "rep"), At: q.UpdatedAt, Content: q.Content}
	q.Order = &Order{Reference: q.Number, Status: OrderWaiting}
	c.note(by, "quote.accepted", q.Content, "accepted by %s%s", name, commented(d.Comment))
	c.Jobs = append(c.Jobs, DeliverOrder{Quote: q.ID})
	return nil
}

// lapse is the change of a quote whose validity has ended.
func lapse(q Quote, at time.Time) (*Change, error) {
	if err := q.check(expire, system); err != nil {
		return nil, err
	}
	c := begin(q, at)
	c.Quote.State = Expired
	c.note(system, "quote.expired", q.Content, "was valid until %s", q.ValidUntil)
	return c, nil
}
