package server

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotewright/quote"
)

// TestTrace asks for one quote with every trace: the amounts are the same, the reasons
// are there or not.
func TestTrace(t *testing.T) {
	h := newHouse(t)
	answer := func(query string) map[string]any {
		return h.expect(h.call(quote.RoleApprover, "POST", "/v1/evaluate"+query, skidRequest), 200).json(t)
	}
	normal, full, none := answer(""), answer("?trace=full"), answer("?trace=none")
	if diff := cmp.Diff(normal, answer("?trace=normal")); diff != "" {
		t.Errorf("normal is not the default: %s", diff)
	}
	for i, line := range normal["lines"].([]any) {
		l, bare := line.(map[string]any), none["lines"].([]any)[i].(map[string]any)
		if l["steps"] == nil || full["lines"].([]any)[i].(map[string]any)["steps"] == nil {
			t.Errorf("line %d has no steps: %v", i, l)
		}
		delete(l, "steps")
		delete(l, "components")
		if c, configured := l["configuration"].(map[string]any); configured {
			if len(c["domains"].(map[string]any)) == 0 {
				t.Error("a configuration has no domains, so this test sees nothing of them")
			}
			c["domains"] = map[string]any{}
		}
		if diff := cmp.Diff(l, bare); diff != "" {
			t.Errorf("line %d without reasons has something else: %s", i, diff)
		}
	}
	if diff := cmp.Diff(normal["totals"], none["totals"]); diff != "" {
		t.Error(diff)
	}
	for query, location := range map[string]string{"?trace=some": "query.trace", "?trace=none&colour=red": "query.colour"} {
		a := h.call(quote.RoleRep, "POST", "/v1/evaluate"+query, skidRequest)
		h.problem(a, 422, "invalid")
		if !strings.Contains(a.body, `"location":"`+location+`"`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}

// TestEvaluateTellsEveryMistake: all at once, each with its place as other operations
// write it.
func TestEvaluateTellsEveryMistake(t *testing.T) {
	h := newHouse(t)
	a := h.call(quote.RoleRep, "POST", "/v1/evaluate",
		`{"sales_model":1,"customer":"C-1","redeemed":{},"lines":[{"id":"1","sku":"PUMP","quantity":1},{"id":2,"inputs":{"a/b":{}}}]}`)
	h.problem(a, 422, "invalid")
	var got []string
	for _, e := range a.json(t)["errors"].([]any) {
		got = append(got, e.(map[string]any)["location"].(string))
	}
	if diff := cmp.Diff([]string{"body.sales_model", "body.redeemed", "body.lines[1].id", "body.lines[1].inputs.a/b"}, got); diff != "" {
		t.Errorf("%s in %s", diff, a.body)
	}
	a = h.call(quote.RoleRep, "POST", "/v1/evaluate", `{"sales_model":"direct","lines":[{}]}`)
	h.problem(a, 422, "invalid")
	for _, place := range []string{"body.customer", "body.lines[0].id", "body.lines[0].sku", "body.lines[0].quantity"} {
		if !strings.Contains(a.body, `{"location":"`+place+`","message":"is missing"}`) {
			t.Errorf("%s is not missed in %s", place, a.body)
		}
	}
}

// TestEvaluateWritesWhatAQuoteHolds: the answer is the document that a quote stores.
func TestEvaluateWritesWhatAQuoteHolds(t *testing.T) {
	h := newHouse(t)
	evaluated := h.expect(h.call(quote.RoleAdmin, "POST", "/v1/evaluate", skidRequest), 200)
	id, _ := h.create(skidRequest)
	stored := h.expect(h.call(quote.RoleAdmin, "GET", "/v1/quotes/"+id, ""), 200).json(t)["evaluation"].(map[string]any)
	delete(stored, "catalog_age_seconds")
	sent := evaluated.json(t)
	delete(sent, "catalog_age_seconds")
	if diff := cmp.Diff(stored, sent); diff != "" {
		t.Error(diff)
	}
	if got := evaluated.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %s", got)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(evaluated.body)); err != nil || compact.String() != evaluated.body {
		t.Errorf("not one compact document: %v", err)
	}
}
