package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"quotewright/quote"
)

// searchedWords says in words what an answer rests on.
var searchedWords = map[quote.Searched]string{
	quote.SearchedAll:      "every value was tried",
	quote.SearchedMonotone: "the figure only rose or only fell along the values that were tried",
	quote.SearchedSamples:  "this is the best of the values that were tried; others may come nearer",
}

// matchWords says in words where a figure lies.
var matchWords = map[quote.Match]string{
	quote.MatchExact: "exact", quote.MatchNearestBelow: "nearest below", quote.MatchNearestAbove: "nearest above",
	quote.MatchBelow: "below", quote.MatchAbove: "above",
}

// explainGoal writes an answer for people: the request as it is, then what comes nearest,
// with the approvals that each would cost.
func explainGoal(w io.Writer, g quote.GoalRequest, a *quote.GoalAnswer) error {
	p := &page{currency: a.Currency}
	p.print("%s to be %s, by %s: %s", goalName(g.Goal), a.Target, changeName(g.Change), a.Outcome)
	var rows table
	rows.point("now", a.Now)
	for _, point := range a.Answers {
		name := cmp.Or(matchWords[point.Match], "possible")
		if point.Limit != "" {
			name += ", " + point.Limit
		}
		rows.point(name, point)
	}
	rows.write(p, 1, 2, 3)
	for _, failure := range a.Failed {
		for _, m := range failure.Messages {
			p.print("  %s cannot be: %s", failure.Value, m.Text)
		}
	}
	tried := ""
	if r := a.Range; r != nil {
		tried = fmt.Sprintf(" from %s to %s in steps of %s", r.Min, r.Max, r.Step)
	}
	p.print("%d evaluations%s; %s", a.Evaluations, tried, searchedWords[a.Searched])
	_, err := io.WriteString(w, p.String())
	return err
}

func goalName(g quote.Goal) string {
	if g.Line != "" {
		return g.Figure + " of line " + g.Line
	}
	return "total " + g.Figure
}

func changeName(c quote.GoalChange) string {
	what := cmp.Or(c.Input, c.Feature)
	if c.Quantity {
		what = "quantity"
	}
	switch {
	case c.AllLines:
		return what + " of all lines"
	case c.Line != "":
		return what + " of line " + c.Line
	}
	return what
}

// point adds a value: its name, itself, the figure, how far that is off, and the approvals
// that the request as it is does not need.
func (t *table) point(name string, at quote.GoalPoint) {
	var approvals []string
	for _, a := range at.NewApprovals {
		approvals = append(approvals, a.ID+" by "+strings.Join(a.Roles, ", ")+onLines(a.Lines))
	}
	needs := ""
	if len(approvals) > 0 {
		needs = "needs " + strings.Join(approvals, "; ")
	}
	off := at.Off
	switch {
	case at.Match == quote.MatchExact:
		off = ""
	case off != "" && !strings.HasPrefix(off, "-"):
		off = "+" + off
	}
	value := "-"
	if at.Value.Known() {
		value = at.Value.String()
	}
	t.row("  "+name, value, at.Figure, off, needs)
}
