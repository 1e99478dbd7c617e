package store

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// recorder counts what jobs did.
type recorder struct {
	mu   sync.Mutex
	seen map[string]int
	more chan struct{}
}

func newRecorder() *recorder {
	return &recorder{seen: map[string]int{}, more: make(chan struct{}, 1000)}
}

// run counts a run and returns how many there were.
func (r *recorder) run(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[id]++
	r.more <- struct{}{}
	return r.seen[id]
}

func (r *recorder) wait(t *testing.T, runs int) {
	t.Helper()
	for range runs {
		select {
		case <-r.more:
		case <-time.After(10 * time.Second):
			t.Fatalf("after ten seconds the runs are %v", r.seen)
		}
	}
}

func startJobs(t *testing.T, s *Store, log *slog.Logger, deliver func(context.Context, quote.DeliverOrder) error) *Jobs {
	t.Helper()
	j := NewJobs(s, log)
	Handle(j, deliver)
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return j
}

func withJobs(c quote.Change, jobs ...quote.Job) quote.Change {
	c.Jobs = jobs
	return c
}

func TestJobs(t *testing.T) {
	s, done := openTest(t, t.TempDir()), newRecorder()
	var log bytes.Buffer
	j := startJobs(t, s, slog.New(slog.NewTextHandler(&log, nil)), func(_ context.Context, job quote.DeliverOrder) error {
		switch n := done.run(job.Quote); {
		case job.Quote == "later" && n < 4:
			return fault.RetryLater{After: time.Millisecond, Reason: "not yet"}
		case job.Quote == "fails" && n == 1:
			return errors.New("no such luck")
		case job.Quote == "panics" && n == 1:
			panic("no such luck")
		}
		return nil
	})
	commit(t, s, withJobs(newQuote("a", monday), quote.DeliverOrder{Quote: "once"}, quote.DeliverOrder{Quote: "later"},
		quote.DeliverOrder{Quote: "fails"}, quote.DeliverOrder{Quote: "panics"}))
	done.wait(t, 1+4+2+2)
	if err := j.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	for id, want := range map[string]int{"once": 1, "later": 4, "fails": 2, "panics": 2} {
		if done.seen[id] != want {
			t.Errorf("%s ran %d times, want %d", id, done.seen[id], want)
		}
	}
	if n := strings.Count(log.String(), "job failed, it runs again"); n != 2 {
		t.Errorf("%d failures are logged: %s", n, log.String())
	}
}

// TestJobsOfADeadProcess leaves a job running, as a process that is killed does.
func TestJobsOfADeadProcess(t *testing.T) {
	dir := t.TempDir()
	s, done := openTest(t, dir), newRecorder()
	quiet := slog.New(slog.DiscardHandler)
	commit(t, s, withJobs(newQuote("a", monday), quote.DeliverOrder{Quote: "x"}))
	if _, err := s.writer.Exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = created_at, attempted_by = '["dead"]'`); err != nil {
		t.Fatal(err)
	}
	j := startJobs(t, s, quiet, func(_ context.Context, job quote.DeliverOrder) error { done.run(job.Quote); return nil })
	done.wait(t, 1)
	if err := j.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestJobsOfALivingProcess leaves alone what another process is running.
func TestJobsOfALivingProcess(t *testing.T) {
	dir := t.TempDir()
	first, second, done := openTest(t, dir), openTest(t, dir), newRecorder()
	release := make(chan struct{})
	quiet := slog.New(slog.DiscardHandler)
	commit(t, first, withJobs(newQuote("a", monday), quote.DeliverOrder{Quote: "slow"}))
	deliver := func(_ context.Context, job quote.DeliverOrder) error {
		done.run(job.Quote)
		if job.Quote == "slow" {
			<-release
		}
		return nil
	}
	a := startJobs(t, first, quiet, deliver)
	done.wait(t, 1)
	b := startJobs(t, second, quiet, deliver)
	commit(t, first, withJobs(newQuote("b", monday), quote.DeliverOrder{Quote: "quick"}))
	done.wait(t, 1)
	close(release)
	for _, j := range []*Jobs{a, b} {
		if err := j.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if done.seen["slow"] != 1 || done.seen["quick"] != 1 {
		t.Errorf("runs %v", done.seen)
	}
}

func TestBackoff(t *testing.T) {
	for tried, want := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 8: 256 * time.Second, 9: 5 * time.Minute, 1000: 5 * time.Minute} {
		if got := backoff(tried); got != want {
			t.Errorf("after %d: %s, want %s", tried, got, want)
		}
	}
}
