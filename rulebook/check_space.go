package rulebook

import (
	"slices"
	"sort"
	"strings"

	"quotewright/internal/formula"
	"quotewright/pricing"
)

// space are the names that a list of rules compares with constants. Each is a line of
// all its values, cut where a comparison changes its answer: between two cuts all values
// are alike. That makes every comparison a set of sections of that line, and every rule
// a box, whatever the kinds of the names. Texts are lines too: what starts with "ab" is
// all from "ab" to before "ac".
type space struct {
	env        *formula.Env
	options    map[string][]string // all that some names can be
	dimensions []*dimension
	byName     map[string]int
}

// dimension is one name.
type dimension struct {
	name    string
	known   bool            // it always has a value
	only    []formula.Value // all it can be; nil: anything
	cuts    []cut
	section []int32 // how many possible sections there are before each
}

// cut is a place on a line: before a value or right after it.
type cut struct {
	value formula.Value
	after bool
}

// test is a comparison of a name with constants, as decision tables and formulas have it.
type test struct {
	dimension int
	op        string // =, !=, in, not in, >=, <=, >, <, startsWith
	values    []formula.Value
	path      bool // a value also stands for what is below it
	not       bool
	text      string // as people write it
	where     sections
}

func newSpace(names *names) *space {
	return &space{env: names.env, options: names.options, byName: map[string]int{}}
}

// of returns the dimension of a name, which is new if need be.
func (s *space) of(name string, kind formula.Kind) int {
	if i, known := s.byName[name]; known {
		return i
	}
	d := &dimension{name: name, known: pricing.AlwaysKnown(name)}
	if kind == formula.Boolean {
		d.only = []formula.Value{formula.OfInt(0), formula.OfInt(1)}
	}
	for _, o := range s.options[name] {
		d.only = append(d.only, formula.OfText(o))
	}
	for _, v := range d.only {
		d.cuts = append(d.cuts, before(v), after(v))
	}
	s.byName[name] = len(s.dimensions)
	s.dimensions = append(s.dimensions, d)
	return len(s.dimensions) - 1
}

// add cuts the lines for a test. All tests of a space are added before it is sealed, and
// sets are asked for only then.
func (s *space) add(t *test) {
	for i, v := range t.values {
		if v.Kind() == formula.Boolean {
			t.values[i] = ordinal(v)
		}
	}
	d := s.dimensions[t.dimension]
	for _, r := range t.ranges() {
		for _, c := range r {
			if c != nil {
				d.cuts = append(d.cuts, *c)
			}
		}
	}
}

func ordinal(v formula.Value) formula.Value {
	if v.Bool() {
		return formula.OfInt(1)
	}
	return formula.OfInt(0)
}

// seal sorts the cuts and counts the sections that are possible.
func (s *space) seal() {
	for _, d := range s.dimensions {
		slices.SortFunc(d.cuts, compareCuts)
		d.cuts = slices.CompactFunc(d.cuts, func(a, b cut) bool { return compareCuts(a, b) == 0 })
		d.section = make([]int32, len(d.cuts)+3)
		for i := range len(d.cuts) + 2 {
			d.section[i+1] = d.section[i]
			if d.possible(i) {
				d.section[i+1]++
			}
		}
	}
}

// possible reports whether a name can have a value in a section: 0 is no value, 1 what is
// before the first cut, n+1 what is after the last of n.
func (d *dimension) possible(section int) bool {
	switch {
	case section == 0:
		return !d.known
	case d.only == nil:
		return true
	case section == 1:
		return false
	}
	return slices.ContainsFunc(d.only, func(v formula.Value) bool { return compareCuts(before(v), d.cuts[section-2]) == 0 })
}

// size is how many sections are possible.
func (d *dimension) size() int32 { return d.section[len(d.section)-1] }

// all is the box without any comparison.
func (s *space) all() box {
	b := make(box, len(s.dimensions))
	for i, d := range s.dimensions {
		b[i] = sections{{0, d.size()}}
	}
	return b
}

// set returns where a test holds. Something without a value is only what it is not.
func (s *space) set(t *test) sections {
	if t.where == nil {
		t.where = s.sectionsOf(t)
	}
	return t.where
}

func (s *space) sectionsOf(t *test) sections {
	d := s.dimensions[t.dimension]
	var hit sections
	for _, r := range t.ranges() {
		hit = append(hit, d.between(r))
	}
	hit = hit.tidy()
	if (t.op == "!=" || t.op == "not in") != t.not {
		return hit.complement(d.size())
	}
	return hit
}

// between returns the sections from one cut to another; nil: no bound.
func (d *dimension) between(r [2]*cut) section {
	from, to := 1, len(d.cuts)+2
	if r[0] != nil {
		from = d.find(*r[0])
	}
	if r[1] != nil {
		to = d.find(*r[1])
	}
	return section{d.section[from], d.section[to]}
}

// find returns the section that starts at a cut.
func (d *dimension) find(c cut) int {
	at, _ := sort.Find(len(d.cuts), func(i int) int { return compareCuts(c, d.cuts[i]) })
	return at + 2
}

// place is the inverse of find: the cuts around the possible sections from lo to before
// hi; nil where there is no bound.
func (d *dimension) place(s section) (from, to *cut) {
	first := sort.Search(len(d.section), func(i int) bool { return d.section[i] > s.lo }) - 1
	last := sort.Search(len(d.section), func(i int) bool { return d.section[i] >= s.hi }) - 1
	if first >= 2 {
		from = &d.cuts[first-2]
	}
	if last >= 1 && last-1 < len(d.cuts) {
		to = &d.cuts[last-1]
	}
	return from, to
}

// ranges are the values that a test compares with: for !=, those that it excludes.
func (t *test) ranges() [][2]*cut {
	v := t.values[0]
	low, high := before(v), after(v)
	switch t.op {
	case ">=":
		return [][2]*cut{{&low, nil}}
	case ">":
		return [][2]*cut{{&high, nil}}
	case "<":
		return [][2]*cut{{nil, &low}}
	case "<=":
		return [][2]*cut{{nil, &high}}
	case "startsWith":
		return [][2]*cut{prefixed(v.Text())}
	}
	var ranges [][2]*cut
	for _, v := range t.values {
		low, high := before(v), after(v)
		ranges = append(ranges, [2]*cut{&low, &high})
		if t.path {
			ranges = append(ranges, prefixed(v.Text()+"/"))
		}
	}
	return ranges
}

// prefixed are the texts that start with another.
func prefixed(text string) [2]*cut {
	low := before(formula.OfText(text))
	last := strings.TrimRight(text, "\xff")
	if last == "" {
		return [2]*cut{&low, nil}
	}
	end := len(last) - 1
	high := before(formula.OfText(last[:end] + string([]byte{last[end] + 1})))
	return [2]*cut{&low, &high}
}

func before(v formula.Value) cut { return cut{value: v} }

// after is the place behind a value: of a date, before the next day; of a text, before
// the shortest longer one.
func after(v formula.Value) cut {
	switch v.Kind() {
	case formula.Date:
		return before(formula.OfDate(v.Date().AddDays(1)))
	case formula.Text:
		return before(formula.OfText(v.Text() + "\x00"))
	}
	return cut{v, true}
}

func compareCuts(a, b cut) int {
	order := 0
	if a.value.Kind() == formula.Text {
		order = strings.Compare(a.value.Text(), b.value.Text())
	} else {
		order = a.value.Compare(&b.value)
	}
	switch {
	case order != 0 || a.after == b.after:
		return order
	case a.after:
		return 1
	}
	return -1
}
