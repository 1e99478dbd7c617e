package files

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"quotewright/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the expected mistakes of testdata/broken")

// mistakesFile is the file of an archive that lists the expected mistakes.
const mistakesFile = "mistakes"

func TestBrokenCatalogs(t *testing.T) {
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no broken catalogs: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			folder, want := fstest.MapFS{}, ""
			var input []txtar.File
			for _, f := range archive.Files {
				if f.Name == mistakesFile {
					want = string(f.Data)
				} else {
					folder[f.Name] = &fstest.MapFile{Data: f.Data}
					input = append(input, f)
				}
			}
			delta, version, err := Load(folder, nil)
			var mistakes fault.Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("not a list of mistakes: %v", err)
			}
			if version != "" || !delta.Products.Empty() || !delta.Conditions.Empty() {
				t.Error("a broken catalog was loaded in part")
			}
			got := mistakes.Error() + "\n"
			if *update {
				archive.Files = append(input, txtar.File{Name: mistakesFile, Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestManyMistakesAreCounted(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("sku,name,unit,cost\n")
	for i := range 1500 {
		fmt.Fprintf(&rows, "P%d,Pump,EA,much\n", i)
	}
	_, _, err := Load(fstest.MapFS{"products.csv": {Data: []byte(rows.String())}}, nil)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxMistakes+1 || lines[maxMistakes] != "and 500 more mistakes" {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}
