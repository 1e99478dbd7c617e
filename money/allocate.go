package money

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// Allocate splits total over the weights in proportion, in multiples of increment, by
// largest remainder: every part is first cut towards zero to a multiple of the
// increment, then what is left is handed out one increment at a time to the parts that
// lost most; of those that lost the same, to the heavier and then to the earlier, so
// that the order of the parts only matters among equals. What total has below the
// increment goes to the next part in that order. The parts add up to total exactly, and
// none is further from its exact share than the increment.
//
// Weights must not be negative. When they are all zero the split is even. Without
// weights, a total other than zero is an error.
func Allocate(total decimal.Decimal, weights []decimal.Decimal, increment decimal.Decimal) ([]decimal.Decimal, error) {
	if len(weights) == 0 {
		if total.IsZero() {
			return nil, nil
		}
		return nil, fmt.Errorf("cannot allocate %s to nothing", total)
	}
	if increment.Sign() <= 0 {
		return nil, fmt.Errorf("cannot allocate in increments of %s", increment)
	}
	weights, sum, err := positiveWeights(weights)
	if err != nil {
		return nil, err
	}

	parts := make([]decimal.Decimal, len(weights))
	lost := make([]decimal.Decimal, len(weights)) // magnitude cut off, times sum
	left := total
	for i, w := range weights {
		exact := total.Mul(w) // times sum, so that no division is inexact
		steps, _ := exact.QuoRem(increment.Mul(sum), 0)
		parts[i] = steps.Mul(increment)
		lost[i] = exact.Sub(parts[i].Mul(sum)).Abs()
		left = left.Sub(parts[i])
	}

	order := make([]int, 0, len(weights))
	for i, w := range weights {
		if w.Sign() > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(lost[b].Cmp(lost[a]), weights[b].Cmp(weights[a]), cmp.Compare(a, b))
	})
	step := increment
	if left.Sign() < 0 {
		step = step.Neg()
	}
	// Every part lost less than one increment, so that each is handed one at most.
	next := 0
	for ; left.Abs().Cmp(increment) >= 0; next++ {
		parts[order[next]] = parts[order[next]].Add(step)
		left = left.Sub(step)
	}
	if !left.IsZero() {
		parts[order[next]] = parts[order[next]].Add(left)
	}
	return parts, nil
}

func positiveWeights(weights []decimal.Decimal) ([]decimal.Decimal, decimal.Decimal, error) {
	sum := decimal.Zero
	for i, w := range weights {
		if w.Sign() < 0 {
			return nil, sum, fmt.Errorf("weight %d is negative: %s", i+1, w)
		}
		sum = sum.Add(w)
	}
	if !sum.IsZero() {
		return weights, sum, nil
	}
	even := make([]decimal.Decimal, len(weights))
	for i := range even {
		even[i] = decimal.NewFromInt(1)
	}
	return even, decimal.NewFromInt(int64(len(weights))), nil
}
