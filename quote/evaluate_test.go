package quote_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
	"quotewright/quote"
	"quotewright/rulebook"
	"quotewright/testdata"
)

// demo is the demo company, read once.
var demo = sync.OnceValues(func() (*rulebook.Book, *catalog.Snapshot) {
	delta, version, err := files.Load(demoFolder("catalog"), nil)
	if err != nil {
		panic(err)
	}
	return loadBook(), catalog.NewSnapshot(version, delta)
})

func demoFolder(name string) fs.FS {
	folder, err := fs.Sub(testdata.Demo, "demo/"+name)
	if err != nil {
		panic(err)
	}
	return folder
}

func loadBook() *rulebook.Book {
	book, mistakes := rulebook.Load(demoFolder("rules"))
	if book == nil {
		panic(mistakes)
	}
	return book
}

func decode(t testing.TB, text string) quote.Request {
	t.Helper()
	request, err := quote.DecodeRequest(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func encode(t interface{ Fatal(...any) }, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExamplesOfTheDemo(t *testing.T) {
	book, snapshot := demo()
	results := quote.RunExamples(book, snapshot)
	if len(results) < 20 {
		t.Errorf("only %d examples", len(results))
	}
	for _, r := range results {
		for _, d := range r.Differences {
			t.Errorf("%s: %s: %s: expected %s, got %s", r.At, r.Name, d.Path, d.Expected, d.Got)
		}
	}
}

// TestMessages evaluates what is wrong in one way each, beside a line that is right and
// is priced all the same.
func TestMessages(t *testing.T) {
	const right = `{"id": "ok", "sku": "SEN-P10", "quantity": 1}`
	cases := []struct{ name, header, line, want string }{
		{"unknown model", `"sales_model": "nobody"`, ``, `unknown_sales_model: There is no sales model "nobody".`},
		{"unknown customer", `"customer": "C-0"`, ``, `unknown_customer: There is no customer "C-0".`},
		{"no date", `"date": null`, ``, `bad_date: The date is missing`},
		{"unknown currency", `"currency": "XXY"`, ``, `unknown_currency: "XXY" is not an ISO 4217 currency code`},
		{"unknown quote input", `"inputs": {"colour": 1}`, ``, `unknown_input: There is no input "colour" for a quote.`},
		{"line input on the quote", `"inputs": {"trade_in": true}`, ``, `unknown_input`},
		{"bad quote input", `"inputs": {"express": "maybe"}`, ``, `bad_input: The input express is "maybe", which is not a boolean.`},
		{"unknown sku", ``, `"sku": "NOPE", "quantity": 1`, `unknown_sku 1: There is no product "NOPE".`},
		{"no sku", ``, `"quantity": 1`, `unknown_sku 1: There is no product "".`},
		{"no quantity", ``, `"sku": "SEN-P10"`, `bad_quantity 1: The quantity is missing.`},
		{"quantity in words", ``, `"sku": "SEN-P10", "quantity": "two"`, `bad_quantity 1: The quantity "two" is not a number.`},
		{"quantity with an exponent", ``, `"sku": "SEN-P10", "quantity": 1e9`, `bad_quantity`},
		{"huge quantity", ``, `"sku": "SEN-P10", "quantity": "` + strings.Repeat("9", 50) + `"`, `bad_quantity`},
		{"nothing", ``, `"sku": "SEN-P10", "quantity": 0`, `bad_quantity 1: The quantity is 0; it has to be more, or less for a return.`},
		{"half a piece", ``, `"sku": "SEN-P10", "quantity": "1.5"`, `bad_quantity 1: The quantity is 1.5; EA takes at most 0 decimals.`},
		{"unknown unit", ``, `"sku": "SEN-P10", "quantity": 1, "unit": "LY"`, `unknown_unit 1: SEN-P10 is not sold in "LY"; its base unit is EA.`},
		{"unknown input", ``, `"sku": "SEN-P10", "quantity": 1, "inputs": {"discount": 5}`, `unknown_input 1: There is no input "discount" for a line.`},
		{"bad input", ``, `"sku": "SEN-P10", "quantity": 1, "inputs": {"discount_percent": true}`, `bad_input 1: The input discount_percent is "true", which is not a number.`},
		{"input out of range", ``, `"sku": "SEN-P10", "quantity": 1, "inputs": {"discount_percent": 99}`, `input_out_of_range 1`},
		{"no id", ``, `"id": "", "sku": "SEN-P10", "quantity": 1`, `missing_line_id: Line 1 of the request has no id.`},
		{"twice", ``, `"id": "ok", "sku": "SEN-P10", "quantity": 1`, `duplicate_line ok: The line id "ok" is there twice.`},
		{"configuration of a plain product", ``, `"sku": "SEN-P10", "quantity": 1, "configuration": {"frame": "F2"}`,
			`unknown_feature 1: SEN-P10 has no feature "frame": it is not configurable.`},
		{"unknown feature", ``, `"sku": "PS-2000", "quantity": 1, "configuration": {"wheels": 4}`, `unknown_feature 1: model pump-skid has no feature wheels`},
		{"unknown option", ``, `"sku": "PS-2000", "quantity": 1, "configuration": {"frame": "F9"}`, `unknown_option 1: "F9" is not a value of frame`},
		{"conflict", ``, `"sku": "PS-2000", "quantity": 1, "configuration": {"frame": "F3", "motor": "M10"}`,
			`configuration_conflict 1: motor M10 does not fit with frame F3: Frame F3 needs`},
	}
	book, snapshot := demo()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fields := map[string]string{"sales_model": `"direct"`, "customer": `"C-100"`, "date": `"2026-11-23"`}
			if name, value, ok := strings.Cut(c.header, ": "); ok {
				fields[strings.Trim(name, `"`)] = value
			}
			var header []string
			for name, value := range fields {
				header = append(header, fmt.Sprintf("%q: %s", name, value))
			}
			lines := right
			if c.line != "" {
				line := `{"id": "1", ` + c.line + `}`
				if strings.HasPrefix(c.line, `"id"`) {
					line = `{` + c.line + `}`
				}
				lines = line + ", " + right
			}
			e := quote.Evaluate(book, snapshot, decode(t, `{`+strings.Join(header, ", ")+`, "lines": [`+lines+`]}`))
			var got []string
			for _, m := range e.Errors() {
				got = append(got, strings.TrimSpace(m.Code+" "+m.Line)+": "+m.Text)
			}
			if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), c.want)
			}
			last := e.Lines[len(e.Lines)-1]
			if priced := last.Net != nil; priced != (c.line != "" && c.name != "twice") {
				t.Errorf("the line that is right has net %v", last.Net)
			}
			if c.line != "" && c.name != "twice" && !e.Totals.Net.Equal(last.Net.Num) {
				t.Errorf("the total is %s, the line %s", e.Totals.Net, last.Net)
			}
		})
	}
}

// TestIncompleteConfiguration needs a model whose features have no defaults.
func TestIncompleteConfiguration(t *testing.T) {
	book, mistakes := rulebook.Load(rulebook.FS(map[string]string{
		"rulebook.yaml":            "name: Co\ncurrency: EUR\nconditions:\n  LIST: {measure: amount, access: [[sku]]}\n",
		"sales-models/direct.yaml": "sales_model: direct\nprocedure:\n  - {id: list, condition: LIST}\n",
		"products/box.yaml":        "model: box\nsku: BOX\nfeatures:\n  - {id: size, options: [S, L]}\n  - {id: lid, options: [open, shut]}\npart_number: 'BOX-{size}-{lid}'\n",
	}))
	if book == nil {
		t.Fatal(mistakes)
	}
	snapshot := catalog.NewSnapshot("1", catalog.Delta{
		Products:  catalog.Changes[catalog.Product]{Full: true, Upsert: []catalog.Product{{SKU: "BOX", Unit: "EA", Status: catalog.Active}}},
		Customers: catalog.Changes[catalog.Customer]{Full: true, Upsert: []catalog.Customer{{ID: "C"}}},
	})
	evaluate := func(configuration string) *quote.Evaluation {
		return quote.Evaluate(book, snapshot, decode(t, `{"sales_model": "direct", "customer": "C", "date": "2026-11-23",
			"lines": [{"id": "1", "sku": "BOX", "quantity": 1, "configuration": `+configuration+`}]}`))
	}
	e := evaluate(`{"size": "S"}`)
	if errs := e.Errors(); len(errs) != 1 || errs[0].Code != "incomplete_configuration" || errs[0].Text != "BOX still needs a choice of lid." {
		t.Errorf("half a configuration: %v", errs)
	}
	if l := e.Lines[0]; l.Configuration.Complete || l.PartNumber != "" || l.Net != nil || string(l.Configuration.Domains["lid"]) != `["open","shut"]` {
		t.Errorf("half a configuration is %+v", l)
	}
	e = evaluate(`{"size": "S", "lid": "shut"}`)
	if l := e.Lines[0]; len(e.Errors()) > 0 || l.PartNumber != "BOX-S-shut" || l.Configuration.Chosen()["lid"].Text() != "shut" {
		t.Errorf("a whole one is %+v: %v", l, e.Errors())
	}
}

func TestLotSizes(t *testing.T) {
	book, _ := demo()
	ten, four := decimal.NewFromInt(10), decimal.NewFromInt(4)
	product := catalog.Product{SKU: "BOLT", Name: "Bolt", Unit: "EA", Status: catalog.Active, MinQuantity: ten, Multiple: four}
	snapshot := catalog.NewSnapshot("1", catalog.Delta{
		Products:  catalog.Changes[catalog.Product]{Full: true, Upsert: []catalog.Product{product}},
		Units:     catalog.Changes[catalog.Unit]{Full: true, Upsert: []catalog.Unit{{SKU: "BOLT", Unit: "BOX", Numerator: four, Denominator: decimal.NewFromInt(1)}}},
		Customers: catalog.Changes[catalog.Customer]{Full: true, Upsert: []catalog.Customer{{ID: "C", Name: "C", Credit: catalog.CreditOK}}},
	})
	for quantity, want := range map[string][]string{
		`"quantity": 12`:               nil,
		`"quantity": 3, "unit": "BOX"`: nil,
		`"quantity": 8`:                {"below_minimum_quantity"},
		`"quantity": 2, "unit": "BOX"`: {"below_minimum_quantity"},
		`"quantity": 14`:               {"not_a_multiple"},
		`"quantity": 5`:                {"below_minimum_quantity", "not_a_multiple"},
	} {
		e := quote.Evaluate(book, snapshot, decode(t, `{"sales_model": "direct", "customer": "C", "date": "2026-11-23", "lines": [{"id": "1", "sku": "BOLT", `+quantity+`}]}`))
		var got []string
		for _, m := range e.Errors() {
			if m.Code != "missing_price" {
				got = append(got, m.Code)
			}
			if m.Code == "not_a_multiple" && strings.Contains(quantity, "5") && !strings.Contains(m.Text, "the next is 10") {
				t.Errorf("%s: %s", quantity, m.Text)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", quantity, diff)
		}
	}
}

// drawRequest draws a request over the demo company, with mistakes in it.
func drawRequest(t *rapid.T, snapshot *catalog.Snapshot) quote.Request {
	products, _ := snapshot.Search(catalog.Query{Limit: 1000})
	customers, _ := snapshot.SearchCustomers("", "", 1000)
	pick := func(right, wrong string, label string) string {
		if rapid.IntRange(0, 15).Draw(t, label) == 0 {
			return wrong
		}
		return right
	}
	r := quote.Request{
		SalesModel: pick(rapid.SampledFrom([]string{"direct", "distributor", "oem", "service"}).Draw(t, "model"), "none", "model?"),
		Customer:   pick(rapid.SampledFrom(customers).Draw(t, "customer").ID, "C-0", "customer?"),
		Currency:   pick("", rapid.SampledFrom([]string{"EUR", "USD", "???"}).Draw(t, "currency"), "currency?"),
		Date:       catalog.Date{Year: 2026, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 700).Draw(t, "day")),
		Inputs:     map[string]formula.Value{"express": formula.OfBool(rapid.Bool().Draw(t, "express"))},
	}
	for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
		p := rapid.SampledFrom(products).Draw(t, "product")
		l := quote.Line{ID: fmt.Sprint(10 * (i + 1)), SKU: pick(p.SKU, "NOPE", "sku?"),
			Quantity: quote.Number(pick(fmt.Sprint(rapid.IntRange(1, 60).Draw(t, "quantity")), "x", "quantity?")),
			Optional: rapid.IntRange(0, 5).Draw(t, "optional") == 0}
		if p.SKU == "PS-2000" || rapid.IntRange(0, 4).Draw(t, "skid") == 0 {
			l.SKU, l.Configuration = "PS-2000", map[string]formula.Value{
				"frame": formula.OfText(rapid.SampledFrom([]string{"F1", "F2", "F3"}).Draw(t, "frame")),
				"motor": formula.OfText(rapid.SampledFrom([]string{"M10", "M20", "M30"}).Draw(t, "motor"))}
		}
		if rapid.Bool().Draw(t, "discounted") {
			l.Inputs = map[string]formula.Value{"discount_percent": formula.OfInt(int64(rapid.IntRange(0, 45).Draw(t, "discount")))}
		}
		r.Lines = append(r.Lines, l)
	}
	return r
}

// TestReplay repeats evaluations from what was stored of them: the request, the rule
// files and the facts.
func TestReplay(t *testing.T) {
	book, snapshot := demo()
	again := loadBook()
	priced := 0
	rapid.Check(t, func(t *rapid.T) {
		request := drawRequest(t, snapshot)
		first := quote.Evaluate(book, snapshot, request)
		for _, l := range first.Lines {
			if l.Net != nil {
				priced++
			}
		}
		var facts catalog.Facts
		var stored quote.Request
		if err := json.Unmarshal([]byte(encode(t, first.Facts())), &facts); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(encode(t, request)), &stored); err != nil {
			t.Fatal(err)
		}
		replayed := quote.Evaluate(again, catalog.NewSnapshot(snapshot.Version(), facts.Records), stored)
		if diff := cmp.Diff(encode(t, first), encode(t, replayed)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(encode(t, first.Facts()), encode(t, replayed.Facts())); diff != "" {
			t.Fatal("the replay read other facts", diff)
		}
		if stale := first.Facts().Stale(snapshot); len(stale) > 0 {
			t.Fatal("facts are stale at once", stale)
		}
	})
	if priced < 50 {
		t.Errorf("only %d lines were priced at all", priced)
	}
}

// TestOrderOfLines: neither the order of lines nor another evaluation changes a price.
func TestOrderOfLines(t *testing.T) {
	book, snapshot := demo()
	rapid.Check(t, func(t *rapid.T) {
		request := drawRequest(t, snapshot)
		first := quote.Evaluate(book, snapshot, request)
		shuffled := request
		shuffled.Lines = rapid.Permutation(request.Lines).Draw(t, "order")
		second := quote.Evaluate(book, snapshot, shuffled)
		byID := func(a, b quote.EvaluatedLine) int { return strings.Compare(a.ID, b.ID) }
		slices.SortFunc(first.Lines, byID)
		slices.SortFunc(second.Lines, byID)
		if diff := cmp.Diff(encode(t, first.Lines), encode(t, second.Lines)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(encode(t, first.Totals), encode(t, second.Totals)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestTotalsAddUp: what is printed adds up.
func TestTotalsAddUp(t *testing.T) {
	book, snapshot := demo()
	rapid.Check(t, func(t *rapid.T) {
		e := quote.Evaluate(book, snapshot, drawRequest(t, snapshot))
		var net, tax, gross money.Num
		for _, l := range e.Lines {
			if l.Net == nil {
				continue
			}
			if !l.Gross.Equal(l.Net.Add(l.Tax.Num)) {
				t.Fatalf("line %s: %s + %s is not %s", l.ID, l.Net, l.Tax, l.Gross)
			}
			if !l.Optional && !l.Refused {
				net, tax, gross = net.Add(l.Net.Num), tax.Add(l.Tax.Num), gross.Add(l.Gross.Num)
			}
		}
		if e.Totals.Net != nil && (!e.Totals.Net.Equal(net) || !e.Totals.Tax.Equal(tax) || !e.Totals.Gross.Equal(gross)) {
			t.Fatalf("totals %s %s %s, lines %s %s %s", e.Totals.Net, e.Totals.Tax, e.Totals.Gross, net, tax, gross)
		}
	})
}

// TestStoredEvaluations: an evaluation that was stored and read again is the same
// document.
func TestStoredEvaluations(t *testing.T) {
	book, snapshot := demo()
	rapid.Check(t, func(t *rapid.T) {
		text := encode(t, quote.Evaluate(book, snapshot, drawRequest(t, snapshot)))
		var read quote.Evaluation
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, encode(t, &read)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAliases(t *testing.T) {
	book, snapshot := demo()
	folder := demoFolder("catalog")
	delta, _, err := files.Load(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(delta.Parts.Upsert, func(p catalog.Part) bool { return p.Customer != "" })
	part := delta.Parts.Upsert[i]
	for customer, found := range map[string]bool{part.Customer: true, "C-0": false} {
		e := quote.Evaluate(book, snapshot, quote.Request{SalesModel: "direct", Customer: customer, Date: catalog.Date{Year: 2026, Month: 11, Day: 23},
			Lines: []quote.Line{{ID: "1", SKU: part.Alias, Quantity: "1"}}})
		if l := e.Lines[0]; found != (l.SKU == part.SKU) || found != (l.Alias == part.Alias) {
			t.Errorf("%s for %s is %s, alias %q", part.Alias, customer, l.SKU, l.Alias)
		}
	}
}

// TestWithoutCosts doubles every cost: whoever may not see costs sees no difference.
func TestWithoutCosts(t *testing.T) {
	book, snapshot := demo()
	products, _ := snapshot.Search(catalog.Query{Limit: 1000})
	for i := range products {
		if products[i].Cost != nil {
			double := products[i].Cost.Mul(decimal.NewFromInt(2))
			products[i].Cost = &double
		}
	}
	dear := snapshot.Apply(snapshot.Version(), catalog.Delta{Products: catalog.Changes[catalog.Product]{Upsert: products}})
	different := 0
	rapid.Check(t, func(t *rapid.T) {
		request := drawRequest(t, snapshot)
		a, b := quote.Evaluate(book, snapshot, request), quote.Evaluate(book, dear, request)
		before := encode(t, a)
		if before != encode(t, b) {
			different++
		}
		x, y := a.WithoutCosts(), b.WithoutCosts()
		x.Approvals, y.Approvals = nil, nil // that approval is needed is told to everybody
		if diff := cmp.Diff(encode(t, x), encode(t, y)); diff != "" {
			t.Fatal(diff)
		}
		for _, word := range []string{`"cost":`, `_cost":`, `"margin":`, `"margin_percent":`, `argin of the quote`} {
			if at := strings.Index(encode(t, a.WithoutCosts()), word); at >= 0 {
				t.Fatalf("%s is shown: %s", word, encode(t, a.WithoutCosts())[at:][:100])
			}
		}
		if before != encode(t, a) {
			t.Fatal("hiding costs changed the evaluation itself")
		}
	})
	if different == 0 {
		t.Error("doubling the costs changes nothing at all")
	}
}

// BenchmarkEvaluate evaluates quotes of the demo company: of goods that are bought and
// sold, and of everything, every tenth line configured.
func BenchmarkEvaluate(b *testing.B) {
	book, snapshot := demo()
	all, _ := snapshot.Search(catalog.Query{Limit: 1000, Status: catalog.Active})
	view := catalog.NewView(snapshot)
	goods := slices.DeleteFunc(slices.Clone(all), func(p catalog.Product) bool { return p.Model != "" || len(view.BOM(p.SKU)) > 0 })
	for _, n := range []int{1, 10, 100, 1_000, 10_000} {
		of := func(products []catalog.Product, configured bool) quote.Request {
			request := quote.Request{SalesModel: "direct", Customer: "C-100", Date: catalog.Date{Year: 2026, Month: 11, Day: 23}}
			for i := range n {
				l := quote.Line{ID: fmt.Sprint(i), SKU: products[i%len(products)].SKU, Quantity: quote.Number(fmt.Sprint(1 + i%30))}
				if configured && i%10 == 0 {
					l.SKU, l.Configuration = "PS-2000", map[string]formula.Value{"frame": formula.OfText("F2"), "motor": formula.OfText("M20")}
				}
				request.Lines = append(request.Lines, l)
			}
			return request
		}
		for name, request := range map[string]quote.Request{"goods": of(goods, false), "everything": of(all, true)} {
			for _, trace := range []pricing.Trace{pricing.TraceNone, pricing.TraceNormal} {
				b.Run(fmt.Sprintf("%s/lines=%d/trace=%t", name, n, trace != pricing.TraceNone), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						quote.EvaluateTraced(book, snapshot, request, trace)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/line")
				})
			}
		}
	}
}
