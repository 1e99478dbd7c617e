package quote_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
	"quotewright/quote"
	"quotewright/rulebook"
)

// bruteGoal is a goal sought in a drawn case by evaluating it with every value there is.
type bruteGoal struct {
	c        naiveCase
	book     *rulebook.Book
	snapshot *catalog.Snapshot
	request  quote.GoalRequest
	step     decimal.Decimal
	first, n int64
	set      func(r *naiveRequest, v decimal.Decimal)
	limits   [][2]*dec // of the steps that read the input
}

// bruteTry is a value with its evaluation.
type bruteTry struct {
	value  decimal.Decimal
	figure money.Num
	e      *quote.Evaluation
}

// goalsOfCase is how many targets are sought in each case, after all values were tried once.
const goalsOfCase = 12

// TestGoalSeekTriesAllOfFewValues draws rulebooks of the whole language, requests, goals and
// changes of few values, and compares the answer with that of trying them all.
func TestGoalSeekTriesAllOfFewValues(t *testing.T) {
	outcomes := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		g := drawGoal(t)
		tries := g.tryAll()
		for range goalsOfCase {
			if len(tries) > 0 && rapid.Bool().Draw(t, "at a value") {
				// A figure that is met, or missed by a little.
				at := tries[rapid.IntRange(0, len(tries)-1).Draw(t, "which")].figure
				off := money.MustParseNum(rapid.SampledFrom([]string{"0", "0", "0.01", "-0.01", "0.005"}).Draw(t, "off"))
				g.request.Goal.Target = quote.Number(at.Add(off).String())
			}
			answer, err := quote.SeekGoal(t.Context(), g.book, g.snapshot, g.request)
			outcomes[g.compare(t, tries, answer, err)]++
		}
	})
	t.Log(outcomes)
}

func drawGoal(t *rapid.T) *bruteGoal {
	features := allFeatures
	if rapid.IntRange(0, 3).Draw(t, "right") > 0 {
		features.refused, features.failing = false, false
	}
	g := &bruteGoal{c: drawCase(t, features)}
	book, _ := rulebook.Load(rulebook.FS(g.c.book.files()))
	if book == nil { // a table with rows that nothing can hit
		t.Skip()
	}
	g.book, g.snapshot = book, catalog.NewSnapshot("drawn", g.c.world.delta())
	g.c.req.redeemed = nil
	g.request.Request = g.c.req.request()
	g.drawRange(t)
	line := g.c.req.lines[rapid.IntRange(0, len(g.c.req.lines)-1).Draw(t, "line")].id
	g.drawChange(t, line)
	goal := &g.request.Goal
	goal.Figure = rapid.SampledFrom([]string{"net", "gross", "tax", "list", "discount", "discount_percent", "margin", "margin_percent", "cost"}).Draw(t, "figure")
	goal.Target = quote.Number(rapid.SampledFrom([]string{"100", "0", "-50", "1000", "12.34", "50000"}).Draw(t, "target"))
	if rapid.Bool().Draw(t, "of a line") {
		goal.Line = line
	}
	return g
}

func (g *bruteGoal) drawRange(t *rapid.T) {
	g.step = num(rapid.SampledFrom([]string{"1", "0.5", "0.01", "2.5", "12"}).Draw(t, "step"))
	g.first = int64(rapid.IntRange(-5, 30).Draw(t, "first"))
	g.n = int64(rapid.IntRange(1, 25).Draw(t, "values"))
	c := &g.request.Change
	c.Step = quote.Number(g.step.String())
	// Limits between two steps hold as well.
	c.Min = quote.Number(g.at(0).Sub(g.step.Mul(num("0.3"))).String())
	c.Max = quote.Number(g.at(g.n - 1).Add(g.step.Mul(num("0.9"))).String())
}

func (g *bruteGoal) at(i int64) decimal.Decimal { return g.step.Mul(decimal.NewFromInt(g.first + i)) }

func (g *bruteGoal) drawChange(t *rapid.T, line string) {
	c := &g.request.Change
	of := func(r *naiveRequest) *naiveRequestLine {
		return &r.lines[slices.IndexFunc(r.lines, func(l naiveRequestLine) bool { return l.id == line })]
	}
	model, _ := g.book.SalesModel("x")
	var onLines, onQuote []string
	for _, in := range model.Inputs() {
		switch {
		case in.Kind.String() != "number":
		case in.Scope == "line":
			onLines = append(onLines, in.ID)
		default:
			onQuote = append(onQuote, in.ID)
		}
	}
	kinds := []string{"quantity"}
	if onLines != nil {
		kinds = append(kinds, "line", "lines")
	}
	if onQuote != nil {
		kinds = append(kinds, "quote")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "change") {
	case "quantity":
		c.Quantity, c.Line = true, line
		g.set = func(r *naiveRequest, v decimal.Decimal) { of(r).quantity = v }
	case "line":
		c.Input, c.Line = rapid.SampledFrom(onLines).Draw(t, "input"), line
		g.set = func(r *naiveRequest, v decimal.Decimal) { of(r).inputs[c.Input] = v }
	case "lines":
		c.Input, c.AllLines = rapid.SampledFrom(onLines).Draw(t, "input"), true
		g.set = func(r *naiveRequest, v decimal.Decimal) {
			for i := range r.lines {
				r.lines[i].inputs[c.Input] = v
			}
		}
	case "quote":
		c.Input = rapid.SampledFrom(onQuote).Draw(t, "input")
		g.set = func(r *naiveRequest, v decimal.Decimal) { r.inputs[c.Input] = v }
	}
	for _, s := range g.c.book.steps {
		if c.Input != "" && (s.kind == "input" && s.name == c.Input || s.override == c.Input) {
			g.limits = append(g.limits, [2]*dec{s.min, s.max})
		}
	}
}

// tryAll evaluates the request with every value that is within the limits of the rules, and
// keeps those without errors and with the figure.
func (g *bruteGoal) tryAll() []bruteTry {
	var tries []bruteTry
	for i := range g.n {
		v := g.at(i)
		if slices.ContainsFunc(g.limits, func(l [2]*dec) bool { return l[0] != nil && v.LessThan(*l[0]) || l[1] != nil && v.GreaterThan(*l[1]) }) {
			continue
		}
		g.set(g.c.req, v)
		e := quote.Evaluate(g.book, g.snapshot, g.c.req.request())
		if figure := g.figure(e); figure != nil && len(e.Errors()) == 0 {
			tries = append(tries, bruteTry{v, *figure, e})
		}
	}
	return tries
}

// figure reads the figure where the document has it.
func (g *bruteGoal) figure(e *quote.Evaluation) *money.Num {
	amounts := map[string]*money.Amount{"net": e.Totals.Net, "gross": e.Totals.Gross, "tax": e.Totals.Tax, "list": e.Totals.List,
		"discount": e.Totals.Discount, "margin": e.Totals.Margin, "cost": e.Totals.Cost}
	percents := map[string]*money.Num{"discount_percent": e.Totals.DiscountPercent, "margin_percent": e.Totals.MarginPercent}
	for _, l := range e.Lines {
		if l.ID == g.request.Goal.Line {
			amounts = map[string]*money.Amount{"net": l.Net, "gross": l.Gross, "tax": l.Tax, "list": l.List, "discount": l.Discount, "margin": l.Margin, "cost": l.Cost}
			percents = map[string]*money.Num{"discount_percent": l.DiscountPercent, "margin_percent": l.MarginPercent}
		}
	}
	if a := amounts[g.request.Goal.Figure]; a != nil {
		return &a.Num
	}
	return percents[g.request.Goal.Figure]
}

// compare checks an answer and returns how it came out.
func (g *bruteGoal) compare(t *rapid.T, tries []bruteTry, answer *quote.GoalAnswer, err error) string {
	if err != nil {
		var refused *fault.Error
		if len(tries) > 0 || !errors.As(err, &refused) || refused.Kind != fault.Invalid {
			t.Fatalf("%d values are possible, but %v\n%s\n%s", len(tries), err, compact(g.request), g.c)
		}
		return refused.Code
	}
	outcome, want := g.expected(tries)
	if answer.Outcome != outcome || answer.Searched != quote.SearchedAll || answer.Evaluations > int(g.n)+1 {
		t.Fatalf("%s by %s in %d evaluations, want %s\n%s\n%s", answer.Outcome, answer.Searched, answer.Evaluations, outcome, compact(g.request), g.c)
	}
	var got []string
	for _, p := range answer.Answers {
		got = append(got, fmt.Sprintf("%s %s %s off %s %s %s new %s", p.Value, p.Match, p.Figure, p.Off, compact(p.Totals), compact(p.Approvals), approvalKeys(p.NewApprovals)))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s\n%s\n%s", listOf(got), listOf(want), compact(g.request), g.c)
	}
	return string(answer.Outcome)
}

// expected are the outcome and the answers.
func (g *bruteGoal) expected(tries []bruteTry) (quote.Outcome, []string) {
	target := money.MustParseNum(string(g.request.Goal.Target))
	side := func(sign int) []bruteTry {
		return slices.DeleteFunc(slices.Clone(tries), func(b bruteTry) bool { return b.figure.Cmp(target) != sign })
	}
	if hits := side(0); len(hits) > 0 {
		return quote.OutcomeExact, []string{g.text(hits[0], quote.MatchExact, target)}
	}
	var want []string
	var shown []decimal.Decimal
	under, over := side(-1), side(1)
	byFigure := func(a, b bruteTry) int { return a.figure.Cmp(b.figure) }
	if len(under) > 0 {
		slices.SortStableFunc(under, func(a, b bruteTry) int { return byFigure(b, a) })
		want, shown = append(want, g.text(under[0], quote.MatchNearestBelow, target)), append(shown, under[0].value)
	}
	if len(over) > 0 {
		slices.SortStableFunc(over, byFigure)
		want, shown = append(want, g.text(over[0], quote.MatchNearestAbove, target)), append(shown, over[0].value)
	}
	if len(under) > 0 && len(over) > 0 {
		return quote.OutcomeNearest, want
	}
	match := quote.MatchBelow
	if len(over) > 0 {
		match = quote.MatchAbove
	}
	for _, limit := range []bruteTry{tries[0], tries[len(tries)-1]} {
		if !slices.ContainsFunc(shown, limit.value.Equal) {
			want, shown = append(want, g.text(limit, match, target)), append(shown, limit.value)
		}
	}
	return quote.OutcomeUnreachable, want
}

func (g *bruteGoal) text(b bruteTry, match quote.Match, target money.Num) string {
	write := func(n money.Num) string {
		if g.request.Goal.Figure == "discount_percent" || g.request.Goal.Figure == "margin_percent" {
			return n.String()
		}
		currency, _ := money.ParseCurrency(b.e.Currency)
		return currency.AmountOf(n).String()
	}
	now := approvalKeys(quote.Evaluate(g.book, g.snapshot, g.request.Request).Approvals)
	added := slices.DeleteFunc(approvalKeys(b.e.Approvals), func(key string) bool { return slices.Contains(now, key) })
	return fmt.Sprintf("%s %s %s off %s %s %s new %s", b.value, match, write(b.figure), write(b.figure.Sub(target)), compact(b.e.Totals), compact(b.e.Approvals), added)
}

// approvalKeys names every approval on every line.
func approvalKeys(approvals []quote.NeededApproval) []string {
	keys := []string{}
	for _, a := range approvals {
		if len(a.Lines) == 0 {
			keys = append(keys, a.ID)
		}
		for _, l := range a.Lines {
			keys = append(keys, a.ID+"/"+l)
		}
	}
	slices.SortFunc(keys, cmp.Compare[string])
	return keys
}

// TestGoalSeekSamplesManyValues compares searches that cannot try all values with trying
// them all, on prices with scales, exclusions, limits, lots and roundings between which the
// figure only rises or only falls, while other inputs are entered.
func TestGoalSeekSamplesManyValues(t *testing.T) {
	outcomes := map[quote.Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
		b := &bruteGoal{}
		b.book, b.snapshot = scaledPrice(t, draw)
		b.request = quote.GoalRequest{Request: scaledRequest(draw), Goal: quote.Goal{Figure: draw("figure", "net", "gross", "margin", "margin_percent", "discount", "discount_percent"), Line: draw("of line", "", "1")}}
		tries := b.tryRange(drawLever(t, b, draw))
		for range goalsOfCase {
			at := tries[rapid.IntRange(0, len(tries)-1).Draw(t, "which")].figure
			off := draw("off", "0", "0.01", "-0.01", "0.37", "-3", "100000")
			b.request.Goal.Target = quote.Number(at.Add(money.MustParseNum(off)).String())
			outcomes[b.compareMany(t, tries)]++
		}
	})
	t.Log(outcomes)
	if outcomes[quote.OutcomeExact] == 0 || outcomes[quote.OutcomeNearest] == 0 || outcomes[quote.OutcomeUnreachable] == 0 {
		t.Errorf("not all outcomes: %v", outcomes)
	}
}

// compareMany checks the answer of a search among more values than it may try.
func (g *bruteGoal) compareMany(t *rapid.T, tries []bruteTry) quote.Outcome {
	outcome, want := g.expected(tries)
	answer, err := quote.SeekGoal(t.Context(), g.book, g.snapshot, g.request)
	if err != nil {
		t.Fatal(err)
	}
	if outcome == quote.OutcomeExact && len(answer.Answers) == 1 { // among values that all meet the goal any may be found
		at := slices.IndexFunc(tries, func(b bruteTry) bool { return b.value.String() == fmt.Sprint(answer.Answers[0].Value) })
		if at >= 0 && tries[at].figure.String() == money.MustParseNum(string(g.request.Goal.Target)).String() {
			want = []string{g.text(tries[at], quote.MatchExact, tries[at].figure)}
		}
	}
	var got []string
	for _, p := range answer.Answers {
		got = append(got, fmt.Sprintf("%s %s %s off %s %s %s new %s", p.Value, p.Match, p.Figure, p.Off, compact(p.Totals), compact(p.Approvals), approvalKeys(p.NewApprovals)))
	}
	if answer.Outcome != outcome || answer.Searched == quote.SearchedAll || answer.Evaluations > quote.MaxGoalEvaluations || !slices.Equal(got, want) {
		t.Fatalf("%s by %s in %d evaluations, want %s; got\n%s\nwant\n%s\n%s", answer.Outcome, answer.Searched, answer.Evaluations, outcome, listOf(got), listOf(want), compact(g.request))
	}
	return outcome
}

// scaledRequest is a request for the company of scaledPrice.
func scaledRequest(draw func(string, ...string) string) quote.Request {
	entered := func(name string) map[string]formula.Value {
		return inputValues(map[string]any{"discount_percent": num(draw(name, "0", "1", "4.5"))})
	}
	return quote.Request{SalesModel: "m", Customer: "C", Date: catalog.Date{Year: 2026, Month: 3, Day: 1},
		Inputs: inputValues(map[string]any{"rebate": num(draw("rebate", "0", "-1.5"))}),
		Lines: []quote.Line{{ID: "1", SKU: "P", Quantity: quote.Number(draw("quantity", "4", "8", "120")), Inputs: entered("entered")},
			{ID: "2", SKU: "Q", Quantity: "3", Inputs: entered("entered on the other line")}}}
}

// drawLever draws what is changed, and returns the values there are and how a request takes one.
func drawLever(t *rapid.T, b *bruteGoal, draw func(string, ...string) string) (step decimal.Decimal, first, n int64, with func(quote.Request, decimal.Decimal) quote.Request) {
	enter := func(r quote.Request, lines int, v decimal.Decimal) quote.Request {
		r.Lines = slices.Clone(r.Lines)
		for i := range lines {
			r.Lines[i].Inputs = inputValues(map[string]any{"discount_percent": v})
		}
		return r
	}
	switch draw("change", "quantity", "line", "lines", "quote") {
	case "quantity":
		b.request.Change = quote.GoalChange{Quantity: true, Line: "1", Max: "1702", Step: quote.Number(draw("step", "", "0.4"))}
		return num("4"), 1, 425, func(r quote.Request, v decimal.Decimal) quote.Request {
			r.Lines = slices.Clone(r.Lines)
			r.Lines[0].Quantity = quote.Number(v.String())
			return r
		}
	case "line":
		b.request.Change = quote.GoalChange{Input: "discount_percent", Line: "1"}
		return num("0.01"), 0, 501, func(r quote.Request, v decimal.Decimal) quote.Request { return enter(r, 1, v) }
	case "lines":
		b.request.Change = quote.GoalChange{Input: "discount_percent", AllLines: true}
		return num("0.01"), 0, 501, func(r quote.Request, v decimal.Decimal) quote.Request { return enter(r, 2, v) }
	}
	b.request.Change = quote.GoalChange{Input: "rebate"}
	return num("0.01"), -420, 421, func(r quote.Request, v decimal.Decimal) quote.Request {
		r.Inputs = inputValues(map[string]any{"rebate": v})
		return r
	}
}

// tryRange evaluates the request with each of n multiples of a step.
func (g *bruteGoal) tryRange(step decimal.Decimal, first, n int64, with func(quote.Request, decimal.Decimal) quote.Request) []bruteTry {
	var tries []bruteTry
	for i := range n {
		v := step.Mul(decimal.NewFromInt(first + i))
		e := quote.EvaluateTraced(g.book, g.snapshot, with(g.request.Request, v), pricing.TraceNone)
		if f := g.figure(e); f != nil && len(e.Errors()) == 0 {
			tries = append(tries, bruteTry{v, *f, e})
		}
	}
	return tries
}

// scaledPrice is a company with a scale of prices, a discount of 0 to 5 % that excludes another
// one, a rebate of up to 4.20 on the quote, lots of 4 and a rounding.
func scaledPrice(t *rapid.T, draw func(string, ...string) string) (*rulebook.Book, *catalog.Snapshot) {
	excludes := draw("exclusion", "", ", exclusion: best")
	model := "sales_model: m\nprocedure:\n  - {id: list, condition: LIST, required: true}\n  - {id: base, subtotal: true}\n" +
		"  - {id: many, when: line.quantity >= " + draw("many", "50", "333") + ", formula: price.base * -0.08}\n" +
		"  - {id: spring, basis: base, adjustments: [{id: spring, percent: -2}]" + excludes + "}\n" +
		"  - {id: rep, input: discount_percent, basis: base, min: 0, max: 5" + excludes + draw("round", "", ", round: {to: \"0.05\"}", ", round: {each: unit, to: \"1\"}") + "}\n" +
		"  - {id: rebate, per: quote, input: rebate, measure: amount, effect: surcharge, min: -4.2, max: 0" + draw("allocate", "", ", allocate: quantity", ", allocate: none") + "}\n" +
		"  - {id: tax, formula: price.base * 0.19, exclude_from: net}\n" +
		"approvals:\n  - {id: deep, when: line.discount_percent > 3, role: boss}\n  - {id: large, when: quote.net > 3000, role: [boss, chief]}\n"
	book, mistakes := rulebook.Load(rulebook.FS(map[string]string{"sales-models/m.yaml": model,
		"rulebook.yaml": "name: M\ncurrency: EUR\ninputs: {line: {discount_percent: number}, quote: {rebate: number}}\nunits: {EA: {digits: 0}}\n" +
			"conditions: {LIST: {measure: amount, access: [[sku]], scale: " + draw("scale", "range", "slab", "block") + "}}\n"}))
	if book == nil {
		t.Fatal(mistakes)
	}
	cost := num("6.37")
	delta := catalog.Delta{}
	delta.Customers.Upsert = []catalog.Customer{{ID: "C"}}
	for _, sku := range []string{"P", "Q"} {
		p := catalog.Product{SKU: sku, Unit: "EA", Cost: &cost, Status: catalog.Active}
		if sku == "P" {
			p.Multiple = num("4")
		}
		delta.Products.Upsert = append(delta.Products.Upsert, p)
	}
	add := func(sku, from, value string) {
		delta.Conditions.Upsert = append(delta.Conditions.Upsert, catalog.Condition{ID: sku + from, Type: "LIST", Keys: []catalog.KeyField{{Name: "sku", Value: sku}},
			MinQuantity: num(from), Value: num(value), Measure: catalog.MeasureAmount, Per: num("1")})
	}
	add("P", "0", draw("price", "9.99", "12.345"))
	add("P", draw("from", "10", "13", "140"), draw("next", "8.5", "9.9", "15"))
	add("P", "500", "8.1")
	add("Q", "0", "20")
	return book, catalog.NewSnapshot("drawn", delta)
}
