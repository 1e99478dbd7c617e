package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"quotewright/money"
	"quotewright/quote"
	"quotewright/rulebook"
)

// TestReloadUnderLoad changes two tables together a hundred times, sometimes over a broken
// file, while requests are answered. None fails, and each is priced with both tables of
// the one rulebook that it names.
func TestReloadUnderLoad(t *testing.T) {
	h := newHouse(t)
	const model = "sales-models/direct.yaml"
	h.writeRule(model, strings.Replace(h.rule(model), "- {id: net, subtotal: true}",
		"- {id: one, table: one}\n  - {id: other, table: other}\n  - {id: net, subtotal: true}", 1))
	h.must(os.MkdirAll(filepath.Join(h.Rules.Dir, "tables"), 0o755))
	tables := &growing{house: h, value: map[string]string{}}
	tables.grow(0)

	address := h.listen()
	var stop atomic.Bool
	var answered atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		client := dial(t, address)
		all.Go(func() {
			for !stop.Load() && !t.Failed() {
				if body, ok := client.post(t, h.keys[quote.RoleRep], pumpRequest); ok {
					tables.examine(t, body)
					answered.Add(1)
				}
			}
		})
	}
	for version := 1; version <= 100 && !t.Failed(); version++ {
		if version%10 == 0 {
			h.writeRule("tables/one.csv", "# hit: first\nno.such.column,amount\nPUMP,1\n")
			if err := h.Rules.Reload(t.Context()); err == nil {
				t.Error("a broken table is used")
			}
		}
		before := answered.Load()
		tables.grow(version)
		until(t, "requests between two reloads", func() bool { return answered.Load() > before+3 })
	}
	stop.Store(true)
	all.Wait()
	if seen := tables.seen(); seen < 50 {
		t.Errorf("only %d of a hundred rulebooks answered", seen)
	}
}

// growing is a pair of tables that always have the same amount in them.
type growing struct {
	*house
	mu       sync.Mutex
	value    map[string]string // amount by rulebook hash
	answered sync.Map          // hashes
}

// grow puts the next pair in use.
func (g *growing) grow(version int) {
	amount := fmt.Sprintf("%d.50", version)
	files := map[string]string{}
	for _, name := range []string{"tables/one.csv", "tables/other.csv"} {
		files[name] = "# hit: first\nproduct.sku,amount\nPUMP," + amount + "\n"
	}
	g.must(os.CopyFS(filepath.Join(g.dir, fmt.Sprint("copy", version)), os.DirFS(g.Rules.Dir)))
	copied := filepath.Join(g.dir, fmt.Sprint("copy", version))
	for name, content := range files {
		g.must(os.WriteFile(filepath.Join(copied, name), []byte(content), 0o644))
	}
	book, mistakes := rulebook.Load(os.DirFS(copied))
	if book == nil {
		g.t.Fatal(mistakes)
	}
	g.mu.Lock()
	g.value[book.Hash()] = amount
	g.mu.Unlock()
	for name, content := range files {
		g.writeRule(name, content)
	}
	g.must(g.Rules.Reload(g.t.Context()))
	if g.Rules.Book().Hash() != book.Hash() {
		g.t.Error("the changed folder is not in use after it was read")
	}
	g.must(os.RemoveAll(copied))
}

// examine fails the test unless an answer is wholly of the rulebook that it names.
func (g *growing) examine(t *testing.T, body []byte) {
	var e quote.Evaluation
	if err := json.Unmarshal(body, &e); err != nil {
		t.Error(err)
		return
	}
	g.mu.Lock()
	want, known := g.value[e.Versions.Rulebook]
	g.mu.Unlock()
	if !known {
		t.Errorf("an answer names the rulebook %s, which never was", e.Versions.Rulebook)
		return
	}
	g.answered.Store(e.Versions.Rulebook, true)
	for _, step := range e.Lines[0].Steps {
		if got := step.Amount.String(); got != want && (step.ID == "one" || step.ID == "other") {
			t.Errorf("rulebook %s has %s in both tables, the step %s has %s", e.Versions.Rulebook, want, step.ID, got)
		}
	}
	amount := money.MustParse(want)
	if net := money.MustParse("200").Add(amount).Add(amount); !e.Totals.Net.Decimal().Equal(net) {
		t.Errorf("net %s, want %s", e.Totals.Net, net)
	}
}

func (g *growing) seen() (n int) {
	g.answered.Range(func(any, any) bool { n++; return true })
	return n
}

// post evaluates a request and returns the answer's body.
func (c *client) post(t testing.TB, key, body string) ([]byte, bool) {
	ok := c.exchange(t, fmt.Sprintf("POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		key, len(body), body))
	return bytes.Clone(c.body), ok
}
