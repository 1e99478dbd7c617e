package configurator

import (
	"math/bits"

	"quotewright/internal/formula"
)

// term is a part of a formula that tells what it can be under the domains of a search.
type term interface {
	bound(s *view) bound
}

// constant reads no feature.
type constant bound

func (c constant) bound(*view) bound { return bound(c) }

// byValue reads one variable: what it is for each value was computed beforehand.
type byValue struct {
	variable int
	values   []bound
	monotone bool     // numbers that only rise or only fall
	yes, no  []uint64 // of a condition: the values for which it is so
	mistaken []uint64
	none     []uint64
}

func newByValue(v int, values []bound) *byValue {
	t := &byValue{variable: v, values: values}
	words := (len(values) + 63) / 64
	t.yes, t.no = make([]uint64, words), make([]uint64, words)
	t.mistaken, t.none = make([]uint64, words), make([]uint64, words)
	rising, falling := true, true
	for x, b := range values {
		set(t.yes, x, b.yes)
		set(t.no, x, b.no)
		set(t.mistaken, x, b.erroneous)
		set(t.none, x, b.none)
		if x > 0 {
			rising = rising && values[x-1].lo <= b.lo && values[x-1].hi <= b.hi
			falling = falling && values[x-1].lo >= b.lo && values[x-1].hi >= b.hi
		}
		if !b.isNumber() {
			rising, falling = false, false
		}
	}
	t.monotone = rising || falling
	return t
}

func set(mask []uint64, x int, there bool) {
	if there {
		mask[x>>6] |= 1 << (x & 63)
	}
}

func (t *byValue) bound(s *view) bound {
	domain := s.domain(t.variable)
	b := nothing
	b.yes, b.no = meet(domain, t.yes), meet(domain, t.no)
	b.erroneous, b.none = meet(domain, t.mistaken), meet(domain, t.none)
	if t.monotone {
		first, last := t.values[lowest(domain)], t.values[highest(domain)]
		b.lo, b.hi = min(first.lo, last.lo), max(first.hi, last.hi)
		return b
	}
	if b.yes || b.no {
		return b
	}
	for w, word := range domain {
		for ; word != 0; word &= word - 1 {
			v := &t.values[w<<6+bits.TrailingZeros64(word)]
			b.lo, b.hi = min(b.lo, v.lo), max(b.hi, v.hi)
		}
	}
	return b
}

func meet(a, b []uint64) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

func lowest(domain []uint64) int {
	for w, word := range domain {
		if word != 0 {
			return w<<6 + bits.TrailingZeros64(word)
		}
	}
	return 0
}

func highest(domain []uint64) int {
	for w := len(domain) - 1; w >= 0; w-- {
		if domain[w] != 0 {
			return w<<6 + bits.Len64(domain[w]) - 1
		}
	}
	return 0
}

// binary is an operator between two terms of numbers or conditions.
type binary struct {
	op          formula.Op
	kind        formula.Kind // of the operands
	left, right term
}

func (t *binary) bound(s *view) bound {
	l := t.left.bound(s)
	switch t.op {
	case formula.And, formula.Or:
		return t.connect(s, l)
	case formula.Add, formula.Sub, formula.Mul, formula.Div:
		return calculate(t.op, l, t.right.bound(s))
	}
	r := t.right.bound(s)
	if t.kind == formula.Number {
		return compare(t.op, l, r)
	}
	same, differ := l.yes && r.yes || l.no && r.no, l.yes && r.no || l.no && r.yes
	if l.none || r.none {
		differ = true
	}
	b := nothing
	b.yes, b.no, b.erroneous = same, differ, l.erroneous || r.erroneous
	if t.op == formula.Ne {
		b.yes, b.no = differ, same
	}
	return b
}

// connect is and, or: the right side counts only where the left one does not decide.
func (t *binary) connect(s *view, l bound) bound {
	b := nothing
	b.erroneous = l.erroneous
	decides, goesOn := l.no, l.yes
	if t.op == formula.Or {
		decides, goesOn = l.yes, l.no
	}
	b.yes, b.no = decides && t.op == formula.Or, decides && t.op == formula.And
	if goesOn {
		r := t.right.bound(s)
		b.yes, b.no, b.erroneous = b.yes || r.yes, b.no || r.no, b.erroneous || r.erroneous
	}
	return b
}

// negation is not.
type negation struct{ of term }

func (t negation) bound(s *view) bound {
	b := t.of.bound(s)
	b.yes, b.no, b.none = b.no, b.yes, false
	return b
}

// choiceOf is a conditional.
type choiceOf struct{ when, then, otherwise term }

func (t choiceOf) bound(s *view) bound {
	c := t.when.bound(s)
	b := nothing
	if c.yes {
		b = b.join(t.then.bound(s))
	}
	if c.no {
		b = b.join(t.otherwise.bound(s))
	}
	b.erroneous = b.erroneous || c.erroneous
	return b
}

// derivedTerm is a derived value: where it cannot be computed it has no value.
type derivedTerm struct{ of term }

func (t derivedTerm) bound(s *view) bound {
	b := t.of.bound(s)
	b.none, b.no, b.erroneous = b.none || b.erroneous, b.no || b.erroneous, false
	return b
}

// total is sum: what has no value counts nothing.
type total []term

func (t total) bound(s *view) bound {
	sum := number(0, 0)
	for _, part := range t {
		b := part.bound(s)
		sum.erroneous = sum.erroneous || b.erroneous
		if b.none {
			b.lo, b.hi = min(b.lo, 0), max(b.hi, 0)
		}
		if !b.isNumber() {
			return failure
		}
		sum.lo, sum.hi = plus(sum.lo, b.lo, false), plus(sum.hi, b.hi, true)
	}
	return sum
}

// countOf is 1 where a value counts.
type countOf struct {
	of   term
	kind formula.Kind
}

func (t countOf) bound(s *view) bound {
	b := t.of.bound(s)
	counts, not := b.isNumber(), b.none
	if t.kind == formula.Boolean {
		counts, not = b.yes, b.no || b.none
	}
	r := failure
	if counts {
		r = number(unit, unit)
	}
	if not {
		r.lo, r.hi = min(r.lo, 0), max(r.hi, 0)
	}
	r.erroneous = b.erroneous
	return r
}

// extreme is min or max of those that have a value.
type extreme struct {
	of  []term
	max bool
}

func (t extreme) bound(s *view) bound {
	sure, all := nothing, nothing // of those surely there, of all
	present, erroneous := false, false
	for _, part := range t.of {
		b := part.bound(s)
		erroneous = erroneous || b.erroneous
		if !b.isNumber() {
			continue
		}
		if t.max {
			b.lo, b.hi = -b.hi, -b.lo
		}
		all = all.join(number(b.lo, b.hi))
		if !b.none {
			if !present || b.hi < sure.hi {
				sure.hi = b.hi
			}
			present = true
		}
	}
	if !all.isNumber() {
		return failure
	}
	r := number(all.lo, all.hi)
	if present {
		r.hi = sure.hi
	}
	if t.max {
		r.lo, r.hi = -r.hi, -r.lo
	}
	r.erroneous = erroneous || !present
	return r
}

// mapped is a function of one number.
type mapped struct {
	of term
	by func(bound) bound
}

func (t mapped) bound(s *view) bound { return t.by(t.of.bound(s)) }

func absolute(b bound) bound {
	if b.none {
		b.none, b.erroneous = false, true
	}
	switch {
	case !b.isNumber():
		return failure
	case b.lo >= 0:
	case b.hi <= 0:
		b.lo, b.hi = -b.hi, -b.lo
	default:
		b.lo, b.hi = 0, max(-b.lo, b.hi)
	}
	return b
}
