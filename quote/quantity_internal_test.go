package quote

import (
	"testing"

	"pgregory.net/rapid"

	"quotewright/money"
)

func TestRemainder(t *testing.T) {
	draw := func(t *rapid.T, name string) money.Num {
		return money.NumOfInt(rapid.Int64Range(1, 1_000_000_000_000_000).Draw(t, name)).Mul(rapid.SampledFrom([]money.Num{
			money.NumOfInt(1), money.MustParseNum("0.001"), money.MustParseNum("0.00000000000000000001"), money.NumOfInt(1_000_000)}).Draw(t, name+" unit"))
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		if want, got := a.Decimal().Mod(b.Decimal()), remainder(a, b); !got.Decimal().Equal(want) {
			t.Fatalf("%s mod %s is %s, not %s", a, b, want, got)
		}
	})
}
