package formula

import (
	"bytes"
	"encoding/json"
	"fmt"

	"quotewright/money"
)

// MarshalJSON prints a number as a string, so that no reader makes a float of it; a
// text, date, boolean or list as themselves; no value as null.
func (v Value) MarshalJSON() ([]byte, error) {
	if !v.known {
		return []byte("null"), nil
	}
	switch v.kind {
	case Boolean:
		return json.Marshal(v.truth)
	case Numbers, Texts:
		return json.Marshal(v.List())
	}
	return json.Marshal(v.String())
}

// UnmarshalJSON reads a string as a text, a number exactly, a boolean, a list of
// strings or of numbers, and null as no value.
func (v *Value) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0 || string(data) == "null":
		*v = Value{}
		return nil
	case data[0] == '"':
		var s string
		err := json.Unmarshal(data, &s)
		*v = OfText(s)
		return err
	case data[0] == 't' || data[0] == 'f':
		*v = OfBool(data[0] == 't')
		return nil
	case data[0] == '[':
		return v.unmarshalList(data)
	}
	d, err := money.Parse(string(data))
	if err != nil {
		return fmt.Errorf("%s is not a text, number, boolean or list", data)
	}
	*v = OfNumber(d)
	return nil
}

func (v *Value) unmarshalList(data []byte) error {
	var items []Value
	if err := json.Unmarshal(data, &items); err != nil {
		return err
	}
	kind := Texts
	for i, item := range items {
		if item.kind != Text && item.kind != Number || item.kind != items[0].kind {
			return fmt.Errorf("item %d: a list holds only texts or only numbers", i)
		}
		if item.kind == Number {
			kind = Numbers
		}
	}
	*v = ofList(kind, items)
	return nil
}
