package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// columnValue is the column value of a record's field.
func columnValue(field any) any {
	switch f := field.(type) {
	case *string:
		return *f
	case *decimal.Decimal:
		return f.String()
	case **decimal.Decimal:
		if *f == nil {
			return ""
		}
		return (*f).String()
	case *catalog.Date:
		return catalog.DateText(*f)
	case *int:
		return int64(*f)
	case *bool:
		if *f {
			return int64(1)
		}
		return int64(0)
	case *[]catalog.KeyField:
		object := make(map[string]string, len(*f))
		for _, k := range *f {
			object[k.Name] = k.Value
		}
		return jsonObject(object)
	case *map[string]string:
		return jsonObject(*f)
	}
	panic(fmt.Sprintf("no column holds a %T", field)) // a mistake in replicaTables
}

func jsonObject(object map[string]string) string {
	if len(object) == 0 {
		return "{}"
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // texts only
	}
	return string(text)
}

// knownValues keeps values that were read already: a catalog repeats its numbers and
// dates, and shared values take no further memory.
type knownValues struct {
	numbers map[string]decimal.Decimal
	dates   map[string]catalog.Date
}

func newKnownValues() knownValues {
	return knownValues{numbers: map[string]decimal.Decimal{"0": {}}, dates: map[string]catalog.Date{"": {}}}
}

// set sets a record's field to the value of its column.
func (k knownValues) set(field, value any) error {
	if number, ok := value.(int64); ok {
		return setNumber(field, number)
	}
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("holds a %T", value)
	}
	var err error
	switch f := field.(type) {
	case *string:
		*f = text
	case *decimal.Decimal:
		*f, err = knownValue(k.numbers, text, decimal.NewFromString)
	case **decimal.Decimal:
		if text != "" {
			var number decimal.Decimal
			number, err = knownValue(k.numbers, text, decimal.NewFromString)
			*f = &number
		}
	case *catalog.Date:
		*f, err = knownValue(k.dates, text, civil.ParseDate)
	case *[]catalog.KeyField:
		*f, err = keyFields(text)
	case *map[string]string:
		if text != "{}" {
			err = json.Unmarshal([]byte(text), f)
		}
	default:
		return fmt.Errorf("holds a text")
	}
	return err
}

func setNumber(field any, number int64) error {
	switch f := field.(type) {
	case *int:
		*f = int(number)
	case *bool:
		*f = number != 0
	default:
		return fmt.Errorf("holds a number")
	}
	return nil
}

// maxKnownValues bounds the memory of knownValues.
const maxKnownValues = 1 << 16

func knownValue[T any](known map[string]T, text string, parse func(string) (T, error)) (T, error) {
	value, ok := known[text]
	if ok {
		return value, nil
	}
	value, err := parse(text)
	if err == nil && len(known) < maxKnownValues {
		known[text] = value
	}
	return value, err
}

func keyFields(text string) ([]catalog.KeyField, error) {
	var object map[string]string
	if err := json.Unmarshal([]byte(text), &object); err != nil || len(object) == 0 {
		return nil, err
	}
	keys := make([]catalog.KeyField, 0, len(object))
	for name, value := range object {
		keys = append(keys, catalog.KeyField{Name: name, Value: value})
	}
	slices.SortFunc(keys, func(a, b catalog.KeyField) int { return cmp.Compare(a.Name, b.Name) })
	return keys, nil
}
