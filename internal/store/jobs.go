package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// How jobs run.
const (
	workers      = 20
	jobTimeout   = time.Minute
	rescueAfter  = 2 * time.Minute // a job whose process is gone starts again, on another node
	pollInterval = 100 * time.Millisecond
	// maxAttempts is as often as River can count. A job is never given up here: whoever
	// wants to give up returns nil.
	maxAttempts = 32_000
)

// Jobs runs the jobs that committed changes wrote. A job runs at least once; it runs
// again when its handler fails, and when the process died while it ran. Jobs run side
// by side and in no order.
type Jobs struct {
	store   *Store
	log     *slog.Logger
	workers *river.Workers
	client  *river.Client[*sql.Tx]
	alone   *os.File // lock of the only process that works on this file
}

// NewJobs returns the jobs of a store. Handle every kind of job, then Start.
func NewJobs(s *Store, log *slog.Logger) *Jobs {
	return &Jobs{store: s, log: log, workers: river.NewWorkers()}
}

// Handle says what does the jobs of a kind. When the handler returns fault.RetryLater
// it is called again after that time; on any other error, or a panic, after a pause
// that grows to some minutes, for ever.
func Handle[T quote.Job](j *Jobs, handle func(context.Context, T) error) {
	river.AddWorker(j.workers, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error {
		return j.settle(ctx, job.Kind, tries(job.JobRow), guarded(ctx, job.Args, handle))
	}))
}

// guarded turns a panic into an error, which River would count against the job.
func guarded[T any](ctx context.Context, args T, handle func(context.Context, T) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return handle(ctx, args)
}

func (j *Jobs) settle(ctx context.Context, kind string, tried int, err error) error {
	var later fault.RetryLater
	switch {
	case err == nil:
		return nil
	case errors.As(err, &later):
		return river.JobSnooze(later.After)
	}
	pause := backoff(tried)
	j.log.ErrorContext(ctx, "job failed, it runs again", "job", kind, "in", pause, "error", err)
	return river.JobSnooze(pause)
}

// backoff grows from a second to five minutes.
func backoff(tried int) time.Duration {
	return min(time.Second<<min(tried, 20), 5*time.Minute)
}

// Start runs jobs until Stop, or until ctx ends.
func (j *Jobs) Start(ctx context.Context) error {
	if err := j.start(ctx); err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	return nil
}

func (j *Jobs) start(ctx context.Context) error {
	if err := j.recover(ctx); err != nil {
		return err
	}
	client, err := river.NewClient(riversqlite.New(j.store.writer), &river.Config{
		Workers: j.workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter,
		FetchCooldown: 20 * time.Millisecond, FetchPollInterval: pollInterval,
		Logger: j.log,
	})
	if err != nil {
		return err
	}
	j.client = client
	return client.Start(ctx)
}

// recover starts again at once what ran when this machine's last process died. Only the
// single process that works on the file may do that; beside another one, River's own
// rescue does it after some minutes.
func (j *Jobs) recover(ctx context.Context) error {
	lock, err := lockFile(filepath.Join(j.store.dir, "jobs.lock"), false)
	if errors.Is(err, errLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	j.alone = lock
	return j.store.write(ctx, func(tx *transaction) error {
		return tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
	})
}

// Stop lets the running jobs end until ctx does.
func (j *Jobs) Stop(ctx context.Context) error {
	if j.client == nil {
		return nil
	}
	err := j.client.Stop(ctx)
	if err != nil {
		err = j.client.StopAndCancel(context.WithoutCancel(ctx))
	}
	if j.alone != nil {
		err = errors.Join(err, j.alone.Close())
	}
	if err != nil {
		return fmt.Errorf("stop the jobs: %w", err)
	}
	return nil
}

// tries is how often a job was put off so far.
func tries(job *rivertype.JobRow) int {
	var metadata struct {
		Snoozes int `json:"snoozes"`
	}
	_ = json.Unmarshal(job.Metadata, &metadata) // without a count it is the first time
	return metadata.Snoozes
}
