package formula

import (
	"errors"
	"fmt"
	"strings"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"
)

// builtins returns the functions every formula may use. All are pure, and there is
// none that tells the time: the date of a quote is quote.date.
func builtins() map[string]Function {
	return map[string]Function{
		"sum":   {Params: []Kind{Numbers}, Variadic: true, Result: Number, Call: sum},
		"count": {Params: []Kind{Any}, Variadic: true, Result: Number, Call: count},
		"min":   {Params: []Kind{Numbers}, Variadic: true, Result: Number, Call: extreme(-1)},
		"max":   {Params: []Kind{Numbers}, Variadic: true, Result: Number, Call: extreme(1)},
		"abs":   {Params: []Kind{Number}, Result: Number, Call: numeric(decimal.Decimal.Abs)},
		"ceil":  {Params: []Kind{Number}, Result: Number, Call: numeric(decimal.Decimal.Ceil)},
		"floor": {Params: []Kind{Number}, Result: Number, Call: numeric(decimal.Decimal.Floor)},
		"round": {Params: []Kind{Number, Number}, Result: Number, Call: round},
		"lower": {Params: []Kind{Text}, Result: Text, Call: textual(strings.ToLower)},
		"upper": {Params: []Kind{Text}, Result: Text, Call: textual(strings.ToUpper)},
		"date":  {Params: []Kind{Text}, Result: Date, Call: day, Check: checkDay},
	}
}

var errNoValue = errors.New("an argument has no value")

func sum(args []Value) (Value, error) { return OfNum(Sum(args)), nil }

// count counts the chosen options of lists, and the values that are there and not
// false among the rest.
func count(args []Value) (Value, error) {
	n := 0
	for _, v := range args {
		switch {
		case v.kind == Texts || v.kind == Numbers:
			n += len(v.List())
		case v.kind == Boolean && !v.truth:
		case v.known:
			n++
		}
	}
	return OfInt(int64(n)), nil
}

// extreme returns min (-1) or max (1).
func extreme(sign int) func([]Value) (Value, error) {
	return func(args []Value) (Value, error) {
		var best Value
		for _, v := range flatten(args) {
			if v.known && (!best.known || v.number.Cmp(best.number)*sign > 0) {
				best = v
			}
		}
		if !best.known {
			return Value{}, errNoValue
		}
		return best, nil
	}
}

func flatten(args []Value) []Value {
	var flat []Value
	for _, v := range args {
		if v.kind == Numbers {
			flat = append(flat, v.List()...)
		} else {
			flat = append(flat, v)
		}
	}
	return flat
}

func numeric(f func(decimal.Decimal) decimal.Decimal) func([]Value) (Value, error) {
	return func(args []Value) (Value, error) {
		if !args[0].known {
			return Value{}, errNoValue
		}
		return OfNumber(f(args[0].Number())), nil
	}
}

func textual(f func(string) string) func([]Value) (Value, error) {
	return func(args []Value) (Value, error) {
		if !args[0].known {
			return None(Text), nil
		}
		return OfText(f(args[0].text)), nil
	}
}

// round rounds half away from zero to a number of places between −12 and 12.
func round(args []Value) (Value, error) {
	if !args[0].known || !args[1].known {
		return Value{}, errNoValue
	}
	places := args[1].Number()
	if !places.IsInteger() || places.Abs().GreaterThan(decimal.NewFromInt(12)) {
		return Value{}, fmt.Errorf("%s is not a number of places between -12 and 12", places)
	}
	return OfNum(args[0].number.Round(int32(places.IntPart()))), nil
}

func day(args []Value) (Value, error) {
	if !args[0].known {
		return None(Date), nil
	}
	d, err := civil.ParseDate(args[0].text)
	if err != nil {
		return Value{}, fmt.Errorf("%q is not a date such as 2026-01-31", args[0].text)
	}
	return OfDate(d), nil
}

func checkDay(args []Node) error {
	if lit, ok := args[0].(*Literal); ok {
		_, err := day([]Value{lit.Value})
		return err
	}
	return nil
}
