package money

import (
	"strings"

	"github.com/shopspring/decimal"
)

// ParseNum reads what Parse reads.
func ParseNum[T string | []byte](text T) (Num, error) { return parseNum(text, MaxDigits) }

// MustParseNum is ParseNum for constants in code and tests.
func MustParseNum(s string) Num { return NumOf(MustParse(s)) }

func parseNum[T string | []byte](text T, most int) (Num, error) {
	if n, ok := shortNum(text); ok {
		return n, nil
	}
	d, err := parse(string(text), most)
	if err != nil {
		return Num{}, err
	}
	return NumOf(d), nil
}

// shortNum reads a plain decimal number that fits into one word; false for anything else.
func shortNum[T string | []byte](text T) (Num, bool) {
	i, negative := 0, false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		i, negative = 1, text[0] == '-'
	}
	var n Num
	digits, point := len(text)-i, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c-'0' <= 9 && digits <= maxScale+1:
			n.coef = n.coef*10 + int64(c-'0')
			if point {
				n.scale++
			}
		case c == '.' && !point && i+1 < len(text):
			point = true
			digits--
		default:
			return Num{}, false
		}
	}
	if negative {
		n.coef = -n.coef
	}
	return n, digits > 0 && digits <= maxScale
}

// Append writes the number with at least so many decimal places, and more only where
// they are not zeros.
func (a Num) Append(buf []byte, places int32) []byte {
	places = max(places, 0)
	if a.big != nil || places > maxScale {
		return append(buf, decimalText(a.Decimal(), places)...)
	}
	m, scale := magnitude(a.coef), int32(a.scale)
	for scale > places && m%10 == 0 {
		m /= 10
		scale--
	}
	var text [19 + 1 + maxScale + 1]byte // digits, point, places and sign, filled from its end
	at := len(text) - 1
	for range places - scale {
		text[at] = '0'
		at--
	}
	for range scale {
		text[at] = byte('0' + m%10)
		at, m = at-1, m/10
	}
	if places > 0 || scale > 0 {
		text[at] = '.'
		at--
	}
	for text[at] = byte('0' + m%10); m >= 10; text[at] = byte('0' + m%10) {
		at, m = at-1, m/10
	}
	if a.coef < 0 {
		at--
		text[at] = '-'
	}
	return append(buf, text[at:]...)
}

func decimalText(d decimal.Decimal, places int32) string {
	if s := d.String(); fractionDigits(s) > int(places) {
		return s
	}
	return d.StringFixed(places)
}

// String prints the number without zeros at its end.
func (a Num) String() string {
	var buf [24]byte
	return string(a.Append(buf[:0], 0))
}

// MarshalText prints the number as String does.
func (a Num) MarshalText() ([]byte, error) { return a.Append(nil, 0), nil }

// MarshalJSON prints the number as a JSON string.
func (a Num) MarshalJSON() ([]byte, error) { return append(a.Append([]byte{'"'}, 0), '"'), nil }

// UnmarshalText reads a plain decimal number.
func (a *Num) UnmarshalText(text []byte) error {
	n, err := parseNum(text, maxAmountDigits)
	if err == nil {
		*a = n
	}
	return err
}

// UnmarshalJSON reads a JSON string or number.
func (a *Num) UnmarshalJSON(text []byte) error {
	return a.UnmarshalText([]byte(strings.Trim(string(text), `"`)))
}
