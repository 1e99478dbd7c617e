package quote_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/quote"
	"quotewright/rulebook"
	"quotewright/testdata"
)

func demo(t testing.TB) (*rulebook.Book, *catalog.Snapshot) {
	t.Helper()
	rules, err := fs.Sub(testdata.Demo, "demo/rules")
	if err != nil {
		t.Fatal(err)
	}
	book, mistakes := rulebook.Load(rules)
	if book == nil {
		t.Fatal(mistakes)
	}
	folder, err := fs.Sub(testdata.Demo, "demo/catalog")
	if err != nil {
		t.Fatal(err)
	}
	delta, version, err := files.Load(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	return book, catalog.NewSnapshot(version, delta)
}

func TestTry(t *testing.T) {
	book, snapshot := demo(t)
	bad := 0
	for _, r := range quote.RunExamples(book, snapshot) {
		for _, d := range r.Differences {
			bad++
			t.Logf("%s: %s: %s: want %s, got %s", r.At, r.Name, d.Path, d.Expected, d.Got)
		}
	}
	fmt.Println(len(book.Examples()), bad)
	for _, e := range book.Examples()[:1] {
		var r quote.Request
		if err := json.Unmarshal(e.Request, &r); err != nil {
			t.Fatal(err)
		}
		text, _ := json.MarshalIndent(quote.Evaluate(book, snapshot, r), "", " ")
		fmt.Println(string(text))
	}
}
