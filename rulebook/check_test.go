package rulebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
)

// checkName is a name that the random rules of these tests read: constants to compare
// with, and values of every kind that these constants tell apart.
type checkName struct {
	name      string
	ops       []string
	constants []string
	values    []string // "" is no value
}

var checkNames = []checkName{
	{"line.inputs.n", []string{"=", "!=", ">=", "<=", ">", "<", "in", "not in"}, []string{"1", "2", "4"},
		[]string{"", "0.5", "1", "1.5", "2", "3", "4", "5"}},
	{"line.weight_kg", []string{">=", "<=", ">", "<"}, []string{"1", "2", "4.5"}, []string{"0.5", "1", "1.5", "2", "3", "4.5", "5"}},
	{"line.requested", []string{"=", "!=", ">=", "<=", ">", "<"}, []string{"2026-02-28", "2026-03-01", "2026-03-03"},
		[]string{"", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"}},
	{"line.inputs.tag", []string{"=", "!=", "in", "not in", "startsWith"}, []string{"a", "ab", "b"},
		[]string{"", "A", "a", "aa", "ab", "abc", "ad", "b", "bb", "z"}},
	{"line.inputs.rush", []string{"=", "!="}, []string{"true", "false"}, []string{"", "true", "false"}},
	{"line.return", []string{"="}, []string{"true", "false"}, []string{"true", "false"}},
	{"product.family", []string{"=", "!=", "in", "not in", "startsWith"}, []string{"p", "p/q", "p/q/r", "pq"},
		[]string{"", "A", "p", "p-", "p/a", "p/q", "p/q-", "p/q/a", "p/q/r", "p/q/r-", "p/q/r/s", "p/q/rs", "p/q1", "p/r", "p1", "pq", "pq-", "pq/x", "pz", "z"}},
}

const checkRules = `name: Check
currency: EUR
inputs:
  line: {n: number, tag: text, rush: boolean}
`

// checkBook is a rulebook in which random tables and steps are tried.
func checkBook(t interface{ Fatal(...any) }) *Book {
	book, mistakes := Load(FS(map[string]string{"rulebook.yaml": checkRules,
		"sales-models/direct.yaml": "sales_model: direct\nprocedure:\n- {id: zero, formula: '0'}\n"}))
	if book == nil {
		t.Fatal(mistakes)
	}
	return book
}

// everyLine has one line for each combination of the values of some names.
func everyLine(used []checkName) []pricing.Line {
	lines := []pricing.Line{{Quantity: money.NumOfInt(1), BaseQuantity: money.NumOfInt(1), Unit: "EA", Product: &catalog.Product{SKU: "P", Unit: "EA"}}}
	for _, n := range used {
		var more []pricing.Line
		for _, l := range lines {
			for _, value := range n.values {
				more = append(more, withValue(l, n.name, value))
			}
		}
		lines = more
	}
	for i := range lines {
		lines[i].ID = strconv.Itoa(i)
	}
	return lines
}

func withValue(l pricing.Line, name, value string) pricing.Line {
	switch name {
	case "line.weight_kg":
		l.WeightKg = money.NumOf(money.MustParse(value))
	case "line.requested":
		l.Requested = pricing.ParseValue(formula.Date, value).Date()
	case "line.return":
		if value == "true" {
			l.Quantity, l.BaseQuantity = money.NumOfInt(-1), money.NumOfInt(-1)
		}
	case "product.family":
		l.Product = &catalog.Product{SKU: "P", Unit: "EA", Family: value}
	default:
		inputs := map[string]formula.Value{}
		for id, v := range l.Inputs {
			inputs[id] = v
		}
		id := strings.TrimPrefix(name, "line.inputs.")
		kind := map[string]formula.Kind{"n": formula.Number, "tag": formula.Text, "rush": formula.Boolean}[id]
		if value != "" {
			inputs[id] = pricing.ParseValue(kind, value)
		}
		l.Inputs = inputs
	}
	return l
}

// pricedLines asks the engine what a single step comes to on each line.
func pricedLines(t interface{ Fatal(...any) }, book *Book, step pricing.StepDefinition, tables map[string]*pricing.TableDefinition, lines []pricing.Line) []int64 {
	schema := *book.Schema()
	schema.Tables = tables
	m, mistakes := pricing.Compile(&schema, pricing.Definition{ID: "direct", Procedure: []pricing.StepDefinition{step}})
	if m == nil {
		t.Fatal(mistakes)
	}
	view := catalog.NewView(catalog.NewSnapshot("1", catalog.Delta{}))
	r := m.Price(view, pricing.Input{Date: catalog.Date{Year: 2026, Month: 3, Day: 1}, Currency: book.Company, Customer: &catalog.Customer{ID: "C"}, Lines: lines})
	if len(r.Messages) > 0 {
		t.Fatal(r.Messages)
	}
	amounts := make([]int64, len(lines))
	for i, l := range r.Lines {
		if l.Failed {
			t.Fatal("line ", l.ID, " is not priced")
		}
		amounts[i] = l.Net.Decimal().Abs().IntPart()
	}
	return amounts
}

// randomTable draws a table of which row i is worth 2^i, so that what several rows give
// together tells which they were.
func randomTable(t *rapid.T, hit string) (def *pricing.TableDefinition, used []checkName, rows int) {
	used = rapid.Permutation(checkNames).Draw(t, "names")[:rapid.IntRange(1, 3).Draw(t, "width")]
	var columns []string
	var constants [][]string
	for _, n := range used {
		for _, op := range rapid.Permutation(n.ops).Draw(t, "ops")[:min(len(n.ops), rapid.IntRange(1, 3).Draw(t, "columns"))] {
			columns, constants = append(columns, n.name+" "+op), append(constants, n.constants)
		}
	}
	text := "# hit: " + hit + "\n" + strings.ReplaceAll(strings.Join(columns, ","), " =,", ",") + ",amount\n"
	rows = rapid.IntRange(2, 8).Draw(t, "rows")
	for i := range rows {
		for c := range columns {
			cell := ""
			if rapid.IntRange(0, 2).Draw(t, "filled") > 0 {
				cell = rapid.SampledFrom(constants[c]).Draw(t, "constant")
				if strings.HasSuffix(columns[c], "in") && rapid.Bool().Draw(t, "two") {
					cell += " | " + rapid.SampledFrom(constants[c]).Draw(t, "constant")
				}
			}
			text += cell + ","
		}
		text += strconv.Itoa(1<<i) + "\n"
	}
	var mistakes fault.Mistakes
	def = (&reader{file: "tables/t.csv", mistakes: &mistakes}).readTable("t", text)
	if len(mistakes) > 0 {
		t.Fatal(mistakes, text)
	}
	return def, used, rows
}

// hits returns for each line which rows the engine finds.
func hits(t *rapid.T, def *pricing.TableDefinition, used []checkName) (*Book, []int64) {
	all := *def
	all.Hit.Text = "collect"
	book := checkBook(t)
	step := pricing.StepDefinition{ID: "t", Table: pricing.Name{Text: "t"}}
	return book, pricedLines(t, book, step, map[string]*pricing.TableDefinition{"t": &all}, everyLine(used))
}

// found are the mistakes of a kind by row.
func found(mistakes fault.Mistakes, part string) map[int]string {
	rows := map[int]string{}
	for _, m := range mistakes {
		if strings.Contains(m.Text, part) {
			rows[m.Line-3] = m.Text
		}
	}
	return rows
}

// TestTableRows: what is said of the rows of random tables is what the engine does for
// every input that the tables can tell apart, no more and no less.
func TestTableRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hit := rapid.SampledFrom([]string{"first", "unique", "collect"}).Draw(t, "hit")
		def, used, rows := randomTable(t, hit)
		book, lines := hits(t, def, used)
		mistakes := checkTable(namesOf(book.Schema(), pricing.Definition{}), def)
		ever, first := map[int]bool{}, map[int]bool{}
		overlap := map[int]int{}
		about := make([]string, rows)
		for _, bits := range lines {
			for j := range rows {
				on := bits>>j&1 == 1
				about[j] += strconv.FormatBool(on)
				if !on {
					continue
				}
				ever[j] = true
				first[j] = first[j] || bits&(1<<j-1) == 0
				for i := range j {
					if old, known := overlap[j]; bits>>i&1 == 1 && (!known || i < old) {
						overlap[j] = i
					}
				}
			}
		}
		contradict := found(mistakes, "contradict each other")
		never := found(mistakes, "can never be hit: the row")
		overlapping := found(mistakes, "overlaps with")
		same := found(mistakes, "has the same inputs: ")
		for j := range rows {
			if (contradict[j] != "") == ever[j] {
				t.Errorf("row %d: hit is %v, but %q", j, ever[j], contradict[j])
			}
			if want := hit == "first" && ever[j] && !first[j]; (never[j] != "") != want {
				t.Errorf("row %d: shadowed is %v, but %q", j, want, never[j])
			}
			want := ""
			if i, known := overlap[j]; known && hit == "unique" {
				want = fmt.Sprintf("this row overlaps with the one in line %d, but the table's hit policy is unique", i+3)
			}
			if overlapping[j] != want {
				t.Errorf("row %d: %q, want %q", j, overlapping[j], want)
			}
			if i := slices.Index(about, about[j]); (same[j] != "") != (hit == "collect" && ever[j] && i < j) {
				t.Errorf("row %d: the same as row %d, but %q", j, i, same[j])
			}
		}
	})
}

// TestTableGaps: a gap is reported if and only if, for some value of the other input,
// there is a number between the rows' that no row is for.
func TestTableGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "line.inputs.tag,line.inputs.n >=,line.inputs.n <,amount\n"
		rows := rapid.IntRange(2, 6).Draw(t, "rows")
		type span struct{ tag, low, high int }
		var spans []span
		for i := range rows {
			s := span{rapid.IntRange(0, 2).Draw(t, "tag"), rapid.IntRange(0, 8).Draw(t, "low"), 0}
			s.high = s.low + rapid.IntRange(1, 4).Draw(t, "width")
			spans = append(spans, s)
			text += fmt.Sprintf("%s,%d,%d,%d\n", []string{"", "a", "b"}[s.tag], 10*s.low, 10*s.high, 1<<i)
		}
		var mistakes fault.Mistakes
		def := (&reader{file: "tables/t.csv", mistakes: &mistakes}).readTable("t", text)
		book := checkBook(t)
		got := len(found(checkTable(namesOf(book.Schema(), pricing.Definition{}), def), "no row is for")) > 0
		want := false
		for tag := range 3 {
			low, high := 99, 0
			for _, s := range spans {
				if s.tag == tag {
					low, high = min(low, s.low), max(high, s.high)
				}
			}
			for n := low; n < high; n++ {
				// A row for every tag covers each; the rows for every tag leave out what no row is
				// for, as there are other tags.
				covered := slices.ContainsFunc(spans, func(s span) bool { return (s.tag == 0 || s.tag == tag) && s.low <= n && n < s.high })
				want = want || !covered
			}
		}
		if got != want {
			t.Errorf("gap %v, want %v:\n%s", got, want, text)
		}
	})
}

// rowsOf makes a table of n rows.
func rowsOf(t testing.TB, header string, n int, row func(i int) string) *pricing.TableDefinition {
	var text strings.Builder
	text.WriteString(header + "\n")
	for i := range n {
		text.WriteString(row(i) + "\n")
	}
	var mistakes fault.Mistakes
	def := (&reader{file: "tables/t.csv", mistakes: &mistakes}).readTable("t", text.String())
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return def
}

// largeTables are tables of 10,000 rows and one more, which is wrong.
var largeTables = []struct {
	name, header string
	row          func(i int) string
	wrong, want  string
}{
	{"one key", "# hit: unique\nproduct.sku,percent", func(i int) string { return fmt.Sprintf("S%d,-1", i) }, "S7,-1", "overlaps with the one in line 10"},
	{"five small keys", "# hit: unique\ncustomer.group,customer.country,product.grade,product.tax_category,customer.price_list,line.quantity >=,line.quantity <,percent",
		func(i int) string {
			return fmt.Sprintf("g%d,c%d,r%d,t%d,p%d,%d,%d,-1", i%5, i/5%5, i/25%5, i/125%5, i/625%4, i/2500*10, i/2500*10+10)
		}, "g1,c1,r1,t1,p1,35,40,-1", "overlaps with"},
	{"ranges only", "# hit: unique\nline.quantity >=,line.quantity <,line.weight_kg >=,line.weight_kg <,percent",
		func(i int) string { return fmt.Sprintf("%d,%d,%d,%d,-1", i%100, i%100+1, i/100, i/100+1) }, "50,53,20,21,-1", "overlaps with"},
	{"lists and exceptions", "# hit: unique\nproduct.sku in,customer.group not in,customer.region !=,quote.date >=,quote.date <=,percent",
		func(i int) string {
			return fmt.Sprintf("S%d|T%d,g%d|g%d,eu/x%d,2026-%02d-01,2026-%02d-28,-1", i/10, i/10, i%3, i%5, i%7, i%10+1, i%10+1)
		}, "T999,,,2026-10-05,2026-10-06,-1", "overlaps with"},
	{"specific, then general", "product.sku,customer.group,line.quantity >=,percent",
		func(i int) string {
			if i < 9000 {
				return fmt.Sprintf("S%d,g%d,%d,-1", i/9, i%3, 90-i%9/3*10)
			}
			return fmt.Sprintf(",h%d,,-1", i)
		}, "S5,g1,75,-1", "can never be hit: the row in line 54 comes before it"},
	{"crossing", "product.sku,customer.group,percent",
		func(i int) string {
			if i < 5000 {
				return fmt.Sprintf("S%d,,-1", i)
			}
			return fmt.Sprintf(",g%d,-1", i)
		}, "S5,g7000,-1", "can never be hit: the row in line 7 comes before it"},
}

// TestLargeTables: 10,000 rows of any shape are looked through in well under a second.
func TestLargeTables(t *testing.T) {
	names := namesOf(checkBook(t).Schema(), pricing.Definition{})
	for _, c := range largeTables {
		def := rowsOf(t, c.header, 10_001, func(i int) string {
			if i == 10_000 {
				return c.wrong
			}
			return c.row(i)
		})
		start := time.Now()
		mistakes := checkTable(names, def)
		took := time.Since(start)
		lines := found(mistakes, c.want)
		at := def.Rows[10_000][0].At.Line - 3
		if took > time.Second || lines[at] == "" {
			t.Errorf("%s took %s: %.600s", c.name, took, mistakes)
		}
		t.Logf("%s: %s, %d found", c.name, took.Round(time.Millisecond), len(mistakes))
	}
}

func BenchmarkCheckTable(b *testing.B) {
	names := namesOf(checkBook(b).Schema(), pricing.Definition{})
	for _, c := range largeTables {
		def := rowsOf(b, c.header, 10_000, c.row)
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				checkTable(names, def)
			}
		})
	}
}

// TestManyOfAKind: of each kind of mistake the first few are told, and how many more there
// are.
func TestManyOfAKind(t *testing.T) {
	def := rowsOf(t, "product.sku,percent", 50, func(int) string { return "S,-1" })
	mistakes := checkTable(namesOf(checkBook(t).Schema(), pricing.Definition{}), def)
	if last := mistakes[len(mistakes)-1].Text; len(mistakes) != mostReported+1 || last != "29 more rows that can never be hit" {
		t.Errorf("%d mistakes, the last: %s", len(mistakes), last)
	}
	if diff := cmp.Diff("this row can never be hit: the row in line 2 has the same inputs", mistakes[0].Text); diff != "" {
		t.Error(diff)
	}
}
