package money

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

var modes = []Mode{HalfUp, HalfEven, Up, Down}

func TestRound(t *testing.T) {
	for _, c := range []struct{ value, increment, halfUp, halfEven, up, down string }{
		{"1.005", "0.01", "1.01", "1.00", "1.01", "1.00"},
		{"1.015", "0.01", "1.02", "1.02", "1.02", "1.01"},
		{"1.0149", "0.01", "1.01", "1.01", "1.02", "1.01"},
		{"1.01", "0.01", "1.01", "1.01", "1.01", "1.01"},
		{"-1.005", "0.01", "-1.01", "-1.00", "-1.01", "-1.00"},
		{"-1.004", "0.01", "-1.00", "-1.00", "-1.01", "-1.00"},
		{"0.004", "0.01", "0.00", "0.00", "0.01", "0.00"},
		{"-0.005", "0.01", "-0.01", "0.00", "-0.01", "0.00"},
		{"0", "0.01", "0", "0", "0", "0"},
		{"1.024", "0.05", "1.00", "1.00", "1.05", "1.00"},
		{"1.025", "0.05", "1.05", "1.00", "1.05", "1.00"},
		{"1.075", "0.05", "1.10", "1.10", "1.10", "1.05"},
		{"-1.075", "0.05", "-1.10", "-1.10", "-1.10", "-1.05"},
		{"15", "10", "20", "20", "20", "10"},
		{"25", "10", "30", "20", "30", "20"},
		{"24.99", "10", "20", "20", "30", "20"},
		{"-25", "10", "-30", "-20", "-30", "-20"},
		{"5", "10", "10", "0", "10", "0"},
		{"7", "3", "6", "6", "9", "6"},
		{"123456789012345678901234567890.125", "0.01", "123456789012345678901234567890.13", "123456789012345678901234567890.12", "123456789012345678901234567890.13", "123456789012345678901234567890.12"},
	} {
		for i, want := range []string{c.halfUp, c.halfEven, c.up, c.down} {
			if got := (Rounding{MustParse(c.increment), modes[i]}).Round(MustParse(c.value)); !got.Equal(MustParse(want)) {
				t.Errorf("%s to %s %s is %s, want %s", c.value, c.increment, modes[i], got, want)
			}
		}
	}
	for _, r := range []Rounding{{}, {Mode: Up}, {Increment: MustParse("-1"), Mode: Up}} {
		if got := r.Round(MustParse("1.23456")); got.String() != "1.23456" {
			t.Errorf("%+v rounds to %s", r, got)
		}
	}
}

// TestRoundProperties: the result is a multiple of the increment, less than one away
// (half of one, in the half modes), stays when rounded again, and negative amounts
// mirror positive ones.
func TestRoundProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		increment := MustParse(rapid.SampledFrom([]string{"0.01", "0.05", "10", "1", "0.001", "0.25", "3", "0.07"}).Draw(t, "increment"))
		mode := rapid.SampledFrom(append(modes, "")).Draw(t, "mode")
		value := anyDecimal(t, "value")
		if rapid.Bool().Draw(t, "tie") {
			value = increment.Mul(decimal.New(rapid.Int64Range(-1e6, 1e6).Draw(t, "steps"), 0)).Add(increment.Mul(MustParse("0.5")))
		}
		r := Rounding{increment, mode}
		got := r.Round(value)
		if !got.Mod(increment).IsZero() {
			t.Fatalf("%s is no multiple of %s", got, increment)
		}
		off := got.Sub(value)
		switch mode {
		case Up:
			if off.Abs().GreaterThanOrEqual(increment) || off.Sign()*value.Sign() < 0 {
				t.Fatalf("%s up to %s", value, got)
			}
		case Down:
			if off.Abs().GreaterThanOrEqual(increment) || off.Sign()*value.Sign() > 0 {
				t.Fatalf("%s down to %s", value, got)
			}
		default:
			double := off.Abs().Mul(two)
			if double.GreaterThan(increment) {
				t.Fatalf("%s to %s: there is a nearer multiple", value, got)
			}
			if even := got.Div(increment).Mod(two).IsZero(); double.Equal(increment) && mode == HalfEven && !even {
				t.Fatalf("%s to %s: not the even multiple", value, got)
			}
			if double.Equal(increment) && mode != HalfEven && got.Abs().LessThan(value.Abs()) {
				t.Fatalf("%s to %s: not away from zero", value, got)
			}
		}
		if again := r.Round(got); !again.Equal(got) {
			t.Fatalf("%s, rounded again, is %s", got, again)
		}
		if mirrored := r.Round(value.Neg()); !mirrored.Equal(got.Neg()) {
			t.Fatalf("%s rounds to %s, but its negative to %s", value, got, mirrored)
		}
	})
}

func TestParseMode(t *testing.T) {
	for _, m := range modes {
		if got, err := ParseMode(string(m)); err != nil || got != m {
			t.Errorf("%s is %s, %v", m, got, err)
		}
	}
	if m, err := ParseMode(""); err != nil || m != HalfUp {
		t.Errorf("the default is %s, %v", m, err)
	}
	for _, s := range []string{"half up", "HALF_UP", "ceiling", "half_down"} {
		if m, err := ParseMode(s); err == nil {
			t.Errorf("%q is %s", s, m)
		}
	}
}
