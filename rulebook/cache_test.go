package rulebook

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotewright/pricing"
)

// sameLoad loads a folder with and without what is known from before.
func sameLoad(t rapid.TB, cache *Cache, files map[string]string) *Book {
	t.Helper()
	got, gotMistakes := cache.Load(FS(files))
	want, wantMistakes := Load(FS(files))
	if diff := cmp.Diff(wantMistakes, gotMistakes); diff != "" {
		t.Fatalf("mistakes of a fresh load and of a cached one: %s", diff)
	}
	if (got == nil) != (want == nil) {
		t.Fatalf("fresh %v, cached %v", want, got)
	}
	if got == nil {
		return nil
	}
	if got.Hash() != want.Hash() || got.Name != want.Name || len(got.examples) != len(want.examples) {
		t.Fatalf("fresh %s %s, cached %s %s", want.Hash(), want.Name, got.Hash(), got.Name)
	}
	if diff := cmp.Diff(want.Models(), got.Models()); diff != "" {
		t.Fatal(diff)
	}
	for i, m := range want.salesModels {
		if !reflect.DeepEqual(m.Definition, got.salesModels[i].Definition) {
			t.Fatalf("%s is another one", m.ID)
		}
	}
	return got
}

// TestCacheIsLoad edits rulebooks line by line: what a Cache says is what Load says.
func TestCacheIsLoad(t *testing.T) {
	folders := []map[string]string{good(t).Files()}
	broken, err := filepath.Glob("../testdata/broken/rules/*")
	if err != nil || len(broken) == 0 {
		t.Fatalf("broken rulebooks: %v, %v", broken, err)
	}
	for _, dir := range broken {
		if files, mistakes := readFolder(os.DirFS(dir)); files != nil && len(mistakes) == 0 {
			folders = append(folders, files)
		}
	}
	var shared Cache
	for range 2 {
		for _, files := range folders {
			sameLoad(t, &shared, files)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var cache Cache
		files := maps.Clone(rapid.SampledFrom(folders).Draw(t, "folder"))
		sameLoad(t, &cache, files)
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			name := rapid.SampledFrom(sorted(files)).Draw(t, "file")
			lines := strings.Split(files[name], "\n")
			at := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			switch rapid.IntRange(0, 4).Draw(t, "edit") {
			case 0:
				lines[at] = ""
			case 1:
				lines[at] += " # comment"
			case 2:
				lines[at] = strings.ReplaceAll(lines[at], "1", "2")
			case 3:
				lines = append(lines[:at:at], append([]string{lines[at]}, lines[at:]...)...)
			case 4:
				delete(files, name)
				continue
			}
			if len(files) > 1 {
				files[name] = strings.Join(lines, "\n")
			}
			sameLoad(t, &cache, files)
		}
	})
}

// TestCacheKeepsWhatDidNotChange: a table costs its sales model, and nothing else.
func TestCacheKeepsWhatDidNotChange(t *testing.T) {
	files := hundredFiles(t)
	var cache Cache
	models := func(files map[string]string) (m2, m3 *pricing.SalesModel) {
		book, mistakes := cache.Load(FS(files))
		if book == nil {
			t.Fatal(mistakes)
		}
		m2, _ = book.SalesModel("m2")
		m3, _ = book.SalesModel("m3")
		return m2, m3
	}
	m2, m3 := models(files)
	changed2, changed3 := models(edited(files, "tables/t7.csv", 1))
	if m2 == changed2 {
		t.Error("the sales model is the old one, though its table changed")
	}
	if m3 != changed3 {
		t.Error("a sales model that has nothing to do with the table was compiled again")
	}
	broken := edited(files, "tables/t8.csv", 2)
	broken["tables/t8.csv"] += "a,b\n"
	if book, _ := cache.Load(FS(broken)); book != nil {
		t.Fatal("a broken table is used")
	}
	if _, mended := models(edited(files, "tables/t7.csv", 3)); mended != m3 {
		t.Error("after a mistake everything is compiled again")
	}
}
