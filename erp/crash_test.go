package erp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"quotewright/erp"
	"quotewright/erp/files"
	"quotewright/internal/fault"
	"quotewright/internal/store"
	"quotewright/quote"
)

// The environment of a child process: the folder it works on, and the crash point at
// whose n-th passing it is killed, "name#n".
const (
	childFolder = "QUOTEWRIGHT_TEST_CHILD"
	childCrash  = "QUOTEWRIGHT_TEST_CRASH"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		if err := child(dir, os.Getenv(childCrash)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is the service as far as orders go: it lets customers accept what they have,
// runs the jobs, and ends when everything is ordered.
func child(dir, crash string) error {
	if crash != "" {
		fault.OnCrashPoint = killAt(crash)
	}
	s, err := store.Open(filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	defer s.Close()
	delivery := erp.Delivery{Store: s, Connector: files.Open(dir), Now: time.Now}
	jobs := store.NewJobs(s, slog.New(slog.DiscardHandler))
	store.Handle(jobs, delivery.Deliver)
	store.Handle(jobs, func(context.Context, quote.PublishEvent) error { return nil })
	ctx := context.Background()
	if err := jobs.Start(ctx); err != nil {
		return err
	}
	for {
		open, err := acceptAll(ctx, &quote.Service{Store: s, Now: time.Now})
		if err != nil {
			return err
		}
		if open == 0 {
			return jobs.Stop(ctx)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// killAt kills the process, as kill -9 does, at the n-th passing of a point.
func killAt(crash string) func(string) {
	point, count, _ := strings.Cut(crash, "#")
	n, _ := strconv.ParseInt(count, 10, 64)
	var passed atomic.Int64
	return func(name string) {
		if name == point && passed.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

// acceptAll accepts every quote that is sent, as customers do who try again when they
// get no answer, and returns how many quotes are not ordered yet.
func acceptAll(ctx context.Context, service *quote.Service) (open int, err error) {
	page, _, err := service.Store.List(ctx, quote.Filter{Limit: 200})
	if err != nil {
		return 0, err
	}
	for _, q := range page {
		if q.State != quote.Ordered {
			open++
		}
		if q.State != quote.Sent {
			continue
		}
		_, err := service.Do(ctx, rep, q.ID, q.Version, quote.Accept, quote.Details{Name: "Ms Lin"}, "accept "+q.ID)
		if err != nil {
			return open, err
		}
	}
	return open, nil
}

// run starts a child and returns whether it was killed. kill, unless 0, kills it from
// outside after that time.
func run(t *testing.T, dir, crash string, kill time.Duration) (killed bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0])
	command.Env = append(os.Environ(), childFolder+"="+dir, childCrash+"="+crash)
	var output strings.Builder
	command.Stderr = &output
	if err := command.Start(); err != nil {
		t.Error(err)
		return false
	}
	if kill > 0 {
		timer := time.AfterFunc(kill, func() { _ = command.Process.Kill() })
		defer timer.Stop()
	}
	err := command.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL && ctx.Err() == nil {
		return true
	}
	if err != nil {
		t.Errorf("the child ends with %v: %s", err, output.String())
	}
	return false
}

// TestKilledAnywhere kills the service at every step at which it has something half
// done, time and again on the same orders, and then lets it finish.
func TestKilledAnywhere(t *testing.T) {
	points := []string{"store: begun", "store: quote written", "store: events written", "store: before commit", "store: committed",
		"order: before write", "order: temporary file made", "order: written", "order: synced", "order: linked"}
	var kills atomic.Int32
	var group sync.WaitGroup
	for _, point := range points {
		o := prepare(t, 3)
		group.Go(func() {
			mine := int32(0)
			for n := 1; n <= 4; n++ {
				if run(t, o.dir, fmt.Sprintf("%s#%d", point, n), 0) {
					mine++
				}
			}
			run(t, o.dir, "", 0)
			if mine == 0 {
				t.Errorf("%s: the child was never killed there", point)
			}
			kills.Add(mine)
			o.check(t, 3)
		})
	}
	group.Wait()
	t.Logf("killed %d times", kills.Load())
	if kills.Load() < 20 {
		t.Errorf("only %d kills", kills.Load())
	}
}

// TestKilledAnytime kills the service at any moment, while orders keep coming.
func TestKilledAnytime(t *testing.T) {
	const offices, kills = 4, 8
	var group sync.WaitGroup
	for range offices {
		o := prepare(t, 0)
		group.Go(func() {
			orders := 0
			for killed := 0; killed < kills && orders < 1000; orders += 4 {
				for range 4 {
					o.sent(t)
				}
				if run(t, o.dir, "", time.Duration(20+rand.IntN(200))*time.Millisecond) {
					killed++
				}
			}
			run(t, o.dir, "", 0)
			o.check(t, orders)
		})
	}
	group.Wait()
}

// prepare makes an office with sent quotes and an ERP that answers.
func prepare(t *testing.T, quotes int) *office {
	t.Helper()
	o := openOffice(t, t.TempDir())
	for range quotes {
		o.sent(t)
	}
	answering(t, o.dir)
	return o
}

// check holds the ERP's folder against the quotes: one order each, none more, none
// lost, with the number that the ERP gave.
func (o *office) check(t *testing.T, quotes int) {
	page, _, err := o.store.List(context.Background(), quote.Filter{Limit: 200})
	if err != nil || len(page) != quotes {
		t.Errorf("%d quotes, %v", len(page), err)
	}
	for _, q := range page {
		if q.State != quote.Ordered || q.Order.Number != "SO-"+strings.TrimPrefix(q.Number, "Q-") {
			t.Errorf("quote %s is %s with %+v", q.Number, q.State, q.Order)
		}
		placed, err := files.Open(o.dir).FindOrder(context.Background(), q.Number)
		if err != nil || placed.Quote != q.ID || placed.Number != q.Order.Number || placed.Net != "27.33" {
			t.Errorf("order %s: %+v, %v", q.Number, placed, err)
		}
		seen := map[string]int{}
		events, _ := o.store.Events(context.Background(), q.ID)
		for _, e := range events {
			seen[e.Type]++
		}
		if seen["quote.accepted"] != 1 || seen["quote.ordering"] != 1 || seen["quote.ordered"] != 1 || seen["quote.order_problem"] != 0 {
			t.Errorf("quote %s has events %v", q.Number, seen)
		}
	}
	orders, _ := filepath.Glob(o.file("*.json"))
	if len(orders) != 2*quotes { // with its answer each
		t.Errorf("the folder holds %v", orders)
	}
}
