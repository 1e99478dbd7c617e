package quote_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/quote"
	"quotewright/rulebook"
)

// ruleCases is where the base company and the golden cases are.
const ruleCases = "../testdata/rules"

// TestGoldenCases evaluates the examples of every case: a txtar file whose parts are
// laid over the base company. The arithmetic behind each figure is in its comments.
func TestGoldenCases(t *testing.T) {
	for _, folder := range []string{"disputes", "cases"} {
		names, err := filepath.Glob(filepath.Join(ruleCases, folder, "*.txtar"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no cases in %s: %v", folder, err)
		}
		for _, name := range names {
			t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
				archive, err := txtar.ParseFile(name)
				if err != nil {
					t.Fatal(err)
				}
				parts := map[string]string{}
				for _, f := range archive.Files {
					parts[f.Name] = string(f.Data)
				}
				runExamples(t, parts)
			})
		}
	}
}

// world lays the parts over the base company. The rules have to be free of mistakes and
// warnings.
func world(t *testing.T, parts map[string]string) (*rulebook.Book, *catalog.Snapshot) {
	t.Helper()
	rules, data := overBase(t, parts)
	book, mistakes := rulebook.Load(rules)
	for _, m := range mistakes {
		t.Errorf("%s", m)
	}
	delta, version, err := files.Load(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if book == nil {
		t.FailNow()
	}
	return book, catalog.NewSnapshot(version, delta)
}

// runExamples runs the examples of the parts over the base company.
func runExamples(t *testing.T, parts map[string]string) {
	t.Helper()
	book, snapshot := world(t, parts)
	noNegativeZero(t, book, snapshot)
	results := quote.RunExamples(book, snapshot)
	if len(results) == 0 {
		t.Error("no example")
	}
	for _, r := range results {
		for _, d := range r.Differences {
			t.Errorf("%s: %s: %s: expected %s, got %s", r.At, r.Name, d.Path, d.Expected, d.Got)
		}
	}
}

var negativeZero = regexp.MustCompile(`"-0(\.0+)?"`)

// noNegativeZero looks for -0.00 in what the examples give.
func noNegativeZero(t *testing.T, book *rulebook.Book, snapshot *catalog.Snapshot) {
	t.Helper()
	for _, x := range book.Examples() {
		request, err := quote.DecodeRequest(bytes.NewReader(x.Request))
		if err != nil {
			continue // says what only the service says
		}
		if text := encode(t, quote.Evaluate(book, snapshot, request)); negativeZero.MatchString(text) {
			t.Errorf("%s: %s: %s", x.At, x.Name, text)
		}
	}
}

// TestWrongExamples holds what is said about an example in which every expectation is
// wrong against a list.
func TestWrongExamples(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join(ruleCases, "wrong", "everything.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
	}
	want := parts["want.txt"]
	delete(parts, "want.txt")
	book, snapshot := world(t, parts)
	var got strings.Builder
	for _, r := range quote.RunExamples(book, snapshot) {
		for _, d := range r.Differences {
			fmt.Fprintf(&got, "%s: expected %s, got %s\n", d.Path, d.Expected, d.Got)
		}
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// overBase lays the parts over the base company: rows of a catalog file join those of
// the base, keys of rulebook.yaml too, and any other file takes the place of its
// namesake.
func overBase(t *testing.T, parts map[string]string) (rules, data fstest.MapFS) {
	t.Helper()
	all := map[string]string{}
	base := os.DirFS(filepath.Join(ruleCases, "base"))
	err := fs.WalkDir(base, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var content []byte
			content, err = fs.ReadFile(base, name)
			all[name] = string(content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		switch {
		case name == "rulebook.yaml":
			all[name] = joinYAML(all[name], parts[name])
		case strings.HasPrefix(name, "catalog/"):
			all[name] = joinCSV(t, name, all[name], parts[name])
		default:
			all[name] = parts[name]
		}
	}
	rules, data = fstest.MapFS{}, fstest.MapFS{}
	for name, content := range all {
		if below, ok := strings.CutPrefix(name, "catalog/"); ok {
			data[below] = &fstest.MapFile{Data: []byte(content)}
		} else {
			rules[name] = &fstest.MapFile{Data: []byte(content)}
		}
	}
	return rules, data
}

// joinYAML adds the lines below each key of a fragment to those below the same key of
// the base. A key with its value on its own line takes the place of the base's.
func joinYAML(base, fragment string) string {
	keys, below := yamlKeys(base)
	moreKeys, more := yamlKeys(fragment)
	for _, key := range moreKeys {
		switch {
		case !slices.Contains(keys, key):
			keys = append(keys, key)
			below[key] = more[key]
		case strings.HasPrefix(more[key], "\n") && strings.HasPrefix(below[key], "\n"):
			below[key] += strings.TrimPrefix(more[key], "\n")
		default:
			below[key] = more[key]
		}
	}
	var joined strings.Builder
	for _, key := range keys {
		joined.WriteString(key + ":" + below[key])
	}
	return joined.String()
}

// yamlKeys splits a mapping into its keys and what is written after each.
func yamlKeys(text string) (keys []string, below map[string]string) {
	below = map[string]string{}
	for line := range strings.Lines(text) {
		key, rest, ok := strings.Cut(line, ":")
		switch {
		case ok && !strings.ContainsAny(line[:1], " #"):
			keys = append(keys, key)
			below[key] = rest
			if comment := strings.TrimSpace(rest); strings.HasPrefix(comment, "#") {
				below[key] = "\n"
			}
		case len(keys) > 0 && strings.TrimSpace(line) != "":
			below[keys[len(keys)-1]] += line
		}
	}
	return keys, below
}

// rowKeys are the columns by which a row takes the place of one of the base.
var rowKeys = map[string]string{"products.csv": "sku", "customers.csv": "id", "conditions.csv": "id"}

// joinCSV adds rows and columns to those of the base.
func joinCSV(t *testing.T, name, base, fragment string) string {
	t.Helper()
	var header []string
	var rows []map[string]string
	for _, text := range []string{base, fragment} {
		records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, record := range records {
			row := map[string]string{}
			for n, column := range records[0] {
				row[column] = record[n]
				if !slices.Contains(header, column) {
					header = append(header, column)
				}
			}
			if i == 0 {
				continue
			}
			if key := rowKeys[path.Base(name)]; key != "" {
				rows = slices.DeleteFunc(rows, func(r map[string]string) bool { return r[key] == row[key] })
			}
			rows = append(rows, row)
		}
	}
	var joined bytes.Buffer
	w := csv.NewWriter(&joined)
	write := func(record []string) {
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	write(header)
	for _, row := range rows {
		record := make([]string, len(header))
		for n, column := range header {
			record[n] = row[column]
		}
		write(record)
	}
	w.Flush()
	return joined.String()
}

func TestJoinYAML(t *testing.T) {
	got := joinYAML("name: A\nconditions:\n  X: 1\n", "conditions:\n  Y: 2\nname: B\ninputs:\n  line:\n    a: number\n")
	want := "name: B\nconditions:\n  X: 1\n  Y: 2\ninputs:\n  line:\n    a: number\n"
	if got != want {
		t.Errorf("got %s", fmt.Sprintf("%q", got))
	}
}
