package quote_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/quote"
	"quotewright/rulebook"
)

// section is a heading of docs/rules.md and the fenced blocks below it.
type section struct {
	title  string
	blocks []block
}

// block is a fenced block: what is said after the three backticks, and its text.
type block struct{ info, text string }

var (
	heading = regexp.MustCompile(`^#+ (.*)`)
	fence   = regexp.MustCompile("^```(.*)")
	// ruleFile is the info of a block that is a file of a rulebook or a catalog.
	ruleFile = regexp.MustCompile(`^(?:yaml|csv) ((?:rulebook\.yaml)|(?:(?:sales-models|products|tables|examples|catalog)/[\w.-]+))$`)
)

func docSections(t *testing.T) []section {
	t.Helper()
	text, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	var sections []section
	var open *block
	for line := range strings.Lines(string(text)) {
		fenced := fence.FindStringSubmatch(strings.TrimRight(line, "\n"))
		switch {
		case fenced != nil && open != nil:
			last := &sections[len(sections)-1]
			last.blocks = append(last.blocks, *open)
			open = nil
		case fenced != nil:
			open = &block{info: fenced[1]}
		case open != nil:
			open.text += line
		default:
			if h := heading.FindStringSubmatch(line); h != nil {
				sections = append(sections, section{title: strings.TrimSpace(h[1])})
			}
		}
	}
	if open != nil {
		t.Fatalf("a fenced block of %q does not end", sections[len(sections)-1].title)
	}
	return sections
}

// TestRulesDocument runs the examples of every section of docs/rules.md: its files are
// laid over the base company. A section with files has to have an example.
func TestRulesDocument(t *testing.T) {
	tested := 0
	for _, s := range docSections(t) {
		parts := map[string]string{}
		for _, b := range s.blocks {
			if m := ruleFile.FindStringSubmatch(b.info); m != nil {
				parts[m[1]] += b.text
			}
		}
		if len(parts) == 0 {
			continue
		}
		tested++
		t.Run(s.title, func(t *testing.T) {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(parts)), func(name string) bool { return strings.HasPrefix(name, "examples/") }) {
				t.Error("the section has no example")
			}
			runExamples(t, parts)
		})
	}
	if tested < 40 {
		t.Errorf("only %d sections with examples", tested)
	}
}

// TestBaseOfRulesDocument holds the files that docs/rules.md shows of the base company
// against the files themselves.
func TestBaseOfRulesDocument(t *testing.T) {
	shown := 0
	for _, s := range docSections(t) {
		for _, b := range s.blocks {
			_, name, ok := strings.Cut(b.info, " base/")
			if !ok {
				continue
			}
			shown++
			text, err := os.ReadFile(ruleCases + "/base/" + name)
			if err != nil || string(text) != b.text {
				t.Errorf("%s is not as shown: %v\n%s", name, err, text)
			}
		}
	}
	if shown != 4 {
		t.Errorf("%d files of the base company are shown", shown)
	}
}

// TestTutorial follows the first lesson of docs/rules.md on a copy of the demo rulebook:
// a step put in before another one, once with a slip of the pen; an example, first with
// a wrong figure. What the commands print is compared with what the lesson shows.
func TestTutorial(t *testing.T) {
	at := slices.IndexFunc(docSections(t), func(s section) bool { return strings.HasPrefix(s.title, "Your first discount") })
	if at < 0 {
		t.Fatal("no such section")
	}
	lesson := docSections(t)[at]
	rules := copyFolder(t, demoFolder("rules"))
	var printed []string
	for _, b := range lesson.blocks {
		switch name, place, insert := strings.Cut(b.info, " before "); {
		case insert:
			name = strings.TrimPrefix(name, "yaml ")
			old := string(rules[name].Data)
			if strings.Count(old, place) != 1 {
				t.Fatalf("%s has %q %d times", name, place, strings.Count(old, place))
			}
			rules[name] = &fstest.MapFile{Data: []byte(strings.Replace(old, place, strings.TrimPrefix(b.text, "  ")+"  "+place, 1))}
		case strings.HasPrefix(b.info, "yaml new "):
			rules[strings.TrimPrefix(b.info, "yaml new ")] = &fstest.MapFile{Data: []byte(b.text)}
		case strings.HasPrefix(b.info, "diff "):
			name := strings.TrimPrefix(b.info, "diff ")
			rules[name] = &fstest.MapFile{Data: []byte(applyDiff(t, string(rules[name].Data), b.text))}
		case b.info == "console":
			printed = append(printed, printedBy(b.text)...)
			if got := commandsPrint(t, rules, b.text); got != strings.Join(printedBy(b.text), "") {
				t.Errorf("%s\nprints now:\n%s", b.text, got)
			}
		}
	}
	if len(printed) < 4 {
		t.Error("the lesson shows nothing that commands print")
	}
}

func copyFolder(t *testing.T, from fs.FS) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = fs.ReadFile(from, name)
			folder[name] = &fstest.MapFile{Data: text}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// applyDiff replaces the line that begins with - by the one that begins with +.
func applyDiff(t *testing.T, text, diff string) string {
	t.Helper()
	for line := range strings.Lines(diff) {
		if old, ok := strings.CutPrefix(line, "-"); ok {
			_, rest, _ := strings.Cut(diff, line)
			fresh, ok := strings.CutPrefix(rest, "+")
			if !ok || strings.Count(text, old) != 1 {
				t.Fatalf("cannot replace %q", old)
			}
			fresh, _, _ = strings.Cut(fresh, "\n")
			text = strings.Replace(text, old, fresh+"\n", 1)
		}
	}
	return text
}

// printedBy are the lines of a console block that are not commands.
func printedBy(console string) []string {
	var lines []string
	for line := range strings.Lines(console) {
		if !strings.HasPrefix(line, "$") && strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// commandsPrint is what the check and test commands of a console block print about the
// rulebook, whose folder the lesson calls my-rules.
func commandsPrint(t *testing.T, rules fs.FS, console string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(console) {
		book, mistakes := rulebook.Load(rules)
		switch {
		case strings.Contains(line, "quotewright check "):
			for _, m := range mistakes {
				fmt.Fprintf(&out, "my-rules/%s\n", m)
			}
			if book != nil {
				fmt.Fprintf(&out, "my-rules: %s, no mistakes\n", book.Name)
			}
		case strings.Contains(line, "quotewright test "):
			if book == nil {
				t.Fatal(mistakes)
			}
			printResults(&out, testResults(t, book))
		}
	}
	return out.String()
}

func testResults(t *testing.T, book *rulebook.Book) []quote.ExampleResult {
	t.Helper()
	delta, version, err := files.Load(demoFolder("catalog"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return quote.RunExamples(book, catalog.NewSnapshot(version, delta))
}

func printResults(out *strings.Builder, results []quote.ExampleResult) {
	failed := 0
	for _, r := range results {
		if len(r.Differences) == 0 {
			continue
		}
		failed++
		fmt.Fprintf(out, "FAIL my-rules/%s: %s\n", r.At, r.Name)
		for _, d := range r.Differences {
			fmt.Fprintf(out, "     %s: expected %s, got %s\n", d.Path, d.Expected, d.Got)
		}
	}
	fmt.Fprintf(out, "%d examples, %d passed, %d failed\n", len(results), len(results)-failed, failed)
}

// TestLinksOfRulesDocument looks for the heading of every link inside docs/rules.md.
func TestLinksOfRulesDocument(t *testing.T) {
	anchors := map[string]bool{}
	for _, s := range docSections(t) {
		anchors[anchor(s.title)] = true
	}
	text, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(string(text), -1)
	for _, link := range links {
		if !anchors[link[1]] {
			t.Errorf("no heading for #%s", link[1])
		}
	}
	if len(links) < 30 {
		t.Errorf("only %d links", len(links))
	}
}

// anchor is the name under which a heading is linked to.
func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}
