package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // the SQLite driver
	"github.com/pressly/goose/v3"

	"quotewright/catalog"
	"quotewright/internal/fault"
)

//go:embed migrations/replica/*.sql
var replicaMigrations embed.FS

// replicaReaders is how many loads may run at once, beside the one writer.
const replicaReaders = 4

// Replica is the durable copy of the ERP's catalog, a database of its own beside the
// quotes. A restart reads it and quotes at once, whether the ERP answers or not.
//
// A change is applied whole or not at all, in one transaction: a process killed in the
// middle leaves the catalog as it was before, and the connector's cursor with it, so
// that the next sync asks for the same changes again. Applying a change twice is the
// same as once.
type Replica struct {
	writer  *sql.DB
	readers *sql.DB
}

// OpenReplica opens the replica in a file, which it makes when there is none, and
// brings its tables up to date. Several processes may open it at once: one migrates,
// the others wait.
func OpenReplica(path string) (*Replica, error) {
	r, err := openReplica(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "replica_unavailable", "the catalog replica %s cannot be opened", path)
	}
	return r, nil
}

func openReplica(path string) (*Replica, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}
	// A replica that a power failure takes back by a sync is synced again: NORMAL will do.
	file.RawQuery = "_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=10000&_txlock=immediate"
	lock, err := lockFile(filepath.Join(filepath.Dir(absolute), "startup.lock"), true)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	writer, err := sql.Open("sqlite3", file.String())
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := migrateReplica(writer); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	file.RawQuery = "_busy_timeout=10000&_query_only=true"
	readers, err := sql.Open("sqlite3", file.String())
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	readers.SetMaxOpenConns(replicaReaders)
	return &Replica{writer: writer, readers: readers}, nil
}

func migrateReplica(db *sql.DB) error {
	// The log of a large load would keep its size on disk for ever.
	if _, err := db.Exec(`PRAGMA journal_size_limit = 67108864`); err != nil {
		return err
	}
	migrations, err := fs.Sub(replicaMigrations, "migrations/replica")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return err
	}
	_, err = provider.Up(context.Background())
	return err
}

// Close closes the replica.
func (r *Replica) Close() error { return errors.Join(r.readers.Close(), r.writer.Close()) }

// Load reads the whole catalog, the cursor it stands for, and when it was last known
// to be what the ERP has. A replica that was never filled is fault.NotFound.
func (r *Replica) Load(ctx context.Context) (*catalog.Snapshot, string, time.Time, error) {
	fail := func(err error) (*catalog.Snapshot, string, time.Time, error) {
		return nil, "", time.Time{}, fmt.Errorf("load the catalog replica: %w", err)
	}
	// One transaction sees one state, however many changes are applied meanwhile.
	tx, err := r.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback()

	var cursor string
	var micros int64
	err = tx.QueryRowContext(ctx, `SELECT cursor, synced_at FROM replica`).Scan(&cursor, &micros)
	if errors.Is(err, sql.ErrNoRows) {
		return fail(errNoCatalog())
	}
	if err != nil {
		return fail(err)
	}
	var delta catalog.Delta
	for _, t := range replicaTables {
		if err := t.read(ctx, tx, &delta); err != nil {
			return fail(err)
		}
	}
	snapshot := catalog.NewSnapshot(catalog.VersionOf(cursor), delta)
	return snapshot, cursor, time.UnixMicro(micros).UTC(), nil
}

func errNoCatalog() error {
	return fault.New(fault.NotFound, "no_catalog", "the catalog was never loaded from the ERP")
}

// Apply writes a change, and the cursor that it leads to, in one transaction. progress,
// unless nil, is told how many records of a kind are written.
func (r *Replica) Apply(ctx context.Context, delta catalog.Delta, cursor string, at time.Time, progress func(kind string, done, total int)) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	err := r.apply(ctx, delta, cursor, at, progress)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil: // what the driver says about its closed statements is no cause
		err = context.Cause(ctx)
	}
	return fmt.Errorf("apply a catalog change: %w", err)
}

func (r *Replica) apply(ctx context.Context, delta catalog.Delta, cursor string, at time.Time, progress func(kind string, done, total int)) error {
	tx, err := r.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, t := range replicaTables {
		if err := t.write(ctx, tx, &delta, progress); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, sqlite(`INSERT INTO replica (id, cursor, synced_at) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET cursor = excluded.cursor, synced_at = excluded.synced_at`), cursor, at.UnixMicro())
	if err != nil {
		return err
	}
	return tx.Commit()
}

// Touch notes that a sync found nothing new. A replica that was never filled is
// fault.NotFound.
func (r *Replica) Touch(ctx context.Context, at time.Time) error {
	result, err := r.writer.ExecContext(ctx, sqlite(`UPDATE replica SET synced_at = $1`), at.UnixMicro())
	if err != nil {
		return fmt.Errorf("touch the catalog replica: %w", err)
	}
	if n, err := result.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("touch the catalog replica: %w", errNoCatalog())
	}
	return nil
}
