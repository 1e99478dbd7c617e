package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"quotewright/catalog"
)

// replicaTable is the table of one kind of record, whichever that is.
type replicaTable interface {
	write(ctx context.Context, tx *sql.Tx, d *catalog.Delta, progress func(kind string, done, total int)) error
	read(ctx context.Context, tx *sql.Tx, d *catalog.Delta) error
}

// tableOf declares the table of one kind of record. Its first columns are its key, in
// the order of the parts of the record's Key.
type tableOf[R interface{ Key() string }] struct {
	name    string
	key     int // number of columns
	columns []columnOf[R]
	kind    func(d *catalog.Delta) *catalog.Changes[R]
}

// columnOf is a column and the field of the record that it holds, by reference.
type columnOf[R any] struct {
	name  string
	field func(r *R) any
}

// insertRows is how many rows go into one statement: a call into SQLite costs more than
// a row.
const insertRows = 64

// progressRows is how many rows are written between two reports of progress.
const progressRows = 10_000

// write applies the changes of this kind.
func (t *tableOf[R]) write(ctx context.Context, tx *sql.Tx, d *catalog.Delta, progress func(string, int, int)) error {
	changes := t.kind(d)
	if changes.Empty() {
		return nil
	}
	if changes.Full {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+t.name); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	} else if err := t.delete(ctx, tx, changes.Delete); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	report := func(done, total int) { progress(t.name, done, total) }
	if err := t.insert(ctx, tx, inKeyOrder(changes.Upsert), report); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	return nil
}

func (t *tableOf[R]) delete(ctx context.Context, tx *sql.Tx, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	var where []string
	for i, c := range t.columns[:t.key] {
		where = append(where, fmt.Sprintf("%s = $%d", c.name, i+1))
	}
	statement, err := tx.PrepareContext(ctx, sqlite(`DELETE FROM `+t.name+` WHERE `+strings.Join(where, ` AND `)))
	if err != nil {
		return err
	}
	defer statement.Close()
	for _, key := range keys {
		parts := strings.Split(key, catalog.KeySeparator)
		if len(parts) != t.key {
			return fmt.Errorf("key %q does not have %d parts", key, t.key)
		}
		args := make([]any, len(parts))
		for i, part := range parts {
			args[i] = part
		}
		if _, err := statement.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// insert adds records, or replaces those of the same key. Their keys must differ.
func (t *tableOf[R]) insert(ctx context.Context, tx *sql.Tx, records []*R, progress func(done, total int)) error {
	statement, err := tx.PrepareContext(ctx, t.insertSQL(insertRows))
	if err != nil {
		return err
	}
	defer statement.Close()
	args := make([]any, 0, insertRows*len(t.columns))
	for done := 0; done < len(records); {
		chunk := records[done:min(done+insertRows, len(records))]
		args = args[:0]
		for _, r := range chunk {
			for i := range t.columns {
				args = append(args, columnValue(t.columns[i].field(r)))
			}
		}
		if len(chunk) == insertRows {
			_, err = statement.ExecContext(ctx, args...)
		} else {
			_, err = tx.ExecContext(ctx, t.insertSQL(len(chunk)), args...)
		}
		if err != nil {
			return err
		}
		if before := done; before/progressRows != (before+len(chunk))/progressRows || before+len(chunk) == len(records) {
			progress(before+len(chunk), len(records))
		}
		done += len(chunk)
	}
	return nil
}

func (t *tableOf[R]) insertSQL(rows int) string {
	var names, values, updates []string
	for i, c := range t.columns {
		names = append(names, c.name)
		if i >= t.key {
			updates = append(updates, c.name+` = excluded.`+c.name)
		}
	}
	for row := range rows {
		var places []string
		for i := range t.columns {
			places = append(places, fmt.Sprintf("$%d", row*len(t.columns)+i+1))
		}
		values = append(values, `(`+strings.Join(places, `, `)+`)`)
	}
	return sqlite(fmt.Sprintf(`INSERT INTO %s (%s) VALUES %s ON CONFLICT (%s) DO UPDATE SET %s`, t.name,
		strings.Join(names, `, `), strings.Join(values, `, `), strings.Join(names[:t.key], `, `), strings.Join(updates, `, `)))
}

// inKeyOrder sorts records by key, which is the order of the table, and keeps the last
// of several with one key.
func inKeyOrder[R interface{ Key() string }](records []R) []*R {
	type keyed struct {
		key    string
		record *R
	}
	all := make([]keyed, len(records))
	for i := range records {
		all[i] = keyed{records[i].Key(), &records[i]}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	ordered := make([]*R, 0, len(all))
	for i := range all {
		if i+1 == len(all) || all[i].key != all[i+1].key {
			ordered = append(ordered, all[i].record)
		}
	}
	return ordered
}

// read reads all records of this kind.
func (t *tableOf[R]) read(ctx context.Context, tx *sql.Tx, d *catalog.Delta) error {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+strings.Join(names, `, `)+` FROM `+t.name)
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	defer rows.Close()
	values := make([]any, len(t.columns))
	targets := make([]any, len(t.columns))
	for i := range values {
		targets[i] = &values[i]
	}
	changes := t.kind(d)
	changes.Full = true
	known := newKnownValues()
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		var zero R
		changes.Upsert = append(changes.Upsert, zero)
		r := &changes.Upsert[len(changes.Upsert)-1]
		for i := range t.columns {
			if err := known.set(t.columns[i].field(r), values[i]); err != nil {
				return fmt.Errorf("%s.%s: %w", t.name, t.columns[i].name, err)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	return nil
}
