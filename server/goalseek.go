package server

import (
	"context"
	"errors"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// seekGoal finds the value that brings a figure of a request to a target. Who may not see
// costs may not aim at a figure that tells of them.
func (s *Server) seekGoal(ctx context.Context, in *struct{ Body quote.GoalRequest }) (*body[*quote.GoalAnswer], error) {
	a := actor(ctx)
	if in.Body.Goal.ShowsCost() && !may(a, SeeMargin) {
		return nil, fault.New(fault.Denied, "denied", "The role %s may not see costs, and so may not aim at %s.", a.Role, in.Body.Goal.Figure)
	}
	s.date(&in.Body.Request)
	book, snapshot := s.Quotes.Current()
	answer, err := quote.SeekGoal(ctx, book, snapshot, in.Body)
	if err != nil {
		return nil, goalProblem(err)
	}
	if !may(a, SeeMargin) {
		answer = answer.WithoutCosts()
	}
	return reply(answer), nil
}

// goalProblem is what is wrong with a goal, with every place as a path in the body.
func goalProblem(err error) error {
	var refused *fault.Error
	if !errors.As(err, &refused) || refused.Kind != fault.Invalid {
		return err
	}
	p := newProblem(status(refused.Kind), refused.Text)
	p.Code = refused.Code
	for _, m := range refused.Mistakes {
		p.Errors = append(p.Errors, ProblemDetail{Location: bodyPath(m.Position.File), Message: m.Text})
	}
	return p
}
