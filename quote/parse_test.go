package quote

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"quotewright/internal/fault"
)

const commonRequest = `{"sales_model": "direct", "customer": "C-100", "currency": "EUR", "date": "2026-02-28", "language": "de", "end": "2027-12-31",
	"inputs": {"freight": 12.50, "note": "幫浦", "express": true, "codes": ["A", "B"]},
	"lines": [{"id": "1", "sku": "PUMP", "quantity": "2", "unit": "EA", "inputs": {"discount_percent": -5}},
	{"id": "2", "sku": "SKID", "quantity": 0.5, "configuration": {"frame": "F2", "none": []}, "requested": "2024-02-29", "optional": false, "start": "2026-12-01", "end": "2027-11-30"},
	{"id": "", "sku": "", "quantity": "two"}] }
`

// TestCommonRequestsAreReadFast: what programs send must not fall back.
func TestCommonRequestsAreReadFast(t *testing.T) {
	for _, text := range []string{commonRequest, `{"sales_model":"","customer":"","lines":[]}`,
		`{"sales_model":"direct","customer":"C-1","date":"2026-11-23","lines":[{"id":"1","sku":"PUMP","quantity":2}]}`} {
		fast, ok := decodeFast([]byte(text))
		if !ok {
			t.Errorf("not read fast: %s", text)
			continue
		}
		if slow, err := DecodeRequest(strings.NewReader(text)); err != nil || !reflect.DeepEqual(fast, slow) {
			t.Errorf("%s is read as %+v, slowly as %+v, %v", text, fast, slow, err)
		}
	}
}

// TestOddRequestsAreLeft has requests that only the slow decoder may judge.
func TestOddRequestsAreLeft(t *testing.T) {
	with := func(field string) string { return `{"sales_model":"a","customer":"b","lines":[],` + field + `}` }
	line := func(fields string) string {
		return `{"sales_model":"a","customer":"b","lines":[{"id":"1","sku":"s",` + fields + `}]}`
	}
	for _, text := range []string{
		``, ` `, `null`, `[]`, `{}`, `{`, `{"sales_model"`, commonRequest + "{}", commonRequest[:len(commonRequest)-10],
		`{"sales_model":"a","customer":"b"}`, `{"sales_model":"a","customer":"b","lines":null}`, `{"sales_model":"a","customer":"b","lines":[],}`,
		`{"sales_model":"a","customer":"b","lines":[1]}`, `{"sales_model":"a","customer":"b","lines":[{}]}`, `{"sales_model":"a","customer":"b","lines":[{},]}`,
		with(`"customer":"c"`), with(`"price":1`), with(`"redeemed":{}`), with(`"currency":"a\u0041"`), with("\"currency\":\"a\nb\""), with("\"currency\":\"\xff\""),
		with(`"date":"2026-02-29"`), with(`"date":"2026-13-01"`), with(`"date":"2026-00-01"`), with(`"date":"2026-01-00"`), with(`"date":"2026-1-1"`), with(`"date":"202a-01-01"`),
		with(`"date":""`), with(`"date":null`), with(`"inputs":null`), with(`"inputs":{"a":1,"a":2}`), with(`"inputs":{"a":{}}`), with(`"inputs":{"a":null}`),
		with(`"inputs":{"a":[1]}`), with(`"inputs":{"a":["x",]}`), with(`"inputs":{"a":truth}`), with(`"inputs":{"a":1e3}`),
		line(`"quantity":01`), line(`"quantity":-`), line(`"quantity":1.`), line(`"quantity":.5`), line(`"quantity":+1`), line(`"quantity":1e3`), line(`"quantity":null`),
		line(`"quantity":{}`), line(`"quantity":1,"months":12`), line(`"quantity":1,"ramp":[]`), line(`"quantity":1,"optional":"yes"`), line(`"quantity":1,"quantity":1`), line(`"quantity":1 "unit":""`),
	} {
		if r, ok := decodeFast([]byte(text)); ok {
			t.Errorf("%s is read fast, as %+v", text, r)
		}
	}
}

func TestParseRequest(t *testing.T) {
	right := `{"sales_model":"a\u0062c","customer":"b","inputs":{"x":null},"lines":[{"id":"1","sku":"s","quantity":1e2}]}`
	r, err := ParseRequest([]byte(right))
	if err != nil || r.SalesModel != "abc" || r.Lines[0].Quantity != "1e2" {
		t.Errorf("%+v, %v", r, err)
	}
	for text, want := range map[string]string{
		`{}`: "/customer: is missing\n/lines: is missing\n/sales_model: is missing",
		`{"sales_model":"","customer":null,"lines":[{"id":"1","sku":"x","quantity":null},{"quantity":"1"},{}]}`: "/lines/1/id: is missing\n/lines/1/sku: is missing\n" +
			"/lines/2/id: is missing\n/lines/2/quantity: is missing\n/lines/2/sku: is missing",
		`{"customer":1}`: "/customer: must not be a number",
	} {
		_, err := ParseRequest([]byte(text))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Mistakes.Sort().Error() != want {
			t.Errorf("%s: %v, want\n%s", text, f.Mistakes.Sort().Error(), want)
		}
	}
	long := `{"sales_model":"a","customer":"` + strings.Repeat("x", MaxRequestBytes) + `","lines":[]}`
	many := `{"sales_model":"a","customer":"b","lines":[` + strings.TrimSuffix(strings.Repeat(`{"id":"","sku":"","quantity":1},`, MaxLines+1), ",") + `]}`
	for name, text := range map[string]string{"bytes": long, "lines": many} {
		if _, err := ParseRequest([]byte(text)); !fault.Is(err, fault.TooLarge) {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}

// FuzzParseRequest holds the fast decoder against the slow one.
func FuzzParseRequest(f *testing.F) {
	f.Add(commonRequest)
	f.Add(`{"sales_model":"a","customer":"b","lines":[{"id":"1","sku":"s","quantity":-0.0,"inputs":{"a":["b"]}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		fast, ok := decodeFast([]byte(text))
		if !ok {
			return
		}
		slow, err := DecodeRequest(strings.NewReader(text))
		if err != nil || !reflect.DeepEqual(fast, slow) {
			t.Fatalf("%q is read as %+v, slowly as %+v, %v", text, fast, slow, err)
		}
		if err := missing([]byte(text)); err != nil {
			t.Fatalf("%q is read fast, though %v", text, err)
		}
	})
}

// BenchmarkParseRequest reads requests, beside encoding/json, which finds no mistakes.
func BenchmarkParseRequest(b *testing.B) {
	for _, lines := range []int{1, 50, 1000} {
		request := Request{SalesModel: "direct", Customer: "C-100"}
		for i := range lines {
			request.Lines = append(request.Lines, Line{ID: fmt.Sprint(i), SKU: fmt.Sprintf("CP-%03d-160C", i), Quantity: `3`})
		}
		text, err := json.Marshal(request)
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, read func() error) {
			b.Run(fmt.Sprintf("lines=%d/%s", lines, name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					if err := read(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("fast", func() error { _, err := ParseRequest(text); return err })
		run("slow", func() error { _, err := DecodeRequest(strings.NewReader(string(text))); return err })
		run("encoding-json", func() error { var r Request; return json.Unmarshal(text, &r) })
	}
}
