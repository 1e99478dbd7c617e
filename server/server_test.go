package server

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/internal/store"
	"quotewright/quote"
	"quotewright/rulebook"
	"quotewright/webhooks"
)

var update = flag.Bool("update", false, "write golden files")

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var launchSecret = []byte("a secret that the CRM and we share")

// house is a server over the small company of testdata/company, with a key for every
// role and the rule files in a folder of its own.
type house struct {
	*Server
	t     testing.TB
	dir   string // rules, catalog
	keys  map[string]string
	clock *time.Time // what the server's clock adds to now
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseOf(t, os.DirFS("testdata/company"), slog.New(slog.DiscardHandler))
}

// newHouseOf is a server over a company's rules and catalog.
func newHouseOf(t testing.TB, company fs.FS, log *slog.Logger) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), keys: map[string]string{}}
	if err := os.CopyFS(h.dir, company); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(filepath.Join(h.dir, "data"))
	h.must(err)
	t.Cleanup(func() { db.Close() })
	replica, err := store.OpenReplica(filepath.Join(h.dir, "data", "replica.sqlite"))
	h.must(err)
	t.Cleanup(func() { replica.Close() })

	rules := &Rules{Dir: filepath.Join(h.dir, "rules"), Store: db, Now: time.Now, Log: log}
	h.must(rules.Start(t.Context()))
	feed := &Replica{Store: replica, Connector: files.Open(filepath.Join(h.dir, "catalog")), Every: time.Hour, StaleAfter: time.Hour, Now: time.Now, Log: log}
	h.must(feed.Sync(t.Context(), true, nil))
	quotes := &quote.Service{Store: db, Now: time.Now, Current: func() (*rulebook.Book, *catalog.Snapshot) { return rules.Book(), feed.Snapshot() }}
	secret, err := webhooks.ParseSecret(webhookSecret)
	h.must(err)
	var keys []Key
	for role := range permissions {
		key, hash := NewKey()
		h.keys[role] = key
		k := Key{Name: "the " + role, Role: role, Hash: hash}
		if role == quote.RoleApprover {
			k.Roles = []string{"sales-manager", "finance"}
		}
		keys = append(keys, k)
	}
	h.Server, err = New(Config{
		Version: "test", Store: db, Quotes: quotes, Rules: rules, Replica: feed, Keys: keys, TokenKey: []byte(strings.Repeat("k", 32)),
		Webhooks:       &webhooks.Receiver{CRM: "generic", Secrets: []webhooks.Secret{secret}, Quotes: quotes, Inbox: db, Now: time.Now, Log: log},
		Launches:       map[string]Launch{"generic": {Secret: launchSecret, Origins: []string{"https://crm.example.com"}}},
		FrameAncestors: []string{"https://crm.example.com"}, Now: time.Now, Log: log,
		Panel: fstest.MapFS{
			"index.html":         {Data: []byte("<!doctype html><html><head><title>Panel</title></head><body></body></html>")},
			"assets/app-1234.js": {Data: []byte("export {}")},
		},
	})
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// response is what came back.
type response struct {
	status int
	header http.Header
	body   string
}

// json returns the body as decoded JSON.
func (a response) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v in %q", err, a.body)
	}
	return v
}

// call sends a request as a role, "" as nobody. headers are name, value pairs.
func (h *house) call(role, method, path, body string, headers ...string) response {
	h.t.Helper()
	request := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if role != "" {
		request.Header.Set("Authorization", "Bearer "+h.keys[role])
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return h.send(request)
}

func (h *house) send(request *http.Request) response {
	h.t.Helper()
	got, err := h.App().Test(request, -1)
	h.must(err)
	defer got.Body.Close()
	data, err := io.ReadAll(got.Body)
	h.must(err)
	return response{got.StatusCode, got.Header, string(data)}
}

// expect fails the test unless the response has the status.
func (h *house) expect(a response, status int) response {
	h.t.Helper()
	if a.status != status {
		h.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// problem fails the test unless the response is a problem with the status and code.
func (h *house) problem(a response, status int, code string) {
	h.t.Helper()
	p := h.expect(a, status).json(h.t)
	if p["code"] != code || p["title"] != http.StatusText(status) || p["status"] != float64(status) || p["request_id"] == "" {
		h.t.Errorf("problem %s, want code %s", a.body, code)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		h.t.Errorf("content type %s", got)
	}
}

const pumpRequest = `{"sales_model":"direct","customer":"C-1","date":"2026-11-23","lines":[{"id":"1","sku":"PUMP","quantity":"2"}]}`
const skidRequest = `{"sales_model":"direct","customer":"C-1","date":"2026-11-23","lines":[` +
	`{"id":"1","sku":"PUMP","quantity":2,"inputs":{"discount_percent":"20"}},{"id":"2","sku":"SKID","quantity":1,"configuration":{"frame":"F2","atex":true}}]}`

// create makes a quote as a rep and returns its id and ETag.
func (h *house) create(request string) (id, etag string) {
	h.t.Helper()
	a := h.expect(h.call(quote.RoleRep, "POST", "/v1/quotes", `{"title":"T","deal":{"crm":"generic","id":"D-1"},"request":`+request+`}`), 201)
	return a.json(h.t)["id"].(string), a.header.Get("ETag")
}

func (h *house) act(role, id, action, etag, body string) response {
	h.t.Helper()
	return h.call(role, "POST", "/v1/quotes/"+id+"/"+action, body, "If-Match", etag)
}
