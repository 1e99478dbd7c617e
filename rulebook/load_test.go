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
	if err != nil || len(folders) < 1 {
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
