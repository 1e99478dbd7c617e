package files

import (
	"errors"
	"io"

	"quotewright/catalog"
	"quotewright/internal/fault"
)

// source is one kind of file, whatever records it holds.
type source interface {
	base() string
	read(l *loader, name string) (hash string, err error)
	full(d *catalog.Delta)   // marks its kind as complete
	forget(d *catalog.Delta) // takes its kind out
}

// sources are the files in the order in which they are read: what others refer to
// comes first.
var sources = []source{
	productFile, unitFile, customerFile, conditionFile, bomFile, contactFile, addressFile,
	stockFile, rateFile, partFile, orderFile, orderLineFile, invoiceFile,
}

// file declares a kind of file: its columns and what to do with its rows.
type file[R interface{ Key() string }] struct {
	name    string
	key     []string // the columns that identify a row
	above   string   // the column that names another row of this file, and so on up: never the row itself
	columns []column[R]
	blank   R // what a row is before its columns are set
	kind    func(d *catalog.Delta) *catalog.Changes[R]
	check   func(r *R, w *row) // what no single column can tell; may be nil
}

func (f *file[R]) base() string { return f.name }

func (f *file[R]) full(d *catalog.Delta) { f.kind(d).Full = true }

func (f *file[R]) forget(d *catalog.Delta) { *f.kind(d) = catalog.Changes[R]{} }

// read reads the file of this name into the loader's Delta and returns the hash of
// its content.
func (f *file[R]) read(l *loader, name string) (string, error) {
	c, err := openContent(l.fsys, name)
	if err != nil {
		return "", err
	}
	defer c.file.Close()
	if mark, _ := c.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		l.mistakes.add(fault.Position{File: name}, "is UTF-16: save it as UTF-8")
	} else if err := f.readRows(l, newSheet(name, c)); err != nil {
		return "", err
	}
	return c.finish()
}

func (f *file[R]) readRows(l *loader, s *sheet) error {
	switch ok, err := s.next(&l.mistakes); {
	case errors.Is(err, io.EOF):
		l.mistakes.add(fault.Position{File: s.name}, "is empty: the first row must name the columns")
		return nil
	case err != nil || !ok:
		return err
	}
	r := reader[R]{file: f, places: columnsOf(f.columns, s, &l.mistakes), width: len(s.fields),
		row: row{loader: l, sheet: s, index: map[string]int{}}}
	for _, p := range r.places {
		r.row.index[p.name] = p.index
	}
	r.begin()
	for rows := 0; ; rows++ {
		if rows%progressRows == 0 {
			if err := l.reached(s.name, rows); err != nil {
				return err
			}
		}
		ok, err := s.next(&l.mistakes)
		if errors.Is(err, io.EOF) {
			r.end()
			return l.reached(s.name, rows)
		}
		if err != nil {
			return err
		}
		if ok && !s.empty() {
			r.take()
		}
	}
}
