package quote

import (
	"cmp"
	"slices"
)

// answer is the part of an answer that is the same for all. A request with errors has no
// figure to compare.
func (k *seeker) answer() *GoalAnswer {
	now := k.pointOf(k.now, k.lever.now)
	if len(k.now.Errors()) > 0 {
		now.Match, now.Figure, now.Off = "", "", ""
	}
	return &GoalAnswer{Outcome: OutcomeUnreachable, Searched: SearchedSamples, Evaluations: k.evaluations, Currency: k.currency.Code,
		Target: k.figure.text(k.target, k.currency), Range: k.lever.steps, Now: now, Answers: []GoalPoint{}}
}

// seekNumber looks for a number.
func (k *seeker) seekNumber() (*GoalAnswer, error) {
	s := &search{values: k.lever.values, budget: k.budget(), target: k.target, try: k.try}
	if err := s.run(k.lever.hints); err != nil {
		return nil, err
	}
	first, last := s.ends()
	if first < 0 {
		return nil, k.impossible()
	}
	out := k.answer()
	switch {
	case s.all:
		out.Searched = SearchedAll
	case s.monotone():
		out.Searched = SearchedMonotone
	}
	if k.lever.values > 1 && s.bounded(first, -1) {
		s.seen[first].point.Limit = "min"
	}
	if k.lever.values > 1 && s.bounded(last, 1) {
		s.seen[last].point.Limit = "max"
	}
	out.Outcome, out.Answers = chosen(s, first, last)
	return out, nil
}

// chosen picks the answers among the numbers that were tried.
func chosen(s *search, first, last int) (Outcome, []GoalPoint) {
	if at := s.exact(); at >= 0 {
		return OutcomeExact, []GoalPoint{*s.seen[at].point}
	}
	under, over := s.best(below), s.best(above)
	places := []int{under, over}
	outcome := OutcomeNearest
	if under < 0 || over < 0 {
		outcome = OutcomeUnreachable
		places = append(places, first, last)
	}
	for _, at := range []int{under, over} {
		if at >= 0 {
			s.seen[at].point.Match = nearestOn[s.seen[at].side]
		}
	}
	var points []GoalPoint
	for n, at := range places {
		if at >= 0 && !slices.Contains(places[:n], at) {
			points = append(points, *s.seen[at].point)
		}
	}
	return outcome, points
}

// rankOptions tries all options, as far as the budget goes.
func (k *seeker) rankOptions() (*GoalAnswer, error) {
	s := &search{target: k.target}
	tries := min(k.lever.values, int64(k.budget()))
	for i := range tries {
		seen, err := k.try(i)
		if err != nil {
			return nil, err
		}
		if seen.point != nil {
			s.seen = append(s.seen, seen)
		}
	}
	if len(s.seen) == 0 {
		return nil, k.impossible()
	}
	out := k.answer()
	out.Failed = k.failed
	if tries == k.lever.values {
		out.Searched = SearchedAll
	}
	out.Outcome = s.markNearest()
	slices.SortStableFunc(s.seen, func(a, b sighting) int {
		return cmp.Or(a.figure.Sub(k.target).Abs().Cmp(b.figure.Sub(k.target).Abs()), cmp.Compare(len(a.point.NewApprovals), len(b.point.NewApprovals)))
	})
	for _, a := range s.seen {
		out.Answers = append(out.Answers, *a.point)
	}
	return out, nil
}

// markNearest marks what comes nearest on each side, all of those that come equally near.
func (s *search) markNearest() Outcome {
	nearest := map[side]int{below: s.best(below), above: s.best(above)}
	for _, a := range s.seen {
		best, ok := nearest[a.side]
		if ok && a.figure.Equal(s.seen[best].figure) {
			a.point.Match = nearestOn[a.side]
		}
	}
	switch {
	case s.exact() >= 0:
		return OutcomeExact
	case nearest[below] >= 0 && nearest[above] >= 0:
		return OutcomeNearest
	}
	return OutcomeUnreachable
}

var nearestOn = map[side]Match{below: MatchNearestBelow, above: MatchNearestAbove}
