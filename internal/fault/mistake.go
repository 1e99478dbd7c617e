package fault

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file people edit. Line and Column count from 1; 0 means
// not known. Columns count characters, not bytes.
type Position struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String prints file:line:col, leaving out what is not known.
func (p Position) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
		if p.Column > 0 {
			s += fmt.Sprintf(":%d", p.Column)
		}
	}
	return s
}

// Right returns the position n characters further on the same line.
func (p Position) Right(n int) Position {
	if p.Column > 0 {
		p.Column += n
	}
	return p
}

// Severity tells a mistake that stops from one that only warns.
type Severity string

// The severities. The zero value is an error.
const (
	SeverityError   Severity = ""
	SeverityWarning Severity = "warning"
)

// Mistake is one thing that is wrong at one place of a file.
type Mistake struct {
	Position
	Severity Severity `json:"severity,omitempty"`
	Code     string   `json:"code,omitempty"`
	Text     string   `json:"text"`
}

// String prints `file:line:col: text`, the form of FORMATS section 4.
func (m Mistake) String() string {
	text := m.Text
	if m.Severity == SeverityWarning {
		text = "warning: " + text
	}
	if p := m.Position.String(); p != "" {
		return p + ": " + text
	}
	return text
}

// Mistakes collects every mistake of one pass. It is an error when it is not empty;
// use Err to get nil for none.
type Mistakes []Mistake

// Add appends a mistake.
func (ms *Mistakes) Add(at Position, format string, args ...any) {
	*ms = append(*ms, Mistake{Position: at, Text: fmt.Sprintf(format, args...)})
}

// Warn appends a warning.
func (ms *Mistakes) Warn(at Position, format string, args ...any) {
	*ms = append(*ms, Mistake{Position: at, Severity: SeverityWarning, Text: fmt.Sprintf(format, args...)})
}

// Sort orders the mistakes by file, line and column and drops exact repeats.
func (ms Mistakes) Sort() Mistakes {
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(ms)
}

// Errors returns the mistakes that are not warnings.
func (ms Mistakes) Errors() Mistakes {
	var errs Mistakes
	for _, m := range ms {
		if m.Severity == SeverityError {
			errs = append(errs, m)
		}
	}
	return errs
}

// Err returns nil when there is no error among the mistakes, else all of them, sorted.
func (ms Mistakes) Err() error {
	if len(ms.Errors()) == 0 {
		return nil
	}
	return ms.Sort()
}

// Error prints one mistake a line.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}
