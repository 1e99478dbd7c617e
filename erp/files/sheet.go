package files

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"quotewright/internal/fault"
)

// sheet reads the rows of one CSV file and knows the place of every cell.
type sheet struct {
	name   string
	rows   *csv.Reader
	header []string
	fields []string // of the row at hand
}

// newSheet skips a byte order mark and finds the separator.
func newSheet(name string, c *content) *sheet {
	if mark, _ := c.Peek(3); string(mark) == "\uFEFF" {
		c.Discard(3)
	}
	s := &sheet{name: name, rows: csv.NewReader(c.Reader)}
	s.rows.Comma = separator(c)
	s.rows.FieldsPerRecord = -1
	s.rows.ReuseRecord = true
	return s
}

// separator is what the header has most of: names of columns hold none of the three.
func separator(c *content) rune {
	start, _ := c.Peek(c.Size())
	header, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := ',', 0
	for _, candidate := range []rune{',', ';', '\t'} {
		if n := bytes.Count(header, []byte(string(candidate))); n > most {
			best, most = candidate, n
		}
	}
	return best
}

// next reads the next row. ok is false for a row that is not CSV, which is reported;
// the error is io.EOF at the end.
func (s *sheet) next(mistakes *report) (ok bool, err error) {
	s.fields, err = s.rows.Read()
	if syntax := (*csv.ParseError)(nil); errors.As(err, &syntax) {
		at := fault.Position{File: s.name, Line: syntax.Line, Column: syntax.Column}
		if syntax.StartLine != syntax.Line {
			mistakes.add(at, "%s in the row that starts at line %d", syntax.Err, syntax.StartLine)
		} else {
			at.Column -= s.wideBytes(len(s.fields))
			mistakes.add(at, "%s", syntax.Err)
		}
		return false, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err, s.name)
	}
	return err == nil, err
}

// empty reports whether the row has separators only, as spreadsheets like to leave.
func (s *sheet) empty() bool {
	for _, field := range s.fields {
		if strings.TrimSpace(field) != "" {
			return false
		}
	}
	return true
}

// line is where the row at hand starts.
func (s *sheet) line() int {
	line, _ := s.rows.FieldPos(0)
	return line
}

// at is the place of a cell of the row at hand.
func (s *sheet) at(i int) fault.Position {
	line, column := s.rows.FieldPos(i)
	return fault.Position{File: s.name, Line: line, Column: column - s.wideBytes(i)}
}

// wideBytes returns how many bytes more than characters stand before cell i on its line.
func (s *sheet) wideBytes(i int) int {
	wide := 0
	for i--; i >= 0; i-- {
		text := s.fields[i]
		lastLine := strings.LastIndexByte(text, '\n') + 1
		wide += len(text) - lastLine - utf8.RuneCountInString(text[lastLine:])
		if lastLine > 0 {
			break
		}
	}
	return wide
}
