package server

import (
	"fmt"
	"strings"
	"testing"

	"quotewright/quote"
)

// TestLifeOfAQuote carries a quote from draft to acceptance over HTTP.
func TestLifeOfAQuote(t *testing.T) {
	h := newHouse(t)
	id, etag := h.create(skidRequest)
	path := "/v1/quotes/" + id
	step := func(role, action, body string, want quote.State) map[string]any {
		t.Helper()
		a := h.expect(h.act(role, id, action, etag, body), 200)
		etag = a.header.Get("ETag")
		q := a.json(t)
		if q["state"] != string(want) {
			t.Fatalf("%s: %v, want %s", action, q["state"], want)
		}
		return q
	}
	q := step(quote.RoleRep, "submit", "", quote.InApproval)
	if fmt.Sprint(q["actions"]) != "[cancel revise]" {
		t.Errorf("a rep may %v", q["actions"])
	}
	h.problem(h.act(quote.RoleRep, id, "send", etag, ""), 409, "wrong_state")
	step(quote.RoleApprover, "reject", `{"comment":"too deep"}`, quote.Draft)

	edit := h.expect(h.call(quote.RoleRep, "PATCH", path, `{"title":"New","valid_until":"2099-12-31","request":`+pumpRequest+`}`, "If-Match", etag), 200)
	etag = edit.header.Get("ETag")
	if q := edit.json(t); q["revision"] != 2.0 || q["title"] != "New" || q["valid_until"] != "2099-12-31" {
		t.Errorf("edited %v", q)
	}
	step(quote.RoleRep, "submit", "", quote.Approved)
	step(quote.RoleRep, "send", "", quote.Sent)
	h.problem(h.act(quote.RoleRep, id, "accept", etag, `{}`), 422, "name_required")
	q = step(quote.RoleRep, "accept", `{"name":"Ann"}`, quote.Accepted)
	if order := q["order"].(map[string]any); order["status"] != "waiting" || order["reference"] != q["number"] {
		t.Errorf("order %v", order)
	}
	order := h.expect(h.call(quote.RoleRep, "GET", "/v1/orders/"+q["number"].(string), ""), 200).json(t)
	if lines := order["lines"].([]any); len(lines) != 1 || order["total"] != "200.00" || lines[0].(map[string]any)["unit_price"] != "100.00" {
		t.Errorf("order %v", order)
	}
	revisions := h.call(quote.RoleRep, "GET", path+"/revisions", "").json(t)["items"].([]any)
	if len(revisions) != 2 || revisions[0].(map[string]any)["totals"].(map[string]any)["net"] == "200.00" {
		t.Errorf("revisions %v", revisions)
	}
	first := h.expect(h.call(quote.RoleRep, "GET", path+"/revisions/1", ""), 200).json(t)
	if lines := first["request"].(map[string]any)["lines"].([]any); len(lines) != 2 || first["evaluation"] == nil {
		t.Errorf("first revision %v", first)
	}
	var types []string
	for _, e := range h.call(quote.RoleRep, "GET", path+"/events", "").json(t)["items"].([]any) {
		types = append(types, e.(map[string]any)["type"].(string))
	}
	if got := strings.Join(types, " "); !strings.HasPrefix(got, "quote.created quote.submitted quote.decided") || !strings.HasSuffix(got, "quote.approved quote.sent quote.accepted") {
		t.Errorf("events %s", got)
	}
}

func TestEditsNameTheirVersion(t *testing.T) {
	h := newHouse(t)
	id, etag := h.create(pumpRequest)
	path := "/v1/quotes/" + id
	h.problem(h.call(quote.RoleRep, "PATCH", path, `{"title":"A"}`), 428, "precondition_required")
	h.problem(h.call(quote.RoleRep, "PATCH", path, `{"title":"A"}`, "If-Match", `"77"`), 412, "stale")
	h.problem(h.call(quote.RoleRep, "PATCH", path, `{"title":"A"}`, "If-Match", `"x"`), 412, "stale")
	h.problem(h.act(quote.RoleRep, id, "submit", "", ""), 428, "precondition_required")
	h.expect(h.call(quote.RoleRep, "PATCH", path, `{"title":"A"}`, "If-Match", etag), 200)
	h.problem(h.call(quote.RoleRep, "PATCH", path, `{"title":"B"}`, "If-Match", etag), 412, "stale")
	h.problem(h.call(quote.RoleRep, "PATCH", path, `{"titel":"B"}`, "If-Match", `"2"`), 422, "invalid")
	h.problem(h.call(quote.RoleRep, "GET", "/v1/quotes/none", ""), 404, "unknown_quote")
	h.problem(h.call(quote.RoleRep, "GET", path+"/revisions/9", ""), 404, "unknown_revision")
}

func TestIdempotencyKeys(t *testing.T) {
	h := newHouse(t)
	body := `{"title":"T","request":` + pumpRequest + `}`
	create := func(key, body string) response {
		return h.call(quote.RoleRep, "POST", "/v1/quotes", body, "Idempotency-Key", key)
	}
	first := h.expect(create("k1", body), 201).json(t)
	again := h.expect(create("k1", body), 201).json(t)
	if first["id"] != again["id"] {
		t.Error("the same key made two quotes")
	}
	h.problem(create("k1", strings.Replace(body, `"T"`, `"U"`, 1)), 409, "idempotency_key_reused")
	if other := h.expect(create("k2", body), 201).json(t); other["id"] == first["id"] {
		t.Error("another key made no quote of its own")
	}
	id := first["id"].(string)
	for range 2 { // the version is not the current one any more the second time
		a := h.call(quote.RoleRep, "POST", "/v1/quotes/"+id+"/submit", "", "If-Match", `"1"`, "Idempotency-Key", "k3")
		if q := h.expect(a, 200).json(t); q["state"] != "approved" || q["version"] != 2.0 {
			t.Errorf("submitted: %v, version %v", q["state"], q["version"])
		}
	}
}

func TestPaging(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		h.create(pumpRequest)
	}
	for path, want := range map[string]int{"/v1/quotes": 5, "/v1/products": 4, "/v1/customers": 2} {
		seen := map[string]bool{}
		next, pages := "", 0
		for {
			page := h.expect(h.call(quote.RoleRep, "GET", path+"?limit=2&after="+next, ""), 200).json(t)
			for _, item := range page["items"].([]any) {
				seen[fmt.Sprint(item.(map[string]any)["id"], item.(map[string]any)["sku"])] = true
			}
			pages++
			if next = page["next"].(string); next == "" {
				break
			}
		}
		if len(seen) != want || pages != (want+1)/2 {
			t.Errorf("%s: %d items in %d pages, want %d items", path, len(seen), pages, want)
		}
	}
	h.problem(h.call(quote.RoleRep, "GET", "/v1/quotes?after=nowhere", ""), 422, "bad_cursor")
}
