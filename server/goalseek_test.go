package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotewright/quote"
)

// skidGoal asks for the discount on the two pumps at which the quote is 1,300.02: 1,150 for
// the skid leaves 150.02 of 200.00, which is 24.99 % off.
const skidGoal = `{"request":` + skidRequest + `,"goal":{"figure":"net","target":"1300.02"},"change":{"input":"discount_percent","line":"1"}}`

// goalOf is a goal for the skid request.
func goalOf(goal, change string) string {
	return fmt.Sprintf(`{"request":%s,"goal":%s,"change":%s}`, skidRequest, goal, change)
}

func (h *house) goal(role, body string) quote.GoalAnswer {
	h.t.Helper()
	a := h.expect(h.call(role, "POST", "/v1/goal-seek", body), 200)
	var answer quote.GoalAnswer
	h.must(json.Unmarshal([]byte(a.body), &answer))
	return answer
}

func TestGoalSeek(t *testing.T) {
	h := newHouse(t)
	answer := h.goal(quote.RoleRep, skidGoal)
	if answer.Outcome != quote.OutcomeExact || len(answer.Answers) != 1 || answer.Now.Value.String() != "20" || answer.Now.Figure != "1310.00" {
		t.Errorf("%+v", answer)
	}
	p := answer.Answers[0]
	if p.Value.String() != "24.99" || p.Figure != "1300.02" || p.Off != "0.00" || p.Totals.Net.String() != "1300.02" {
		t.Errorf("%+v", p)
	}
	if ids := approvalIDs(p.Approvals); ids != "deep-discount margin" || len(p.NewApprovals) != 0 {
		t.Errorf("approvals %s, new %v", ids, p.NewApprovals)
	}
	numbers := strings.NewReplacer(`"1300.02"`, `1300.02`, `"discount_percent","line":"1"`, `"discount_percent","line":"1","min":24,"max":30,"step":0.01`).Replace(skidGoal)
	if again := h.goal(quote.RoleRep, numbers); again.Answers[0].Value.String() != "24.99" || again.Range.Min != "24" {
		t.Errorf("as numbers: %+v", again)
	}
}

func approvalIDs(approvals []quote.NeededApproval) string {
	var ids []string
	for _, a := range approvals {
		ids = append(ids, a.ID)
	}
	return strings.Join(ids, " ")
}

func TestGoalSeekWithoutDate(t *testing.T) {
	h := newHouse(t)
	if a := h.goal(quote.RoleRep, strings.Replace(skidGoal, `"date":"2026-11-23",`, "", 1)); a.Outcome != quote.OutcomeExact {
		t.Errorf("%+v", a)
	}
}

// TestGoalSeekOfCosts: margins are for those who may see them, as goals and in the answers
// to other goals.
func TestGoalSeekOfCosts(t *testing.T) {
	h := newHouse(t)
	change := `{"input":"discount_percent","line":"1"}`
	for _, figure := range []string{"margin", "margin_percent", "cost"} {
		goal := goalOf(fmt.Sprintf(`{"figure":%q,"target":"30"}`, figure), change)
		h.problem(h.call(quote.RoleRep, "POST", "/v1/goal-seek", goal), 403, "denied")
		h.expect(h.call(quote.RoleApprover, "POST", "/v1/goal-seek", goal), 200)
	}
	ofLine := goalOf(`{"figure":"margin_percent","line":"1","target":"30"}`, change)
	h.problem(h.call(quote.RoleRep, "POST", "/v1/goal-seek", ofLine), 403, "denied")
	// 120 is what the pumps cost, so 30 % of what they are sold for is earned from 171.43 on:
	// 14.28 % off gives 171.44, 14.29 % gives 171.42; both are 30.00 %.
	answer := h.goal(quote.RoleApprover, ofLine)
	if answer.Outcome != quote.OutcomeExact || answer.Answers[0].Value.String() != "14.28" || answer.Answers[0].Totals.Margin == nil {
		t.Errorf("%+v", answer)
	}
	rep := h.call(quote.RoleRep, "POST", "/v1/goal-seek", skidGoal).body
	if found := costKeys(t, rep); len(found) > 0 {
		t.Errorf("a rep sees %v", found)
	}
	approver := h.call(quote.RoleApprover, "POST", "/v1/goal-seek", skidGoal).body
	if !strings.Contains(approver, `"margin_percent"`) || !strings.Contains(approver, "margin is") {
		t.Errorf("an approver sees %s", approver)
	}
}

func TestGoalSeekProblems(t *testing.T) {
	h := newHouse(t)
	const net, discount = `{"figure":"net","target":"1300"}`, `{"input":"discount_percent","line":"1"}`
	tests := []struct {
		name, body, code string
		want             []ProblemDetail
	}{
		{"everything wrong", goalOf(`{"figure":"tcvv","line":"9","target":"much"}`, `{"input":"discount","line":"1"}`), "invalid_goal", []ProblemDetail{
			{Location: "body.goal.figure", Message: `"tcvv" is not a figure of a line; these are: net, tax, gross, list, discount, discount_percent, cost, margin, margin_percent, unit_price, per_period, annual`},
			{Location: "body.goal.line", Message: `there is no line "9"`},
			{Location: "body.goal.target", Message: `"much" is not a number`},
			{Location: "body.change.input", Message: `the sales model direct reads no input "discount" of a line`}}},
		{"no line named", goalOf(net, `{"input":"discount_percent"}`), "invalid_goal", []ProblemDetail{
			{Location: "body.change.input", Message: `the sales model direct reads no input "discount_percent" of a quote; it is one of lines: name the line, or set all_lines`}}},
		{"nothing to change", goalOf(net, `{"line":"1"}`), "invalid_goal", []ProblemDetail{
			{Location: "body.change", Message: "needs exactly one of input, quantity and feature"}}},
		{"no multiple", goalOf(net, `{"input":"discount_percent","line":"1","min":"41"}`), "invalid_goal", []ProblemDetail{
			{Location: "body.change", Message: "no multiple of 0.01 is at least 41 and at most 40"}}},
		{"not configurable", goalOf(net, `{"feature":"motor","line":"1"}`), "invalid_goal", []ProblemDetail{
			{Location: "body.change.feature", Message: "PUMP is not configurable"}}},
		{"nothing recurs", goalOf(`{"figure":"arr","target":"1"}`, discount), "figure_unavailable", nil},
		{"errors of the request", strings.Replace(goalOf(net, discount), `"quantity":2`, `"quantity":"two"`, 1), "request_has_errors", []ProblemDetail{
			{Location: "body.request.lines[0]", Message: `The quantity "two" is not a number.`}}},
		{"unknown customer", strings.Replace(goalOf(net, discount), `"C-1"`, `"C-9"`, 1), "request_has_errors", []ProblemDetail{
			{Location: "body.request", Message: `There is no customer "C-9".`}}},
		{"in all places", strings.Replace(goalOf(`{"figure":"nett","target":"much"}`, `{"quantity":true,"step":0}`), `"C-1"`, `"C-9"`, 1), "request_has_errors", []ProblemDetail{
			{Location: "body.request", Message: `There is no customer "C-9".`},
			{Location: "body.goal.figure", Message: `"nett" is not a figure of the quote; these are: net, tax, gross, list, discount, discount_percent, cost, margin, margin_percent, one_off, recurring, tcv, arr`},
			{Location: "body.goal.target", Message: `"much" is not a number`},
			{Location: "body.change.line", Message: "is missing"},
			{Location: "body.change.step", Message: "has to be more than 0"}}},
		{"unknown field", goalOf(net, `{"inputs":"discount_percent"}`), "invalid", []ProblemDetail{
			{Location: "body.change.inputs", Message: "unexpected property"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := h.call(quote.RoleApprover, "POST", "/v1/goal-seek", test.body)
			h.problem(a, 422, test.code)
			var p Problem
			h.must(json.Unmarshal([]byte(a.body), &p))
			for i := range p.Errors {
				p.Errors[i].Value = nil
			}
			if diff := cmp.Diff(test.want, p.Errors); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", p.Detail, diff)
			}
		})
	}
}
