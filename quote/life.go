package quote

import (
	"slices"
	"strings"

	"quotewright/internal/fault"
)

// Action is something that is done to a quote.
type Action string

// The actions of callers.
const (
	Edit    Action = "edit" // title, validity, request
	Submit  Action = "submit"
	Approve Action = "approve"
	Reject  Action = "reject"
	Send    Action = "send"
	Accept  Action = "accept"
	Decline Action = "decline"
	Cancel  Action = "cancel"
	Revise  Action = "revise"
)

// What happens without a caller.
const (
	expire  Action = "expire"  // the validity has ended
	place   Action = "place"   // the order is in the ERP, its answer is awaited
	confirm Action = "confirm" // the ERP has given the order a number
)

// transition says in which states an action is possible, where it leads, and who may.
type transition struct {
	action Action
	from   []State
	to     State
	who    []string // roles; none: the house itself
}

// life is the whole life of a quote. docs/quotes.md draws it.
var life = []transition{
	{Edit, []State{Draft}, Draft, sellers},
	{Submit, []State{Draft}, InApproval, sellers},      // Approved at once when nothing needs approval
	{Send, []State{Approved}, Sent, sellers},           //
	{Accept, []State{Sent}, Accepted, sellers},         // and the order job is written
	{Decline, []State{Sent}, Declined, sellers},        //
	{Cancel, beforeAcceptance, Cancelled, sellers},     //
	{Revise, revisable, Draft, sellers},                // the next edit makes the next revision
	{Approve, []State{InApproval}, Approved, deciders}, // with the last decision; InApproval before
	{Reject, []State{InApproval}, Draft, deciders},     //
	{expire, []State{Sent}, Expired, nil},              //
	{place, []State{Accepted}, Ordering, nil},          //
	{confirm, []State{Ordering}, Ordered, nil},         //
}

var (
	beforeAcceptance = []State{Draft, InApproval, Approved, Sent}
	revisable        = []State{InApproval, Approved, Sent, Declined, Expired}
)

func transitionOf(a Action) (transition, bool) {
	i := slices.IndexFunc(life, func(t transition) bool { return t.action == a })
	if i < 0 {
		return transition{}, false
	}
	return life[i], true
}

// Allowed returns what an actor may do with the quote now, in the order of the table.
func (q Quote) Allowed(actor Actor) []Action {
	allowed := []Action{}
	for _, t := range life {
		if t.who != nil && q.check(t.action, actor) == nil {
			allowed = append(allowed, t.action)
		}
	}
	return allowed
}

// check refuses an action that the actor may not do (fault.Denied) or that the quote's
// state does not allow (fault.Conflict).
func (q Quote) check(a Action, actor Actor) error {
	t, known := transitionOf(a)
	if !known {
		return fault.New(fault.Invalid, "unknown_action", "There is no action %q.", a)
	}
	if t.who != nil && !slices.Contains(t.who, actor.Role) {
		return fault.New(fault.Denied, "denied", "The role %s may not %s a quote.", actor.Role, a)
	}
	if !slices.Contains(t.from, q.State) {
		return fault.New(fault.Conflict, "wrong_state", "The quote is %s. To %s it, it has to be %s.", q.State.words(), a, anyOf(t.from))
	}
	if a == Approve || a == Reject {
		return q.checkDecider(actor)
	}
	return nil
}

func anyOf(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = s.words()
	}
	return strings.Join(words, " or ")
}

// words is the state as people say it.
func (s State) words() string {
	if s == InApproval {
		return "in approval"
	}
	return string(s)
}
