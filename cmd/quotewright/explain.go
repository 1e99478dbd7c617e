package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"quotewright/quote"
)

// page is an evaluation written for people: what each line costs and why, step by step,
// and what did not count.
type page struct {
	strings.Builder
	currency string
	all      bool // whatever there is, however long
}

// explain writes the page of an evaluation.
func explain(w io.Writer, e *quote.Evaluation, all bool) error {
	p := &page{currency: e.Currency, all: all}
	for i := range e.Lines {
		p.line(&e.Lines[i])
	}
	if len(e.Steps) > 0 {
		p.print("Whole quote")
		p.steps(e.Steps)
		p.print("")
	}
	p.extras(e)
	p.totals(&e.Totals)
	for _, a := range e.Approvals {
		p.print("needs approval %s by %s%s: %s", a.ID, strings.Join(a.Roles, ", "), onLines(a.Lines), a.Reason)
	}
	for _, m := range e.Messages {
		p.print("%s %s%s: %s%s", m.Severity, m.Code, onLine(m.Line), m.Text, at(m.Source))
	}
	p.print("rulebook %s, catalog %s, engine %s", e.Versions.Rulebook, e.Versions.Catalog, e.Versions.Engine)
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *page) print(format string, args ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	p.WriteByte('\n')
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

// where is the place in a rule file.
func where(s *quote.Source) string {
	switch {
	case s == nil:
		return ""
	case s.File != "" && s.Line > 0:
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	}
	return s.File
}

func (p *page) line(l *quote.EvaluatedLine) {
	p.print("%s", title(l))
	p.configuration(l.Configuration)
	p.steps(l.Steps)
	p.figures(l)
	p.guidance(l)
	p.recurring(l.Recurring)
	p.components(l.Components)
	if a := l.Availability; a != nil {
		text := fmt.Sprintf("  deliverable %s, %d days lead time", a.Date, a.LeadTimeDays)
		if a.FromStock != "" {
			text += ", " + a.FromStock + " from stock"
		}
		if a.Late {
			text += ", later than requested"
		}
		p.print("%s", text)
	}
	p.print("")
}

func title(l *quote.EvaluatedLine) string {
	text := fmt.Sprintf("Line %s  %s %s  %s %s", l.ID, l.Quantity, l.Unit, l.SKU, l.Name)
	if l.Alias != "" {
		text += "  asked for as " + l.Alias
	}
	if l.PartNumber != "" && l.PartNumber != l.SKU {
		text += "  part " + l.PartNumber
	}
	for _, mark := range []struct {
		on   bool
		text string
	}{{returned(l), "return"}, {l.Optional, "optional, not in the totals"}, {l.Refused, "refused, not in the totals"}} {
		if mark.on {
			text += "  (" + mark.text + ")"
		}
	}
	return text
}

func returned(l *quote.EvaluatedLine) bool { return strings.HasPrefix(l.Quantity, "-") }

func (p *page) figures(l *quote.EvaluatedLine) {
	if l.Net == nil {
		return
	}
	text := fmt.Sprintf("  net %s %s, %s each", amount(l.Net), p.currency, amount(l.UnitPrice))
	if l.Margin != nil {
		text += fmt.Sprintf("; cost %s, margin %s", amount(l.Cost), amount(l.Margin))
		if l.MarginPercent != nil {
			text += fmt.Sprintf(" (%s %%)", l.MarginPercent)
		}
	}
	p.print("%s", text)
}

// positions says in words where a net stands.
var positions = map[string]string{"below_floor": "the net is below the floor", "below_target": "the net is at or above the floor and below the target",
	"below_stretch": "the net is at or above the target and below the stretch price", "above": "the net is at or above all of them"}

func (p *page) guidance(l *quote.EvaluatedLine) {
	g := l.Guidance
	if g == nil || returned(l) {
		return
	}
	var parts []string
	for _, bound := range []struct {
		name  string
		value fmt.Stringer
		there bool
	}{{"floor", g.Floor, g.Floor != nil}, {"target", g.Target, g.Target != nil}, {"stretch", g.Stretch, g.Stretch != nil}} {
		if bound.there {
			parts = append(parts, bound.name+" "+bound.value.String())
		}
	}
	p.print("  guidance: %s; %s", strings.Join(parts, ", "), cmp.Or(positions[g.Position], g.Position))
}

// mostCharges is how many charges of a schedule are printed: a year of months.
const mostCharges = 12

func (p *page) recurring(r *quote.Recurring) {
	if r == nil {
		return
	}
	p.print("  every %s %s %s, from %s to %s; %s a year", r.Period, amount(r.PerPeriod), p.currency, r.Start, r.End, amount(r.Annual))
	var rows table
	for i := 0; i < len(r.Charges); {
		// Charges that are the same one after the other are one row.
		same := i + 1
		for same < len(r.Charges) && amount(r.Charges[same].Amount) == amount(r.Charges[i].Amount) {
			same++
		}
		times := ""
		if same-i > 1 {
			times = fmt.Sprintf("%d times", same-i)
		}
		rows.row("    "+r.Charges[i].From.String()+" to "+r.Charges[same-1].To.String(), amount(r.Charges[i].Amount), times)
		i = same
	}
	p.cut(&rows, mostCharges, "charges")
	rows.write(p, 1)
}

func (p *page) configuration(c *quote.Configuration) {
	if c == nil {
		return
	}
	state := "incomplete"
	if c.Complete {
		state = "complete"
	}
	p.print("  configuration, %s", state)
	var rows table
	for _, feature := range sortedKeys(c.Values) {
		v := c.Values[feature]
		by := string(v.By)
		if len(v.Because) > 0 {
			by += " because of " + strings.Join(v.Because, ", ")
		}
		rows.row("    "+feature, fmt.Sprint(v.Value), by)
	}
	rows.write(p)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// components writes the positions right below the line; what they are made of is asked
// for.
func (p *page) components(components []quote.Component) {
	if len(components) == 0 {
		return
	}
	p.print("  components")
	var rows table
	deeper := 0
	for i := range components {
		c := &components[i]
		if c.Level > 1 && !p.all {
			deeper++
			continue
		}
		cost := ""
		if c.Cost != nil {
			cost = "cost " + amount(c.Cost)
		}
		rows.row(strings.Repeat("  ", c.Level+1)+c.Position, c.SKU, c.Name, c.Quantity+" "+c.Unit, cost)
	}
	if deeper > 0 {
		rows.text("    … and %d positions below them; --all shows them", deeper)
	}
	rows.write(p)
}

// extras writes what is given away, and the coupons.
func (p *page) extras(e *quote.Evaluation) {
	for _, g := range e.FreeGoods {
		p.print("free: %s %s %s for line %s, by %s%s", g.Quantity, g.Unit, g.SKU, g.Line, g.ID, at(g.Source))
	}
	for _, c := range e.Coupons {
		text := "coupon " + c.ID
		if c.Uses > 0 {
			text += fmt.Sprintf(", good for %d quotes", c.Uses)
		}
		if c.UsesPerCustomer > 0 {
			text += fmt.Sprintf(", for %d of each customer", c.UsesPerCustomer)
		}
		p.print("%s", text)
	}
	if len(e.FreeGoods)+len(e.Coupons) > 0 {
		p.print("")
	}
}

func (p *page) totals(t *quote.Totals) {
	var rows table
	for _, row := range []struct{ name, value, unit string }{
		{"list", amount(t.List), p.currency}, {"discount", amount(t.Discount), p.currency}, {"net", amount(t.Net), p.currency},
		{"tax", amount(t.Tax), p.currency}, {"gross", amount(t.Gross), p.currency},
		{"one-off", amount(t.OneOff), p.currency}, {"recurring, whole terms", amount(t.Recurring), p.currency},
		{"contract value (TCV)", amount(t.TCV), p.currency}, {"recurring a year (ARR)", amount(t.ARR), p.currency},
		{"cost", amount(t.Cost), p.currency}, {"margin", amount(t.Margin), p.currency}, {"margin", amount(t.MarginPercent), "%"},
	} {
		if row.value != "" {
			rows.row("Total "+row.name, row.value, row.unit)
		}
	}
	rows.write(p, 1)
	p.print("")
}

// amount prints a number that may be absent.
func amount[N fmt.Stringer](n *N) string {
	if n == nil {
		return ""
	}
	return (*n).String()
}
