package files

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/fault"
)

// row is the row at hand, as the check of its file sees it.
type row struct {
	loader *loader
	sheet  *sheet
	line   int
	number int // in the Delta, from 0
	index  map[string]int
	bad    bool
}

// at is the place of a column's cell, or of the row when the column is not there.
func (w *row) at(column string) fault.Position {
	if i, ok := w.index[column]; ok {
		return w.sheet.at(i)
	}
	return fault.Position{File: w.sheet.name, Line: w.line}
}

// fail reports a mistake of the row at a column.
func (w *row) fail(column, format string, args ...any) {
	w.bad = true
	w.loader.mistakes.add(w.at(column), format, args...)
}

// validity reports a validity that ends before it starts.
func (w *row) validity(from, to catalog.Date) {
	if !to.IsZero() && from.After(to) {
		w.fail("valid_from", "valid_from %s is after valid_to %s", from, to)
	}
}

// reader turns the rows of one sheet into records.
type reader[R interface{ Key() string }] struct {
	*file[R]
	places []place[R]
	width  int
	keyed  bool           // all columns of the key are there
	keys   map[string]int // key to line
	later  []reference    // to keys of this file
	row    row
}

// reference is a cell that must be the key of a row that may come later.
type reference struct {
	at   fault.Position
	text string // name of the column
	key  string
	from string // key of the row it is in
}

func (r *reader[R]) begin() {
	r.keyed = true
	for _, name := range r.key {
		if _, there := r.row.index[name]; !there && declaredAs(r.columns, name).need {
			r.keyed = false
		}
	}
	if r.keyed {
		r.keys = map[string]int{}
		r.row.loader.keys[r.name] = r.keys
	} else {
		delete(r.row.loader.keys, r.name) // nothing can be said about references
	}
}

// take reads the row at hand and adds its record, unless there are mistakes.
func (r *reader[R]) take() {
	w := &r.row
	w.line, w.bad = w.sheet.line(), false
	if got := len(w.sheet.fields); got != r.width {
		w.loader.mistakes.add(fault.Position{File: w.sheet.name, Line: w.line}, "the row has %d fields, the header has %d", got, r.width)
		if i := w.index[r.key[0]]; len(r.key) == 1 && r.keyed && i < got {
			r.keys[strings.TrimSpace(w.sheet.fields[i])] = w.line // so that references to it are no mistakes too
		}
		return
	}
	before := len(r.later)
	record, keyed := r.record()
	for i := range r.later[before:] {
		r.later[before+i].from = record.Key()
	}
	if keyed {
		r.checkKey(record.Key())
	}
	if !w.bad && r.check != nil {
		r.check(&record, w)
	}
	if changes := r.kind(&w.loader.delta); !w.bad {
		changes.Upsert = append(changes.Upsert, record)
		w.number++
	}
}

// record sets the columns of a record. keyed is false when a part of the key is missing.
func (r *reader[R]) record() (record R, keyed bool) {
	w := &r.row
	record, keyed = r.blank, r.keyed
	c := cell{sheet: w.sheet, loader: w.loader}
	for i := range r.places {
		p := &r.places[i]
		c.text, c.column, c.index, c.bad = strings.TrimSpace(w.sheet.fields[p.index]), p.name, p.index, false
		if c.text == "" {
			if p.need {
				c.fail("is empty")
				keyed = keyed && !slices.Contains(r.key, p.name)
			}
		} else if problem := unclean(c.text); problem != "" {
			c.fail("%s", problem)
		} else {
			p.set(&record, &c)
			if p.refers != "" {
				r.refer(p.refers, &c)
			}
		}
		w.bad = w.bad || c.bad
	}
	return record, keyed
}

// refer checks that a cell is a key of another file, or later, of this one.
func (r *reader[R]) refer(to string, c *cell) {
	if to == r.name {
		r.later = append(r.later, reference{at: c.sheet.at(c.index), text: c.column, key: c.text})
		return
	}
	keys, read := c.loader.keys[to]
	if _, known := keys[c.text]; read && !known {
		c.fail("%q is not in %s", clip(c.text), to)
	}
}

func (r *reader[R]) end() {
	for _, ref := range r.later {
		if _, known := r.keys[ref.key]; r.keyed && !known {
			r.row.loader.mistakes.add(ref.at, "%s: %q is not in %s", ref.text, clip(ref.key), r.name)
		}
	}
	r.circles()
}

// circles reports rows that are above themselves, once for each circle.
func (r *reader[R]) circles() {
	up := map[string]reference{}
	for _, ref := range r.later {
		if ref.text == r.above {
			up[ref.from] = ref
		}
	}
	done := map[string]bool{}
	for _, ref := range r.later {
		var way []string
		key := ref.from
		for ; up[key].key != "" && !done[key]; key = up[key].key {
			done[key] = true
			way = append(way, key)
		}
		if start := slices.Index(way, key); start >= 0 {
			r.row.loader.mistakes.add(up[key].at, "%s: %s is above itself: %s", r.above, clip(key), circle(way[start:]))
		}
	}
}

// circle writes a way that leads back to its start, the long ones in part.
func circle(way []string) string {
	const most = 5
	var text []string
	for _, key := range way[:min(most, len(way))] {
		text = append(text, clip(key))
	}
	if len(way) > most {
		text = append(text, "…")
	}
	return strings.Join(append(text, clip(way[0])), " is under ")
}

// checkKey remembers the row's key and reports one that is there already.
func (r *reader[R]) checkKey(key string) {
	w := &r.row
	first, twice := r.keys[key]
	if !twice {
		r.keys[key] = w.line
		return
	}
	var parts []string
	for _, name := range r.key {
		value := ""
		if i, there := w.index[name]; there {
			value = strings.TrimSpace(w.sheet.fields[i])
		}
		parts = append(parts, fmt.Sprintf("%s %q", name, clip(value)))
	}
	w.fail(r.key[0], "%s is in line %d already", strings.Join(parts, ", "), first)
}
