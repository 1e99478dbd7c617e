package files

import (
	"os"
	"testing"

	"quotewright/catalog"
)

// TestRealCompany reads a company that nobody here made up. The folder lies beside
// the repository and is not part of it.
func TestRealCompany(t *testing.T) {
	const dir = "../../../shared/data/adventureworks"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the AdventureWorks folder is not there: %v", err)
	}
	delta, version, err := Load(os.DirFS(dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := catalog.NewSnapshot(version, delta).Counts()
	want := catalog.Counts{Products: 504, Conditions: 638, BOMs: 2576, Customers: 701, Stock: 1069, Rates: 13532}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
