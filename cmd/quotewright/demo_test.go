package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"quotewright/quote"
)

// running is the demo company in operation: the real wiring on free ports, with the
// stand-in CRM and the stand-in ERP.
type running struct {
	demo
	t    *testing.T
	stop func() // and wait until everything is closed
}

// start serves the demo company from a folder until the test or stop ends it.
func start(t *testing.T, dir string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up, down := make(chan demo, 1), make(chan error, 1)
	go func() {
		down <- runDemo(ctx, dir, 0, streams{nil, io.Discard, io.Discard}, func(d demo) { up <- d })
	}()
	r := &running{t: t}
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-down:
			if err != nil {
				t.Errorf("the service ended with %v", err)
			}
		case <-time.After(15 * time.Second):
			t.Error("the service does not end")
		}
	}
	t.Cleanup(r.stop)
	select {
	case r.demo = <-up:
	case err := <-down:
		stopped = true
		t.Fatal(err)
	case <-time.After(30 * time.Second):
		t.Fatal("the service does not start")
	}
	return r
}

type got struct {
	status int
	header http.Header
	body   []byte
}

// value reads a path such as order.number from a JSON body.
func (g got) value(path string) any {
	var v any
	if err := json.Unmarshal(g.body, &v); err != nil {
		return nil
	}
	for _, key := range strings.Split(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[key]
	}
	return v
}

func (r *running) call(role, method, path string, body any, headers ...string) got {
	r.t.Helper()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			r.t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.service+path, bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.keys[role])
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return r.send(request)
}

func (r *running) send(request *http.Request) got {
	r.t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return got{response.StatusCode, response.Header, data}
}

func (r *running) ok(g got) got {
	r.t.Helper()
	if g.status >= 300 {
		r.t.Fatalf("status %d: %s", g.status, g.body)
	}
	return g
}

// do carries a quote one step further, based on its current version.
func (r *running) do(role, id, action string, body any, want quote.State) {
	r.t.Helper()
	now := r.ok(r.call(role, "GET", "/v1/quotes/"+id, nil))
	g := r.ok(r.call(role, "POST", "/v1/quotes/"+id+"/"+action, body, "If-Match", now.header.Get("ETag")))
	if g.value("state") != string(want) {
		r.t.Fatalf("%s: %v, want %s", action, g.value("state"), want)
	}
}

// until waits for a state of a quote that comes in the background.
func (r *running) until(id string, want quote.State) got {
	r.t.Helper()
	var g got
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if g = r.ok(r.call("rep", "GET", "/v1/quotes/"+id, nil)); g.value("state") == string(want) {
			return g
		}
	}
	r.t.Fatalf("the quote is %v after 20 seconds, want %s; order %v", g.value("state"), want, g.value("order"))
	return g
}

func (r *running) ordered(id string) {
	r.t.Helper()
	g := r.until(id, quote.Ordered)
	number, _ := g.value("order.number").(string)
	reference, _ := g.value("order.reference").(string)
	if !strings.HasPrefix(number, "SO-") || reference != g.value("number") {
		r.t.Errorf("order %v", g.value("order"))
	}
	for _, name := range []string{number, reference} {
		order := r.ok(r.call("rep", "GET", "/v1/orders/"+name, nil))
		if order.value("status") != "confirmed" || order.value("number") != number || order.value("total") != g.value("totals.net") {
			r.t.Errorf("order %s: %s", name, order.body)
		}
	}
	if _, err := os.Stat(filepath.Join(r.dir, "catalog", "orders", reference+".json")); err != nil {
		r.t.Error(err)
	}
}

// deepDiscount needs an approval.
var deepDiscount = json.RawMessage(`{"sales_model":"direct","customer":"C-100","date":"2026-11-23","lines":[
	{"id":"10","sku":"CP-050-160C","quantity":"4","inputs":{"discount_percent":"25"}},
	{"id":"20","sku":"PS-2000","quantity":"1","configuration":{"frame":"F2"}}]}`)

// TestFromEvaluationToOrder goes the whole way over HTTP, with a restart in the middle.
func TestFromEvaluationToOrder(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	evaluation := r.ok(r.call("rep", "POST", "/v1/evaluate", deepDiscount))
	if evaluation.value("totals.net") == nil || strings.Contains(string(evaluation.body), `"severity":"error"`) {
		t.Fatalf("evaluation %s", evaluation.body)
	}
	created := r.ok(r.call("rep", "POST", "/v1/quotes", map[string]any{"title": "Pump station", "request": deepDiscount}, "Idempotency-Key", "e2e-1"))
	id := created.value("id").(string)
	if created.status != 201 || created.value("totals.net") != evaluation.value("totals.net") {
		t.Fatalf("status %d, quote %s", created.status, created.body)
	}
	r.do("rep", id, "submit", nil, quote.InApproval)
	r.stop()

	r = start(t, dir)
	if again := r.ok(r.call("rep", "POST", "/v1/quotes", map[string]any{"title": "Pump station", "request": deepDiscount}, "Idempotency-Key", "e2e-1")); again.value("id") != id {
		t.Error("the idempotency key is forgotten over a restart")
	}
	q := r.until(id, quote.InApproval)
	if q.value("totals.net") != evaluation.value("totals.net") {
		t.Errorf("net %v after the restart", q.value("totals.net"))
	}
	r.do("approver", id, "approve", map[string]any{"comment": "fine"}, quote.Approved)
	r.do("rep", id, "send", nil, quote.Sent)
	r.do("rep", id, "accept", map[string]any{"name": "Ms Lin"}, quote.Accepted)
	r.ordered(id)
}

// TestStopBetweenAcceptanceAndOrder accepts a quote and stops the service at once: the
// order is there after the next start, once.
func TestStopBetweenAcceptanceAndOrder(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	request := json.RawMessage(`{"sales_model":"direct","customer":"C-100","date":"2026-11-23","lines":[{"id":"10","sku":"GV-DN100","quantity":"2"}]}`)
	id := r.ok(r.call("rep", "POST", "/v1/quotes", map[string]any{"request": request})).value("id").(string)
	r.do("rep", id, "submit", nil, quote.Approved)
	r.do("rep", id, "send", nil, quote.Sent)
	r.do("rep", id, "accept", map[string]any{"name": "Ms Lin"}, quote.Accepted)
	r.stop()
	r = start(t, dir)
	r.ordered(id)
	orders, err := filepath.Glob(filepath.Join(dir, "catalog", "orders", "Q-*.json"))
	if err != nil || len(orders) != 2 { // the order and its acknowledgement
		t.Errorf("orders %v %v", orders, err)
	}
}

// TestCRM works as a user of the CRM does: opens the panel on a deal, makes a quote of
// the deal's products, wins the deal.
func TestCRM(t *testing.T) {
	r := start(t, t.TempDir())
	page := r.ok(r.get(r.crm + "/deals/D-1001?as=rep"))
	launch := regexp.MustCompile(`name="launch" value="([^"]+)"`).FindSubmatch(page.body)
	if launch == nil || !bytes.Contains(page.body, []byte(`<iframe name="quotewright"`)) {
		t.Fatalf("no launch in %s", page.body)
	}
	panel := r.ok(r.post(r.service+"/embed/generic", url.Values{"launch": {string(launch[1])}}, r.crm))
	code := regexp.MustCompile(`id="launch">\{"code":"([^"]+)","origin":"([^"]+)"`).FindSubmatch(panel.body)
	if code == nil || string(code[2]) != r.crm || !strings.Contains(panel.header.Get("Content-Security-Policy"), "frame-ancestors "+r.crm) {
		t.Fatalf("panel %s %v", panel.body, panel.header)
	}
	session := r.ok(r.call("", "POST", "/v1/session", map[string]any{"code": string(code[1])}))
	if session.value("context.deal") != "D-1001" || session.value("user.role") != "rep" {
		t.Errorf("session %s", session.body)
	}

	answer := func(kind string) string {
		r.ok(r.post(r.crm+"/deals/D-1001/events?as=rep", url.Values{"type": {kind}}, ""))
		page := r.ok(r.get(r.crm + "/deals/D-1001?as=rep"))
		return regexp.MustCompile(`id="webhook-answer">([^<]*)<`).FindString(string(page.body))
	}
	if got := answer("deal.updated"); !strings.Contains(got, "200 OK") || !strings.Contains(got, "draft") {
		t.Fatalf("deal.updated: %s", got)
	}
	list := r.ok(r.call("rep", "GET", "/v1/quotes?deal=generic/D-1001", nil))
	id := list.value("items").([]any)[0].(map[string]any)["id"].(string)
	if got := answer("deal.won"); !strings.Contains(got, "200 OK") || !strings.Contains(got, "accepted") {
		t.Fatalf("deal.won: %s", got)
	}
	r.ordered(id)
	if page := r.ok(r.get(r.crm + "/?as=approver")); !bytes.Contains(page.body, []byte(`stage won`)) {
		t.Error("the CRM does not show the deal as won")
	}
}

func (r *running) get(address string) got {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.send(request)
}

func (r *running) post(address string, form url.Values, origin string) got {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	return r.send(request)
}

// TestBrokenRulesWhileItRuns breaks a rule file under the running service.
func TestBrokenRulesWhileItRuns(t *testing.T) {
	r := start(t, t.TempDir())
	before := r.ok(r.call("rep", "POST", "/v1/evaluate", deepDiscount)).value("versions.rulebook")
	file := filepath.Join(r.dir, "rules", "sales-models", "direct.yaml")
	if err := os.WriteFile(file, []byte("sales_model: direct\nprocedure: [{id: x, formula: 1 +}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ready := r.ok(r.call("rep", "GET", "/readyz", nil))
		if ready.value("warnings.rulebook") != nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the broken file is not reported: %s", ready.body)
		}
	}
	if after := r.ok(r.call("rep", "POST", "/v1/evaluate", deepDiscount)).value("versions.rulebook"); after != before {
		t.Errorf("rulebook %v in use, want the last good one %v", after, before)
	}
	shown := r.ok(r.call("pricing_admin", "GET", "/v1/rulebooks", nil))
	if text := fmt.Sprint(shown.value("mistakes")); !strings.Contains(text, "sales-models/direct.yaml") {
		t.Errorf("mistakes %s", text)
	}
}
