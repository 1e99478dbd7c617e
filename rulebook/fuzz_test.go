package rulebook

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"quotewright/internal/fault"
)

// archive packs a folder into one text.
func archive(t testing.TB, folder fs.FS) []byte {
	t.Helper()
	var a txtar.Archive
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "want.txt" {
			return err
		}
		content, err := fs.ReadFile(folder, name)
		a.Files = append(a.Files, txtar.File{Name: name, Data: content})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return txtar.Format(&a)
}

// FuzzLoad loads whatever comes. Load ends, never panics, and gives either a Book or
// errors with places that exist; a Book's own files make the same Book again.
func FuzzLoad(f *testing.F) {
	folders, err := filepath.Glob("../testdata/broken/rules/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, folder := range append(folders, "testdata/good", "testdata/language", "../testdata/demo/rules") {
		f.Add(archive(f, os.DirFS(folder)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files := map[string]string{}
		for _, file := range txtar.Parse(data).Files {
			files[file.Name] = string(file.Data)
		}
		start := time.Now()
		book, mistakes := Load(FS(files))
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %s", took)
		}
		if (book == nil) != (len(mistakes.Errors()) > 0) {
			t.Fatalf("book %v with %v", book, mistakes)
		}
		for _, m := range mistakes {
			if problem := nowhere(files, m); problem != "" {
				t.Errorf("%s: %s", m, problem)
			}
		}
		if book == nil {
			return
		}
		if again, mistakes := Load(FS(book.Files())); again == nil || again.Hash() != book.Hash() {
			t.Errorf("its own files make another Book: %v", mistakes)
		}
	})
}

// nowhere says what is wrong with the place of a mistake.
func nowhere(files map[string]string, m fault.Mistake) string {
	content, ok := files[m.File]
	if !ok || m.Line == 0 {
		return ""
	}
	lines := strings.Split(content, "\n")
	if m.Text == "" || m.Line < 0 || m.Line > len(lines)+1 {
		return "there is no such line"
	}
	if m.Line <= len(lines) && m.Column > len([]rune(lines[m.Line-1]))+2 {
		return "there is no such column"
	}
	return ""
}
