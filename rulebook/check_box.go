package rulebook

import (
	"cmp"
	"slices"
)

// section is a part of a line, hi excluded.
type section struct{ lo, hi int32 }

// sections are parts of a line, in order; they do not touch.
type sections []section

// tidy sorts, joins and drops what is empty.
func (s sections) tidy() sections {
	slices.SortFunc(s, func(a, b section) int { return cmp.Compare(a.lo, b.lo) })
	kept := s[:0]
	for _, x := range s {
		switch last := len(kept) - 1; {
		case x.lo >= x.hi:
		case last >= 0 && x.lo <= kept[last].hi:
			kept[last].hi = max(kept[last].hi, x.hi)
		default:
			kept = append(kept, x)
		}
	}
	return kept
}

func (s sections) complement(size int32) sections {
	var rest sections
	from := int32(0)
	for _, x := range s {
		rest = append(rest, section{from, x.lo})
		from = x.hi
	}
	return append(rest, section{from, size}).tidy()
}

// within is and for what may not be bounded yet.
func (s sections) within(t sections) sections {
	if len(t) == 1 && t.contains(s) {
		return s
	}
	return s.and(t)
}

func (s sections) and(t sections) sections {
	var both sections
	for i, j := 0, 0; i < len(s) && j < len(t); {
		if lo, hi := max(s[i].lo, t[j].lo), min(s[i].hi, t[j].hi); lo < hi {
			both = append(both, section{lo, hi})
		}
		if s[i].hi < t[j].hi {
			i++
		} else {
			j++
		}
	}
	return both
}

// meets reports whether some of s lies in x.
func (s sections) meets(x section) bool {
	i, _ := slices.BinarySearchFunc(s, x.lo, func(y section, lo int32) int { return cmp.Compare(y.hi, lo+1) })
	return i < len(s) && s[i].lo < x.hi
}

// covers reports whether all of x lies in s.
func (s sections) covers(x section) bool {
	i, _ := slices.BinarySearchFunc(s, x.lo, func(y section, lo int32) int { return cmp.Compare(y.hi, lo+1) })
	return i < len(s) && s[i].lo <= x.lo && x.hi <= s[i].hi
}

// overlaps reports whether s and t have something in common.
func (s sections) overlaps(t sections) bool {
	for i, j := 0, 0; i < len(s) && j < len(t); {
		if s[i].lo < t[j].hi && t[j].lo < s[i].hi {
			return true
		}
		if s[i].hi < t[j].hi {
			i++
		} else {
			j++
		}
	}
	return false
}

// contains reports whether all of t lies in s.
func (s sections) contains(t sections) bool {
	return !slices.ContainsFunc(t, func(x section) bool { return !s.covers(x) })
}

// box is what a rule is about, by dimension.
type box []sections

func (b box) empty() bool {
	return slices.ContainsFunc(b, func(s sections) bool { return len(s) == 0 })
}

func (b box) overlaps(c box) bool {
	for d := range b {
		if !b[d].overlaps(c[d]) {
			return false
		}
	}
	return true
}

func (b box) contains(c box) bool {
	for d := range b {
		if !b[d].contains(c[d]) {
			return false
		}
	}
	return true
}

// covers reports whether all of a region lies in the box.
func (b box) covers(region []section) bool {
	for d, x := range region {
		if !b[d].covers(x) {
			return false
		}
	}
	return true
}

// alternative is one of the boxes of a rule. Its place in the list is its rank.
type alternative struct {
	rule int
	box  box
}

// verdict is what is known of a rule among others.
type verdict uint8

const (
	undecided verdict = iota
	reached
	unreachable
)

// The bounds of the work on one list, in looks at a box.
const (
	mostLooks = 20_000_000
	fewBoxes  = 8
	mostAsked = 64 // boxes that are asked where to divide a region
)

// partition divides space into smaller and smaller regions, each with the boxes that
// reach into it.
type partition struct {
	list     []alternative
	verdicts []verdict // by rule
	looks    int
	first    []int32 // by alternative: the first that overlaps with it; -1: none
}

func regionOf(sizes []int32) []section {
	region := make([]section, len(sizes))
	for d, n := range sizes {
		region[d] = section{0, n}
	}
	return region
}

func (p *partition) everything() []int32 {
	every := make([]int32, 0, len(p.list))
	for i := range p.list {
		if !p.list[i].box.empty() {
			every = append(every, int32(i))
		}
	}
	return every
}

// reachable says of each rule whether there is a case for which it is the first that
// holds. What would take too long to find out stays undecided.
func reachable(sizes []int32, rules int, list []alternative) []verdict {
	p := &partition{list: list, verdicts: make([]verdict, rules)}
	p.reach(regionOf(sizes), p.everything())
	if p.looks <= mostLooks {
		for i, v := range p.verdicts {
			if v != reached {
				p.verdicts[i] = unreachable
			}
		}
	}
	return p.verdicts
}

// reach looks for rules that are the first in some part of a region. The alternatives all
// reach into it.
func (p *partition) reach(region []section, in []int32) {
	in = p.undecidedIn(region, in)
	if p.looks += len(in); len(in) == 0 || p.looks > mostLooks {
		return
	}
	p.verdicts[p.list[in[0]].rule] = reached
	if in = p.undecidedIn(region, in); len(in) == 0 {
		return
	}
	d, at, ok := p.divide(region, in)
	if len(in) <= fewBoxes || !ok {
		d, at, ok = p.edge(region, p.list[in[0]].box)
	}
	if !ok {
		return
	}
	for _, half := range halves(region[d], at) {
		inner := slices.Clone(region)
		inner[d] = half
		p.reach(inner, p.within(d, half, in))
	}
}

// undecidedIn leaves out what comes after a box that covers the region, and after the
// last rule that is not known to be reached.
func (p *partition) undecidedIn(region []section, in []int32) []int32 {
	end := 0
	for i, a := range in {
		if p.verdicts[p.list[a].rule] != reached {
			end = i + 1
		}
		if p.list[a].box.covers(region) {
			break
		}
	}
	return in[:end]
}

func (p *partition) within(d int, half section, in []int32) []int32 {
	inner := make([]int32, 0, len(in))
	for _, a := range in {
		if p.list[a].box[d].meets(half) {
			inner = append(inner, a)
		}
	}
	return inner
}

func halves(s section, at int32) [2]section { return [2]section{{s.lo, at}, {at, s.hi}} }

// edge returns where a box ends inside a region.
func (p *partition) edge(region []section, b box) (d int, at int32, ok bool) {
	for d, x := range region {
		for _, s := range b[d] {
			if s.lo > x.lo && s.lo < x.hi {
				return d, s.lo, true
			}
			if s.hi > x.lo && s.hi < x.hi {
				return d, s.hi, true
			}
		}
	}
	return 0, 0, false
}

// divide returns where to cut a region so that its halves have few boxes in common, as
// far as some of them tell.
func (p *partition) divide(region []section, in []int32) (d int, at int32, ok bool) {
	asked := in
	if len(in) > mostAsked {
		asked = make([]int32, mostAsked)
		for i := range asked {
			asked[i] = in[i*len(in)/mostAsked]
		}
	}
	least := 0
	var edges []int32
	for dim, x := range region {
		edges = edges[:0]
		for _, a := range asked {
			for _, s := range p.list[a].box[dim] {
				if s.lo > x.lo && s.lo < x.hi {
					edges = append(edges, s.lo)
				}
				if s.hi > x.lo && s.hi < x.hi {
					edges = append(edges, s.hi)
				}
			}
		}
		if len(edges) == 0 {
			continue
		}
		slices.Sort(edges)
		middle := edges[len(edges)/2]
		cost := 0
		for _, half := range halves(x, middle) {
			n := 0
			for _, a := range asked {
				if p.list[a].box[dim].meets(half) {
					n++
				}
			}
			cost += n * n
		}
		if !ok || cost < least {
			d, at, ok, least = dim, middle, true, cost
		}
	}
	return d, at, ok
}

// overlapping returns for each alternative the first one before it that it overlaps with,
// or -1.
func overlapping(sizes []int32, list []alternative) []int32 {
	p := &partition{list: list, first: make([]int32, len(list))}
	for i := range p.first {
		p.first[i] = -1
	}
	p.join(regionOf(sizes), p.everything())
	return p.first
}

// join finds the overlaps inside a region. It is divided as long as that saves
// comparisons.
func (p *partition) join(region []section, in []int32) {
	if len(in) <= 2*fewBoxes {
		p.compare(in)
		return
	}
	d, at, ok := p.divide(region, in)
	if !ok {
		p.compare(in)
		return
	}
	both := halves(region[d], at)
	low, high := p.within(d, both[0], in), p.within(d, both[1], in)
	if n := len(in); len(low)*len(low)+len(high)*len(high) > n*n*3/4 {
		p.compare(in)
		return
	}
	for i, inner := range [][]int32{low, high} {
		part := slices.Clone(region)
		part[d] = both[i]
		p.join(part, inner)
	}
}

func (p *partition) compare(in []int32) {
	for j, b := range in {
		for _, a := range in[:j] {
			if p.first[b] >= 0 && p.first[b] <= a {
				break
			}
			if p.list[a].box.overlaps(p.list[b].box) {
				p.first[b] = a
				break
			}
		}
	}
}
