// Package money holds amounts of one currency: exact decimals, rounding, and
// allocation whose parts add up. Nothing in it is a float.
//
// The contract is section "Money" of docs/money.md: a waterfall carries unrounded
// amounts, a line's net is rounded to the currency's minor unit, and everything
// below a line is a sum of rounded amounts.
package money

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
)

// MaxDigits is the longest number Parse accepts, counting the digits on both sides
// of the point. It bounds the work that a number from outside can cause.
const MaxDigits = 40

// Hundred is 100, for percentages.
var Hundred = decimal.NewFromInt(100)

// Parse reads a plain decimal number: an optional sign, digits, and an optional
// point with digits. Exponents, thousands separators and spaces are errors, and so
// is anything longer than MaxDigits digits.
func Parse(s string) (decimal.Decimal, error) { return parse(s, MaxDigits) }

func parse(s string, most int) (decimal.Decimal, error) {
	digits, point := 0, false
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.' && !point:
			point = true
		case (r == '-' || r == '+') && i == 0:
		default:
			return decimal.Decimal{}, fmt.Errorf("%q is not a number", clip(s))
		}
	}
	switch {
	case digits == 0 || strings.HasSuffix(s, "."):
		return decimal.Decimal{}, fmt.Errorf("%q is not a number", clip(s))
	case digits > most:
		return decimal.Decimal{}, fmt.Errorf("%q has more than %d digits", clip(s), most)
	}
	return decimal.NewFromString(s)
}

func clip(s string) string {
	if len(s) > 50 {
		return s[:50] + "…"
	}
	return s
}

// MustParse is Parse for constants in code and tests.
func MustParse(s string) decimal.Decimal {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Currency is an ISO 4217 currency with its number of minor digits. The zero value
// is no currency.
type Currency struct {
	Code   string
	Digits int32
}

// ParseCurrency returns the currency of a three-letter ISO 4217 code in capitals.
func ParseCurrency(code string) (Currency, error) {
	if digits, differs := isoDigits[code]; differs {
		return Currency{Code: code, Digits: int32(digits)}, nil
	}
	unit, err := currency.ParseISO(code)
	if err != nil || unit.String() != code {
		return Currency{}, fmt.Errorf("%q is not an ISO 4217 currency code", clip(code))
	}
	digits, _ := currency.Standard.Rounding(unit)
	return Currency{Code: code, Digits: int32(digits)}, nil
}

// isoDigits holds the currencies whose minor digits in ISO 4217 differ from those in
// x/text, which follows CLDR and leaves out minor units that no longer circulate, and
// those that are younger than its tables.
var isoDigits = map[string]int{
	"AFN": 2, "ALL": 2, "IQD": 3, "IRR": 2, "KPW": 2, "LAK": 2, "LBP": 2, "MGA": 2, "MMK": 2,
	"RSD": 2, "SLL": 2, "SOS": 2, "SYP": 2, "YER": 2, "UYI": 0,
	"AMD": 2, "COP": 2, "GYD": 2, "IDR": 2, "MNT": 2, "MUR": 2, "PKR": 2, "TZS": 2, "UZS": 2,
	"MRU": 2, "SLE": 2, "UYW": 4, "VED": 2, "VES": 2, "XCG": 2, "ZWG": 2,
}

// MinorUnit returns the smallest amount of the currency: 0.01 for two digits.
func (c Currency) MinorUnit() decimal.Decimal { return decimal.New(1, -c.Digits) }

// Round rounds to the minor unit, half away from zero.
func (c Currency) Round(d decimal.Decimal) decimal.Decimal { return d.Round(c.Digits) }

// Amount gives d this currency, without rounding it.
func (c Currency) Amount(d decimal.Decimal) Amount { return c.AmountOf(NumOf(d)) }

// AmountOf gives n this currency, without rounding it.
func (c Currency) AmountOf(n Num) Amount { return Amount{Num: n, digits: c.Digits} }

// Amount is a number that prints with at least its currency's minor digits. It prints
// more when it is not rounded, so nothing is hidden: 5400.00, 0.3333.
type Amount struct {
	Num
	digits int32
}

// Append writes the amount as String prints it.
func (a Amount) Append(buf []byte) []byte { return a.Num.Append(buf, a.digits) }

// String prints the amount with at least the currency's minor digits.
func (a Amount) String() string {
	var buf [24]byte
	return string(a.Append(buf[:0]))
}

func fractionDigits(s string) int {
	_, fraction, _ := strings.Cut(s, ".")
	return len(fraction)
}

// MarshalText prints the amount as String does.
func (a Amount) MarshalText() ([]byte, error) { return a.Append(nil), nil }

// MarshalJSON prints the amount as a JSON string.
func (a Amount) MarshalJSON() ([]byte, error) { return append(a.Append([]byte{'"'}), '"'), nil }

// maxAmountDigits bounds what UnmarshalText reads. Unrounded amounts grow with every
// multiplication, so it is far more than anybody would write.
const maxAmountDigits = 1000

// UnmarshalText reads what MarshalText wrote; the written digits are kept.
func (a *Amount) UnmarshalText(text []byte) error {
	if err := a.Num.UnmarshalText(text); err != nil {
		return err
	}
	a.digits = int32(fractionDigits(string(text)))
	return nil
}

// UnmarshalJSON reads a JSON string or number.
func (a *Amount) UnmarshalJSON(text []byte) error {
	return a.UnmarshalText([]byte(strings.Trim(string(text), `"`)))
}

// Percent returns rate percent of base, unrounded.
func Percent(base, rate decimal.Decimal) decimal.Decimal {
	return base.Mul(rate).Shift(-2)
}

// QuotientPlaces is how many decimal places a division keeps where its result has
// no end. Amounts are rounded to their minor unit long before that.
const QuotientPlaces = 20

// Divide returns a ÷ b to QuotientPlaces places, and an error when b is zero.
func Divide(a, b decimal.Decimal) (decimal.Decimal, error) {
	if b.IsZero() {
		return decimal.Decimal{}, fmt.Errorf("division by zero")
	}
	return a.DivRound(b, QuotientPlaces), nil
}
