package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quotewright/internal/store"
	"quotewright/quote"
)

func (h *house) writeRule(name, content string) {
	h.t.Helper()
	h.must(os.WriteFile(filepath.Join(h.dir, "rules", name), []byte(content), 0o644))
}

func (h *house) rule(name string) string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.dir, "rules", name))
	h.must(err)
	return string(data)
}

// until waits for something that happens in the background.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("not in ten seconds: %s", what)
}

func (h *house) pumpNet() string {
	h.t.Helper()
	a := h.expect(h.call(quote.RoleRep, "POST", "/v1/evaluate", pumpRequest), 200)
	return a.json(h.t)["totals"].(map[string]any)["net"].(string)
}

// TestReload edits rule files while the server runs: a good edit is used, a broken one
// is reported while the last good rulebook serves on.
func TestReload(t *testing.T) {
	h := newHouse(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go h.Rules.Watch(ctx)
	if got := h.pumpNet(); got != "200.00" {
		t.Fatalf("net %s before", got)
	}
	const file = "sales-models/direct.yaml"
	good := h.rule(file)

	broken := strings.Replace(good, "basis: base", "basis: nowhere", 1)
	until(t, "the watcher sees the broken file", func() bool { // the watcher may not be there yet for the first write
		h.writeRule(file, broken)
		time.Sleep(quiet)
		return len(h.Rules.Status().Mistakes.Errors()) > 0
	})
	if got := h.pumpNet(); got != "200.00" {
		t.Errorf("net %s with a broken file, want the last good rulebook's", got)
	}
	ready := h.expect(h.call("", "GET", "/readyz", ""), 200).json(t)
	if warning, _ := ready["warnings"].(map[string]any)["rulebook"].(string); !strings.Contains(warning, file) {
		t.Errorf("readyz %v", ready)
	}
	shown := h.expect(h.call(quote.RolePricingAdmin, "GET", "/v1/rulebooks", ""), 200).json(t)
	if m := shown["mistakes"].([]any); len(m) == 0 || m[0].(map[string]any)["file"] != file || m[0].(map[string]any)["line"] == nil {
		t.Errorf("mistakes %v", shown["mistakes"])
	}

	h.writeRule(file, strings.Replace(good, "- {id: net, subtotal: true}", "- {id: fee, formula: 7}\n  - {id: net, subtotal: true}", 1))
	until(t, "the corrected file is used", func() bool { return h.pumpNet() == "207.00" })
	if m := h.Rules.Status().Mistakes; len(m) > 0 {
		t.Errorf("mistakes that are gone: %v", m)
	}
	list := h.expect(h.call(quote.RolePricingAdmin, "GET", "/v1/rulebooks", ""), 200).json(t)["items"].([]any)
	if len(list) != 2 || list[0].(map[string]any)["current"] != true || list[1].(map[string]any)["current"] != false {
		t.Errorf("rulebooks %v", list)
	}
}

func (h *house) publish(role string, files map[string]string) response {
	h.t.Helper()
	data, err := json.Marshal(map[string]any{"files": files, "comment": "test"})
	h.must(err)
	return h.call(role, "POST", "/v1/rulebooks", string(data))
}

func (h *house) withFee(fee string) map[string]string {
	files := map[string]string{}
	for name, content := range h.Rules.Book().Files() {
		files[name] = strings.Replace(content, "- {id: net, subtotal: true}", "- {id: fee, formula: "+fee+"}\n  - {id: net, subtotal: true}", 1)
	}
	return files
}

// TestPublishOutlivesARestart publishes over HTTP: the rulebook is in use at once and
// after a restart, until the folder changes.
func TestPublishOutlivesARestart(t *testing.T) {
	h := newHouse(t)
	hash := h.expect(h.publish(quote.RolePricingAdmin, h.withFee("5")), 201).json(t)["hash"]
	if got := h.pumpNet(); got != "205.00" {
		t.Errorf("net %s after publishing", got)
	}
	restarted := func() *Rules {
		r := &Rules{Dir: h.Rules.Dir, Store: h.Store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		h.must(r.Start(t.Context()))
		return r
	}
	if got := restarted().Book().Hash(); got != hash {
		t.Errorf("after a restart %s is in use, want the published %s", got, hash)
	}
	h.writeRule("rulebook.yaml", h.rule("rulebook.yaml")+"# edited\n")
	if got := restarted().Book().Hash(); got == hash {
		t.Error("an edit of the folder is not used after a restart")
	}
	h.writeRule("rulebook.yaml", "name: [broken")
	r := restarted()
	if r.Book() == nil || len(r.Status().Mistakes.Errors()) == 0 {
		t.Error("with a broken folder the last good rulebook is used and the mistakes are known")
	}
}

func TestPublishRefusesMistakes(t *testing.T) {
	h := newHouse(t)
	before := h.Rules.Book().Hash()
	files := h.withFee("nothing.known")
	a := h.publish(quote.RolePricingAdmin, files)
	h.problem(a, 422, "invalid")
	if errs := a.json(t)["errors"].([]any); len(errs) == 0 || !strings.HasPrefix(errs[0].(map[string]any)["location"].(string), "sales-models/direct.yaml:") {
		t.Errorf("errors %v", errs)
	}
	if h.Rules.Book().Hash() != before {
		t.Error("a rulebook with mistakes is in use")
	}
	data, err := json.Marshal(map[string]any{"files": files})
	h.must(err)
	checked := h.expect(h.call(quote.RolePricingAdmin, "POST", "/v1/rulebooks/check", string(data)), 200).json(t)
	if checked["ok"] != false || len(checked["mistakes"].([]any)) == 0 {
		t.Errorf("check %v", checked)
	}
}

func TestStartWithoutAFolder(t *testing.T) {
	h := newHouse(t)
	h.must(os.RemoveAll(h.Rules.Dir))
	again := &Rules{Dir: h.Rules.Dir, Store: h.Store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := again.Start(t.Context()); err != nil || again.Book() == nil {
		t.Errorf("with a stored rulebook: %v", err)
	}
	fresh, err := store.Open(t.TempDir())
	h.must(err)
	defer fresh.Close()
	for _, dir := range []string{h.Rules.Dir, t.TempDir(), ""} {
		first := &Rules{Dir: dir, Store: fresh, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		if err := first.Start(t.Context()); err == nil {
			t.Errorf("folder %q: the first start without any rulebook succeeds", dir)
		}
	}
}
