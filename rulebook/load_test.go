package rulebook

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the want.txt of the broken rulebooks")

// withoutWant hides the golden file that stands beside the rule files.
type withoutWant struct{ fs.FS }

func (f withoutWant) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	kept := entries[:0]
	for _, e := range entries {
		if e.Name() != "want.txt" {
			kept = append(kept, e)
		}
	}
	return kept, err
}

// TestBroken loads rulebooks that are named after their mistake. Their want.txt is what
// Load finds, line by line.
func TestBroken(t *testing.T) {
	folders, err := filepath.Glob("../testdata/broken/rules/*")
	if err != nil || len(folders) < 70 {
		t.Fatalf("%d broken rulebooks, %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			_, mistakes := Load(withoutWant{os.DirFS(folder)})
			got := mistakes.Error() + "\n"
			if len(mistakes) == 0 {
				t.Error("no mistake is found")
			}
			golden := filepath.Join(folder, "want.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWarnings: warnings alone do not keep a Book from being used, and stay with it.
func TestWarnings(t *testing.T) {
	book, mistakes := Load(withoutWant{os.DirFS("../testdata/broken/rules/default-conflict")})
	if book == nil || len(mistakes) != 1 || len(mistakes.Errors()) != 0 {
		t.Fatalf("book %v with %v", book, mistakes)
	}
	if diff := cmp.Diff(mistakes, book.Warnings()); diff != "" {
		t.Errorf("warnings of the Book (-want +got):\n%s", diff)
	}
}

// TestDemo: the demo company's rulebook is free of mistakes and warnings.
func TestDemo(t *testing.T) {
	book, mistakes := Load(os.DirFS("../testdata/demo/rules"))
	if book == nil || len(mistakes) > 0 {
		t.Fatalf("the demo has mistakes:\n%v", mistakes)
	}
	if len(book.SalesModels()) != 4 || len(book.Models()) != 3 || len(book.Examples()) == 0 {
		t.Errorf("%d sales models, models %v, %d examples", len(book.SalesModels()), book.Models(), len(book.Examples()))
	}
}
