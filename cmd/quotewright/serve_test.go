package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quotewright/server"
)

// TestSubscribersHear runs the service from a configuration file and waits for the
// webhook of a new quote.
func TestSubscribersHear(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	heard := make(chan *http.Request, 10)
	bodies := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard <- r
		bodies <- string(body)
	}))
	defer receiver.Close()

	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/company")); err != nil {
		t.Fatal(err)
	}
	key, hash := server.NewKey()
	t.Setenv("TEST_HOOK", secret)
	t.Setenv("TEST_TOKEN_KEY", strings.Repeat("k", 32))
	file := filepath.Join(dir, "quotewright.yaml")
	text := fmt.Sprintf(`
erp: {kind: files, dir: catalog}
sync_every: 5s
token_key: {secret_env: TEST_TOKEN_KEY}
keys:
  - {name: tester, role: rep, hash: %s}
webhooks:
  out:
    - {name: local, url: %q, secret_env: TEST_HOOK, types: [quote.created], allow_private: true}
`, hash, receiver.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := readConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, config, slog.New(slog.DiscardHandler), listener, func() {}) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listener.Addr().String()+"/v1/quotes", strings.NewReader(
		`{"request":{"sales_model":"direct","customer":"C-1","lines":[{"id":"1","sku":"PUMP","quantity":2}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var created struct{ ID string }
	if err := json.NewDecoder(response.Body).Decode(&created); err != nil || response.StatusCode != 201 {
		t.Fatal(response.Status, err)
	}
	select {
	case r := <-heard:
		body := <-bodies
		if !strings.Contains(body, `"type":"quote.created"`) || !strings.Contains(body, created.ID) {
			t.Errorf("heard %s", body)
		}
		for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
			if r.Header.Get(name) == "" {
				t.Errorf("no %s", name)
			}
		}
	case <-time.After(15 * time.Second):
		t.Fatal("nothing was heard")
	}
}
