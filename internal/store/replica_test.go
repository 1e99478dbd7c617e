package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pressly/goose/v3"
	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/catalog/catalogtest"
	"quotewright/internal/fault"
)

var synced = time.Date(2026, 3, 1, 10, 0, 0, 123456000, time.UTC)

func openTestReplica(t interface {
	Helper()
	Fatal(...any)
	Cleanup(func())
}, path string) *Replica {
	t.Helper()
	r, err := OpenReplica(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestReplicaHoldsWhatTheSnapshotHolds: a catalog that goes through the replica, loads
// and changes, is the one that never left the memory.
func TestReplicaHoldsWhatTheSnapshotHolds(t *testing.T) {
	replica := openTestReplica(t, filepath.Join(t.TempDir(), "replica.sqlite"))
	rapid.Check(t, func(rt *rapid.T) {
		base, changes := catalogtest.Draw(rt), catalogtest.DrawChanges(rt)
		for i, delta := range []catalog.Delta{base, changes} {
			if err := replica.Apply(t.Context(), delta, fmt.Sprint("cursor ", i), synced.Add(time.Duration(i)*time.Hour), nil); err != nil {
				rt.Fatal(err)
			}
		}
		version := catalog.VersionOf("cursor 1")
		want := catalog.NewSnapshot("any", base).Apply(version, changes)
		got, cursor, at, err := replica.Load(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want.Records(), got.Records(), cmpopts.EquateEmpty()); diff != "" {
			rt.Fatal(diff)
		}
		if got.Version() != version || cursor != "cursor 1" || !at.Equal(synced.Add(time.Hour)) {
			rt.Fatalf("cursor %q, synced %s", cursor, at)
		}
	})
}

func TestReplicaThatWasNeverFilled(t *testing.T) {
	replica := openTestReplica(t, filepath.Join(t.TempDir(), "replica.sqlite"))
	if _, _, _, err := replica.Load(t.Context()); !fault.Is(err, fault.NotFound) {
		t.Errorf("load: %v", err)
	}
	if err := replica.Touch(t.Context(), synced); !fault.Is(err, fault.NotFound) {
		t.Errorf("touch: %v", err)
	}
}

// TestAnOlderReplicaIsFilledAgain: a replica that was filled before some columns were
// there lacks them, so it counts as never filled, and the next sync reads everything.
func TestAnOlderReplicaIsFilledAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "replica.sqlite")
	replica := openTestReplica(t, path)
	delta := catalogtest.Large(catalogtest.Size{Products: 20, Conditions: 20})
	if err := replica.Apply(t.Context(), delta, "one", synced, nil); err != nil {
		t.Fatal(err)
	}
	migrations, err := fs.Sub(replicaMigrations, "migrations/replica")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, replica.writer, migrations)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	replica.Close()

	replica = openTestReplica(t, path)
	if _, _, _, err := replica.Load(t.Context()); !fault.Is(err, fault.NotFound) {
		t.Errorf("the older replica is read: %v", err)
	}
	if err := replica.Apply(t.Context(), delta, "two", synced, nil); err != nil {
		t.Fatal(err)
	}
	if snapshot, cursor, _, err := replica.Load(t.Context()); err != nil || cursor != "two" || snapshot.Counts().Conditions != 20 {
		t.Errorf("filled again: %q %v", cursor, err)
	}
}

func TestReplicaThatCannotBeOpened(t *testing.T) {
	if _, err := OpenReplica(filepath.Join(t.TempDir(), "nowhere", "replica.sqlite")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("no folder: %v", err)
	}
	path := filepath.Join(t.TempDir(), "replica.sqlite")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database. ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReplica(path); !fault.Is(err, fault.Unavailable) {
		t.Errorf("not a database: %v", err)
	}
}

func TestTouchKeepsTheCatalog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd ?#%20 name.sqlite")
	replica := openTestReplica(t, path)
	delta := catalogtest.Large(catalogtest.Size{Products: 3})
	if err := replica.Apply(t.Context(), delta, "one", synced, nil); err != nil {
		t.Fatal(err)
	}
	later := synced.Add(time.Minute)
	if err := replica.Touch(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	replica.Close()
	snapshot, cursor, at, err := openTestReplica(t, path).Load(t.Context())
	if err != nil || cursor != "one" || !at.Equal(later) || snapshot.Counts().Products != 3 {
		t.Errorf("after reopening: %q %s %v", cursor, at, err)
	}
}

func TestApplyReportsProgress(t *testing.T) {
	replica := openTestReplica(t, filepath.Join(t.TempDir(), "replica.sqlite"))
	var got []string
	delta := catalogtest.Large(catalogtest.Size{Products: 20_010})
	err := replica.Apply(t.Context(), delta, "one", synced, func(kind string, done, total int) {
		got = append(got, fmt.Sprintf("%s %d/%d", kind, done, total))
	})
	want := []string{"products 10048/20010", "products 20010/20010", "customers 2001/2001"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestACancelledApplyChangesNothing(t *testing.T) {
	replica := openTestReplica(t, filepath.Join(t.TempDir(), "replica.sqlite"))
	if err := replica.Apply(t.Context(), catalogtest.Large(catalogtest.Size{Products: 10}), "one", synced, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := replica.Apply(ctx, catalogtest.Large(catalogtest.Size{Products: 30_000}), "two", synced, func(string, int, int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	snapshot, cursor, _, err := replica.Load(t.Context())
	if err != nil || cursor != "one" || snapshot.Counts().Products != 10 {
		t.Errorf("after the cancelled change: %q %v", cursor, err)
	}
}

func TestManyOpenANewReplicaAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "replica.sqlite")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			r, err := OpenReplica(path)
			if err != nil {
				t.Error(err)
				return
			}
			r.Close()
		})
	}
	wait.Wait()
}

// TestAKilledApplyLeavesTheOldReplica runs itself as a child that applies a large
// change, and kills it in the middle.
func TestAKilledApplyLeavesTheOldReplica(t *testing.T) {
	const variable = "QUOTEWRIGHT_TEST_REPLICA"
	if path := os.Getenv(variable); path != "" {
		applyUntilKilled(path)
	}
	path := filepath.Join(t.TempDir(), "replica.sqlite")
	old := catalogtest.Large(catalogtest.Size{Products: 100, Conditions: 500})
	first := openTestReplica(t, path)
	if err := first.Apply(t.Context(), old, "old", synced, nil); err != nil {
		t.Fatal(err)
	}
	first.Close()

	child := exec.Command(os.Args[0], "-test.run=^TestAKilledApplyLeavesTheOldReplica$")
	child.Env = append(os.Environ(), variable+"="+path)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	killed := child.Process.Kill()
	child.Wait()
	if err != nil || killed != nil || !strings.HasPrefix(line, "conditions ") {
		t.Fatalf("the child wrote %q: %v, %v", line, err, killed)
	}

	replica := openTestReplica(t, path)
	got, cursor, _, err := replica.Load(t.Context())
	if err != nil || cursor != "old" {
		t.Fatalf("after the kill: %q %v", cursor, err)
	}
	want := catalog.NewSnapshot(catalog.VersionOf("old"), old)
	if diff := cmp.Diff(want.Records(), got.Records(), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if err := replica.Apply(t.Context(), old, "again", synced, nil); err != nil {
		t.Errorf("the replica takes no changes any more: %v", err)
	}
}

// applyUntilKilled says so as soon as the products of a change are replaced and the
// first of its conditions are written, and then waits.
func applyUntilKilled(path string) {
	replica, err := OpenReplica(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	large := catalogtest.Large(catalogtest.Size{Products: 20_000, Conditions: 40_000})
	err = replica.Apply(context.Background(), large, "new", synced, func(kind string, done, _ int) {
		if kind == "conditions" {
			fmt.Println(kind, done)
			select {}
		}
	})
	fmt.Println("applied", err)
	os.Exit(1)
}
