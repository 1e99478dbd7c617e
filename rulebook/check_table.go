package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// mostReported is how many rows of a table are reported of each kind of mistake.
const mostReported = 20

// decisionTable is a table whose rows are looked at as boxes.
type decisionTable struct {
	def      *pricing.TableDefinition
	space    *space
	columns  []*pricing.Column  // by header cell; nil: an output
	place    []int              // dimension by header cell
	read     []map[string]*test // by header cell and text; nil: a mistake
	rows     []tableRow
	mistakes *reports
}

// tableRow is a row without mistakes.
type tableRow struct {
	cells []pricing.Cell
	tests conjunction
	box   box
}

func (r tableRow) at() fault.Position { return r.cells[0].At }

// reports collects mistakes, of each kind the first few.
type reports struct {
	found fault.Mistakes
	more  map[string]int
	at    fault.Position
}

// add reports a mistake of a kind, unless there are too many; kind says what those are.
func (r *reports) add(kind string, severity fault.Severity, at fault.Position, format string, args ...any) {
	if r.more == nil {
		r.more = map[string]int{}
	}
	if r.more[kind]++; r.more[kind] <= mostReported {
		r.found = append(r.found, fault.Mistake{Position: at, Severity: severity, Text: fmt.Sprintf(format, args...)})
	}
}

// all returns what was found, with the number of what was left out.
func (r *reports) all() fault.Mistakes {
	for _, kind := range sorted(r.more) {
		if n := r.more[kind] - mostReported; n > 0 {
			r.found.Warn(r.at, "%d more %s", n, kind)
		}
	}
	return r.found
}

// checkTable looks for rows that cannot be hit, that overlap where they must not, and
// for gaps between them. A table that is wrong in another way may be left out.
func checkTable(names *names, def *pricing.TableDefinition) fault.Mistakes {
	t := &decisionTable{def: def, space: newSpace(names), mistakes: &reports{at: def.At}}
	if !t.readHeader() {
		return nil
	}
	for _, cells := range def.Rows {
		t.readRow(cells)
	}
	t.space.seal()
	t.contradictions()
	t.unindexed()
	switch def.Hit.Text {
	case "", "first":
		t.shadowed()
	case "unique":
		t.overlaps()
	case "best", "collect":
		t.duplicates()
	}
	t.gaps()
	return t.mistakes.all()
}

func (t *decisionTable) readHeader() bool {
	n := len(t.def.Header)
	t.columns, t.place, t.read = make([]*pricing.Column, n), make([]int, n), make([]map[string]*test, n)
	for i, h := range t.def.Header {
		c, ok := pricing.ReadColumn(t.space.env, h)
		if !ok {
			if !slices.Contains(outputs, h.Text) || h.Text == "" {
				return false
			}
			continue
		}
		t.columns[i] = &c
		t.place[i], t.read[i] = t.space.of(c.Name, c.Kind), map[string]*test{}
	}
	return true
}

// readRow turns the cells of a row into tests.
func (t *decisionTable) readRow(cells []pricing.Cell) {
	row := tableRow{cells: cells}
	for i, cell := range cells {
		if i >= len(t.columns) || t.columns[i] == nil || cell.Text == "" {
			continue
		}
		x, known := t.read[i][cell.Text]
		if !known {
			x = t.readCell(i, cell)
			t.read[i][cell.Text] = x
		}
		if x == nil {
			return
		}
		t.impossible(t.columns[i], cell, x.values)
		row.tests = append(row.tests, x)
	}
	t.rows = append(t.rows, row)
}

// readCell turns a cell into a test; nil when it is a mistake.
func (t *decisionTable) readCell(i int, cell pricing.Cell) *test {
	c := t.columns[i]
	values, ok := c.Values(cell)
	if !ok {
		return nil
	}
	x := &test{dimension: t.place[i], op: c.Op, values: values, path: c.Path, text: t.def.Header[i].Text + " " + cell.Text}
	if c.Op == "=" {
		x.text = c.Name + " = " + cell.Text
	}
	t.space.add(x)
	return x
}

// impossible reports values that a feature does not have.
func (t *decisionTable) impossible(c *pricing.Column, cell pricing.Cell, values []formula.Value) {
	only := t.space.dimensions[t.space.byName[c.Name]].only
	if len(only) == 0 || c.Kind != formula.Text || c.Op == "startsWith" {
		return
	}
	for _, v := range values {
		if slices.ContainsFunc(only, v.Equal) {
			continue
		}
		var names []string
		for _, o := range only {
			names = append(names, o.Text())
		}
		hint := ""
		if near := formula.Nearest(v.Text(), names); near != "" {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		t.mistakes.add("values that are never there", fault.SeverityError, cell.At, "%s is never %q%s", c.Name, v.Text(), hint)
	}
}

// contradictions computes the boxes and drops the rows whose own cells contradict each
// other.
func (t *decisionTable) contradictions() {
	kept := t.rows[:0]
	all := t.space.all()
	for _, row := range t.rows {
		row.box = slices.Clone(all)
		wrong := -1
		for i, x := range row.tests {
			row.box[x.dimension] = t.space.set(x).within(row.box[x.dimension])
			if len(row.box[x.dimension]) == 0 && wrong < 0 {
				wrong = i
			}
		}
		if wrong < 0 {
			kept = append(kept, row)
			continue
		}
		var texts []string
		for _, x := range row.tests[:wrong+1] {
			if x.dimension == row.tests[wrong].dimension {
				texts = append(texts, x.text)
			}
		}
		const kind = "rows whose cells contradict each other"
		switch {
		case len(texts) > 1:
			t.mistakes.add(kind, fault.SeverityError, row.at(), "this row can never be hit: %s contradict each other", strings.Join(texts, " and "))
		case row.tests[wrong].op == "startsWith": // any other is a value that is never there
			t.mistakes.add(kind, fault.SeverityError, row.at(), "this row can never be hit: there is no %s", texts[0])
		}
	}
	t.rows = kept
}

func (t *decisionTable) boxes() []alternative {
	list := make([]alternative, len(t.rows))
	for i, row := range t.rows {
		list[i] = alternative{i, row.box}
	}
	return list
}

// shadowed reports rows that are never the first that matches.
func (t *decisionTable) shadowed() {
	const kind = "rows that can never be hit"
	for i, v := range reachable(t.space.sizes(), len(t.rows), t.boxes()) {
		if v != unreachable {
			continue
		}
		row := t.rows[i]
		cover := slices.IndexFunc(t.rows[:i], func(r tableRow) bool { return r.box.contains(row.box) })
		switch {
		case cover < 0:
			t.mistakes.add(kind, fault.SeverityWarning, row.at(), "this row can never be hit: the rows before it leave nothing to it")
		case row.box.contains(t.rows[cover].box):
			t.mistakes.add(kind, fault.SeverityWarning, row.at(), "this row can never be hit: the row in line %d has the same inputs", t.rows[cover].at().Line)
		default:
			t.mistakes.add(kind, fault.SeverityWarning, row.at(), "this row can never be hit: the row in line %d comes before it and covers it", t.rows[cover].at().Line)
		}
	}
}

func (t *decisionTable) overlaps() {
	for i, other := range overlapping(t.space.sizes(), t.boxes()) {
		if other >= 0 {
			t.mistakes.add("rows that overlap with others", fault.SeverityError, t.rows[i].at(),
				"this row overlaps with the one in line %d, but the table's hit policy is unique", t.rows[other].at().Line)
		}
	}
}

// duplicates reports rows with the same inputs where all rows that match count.
func (t *decisionTable) duplicates() {
	seen := map[string]int{}
	for _, row := range t.rows {
		key := row.key(-1)
		line, twice := seen[key]
		if !twice {
			seen[key] = row.at().Line
			continue
		}
		why := "only the better one can count"
		if t.def.Hit.Text == "collect" {
			why = "both count"
		}
		t.mistakes.add("rows with the same inputs as others", fault.SeverityWarning, row.at(), "the row in line %d has the same inputs: %s", line, why)
	}
}

// key is the same for rows that are about the same, but for one dimension.
func (r tableRow) key(except int) string {
	var b strings.Builder
	for d, s := range r.box {
		if d != except {
			fmt.Fprintf(&b, "%d%v", d, s)
		}
	}
	return b.String()
}

// manyRows is how many rows are compared with every line without a word about it.
const manyRows = 100

// unindexed reports that many rows are compared with every line.
func (t *decisionTable) unindexed() {
	columns := slices.ContainsFunc(t.columns, func(c *pricing.Column) bool { return c != nil && (c.Op == "=" || c.Op == "in") })
	n := 0
	for _, row := range t.rows {
		if !slices.ContainsFunc(row.tests, func(x *test) bool { return x.op == "=" || x.op == "in" }) {
			n++
		}
	}
	switch {
	case n <= manyRows:
	case !columns:
		t.mistakes.found.Warn(t.def.At, "no column compares with = or in: every line of a quote is compared with all %d rows", n)
	default:
		t.mistakes.found.Warn(t.def.At, "%d of %d rows are empty in every column that compares with = or in: every line of a quote is compared with all of them",
			n, len(t.rows))
	}
}
