package formula

import (
	"sort"

	"quotewright/internal/fault"
)

// Source is the text of a formula and the place of its first character.
type Source struct {
	Text string
	At   fault.Position
	// Layout is the place of the other characters, where they do not simply follow
	// the first one; nil: they do.
	Layout *Layout
}

// position returns the place of the character at a rune offset.
func (s Source) position(offset int) fault.Position {
	if s.Layout != nil {
		return s.Layout.position(offset, s.At)
	}
	at, column, i := s.At, 0, 0
	for _, r := range s.Text {
		if i == offset {
			break
		}
		i++
		column++
		if r == '\n' {
			at.Line++
			at.Column, column = 0, 0
		}
	}
	return at.Right(column)
}

// part returns the source of a piece of the text that starts at a rune offset.
func (s Source) part(offset int, text string) Source {
	p := Source{Text: text, At: s.position(offset)}
	if s.Layout != nil {
		p.Layout = &Layout{pieces: s.Layout.pieces, skipped: s.Layout.skipped + offset}
	}
	return p
}

// Layout says where the characters of a text stand in a file that writes it with
// escapes or over several lines. It is built once and then only read.
type Layout struct {
	pieces  []piece // by offset
	skipped int
}

// piece is a run of characters that follow each other on a line.
type piece struct{ offset, line, column int }

// Place says that the characters from a rune offset on follow each other from a line
// and column, up to the next offset that is placed. Offsets must grow.
func (l *Layout) Place(offset, line, column int) {
	l.pieces = append(l.pieces, piece{offset, line, column})
}

func (l *Layout) position(offset int, start fault.Position) fault.Position {
	offset += l.skipped
	i := sort.Search(len(l.pieces), func(i int) bool { return l.pieces[i].offset > offset }) - 1
	if i < 0 {
		return start
	}
	p := l.pieces[i]
	return fault.Position{File: start.File, Line: p.line, Column: p.column + offset - p.offset}
}
