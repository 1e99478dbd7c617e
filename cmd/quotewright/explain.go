package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"quotewright/quote"
)

// spaceAtEnd is what columns leave behind empty cells.
var spaceAtEnd = regexp.MustCompile(` +\n`)

// explain writes an evaluation for people: what each line costs and why, step by step.
func explain(w io.Writer, e *quote.Evaluation) error {
	page := &strings.Builder{}
	for _, line := range e.Lines {
		explainLine(page, e.Currency, line)
	}
	if len(e.Steps) > 0 {
		fmt.Fprintln(page, "Whole quote")
		explainSteps(page, e.Steps)
		fmt.Fprintln(page)
	}
	explainTotals(page, e)
	for _, a := range e.Approvals {
		fmt.Fprintf(page, "needs approval %s by %s%s: %s\n", a.ID, strings.Join(a.Roles, ", "), onLines(a.Lines), a.Reason)
	}
	for _, m := range e.Messages {
		fmt.Fprintf(page, "%s %s%s: %s%s\n", m.Severity, m.Code, onLine(m.Line), m.Text, at(m.Source))
	}
	fmt.Fprintf(page, "rulebook %s, catalog %s, engine %s\n", e.Versions.Rulebook, e.Versions.Catalog, e.Versions.Engine)
	_, err := io.WriteString(w, spaceAtEnd.ReplaceAllString(page.String(), "\n"))
	return err
}

func onLine(id string) string {
	if id == "" {
		return ""
	}
	return " on line " + id
}

func onLines(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " for line " + strings.Join(ids, ", ")
}

func at(s *quote.Source) string {
	if text := where(s); text != "" {
		return " (" + text + ")"
	}
	return ""
}

// where writes the place in a rule file and the catalog record a value comes from.
func where(s *quote.Source) string {
	if s == nil {
		return ""
	}
	var parts []string
	if s.File != "" && s.Line > 0 {
		parts = append(parts, fmt.Sprintf("%s:%d", s.File, s.Line))
	} else if s.File != "" {
		parts = append(parts, s.File)
	}
	if s.Record != "" {
		parts = append(parts, s.Record)
	}
	return strings.Join(parts, " ")
}

func explainLine(w io.Writer, currency string, l quote.EvaluatedLine) {
	title := fmt.Sprintf("Line %s  %s %s  %s %s", l.ID, l.Quantity, l.Unit, l.SKU, l.Name)
	if l.PartNumber != "" && l.PartNumber != l.SKU {
		title += "  part " + l.PartNumber
	}
	if l.Optional {
		title += "  (optional)"
	}
	fmt.Fprintln(w, title)
	explainConfiguration(w, l.Configuration)
	explainSteps(w, l.Steps)
	if l.Net != nil {
		fmt.Fprintf(w, "  net %s %s, %s each", text(l.Net), currency, text(l.UnitPrice))
		if l.Margin != nil {
			fmt.Fprintf(w, "; cost %s, margin %s (%s %%)", text(l.Cost), text(l.Margin), text(l.MarginPercent))
		}
		fmt.Fprintln(w)
	}
	explainComponents(w, l.Components)
	if a := l.Availability; a != nil {
		fmt.Fprintf(w, "  deliverable %s, %d days lead time", a.Date, a.LeadTimeDays)
		if a.FromStock != "" {
			fmt.Fprintf(w, ", %s from stock", a.FromStock)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

func explainConfiguration(w io.Writer, c *quote.Configuration) {
	if c == nil {
		return
	}
	state := "incomplete"
	if c.Complete {
		state = "complete"
	}
	fmt.Fprintf(w, "  configuration, %s\n", state)
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, feature := range sortedKeys(c.Values) {
		v := c.Values[feature]
		by := string(v.By)
		if len(v.Because) > 0 {
			by += " because of " + strings.Join(v.Because, ", ")
		}
		fmt.Fprintf(columns, "    %s\t%s\t%s\n", feature, v.Value, by)
	}
	_ = columns.Flush()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// explainSteps writes the waterfall: what each step did, of what, from where, and what
// did not apply.
func explainSteps(w io.Writer, steps []quote.Step) {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range steps {
		title := s.Title
		if title == "" {
			title = s.ID
		}
		if s.Statistical {
			title = "(" + title + ")"
		}
		rate := ""
		if s.Rate != nil {
			rate = s.Rate.String() + " % of " + text(s.Basis)
		}
		fmt.Fprintf(columns, "  %s\t%s\t%s\t%s\t%s\n", title, text(s.Amount), text(s.Running), rate,
			strings.TrimSpace(where(s.Source)+" "+s.Note))
		for _, lost := range s.Lost {
			fmt.Fprintf(columns, "    not %s\t\t\t\t%s\n", lost.ID, lost.Reason)
		}
	}
	_ = columns.Flush()
}

// text prints a number that may be absent.
func text[N fmt.Stringer](n *N) string {
	if n == nil {
		return "-"
	}
	return (*n).String()
}

func explainComponents(w io.Writer, components []quote.Component) {
	if len(components) == 0 {
		return
	}
	fmt.Fprintln(w, "  components")
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range components {
		cost := ""
		if c.Cost != nil {
			cost = "cost " + c.Cost.String()
		}
		fmt.Fprintf(columns, "  %s%s\t%s\t%s\t%s %s\t%s\n", strings.Repeat("  ", c.Level), c.Position, c.SKU, c.Name, c.Quantity, c.Unit, cost)
	}
	_ = columns.Flush()
}

func explainTotals(w io.Writer, e *quote.Evaluation) {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	t := e.Totals
	for _, row := range []struct{ name, value, unit string }{
		{"list", text(t.List), e.Currency}, {"discount", text(t.Discount), e.Currency}, {"net", text(t.Net), e.Currency},
		{"tax", text(t.Tax), e.Currency}, {"gross", text(t.Gross), e.Currency},
		{"cost", text(t.Cost), e.Currency}, {"margin", text(t.Margin), e.Currency}, {"margin", text(t.MarginPercent), "%"},
	} {
		if row.value != "-" {
			fmt.Fprintf(columns, "Total %s\t%s\t %s\n", row.name, row.value, row.unit)
		}
	}
	_ = columns.Flush()
	fmt.Fprintln(w)
}
