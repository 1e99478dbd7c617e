package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quotewright/quote"
	"quotewright/webhooks"
)

// hook sends a signed webhook of the CRM.
func (h *house) hook(id, body string) response {
	h.t.Helper()
	secret, err := webhooks.ParseSecret(webhookSecret)
	h.must(err)
	header, err := secret.Sign(id, time.Now(), []byte(body))
	h.must(err)
	return h.sendHook(header, body)
}

func (h *house) sendHook(header http.Header, body string) response {
	request := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, "/webhooks/generic", strings.NewReader(body))
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	return h.send(request)
}

func event(kind, data string) string {
	return fmt.Sprintf(`{"type":%q,"timestamp":"2026-11-23T10:00:00Z","data":%s}`, kind, data)
}

func dealWith(quantity string) string {
	return `{"deal":{"id":"D-7","name":"Seven"},"customer":"C-1","sales_model":"direct","date":"2026-11-23","lines":[{"id":"1","sku":"PUMP","quantity":"` + quantity + `"}]}`
}

func (h *house) quoteOf(a response) map[string]any {
	h.t.Helper()
	id := h.expect(a, 200).json(h.t)["quote"].(string)
	return h.expect(h.call(quote.RoleAdmin, "GET", "/v1/quotes/"+id, ""), 200).json(h.t)
}

func (h *house) events(id any) string {
	h.t.Helper()
	return h.expect(h.call(quote.RoleAdmin, "GET", fmt.Sprintf("/v1/quotes/%s/events", id), ""), 200).body
}

// TestDealBecomesAnOrder goes from a CRM's deal to an accepted quote, and sends
// everything twice.
func TestDealBecomesAnOrder(t *testing.T) {
	h := newHouse(t)
	twice := func(id, body string) response {
		first := h.expect(h.hook(id, body), 200)
		again := h.expect(h.hook(id, body), 200)
		if first.body != again.body {
			t.Errorf("%s: first %s, again %s", id, first.body, again.body)
		}
		return first
	}
	q := h.quoteOf(twice("m1", event("deal.created", dealWith("2"))))
	if q["state"] != "draft" || q["revision"] != 1.0 || q["version"] != 1.0 || q["title"] != "Seven" {
		t.Fatalf("created %v", q)
	}
	q = h.quoteOf(twice("m2", event("deal.updated", dealWith("3"))))
	if q["revision"] != 2.0 || q["version"] != 2.0 || q["totals"].(map[string]any)["net"] != "300.00" {
		t.Errorf("updated: revision %v, version %v, totals %v", q["revision"], q["version"], q["totals"])
	}
	q = h.quoteOf(twice("m3", event("deal.won", `{"deal":{"id":"D-7"},"name":"Ann"}`)))
	if q["state"] != "accepted" || q["acceptance"].(map[string]any)["name"] != "Ann" || q["acceptance"].(map[string]any)["via"] != "webhook" {
		t.Errorf("won: state %v, acceptance %v", q["state"], q["acceptance"])
	}
	q = h.quoteOf(twice("m4", event("deal.updated", dealWith("4"))))
	if q["revision"] != 2.0 || strings.Count(h.events(q["id"]), "deal.changed") != 1 {
		t.Errorf("a change after acceptance: revision %v, events %s", q["revision"], h.events(q["id"]))
	}
	h.problem(h.hook("m5", event("deal.lost", `{"deal":{"id":"D-7"}}`)), 409, "not_lost")
	all := h.expect(h.call(quote.RoleAdmin, "GET", "/v1/quotes?deal=generic/D-7", ""), 200).json(t)["items"].([]any)
	if len(all) != 1 {
		t.Errorf("%d quotes of the deal, want 1", len(all))
	}
}

// TestWonWaitsForApprovals refuses to accept what nobody has approved, says so on the
// quote, and goes on when the message comes again.
func TestWonWaitsForApprovals(t *testing.T) {
	h := newHouse(t)
	data := strings.Replace(dealWith("2"), `"quantity":"2"`, `"quantity":"2","inputs":{"discount_percent":"20"}`, 1)
	id := h.quoteOf(h.hook("m1", event("deal.created", data)))["id"].(string)
	won := event("deal.won", `{"deal":{"id":"D-7"},"name":"Ann"}`)
	for range 2 {
		h.problem(h.hook("m2", won), 409, "not_won")
	}
	q := h.expect(h.call(quote.RoleAdmin, "GET", "/v1/quotes/"+id, ""), 200)
	if got := q.json(t)["state"]; got != "in_approval" || strings.Count(h.events(id), `"deal.won"`) != 1 {
		t.Errorf("state %v, events %s", got, h.events(id))
	}
	h.expect(h.act(quote.RoleApprover, id, "approve", q.header.Get("ETag"), ""), 200)
	if got := h.quoteOf(h.hook("m2", won))["state"]; got != "accepted" {
		t.Errorf("after the approval: %v", got)
	}
}

func TestLostDeals(t *testing.T) {
	h := newHouse(t)
	lost := event("deal.lost", `{"deal":{"id":"D-7"},"reason":"too dear"}`)
	h.problem(h.hook("m0", lost), 404, "unknown_deal")
	h.expect(h.hook("m1", event("deal.created", dealWith("1"))), 200)
	if got := h.quoteOf(h.hook("m2", lost))["state"]; got != "cancelled" {
		t.Errorf("a draft became %v", got)
	}
	q := h.quoteOf(h.hook("m3", event("deal.updated", dealWith("1"))))
	if q["state"] != "draft" {
		t.Fatalf("a deal that comes back has a quote that is %v", q["state"])
	}
	etag := `"1"`
	for _, action := range []string{"submit", "send"} {
		etag = h.expect(h.act(quote.RoleRep, q["id"].(string), action, etag, ""), 200).header.Get("ETag")
	}
	for i := range 2 {
		if got := h.quoteOf(h.hook(fmt.Sprintf("m%d", 4+i), lost))["state"]; got != "declined" {
			t.Errorf("a sent quote became %v", got)
		}
	}
}

func TestWebhooksAreRefused(t *testing.T) {
	h := newHouse(t)
	good := event("deal.created", dealWith("2"))
	tests := []struct {
		name, body string
		status     int
		code       string
	}{
		{"unknown type", event("deal.sold", `{}`), 422, "unknown_event"},
		{"unknown field", event("deal.won", `{"deal":{"id":"D-7"},"sum":1}`), 422, "bad_json"},
		{"unknown field outside", strings.Replace(good, `{"type"`, `{"kind":"x","type"`, 1), 422, "bad_json"},
		{"something after the end", good + "{}", 422, "bad_json"},
		{"no deal", event("deal.created", `{"customer":"C-1","sales_model":"direct","lines":[]}`), 422, "deal_missing"},
		{"not JSON", "deal", 422, "bad_json"},
		{"another deal's quote", event("deal.won", `{"deal":{"id":"D-8"},"name":"Ann","quote":"Q-X"}`), 404, "unknown_quote"},
		{"too large", good + strings.Repeat(" ", maxWebhook), 413, "too_large"},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h.problem(h.hook(fmt.Sprintf("bad%d", i), test.body), test.status, test.code)
		})
	}
	h.problem(h.sendHook(http.Header{}, good), 401, "bad_signature")
	if all := h.call(quote.RoleAdmin, "GET", "/v1/quotes", "").json(t)["items"].([]any); len(all) != 0 {
		t.Errorf("refused webhooks left %d quotes", len(all))
	}
}
