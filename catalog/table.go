package catalog

import (
	"cmp"
	"slices"
	"sort"
)

// record is what all kinds of records have in common.
type record interface{ Key() string }

// kind says how the records of one kind are looked up and ordered.
type kind[R record] struct {
	group  func(buf []byte, r *R) []byte // appends what records are looked up by
	order  func(a, b *R) int             // within a group
	sorted bool                          // the groups are in the order of the keys
}

// table holds the records of one kind, those of a group next to each other. It never
// changes.
type table[R record] struct {
	rows  []R
	group map[string]int32 // index in spans
	spans []span
}

// span is a part of a table's rows.
type span struct{ from, to int32 }

// of returns the records of a group.
func (t table[R]) of(group string) []R {
	n, ok := t.group[group]
	return t.span(n, ok)
}

// ofBytes is of for a group in a buffer, without allocating.
func (t table[R]) ofBytes(group []byte) []R {
	n, ok := t.group[string(group)]
	return t.span(n, ok)
}

func (t table[R]) span(n int32, ok bool) []R {
	if !ok {
		return nil
	}
	s := t.spans[n]
	return t.rows[s.from:s.to:s.to]
}

// one returns the only record of a group, for kinds looked up by their key.
func (t table[R]) one(group string) (*R, bool) {
	n, ok := t.group[group]
	if !ok {
		return nil, false
	}
	return &t.rows[t.spans[n].from], true
}

// all returns every record, in the order of the keys.
func (t table[R]) all() Changes[R] {
	c := Changes[R]{Full: true, Upsert: slices.Clone(t.rows)}
	slices.SortFunc(c.Upsert, func(a, b R) int { return cmp.Compare(a.Key(), b.Key()) })
	return c
}

// apply returns the table after the changes: itself when there are none.
func (t table[R]) apply(k kind[R], c Changes[R]) table[R] {
	if c.Empty() {
		return t
	}
	return newTable(k, t.merge(c))
}

// merge returns the records after the changes; of several with one key the last stays.
func (t table[R]) merge(c Changes[R]) []R {
	last := make(map[string]int, len(c.Upsert)+len(c.Delete))
	for _, key := range c.Delete {
		last[key] = -1
	}
	for i := range c.Upsert {
		last[c.Upsert[i].Key()] = i
	}
	rows := make([]R, 0, len(t.rows)+len(c.Upsert))
	if !c.Full {
		for i := range t.rows {
			if _, changed := last[t.rows[i].Key()]; !changed {
				rows = append(rows, t.rows[i])
			}
		}
	}
	for i := range c.Upsert {
		if last[c.Upsert[i].Key()] == i {
			rows = append(rows, c.Upsert[i])
		}
	}
	return rows
}

// newTable groups rows in one pass that counts and one that places them. Groups are
// in the order in which they first appear.
func newTable[R record](k kind[R], rows []R) table[R] {
	if k.sorted {
		sortRows(rows, k.order)
	}
	t := table[R]{rows: make([]R, len(rows)), group: make(map[string]int32, len(rows)/2)}
	groupOf := make([]int32, len(rows))
	var buf []byte
	for i := range rows {
		buf = k.group(buf[:0], &rows[i])
		n, ok := t.group[string(buf)]
		if !ok {
			n = int32(len(t.spans))
			t.group[string(buf)] = n
			t.spans = append(t.spans, span{})
		}
		groupOf[i] = n
		t.spans[n].to++
	}
	next := int32(0)
	for n := range t.spans {
		size := t.spans[n].to
		t.spans[n] = span{next, next}
		next += size
	}
	for i := range rows {
		s := &t.spans[groupOf[i]]
		t.rows[s.to] = rows[i]
		s.to++
	}
	for _, s := range t.spans {
		sortRows(t.rows[s.from:s.to], k.order)
	}
	return t
}

// sortRows orders rows by reference: records are large. They mostly come in order.
func sortRows[R any](rows []R, order func(a, b *R) int) {
	for i := 1; i < len(rows); i++ {
		if order(&rows[i-1], &rows[i]) > 0 {
			sort.Slice(rows, func(i, j int) bool { return order(&rows[i], &rows[j]) < 0 })
			return
		}
	}
}
