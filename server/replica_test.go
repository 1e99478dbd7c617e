package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quotewright/catalog"
	"quotewright/erp"
	"quotewright/internal/fault"
	"quotewright/quote"
)

// TestSync changes the ERP's files: a good change is priced with, a broken one is
// reported and the catalog stays.
func TestSync(t *testing.T) {
	h := newHouse(t)
	file := filepath.Join(h.dir, "catalog", "conditions.csv")
	data, err := os.ReadFile(file)
	h.must(err)
	h.must(os.WriteFile(file, []byte(strings.Replace(string(data), "100.00", "110.00", 1)), 0o644))
	before := h.call(quote.RoleAdmin, "GET", "/v1/catalog", "").json(t)["version"]
	after := h.expect(h.call(quote.RoleAdmin, "POST", "/v1/catalog/sync", ""), 200).json(t)
	if after["version"] == before || after["counts"].(map[string]any)["products"] != 4.0 || after["stale"] != false {
		t.Errorf("catalog %v", after)
	}
	if got := h.pumpNet(); got != "220.00" {
		t.Errorf("net %s after the sync", got)
	}

	h.must(os.WriteFile(file, []byte("id,type\nP1,LIST,EXTRA\n"), 0o644))
	h.problem(h.call(quote.RoleAdmin, "POST", "/v1/catalog/sync", ""), 503, "erp_unavailable")
	shown := h.expect(h.call(quote.RoleRep, "GET", "/v1/catalog", ""), 200).json(t)
	if shown["version"] != after["version"] || !strings.Contains(shown["problem"].(string), "conditions.csv") {
		t.Errorf("catalog %v", shown)
	}
	if got := h.pumpNet(); got != "220.00" {
		t.Errorf("net %s after a sync that failed", got)
	}
}

// TestRestartWithoutERP starts from the stored catalog while the ERP is away.
func TestRestartWithoutERP(t *testing.T) {
	h := newHouse(t)
	r := &Replica{Store: h.Replica.Store, Connector: away{}, StaleAfter: time.Hour, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	h.must(r.Start(t.Context()))
	if _, ok := r.Snapshot().Product("PUMP"); !ok {
		t.Error("the stored catalog is not in use")
	}
	if err := r.Sync(t.Context(), false, nil); !fault.Is(err, fault.Unavailable) || r.Status().Problem != "The ERP is away." {
		t.Errorf("sync %v, problem %q", err, r.Status().Problem)
	}
	if _, ok := r.Snapshot().Product("PUMP"); !ok {
		t.Error("a failed sync took the catalog away")
	}
}

// away is an ERP that does not answer.
type away struct{ erp.Connector }

func (away) Changes(context.Context, string) (catalog.Delta, string, error) {
	return catalog.Delta{}, "", fault.Wrap(errors.New("dial tcp: secret.internal"), fault.Unavailable, "erp_unavailable", "The ERP is away.")
}

// TestRunLooksAgain counts the looks at the ERP while time passes.
func TestRunLooksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		r := &Replica{Connector: counting{looks: &looks}, Every: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		ctx, stop := context.WithCancel(t.Context())
		go r.Run(ctx)
		time.Sleep(5*time.Minute + time.Second)
		stop()
		synctest.Wait()
		if looks != 6 {
			t.Errorf("%d looks in five minutes, want 6", looks)
		}
	})
}

type counting struct {
	erp.Connector
	looks *int
}

func (c counting) Changes(context.Context, string) (catalog.Delta, string, error) {
	*c.looks++
	return catalog.Delta{}, "", errors.New("no")
}
