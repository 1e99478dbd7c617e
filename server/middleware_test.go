package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"quotewright/internal/fault"
	"quotewright/quote"
)

func TestRefusalsBeforeAnOperation(t *testing.T) {
	h := newHouse(t)
	tests := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string
	}{
		{"no such path", "GET", "/v1/nothing", "", nil, 404, "not_found"},
		{"another method", "POST", "/v1/me", "{}", nil, 405, "method_not_allowed"},
		{"no body", "POST", "/v1/evaluate", "", nil, 400, "bad_json"},
		{"half a body", "POST", "/v1/evaluate", `{"sales_model":`, nil, 400, "bad_json"},
		{"unknown field", "POST", "/v1/evaluate", `{"sales_model":"direct","customer":"C-1","lines":[{"id":"1","sku":"PUMP","qantity":2,"quantity":1}]}`, nil, 422, "invalid"},
		{"other letters", "POST", "/v1/evaluate", `{"Sales_Model":"direct","customer":"C-1","lines":[]}`, nil, 422, "invalid"},
		{"unknown parameter", "GET", "/v1/products?family=pumps&colour=red", "", nil, 422, "invalid"},
		{"limit too high", "GET", "/v1/products?limit=100000", "", nil, 422, "invalid"},
		{"packed body", "POST", "/v1/evaluate", pumpRequest, []string{"Content-Encoding", "gzip"}, 415, "unsupported_media_type"},
		{"another type", "POST", "/v1/evaluate", pumpRequest, []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := h.call(quote.RoleRep, test.method, test.path, test.body, test.headers...)
			h.problem(a, test.status, test.code)
		})
	}
	a := h.call(quote.RoleRep, "POST", "/v1/evaluate", tests[4].body)
	if !strings.Contains(a.body, `"location":"body.lines[0].qantity"`) {
		t.Errorf("the place of the unknown field is not in %s", a.body)
	}
}

// TestTooLarge needs a network: the limit is the connection's.
func TestTooLarge(t *testing.T) {
	h := newHouse(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	go func() { _ = h.App().Listener(listener) }()
	defer func() { _ = h.App().Shutdown() }()
	connection, err := net.Dial("tcp", listener.Addr().String())
	h.must(err)
	defer connection.Close()
	_, err = fmt.Fprintf(connection, "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", MaxBody+1)
	h.must(err)
	got, err := http.ReadResponse(bufio.NewReader(connection), nil)
	h.must(err)
	defer got.Body.Close()
	var p Problem
	h.must(json.NewDecoder(got.Body).Decode(&p))
	if got.StatusCode != 413 || p.Code != "too_large" {
		t.Errorf("status %d, problem %+v", got.StatusCode, p)
	}
}

// TestCausesAreLoggedAndNotSent makes an operation fail and panic.
func TestCausesAreLoggedAndNotSent(t *testing.T) {
	h := newHouse(t)
	var lines bytes.Buffer
	h.log = NewLog(&lines, slog.LevelInfo)
	h.App().Get("/broken", func(*fiber.Ctx) error { return errors.New("SELECT secret FROM table") })
	h.App().Get("/panic", func(*fiber.Ctx) error { panic("nil map in secret.go") })
	h.App().Get("/away", func(*fiber.Ctx) error {
		return fault.Wrap(errors.New("dial secret.internal"), fault.Unavailable, "erp_unavailable", "The ERP does not answer.")
	})
	for path, want := range map[string]struct {
		status int
		code   string
	}{"/broken": {500, "internal"}, "/panic": {500, "internal"}, "/away": {503, "erp_unavailable"}} {
		lines.Reset()
		a := h.call("", "GET", path, "", "X-Request-Id", "req-42")
		h.problem(a, want.status, want.code)
		if strings.Contains(a.body, "secret") || !strings.Contains(a.body, "req-42") || a.header.Get("X-Request-Id") != "req-42" {
			t.Errorf("%s: sent %s", path, a.body)
		}
		for _, line := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
			if !strings.Contains(line, `"request_id":"req-42"`) {
				t.Errorf("%s: log line without the request: %s", path, line)
			}
		}
		if !strings.Contains(lines.String(), "secret") {
			t.Errorf("%s: the cause is not in the log: %s", path, lines.String())
		}
	}
	if id := h.call("", "GET", "/healthz", "", "X-Request-Id", "bad id\twith spaces").header.Get("X-Request-Id"); strings.ContainsAny(id, " \t") || id == "" {
		t.Errorf("request id %q", id)
	}
}

func TestLogMasksSecrets(t *testing.T) {
	var lines bytes.Buffer
	log := NewLog(&lines, slog.LevelInfo)
	log.Info("x", "Authorization", "Bearer abc", "token_key", "abc", "launch_secret", "abc", "path", "/v1")
	log.With("password", "abc").Info("y", slog.Group("erp", "host", "/v2", slog.Group("login", "user", "/v3", "Password", "abc")))
	for _, want := range []string{"/v1", "/v2", "/v3", `"password":"***"`, `"Password":"***"`} {
		if strings.Contains(lines.String(), "abc") || !strings.Contains(lines.String(), want) {
			t.Errorf("%s in %s", want, lines.String())
		}
	}
}

func TestStatusOfEveryKind(t *testing.T) {
	for kind, want := range map[fault.Kind]int{fault.Invalid: 422, fault.NotFound: 404, fault.Conflict: 409, fault.Stale: 412,
		fault.PreconditionRequired: 428, fault.Denied: 403, fault.Unauthenticated: 401, fault.TooLarge: 413, fault.Unavailable: 503,
		fault.Internal: 500, "": 500} {
		if got := status(kind); got != want {
			t.Errorf("%q: status %d, want %d", kind, got, want)
		}
	}
}

func TestMetricsAndHealth(t *testing.T) {
	h := newHouse(t)
	h.pumpNet()
	h.create(pumpRequest)
	h.expect(h.call("", "GET", "/healthz", ""), 200)
	if ready := h.expect(h.call("", "GET", "/readyz", ""), 200).json(t); ready["ready"] != true || len(ready["warnings"].(map[string]any)) != 0 {
		t.Errorf("readyz %v", ready)
	}
	body := h.expect(h.call("", "GET", "/metrics", ""), 200).body
	for _, want := range []string{`http_requests_total{method="POST",route="/v1/evaluate",status="200"} 1`, "evaluate_duration_seconds_count 1",
		"catalog_age_seconds ", `catalog_records{kind="products"} 4`, `rulebook_info{hash="sha256:`, `jobs{kind="publish_event",state="available"} 1`, "rulebook_mistakes 0"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
}
