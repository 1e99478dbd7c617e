package formula

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"

	"quotewright/money"
)

// Kind is the type of a value.
type Kind uint8

// The kinds of values. Any stands for every kind in checks and is no value's kind.
const (
	Any Kind = iota
	Number
	Text
	Boolean
	Date
	Numbers // list of numbers
	Texts   // list of texts
)

var kindNames = [...]string{"value", "number", "text", "boolean", "date", "list of numbers", "list of texts"}

func (k Kind) String() string { return kindNames[k] }

// ParseKind reads the name of a scalar kind as rule files declare it.
func ParseKind(s string) (Kind, error) {
	for _, k := range []Kind{Number, Text, Boolean, Date} {
		if s == k.String() {
			return k, nil
		}
	}
	return Any, fmt.Errorf("%q is not a type: number, text, boolean or date", s)
}

// Value is a number, text, boolean, date or list, or the absence of one. The zero
// Value is the absence of any value.
type Value struct {
	kind   Kind
	known  bool
	truth  bool
	day    int32 // year × 10,000 + month × 100 + day
	number money.Num
	text   string
	list   *[]Value // a value is copied often and a list is rare
}

// OfNumber makes a number.
func OfNumber(d decimal.Decimal) Value { return OfNum(money.NumOf(d)) }

// OfNum makes a number.
func OfNum(n money.Num) Value { return Value{kind: Number, known: true, number: n} }

// OfInt makes a number from an integer.
func OfInt(n int64) Value { return OfNum(money.NumOfInt(n)) }

// OfText makes a text.
func OfText(s string) Value { return Value{kind: Text, known: true, text: s} }

// OfBool makes a boolean.
func OfBool(b bool) Value { return Value{kind: Boolean, known: true, truth: b} }

// OfDate makes a date; the zero date has no value.
func OfDate(d civil.Date) Value {
	return Value{kind: Date, known: !d.IsZero(), day: int32(d.Year*10_000 + int(d.Month)*100 + d.Day)}
}

// OfTexts makes a list of texts.
func OfTexts(items []string) Value {
	list := make([]Value, len(items))
	for i, s := range items {
		list[i] = OfText(s)
	}
	return ofList(Texts, list)
}

// OfNumbers makes a list of numbers.
func OfNumbers(items []decimal.Decimal) Value {
	list := make([]Value, len(items))
	for i, d := range items {
		list[i] = OfNumber(d)
	}
	return ofList(Numbers, list)
}

func ofList(kind Kind, items []Value) Value { return Value{kind: kind, known: true, list: &items} }

// None is the absence of a value of a kind: an attribute the record lacks.
func None(k Kind) Value { return Value{kind: k} }

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.kind }

// Known reports whether there is a value at all.
func (v Value) Known() bool { return v.known }

// Number returns a number's decimal, zero for anything else.
func (v Value) Number() decimal.Decimal { return v.number.Decimal() }

// Num returns a number, zero for anything else.
func (v Value) Num() money.Num { return v.number }

// Text returns a text's string, "" for anything else.
func (v Value) Text() string { return v.text }

// Bool returns a boolean's truth, false for anything else.
func (v Value) Bool() bool { return v.truth }

// Date returns a date's day.
func (v Value) Date() civil.Date {
	return civil.Date{Year: int(v.day / 10_000), Month: time.Month(v.day / 100 % 100), Day: int(v.day % 100)}
}

// List returns the items of a list.
func (v Value) List() []Value {
	if v.list == nil {
		return nil
	}
	return *v.list
}

// Equal reports whether two values are the same; the absence of a value equals
// nothing, and values of different kinds differ.
func (v Value) Equal(w Value) bool {
	if !v.known || !w.known || v.kind != w.kind {
		return false
	}
	switch v.kind {
	case Number:
		return v.number.Equal(w.number)
	case Text:
		return v.text == w.text
	case Boolean:
		return v.truth == w.truth
	case Date:
		return v.day == w.day
	}
	mine, others := v.List(), w.List()
	if len(mine) != len(others) {
		return false
	}
	for i := range mine {
		if !mine[i].Equal(others[i]) {
			return false
		}
	}
	return true
}

// String prints the value as people write it; nothing for no value.
func (v Value) String() string {
	if !v.known {
		return ""
	}
	switch v.kind {
	case Number:
		return v.number.String()
	case Text:
		return v.text
	case Boolean:
		return fmt.Sprint(v.truth)
	case Date:
		return v.Date().String()
	}
	items := make([]string, len(v.List()))
	for i, item := range v.List() {
		items[i] = item.String()
	}
	return strings.Join(items, ", ")
}

// Compare orders two numbers or two dates that both have a value: below 0, 0, or above.
func (v *Value) Compare(w *Value) int {
	if v.kind == Date {
		return int(v.day - w.day)
	}
	return v.number.Cmp(w.number)
}

// Same is Equal for values that need not be copied.
func (v *Value) Same(w *Value) bool {
	if v.kind == Text && w.kind == Text {
		return v.known && w.known && v.text == w.text
	}
	return v.Equal(*w)
}

// AppendKey writes a scalar so that two of the same kind have the same text if and only
// if they are Equal.
func (v Value) AppendKey(buf []byte) []byte {
	switch v.kind {
	case Number:
		return v.number.Append(buf, 0)
	case Date:
		return strconv.AppendInt(buf, int64(v.day), 10)
	case Boolean:
		return strconv.AppendBool(buf, v.truth)
	}
	return append(buf, v.text...)
}

// AppendText writes the value as String prints it.
func (v Value) AppendText(buf []byte) []byte {
	switch {
	case !v.known:
		return buf
	case v.kind == Number:
		return v.number.Append(buf, 0)
	case v.kind == Text:
		return append(buf, v.text...)
	case v.kind == Boolean:
		return strconv.AppendBool(buf, v.truth)
	case v.kind == Date && v.day > 1000_00_00 && v.day < 10000_00_00:
		digits := strconv.AppendInt(buf, int64(v.day), 10)
		year := len(buf) + 4
		digits = append(digits, "--"...)
		copy(digits[year+4:], digits[year+2:year+4])
		copy(digits[year+1:], digits[year:year+2])
		digits[year], digits[year+3] = '-', '-'
		return digits
	}
	return append(buf, v.String()...)
}
