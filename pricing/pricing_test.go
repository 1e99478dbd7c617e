package pricing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

var day = catalog.Date{Year: 2026, Month: 3, Day: 10}

func dec(s string) decimal.Decimal { return money.MustParse(s) }

func num(s string) money.Num { return money.NumOf(dec(s)) }

func src(s string) formula.Source { return formula.Source{Text: s} }

func name(s string) Name { return Name{Text: s} }

func names(list ...string) []Name {
	var all []Name
	for _, s := range list {
		all = append(all, name(s))
	}
	return all
}

func testSchema() *Schema {
	usd, _ := money.ParseCurrency("USD")
	return &Schema{Company: usd, NetRounding: money.HalfUp,
		Conditions: map[string]ConditionType{
			"LIST":   {ID: "LIST", Measure: catalog.MeasureAmount, Scale: ScaleRange, Access: [][]string{{"customer", "sku"}, {"price_list", "sku"}, {"sku"}}},
			"SLAB":   {ID: "SLAB", Measure: catalog.MeasureAmount, Scale: ScaleSlab, Access: [][]string{{"sku"}}},
			"BLOCK":  {ID: "BLOCK", Measure: catalog.MeasureAmount, Scale: ScaleBlock, Access: [][]string{{"sku"}}},
			"GROUP":  {ID: "GROUP", Measure: catalog.MeasurePercent, Scale: ScaleRange, Access: [][]string{{"customer_group", "family"}, {"customer_group"}}},
			"OPTION": {ID: "OPTION", Measure: catalog.MeasureAmount, Scale: ScaleRange, Access: [][]string{{"option"}}},
		},
		Inputs: []InputDefinition{{ID: "discount_percent", Scope: ScopeLine, Kind: formula.Number}, {ID: "special_price", Scope: ScopeLine, Kind: formula.Number},
			{ID: "express", Scope: ScopeQuote, Kind: formula.Boolean}},
		CustomerAttributes: []Attribute{{Name: "segment", Kind: formula.Text}},
		Tables: map[string]*TableDefinition{"volume": {Name: "volume", Hit: name("best"), Header: cells("product.family in", "line.quantity >=", "percent", "reason"),
			Rows: [][]Cell{cells("pumps", "10", "-5", "from 10"), cells("pumps", "50", "-8", "from 50"), cells("", "100", "-6", "any")}}},
	}
}

func cells(texts ...string) []Cell {
	var row []Cell
	for i, s := range texts {
		row = append(row, Cell{Text: s, At: fault.Position{File: "tables/volume.csv", Line: 2, Column: i + 1}})
	}
	return row
}

func compile(t testing.TB, schema *Schema, steps ...StepDefinition) *SalesModel {
	t.Helper()
	m, mistakes := Compile(schema, Definition{ID: "direct", Procedure: steps})
	if m == nil {
		t.Fatal(mistakes)
	}
	return m
}

func record(id, typ, value, measure string, change func(*catalog.Condition), keys ...string) catalog.Condition {
	c := catalog.Condition{ID: id, Type: typ, Value: dec(value), Measure: catalog.Measure(measure), Per: dec("1")}
	for i := 0; i < len(keys); i += 2 {
		c.Keys = append(c.Keys, catalog.KeyField{Name: keys[i], Value: keys[i+1]})
	}
	slices.SortFunc(c.Keys, func(a, b catalog.KeyField) int { return strings.Compare(a.Name, b.Name) })
	if change != nil {
		change(&c)
	}
	return c
}

var pump = &catalog.Product{SKU: "P1", Family: "pumps/gear", Unit: "EA", Status: catalog.Active, WeightKg: dec("10")}

func priced(t testing.TB, m *SalesModel, records []catalog.Condition, change func(*Input), lines ...Line) Result {
	t.Helper()
	d := catalog.Delta{Products: catalog.Changes[catalog.Product]{Upsert: []catalog.Product{*pump}}, Conditions: catalog.Changes[catalog.Condition]{Upsert: records},
		Units: catalog.Changes[catalog.Unit]{Upsert: []catalog.Unit{{SKU: "P1", Unit: "BOX", Numerator: dec("6"), Denominator: dec("1")}}},
		Rates: catalog.Changes[catalog.Rate]{Upsert: []catalog.Rate{{From: "EUR", To: "USD", Rate: dec("1.25"), Date: day}}}}
	in := Input{Date: day, Currency: m.schema.Company, Customer: &catalog.Customer{ID: "C1", Group: "dealer", PriceList: "US"}, Lines: lines}
	if change != nil {
		change(&in)
	}
	return m.Price(catalog.NewView(catalog.NewSnapshot("v", d)), in)
}

func line(id, quantity string, change ...func(*Line)) Line {
	l := Line{ID: id, Product: pump, Quantity: num(quantity), Unit: "EA", BaseQuantity: num(quantity), WeightKg: num(quantity).Mul(num("10")), Inputs: map[string]formula.Value{}}
	for _, c := range change {
		c(&l)
	}
	return l
}

func amountOf(r Result, line int, step string) string {
	for _, s := range r.Lines[line].Steps {
		if s.ID == step {
			return s.Amount.String()
		}
	}
	return "none"
}

func lostOf(r Result, line int, step string) string {
	var lost []string
	for _, s := range r.Lines[line].Steps {
		for _, l := range s.Lost {
			if s.ID == step {
				lost = append(lost, l.ID+": "+l.Reason)
			}
		}
	}
	return strings.Join(lost, "; ")
}

var (
	listStep = StepDefinition{ID: "list", Condition: name("LIST"), Required: true}
	baseStep = StepDefinition{ID: "base", Subtotal: true}
	list100  = record("L1", "LIST", "100", "amount", nil, "sku", "P1")
)

func TestAccessSequence(t *testing.T) {
	m := compile(t, testSchema(), listStep)
	own := record("L2", "LIST", "90", "amount", func(c *catalog.Condition) { c.ValidTo = day }, "customer", "C1", "sku", "P1")
	r := priced(t, m, []catalog.Condition{list100, own}, nil, line("1", "2"))
	if amountOf(r, 0, "list") != "180.00" || r.Lines[0].Steps[0].Source.Record != "L2" {
		t.Errorf("the customer's own price does not win: %+v", r.Lines[0].Steps[0])
	}
	r = priced(t, m, []catalog.Condition{list100, own}, func(in *Input) { in.Date = day.AddDays(1) }, line("1", "2"))
	if amountOf(r, 0, "list") != "200.00" || lostOf(r, 0, "list") != "L2: outside validity ..2026-03-10" {
		t.Errorf("after its validity: %s, %s", amountOf(r, 0, "list"), lostOf(r, 0, "list"))
	}
}

func TestFamilyPathsMostSpecificFirst(t *testing.T) {
	m := compile(t, testSchema(), listStep, baseStep, StepDefinition{ID: "group", Condition: name("GROUP"), Basis: names("base")})
	wide := record("G1", "GROUP", "-10", "percent", nil, "customer_group", "dealer", "family", "pumps")
	narrow := record("G2", "GROUP", "-3", "percent", nil, "customer_group", "dealer", "family", "pumps/gear")
	if r := priced(t, m, []catalog.Condition{list100, wide, narrow}, nil, line("1", "1")); amountOf(r, 0, "group") != "-3.00" {
		t.Error(amountOf(r, 0, "group"))
	}
	if r := priced(t, m, []catalog.Condition{list100, wide}, nil, line("1", "1")); amountOf(r, 0, "group") != "-10.00" {
		t.Error(amountOf(r, 0, "group"))
	}
}

func tier(id, typ, min, value string) catalog.Condition {
	return record(id, typ, value, "amount", func(c *catalog.Condition) { c.MinQuantity = dec(min) }, "sku", "P1")
}

func TestScales(t *testing.T) {
	for _, test := range []struct{ typ, quantity, want string }{
		{"LIST", "9", "90.00"}, {"LIST", "10", "80.00"}, {"LIST", "25", "200.00"}, // range: the tier prices all; 10 is in it
		{"SLAB", "9", "90.00"}, {"SLAB", "10", "100.00"}, {"SLAB", "12", "116.00"}, // slab: 10 × 10 + 2 × 8
		{"BLOCK", "9", "10.00"}, {"BLOCK", "10", "8.00"}, // block: one amount for the tier
	} {
		m := compile(t, testSchema(), StepDefinition{ID: "list", Condition: name(test.typ), Required: true})
		r := priced(t, m, []catalog.Condition{tier("T1", test.typ, "0", "10"), tier("T2", test.typ, "10", "8")}, nil, line("1", test.quantity))
		if got := amountOf(r, 0, "list"); got != test.want {
			t.Errorf("%s of %s: got %s, want %s", test.typ, test.quantity, got, test.want)
		}
	}
	m := compile(t, testSchema(), listStep)
	r := priced(t, m, []catalog.Condition{tier("T2", "LIST", "10", "8")}, nil, line("1", "9"))
	if len(r.Messages) != 1 || r.Messages[0].Code != "missing_price" || !strings.Contains(r.Messages[0].Text, "below the scale of 10") {
		t.Errorf("%+v", r.Messages)
	}
}

func TestUnitsPerAndCurrencies(t *testing.T) {
	m := compile(t, testSchema(), listStep)
	perHundred := record("L1", "LIST", "250", "amount", func(c *catalog.Condition) { c.Per = dec("100") }, "sku", "P1")
	if r := priced(t, m, []catalog.Condition{perHundred}, nil, line("1", "30")); r.Lines[0].Net.String() != "75.00" {
		t.Error(r.Lines[0].Net)
	}
	perBox := record("L1", "LIST", "60", "amount", func(c *catalog.Condition) { c.Unit = "BOX" }, "sku", "P1")
	if r := priced(t, m, []catalog.Condition{perBox}, nil, line("1", "9")); r.Lines[0].Net.String() != "90.00" {
		t.Error(r.Lines[0].Net)
	}
	euros := record("L1", "LIST", "8", "amount", func(c *catalog.Condition) { c.Currency = "EUR" }, "sku", "P1")
	r := priced(t, m, []catalog.Condition{euros}, nil, line("1", "2"))
	if r.Lines[0].Net.String() != "20.00" || r.Lines[0].Steps[0].Note != "16 EUR at 1.25 of 2026-03-10" {
		t.Error(r.Lines[0].Net, r.Lines[0].Steps[0].Note)
	}
	r = priced(t, m, []catalog.Condition{euros}, func(in *Input) { in.Date = day.AddDays(-1) }, line("1", "2"))
	if len(r.Messages) != 1 || r.Messages[0].Code != "missing_rate" {
		t.Errorf("%+v", r.Messages)
	}
}

func TestExclusionKeepsTheBestAndSaysWhatLost(t *testing.T) {
	m := compile(t, testSchema(), listStep, baseStep,
		StepDefinition{ID: "volume", Table: name("volume"), Basis: names("base"), Exclusion: name("promotions")},
		StepDefinition{ID: "campaign", Exclusion: name("promotions"), Basis: names("base"), Choose: name("best"), Adjustments: []AdjustmentDefinition{
			{ID: "spring", Percent: src("-7")}, {ID: "retail", When: src(`customer.segment == "retail"`), Percent: src("-50")}, {ID: "fixed", Amount: src("-1"), Per: name("unit")}}})
	r := priced(t, m, []catalog.Condition{list100}, nil, line("1", "10"), line("2", "50"))
	if amountOf(r, 0, "volume") != "0.00" || amountOf(r, 0, "campaign") != "-70.00" || r.Lines[0].Net.String() != "930.00" {
		t.Errorf("ten: %+v", r.Lines[0])
	}
	if got := lostOf(r, 0, "volume"); !strings.Contains(got, "lost to campaign in exclusion promotions") {
		t.Error(got)
	}
	if got := lostOf(r, 0, "campaign"); got != "retail: condition false: customer.segment has no value; fixed: not chosen: best is spring" {
		t.Error(got)
	}
	if amountOf(r, 1, "volume") != "-400.00" || amountOf(r, 1, "campaign") != "0.00" || r.Lines[1].Net.String() != "4600.00" {
		t.Errorf("fifty: %s %s %s", amountOf(r, 1, "volume"), amountOf(r, 1, "campaign"), r.Lines[1].Net)
	}
}

func TestReplacesRoundsAndLimits(t *testing.T) {
	ten, twenty, cap := dec("10"), dec("20"), dec("-15")
	m := compile(t, testSchema(), listStep,
		StepDefinition{ID: "special", Input: name("special_price"), Replaces: names("list")}, baseStep,
		StepDefinition{ID: "rep", Input: name("discount_percent"), Basis: names("base"), Min: &decimal.Zero, Max: &twenty},
		StepDefinition{ID: "capped", Formula: src("price.base * -0.5"), Min: &cap},
		StepDefinition{ID: "rounded", Subtotal: true, Round: &RoundDefinition{Each: name("line"), To: &ten}})
	special := func(l *Line) { l.Inputs["special_price"] = formula.OfNumber(dec("93.10")) }
	r := priced(t, m, []catalog.Condition{list100}, nil, line("1", "2", special), line("2", "2", func(l *Line) { l.Inputs["discount_percent"] = formula.OfNumber(dec("20.01")) }))
	if amountOf(r, 0, "list") != "0.00" || lostOf(r, 0, "list") != "L1: replaced by special" || amountOf(r, 0, "special") != "186.20" {
		t.Errorf("%+v", r.Lines[0].Steps)
	}
	if amountOf(r, 0, "capped") != "-15.00" || r.Lines[0].Net.String() != "170.00" { // 186.20 − 15 = 171.20 → 170
		t.Errorf("%s %s", amountOf(r, 0, "capped"), r.Lines[0].Net)
	}
	if len(r.Messages) != 1 || r.Messages[0].Code != "input_out_of_range" || r.Messages[0].Line != "2" || !r.Lines[1].Failed {
		t.Errorf("%+v", r.Messages)
	}
}

func TestNegativePricesAndBadFormulasAreErrorsOnTheirLine(t *testing.T) {
	for formulaText, code := range map[string]string{"-price.list - 1": "negative_price", "1 / (line.quantity - 2)": "formula", "line.cost + 1": "formula"} {
		m := compile(t, testSchema(), listStep, StepDefinition{ID: "off", Formula: src(formulaText)})
		r := priced(t, m, []catalog.Condition{list100}, nil, line("1", "2"))
		if len(r.Messages) != 1 || r.Messages[0].Code != code || r.Messages[0].Line != "1" || !r.Lines[0].Failed {
			t.Errorf("%s: %+v", formulaText, r.Messages)
		}
	}
	allowed := compile(t, testSchema(), listStep, StepDefinition{ID: "off", Formula: src("-price.list - 1"), AllowNegative: true})
	if r := priced(t, allowed, []catalog.Condition{list100}, nil, line("1", "2")); r.Lines[0].Net.String() != "-1.00" {
		t.Errorf("%+v", r.Messages)
	}
}

func TestTaxIsInGrossAndNotInNet(t *testing.T) {
	m := compile(t, testSchema(), listStep, baseStep, StepDefinition{ID: "tax", Formula: src("price.base * 0.0825"), ExcludeFrom: name("net")})
	r := priced(t, m, []catalog.Condition{record("L1", "LIST", "33.33", "amount", nil, "sku", "P1")}, nil, line("1", "1"), line("2", "1", func(l *Line) { l.Optional = true }))
	if l := r.Lines[0]; l.Net.String() != "33.33" || l.Tax.String() != "2.75" || l.Gross.String() != "36.08" {
		t.Errorf("%s %s %s", l.Net, l.Tax, l.Gross)
	}
	if r.Totals.Gross.String() != "36.08" {
		t.Error("an optional line is in the totals:", r.Totals.Gross)
	}
}

// wholeProcedure has every kind of step that the properties below speak of.
func wholeProcedure(t testing.TB) *SalesModel {
	return compile(t, testSchema(), listStep, baseStep,
		StepDefinition{ID: "group", Condition: name("GROUP"), Basis: names("base")},
		StepDefinition{ID: "volume", Table: name("volume"), Basis: names("base")},
		StepDefinition{ID: "rep", Input: name("discount_percent"), Basis: names("base")},
		StepDefinition{ID: "freight", Formula: src("100.01 + quote.weight_kg * 0.013"), Per: name("quote"), Allocate: name("weight")},
		StepDefinition{ID: "minimum", Formula: src("0.07"), Per: name("quote"), Allocate: name("net")},
		StepDefinition{ID: "tax", Formula: src("price.base * 0.05"), ExcludeFrom: name("net")})
}

func drawLines(t *rapid.T) []Line {
	var lines []Line
	for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
		quantity := decimal.New(rapid.Int64Range(1, 200_000).Draw(t, "quantity"), -3)
		discount := decimal.New(rapid.Int64Range(0, 3000).Draw(t, "discount"), -2)
		lines = append(lines, line(fmt.Sprintf("%02d", i), quantity.String(), func(l *Line) { l.Inputs["discount_percent"] = formula.OfNumber(discount) }))
	}
	return lines
}

func drawRecords(t *rapid.T) []catalog.Condition {
	price := decimal.New(rapid.Int64Range(1, 10_000_000).Draw(t, "price"), -4)
	return []catalog.Condition{record("L1", "LIST", price.String(), "amount", nil, "sku", "P1"), record("G1", "GROUP", "-3.3", "percent", nil, "customer_group", "dealer")}
}

func TestWhatIsPrintedAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := priced(t, wholeProcedure(t), drawRecords(rt), nil, drawLines(rt)...)
		var net, gross, freight money.Num
		for _, l := range r.Lines {
			var running money.Num
			for _, s := range l.Steps {
				if s.Kind != "subtotal" {
					running = running.Add(s.Amount.Num)
				}
				if !s.Running.Equal(running) {
					rt.Fatalf("line %s, step %s: running %s, the steps so far are %s", l.ID, s.ID, s.Running, running)
				}
				if s.ID == "freight" {
					freight = freight.Add(s.Amount.Num)
				}
			}
			if !running.Equal(l.Gross.Num) || !l.Net.Equal(l.Net.Round(2)) || !l.Net.Add(l.Tax.Num).Equal(l.Gross.Num) {
				rt.Fatalf("line %s: steps %s, net %s, tax %s, gross %s", l.ID, running, l.Net, l.Tax, l.Gross)
			}
			net, gross = net.Add(l.Net.Num), gross.Add(l.Gross.Num)
		}
		if !net.Equal(r.Totals.Net.Num) || !gross.Equal(r.Totals.Gross.Num) {
			rt.Fatalf("lines %s, total %s", net, r.Totals.Net)
		}
		if want := num("100.01").Add(r.Totals.WeightKg.Mul(num("0.013"))).Round(2); !freight.Equal(want) {
			rt.Fatalf("freight of the lines %s, of the quote %s", freight, want)
		}
	})
}

func TestLineOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, records, lines := wholeProcedure(t), drawRecords(rt), drawLines(rt)
		before := map[string]string{}
		for _, l := range priced(t, m, records, nil, lines...).Lines {
			before[l.ID] = stepsText(l)
		}
		shuffled := rapid.Permutation(lines).Draw(rt, "order")
		for _, l := range priced(t, m, records, nil, shuffled...).Lines {
			if got := stepsText(l); got != before[l.ID] {
				rt.Fatalf("line %s: %s\n%s", l.ID, got, before[l.ID])
			}
		}
	})
}

func stepsText(l LineResult) string {
	var b strings.Builder
	for _, s := range l.Steps {
		fmt.Fprintf(&b, "%s %s %s; ", s.ID, s.Amount, s.Running)
	}
	return b.String() + l.Net.String()
}
