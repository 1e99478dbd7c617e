package quote_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/quote"
	"quotewright/rulebook"
)

// goalShop sells, in whole pieces, a pump for 100, pallets of 12 for 10 a piece, and paint in
// lots of 50,000 for 2. What is entered is a discount of up to 30 %, a rebate of the quote, and
// a rank, a gift and a note, which only formulas read.
func goalShop(t *testing.T) (*rulebook.Book, *catalog.Snapshot) {
	t.Helper()
	book, mistakes := rulebook.Load(rulebook.FS(map[string]string{
		"rulebook.yaml": `name: Shop
currency: EUR
units: {EA: {digits: 0}}
inputs:
  line: {discount_percent: number, rank: number, note: text, gift: boolean}
  quote: {rebate: number}
conditions: {LIST: {measure: amount, access: [[sku]]}}
`,
		"sales-models/m.yaml": `sales_model: m
procedure:
  - {id: list, condition: LIST, required: true}
  - {id: base, subtotal: true}
  - {id: rep, input: discount_percent, basis: base, max: 30}
  - {id: rank, when: line.inputs.rank >= 0, formula: price.base * -0.01 * line.inputs.rank}
  - {id: gift, when: 'line.inputs.gift or line.inputs.note == "half"', formula: price.base * -0.5}
  - {id: rebate, per: quote, input: rebate, measure: amount, effect: surcharge, min: -20, max: 0}
approvals:
  - {id: deep, when: line.discount_percent > 10, role: manager}
`}))
	if book == nil {
		t.Fatal(mistakes)
	}
	cost := num("60")
	delta := catalog.Delta{}
	delta.Customers.Upsert = []catalog.Customer{{ID: "C"}}
	delta.Products.Upsert = []catalog.Product{{SKU: "PUMP", Unit: "EA", Cost: &cost, Status: catalog.Active},
		{SKU: "PALLET", Unit: "EA", Status: catalog.Active, Multiple: num("12"), MinQuantity: num("24")},
		{SKU: "PAINT", Unit: "EA", Status: catalog.Active, Multiple: num("50000")}}
	for sku, value := range map[string]string{"PUMP": "100", "PALLET": "10", "PAINT": "2"} {
		delta.Conditions.Upsert = append(delta.Conditions.Upsert, catalog.Condition{ID: sku, Type: "LIST", Keys: []catalog.KeyField{{Name: "sku", Value: sku}},
			Value: num(value), Measure: catalog.MeasureAmount, Per: num("1")})
	}
	return book, catalog.NewSnapshot("shop", delta)
}

// goalFor seeks a goal for a quote of one line.
func goalFor(sku, quantity string, goal quote.Goal, change quote.GoalChange) quote.GoalRequest {
	return quote.GoalRequest{Goal: goal, Change: change, Request: quote.Request{SalesModel: "m", Customer: "C", Date: catalog.Date{Year: 2026, Month: 3, Day: 1},
		Lines: []quote.Line{{ID: "1", SKU: sku, Quantity: quote.Number(quantity)}}}}
}

func TestGoalSeek(t *testing.T) {
	book, snapshot := goalShop(t)
	net := func(target string) quote.Goal { return quote.Goal{Figure: "net", Target: quote.Number(target)} }
	tests := []struct {
		name, sku, quantity string
		goal                quote.Goal
		change              quote.GoalChange
		outcome             quote.Outcome
		searched            quote.Searched
		want                []string // value, match, limit, figure
	}{
		{"a cent", "PUMP", "2", net("175.02"), quote.GoalChange{Input: "discount_percent", Line: "1"}, "exact", "monotone", []string{"12.49 exact  175.02"}},
		{"half a cent", "PUMP", "2", net("175.005"), quote.GoalChange{Input: "discount_percent", Line: "1"}, "nearest", "monotone",
			[]string{"12.5 nearest_below  175.00", "12.49 nearest_above  175.02"}},
		{"a cent between two", "PUMP", "2", net("175.01"), quote.GoalChange{Input: "discount_percent", AllLines: true}, "nearest", "monotone",
			[]string{"12.5 nearest_below  175.00", "12.49 nearest_above  175.02"}},
		{"more than the rules allow", "PUMP", "2", net("100"), quote.GoalChange{Input: "discount_percent", Line: "1", Max: "50"}, "unreachable", "monotone",
			[]string{"30 nearest_above max 140.00", "0 above min 200.00"}},
		{"the limit itself", "PUMP", "2", net("200"), quote.GoalChange{Input: "discount_percent", Line: "1", Max: "1"}, "exact", "every_value", []string{"0 exact min 200.00"}},
		{"on the quote", "PUMP", "2", net("187.65"), quote.GoalChange{Input: "rebate"}, "exact", "monotone", []string{"-12.35 exact  187.65"}},
		{"what only a formula reads", "PUMP", "2", net("194"), quote.GoalChange{Input: "rank", Line: "1", Min: "0", Max: "9", Step: "1"}, "exact", "every_value", []string{"3 exact  194.00"}},
		{"yes or no", "PUMP", "2", net("90"), quote.GoalChange{Input: "gift", Line: "1"}, "unreachable", "every_value", []string{"true nearest_above  100.00", "false above  200.00"}},
		{"a margin", "PUMP", "2", quote.Goal{Figure: "margin_percent", Target: "35"}, quote.GoalChange{Input: "discount_percent", Line: "1"}, "exact", "monotone", []string{"7.69 exact  35"}},
		{"a quantity", "PUMP", "2", net("120000"), quote.GoalChange{Quantity: true, Line: "1"}, "exact", "monotone", []string{"1200 exact  120000.00"}},
		{"a quantity of pieces in steps of 0.7", "PUMP", "2", net("120000"), quote.GoalChange{Quantity: true, Line: "1", Step: "0.7"}, "nearest", "monotone",
			[]string{"1197 nearest_below  119700.00", "1204 nearest_above  120400.00"}},
		{"pallets in steps of 5", "PALLET", "24", net("1250"), quote.GoalChange{Quantity: true, Line: "1", Step: "5"}, "nearest", "monotone",
			[]string{"120 nearest_below  1200.00", "180 nearest_above  1800.00"}},
		{"less than the least", "PALLET", "24", net("100"), quote.GoalChange{Quantity: true, Line: "1", Max: "48"}, "unreachable", "every_value",
			[]string{"24 nearest_above min 240.00", "48 above max 480.00"}},
		{"a return", "PALLET", "-24", net("-480"), quote.GoalChange{Quantity: true, Line: "1"}, "exact", "monotone", []string{"-48 exact  -480.00"}},
		{"large lots", "PAINT", "50000", net("700000"), quote.GoalChange{Quantity: true, Line: "1"}, "exact", "every_value", []string{"350000 exact  700000.00"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := goalFor(test.sku, test.quantity, test.goal, test.change)
			answer, err := quote.SeekGoal(t.Context(), book, snapshot, g)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range answer.Answers {
				got = append(got, p.Value.String()+" "+string(p.Match)+" "+p.Limit+" "+p.Figure)
			}
			if answer.Outcome != test.outcome || answer.Searched != test.searched || !slices.Equal(got, test.want) {
				t.Errorf("%s by %s: %q", answer.Outcome, answer.Searched, got)
			}
			again, err := quote.SeekGoal(t.Context(), book, snapshot, g)
			if err != nil || compact(again) != compact(answer) {
				t.Errorf("then %s: %v", compact(again), err)
			}
		})
	}
}

// TestGoalSeekMistakes: those of the request, the goal and the change come together.
func TestGoalSeekMistakes(t *testing.T) {
	book, snapshot := goalShop(t)
	tests := []struct {
		name   string
		goal   quote.Goal
		change quote.GoalChange
		with   func(*quote.Request)
		code   string
		want   []string
	}{
		{"goal and change", quote.Goal{Figure: "nett"}, quote.GoalChange{Input: "discount", Line: "1", Min: "low", Max: "high", Step: "0"}, nil, "invalid_goal",
			[]string{"/goal/figure", "/goal/target", "/change/min", "/change/max", "/change/step", "/change/input"}},
		{"two things, on a line that is not there", quote.Goal{Figure: "net", Target: "1"}, quote.GoalChange{Input: "rank", Quantity: true, Line: "7", AllLines: true, Step: "-1"}, nil,
			"invalid_goal", []string{"/change", "/change/line", "/change/all_lines", "/change/step"}},
		{"no line", quote.Goal{Figure: "net", Target: "1"}, quote.GoalChange{Quantity: true, Max: "x"}, nil, "invalid_goal", []string{"/change/line", "/change/max"}},
		{"neither yes nor no", quote.Goal{Figure: "net", Target: "1"}, quote.GoalChange{Input: "gift", Line: "1", Max: "3"}, nil, "invalid_goal", []string{"/change"}},
		{"a text", quote.Goal{Figure: "net", Target: "9"}, quote.GoalChange{Input: "note", Line: "1"}, nil, "invalid_goal", []string{"/change/input"}},
		{"an unknown customer", quote.Goal{Figure: "net"}, quote.GoalChange{Input: "rank", Line: "1", Step: "x"}, func(r *quote.Request) { r.Customer = "D" }, "request_has_errors",
			[]string{"/request", "/goal/target", "/change/step"}},
		{"an unknown sales model", quote.Goal{Figure: "nett", Target: "1"}, quote.GoalChange{}, func(r *quote.Request) { r.SalesModel = "n" }, "request_has_errors",
			[]string{"/request", "/goal/figure", "/change"}},
		{"an unknown product", quote.Goal{Figure: "nett", Target: "1"}, quote.GoalChange{Quantity: true, Line: "1"}, func(r *quote.Request) { r.Lines[0].SKU = "NONE" }, "request_has_errors",
			[]string{"/request/lines/0", "/goal/figure"}},
		{"an unknown product of a feature", quote.Goal{Figure: "net", Target: "x"}, quote.GoalChange{Feature: "motor", Line: "1"}, func(r *quote.Request) { r.Lines[0].SKU = "NONE" },
			"request_has_errors", []string{"/request/lines/0", "/goal/target"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := goalFor("PUMP", "2", test.goal, test.change)
			if test.with != nil {
				test.with(&g.Request)
			}
			_, err := quote.SeekGoal(t.Context(), book, snapshot, g)
			var refused *fault.Error
			if !errors.As(err, &refused) || refused.Kind != fault.Invalid {
				t.Fatal(err)
			}
			var got []string
			for _, m := range refused.Mistakes {
				got = append(got, m.Position.File)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || refused.Code != test.code {
				t.Errorf("%s: %v (-want +got)\n%s", refused.Code, refused.Mistakes, diff)
			}
		})
	}
}

func TestGoalSeekEndsWithItsContext(t *testing.T) {
	book, snapshot := goalShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := goalFor("PUMP", "2", quote.Goal{Figure: "net", Target: "150"}, quote.GoalChange{Input: "discount_percent", Line: "1"})
	if answer, err := quote.SeekGoal(ctx, book, snapshot, g); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", answer, err)
	}
	if v := g.Request.Lines[0].Inputs["discount_percent"]; v != (formula.Value{}) && v.Known() {
		t.Errorf("the request has %s now", v)
	}
}
