package quote

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotewright/internal/fault"
)

func TestDecodeRequest(t *testing.T) {
	text := `{"sales_model": "direct", "customer": "C-100", "currency": "TWD", "date": "2026-11-23", "inputs": {"freight": 12.50}, "language": "zh-TW", "end": "2029-12-31",
		"lines": [{"id": "10", "sku": "PS-2000", "quantity": 2.50, "unit": "EA", "configuration": {"frame": "F2", "length_mm": 1200, "atex": true, "accessories": ["vfd"]},
		"inputs": {"discount_percent": "5"}, "requested": "2027-01-15", "optional": true}, {"id": "20", "sku": "X", "quantity": "two"},
		{"id": "30", "sku": "S", "quantity": -5, "start": "2027-01-01", "end": "2027-12-31", "months": 12, "ramp": [{"from": "2027-07-01", "quantity": 8.0}]}]}`
	got, err := DecodeRequest(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var want Request
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if diff := cmp.Diff(string(b), string(a)); diff != "" {
		t.Error(diff)
	}
	if got.Lines[0].Quantity != "2.50" || got.Lines[0].Configuration["length_mm"].Number().String() != "1200" || got.Inputs["freight"].String() != "12.5" {
		t.Errorf("numbers are not exact: %+v", got.Lines[0])
	}
	if l := got.Lines[2]; l.Quantity != "-5" || l.Months != 12 || l.Start.String() != "2027-01-01" || l.Ramp[0].Quantity != "8.0" || got.Language != "zh-TW" ||
		got.End.Year != 2029 || l.End.Month != 12 || l.Ramp[0].From.Month != 7 {
		t.Errorf("the recurring line is %+v in %+v", l, got)
	}
	if _, err := DecodeRequest(strings.NewReader(`{"sales_model": "direct", "currency": null, "lines": [{"months": null, "ramp": null, "end": null}], "inputs": null}`)); err != nil {
		t.Errorf("null is not nothing: %v", err)
	}
}

func TestDecodeRequestMistakes(t *testing.T) {
	cases := []struct{ text, want string }{
		{`{"salesmodel": "direct"}`, "/salesmodel: is not a field of a request"},
		{`{"lines": [{"id": "1"}, {"id": "2", "sku": 5, "price": {"a": [1]}, "optional": "yes"}]}`,
			"/lines/1/sku: must not be a number\n/lines/1/price: is not a field of a request\n/lines/1/optional: must not be a string"},
		{`{"lines": [{"configuration": {"a/b~c": {"x": 1}}}]}`, "/lines/0/configuration/a~1b~0c: {\"x\": 1} is not a text, number, boolean or list"},
		{`{"lines": [{"configuration": {"f": 1e400}}]}`, "/lines/0/configuration/f: 1e400 is not a text, number, boolean or list"},
		{`{"lines": [{"months": 1.5}, {"months": "12"}, {"months": -1}, {"months": 1201}, {"months": 1e3}]}`, "/lines/0/months: must be a whole number up to 1200\n" +
			"/lines/1/months: must be a whole number up to 1200\n/lines/2/months: must be a whole number up to 1200\n" +
			"/lines/3/months: must be a whole number up to 1200\n/lines/4/months: must be a whole number up to 1200"},
		{`{"lines": [{"ramp": [{"quantity": 1}, {"from": "2026-13-01", "price": 1}, 5]}]}`,
			"/lines/0/ramp/0/from: is missing\n/lines/0/ramp/1/from: "},
		{`{"lines": [{"ramp": {"from": "2026-01-01"}, "start": "soon", "end": 5}]}`, "/lines/0/ramp: must be a list\n/lines/0/start: "},
		{`{"language": ["en"], "end": "never"}`, "/language: must not be an array\n/end: "},
		{`{"redeemed": {"SPRING": {"uses": 1, "customer": 0}}, "customer": 7}`,
			"/redeemed: is counted by the service, and is not sent\n/customer: must not be a number"},
		{`{"customer": "A", "customer": "B"}`, "/customer: is there twice"},
		{`{"inputs": {"a": 1, "a": 2}}`, "/inputs/a: is there twice"},
		{`{"date": "23.11.2026"}`, "/date: "},
		{`{"date": "2026-02-30"}`, "/date: "},
		{`{"lines": {"id": "1"}, "customer": 7}`, "/lines: must be a list\n/customer: must not be a number"},
		{`{"lines": ["a", [1, [2]], null]}`, "/lines/0: must be an object\n/lines/1: must be an object"},
		{`[]`, "must be an object"},
		{`{} {}`, "there is something after the end of the request"},
		{`{"customer": "A"`, "it ends too early"},
		{`{"customer": "A" "b": 1}`, "is not JSON at byte"},
		{`{"customer": }`, "is not JSON at byte"},
		{`nonsense`, "is not JSON at byte"},
		{``, "it ends too early"},
		{`null`, "must be an object"},
	}
	for _, c := range cases {
		_, err := DecodeRequest(strings.NewReader(c.text))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := f.Mistakes.Error(); !strings.Contains(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestDecodeRequestLimits(t *testing.T) {
	long := `{"customer": "` + strings.Repeat("x", MaxRequestBytes) + `"}`
	many := `{"lines": [` + strings.TrimSuffix(strings.Repeat("{},", MaxLines+1), ",") + `]}`
	ramp := `{"lines": [{"ramp": [` + strings.TrimSuffix(strings.Repeat(`{"from": "2026-01-01"},`, MaxRamp+1), ",") + `]}]}`
	for name, text := range map[string]string{"bytes": long, "lines": many, "ramp": ramp} {
		if _, err := DecodeRequest(strings.NewReader(text)); !fault.Is(err, fault.TooLarge) {
			t.Errorf("too many %s: %v", name, err)
		}
	}
	deep := `{"inputs": {"a": ` + strings.Repeat("[", 100_000) + `}}`
	if _, err := DecodeRequest(strings.NewReader(deep)); !fault.Is(err, fault.Invalid) {
		t.Errorf("deep nesting: %v", fmt.Sprint(err)[:200])
	}
	if _, err := DecodeRequest(strings.NewReader(`{"lines": [` + strings.TrimSuffix(strings.Repeat("{},", MaxLines), ",") + `]}`)); err != nil {
		t.Errorf("as many lines as allowed: %v", err)
	}
}

func FuzzDecodeRequest(f *testing.F) {
	f.Add(`{"sales_model": "direct", "lines": [{"id": "1", "quantity": 1, "inputs": {"a": [1]}}]}`)
	f.Add(`{"lines": [[{}]], "x": null}`)
	f.Add(`{"end": "2026-12-31", "lines": [{"months": 12, "ramp": [{"from": "2026-02-01", "quantity": -1}]}], "redeemed": {}}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := DecodeRequest(strings.NewReader(text))
		if err != nil {
			return
		}
		var plain Request
		if err := json.Unmarshal([]byte(text), &plain); err != nil {
			t.Fatalf("%q is read, though encoding/json says %v", text, err)
		}
		a, _ := json.Marshal(r)
		b, _ := json.Marshal(plain)
		if string(a) != string(b) {
			t.Fatalf("%q is read as %s, by encoding/json as %s", text, a, b)
		}
	})
}

// TestStoredRequest: what the service itself notes in a request is there when it is read
// again, though nobody may send it.
func TestStoredRequest(t *testing.T) {
	request := Request{Customer: "C-100", Lines: []Line{{ID: "1", SKU: "A", Quantity: "1"}}, Redeemed: map[string]Redemption{"SPRING": {Uses: 3, Customer: 1}}}
	stored, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var read Request
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(request, read); diff != "" {
		t.Error(diff)
	}
	if _, err := DecodeRequest(strings.NewReader(string(stored))); !fault.Is(err, fault.Invalid) {
		t.Errorf("sent from outside: %v", err)
	}
}
