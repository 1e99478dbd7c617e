package quote_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/quote"
	"quotewright/rulebook"
)

// plainEvaluation has the fields of an Evaluation and none of its methods, so that
// encoding/json writes it.
type plainEvaluation quote.Evaluation

func plainly(t testing.TB, e *quote.Evaluation) string {
	t.Helper()
	text, err := json.Marshal((*plainEvaluation)(e))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sameBytes compares every way of writing an evaluation with encoding/json.
func sameBytes(t testing.TB, what string, e *quote.Evaluation) {
	t.Helper()
	reasonless := *e
	if e.Steps != nil {
		reasonless.Steps = []quote.Step{}
	}
	reasonless.Lines = append([]quote.EvaluatedLine(nil), e.Lines...)
	if e.Lines != nil && reasonless.Lines == nil {
		reasonless.Lines = []quote.EvaluatedLine{}
	}
	for i := range reasonless.Lines {
		l := &reasonless.Lines[i]
		l.Steps, l.Components = nil, nil
		if l.Configuration != nil {
			c := *l.Configuration
			c.Domains, l.Configuration = map[string]json.RawMessage{}, &c
		}
	}
	for _, c := range []struct {
		name string
		show quote.Shown
		want *quote.Evaluation
	}{
		{"everything", quote.Everything, e},
		{"without costs", quote.Shown{Trace: true}, e.WithoutCosts()},
		{"without reasons", quote.Shown{Costs: true}, &reasonless},
		{"without both", quote.Shown{}, reasonless.WithoutCosts()},
	} {
		want, got := plainly(t, c.want), string(quote.AppendJSON([]byte("before"), e, c.show))
		if got != "before"+want {
			t.Fatalf("%s, %s: %s", what, c.name, cmp.Diff(want, strings.TrimPrefix(got, "before")))
		}
	}
}

// TestEncodeRealEvaluations writes what the demo company and AdventureWorks are answered.
func TestEncodeRealEvaluations(t *testing.T) {
	book, snapshot := demo()
	for _, e := range book.Examples() {
		request, err := quote.DecodeRequest(bytes.NewReader(e.Request))
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, e.Name, quote.Evaluate(book, snapshot, request))
	}
	sameBytesOf(t, book, snapshot, demoFolder("requests"))

	const dir = "../../shared/data/adventureworks" // beside the repository, no part of it
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the AdventureWorks folder is not there: %v", err)
	}
	delta, version, err := files.Load(os.DirFS(dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := fs.Sub(os.DirFS("../testdata/adventureworks"), "rules")
	if err != nil {
		t.Fatal(err)
	}
	works, mistakes := rulebook.Load(rules)
	if works == nil {
		t.Fatal(mistakes)
	}
	sameBytesOf(t, works, catalog.NewSnapshot(version, delta), os.DirFS("../testdata/adventureworks/requests"))
}

func sameBytesOf(t *testing.T, book *rulebook.Book, snapshot *catalog.Snapshot, requests fs.FS) {
	t.Helper()
	names, err := fs.Glob(requests, "*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("requests: %v, %v", names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(requests, name)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, name, quote.Evaluate(book, snapshot, decode(t, string(text))))
	}
}

// TestEncodeEveryField fails when a field is added that the encoder does not know.
func TestEncodeEveryField(t *testing.T) {
	full := filler{pick: func(int) int { return 1 }}
	var e quote.Evaluation
	full.fill(reflect.ValueOf(&e).Elem())
	sameBytes(t, "every field", &e)
	sameBytes(t, "no field", &quote.Evaluation{})
	sameBytes(t, "empty lists", &quote.Evaluation{Lines: []quote.EvaluatedLine{}, Steps: []quote.Step{}, FreeGoods: []quote.FreeGood{},
		Approvals: []quote.NeededApproval{{Roles: []string{}}, {}}, Messages: []quote.Message{}})
}

func TestEncodeAnyEvaluation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		var e quote.Evaluation
		filler{pick: random.IntN}.fill(reflect.ValueOf(&e).Elem())
		sameBytes(t, "random", &e)
	})
}

// filler sets fields: pick returns a number below n, of which 0 leaves a field empty.
type filler struct{ pick func(n int) int }

var nastyTexts = []string{"", "plain", "eight by", "eight by eight and <", "1234567&", "12345\"78", "12345678\\", "\x1f2345678", "1234567\x80", `a "quoted" \ text`, "<b>&amp;</b>", "tab\tline\nreturn\rbell\aback\bform\fnull\x00del\x7f", "\xff broken \xe2\x80", "幫浦 Größe", "line\u2028para\u2029", "\ufffd real"}

var someNumbers = []string{"0", "1", "-1", "0.10", "5400.00", "-0.3333", "123456789012345678901234567890.123", "0.000000000000000001", "99999999999999999.99", "1000000"}

func (f filler) fill(v reflect.Value) {
	if special := f.special(v.Type()); special.IsValid() {
		v.Set(special)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && f.pick(5) > 0 {
				f.fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		n := min(f.pick(4)+1, 2)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := range f.pick(3) {
			value := reflect.New(v.Type().Elem()).Elem()
			f.fill(value)
			v.SetMapIndex(reflect.ValueOf(fmt.Sprint("key", i)), value)
		}
	case reflect.String:
		v.SetString(nastyTexts[f.pick(len(nastyTexts))])
	case reflect.Bool:
		v.SetBool(f.pick(2) == 1)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.pick(100)))
	default:
		panic("no value for " + v.Type().String())
	}
}

// special returns a value of the types that are not filled field by field.
func (f filler) special(t reflect.Type) reflect.Value {
	number := func() decimal.Decimal { return money.MustParse(someNumbers[f.pick(len(someNumbers))]) }
	switch t {
	case reflect.TypeFor[money.Amount]():
		return reflect.ValueOf(money.Currency{Code: "EUR", Digits: int32(f.pick(4))}.Amount(number()))
	case reflect.TypeFor[decimal.Decimal]():
		return reflect.ValueOf(number())
	case reflect.TypeFor[catalog.Date]():
		return reflect.ValueOf(catalog.Date{Year: 2020 + f.pick(9), Month: 1, Day: 1}.AddDays(f.pick(700)))
	case reflect.TypeFor[formula.Value]():
		return reflect.ValueOf(formula.OfText(nastyTexts[f.pick(len(nastyTexts))]))
	case reflect.TypeFor[json.RawMessage]():
		return reflect.ValueOf(json.RawMessage(`["F1",true]`))
	}
	return reflect.Value{}
}

// FuzzEncodeText puts any text where an evaluation has one.
func FuzzEncodeText(f *testing.F) {
	for _, s := range nastyTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sameBytes(t, s, &quote.Evaluation{Currency: s, Lines: []quote.EvaluatedLine{{ID: s, Name: s}}, Approvals: []quote.NeededApproval{{Roles: []string{s}}}})
	})
}

// FuzzEncodeNumber puts any number where an evaluation has one.
func FuzzEncodeNumber(f *testing.F) {
	for _, s := range someNumbers {
		f.Add(s, int8(2))
	}
	f.Fuzz(func(t *testing.T, s string, digits int8) {
		d, err := money.Parse(s)
		if err != nil || digits < 0 {
			return
		}
		a := money.Currency{Digits: int32(digits)}.Amount(d)
		day := catalog.Date{Year: int(d.IntPart()), Month: 2, Day: int(digits)}
		sameBytes(t, s, &quote.Evaluation{Totals: quote.Totals{Net: &a, MarginPercent: &a.Num},
			Lines: []quote.EvaluatedLine{{Availability: &quote.Availability{Date: day}}}})
	})
}

// TestEncodeAllocatesNothingPerLine holds what makes the encoder worth its length. Only
// numbers of more than 18 digits cost allocations; the unit costs of components are such.
func TestEncodeAllocatesNothingPerLine(t *testing.T) {
	book, snapshot := demo()
	buf := make([]byte, 0, 8<<20)
	allocations := func(lines int) float64 {
		e := quote.Evaluate(book, snapshot, manyLines(snapshot, lines, 0))
		for i := range e.Lines {
			e.Lines[i].Components, e.Lines[i].Configuration = nil, nil
		}
		return testing.AllocsPerRun(5, func() { quote.AppendJSON(buf, e, quote.Everything) })
	}
	if one, many := allocations(1), allocations(200); many > one {
		t.Errorf("%v allocations for one line, %v for two hundred", one, many)
	}
}

// manyLines is a request for so many lines, every skids-th of them a configured skid.
func manyLines(snapshot *catalog.Snapshot, lines, skids int) quote.Request {
	all, _ := snapshot.Search(catalog.Query{Limit: 1000, Status: catalog.Active})
	request := quote.Request{SalesModel: "direct", Customer: "C-100", Date: catalog.Date{Year: 2026, Month: 11, Day: 23}}
	for i := range lines {
		l := quote.Line{ID: fmt.Sprint(i), SKU: all[i%len(all)].SKU, Quantity: quote.Number(fmt.Sprint(1 + i%30))}
		if skids > 0 && i%skids == 0 {
			l.SKU, l.Configuration = "PS-2000", map[string]formula.Value{"frame": formula.OfText("F2"), "motor": formula.OfText("M20")}
		}
		request.Lines = append(request.Lines, l)
	}
	return request
}

// BenchmarkEncode writes the answer to a quote, beside encoding/json.
func BenchmarkEncode(b *testing.B) {
	book, snapshot := demo()
	for _, lines := range []int{1, 50, 1000} {
		e := quote.Evaluate(book, snapshot, manyLines(snapshot, lines, 10))
		buf := make([]byte, 0, 16<<20)
		for _, c := range []struct {
			name string
			show quote.Shown
		}{{"totals", quote.Shown{Costs: true}}, {"trace", quote.Everything}} {
			b.Run(fmt.Sprintf("lines=%d/%s", lines, c.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					buf = quote.AppendJSON(buf[:0], e, c.show)
				}
				b.SetBytes(int64(len(buf)))
			})
		}
		b.Run(fmt.Sprintf("lines=%d/encoding-json", lines), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				plainly(b, e)
			}
		})
	}
}
