package catalog

import "cmp"

// ValidOn reports whether the record holds on a day. Both ends are inclusive.
func (r Condition) ValidOn(on Date) bool { return within(r.ValidFrom, r.ValidTo, on) }

// ValidOn reports whether the position is in the bill of material on a day.
func (r BOMItem) ValidOn(on Date) bool { return within(r.ValidFrom, r.ValidTo, on) }

// ValidOn reports whether the name stands for the product on a day.
func (r Part) ValidOn(on Date) bool { return within(r.ValidFrom, r.ValidTo, on) }

func within(from, to, on Date) bool {
	return (from.IsZero() || !on.Before(from)) && (to.IsZero() || !on.After(to))
}

// compareDates orders days; no date comes first.
func compareDates(a, b Date) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}

// currentPart returns the part valid on a day that started last, of parts ordered by
// their start.
func currentPart(parts []Part, on Date) (*Part, bool) {
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i].ValidOn(on) {
			return &parts[i], true
		}
	}
	return nil, false
}
