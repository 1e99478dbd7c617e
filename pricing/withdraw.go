package pricing

import (
	"errors"
	"slices"

	"quotewright/money"
)

// afterStep settles the exclusions that end here and refuses what brings a price below zero. While
// exclusions are open, what they will withdraw is still in the running amount.
func (r *run) afterStep(i int, s *step, lines []lineRun) {
	ends := s.cluster >= 0 && r.model.clusters[s.cluster].last == i
	open := slices.ContainsFunc(r.model.clusters, func(k cluster) bool { return k.first <= i && i < k.last })
	for n := range lines {
		l := &lines[n]
		if l.failed {
			continue
		}
		if ends {
			r.settle(&r.model.clusters[s.cluster], l)
		}
		if open || l.running.Sign() >= 0 {
			continue
		}
		if s.def.AllowNegative {
			l.negative = true
			continue
		}
		if c := &l.cells[i]; !l.negative || c.counts() && c.amount.Sign() < 0 && !s.statistical && !s.excluded {
			r.fail(l, "step "+s.id+" makes the price negative: ", errors.New(r.in.Currency.AmountOf(l.running).String()), "negative_price", s.def.At)
		}
	}
}

// remember notes the running amounts before a cluster of exclusion groups.
func (r *run) remember(k int, lines []lineRun) {
	clusters := len(r.model.clusters)
	for n := range lines {
		r.before[lines[n].index*clusters+k] = lines[n].running
	}
}

// forget takes an amount out of what was remembered after the step that is withdrawn.
func (r *run) forget(i int, l *lineRun, amount money.Num) {
	clusters := len(r.model.clusters)
	for k := range r.model.clusters {
		if r.model.clusters[k].first > i {
			before := &r.before[l.index*clusters+k]
			*before = before.Sub(amount)
		}
	}
}

// withdraw takes back what a step had added and says why.
func (r *run) withdraw(i int, l *lineRun, why ...string) {
	c := &l.cells[i]
	if !c.counts() {
		return
	}
	s := &r.model.steps[i]
	if !s.statistical {
		l.running = l.running.Sub(c.amount)
		r.forget(i, l, c.amount)
	}
	if r.trace {
		r.unwrite(s, l, c.amount, why...)
	}
	*c = cell{state: withdrawn}
}
