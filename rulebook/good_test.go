package rulebook

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"quotewright/configurator"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

func good(t testing.TB) *Book {
	t.Helper()
	book, mistakes := Load(os.DirFS("testdata/good"))
	if len(mistakes) > 0 {
		t.Fatalf("the good rulebook has mistakes:\n%v", mistakes)
	}
	return book
}

var decimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

func TestCompany(t *testing.T) {
	book := good(t)
	if book.Name != "Größe & Söhne 大小有限公司" || book.Company.Code != "EUR" || book.Company.Digits != 2 {
		t.Errorf("company %q in %+v", book.Name, book.Company)
	}
	if got := strings.Join(book.Languages(), " "); got != "de en zh-TW" {
		t.Errorf("languages %s", got)
	}
	for id, want := range map[string]Unit{"EA": {"piece", 0}, "M": {"", 3}} {
		if got, ok := book.Unit(id); !ok || got != want {
			t.Errorf("unit %s is %+v", id, got)
		}
	}
	schema := book.Schema()
	if schema.NetRounding != "half_even" {
		t.Errorf("rounding %q", schema.NetRounding)
	}
	if got := schema.Conditions["CUST_DISC"].Access; !slices.EqualFunc(got, [][]string{{"customer", "family"}, {"brand", "segment"}}, slices.Equal) {
		t.Errorf("access %v", got)
	}
	if slab, list := schema.Conditions["SLAB"].Scale, schema.Conditions["TAX"].Scale; slab != pricing.ScaleSlab || list != pricing.ScaleRange {
		t.Errorf("scales %q and %q", slab, list)
	}
	var inputs []string
	for _, in := range schema.Inputs {
		inputs = append(inputs, string(in.Scope)+"."+in.ID+" "+in.Kind.String()+" "+in.Title)
	}
	want := []string{"line.discount_percent number Discount %", "line.goodwill number goodwill", "line.agreed_price number agreed_price",
		"line.trade_in boolean trade_in", "line.promised date promised", "quote.express boolean Express delivery", "quote.campaign text campaign"}
	if diff := cmp.Diff(want, inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

// TestFeaturesForSalesModels: what sales models may read of all configuration models.
func TestFeaturesForSalesModels(t *testing.T) {
	got := map[string]string{}
	for _, f := range good(t).Schema().Features {
		got[f.Name] = strings.TrimSpace(f.Kind.String() + " " + strings.Join(f.Options, "|"))
	}
	want := map[string]string{
		"frame": "text F1|F2|F3", "motor": "text M10|M20|30", "motor.power_kw": "number", "motor.code": "text", "motor.atex": "boolean",
		"accessories": "list of texts gauge|vfd|cover", "accessories.power_kw": "list of numbers", "length_mm": "number", "poles": "number",
		"atex": "boolean", "weight_kg": "number", "load_kw": "number", "colour": "text", "body": "text globe|angle",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

func TestSalesModelDefinition(t *testing.T) {
	book := good(t)
	direct, ok := book.SalesModel("direct")
	if !ok || len(book.SalesModels()) != 2 || book.SalesModels()[1].ID != "service" || book.SalesModels()[1].Title != "service" {
		t.Fatalf("sales models %v", book.SalesModels())
	}
	if _, ok := book.SalesModel("oem"); ok {
		t.Error("there is a sales model oem")
	}
	def := direct.Definition
	if def.Title != "Direct sales" || !slices.Equal(def.Sites, []string{"TPE", "TXG"}) || def.At.String() != "sales-models/direct.yaml:1:14" {
		t.Errorf("definition %q %v %s", def.Title, def.Sites, def.At)
	}
	steps := map[string]pricing.StepDefinition{}
	for _, s := range def.Procedure {
		steps[s.ID] = s
	}
	for id, is := range map[string]bool{
		"list": steps["list"].Condition.Text == "LIST" && steps["list"].Required && steps["list"].Choose.Text == "first",
		"net": steps["net"].Subtotal && steps["net"].Round.Each.Text == "line" && steps["net"].Round.To.String() == "0.05" &&
			steps["net"].Round.Mode.Text == "half_up",
		"rep":      steps["rep"].Input.Text == "discount_percent" && steps["rep"].Min.IsZero() && steps["rep"].Max.String() == "40" && steps["rep"].Effect.Text == "discount",
		"contract": steps["contract"].Measure.Text == "price" && len(steps["contract"].Replaces) == 2 && steps["contract"].Replaces[1].Text == "options",
		"freight":  steps["freight"].Table.Text == "freight" && steps["freight"].Per.Text == "quote" && steps["freight"].Allocate.Text == "weight",
		"pocket":   steps["pocket"].Statistical && steps["pocket"].Formula.Text == "price.net - line.cost",
		"tax":      steps["tax"].ExcludeFrom.Text == "net" && steps["tax"].Basis[0].Text == "net",
		"parts":    steps["parts"].Components.Text == "SPARE",
		"options":  steps["options"].Options.Text == "OPTION",
		"volume":   steps["volume"].Exclusion.Text == "promotions" && steps["volume"].Basis[0].At.String() == "sales-models/direct.yaml:24:50",
		"campaign": len(steps["campaign"].Adjustments) == 3 && steps["campaign"].Adjustments[1].Amount.Text == "-200.50" && steps["campaign"].Adjustments[1].Per.Text == "unit",
	} {
		if !is {
			t.Errorf("step %s is %+v", id, steps[id])
		}
	}
	if margin := def.Approvals[1]; margin.Order.Text != "sequence" || len(margin.Roles) != 2 || margin.Roles[1].Text != "finance" {
		t.Errorf("approval %+v", margin)
	}
	if refuse := def.Eligibility[1].Refuse.Text; refuse != "a new customer's first order is food grade: {{see the handbook}}" {
		t.Errorf("refuse %q", refuse)
	}
}

func TestModels(t *testing.T) {
	book := good(t)
	skid, ok := book.ModelForSKU("PS-2000")
	if byID, found := book.Model("pump-skid"); !ok || !found || byID != skid || !slices.Equal(book.Models(), []string{"pump-skid", "valve"}) {
		t.Fatalf("models %v", book.Models())
	}
	if len(skid.Overlays) != 2 || skid.Title() != "Pump skid" {
		t.Errorf("%s with %d BOM positions", skid.Title(), len(skid.Overlays))
	}
	motor := skid.Features()[1]
	if power := motor.Options[1].Attributes["power_kw"]; !power.Number().Equal(decimal.RequireFromString("20.5")) || motor.Options[2].ID != "30" || motor.Title != "motor" {
		t.Errorf("motor %+v", motor)
	}
	if poles := skid.Features()[4]; !poles.Step.Equal(decimal.NewFromInt(1)) {
		t.Errorf("a step that is not given is %s", poles.Step)
	}
	state := skid.Resolve(configurator.Selection{"length_mm": formula.OfInt(1200), "poles": formula.OfInt(2)}, configurator.Options{Defaults: true})
	if state.PartNumber != "PS-F2-C1200X" {
		t.Errorf("part number %q", state.PartNumber)
	}
	for name, want := range map[string]string{"weight_kg": "155", "load_kw": "30", "colour": "red"} {
		if got := state.Values[name].Value.String(); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
}

func TestTables(t *testing.T) {
	tables := good(t).Schema().Tables
	volume := tables["volume-discounts"]
	if volume.Hit.Text != "best" || volume.Hit.At.String() != "tables/volume-discounts.csv:1:8" || len(volume.Header) != 7 {
		t.Errorf("volume discounts %+v", volume)
	}
	if cell := volume.Rows[0][6]; cell.Text != "ten, or more" || cell.At.String() != "tables/volume-discounts.csv:3:38" {
		t.Errorf("cell %+v", cell)
	}
	freight := tables["freight"]
	if len(freight.Rows) != 2 || freight.Rows[0][1].Text != "50" || freight.Rows[0][1].At.Column != 14 {
		t.Errorf("freight %+v", freight)
	}
}

func TestExamples(t *testing.T) {
	book := good(t)
	x := book.Examples()[0]
	if x.Name != "ten pumps" || x.At.String() != "examples/direct.yaml:2:5" || len(book.Examples()) != 2 {
		t.Errorf("example %q at %s", x.Name, x.At)
	}
	const want = `{"sales_model":"direct","customer":"1000","currency":"EUR","date":"2026-03-01","inputs":{"express":true,"campaign":"2026"},` +
		`"lines":[{"id":"1","sku":"PS-2000","quantity":10.50,"unit":"EA","configuration":{"frame":"F2","length_mm":1200,"atex":false,"accessories":["gauge","vfd"]}},` +
		`{"id":"2","sku":"4711","quantity":"3","inputs":{"discount_percent":5},"requested":"2026-05-01","optional":true}]}`
	if string(x.Request) != want || !json.Valid(x.Request) {
		t.Errorf("request\n%s, want\n%s", x.Request, want)
	}
	number := func(s string) *decimal.Decimal { d := decimal.RequireFromString(s); return &d }
	partNumber := "PS-F2-C1200"
	first := LineExpectation{At: x.Expect.Lines["1"].At, PartNumber: &partNumber,
		Figures: map[string]decimal.Decimal{"net": *number("48600.10"), "unit_price": *number("4628.58")},
		Steps:   map[string]decimal.Decimal{"volume": *number("-5400"), "list": *number("54000.10")}, Components: map[string]decimal.Decimal{"MOT-10": *number("10")}, Errors: &[]string{}}
	if diff := cmp.Diff(first, x.Expect.Lines["1"], decimals); diff != "" {
		t.Errorf("line 1 (-want +got):\n%s", diff)
	}
	if errs := x.Expect.Lines["2"].Errors; errs == nil || !slices.Equal(*errs, []string{"unknown_sku"}) {
		t.Errorf("errors of line 2 %v", errs)
	}
	if !slices.Equal(*x.Expect.Approvals, []string{"deep"}) || len(*x.Expect.Errors) != 0 || !x.Expect.Totals["margin_percent"].Equal(*number("21.5")) {
		t.Errorf("expectation %+v", x.Expect)
	}
	if none := book.Examples()[1].Expect; none.Approvals != nil || none.Errors != nil || none.Totals != nil || len(none.Lines) != 0 {
		t.Errorf("an empty expectation is %+v", none)
	}
}
