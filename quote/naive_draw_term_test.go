package quote_test

import "slices"

// drawTerm draws a step that makes the price of a period that of a term.
func (d *drawer) drawTerm() {
	t := &naiveTerm{period: pick(d, "month", "month", "quarter", "year", "week", "day"), billing: pick(d, "", "", "month", "quarter", "year", "term"),
		align: pick(d, "", "start", "calendar"), proration: pick(d, "", "day", "day", "day30", "month", "none"), uplift: d.maybe(3, "5", "-2.5")}
	if t.period == "week" || t.period == "day" {
		t.proration = pick(d, "", "day", "none")
	}
	d.add(naiveStep{id: "term", kind: "term", term: t, when: d.when(2, ofLine)})
}

func (b *naiveBook) hasTerm() bool {
	return slices.ContainsFunc(b.steps, func(s naiveStep) bool { return s.kind == "term" })
}

// drawRun draws from when to when a line runs: mostly it says so.
func (d *drawer) drawRun(r *naiveRequest, l *naiveRequestLine) {
	start := day(pick(d, "2026-01-31", "2026-03-16", "2026-03-01", "2026-06-30", "2024-02-29"))
	if d.oneIn(2) {
		l.start = start
	} else {
		start = r.date
	}
	switch d.int(0, 5) {
	case 0:
		l.end = start.AddDays(d.int(0, 800))
	case 1, 2, 3:
		l.months = pick(d, 12, 24, 3, 1, 7, 36)
	case 4:
		l.end = monthsLater(start, d.int(1, 30)).AddDays(-1)
	}
	_, end, known := (&naiveEvaluator{req: r}).termOf(&naiveLine{req: l})
	if days := end.DaysSince(start); known && days > 2 && d.oneIn(3) {
		first := start.AddDays(d.int(0, days))
		l.ramp = append(l.ramp, naiveRamp{first, d.number("4", "1", "0", "30")})
		if rest := end.DaysSince(first); rest > 1 && d.oneIn(2) {
			l.ramp = append(l.ramp, naiveRamp{first.AddDays(d.int(1, rest)), d.number("5", "2.5")})
		}
	}
}
