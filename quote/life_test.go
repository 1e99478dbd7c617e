package quote

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/fault"
)

var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	mei   = Actor{Name: "Mei", Role: RoleRep}
	anton = Actor{Name: "Anton", Role: RoleApprover, Roles: []string{"sales-manager"}}
	fiona = Actor{Name: "Fiona", Role: RoleApprover, Roles: []string{"finance"}}
	ada   = Actor{Name: "Ada", Role: RoleAdmin}
	crm   = Actor{Name: "CRM", Role: RoleIntegration}
	pia   = Actor{Name: "Pia", Role: RolePricingAdmin}
)

// priced is an evaluation of one line that needs approvals.
func priced(approvals ...NeededApproval) *Evaluation {
	return &Evaluation{Lines: []EvaluatedLine{{ID: "1"}}, Approvals: approvals}
}

func draft() Quote {
	return Quote{ID: "q", Number: "Q-2026-000001", State: Draft, Revision: 1, Version: 1, Content: "c1", RevisedBy: mei.Name}
}

// inState carries a draft to a state.
func inState(t *testing.T, s State) Quote {
	t.Helper()
	evaluation := priced()
	if s == InApproval {
		evaluation = priced(NeededApproval{ID: "margin", Roles: []string{"sales-manager"}})
	}
	steps := map[State][]Action{
		Draft: nil, InApproval: {Submit}, Approved: {Submit}, Sent: {Submit, Send},
		Accepted: {Submit, Send, Accept}, Ordering: {Submit, Send, Accept, place}, Ordered: {Submit, Send, Accept, place, confirm},
		Declined: {Submit, Send, Decline}, Expired: {Submit, Send, expire}, Cancelled: {Cancel},
	}
	q := draft()
	for _, a := range steps[s] {
		q = must(t, q, evaluation, a, mei)
	}
	if q.State != s {
		t.Fatalf("the way to %s leads to %s", s, q.State)
	}
	return q
}

func must(t *testing.T, q Quote, e *Evaluation, a Action, by Actor) Quote {
	t.Helper()
	c, err := do(q, e, a, by, noon)
	if err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	return c.Quote
}

func do(q Quote, e *Evaluation, a Action, by Actor, at time.Time) (Change, error) {
	var c *Change
	var err error
	switch a {
	case place:
		return q.Placed(at)
	case confirm:
		return q.Confirmed("SO-1", at)
	case expire:
		c, err = lapse(q, at)
	default:
		c, err = act(q, e, a, by, Details{Name: "Customer", Comment: "as agreed"}, at)
	}
	if err != nil {
		return Change{}, err
	}
	return *c, nil
}

// TestWhatIsAllowed holds the life of a quote against this drawing of it.
func TestWhatIsAllowed(t *testing.T) {
	drawing := map[State]string{
		Draft:      "edit submit cancel",
		InApproval: "cancel revise approve reject",
		Approved:   "send cancel revise",
		Sent:       "accept decline cancel revise",
		Declined:   "revise",
		Expired:    "revise",
		Accepted:   "",
		Ordering:   "",
		Ordered:    "",
		Cancelled:  "",
	}
	for state, want := range drawing {
		q := inState(t, state)
		var got []string
		for _, a := range q.Allowed(ada) {
			got = append(got, string(a))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: an admin may %v, want %q", state, got, want)
		}
		if state != InApproval && fmt.Sprint(q.Allowed(mei)) != fmt.Sprint(q.Allowed(ada)) {
			t.Errorf("%s: a rep may %v, an admin %v", state, q.Allowed(mei), q.Allowed(ada))
		}
		if len(q.Allowed(pia)) > 0 || len(q.Allowed(Actor{Name: "?"})) > 0 {
			t.Errorf("%s: a pricing admin may %v", state, q.Allowed(pia))
		}
		for _, a := range []Action{Submit, Approve, Reject, Send, Accept, Decline, Cancel, Revise, "sell"} {
			_, err := do(q, priced(), a, ada, noon)
			if allowed := slices.Contains(got, string(a)); (err == nil) != allowed {
				t.Errorf("%s: %s gives %v, allowed is %t", state, a, err, allowed)
			} else if err != nil && fault.KindOf(err) != fault.Conflict && a != "sell" {
				t.Errorf("%s: %s is refused as %s", state, a, fault.KindOf(err))
			}
		}
	}
}

func TestSubmitRefusesErrors(t *testing.T) {
	e := priced()
	e.Messages = []Message{
		{Severity: SeverityWarning, Code: "stale", Text: "old"},
		{Severity: SeverityError, Code: "unknown_sku", Line: "10", Text: "There is no product X."},
		{Severity: SeverityError, Code: "bad_date", Text: "The date is missing."},
	}
	_, err := do(draft(), e, Submit, mei, noon)
	f, ok := err.(*fault.Error) //nolint:errorlint // the error itself is looked at
	if !ok || f.Kind != fault.Conflict || len(f.Mistakes) != 2 {
		t.Fatalf("submit gives %v", err)
	}
	if got := f.Mistakes[0].String(); got != "line 10: There is no product X." {
		t.Errorf("the mistake is %q", got)
	}
	if _, err := do(draft(), &Evaluation{}, Submit, mei, noon); !fault.Is(err, fault.Conflict) {
		t.Errorf("a quote without lines: %v", err)
	}
}

func TestApprovalsInSequence(t *testing.T) {
	e := priced(NeededApproval{ID: "margin", Roles: []string{"sales-manager", "finance"}, Order: "sequence", Reason: "low margin"})
	q := must(t, draft(), e, Submit, mei)
	if _, err := do(q, e, Approve, fiona, noon); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "sales-manager") {
		t.Errorf("finance before the sales manager: %v", err)
	}
	q = must(t, q, e, Approve, anton)
	if q.State != InApproval || q.Approvals[0].Status != ApprovalOpen {
		t.Errorf("after one of two: %s, %s", q.State, q.Approvals[0].Status)
	}
	if _, err := do(q, e, Approve, anton, noon); !fault.Is(err, fault.Denied) {
		t.Errorf("the sales manager twice: %v", err)
	}
	q = must(t, q, e, Approve, fiona)
	if q.State != Approved || q.Approvals[0].Status != ApprovalApproved || q.Approvals[0].By != "Fiona" || len(q.Approvals[0].Decisions) != 2 {
		t.Errorf("after both: %s, %+v", q.State, q.Approvals[0])
	}
}

func TestApprovalsInParallel(t *testing.T) {
	e := priced(NeededApproval{ID: "margin", Roles: []string{"sales-manager", "finance"}, Order: "parallel"},
		NeededApproval{ID: "terms", Roles: []string{"finance"}})
	q := must(t, draft(), e, Submit, mei)
	q = must(t, q, e, Approve, fiona)
	if q.State != InApproval || q.Approvals[1].Status != ApprovalApproved {
		t.Errorf("finance first: %s, %+v", q.State, q.Approvals)
	}
	c, err := act(q, e, Reject, anton, Details{Comment: "too cheap"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if c.Quote.State != Draft || c.Quote.Approvals[0].Status != ApprovalRejected || c.Quote.Approvals[0].Comment != "too cheap" {
		t.Errorf("rejected: %s, %+v", c.Quote.State, c.Quote.Approvals)
	}
	if q.Approvals[0].Status != ApprovalOpen {
		t.Error("the quote that was read has changed")
	}
	again := must(t, c.Quote, e, Submit, mei)
	if again.Approvals[0].Status != ApprovalOpen || again.Approvals[1].Status != ApprovalApproved {
		t.Errorf("the same content again: what was approved stays, what was rejected is asked again: %+v", again.Approvals)
	}
	other := c.Quote
	other.Content = "c2"
	if again := must(t, other, e, Submit, mei); again.Approvals[1].Status != ApprovalOpen {
		t.Error("an approval holds for other content")
	}
}

func TestNobodyDecidesOnHisOwnQuote(t *testing.T) {
	e := priced(NeededApproval{ID: "margin", Roles: []string{"sales-manager"}})
	for _, by := range []Actor{anton, ada} {
		q := must(t, draft(), e, Submit, by)
		if _, err := do(q, e, Approve, by, noon); !fault.Is(err, fault.Denied) {
			t.Errorf("%s approves what he submitted: %v", by.Name, err)
		}
		if slices.Contains(q.Allowed(by), Approve) {
			t.Errorf("%s is offered to approve what he submitted", by.Name)
		}
	}
	own := draft()
	own.RevisedBy = anton.Name
	if _, err := do(must(t, own, e, Submit, mei), e, Approve, anton, noon); !fault.Is(err, fault.Denied) {
		t.Errorf("whoever made the revision approves it: %v", err)
	}
	if q := must(t, must(t, draft(), e, Submit, mei), e, Approve, ada); q.State != Approved {
		t.Error("an admin cannot stand in for an approver")
	}
}

func TestAcceptIsOneChange(t *testing.T) {
	q := inState(t, Sent)
	if _, err := act(q, priced(), Accept, mei, Details{Name: " "}, noon); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a name: %v", err)
	}
	c, err := act(q, priced(), Accept, crm, Details{Name: "Ms Lin", Via: "webhook"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if c.Quote.Acceptance.Name != "Ms Lin" || c.Quote.Acceptance.Via != "webhook" || c.Quote.Acceptance.Content != q.Content {
		t.Errorf("accepted as %+v", c.Quote.Acceptance)
	}
	want := []Job{PublishEvent{Event: "q.4.1"}, DeliverOrder{Quote: "q"}}
	if !slices.Equal(c.Jobs, want) {
		t.Errorf("jobs %v, want %v", c.Jobs, want)
	}
	if c.Quote.Order.Reference != q.Number || c.Quote.Order.Status != OrderWaiting {
		t.Errorf("order %+v", c.Quote.Order)
	}
}

func TestValidity(t *testing.T) {
	q := inState(t, Approved)
	q.ValidUntil = catalog.Date{Year: 2026, Month: 11, Day: 23}
	if _, err := do(q, priced(), Send, mei, noon); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	if _, err := do(q, priced(), Send, mei, noon.AddDate(0, 0, 1)); !fault.Is(err, fault.Conflict) {
		t.Errorf("a day late: %v", err)
	}
}

func TestOrderProblems(t *testing.T) {
	q := inState(t, Accepted)
	c, isNew := q.Troubled("differs", noon)
	if !isNew || c.Quote.State != Accepted || c.Quote.Order.Status != OrderProblem || q.Order.Status != OrderWaiting {
		t.Fatalf("a problem gives %+v", c.Quote.Order)
	}
	if _, isNew := c.Quote.Troubled("differs", noon); isNew {
		t.Error("the same problem is told twice")
	}
	placed, err := c.Quote.Placed(noon)
	if err != nil || placed.Quote.Order.Problem != "" || placed.Quote.State != Ordering {
		t.Errorf("placed after all: %v, %+v", err, placed.Quote.Order)
	}
	if _, err := inState(t, Ordered).Placed(noon); !fault.Is(err, fault.Conflict) {
		t.Errorf("an ordered quote is placed again: %v", err)
	}
}

// TestAnyLife lets anybody do anything in any order: what must hold, holds always.
func TestAnyLife(t *testing.T) {
	needs := [][]NeededApproval{nil, {{ID: "a", Roles: []string{"sales-manager"}}},
		{{ID: "a", Roles: []string{"sales-manager", "finance"}, Order: "sequence"}, {ID: "b", Roles: []string{"finance"}}}}
	rapid.Check(t, func(t *rapid.T) {
		q, orders := draft(), 0
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			e := priced(needs[int(q.Content[1]-'0')%len(needs)]...)
			a := rapid.SampledFrom([]Action{Submit, Approve, Reject, Send, Accept, Decline, Cancel, Revise, place, confirm, expire, Edit}).Draw(t, "action")
			by := rapid.SampledFrom([]Actor{mei, anton, fiona, ada, crm, pia}).Draw(t, "by")
			if a == Edit {
				if q.check(Edit, by) == nil {
					q.Revision, q.Version, q.RevisedBy = q.Revision+1, q.Version+1, by.Name
					q.Content = fmt.Sprintf("c%d", q.Revision%10)
				}
				continue
			}
			c, err := do(q, e, a, by, noon)
			if err != nil {
				continue
			}
			if c.Expect != q.Version || c.Quote.Version != q.Version+1 || len(c.Events) == 0 {
				t.Fatalf("%s: version %d to %d expecting %d with %d events", a, q.Version, c.Quote.Version, c.Expect, len(c.Events))
			}
			for _, job := range c.Jobs {
				if job.Kind() == (DeliverOrder{}).Kind() {
					orders++
				}
			}
			q = c.Quote
			checkLife(t, q, orders)
		}
	})
}

func checkLife(t *rapid.T, q Quote, orders int) {
	committed := slices.Contains([]State{Accepted, Ordering, Ordered}, q.State)
	if committed != (orders == 1) || committed != (q.Acceptance != nil) || committed != (q.Order != nil) {
		t.Fatalf("%s with %d orders, acceptance %v", q.State, orders, q.Acceptance)
	}
	if slices.Contains([]State{Approved, Sent, Accepted, Ordering, Ordered}, q.State) && !settled(q.Approvals, q.Content) {
		t.Fatalf("%s with approvals %+v for %s", q.State, q.Approvals, q.Content)
	}
	for _, a := range q.Approvals {
		for _, d := range a.Decisions {
			if a.Content == q.Content && q.State != Draft && d.By == q.SubmittedBy && d.By == q.RevisedBy {
				t.Fatalf("%s decided on his own quote", d.By)
			}
		}
	}
}
