package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// table is text in columns. A row of a single cell goes across all of them.
type table struct{ rows [][]string }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) text(format string, args ...any) { t.row(fmt.Sprintf(format, args...)) }

// wrap breaks the last column of rows that are wider than a page, at spaces.
func (t *table) wrap(width int) {
	first := 0
	for _, row := range t.rows {
		if len(row) > 1 {
			first = max(first, runewidth.StringWidth(row[0]))
		}
	}
	var wrapped [][]string
	for _, row := range t.rows {
		for i, part := range broken(row[len(row)-1], max(width-first-len(columnGap), 40)) {
			if i == 0 {
				wrapped = append(wrapped, append(slices.Clone(row[:len(row)-1]), part))
			} else {
				wrapped = append(wrapped, []string{"", "  " + part})
			}
		}
	}
	t.rows = wrapped
}

// broken cuts a text into parts of at most so many columns, where its words allow it.
func broken(text string, width int) []string {
	var parts []string
	part := ""
	for word := range strings.SplitSeq(text, " ") {
		if part != "" && runewidth.StringWidth(part)+1+runewidth.StringWidth(word) > width {
			parts = append(parts, part)
			part = word
			continue
		}
		if part != "" {
			part += " "
		}
		part += word
	}
	return append(parts, part)
}

const columnGap = "  "

// write aligns the columns, those that are named to the right.
func (t *table) write(p *page, right ...int) {
	var widths []int
	for _, row := range t.rows {
		if len(row) == 1 {
			continue
		}
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString(columnGap)
			}
			if len(row) == 1 {
				line.WriteString(cell)
				continue
			}
			space := strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell))
			if slices.Contains(right, i) {
				cell, space = space, cell
			}
			line.WriteString(cell + space)
		}
		p.print("%s", line.String())
	}
}
