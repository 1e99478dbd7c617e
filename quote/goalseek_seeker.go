package quote

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
	"quotewright/rulebook"
)

// seeker is one search for a goal on its way.
type seeker struct {
	GoalRequest
	ctx         context.Context
	book        *rulebook.Book
	snapshot    *catalog.Snapshot
	view        *catalog.View
	model       *pricing.SalesModel
	currency    money.Currency
	now         *Evaluation // of the request as it is
	figure      goalFigure
	target      money.Num
	lever       lever
	min         *decimal.Decimal // those of the change; nil: none
	max         *decimal.Decimal
	step        *decimal.Decimal
	unclear     bool // one of them is a mistake
	mistakes    fault.Mistakes
	fatal       *fault.Error // of the request: its mistakes come before the others
	evaluations int
	failed      []GoalFailure
	unknown     bool // a value gave no errors and no figure
}

func (k *seeker) evaluate(r Request) *Evaluation {
	k.evaluations++
	return EvaluateTraced(k.book, k.snapshot, r, pricing.TraceNone)
}

// budget is how many values may be tried.
func (k *seeker) budget() int {
	most := goalLines / max(len(k.Request.Lines), 1)
	return min(max(most, minGoalEvaluations), MaxGoalEvaluations) - 1
}

func (k *seeker) mistake(at, format string, args ...any) {
	k.mistakes.Add(fault.Position{File: at}, format, args...)
}

// wrongHeader reports whether nothing can be priced, whatever is changed, and else knows the
// currency.
func (k *seeker) wrongHeader() bool {
	currency, err := money.ParseCurrency(k.now.Currency)
	k.currency = currency
	_, known := k.view.Customer(k.Request.Customer)
	return err != nil || !known || !k.Request.Date.IsValid()
}

// refused are the mistakes of the request, the goal and the change; nil: there are none.
func (k *seeker) refused() error {
	switch {
	case k.fatal != nil:
		k.fatal.Mistakes = append(k.fatal.Mistakes, k.mistakes...)
		return k.fatal
	case len(k.mistakes) > 0:
		err := fault.New(fault.Invalid, "invalid_goal", "The goal cannot be sought: %s.", k.mistakes[0].Text)
		err.Mistakes = k.mistakes
		return err
	}
	return nil
}

func (k *seeker) readGoal() {
	g := k.Goal
	var known bool
	if k.figure, known = findFigure(g.Figure); !known || g.Line == "" && !k.figure.ofQuote || g.Line != "" && !k.figure.ofLine {
		of := "the quote"
		if g.Line != "" {
			of = "a line"
		}
		k.mistake("/goal/figure", "%q is not a figure of %s; these are: %s", g.Figure, of, strings.Join(figureNames(g.Line != ""), ", "))
	}
	if g.Line != "" && k.line(g.Line) < 0 {
		k.mistake("/goal/line", "there is no line %q", g.Line)
	}
	k.target = k.number("/goal/target", g.Target)
}

// line finds a line of the request; -1: there is none.
func (k *seeker) line(id string) int {
	return slices.IndexFunc(k.Request.Lines, func(l Line) bool { return l.ID == id })
}

func (k *seeker) number(at string, text Number) money.Num {
	if text == "" || text == "null" {
		k.mistake(at, "is missing")
		return money.Num{}
	}
	n, err := money.ParseNum(string(text))
	if err != nil {
		k.mistake(at, "%s", err)
	}
	return n
}

// unavailable refuses a figure that no value can make known.
func (k *seeker) unavailable() error {
	if len(k.now.Errors()) > 0 {
		return nil
	}
	missing := k.figure.recurs && k.figure.of(k.now, k.Goal.Line) == nil
	if k.figure.cost {
		cost, _ := findFigure("cost")
		missing = cost.of(k.now, k.Goal.Line) == nil
	}
	if missing && k.Change.Feature == "" {
		return k.noFigure()
	}
	return nil
}

func (k *seeker) noFigure() error {
	of := "the quote"
	if k.Goal.Line != "" {
		of = "line " + k.Goal.Line
	}
	return fault.New(fault.Invalid, "figure_unavailable", "The %s of %s is not known: %s.", k.figure.name, of, k.figure.missing())
}

// requestErrors refuses a request for its errors.
func requestErrors(r Request, errs []Message) *fault.Error {
	refusal := fault.New(fault.Invalid, "request_has_errors", "The request has errors, so no goal can be sought. The first: %s", errs[0].Text)
	for _, m := range errs {
		at := "/request"
		if i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.ID == m.Line }); m.Line != "" && i >= 0 {
			at += "/lines/" + strconv.Itoa(i)
		}
		refusal.Mistakes = append(refusal.Mistakes, fault.Mistake{Position: fault.Position{File: at}, Code: m.Code, Text: m.Text})
	}
	return refusal
}

// impossible says why no value could be answered.
func (k *seeker) impossible() error {
	if k.unknown {
		return k.noFigure()
	}
	if errs := k.now.Errors(); len(errs) > 0 {
		return requestErrors(k.Request, errs)
	}
	err := requestErrors(k.Request, k.failed[0].Messages)
	err.Code = "no_value_possible"
	err.Text = fmt.Sprintf("Every value that was tried gives errors. With %s: %s", k.failed[0].Value, k.failed[0].Messages[0].Text)
	return err
}

// try evaluates the request with a value. A value that gives errors has no point.
func (k *seeker) try(index int64) (sighting, error) {
	if err := k.ctx.Err(); err != nil {
		return sighting{}, err
	}
	value := k.lever.at(index)
	e := k.evaluate(k.lever.with(k.Request, value))
	s := sighting{index: index, side: wrong}
	if errs := e.Errors(); len(errs) > 0 {
		if !k.lever.ordered || len(k.failed) == 0 {
			k.failed = append(k.failed, GoalFailure{Value: value, Messages: errs})
		}
		return s, nil
	}
	figure := k.figure.of(e, k.Goal.Line)
	if figure == nil {
		k.unknown = true
		return s, nil
	}
	s.figure, s.side = *figure, exact+side(figure.Cmp(k.target))
	point := k.pointOf(e, value)
	s.point = &point
	return s, nil
}

// pointOf keeps of an evaluation what is answered.
func (k *seeker) pointOf(e *Evaluation, value formula.Value) GoalPoint {
	p := GoalPoint{Value: value, Totals: e.Totals.copied(), Approvals: e.Approvals, NewApprovals: newApprovals(k.now.Approvals, e.Approvals)}
	if figure := k.figure.of(e, k.Goal.Line); figure != nil {
		p.Match = [...]Match{MatchBelow, MatchExact, MatchAbove}[1+figure.Cmp(k.target)]
		p.Figure, p.Off = k.figure.text(*figure, k.currency), k.figure.text(figure.Sub(k.target), k.currency)
	}
	return p
}

// copied keeps totals without the evaluation that they are a part of.
func (t Totals) copied() Totals {
	for _, a := range []**money.Amount{&t.List, &t.Discount, &t.Net, &t.Tax, &t.Gross, &t.Cost, &t.Margin, &t.OneOff, &t.Recurring, &t.TCV, &t.ARR} {
		*a = copyOf(*a)
	}
	t.DiscountPercent, t.MarginPercent = copyOf(t.DiscountPercent), copyOf(t.MarginPercent)
	return t
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

// newApprovals returns what is needed then and not now.
func newApprovals(now, then []NeededApproval) []NeededApproval {
	added := []NeededApproval{}
	for _, a := range then {
		i := slices.IndexFunc(now, func(b NeededApproval) bool { return b.ID == a.ID })
		if i >= 0 {
			a.Lines = slices.DeleteFunc(slices.Clone(a.Lines), func(id string) bool { return slices.Contains(now[i].Lines, id) })
			if len(a.Lines) == 0 {
				continue
			}
		}
		added = append(added, a)
	}
	return added
}
