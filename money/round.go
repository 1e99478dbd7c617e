package money

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Mode is a way to round.
type Mode string

// The rounding modes. HalfUp rounds ties away from zero and is the default; Up and
// Down round away from zero and towards zero.
const (
	HalfUp   Mode = "half_up"
	HalfEven Mode = "half_even"
	Up       Mode = "up"
	Down     Mode = "down"
)

// ParseMode reads a mode's name; the empty name is HalfUp.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case "":
		return HalfUp, nil
	case HalfUp, HalfEven, Up, Down:
		return m, nil
	}
	return "", fmt.Errorf("%q is not a rounding mode: half_up, half_even, up or down", clip(s))
}

// Rounding rounds to multiples of an increment: 0.01, 0.05, 10. The zero value does
// not round.
type Rounding struct {
	Increment decimal.Decimal
	Mode      Mode
}

// Round returns the multiple of the increment that the mode picks for d. Rounding
// twice changes nothing more.
func (r Rounding) Round(d decimal.Decimal) decimal.Decimal {
	if r.Increment.Sign() <= 0 {
		return d
	}
	quotient, remainder := d.QuoRem(r.Increment, 0) // truncates towards zero
	if remainder.IsZero() {
		return quotient.Mul(r.Increment)
	}
	away := false
	switch r.Mode {
	case Up:
		away = true
	case Down:
	default:
		switch remainder.Abs().Mul(two).Cmp(r.Increment) {
		case 1:
			away = true
		case 0:
			away = r.Mode != HalfEven || !quotient.Mod(two).IsZero()
		}
	}
	if away {
		quotient = quotient.Add(decimal.NewFromInt(int64(d.Sign())))
	}
	return quotient.Mul(r.Increment)
}

var two = decimal.NewFromInt(2)

// RoundNum is Round for a Num.
func (r Rounding) RoundNum(n Num) Num {
	increment := NumOf(r.Increment)
	if increment.Sign() <= 0 {
		return n
	}
	if increment.coef == 1 && increment.big == nil && (r.Mode == HalfUp || r.Mode == "") {
		return n.Round(int32(increment.scale))
	}
	x, y, _, ok := aligned(n, increment)
	if !ok {
		return compact(r.Round(n.Decimal()))
	}
	q, rest := magnitude(x)/uint64(y), magnitude(x)%uint64(y)
	if r.away(q, rest, uint64(y)) {
		q++
	}
	return Num{coef: signed(q, x, 0)}.Mul(increment)
}

// away reports whether a quotient is rounded away from zero, given what is left.
func (r Rounding) away(quotient, rest, increment uint64) bool {
	switch {
	case rest == 0 || r.Mode == Down:
		return false
	case r.Mode == Up || rest > increment-rest:
		return true
	}
	return rest == increment-rest && (r.Mode != HalfEven || quotient%2 == 1)
}
