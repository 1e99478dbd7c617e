package files

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
	"quotewright/internal/fault"
	"quotewright/money"
)

// whole is a folder with every file and every column.
var whole = map[string]string{
	"products.csv": `sku,name,description,family,unit,status,successor,model,grade,cost,cost_currency,weight_kg,lead_time_days,min_quantity,multiple,tax_category,attr:color,attr:make
PS-2000,Pump skid,"Two lines:
""steel"", welded",pumps/skids,EA,phase_out,PS-3000,pump-skid,A,"12.50",USD,3.5,14,2,4,standard,red,
PS-3000,Pump skid 3,,,EA,,,,,,,,,,,,,
`,
	"units.csv":       "sku,unit,numerator,denominator\n,DZ,12,1\nPS-2000,KG,2,7\n",
	"conditions.csv":  "id,type,customer,sku,key:plant,country,tax_category,min_quantity,value,measure,currency,per,unit,valid_from,valid_to,lower_limit,upper_limit\nL1,LIST,C-100,PS-2000,TW1,TW,standard,10,-5.10,percent,EUR,100,DZ,2026-01-01,2026-12-31,-7.5,0\nL2,LIST,,,,,,,7,amount,,,,,,,\n",
	"boms.csv":        "parent,position,component,quantity,unit,when,scrap_percent,phantom,valid_from,valid_to,alternative_group,priority\nPS-2000,10,PS-3000,2 * length_mm,EA,\"frame == \"\"F1\"\"\",1.5,true,2026-01-01,2026-12-31,drive,2\n",
	"customers.csv":   "id,name,parent,group,price_list,currency,country,region,tax_exempt,payment_terms,credit,attr:segment\nC-100,Acme,C-200,oem,PL1,TWD,TW,asia/tw,yes,N30,watch,medical\nC-200,Bolt,,,,,,,,,,\n",
	"contacts.csv":    "customer,id,name,role,email,phone,language\nC-100,1,Ann,buyer,ann@example.com,+886 1,zh\n",
	"addresses.csv":   "customer,id,kind,name,street,postal_code,city,region,country\nC-100,1,shipping,Dock 2,Road 1,100,Taipei,asia/tw,TW\n",
	"stock.csv":       "sku,site,on_hand,reserved,incoming,incoming_date\nPS-2000,TW1,-3,1,5.5,2026-04-01\n",
	"rates.csv":       "from,to,rate,date\nUSD,TWD,32.10,2026-01-01\n",
	"parts.csv":       "alias,sku,customer,valid_from,valid_to\nX-1,PS-2000,C-100,2026-01-01,2026-12-31\n",
	"orders.csv":      "id,reference,customer,status,date,currency,total\nSO-1,Q-2026-000001,C-100,open,2026-02-01,TWD,100.00\n",
	"order_lines.csv": "order,line,sku,ordered,shipped,invoiced\nSO-1,10,PS-2000,3,2,1\n",
	"invoices.csv":    "id,order,customer,date,due,currency,total,open\nI-1,SO-1,C-100,2026-02-02,2026-03-02,TWD,100,25\n",
}

// wholeDelta is what whole says.
func wholeDelta() catalog.Delta {
	day := func(month, day int) catalog.Date { return catalog.Date{Year: 2026, Month: time.Month(month), Day: day} }
	n := money.MustParse
	cost, lower, upper := n("12.5"), n("-7.5"), n("0")
	return catalog.Delta{
		Products: full(
			catalog.Product{SKU: "PS-2000", Name: "Pump skid", Description: "Two lines:\n\"steel\", welded", Family: "pumps/skids", Unit: "EA",
				Status: catalog.PhaseOut, Successor: "PS-3000", Model: "pump-skid", Grade: "A", Cost: &cost, CostCurrency: "USD", WeightKg: n("3.5"),
				LeadTimeDays: 14, MinQuantity: n("2"), Multiple: n("4"), TaxCategory: "standard", Attributes: map[string]string{"color": "red"}},
			catalog.Product{SKU: "PS-3000", Name: "Pump skid 3", Unit: "EA", Status: catalog.Active}),
		Units: full(catalog.Unit{Unit: "DZ", Numerator: n("12"), Denominator: n("1")},
			catalog.Unit{SKU: "PS-2000", Unit: "KG", Numerator: n("2"), Denominator: n("7")}),
		Conditions: full(
			catalog.Condition{ID: "L1", Type: "LIST", Keys: []catalog.KeyField{{Name: "country", Value: "TW"}, {Name: "customer", Value: "C-100"}, {Name: "plant", Value: "TW1"},
				{Name: "sku", Value: "PS-2000"}, {Name: "tax_category", Value: "standard"}},
				MinQuantity: n("10"), Value: n("-5.1"), Measure: catalog.MeasurePercent, Currency: "EUR", Per: n("100"), Unit: "DZ", ValidFrom: day(1, 1), ValidTo: day(12, 31), LowerLimit: &lower, UpperLimit: &upper},
			catalog.Condition{ID: "L2", Type: "LIST", Value: n("7"), Measure: catalog.MeasureAmount, Per: n("1")}),
		BOMs: full(catalog.BOMItem{Parent: "PS-2000", Position: "10", Component: "PS-3000", Quantity: "2 * length_mm", Unit: "EA", When: `frame == "F1"`,
			ScrapPercent: n("1.5"), Phantom: true, ValidFrom: day(1, 1), ValidTo: day(12, 31), AlternativeGroup: "drive", Priority: 2, File: "boms.csv", Line: 2}),
		Customers: full(
			catalog.Customer{ID: "C-100", Name: "Acme", Parent: "C-200", Group: "oem", PriceList: "PL1", Currency: "TWD", Country: "TW", Region: "asia/tw", TaxExempt: true,
				PaymentTerms: "N30", Credit: catalog.CreditWatch, Attributes: map[string]string{"segment": "medical"}},
			catalog.Customer{ID: "C-200", Name: "Bolt", Credit: catalog.CreditOK}),
		Contacts:   full(catalog.Contact{Customer: "C-100", ID: "1", Name: "Ann", Role: "buyer", Email: "ann@example.com", Phone: "+886 1", Language: "zh"}),
		Addresses:  full(catalog.Address{Customer: "C-100", ID: "1", Kind: "shipping", Name: "Dock 2", Street: "Road 1", PostalCode: "100", City: "Taipei", Region: "asia/tw", Country: "TW"}),
		Stock:      full(catalog.Stock{SKU: "PS-2000", Site: "TW1", OnHand: n("-3"), Reserved: n("1"), Incoming: n("5.5"), IncomingDate: day(4, 1)}),
		Rates:      full(catalog.Rate{From: "USD", To: "TWD", Rate: n("32.1"), Date: day(1, 1)}),
		Parts:      full(catalog.Part{Alias: "X-1", SKU: "PS-2000", Customer: "C-100", ValidFrom: day(1, 1), ValidTo: day(12, 31)}),
		Orders:     full(catalog.Order{ID: "SO-1", Reference: "Q-2026-000001", Customer: "C-100", Status: "open", Date: day(2, 1), Currency: "TWD", Total: n("100")}),
		OrderLines: full(catalog.OrderLine{Order: "SO-1", Line: "10", SKU: "PS-2000", Ordered: n("3"), Shipped: n("2"), Invoiced: n("1")}),
		Invoices:   full(catalog.Invoice{ID: "I-1", Order: "SO-1", Customer: "C-100", Date: day(2, 2), Due: day(3, 2), Currency: "TWD", Total: n("100"), Open: n("25")}),
	}
}

func full[R any](records ...R) catalog.Changes[R] {
	return catalog.Changes[R]{Full: true, Upsert: records}
}

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestEveryColumnOfEveryFile(t *testing.T) {
	delta, _, err := Load(folder(whole), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeDelta(), delta); diff != "" {
		t.Error(diff)
	}
	for _, s := range sources {
		if whole[s.base()] == "" {
			t.Errorf("the test has no %s", s.base())
		}
	}
}

func TestWaysToWriteTheSameFile(t *testing.T) {
	want, _, err := Load(folder(whole), nil)
	if err != nil {
		t.Fatal(err)
	}
	packed := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
		return b.String()
	}
	for name, rewrite := range map[string]func(files map[string]string){
		"semicolons":              func(f map[string]string) { f["stock.csv"] = strings.ReplaceAll(f["stock.csv"], ",", ";") },
		"tabs":                    func(f map[string]string) { f["stock.csv"] = strings.ReplaceAll(f["stock.csv"], ",", "\t") },
		"byte order mark":         func(f map[string]string) { f["stock.csv"] = "\uFEFF" + f["stock.csv"] },
		"carriage returns":        func(f map[string]string) { f["stock.csv"] = strings.ReplaceAll(f["stock.csv"], "\n", "\r\n") },
		"no line end at the end":  func(f map[string]string) { f["stock.csv"] = strings.TrimSpace(f["stock.csv"]) },
		"padded cells":            func(f map[string]string) { f["stock.csv"] = strings.ReplaceAll(f["stock.csv"], ",", " , ") },
		"empty rows":              func(f map[string]string) { f["stock.csv"] += ",,,,,\n\n" },
		"packed, plain name":      func(f map[string]string) { f["stock.csv"] = packed(f["stock.csv"]) },
		"packed, with its suffix": func(f map[string]string) { f["stock.csv.gz"] = packed(f["stock.csv"]); delete(f, "stock.csv") },
	} {
		files := maps.Clone(whole)
		rewrite(files)
		got, _, err := Load(folder(files), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTheSameContentsHaveTheSameVersion(t *testing.T) {
	_, version, err := Load(folder(whole), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, t.TempDir(), whole)
	_, cursor, err := Open(dir).Changes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := catalog.VersionOf(cursor); got != version {
		t.Errorf("the server has version %s, the command line %s", got, version)
	}
}

func write(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestChanges(t *testing.T) {
	dir := write(t, t.TempDir(), whole)
	connector := Open(dir)
	changes := func(cursor string) (catalog.Delta, string) {
		t.Helper()
		delta, next, err := connector.Changes(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		return delta, next
	}
	expect := func(what string, want, got catalog.Delta) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}

	delta, first := changes("")
	expect("a full load", wholeDelta(), delta)

	delta, next := changes(first)
	expect("nothing changed", catalog.Delta{}, delta)
	if next != first {
		t.Errorf("nothing changed, but the cursor: %q, then %q", first, next)
	}

	// A change that keeps size and time must be seen.
	info, err := os.Stat(filepath.Join(dir, "stock.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"stock.csv": strings.Replace(whole["stock.csv"], "5.5", "6.5", 1)})
	os.Chtimes(filepath.Join(dir, "stock.csv"), info.ModTime(), info.ModTime())
	stock := wholeDelta().Stock
	stock.Upsert[0].Incoming = money.MustParse("6.5")
	delta, second := changes(first)
	expect("one file changed", catalog.Delta{Stock: stock}, delta)

	os.Remove(filepath.Join(dir, "invoices.csv"))
	delta, third := changes(second)
	expect("one file removed", catalog.Delta{Invoices: catalog.Changes[catalog.Invoice]{Full: true}}, delta)

	write(t, dir, whole)
	delta, again := changes(third)
	expect("as it was", catalog.Delta{Stock: wholeDelta().Stock, Invoices: wholeDelta().Invoices}, delta)
	if again != first {
		t.Errorf("the same contents have two cursors: %q and %q", first, again)
	}

	delta, _ = changes("made by another connector")
	expect("a strange cursor", wholeDelta(), delta)
}

func TestABrokenFileKeepsTheCursor(t *testing.T) {
	dir := write(t, t.TempDir(), whole)
	_, cursor, err := Open(dir).Changes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	// The file that changed is fine; a file that did not change refers to what it lost.
	write(t, dir, map[string]string{"products.csv": "sku,name,unit\nPS-3000,Pump,EA\n"})
	delta, next, err := Open(dir).Changes(t.Context(), cursor)
	if !fault.Is(err, fault.Invalid) || next != cursor || !cmp.Equal(delta, catalog.Delta{}) {
		t.Errorf("got cursor %q and %v", next, err)
	}
}

func TestAMisspelledFileIsSeenWithoutAnotherChange(t *testing.T) {
	dir := write(t, t.TempDir(), whole)
	_, cursor, err := Open(dir).Changes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"condition.csv": "id\n"})
	if _, _, err := Open(dir).Changes(t.Context(), cursor); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

func TestAFolderThatCannotBeRead(t *testing.T) {
	for _, cursor := range []string{"", "files-1"} {
		_, _, err := Open(filepath.Join(t.TempDir(), "nowhere")).Changes(t.Context(), cursor)
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("no folder: %v", err)
		}
	}
	cut := maps.Clone(whole)
	cut["stock.csv"] = "\x1f\x8b\x08\x00cut"
	if _, _, err := Load(folder(cut), nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a damaged packed file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Open(write(t, t.TempDir(), whole)).Changes(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// growing is a folder whose files grow while they are read.
type growing struct{ fs.FS }

type growingFile struct {
	fs.File
	asked *int
}

func (g growing) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(g.FS, name) }

func (g growing) Open(name string) (fs.File, error) {
	f, err := g.FS.Open(name)
	return growingFile{f, new(int)}, err
}

func (f growingFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	*f.asked++
	return growingInfo{info, int64(*f.asked)}, err
}

type growingInfo struct {
	fs.FileInfo
	more int64
}

func (i growingInfo) Size() int64 { return i.FileInfo.Size() + i.more }

func TestAFileThatIsBeingWritten(t *testing.T) {
	_, _, err := Load(growing{folder(whole)}, nil)
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "changed while") {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	dir := t.TempDir()
	if err := catalogtest.WriteLarge(dir, catalogtest.Size{Products: 20_000}); err != nil {
		t.Fatal(err)
	}
	var got []string
	if _, _, err := Load(os.DirFS(dir), func(file string, rows int) { got = append(got, fmt.Sprint(file, " ", rows)) }); err != nil {
		t.Fatal(err)
	}
	want := "products.csv 0, products.csv 10000, products.csv 20000, products.csv 20000, customers.csv 0, customers.csv 2000, conditions.csv 0, conditions.csv 0"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
}
