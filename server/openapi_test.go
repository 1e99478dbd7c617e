package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type documentedOperation struct {
	Method, Path string
	OperationID  string `json:"operationId"`
	Summary      string
	Tags         []string
	Security     []map[string][]string
	Responses    map[string]struct {
		Content map[string]struct{ Schema map[string]any }
	}
}

// operationList returns every operation of the document that the server serves.
func operationList(t *testing.T, h *house) []documentedOperation {
	t.Helper()
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]documentedOperation
	}
	a := h.expect(h.call("", "GET", "/openapi.json", ""), 200)
	if err := json.Unmarshal([]byte(a.body), &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1.") {
		t.Errorf("OpenAPI %s", document.OpenAPI)
	}
	var all []documentedOperation
	for path, methods := range document.Paths {
		for method, op := range methods {
			op.Method, op.Path = strings.ToUpper(method), path
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b documentedOperation) int { return strings.Compare(a.OperationID, b.OperationID) })
	return all
}

func TestEveryOperationIsDocumented(t *testing.T) {
	ops := operationList(t, newHouse(t))
	if len(ops) < 25 {
		t.Fatalf("only %d operations", len(ops))
	}
	for _, op := range ops {
		name := op.Method + " " + op.Path
		if op.Summary == "" || len(op.Tags) != 1 || op.OperationID == "" {
			t.Errorf("%s: summary %q, tags %v, id %q", name, op.Summary, op.Tags, op.OperationID)
		}
		want := []string{"500", "503"}
		if op.OperationID != "open-session" {
			want = append(want, "401", "403")
			if len(op.Security) == 0 {
				t.Errorf("%s: no security", name)
			}
		}
		if op.Method != http.MethodGet {
			want = append(want, "400", "413", "415", "422")
		}
		if strings.Contains(op.Path, "{") {
			want = append(want, "404")
		}
		for _, status := range want {
			if _, ok := op.Responses[status].Content["application/problem+json"]; !ok {
				t.Errorf("%s: no problem for %s", name, status)
			}
		}
		success := slices.ContainsFunc([]string{"200", "201"}, func(s string) bool {
			return op.Responses[s].Content["application/json"].Schema != nil
		})
		if !success {
			t.Errorf("%s: success has no schema", name)
		}
	}
}

// TestOpenAPI holds the whole document: a change to it is a change for every client.
func TestOpenAPI(t *testing.T) {
	const golden = "testdata/openapi.json"
	a := newHouse(t).call("", "GET", "/openapi.json", "")
	if *update {
		if err := os.WriteFile(golden, []byte(a.body+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(want), []byte(a.body)) {
		t.Errorf("the document is not %s; if that is meant, run go test ./server -run TestOpenAPI -update and tell the panel", golden)
	}
}

// TestDocsNeedNoOtherHost checks that the page is whole by itself.
func TestDocsNeedNoOtherHost(t *testing.T) {
	h := newHouse(t)
	a := h.expect(h.call("", "GET", "/docs", ""), 200)
	for _, op := range operationList(t, h) {
		if !strings.Contains(a.body, `id="`+op.OperationID+`"`) {
			t.Errorf("%s is missing", op.OperationID)
		}
	}
	if links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(a.body, -1); len(links) == 0 {
		t.Error("no links at all")
	} else {
		for _, link := range links {
			if !strings.HasPrefix(link[1], "#") && !strings.HasPrefix(link[1], "data:") && link[1] != "/openapi.json" {
				t.Errorf("link to %s", link[1])
			}
		}
	}
	if strings.Contains(a.body, "<script") {
		t.Error("the page has a script")
	}
}
