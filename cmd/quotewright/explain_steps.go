package main

import (
	"cmp"
	"strings"

	"quotewright/pricing"
	"quotewright/quote"
)

// mostReasons is how many reasons of one step are printed.
const mostReasons = 5

// pageWidth is what fits beside each other, in columns.
const pageWidth = 120

// steps writes the waterfall: what each step did, of what and from where; then what did
// not count, and why.
func (p *page) steps(steps []quote.Step) {
	var applied, not table
	for i := range steps {
		s := &steps[i]
		name := cmp.Or(s.Title, s.ID)
		if s.Statistical {
			name = "(" + name + ")"
		}
		if s.Verdict == pricing.Applied || s.Verdict == "" {
			taken := amount(s.Amount)
			if s.Kind == "subtotal" {
				taken = ""
			}
			applied.row("  "+name, taken, amount(s.Running), how(s))
		}
		p.reasons(&not, "    "+name, s)
	}
	applied.write(p, 1, 2)
	if len(not.rows) > 0 {
		p.print("  did not count")
		not.wrap(pageWidth)
		not.write(p)
	}
}

// how says what an amount was computed from, and where that is written.
func how(s *quote.Step) string {
	var parts []string
	if s.Rate != nil {
		text := s.Rate.String() + " %"
		if s.Basis != nil {
			text += " of " + s.Basis.String()
		}
		parts = append(parts, text)
	}
	if s.Note != "" {
		parts = append(parts, s.Note)
	}
	if s.Source != nil && s.Source.Record != "" {
		parts = append(parts, s.Source.Record)
	}
	if s.Allocate == "none" {
		parts = append(parts, "not spread over the lines")
	}
	return strings.TrimSpace(strings.Join(parts, ", ") + at(s.Source))
}

// reasons adds why things did not count, each in a row; the step is named in the first.
func (p *page) reasons(rows *table, name string, s *quote.Step) {
	var texts table
	for _, lost := range s.Lost {
		text := lost.Reason
		if lost.ID != s.ID {
			text = lost.ID + ": " + text
		}
		texts.row(text)
	}
	if len(texts.rows) == 0 && (s.Verdict == pricing.NotApplicable || s.Verdict == pricing.NotKept) {
		texts.row(cmp.Or(s.Note, "nothing applies"))
	}
	p.cut(&texts, mostReasons, "reasons")
	for _, row := range texts.rows {
		rows.row(name, row[0])
		name = ""
	}
}

// cut shortens a list, and says so.
func (p *page) cut(rows *table, most int, what string) {
	if p.all || len(rows.rows) <= most {
		return
	}
	left := len(rows.rows) - most
	rows.rows = rows.rows[:most]
	first := "… and "
	for _, r := range rows.rows[0][0] {
		if r != ' ' {
			break
		}
		first = " " + first
	}
	rows.text(first+"%d more %s; --all shows them", left, what)
}
