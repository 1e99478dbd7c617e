package quotewright

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers lists the rooms of the house from the ground up. A package may import
// packages of lower layers, and of its own layer only where allowed says so.
var layers = [][]string{
	{"internal/fault"},
	{"money"},
	{"catalog", "internal/formula"},
	{"catalog/catalogtest"},
	{"configurator"},
	{"pricing", "bom"},
	{"rulebook"},
	{"quote"},
	{"erp", "erp/files", "webhooks", "internal/store", "web", "testdata"},
	{"server"},
	{"cmd/quotewright", "internal/bigcatalog"},
}

// allowed are the imports inside one layer.
var allowed = map[string][]string{
	"erp/files": {"erp"}, // a connector implements what order delivery declares
}

// homes are the dependencies that live in one package.
var homes = map[string][]string{
	"github.com/expr-lang/expr":           {"internal/formula"},
	"github.com/gofiber/fiber":            {"server"},
	"github.com/danielgtaylor/huma":       {"server"},
	"github.com/mattn/go-sqlite3":         {"internal/store"},
	"database/sql":                        {"internal/store"},
	"github.com/riverqueue/river":         {"internal/store"},
	"github.com/pressly/goose":            {"internal/store"},
	"github.com/goccy/go-yaml":            {"rulebook"},
	"github.com/alecthomas/kong":          {"cmd/quotewright"},
	"github.com/schollz/progressbar":      {"cmd/quotewright"},
	"github.com/standard-webhooks":        {"webhooks"},
	"github.com/fsnotify/fsnotify":        {"server", "cmd/quotewright"},
	"github.com/golang-jwt/jwt":           {"server"},
	"github.com/prometheus/client_golang": {"server"},
}

// pure are the packages that do no I/O, have no clock and write no log.
var pure = []string{"money", "catalog", "internal/formula", "configurator", "bom", "pricing"}

// impure are the standard packages that a pure one may not import.
var impure = []string{"os", "net", "net/http", "log", "log/slog", "context", "io/fs", "database/sql", "os/exec", "syscall"}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "quotewright/")
		if p.ImportPath == "quotewright" {
			continue
		}
		level := layer(room)
		if level < 0 {
			t.Errorf("%s is in no layer: add it to layers", room)
			continue
		}
		for _, imported := range p.Imports {
			below, ours := strings.CutPrefix(imported, "quotewright/")
			if !ours || below == room {
				continue
			}
			if l := layer(below); l > level || l == level && !slices.Contains(allowed[room], below) {
				t.Errorf("%s imports %s, which is not below it", room, below)
			}
		}
	}
}

func TestEveryDependencyHasOneHome(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "quotewright/")
		for _, imported := range p.Imports {
			for dependency, rooms := range homes {
				if imported != dependency && !strings.HasPrefix(imported, dependency+"/") {
					continue
				}
				if !slices.Contains(rooms, room) {
					t.Errorf("%s imports %s, whose home is %s", room, imported, strings.Join(rooms, ", "))
				}
			}
		}
	}
}

func TestTheCoreDoesNoIO(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "quotewright/")
		if !slices.Contains(pure, room) {
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains(impure, imported) {
				t.Errorf("%s imports %s, but the core does no I/O", room, imported)
			}
		}
	}
}

func layer(room string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, room) })
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}
