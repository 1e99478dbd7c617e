package main

import (
	"context"

	"quotewright/internal/fault"
	"quotewright/quote"
)

type goalSeekCommand struct {
	Rules   string `required:"" help:"The rulebook folder."`
	Catalog string `required:"" help:"The catalog folder."`
	Explain bool   `help:"Print a page for people instead of JSON."`
	NDJSON  bool   `name:"ndjson" help:"The input has one goal a line."`
	File    string `arg:"" optional:"" help:"The request, the goal and what may be changed; default stdin."`
}

// Run seeks each goal of the input. The answer is no when one is out of reach.
func (c goalSeekCommand) Run(ctx context.Context, io streams) error {
	book, _, err := loadRules(c.Rules)
	if err != nil {
		return err
	}
	snapshot, err := loadCatalog(c.Catalog)
	if err != nil {
		return err
	}
	return answerEach(c.File, c.NDJSON, io, func(in *input, data []byte) (any, bool, error) {
		var goal quote.GoalRequest
		if err := in.decode(data, &goal); err != nil {
			return nil, false, err
		}
		answer, err := quote.SeekGoal(ctx, book, snapshot, goal)
		if fault.Is(err, fault.Invalid) {
			return nil, false, in.placed(err)
		}
		if err != nil {
			return nil, false, err
		}
		reached := answer.Outcome != quote.OutcomeUnreachable
		if c.Explain {
			return nil, reached, explainGoal(io.out, goal, answer)
		}
		return answer, reached, nil
	})
}
