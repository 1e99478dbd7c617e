package quote_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/money"
	"quotewright/quote"
	"quotewright/rulebook"
)

// TestNaive draws rulebooks, catalogs and requests and compares what quote.Evaluate makes
// of them with the naive evaluator: the same ones each time. Amounts and figures, which
// lines fail and why, and approvals have to agree; in what words losers are listed, golden
// cases say. NAIVE=20000 draws so many; NAIVE_CASE=1234 looks at that one of them alone and shows it.
func TestNaive(t *testing.T) {
	cases := 1500
	if n, err := strconv.Atoi(os.Getenv("NAIVE")); err == nil {
		cases = n
	}
	only := os.Getenv("NAIVE_CASE")
	draw := rapid.Custom(func(t *rapid.T) naiveCase { return drawCase(t, allFeatures) })
	var compared, blurred, failed, failing int
	for seed := range cases {
		if only != "" && only != strconv.Itoa(seed) {
			continue
		}
		c := draw.Example(seed)
		want := naiveEvaluate(c.book, c.world, c.req)
		book, mistakes := rulebook.Load(rulebook.FS(c.book.files()))
		switch {
		case book == nil && strings.Contains(mistakes.Error(), "never"), book == nil && strings.Contains(mistakes.Error(), " is after to "):
			continue // check proves that a rule of it can never apply
		case book == nil:
			t.Fatalf("the drawn rulebook has mistakes: %v\n%s", mistakes, c)
		case want.blurred:
			blurred++
			continue
		}
		got := quote.Evaluate(book, catalog.NewSnapshot("drawn", c.world.delta()), c.req.request())
		if only != "" {
			t.Log(c, compact(got.Lines), compact(got.Steps), compact(got.Messages))
		}
		compared++
		failures := 0
		for _, l := range want.lines {
			if l.failed != "" {
				failures++
			}
		}
		failed += failures
		differences := compareWith(want, got)
		if len(differences) > 0 {
			t.Errorf("case %d: %s\n%s", seed, strings.Join(differences, "\n"), c)
			if failing++; failing == 20 {
				break
			}
		}
	}
	t.Logf("%d cases compared, %d left out as blurred; %d lines failed", compared, blurred, failed)
}

// load compiles the case's rule files; a case whose rules check proves to be useless is
// left out.
func (c naiveCase) load(t *rapid.T) *rulebook.Book {
	book, mistakes := rulebook.Load(rulebook.FS(c.book.files()))
	if book == nil {
		t.Skip(mistakes.Error())
	}
	return book
}

// String prints the rule files, the catalog and the request.
func (c naiveCase) String() string {
	var s strings.Builder
	files := c.book.files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&s, "-- %s --\n%s", name, files[name])
	}
	d := c.world.delta()
	fmt.Fprintf(&s, "-- catalog --\n")
	for _, r := range c.world.records {
		fmt.Fprintf(&s, "%s %s %v from %s on: %s%s per %s %s  valid %s..%s limits %s..%s\n", r.id, r.typ, r.keys, r.minimum, r.value, map[string]string{"percent": "%", "amount": " " + r.currency}[r.measure],
			r.per, r.unit, catalog.DateText(r.from), catalog.DateText(r.to), plain(r.lower), plain(r.upper))
	}
	for _, p := range d.Products.Upsert {
		fmt.Fprintf(&s, "product %s\n", compact(p))
	}
	fmt.Fprintf(&s, "units %s\n", compact(d.Units.Upsert))
	fmt.Fprintf(&s, "customers %s\n", compact(d.Customers.Upsert))
	fmt.Fprintf(&s, "rates %s\n-- request --\n", compact(d.Rates.Upsert))
	r := c.req.request()
	fmt.Fprintf(&s, "customer %s currency %s date %s inputs %v redeemed %v\n", r.Customer, r.Currency, r.Date, r.Inputs, r.Redeemed)
	for _, l := range r.Lines {
		fmt.Fprintf(&s, "  %s\n", compact(l))
	}
	return s.String()
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// comparison collects differences.
type comparison struct{ found []string }

func (c *comparison) text(what, want, got string) {
	if want != got {
		c.found = append(c.found, fmt.Sprintf("%s: naive %s, engine %s", what, want, got))
	}
}

// number compares up to what divisions without end leave.
func (c *comparison) number(what string, want dec, got dec) {
	if want.Sub(got).Abs().GreaterThan(near) {
		c.found = append(c.found, fmt.Sprintf("%s: naive %s, engine %s", what, want.Round(12), got.Round(12)))
	}
}

func (c *comparison) amount(what string, want dec, got *money.Amount) {
	if got == nil {
		c.text(what, want.String(), "nothing")
		return
	}
	c.number(what, want, got.Decimal())
}

// compareWith lists what the engine has otherwise.
func compareWith(want *naiveEvaluator, got *quote.Evaluation) []string {
	c := &comparison{}
	lines := map[string]*quote.EvaluatedLine{}
	for i := range got.Lines {
		lines[got.Lines[i].ID] = &got.Lines[i]
	}
	codes := map[string][]string{}
	for _, m := range got.Messages {
		codes[m.Line] = append(codes[m.Line], m.Code)
	}
	for _, l := range want.lines {
		c.line(want, l, lines[l.req.id], append(codes[l.req.id], codes[""]...))
	}
	c.quote(want, got)
	return c.found
}

func (c *comparison) line(e *naiveEvaluator, l *naiveLine, got *quote.EvaluatedLine, codes []string) {
	at := "line " + l.req.id
	if l.failed != "" {
		expired := l.failed == "missing_price" && slices.Contains(codes, "expired_condition")
		if !slices.Contains(codes, l.failed) && !expired {
			c.text(at, "fails with "+l.failed, fmt.Sprint(codes, " net ", got.Net))
		}
		return
	}
	if l.refused && !slices.Contains(codes, "ineligible") && !slices.Contains(codes, "blocked_product") {
		c.text(at, "refused", fmt.Sprint(codes))
	}
	if got.Net == nil {
		c.text(at, "net "+l.figures.net.String(), fmt.Sprint("fails with ", codes))
		return
	}
	sign := one
	if l.returned {
		sign = one.Neg()
	}
	c.steps(at, l, got, sign)
	f := &l.figures
	c.amount(at+" net", f.net.Mul(sign), got.Net)
	c.amount(at+" list", f.list.Mul(sign), got.List)
	c.amount(at+" discount", f.discount.Mul(sign), got.Discount)
	c.amount(at+" tax", f.tax.Mul(sign), got.Tax)
	c.amount(at+" gross", f.gross.Mul(sign), got.Gross)
	if got.DiscountPercent != nil {
		c.number(at+" discount_percent", f.percent, got.DiscountPercent.Decimal())
	}
	if got.UnitPrice != nil {
		if got.UnitPrice.Decimal().Sub(f.unit).Abs().GreaterThan(num("0.000001")) {
			c.amount(at+" unit_price", f.unit, got.UnitPrice)
		}
	}
	c.guidance(at, f, got.Guidance, sign)
	c.earned(at, f, sign, got.Cost, got.Margin, got.MarginPercent)
	c.recurring(at, l.recurring, got.Recurring, sign)
}

func (c *comparison) earned(at string, f *naiveFigures, sign dec, cost, margin *money.Amount, percent *money.Num) {
	if f.cost == nil {
		if cost != nil {
			c.text(at+" cost", "nothing", cost.String())
		}
		return
	}
	c.amount(at+" cost", f.cost.Mul(sign), cost)
	c.amount(at+" margin", f.margin.Mul(sign), margin)
	switch {
	case f.marginPercent == nil && percent != nil, f.marginPercent != nil && percent == nil:
		c.text(at+" margin_percent", fmt.Sprint(f.marginPercent), fmt.Sprint(percent))
	case percent != nil:
		c.number(at+" margin_percent", *f.marginPercent, percent.Decimal())
	}
}

func (c *comparison) recurring(at string, want *naiveRecurring, got *quote.Recurring, sign dec) {
	if want == nil || got == nil {
		c.text(at+" recurs", fmt.Sprint(want != nil), fmt.Sprint(got != nil))
		return
	}
	c.amount(at+" per_period", want.perPeriod.Mul(sign), got.PerPeriod)
	c.amount(at+" annual", want.annual.Mul(sign), got.Annual)
	var charges []string
	for _, x := range want.charges {
		charges = append(charges, fmt.Sprint(x.from, " ", x.to, " ", x.amount.Mul(sign).StringFixed(3)))
	}
	var engine []string
	for _, x := range got.Charges {
		engine = append(engine, fmt.Sprint(x.From, " ", x.To, " ", x.Amount.Decimal().StringFixed(3)))
	}
	c.text(at+" charges", strings.Join(charges, ", "), strings.Join(engine, ", "))
}

func (c *comparison) guidance(at string, f *naiveFigures, got *quote.Guidance, sign dec) {
	if got == nil {
		c.text(at+" guidance", f.position, "")
		return
	}
	c.text(at+" position", f.position, got.Position)
	for i, want := range []*dec{f.floor, f.target, f.stretch} {
		name := at + []string{" floor", " target", " stretch"}[i]
		amount := []*money.Amount{got.Floor, got.Target, got.Stretch}[i]
		if want != nil {
			c.amount(name, want.Mul(sign), amount)
		} else if amount != nil {
			c.text(name, "nothing", amount.String())
		}
	}
}

func (c *comparison) steps(at string, l *naiveLine, got *quote.EvaluatedLine, sign dec) {
	c.rounding(at, l, got, sign)
	if len(got.Steps) != len(l.steps) {
		c.text(at+" steps", fmt.Sprint(len(l.steps)), compact(got.Steps))
		return
	}
	for i, want := range l.steps {
		have := &got.Steps[i]
		name := at + " step " + want.step.id
		c.text(name, want.step.id, have.ID)
		if have.Kind != "sum" && !have.Amount.IsZero() { // what came to nothing was kept or not
			c.text(name+" verdict", want.verdict, have.Verdict)
		}
		if want.shown {
			c.amount(name+" amount", want.amount.Mul(sign), have.Amount)
		}
		c.amount(name+" running", want.running.Mul(sign), have.Running)
		c.text(name+" lost", listOf(want.lost), lostOf(have))
	}
}

// lostOf lists what lost in a step, without why the step as a whole does not apply.
func lostOf(s *quote.Step) string {
	var lost []string
	for _, x := range s.Lost {
		if x.ID != s.ID {
			lost = append(lost, x.ID)
		}
	}
	return listOf(lost)
}

// rounding takes the step away that shows how the net was rounded.
func (c *comparison) rounding(at string, l *naiveLine, got *quote.EvaluatedLine, sign dec) {
	n := len(got.Steps) - 1
	if n >= 0 && got.Steps[n].ID == "rounding" {
		c.amount(at+" rounding", l.figures.rounding.Mul(sign), got.Steps[n].Amount)
		got.Steps = got.Steps[:n]
	}
}

// listOf makes a text of a set.
func listOf(items []string) string {
	items = slices.Clone(items)
	slices.Sort(items)
	return strings.Join(slices.Compact(items), " ")
}

func (c *comparison) quote(want *naiveEvaluator, got *quote.Evaluation) {
	t := &want.totals
	c.amount("total net", t.net, got.Totals.Net)
	c.amount("total list", t.list, got.Totals.List)
	c.amount("total discount", t.discount, got.Totals.Discount)
	c.amount("total tax", t.tax, got.Totals.Tax)
	c.amount("total gross", t.gross, got.Totals.Gross)
	if p := got.Totals.DiscountPercent; p != nil {
		c.number("total discount_percent", t.percent, p.Decimal())
	} else if !t.percent.Equal(decimal.Zero) {
		c.text("total discount_percent", t.percent.String(), "nothing")
	}
	c.earned("total", t, one, got.Totals.Cost, got.Totals.Margin, got.Totals.MarginPercent)
	if want.recurs {
		c.amount("total recurring", want.recurring, got.Totals.Recurring)
		c.amount("total one_off", t.net.Sub(want.recurring), got.Totals.OneOff)
		c.amount("total tcv", t.net, got.Totals.TCV)
		c.amount("total arr", want.arr, got.Totals.ARR)
	} else if got.Totals.TCV != nil {
		c.text("total tcv", "nothing", got.Totals.TCV.String())
	}
	if len(got.Steps) != len(want.quoteSteps) {
		c.text("quote steps", fmt.Sprint(len(want.quoteSteps)), compact(got.Steps))
	} else {
		for i, s := range want.quoteSteps {
			c.text("quote step", s.id, got.Steps[i].ID)
			c.amount("quote step "+s.id+" amount", s.amount, got.Steps[i].Amount)
			c.amount("quote step "+s.id+" running", s.running, got.Steps[i].Running)
			c.text("quote step "+s.id+" lost", listOf(s.lost), lostOf(&got.Steps[i]))
		}
	}
	c.text("free goods", goodsOf(want.goods), goodsOfEngine(got.FreeGoods))
	var approved []string
	for _, a := range got.Approvals {
		if len(a.Lines) == 0 {
			approved = append(approved, a.ID)
		}
		for _, l := range a.Lines {
			approved = append(approved, a.ID+"/"+l)
		}
	}
	c.text("approvals", listOf(want.approved), listOf(approved))
	c.messages(want, got)
}

func (c *comparison) messages(want *naiveEvaluator, got *quote.Evaluation) {
	var codes []string
	for _, m := range got.Messages {
		if m.Line == "" {
			codes = append(codes, m.Code)
		}
	}
	c.text("messages", listOf(want.codes), listOf(codes))
}

func goodsOf(goods []naiveGood) string {
	var out []string
	for _, g := range goods {
		out = append(out, fmt.Sprint(g))
	}
	return listOf(out)
}

func goodsOfEngine(goods []quote.FreeGood) string {
	var out []string
	for _, g := range goods {
		out = append(out, fmt.Sprint(naiveGood{g.ID, g.Line, g.SKU, g.Quantity, g.Unit}))
	}
	return listOf(out)
}
