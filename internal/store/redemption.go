package store

import (
	"context"
	"fmt"

	"quotewright/internal/fault"
	"quotewright/quote"
)

const countRedemptions = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN customer = $1 THEN 1 ELSE 0 END), 0) FROM redemptions WHERE coupon = $2`

// Redemptions says how often accepted quotes have used coupons.
func (s *Store) Redemptions(ctx context.Context, customer string, coupons []string) (map[string]quote.Redemption, error) {
	used := map[string]quote.Redemption{}
	for _, coupon := range coupons {
		var r quote.Redemption
		if err := s.readers.QueryRowContext(ctx, sqlite(countRedemptions), customer, coupon).Scan(&r.Uses, &r.Customer); err != nil {
			return nil, fmt.Errorf("count the uses of coupon %s: %w", coupon, err)
		}
		used[coupon] = r
	}
	return used, nil
}

// redeem uses up the coupons of a quote that is accepted, within their limits, and gives
// back those of one that is not accepted any more. Writers come one after the other, so
// that of two quotes only one gets the last use.
func (tx *transaction) redeem(ctx context.Context, c quote.Change, q quote.Quote) error {
	switch q.State {
	case quote.Accepted, quote.Ordering, quote.Ordered:
	default:
		return tx.exec(ctx, `DELETE FROM redemptions WHERE quote = $1`, q.ID)
	}
	for _, coupon := range c.Coupons {
		var used quote.Redemption
		if err := tx.row(ctx, countRedemptions, q.Customer, coupon.ID).Scan(&used.Uses, &used.Customer); err != nil {
			return err
		}
		if coupon.Uses > 0 && used.Uses >= coupon.Uses || coupon.UsesPerCustomer > 0 && used.Customer >= coupon.UsesPerCustomer {
			return fault.New(fault.Conflict, "coupon_used_up", "The coupon %s has been used up since the quote was made; revise the quote.", coupon.ID)
		}
		if err := tx.exec(ctx, `INSERT INTO redemptions (coupon, customer, quote) VALUES ($1, $2, $3)`, coupon.ID, q.Customer, q.ID); err != nil {
			return err
		}
	}
	return nil
}
