package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"quotewright/catalog"
	"quotewright/erp"
	"quotewright/internal/fault"
	"quotewright/internal/store"
)

// Replica holds the Snapshot in use and keeps it like the ERP. What was read is stored
// before it is used, so a restart prices with the same catalog at once, whether the ERP
// answers or not.
type Replica struct {
	Store      *store.Replica
	Connector  erp.Connector
	Every      time.Duration // pause between two looks
	StaleAfter time.Duration // age from which a rep is warned
	Now        func() time.Time
	Log        *slog.Logger

	mu      sync.Mutex // one sync at a time
	cursor  string     // guarded by mu
	current atomic.Pointer[ReplicaStatus]
}

// ReplicaStatus is the catalog in use.
type ReplicaStatus struct {
	Snapshot *catalog.Snapshot
	SyncedAt time.Time // when the ERP was last asked with success; zero: never
	Problem  string    // why the last look failed; "" after success
}

// Progress is told how many records of a kind are stored. It may be nil.
type Progress func(kind string, done, total int)

var noCatalog = catalog.NewSnapshot("none", catalog.Delta{})

// Status returns the catalog in use. There always is one; before the first sync it is
// empty.
func (r *Replica) Status() ReplicaStatus {
	if status := r.current.Load(); status != nil {
		return *status
	}
	return ReplicaStatus{Snapshot: noCatalog}
}

// Snapshot returns the catalog in use.
func (r *Replica) Snapshot() *catalog.Snapshot { return r.Status().Snapshot }

// Age returns how long ago the ERP was last asked with success, 0 when it never was.
func (r *Replica) Age() time.Duration {
	at := r.Status().SyncedAt
	if at.IsZero() {
		return 0
	}
	return r.Now().Sub(at)
}

// Stale reports whether the catalog is older than it should be, or was never there.
func (r *Replica) Stale() bool { return r.Status().SyncedAt.IsZero() || r.Age() > r.StaleAfter }

// Start loads the stored catalog. A replica that was never filled is no error.
func (r *Replica) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	snapshot, cursor, at, err := r.Store.Load(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r.cursor = cursor
	r.current.Store(&ReplicaStatus{Snapshot: snapshot, SyncedAt: at})
	return nil
}

// Sync asks the ERP for changes once, stores and uses them. With full it asks for
// everything. On failure the catalog stays as it was.
func (r *Replica) Sync(ctx context.Context, full bool, progress Progress) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	next, err := r.sync(ctx, full, progress)
	if err != nil {
		next = r.Status()
		next.Problem = describeError(err).summary()
	}
	r.current.Store(&next)
	return err
}

func (r *Replica) sync(ctx context.Context, full bool, progress Progress) (ReplicaStatus, error) {
	cursor := r.cursor
	if full {
		cursor = ""
	}
	delta, next, err := r.Connector.Changes(ctx, cursor)
	if err != nil {
		return ReplicaStatus{}, fmt.Errorf("read changes from the ERP: %w", err)
	}
	status := ReplicaStatus{Snapshot: r.Snapshot(), SyncedAt: r.Now()}
	if next == r.cursor && !full {
		return status, r.Store.Touch(ctx, status.SyncedAt)
	}
	if err := r.Store.Apply(ctx, delta, next, status.SyncedAt, progress); err != nil {
		return ReplicaStatus{}, err
	}
	r.cursor = next
	status.Snapshot = status.Snapshot.Apply(catalog.VersionOf(next), delta)
	r.Log.InfoContext(ctx, "catalog in use", "version", status.Snapshot.Version())
	return status, nil
}

// Run syncs at once and then again after every pause, until ctx ends.
func (r *Replica) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		before := r.Status().Problem
		if err := r.Sync(ctx, false, nil); err != nil && ctx.Err() == nil && r.Status().Problem != before {
			r.Log.ErrorContext(ctx, "catalog sync failed, the catalog stays as it was", "error", err)
		}
		timer.Reset(r.Every)
	}
}
