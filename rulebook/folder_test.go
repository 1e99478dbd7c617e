package rulebook

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestHash: the hash is that of names and contents, and of nothing else.
func TestHash(t *testing.T) {
	book := good(t)
	again, mistakes := Load(FS(book.Files()))
	if again == nil || again.Hash() != book.Hash() || !strings.HasPrefix(book.Hash(), "sha256:") || len(book.Hash()) != 7+64 {
		t.Fatalf("the same files have hash %s and %s, %v", book.Hash(), again.Hash(), mistakes)
	}
	for name, change := range map[string]func(map[string]string){
		"another content": func(f map[string]string) { f["rulebook.yaml"] += "# \n" },
		"another name": func(f map[string]string) {
			f["examples/other.yaml"] = f["examples/direct.yaml"]
			delete(f, "examples/direct.yaml")
		},
		"a file more": func(f map[string]string) { f["examples/more.yaml"] = "examples: []\n" },
	} {
		files := book.Files()
		change(files)
		if other, mistakes := Load(FS(files)); other == nil || other.Hash() == book.Hash() {
			t.Errorf("%s: the hash is the same, %v", name, mistakes)
		}
	}
	files := book.Files()
	files["README.md"], files[".git/HEAD"], files["tables/.volume.csv.swp"] = "read me", "x", "y"
	if other, mistakes := Load(FS(files)); other == nil || other.Hash() != book.Hash() {
		t.Errorf("files that are no rules change the Book: %v", mistakes)
	}
}

// TestBookIsNotChanged: whoever gets something from a Book cannot change it.
func TestBookIsNotChanged(t *testing.T) {
	book := good(t)
	book.Files()["rulebook.yaml"] = ""
	book.Languages()[0] = "fr"
	book.SalesModels()[0] = nil
	book.Examples()[0].Name = ""
	if book.Files()["rulebook.yaml"] == "" || book.Languages()[0] == "fr" || book.SalesModels()[0] == nil || book.Examples()[0].Name == "" {
		t.Error("the Book has changed")
	}
}

func TestFolderLimits(t *testing.T) {
	base := map[string]string{"rulebook.yaml": "name: Test\ncurrency: TWD\nconditions: {LIST: {measure: amount, access: [[sku]]}}\n",
		"sales-models/direct.yaml": "sales_model: direct\nprocedure: [{id: list, condition: LIST}]\n"}
	with := func(more map[string]string) map[string]string {
		all := maps.Clone(base)
		maps.Copy(all, more)
		return all
	}
	many := map[string]string{}
	for i := range maxFiles {
		many[fmt.Sprintf("examples/e%d.yaml", i)] = "examples: []\n"
	}
	big := map[string]string{}
	for i := range 17 {
		big[fmt.Sprintf("tables/t%d.csv", i)] = "a,b\n" + strings.Repeat("1,2\n", 262_000)
	}
	for want, files := range map[string]map[string]string{
		"tables/big.csv: the file is larger than 1 MiB":           with(map[string]string{"tables/big.csv": strings.Repeat("x", 1<<20+1)}),
		"the rulebook has more than 2000 files":                   with(many),
		"the rulebook is larger than 16 MiB":                      with(big),
		`"../rulebook.yaml" cannot be the path of a rule file`:    with(map[string]string{"../rulebook.yaml": ""}),
		`"/etc/passwd" cannot be the path of a rule file`:         with(map[string]string{"/etc/passwd": ""}),
		`"tables//a.csv" cannot be the path of a rule file`:       with(map[string]string{"tables//a.csv": "a,b\n"}),
		"tables/über\\a.csv: the name of a rule file has letters": with(map[string]string{"tables/über\\a.csv": "a,b\n"}),
		"cannot be read": with(map[string]string{"rulebook.yaml/x": ""}),
		"products/skid.yml: no rule file belongs here":              with(map[string]string{"products/skid.yml": ""}),
		"rulebook.yaml: the file is missing":                        {"sales-models/direct.yaml": ""},
		"sales-models/direct.yaml:1:15: the character U+0000 is no": with(map[string]string{"sales-models/direct.yaml": "sales_model: x\x00"}),
	} {
		book, mistakes := Load(FS(files))
		if book != nil || !strings.Contains(mistakes.Error(), want) {
			t.Errorf("%.300v\nwant %s", mistakes, want)
		}
	}
}

// TestStrangeFiles: what is no regular file is not read.
func TestStrangeFiles(t *testing.T) {
	folder := fstest.MapFS{
		"rulebook.yaml":      {Data: []byte("name: x\n")},
		"products/pipe.yaml": {Mode: fs.ModeNamedPipe},
	}
	if _, mistakes := Load(folder); !strings.Contains(mistakes.Error(), "products/pipe.yaml: is not a file") {
		t.Error(mistakes)
	}
	if book, mistakes := Load(os.DirFS("testdata/nowhere")); book != nil || !strings.Contains(mistakes.Error(), "cannot be read: no such file or directory") {
		t.Error(mistakes)
	}
}

// TestHostileYAML: small files that cost a parser much are refused at once.
func TestHostileYAML(t *testing.T) {
	const n = 1 << 17
	keys, deeper := &strings.Builder{}, &strings.Builder{}
	for i := range n / 8 {
		fmt.Fprintf(keys, "k%d: v\n", i)
	}
	for i := range 1000 {
		fmt.Fprintf(deeper, "%sa:\n", strings.Repeat(" ", i))
	}
	for name, text := range map[string]string{
		"lists":         strings.Repeat("[", n),
		"mappings":      strings.Repeat("{a: ", n/4),
		"dashes":        strings.Repeat("- ", n/2),
		"questions":     strings.Repeat("? ", n/2),
		"colons":        strings.Repeat(": ", n/2),
		"tags":          strings.Repeat("!a ", n/3),
		"anchors":       strings.Repeat("&a ", n/3),
		"aliases":       "a: &a [x]\nb: [" + strings.Repeat("*a, ", n/4) + "]",
		"empty lines":   "a: |\n  x\n" + strings.Repeat("\n", n) + "b: c",
		"blank lines":   "a: >\n  x\n" + strings.Repeat("   \n", n/4) + "b: c",
		"keys":          keys.String(),
		"keys in {}":    "{" + strings.ReplaceAll(keys.String(), "\n", ", ") + "}",
		"deeper":        deeper.String(),
		"closing":       strings.Repeat("]", n),
		"percent":       strings.Repeat("%", n),
		"documents":     strings.Repeat("---\n", n/4),
		"escapes":       "name: \"" + strings.Repeat(`\`, n) + "\"",
		"quotes":        "name: '" + strings.Repeat(`''`, n/2) + "'",
		"one long text": "name: " + strings.Repeat("x ", n/2),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			book, mistakes := Load(FS(map[string]string{"rulebook.yaml": text, "sales-models/direct.yaml": text}))
			if book != nil || len(mistakes) == 0 {
				t.Error("no mistake is found")
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %s to refuse", took)
			}
		})
	}
}
