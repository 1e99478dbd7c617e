package store

import (
	"context"
)

// JobCount is how many jobs of a kind are in a state of River's: available, scheduled,
// running, completed …
type JobCount struct {
	Kind, State string
	Count       int
}

// JobCounts counts the jobs that are kept: those to be done, and those done lately.
func (s *Store) JobCounts(ctx context.Context) ([]JobCount, error) {
	return collect(ctx, s, "count jobs", func(from row) (c JobCount, err error) {
		err = from.Scan(&c.Kind, &c.State, &c.Count)
		return c, err
	}, `SELECT kind, state, COUNT(*) FROM river_job GROUP BY kind, state ORDER BY kind, state`)
}
