package quote

import (
	"context"
	"slices"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/rulebook"
)

// MaxGoalEvaluations is how often SeekGoal evaluates a request at most, once for the request
// as it is. A request of more than 1,000 lines is evaluated less often, though never less
// often than minGoalEvaluations: some 400,000 lines are priced in all.
const (
	MaxGoalEvaluations = 400
	minGoalEvaluations = 100
	goalLines          = 400_000
)

// GoalRequest asks for the value of one thing that brings a figure of a request to a target.
type GoalRequest struct {
	Request Request    `json:"request"`
	Goal    Goal       `json:"goal"`
	Change  GoalChange `json:"change"`
}

// Goal is a figure and what it should be.
type Goal struct {
	// Figure is one of an evaluation's totals, or with Line one of that line: net, gross,
	// margin_percent …
	Figure string `json:"figure"`
	Line   string `json:"line,omitempty"` // none: the totals
	Target Number `json:"target"`
}

// ShowsCost reports whether an answer tells what something costs.
func (g Goal) ShowsCost() bool {
	f, _ := findFigure(g.Figure)
	return f.cost
}

// GoalChange is what may be changed, and how far: exactly one of Input, Quantity and Feature.
type GoalChange struct {
	Input    string `json:"input,omitempty"`     // a number or boolean that is entered,
	Line     string `json:"line,omitempty"`      // on this line
	AllLines bool   `json:"all_lines,omitempty"` // the same on every line; neither: on the quote
	Quantity bool   `json:"quantity,omitempty"`  // of Line
	Feature  string `json:"feature,omitempty"`   // of Line's configuration

	// What is tried are the multiples of Step from Min to Max. The limits of the rules hold
	// besides.
	Min  Number `json:"min,omitempty"`
	Max  Number `json:"max,omitempty"`
	Step Number `json:"step,omitempty"`
}

// Outcome says how near to its target a goal can come.
type Outcome string

// The outcomes.
const (
	OutcomeExact       Outcome = "exact"       // a value gives the target to the last digit
	OutcomeNearest     Outcome = "nearest"     // no value does; there is one on each side
	OutcomeUnreachable Outcome = "unreachable" // all values stay on one side
)

// Searched says what an answer rests on.
type Searched string

// What an answer can rest on.
const (
	// SearchedAll: every value was tried; the answer is proven.
	SearchedAll Searched = "every_value"
	// SearchedMonotone: the figure only rose or only fell along the values tried, and none
	// between two that are right was wrong; the answer is right if that holds between them
	// as well.
	SearchedMonotone Searched = "monotone"
	// SearchedSamples: the figure rises and falls, or values were left out that may come
	// nearer; the answer is the best of what was tried.
	SearchedSamples Searched = "samples"
)

// Match says where the figure of a value lies.
type Match string

// The matches.
const (
	MatchExact        Match = "exact"
	MatchNearestBelow Match = "nearest_below" // none of those tried gives more that is below the target
	MatchNearestAbove Match = "nearest_above" // none of those tried gives less that is above the target
	MatchBelow        Match = "below"
	MatchAbove        Match = "above"
)

// GoalAnswer says which values come nearest to a goal, and what each of them means.
type GoalAnswer struct {
	Outcome     Outcome    `json:"outcome" enum:"exact,nearest,unreachable" doc:"Whether a value gives the target to the last digit, one on each side comes nearest, or all stay on one side."`
	Searched    Searched   `json:"searched" enum:"every_value,monotone,samples" doc:"What the answer rests on: every value was tried; the figure only rose or only fell along those tried; it rises and falls, and this is the best of those tried."`
	Evaluations int        `json:"evaluations"`
	Currency    string     `json:"currency"`
	Target      string     `json:"target"`
	Range       *GoalRange `json:"range,omitempty"` // of numbers
	Now         GoalPoint  `json:"now"`             // the request as it is
	// Answers are, of numbers: the lowest one that is exact; else the lowest nearest one
	// below and above the target; when it is unreachable, those at both limits as well. Of
	// options: all, the nearest first, of equally near ones those with fewer new approvals.
	Answers []GoalPoint   `json:"answers" nullable:"false"`
	Failed  []GoalFailure `json:"failed,omitempty"` // options that cannot be chosen
}

// GoalRange is what numbers were looked among: the multiples of Step from Min to Max.
type GoalRange struct {
	Min  string `json:"min"`
	Max  string `json:"max"`
	Step string `json:"step"`
}

// GoalPoint is a value with what it leads to.
type GoalPoint struct {
	Value     formula.Value    `json:"value"`                                                                // null: nothing is entered, or not the same on all lines
	Match     Match            `json:"match,omitempty" enum:"exact,nearest_below,nearest_above,below,above"` // none: of the request as it is, which has errors or no such figure
	Limit     string           `json:"limit,omitempty" enum:"min,max"`                                       // min, max: no lower, no higher value is possible
	Figure    string           `json:"figure,omitempty"`
	Off       string           `json:"off,omitempty"` // the figure less the target
	Totals    Totals           `json:"totals"`
	Approvals []NeededApproval `json:"approvals" nullable:"false"`
	// NewApprovals are those that the request as it is does not need, with the lines that
	// are new.
	NewApprovals []NeededApproval `json:"new_approvals" nullable:"false"`
}

// GoalFailure is an option that cannot be evaluated.
type GoalFailure struct {
	Value    formula.Value `json:"value"`
	Messages []Message     `json:"messages" nullable:"false"` // errors alone
}

// WithoutCosts returns the answer as it may be shown to those who may not see costs. They
// may not aim at a figure that shows costs either; see Goal.ShowsCost.
func (a *GoalAnswer) WithoutCosts() *GoalAnswer {
	out := *a
	out.Now = a.Now.withoutCosts()
	out.Answers = slices.Clone(a.Answers)
	for i := range out.Answers {
		out.Answers[i] = out.Answers[i].withoutCosts()
	}
	return &out
}

func (p GoalPoint) withoutCosts() GoalPoint {
	p.Totals = p.Totals.WithoutCosts()
	for _, list := range []*[]NeededApproval{&p.Approvals, &p.NewApprovals} {
		*list = slices.Clone(*list)
		for i, a := range *list {
			(*list)[i] = a.withoutCosts()
		}
	}
	return p
}

// SeekGoal finds the value that brings a figure to its target, by evaluating the request with
// one value after the other: what it answers is what Evaluate says. It is deterministic. How
// sure the answer is stands in its Searched; see search.
//
// A value is only ever answered when the request has no errors with it. What is wrong with
// the goal or the change, a figure that is not known, and a request that has errors with
// every value are fault.Invalid, with every mistake of all of them at its JSON pointer. ctx
// ends the search with its error.
//
// How often coupons have been used is not known here: they are taken as unused.
func SeekGoal(ctx context.Context, book *rulebook.Book, snapshot *catalog.Snapshot, g GoalRequest) (*GoalAnswer, error) {
	g.Request.Redeemed = nil
	k := &seeker{ctx: ctx, book: book, snapshot: snapshot, view: catalog.NewView(snapshot), GoalRequest: g}
	k.now = k.evaluate(g.Request)
	k.readGoal()
	sound := k.readChange()
	var known bool
	switch k.model, known = book.SalesModel(g.Request.SalesModel); {
	case !known || k.wrongHeader():
		k.fatal = requestErrors(g.Request, k.now.Errors())
	case sound:
		k.readLever()
	}
	if err := k.refused(); err != nil {
		return nil, err
	}
	if err := k.unavailable(); err != nil {
		return nil, err
	}
	if k.lever.ordered {
		return k.seekNumber()
	}
	return k.rankOptions()
}
