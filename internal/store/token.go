package store

import (
	"context"
	"fmt"
	"time"
)

// Spend marks a token as used and reports whether this was the first use. A token is
// remembered until it expires; after that its own expiry refuses it.
func (s *Store) Spend(ctx context.Context, kind, id string, expires time.Time) (first bool, err error) {
	err = s.write(ctx, func(tx *transaction) error {
		if err := tx.exec(ctx, `DELETE FROM spent_tokens WHERE expires_at < $1`, tx.at.Add(-time.Minute).UnixMicro()); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, sqlite(`INSERT INTO spent_tokens (kind, id, expires_at) VALUES ($1, $2, $3)
			ON CONFLICT (kind, id) DO NOTHING`), kind, id, expires.UnixMicro())
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		first = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("spend a %s: %w", kind, err)
	}
	return first, nil
}
