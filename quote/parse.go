package quote

import (
	"bytes"
	"encoding/json"
	"strconv"

	"quotewright/internal/fault"
)

// ParseRequest reads a request as DecodeRequest does, as the API has it: a sales model, a
// customer, lines, and of every line its id, SKU and quantity have to be there, though
// they may be empty. The text is not kept.
func ParseRequest(text []byte) (Request, error) {
	if len(text) <= MaxRequestBytes {
		if request, ok := decodeFast(text); ok {
			return request, nil
		}
	}
	request, err := DecodeRequest(bytes.NewReader(text))
	if err != nil {
		return Request{}, err
	}
	return request, missing(text)
}

// missing reports the fields that a right request lacks.
func missing(text []byte) error {
	var r struct {
		SalesModel json.RawMessage `json:"sales_model"`
		Customer   json.RawMessage `json:"customer"`
		Lines      json.RawMessage `json:"lines"`
	}
	var lines []struct{ ID, SKU, Quantity json.RawMessage }
	err := json.Unmarshal(text, &r)
	if err == nil && r.Lines != nil {
		err = json.Unmarshal(r.Lines, &lines)
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "internal", "The request cannot be read twice.")
	}
	var d requestDecoder
	check := func(value json.RawMessage, at string) {
		if value == nil {
			d.mistake(at, "is missing")
		}
	}
	check(r.SalesModel, "/sales_model")
	check(r.Customer, "/customer")
	check(r.Lines, "/lines")
	for i, l := range lines {
		at := "/lines/" + strconv.Itoa(i)
		check(l.ID, at+"/id")
		check(l.SKU, at+"/sku")
		check(l.Quantity, at+"/quantity")
	}
	return d.err()
}
