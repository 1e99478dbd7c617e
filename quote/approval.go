package quote

import (
	"slices"
	"strings"
	"time"

	"quotewright/internal/fault"
)

// The states of an approval and of the decisions in it.
const (
	ApprovalOpen     = "open"
	ApprovalApproved = "approved"
	ApprovalRejected = "rejected"
)

// sequence is the Order of an approval whose roles decide one after the other.
const sequence = "sequence"

// waiting returns the roles that may decide now.
func (a Approval) waiting() []string {
	if a.Status != ApprovalOpen {
		return nil
	}
	open := slices.DeleteFunc(slices.Clone(a.Roles), func(role string) bool {
		return slices.ContainsFunc(a.Decisions, func(d Decision) bool { return d.Role == role })
	})
	if a.Order == sequence && len(open) > 1 {
		return open[:1]
	}
	return open
}

// decide records the decision of every waiting role that the actor decides for, and
// returns these roles. In a sequence one person who holds several roles in a row
// decides for all of them at once.
func (a *Approval) decide(actor Actor, status, comment string, at time.Time) []string {
	var decided []string
	for {
		i := slices.IndexFunc(a.waiting(), actor.decides)
		if i < 0 {
			return decided
		}
		role := a.waiting()[i]
		decided = append(decided, role)
		a.Decisions = append(slices.Clip(a.Decisions), Decision{Role: role, Status: status, By: actor.Name, At: at, Comment: comment})
		a.By, a.At, a.Comment = actor.Name, &at, comment
		if status == ApprovalRejected {
			a.Status = ApprovalRejected
		} else if len(a.Decisions) == len(a.Roles) {
			a.Status = ApprovalApproved
		}
	}
}

// checkDecider refuses whoever has nothing to decide on the quote now.
func (q Quote) checkDecider(actor Actor) error {
	if actor.Name == q.SubmittedBy || actor.Name == q.RevisedBy {
		return fault.New(fault.Denied, "own_quote", "Nobody decides on a quote that is his own.")
	}
	var roles []string
	for _, a := range q.Approvals {
		roles = append(roles, a.waiting()...)
	}
	if slices.ContainsFunc(roles, actor.decides) {
		return nil
	}
	slices.Sort(roles)
	return fault.New(fault.Denied, "not_an_approver", "This waits for the decision of %s.", strings.Join(slices.Compact(roles), ", "))
}

// askFor returns the approvals of a revision, with reasons that anybody may see. What
// was approved for the very same content stays approved.
func askFor(needed []NeededApproval, content string, before []Approval) []Approval {
	asked := []Approval{}
	for _, n := range needed {
		n = n.withoutCosts()
		a := Approval{ID: n.ID, Roles: n.Roles, Order: n.Order, Reason: n.Reason, Lines: n.Lines, Content: content, Status: ApprovalOpen}
		for _, b := range before {
			if b.ID == n.ID && b.Content == content && b.Status == ApprovalApproved {
				a = b
			}
		}
		asked = append(asked, a)
	}
	return asked
}

// settled reports whether everything is approved, for this content.
func settled(approvals []Approval, content string) bool {
	return !slices.ContainsFunc(approvals, func(a Approval) bool {
		return a.Status != ApprovalApproved || a.Content != content
	})
}
