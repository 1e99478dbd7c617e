package quote

import (
	"cmp"
	"math/bits"
	"slices"

	"quotewright/money"
)

// side says where the figure of a value lies.
type side int8

const (
	below side = iota
	exact
	above
	wrong // the value gives errors, or no figure
)

// sighting is a value that was tried.
type sighting struct {
	index  int64
	side   side
	figure money.Num
	point  *GoalPoint // nil when it is wrong
}

// search looks among values in order, counted from 0, for the lowest one whose figure is the
// target, else for the lowest one that comes nearest on each side.
//
// Where there are no more values than it may try, it tries them all. Else it tries some over
// the whole range, and then halves every interval between two neighbours of which one is
// below the target and the other above, or one is right and the other wrong. So the answer is
// that of trying all values when the figure only rises or only falls between any two
// neighbours of those tried first. What is left of the budget is spent around the values
// where the figure turns back before it has reached the target.
//
// It is deterministic: what is tried depends on the figures alone.
type search struct {
	values int64
	budget int
	target money.Num
	try    func(index int64) (sighting, error)
	seen   []sighting // in order of index
	err    error
	all    bool // every value was tried, or none before the first exact one was left out
}

// The parts of a search's budget.
const (
	sampledPart = 2  // at most half of it is for the values that are tried first
	evenSamples = 48 // so many are spread evenly
)

func (s *search) run(hints []int64) error {
	if s.values <= int64(s.budget) {
		s.tryAll()
		return s.err
	}
	s.sample(hints)
	s.narrow()
	for s.left() > 0 && s.exact() < 0 && s.turn() {
		s.narrow()
	}
	if s.left() > 0 && s.exact() < 0 && !s.oneWay() {
		s.around()
	}
	s.lowest(below)
	s.lowest(above)
	return s.err
}

// left is what may still be tried, less what finding the lowest values takes.
func (s *search) left() int {
	return s.budget - len(s.seen) - 2*bits.Len64(uint64(s.values))
}

func (s *search) tryAll() {
	s.all = true
	for i := range s.values {
		if at := s.see(i); at < 0 || s.seen[at].side == exact {
			return
		}
	}
}

// see tries a value, and returns its place in seen; -1 after an error and when the budget is
// used up.
func (s *search) see(index int64) int {
	at, known := slices.BinarySearchFunc(s.seen, index, func(a sighting, i int64) int { return cmp.Compare(a.index, i) })
	if known {
		return at
	}
	if s.err != nil || len(s.seen) >= s.budget {
		return -1
	}
	seen, err := s.try(index)
	if err != nil {
		s.err = err
		return -1
	}
	s.seen = slices.Insert(s.seen, at, seen)
	return at
}

// sample tries the ends, the hints with their neighbours below, and values that lie ever
// further from the first and from the first hint, and evenly.
func (s *search) sample(hints []int64) {
	last := s.values - 1
	most := s.budget / sampledPart
	see := func(i int64) {
		if i >= 0 && i <= last && len(s.seen) < most {
			s.see(i)
		}
	}
	see(0)
	see(last)
	for _, h := range hints {
		see(h)
		see(h - 1)
	}
	even := func(n int64) {
		for k := int64(1); k < n; k++ {
			see(last/n*k + last%n*k/n)
		}
	}
	even(evenSamples / 4)
	for step := int64(1); step < last; step *= 2 {
		see(step)
		if len(hints) > 0 {
			see(hints[0] + step)
			see(hints[0] - step)
		}
	}
	even(evenSamples)
}

// exact returns the place of the first value that gives the target, -1 for none.
func (s *search) exact() int {
	return slices.IndexFunc(s.seen, func(a sighting) bool { return a.side == exact })
}

// narrow halves, up to the first exact value, the intervals over which the figure crosses the
// target, then those over which values turn wrong.
func (s *search) narrow() {
	for _, both := range []bool{true, false} {
		for {
			at := s.open(both)
			if at < 0 || s.see(middle(s.seen[at], s.seen[at+1])) < 0 {
				break
			}
		}
	}
}

// open returns the first place after which an interval is to be narrowed, -1 for none.
func (s *search) open(bothRight bool) int {
	for i := 0; i+1 < len(s.seen); i++ {
		a, b := &s.seen[i], &s.seen[i+1]
		if a.side == exact {
			return -1
		}
		if a.side != b.side && b.index-a.index > 1 && !(bothRight && (a.side == wrong || b.side == wrong)) {
			return i
		}
	}
	return -1
}

func middle(a, b sighting) int64 { return a.index + (b.index-a.index)/2 }

// turn halves the intervals beside the values at which the figure turns back before it has
// reached the target; where none reaches it, also those beside the ends. It reports whether
// there was one to halve.
func (s *search) turn() bool {
	ends := s.best(below) < 0 || s.best(above) < 0
	var middles []int64
	for i := range s.seen {
		if !s.turns(i, ends) {
			continue
		}
		for _, at := range []int{i - 1, i} {
			if at < 0 || at+1 >= len(s.seen) || s.seen[at].side != s.seen[at+1].side {
				continue
			}
			if a, b := s.seen[at], s.seen[at+1]; b.index-a.index > 1 {
				middles = append(middles, middle(a, b))
			}
		}
	}
	for _, m := range middles {
		if s.left() > 0 {
			s.see(m)
		}
	}
	return len(middles) > 0
}

// turns reports whether no neighbour of a value is nearer and one is less near. A neighbour on
// another side is none, and then the value is an end.
func (s *search) turns(i int, ends bool) bool {
	v := &s.seen[i]
	nearest := false
	for _, n := range []int{i - 1, i + 1} {
		if n < 0 || n >= len(s.seen) || s.seen[n].side != v.side {
			if !ends {
				return false
			}
			continue
		}
		c := s.nearer(v, &s.seen[n])
		if c < 0 {
			return false
		}
		nearest = nearest || c > 0
	}
	return v.side != wrong && nearest
}

// nearer compares how near two values on the same side are: 1 when a is nearer than b.
func (s *search) nearer(a, b *sighting) int {
	if a.side == below {
		return a.figure.Cmp(b.figure)
	}
	return b.figure.Cmp(a.figure)
}

// around tries the neighbours of the best values, ever further away.
func (s *search) around() {
	var centres []int64
	for _, on := range []side{below, above} {
		if best := s.best(on); best >= 0 {
			centres = append(centres, s.seen[best].index)
		}
	}
	for far := int64(1); far < s.values && len(centres) > 0 && s.err == nil; far++ {
		for _, c := range centres {
			for _, i := range []int64{c - far, c + far} {
				if i < 0 || i >= s.values {
					continue
				}
				if s.left() <= 0 {
					return
				}
				s.see(i)
			}
		}
	}
}

// best returns the place of the lowest value that is nearest on a side, -1 for none.
func (s *search) best(on side) int {
	best := -1
	for i := range s.seen {
		if s.seen[i].side == on && (best < 0 || s.nearer(&s.seen[i], &s.seen[best]) > 0) {
			best = i
		}
	}
	return best
}

// lowest looks for a lower value with the same figure as the best one on a side.
func (s *search) lowest(on side) {
	for {
		best := s.best(on)
		if best <= 0 || s.exact() >= 0 {
			return
		}
		before := s.seen[best-1]
		if s.seen[best].index-before.index <= 1 || s.see(middle(before, s.seen[best])) < 0 {
			return
		}
	}
}

// monotone reports whether the answer is that of trying all values if the figure between
// those tried is what it is along them: it goes one way, and the budget was enough.
func (s *search) monotone() bool {
	return s.oneWay() && s.open(false) < 0 && s.lowestKnown(below) && s.lowestKnown(above)
}

// lowestKnown reports whether no value was left out right before the best one on a side.
func (s *search) lowestKnown(on side) bool {
	best := s.best(on)
	return best <= 0 || s.exact() >= 0 || s.seen[best].index-s.seen[best-1].index <= 1
}

// oneWay reports whether the figure only rose, or only fell, along the values tried, of
// which none between two that are right was wrong.
func (s *search) oneWay() bool {
	rises, falls := false, false
	var before *sighting
	first, last := s.ends()
	for i := max(first, 0); i <= last; i++ {
		a := &s.seen[i]
		if a.side == wrong {
			return false
		}
		if before != nil {
			c := a.figure.Cmp(before.figure)
			rises, falls = rises || c > 0, falls || c < 0
		}
		before = a
	}
	return !rises || !falls
}

// bounded reports whether the value at a place is the last one that can be right in a
// direction: there is none beyond it, or the next one is wrong.
func (s *search) bounded(at, direction int) bool {
	index, next := s.seen[at].index, at+direction
	if index == 0 && direction < 0 || index == s.values-1 && direction > 0 {
		return true
	}
	return next >= 0 && next < len(s.seen) && s.seen[next].index == index+int64(direction)
}

// ends returns the places of the lowest and of the highest value that is right, -1 for none.
func (s *search) ends() (first, last int) {
	first, last = -1, -1
	for i := range s.seen {
		if s.seen[i].side == wrong {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	return first, last
}
