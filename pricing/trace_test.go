package pricing

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/formula"
)

// TestEveryRuleHasOneVerdict: on every line, every step has one verdict, and in the full
// trace every row of a table and every adjustment is either what applied or among the
// losers, once.
func TestEveryRuleHasOneVerdict(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		schema := testSchema()
		table := &TableDefinition{Name: "t", Hit: name(rapid.SampledFrom([]string{"first", "best", "collect"}).Draw(rt, "hit")), Header: cells("customer.group", "line.quantity >=", "percent")}
		rows := rapid.IntRange(1, 30).Draw(rt, "rows")
		for i := range rows {
			row := cells(rapid.SampledFrom([]string{"", "dealer", "oem"}).Draw(rt, "group"), fmt.Sprint(rapid.IntRange(0, 9).Draw(rt, "quantity")), "-1")
			row[0].At.Line = i + 2
			table.Rows = append(table.Rows, row)
		}
		schema.Tables = map[string]*TableDefinition{"t": table}
		var list []AdjustmentDefinition
		entries := rapid.IntRange(1, 2*shortList).Draw(rt, "adjustments")
		for i := range entries {
			when := rapid.SampledFrom([]string{`customer.group == "dealer"`, `customer.group == "oem" and line.quantity > 3`, `line.quantity * 2 > 9`, `product.sku in ["P1", "P2"]`}).Draw(rt, "when")
			list = append(list, AdjustmentDefinition{ID: fmt.Sprint("a", i), When: formula.Source{Text: when}, Amount: formula.Source{Text: "-1"}})
		}
		choose := rapid.SampledFrom([]string{"all", "first", "best"}).Draw(rt, "choose")
		m := compile(t, schema, listStep, baseStep, StepDefinition{ID: "table", Table: name("t")},
			StepDefinition{ID: "list of adjustments", Adjustments: list, Choose: name(choose)})
		r := priced(t, m, []catalog.Condition{list100}, func(in *Input) { in.Trace = TraceFull }, line("1", fmt.Sprint(rapid.IntRange(1, 9).Draw(rt, "units"))))
		steps := r.Lines[0].Steps
		if len(steps) != 4 {
			rt.Fatalf("%d steps have a verdict, there are 4", len(steps))
		}
		for _, s := range steps {
			if !slices.Contains([]Verdict{Applied, NotKept, NotApplicable}, s.Verdict) {
				rt.Fatalf("step %s has the verdict %q", s.ID, s.Verdict)
			}
		}
		for i, want := range map[int]int{2: rows, 3: entries} {
			seen := map[string]int{}
			for _, x := range steps[i].Lost {
				if x.Reason == "" {
					rt.Fatalf("%s lost without a reason", x.ID)
				}
				if seen[x.ID]++; seen[x.ID] > 1 {
					rt.Fatalf("%s lost twice", x.ID)
				}
			}
			applied := want - len(seen)
			one := steps[i].Amount.Num.Abs()
			if steps[i].Verdict == NotApplicable {
				applied = len(seen) - want // all of them have lost
			}
			if (choose != "all" && i == 3 || table.Hit.Text != "collect" && i == 2) && applied > 1 || applied < 0 ||
				i == 3 && !one.Equal(num(fmt.Sprint(applied))) && steps[i].Verdict == Applied {
				rt.Fatalf("step %s: %d of %d rules lost, the amount is %s", steps[i].ID, len(seen), want, one)
			}
		}
	})
}

// TestGuidanceFromCostsIsConfidential: a floor that is computed from the cost tells of
// it, and so does an approval that speaks of the floor.
func TestGuidanceFromCostsIsConfidential(t *testing.T) {
	for _, c := range []struct {
		floor string
		cost  bool
	}{{"line.cost * 1.1", true}, {"price.base * 0.8", false}} {
		m, mistakes := Compile(testSchema(), Definition{ID: "direct",
			Procedure: []StepDefinition{listStep, baseStep, {ID: "floor", Formula: formula.Source{Text: c.floor}, Guidance: name("floor")},
				{ID: "rep", Input: name("discount_percent"), Basis: names("base")}},
			Approvals: []ApprovalDefinition{{ID: "below", When: formula.Source{Text: `line.floor_gap_percent > 5`}, Roles: names("boss"),
				Reason: Translated{Source: formula.Source{Text: "{line.floor_gap_percent} % below {line.floor}"}}}}})
		if m == nil {
			t.Fatal(mistakes)
		}
		cost := num("80")
		r := priced(t, m, []catalog.Condition{list100}, nil, line("1", "1", func(l *Line) {
			l.Cost, l.Inputs["discount_percent"] = &cost, formula.OfInt(50)
		}))
		if r.Lines[0].Guidance.Position != "below_floor" || len(r.Approvals) != 1 {
			t.Fatalf("%s: %+v, approvals %v", c.floor, r.Lines[0].Guidance, r.Approvals)
		}
		if r.Lines[0].Guidance.Cost != c.cost || r.Approvals[0].Cost != c.cost {
			t.Errorf("%s: the guidance shows costs %t, the approval %t; want %t", c.floor, r.Lines[0].Guidance.Cost, r.Approvals[0].Cost, c.cost)
		}
	}
}
