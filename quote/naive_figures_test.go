package quote_test

import (
	"maps"
	"slices"
)

// clusterOf returns the groups that settle together with a step's group.
func (e *naiveEvaluator) clusterOf(i int) ([]string, bool) {
	group := e.book.steps[i].exclusion
	if group == "" {
		return nil, false
	}
	in := []string{group}
	for grown := true; grown; {
		grown = false
		for _, x := range e.book.exclusions {
			linked := append(slices.Clone(x.between), x.drop...)
			if x.ifGroup != "" {
				linked = append(linked, x.ifGroup)
			}
			if !slices.ContainsFunc(linked, func(g string) bool { return slices.Contains(in, g) }) {
				continue
			}
			for _, g := range linked {
				if !slices.Contains(in, g) {
					in, grown = append(in, g), true
				}
			}
		}
	}
	return in, true
}

// clusterStartOf returns the first step of a step's cluster.
func (e *naiveEvaluator) clusterStartOf(s *naiveStep) (int, bool) {
	for i := range e.book.steps {
		if e.book.steps[i].id != s.id {
			continue
		}
		groups, member := e.clusterOf(i)
		if !member {
			return 0, false
		}
		for j := range e.book.steps {
			if slices.Contains(groups, e.book.steps[j].exclusion) {
				return j, true
			}
		}
	}
	return 0, false
}

func (e *naiveEvaluator) clusterEnds(i int) bool {
	groups, member := e.clusterOf(i)
	if !member {
		return false
	}
	for j := i + 1; j < len(e.book.steps); j++ {
		if slices.Contains(groups, e.book.steps[j].exclusion) {
			return false
		}
	}
	return true
}

// clusterOpen reports whether a cluster has begun by a step and ends later.
func (e *naiveEvaluator) clusterOpen(i int) bool {
	for j := 0; j <= i; j++ {
		groups, member := e.clusterOf(j)
		for k := i + 1; member && k < len(e.book.steps); k++ {
			if slices.Contains(groups, e.book.steps[k].exclusion) {
				return true
			}
		}
	}
	return false
}

func (e *naiveEvaluator) clusterEnding(i int) ([]string, bool) {
	groups, _ := e.clusterOf(i)
	return groups, e.clusterEnds(i)
}

// settle decides on every line which steps of a cluster stay.
func (e *naiveEvaluator) settle(groups []string, i int) {
	for _, l := range e.live() {
		members := map[string][]*naiveResult{}
		for _, r := range l.steps[:i+1] {
			if g := r.step.exclusion; slices.Contains(groups, g) && r.verdict == "applied" {
				members[g] = append(members[g], r)
			}
		}
		for _, g := range slices.Sorted(maps.Keys(members)) {
			members[g] = e.keep(e.keepOf(g), members[g])
		}
		for _, x := range e.book.exclusions {
			if len(x.between) > 0 && slices.Contains(groups, x.between[0]) {
				e.settleBetween(x, members)
			}
			if slices.Contains(groups, x.ifGroup) && gives(members[x.ifGroup]) {
				for _, g := range x.drop {
					drop(members, g)
				}
			}
		}
		l.rebuild()
	}
}

// gives reports whether some step of a group gives something.
func gives(members []*naiveResult) bool {
	return slices.ContainsFunc(members, func(r *naiveResult) bool { return !r.amount.IsZero() })
}

func drop(members map[string][]*naiveResult, group string) {
	for _, r := range members[group] {
		r.withdraw()
	}
	members[group] = nil
}

func (e *naiveEvaluator) keepOf(group string) string {
	for _, x := range e.book.exclusions {
		if x.group == group {
			return orDefault(x.keep, "best")
		}
	}
	return "best"
}

// keep settles one group by itself and returns what stays.
func (e *naiveEvaluator) keep(how string, members []*naiveResult) []*naiveResult {
	if how == "all" || !gives(members) {
		return members
	}
	var best *naiveResult
	for _, r := range members {
		switch {
		case r.amount.IsZero():
		case best == nil, how == "best" && e.less(r.amount, best.amount), how == "worst" && e.less(best.amount, r.amount):
			best = r
		}
	}
	for _, r := range members {
		if r != best {
			r.withdraw()
		}
	}
	return []*naiveResult{best}
}

// settleBetween keeps of some groups the one with the best sum.
func (e *naiveEvaluator) settleBetween(x naiveExclusion, members map[string][]*naiveResult) {
	sum := func(g string) dec {
		total := zero
		for _, r := range members[g] {
			total = total.Add(r.amount)
		}
		return total
	}
	best := ""
	for _, g := range x.between {
		switch {
		case !gives(members[g]):
		case best == "", orDefault(x.keep, "best") == "best" && e.less(sum(g), sum(best)), x.keep == "worst" && e.less(sum(best), sum(g)):
			best = g
		}
	}
	for _, g := range x.between {
		if best != "" && g != best {
			drop(members, g)
		}
	}
}

// conclude makes a line's figures.
func (e *naiveEvaluator) conclude(l *naiveLine) {
	f := &l.figures
	included := e.settleIncluded(l)
	exact := l.running
	for _, r := range l.steps {
		if r.step.excluded && !r.step.statistical {
			f.tax = f.tax.Add(r.amount)
			exact = exact.Sub(r.delta)
		}
	}
	gross := e.roundTo(exact, minorUnit(e.currency), e.book.netRounding)
	f.net = gross.Sub(included)
	f.rounding = gross.Sub(exact)
	f.list, f.exactList = f.net, f.net
	listed := false
	for _, r := range l.steps {
		switch {
		case r.step.kind == "subtotal" && !listed:
			listed, f.exactList = true, r.running
		case r.step.kind == "subtotal":
		case r.step.kind == "term" && r.verdict == "applied":
			if listed { // what was found so far is of one period
				f.exactList, f.exactDiscount = e.overTerm(l, f.exactList), e.overTerm(l, f.exactDiscount)
			}
		case listed && !r.step.excluded && r.delta.Sign() < 0:
			f.exactDiscount = f.exactDiscount.Sub(r.delta)
		}
	}
	if listed {
		f.list = e.roundTo(f.exactList, minorUnit(e.currency), e.book.netRounding)
		f.discount = f.list.Sub(e.roundTo(f.exactList.Sub(f.exactDiscount), minorUnit(e.currency), e.book.netRounding))
	}
	f.percent = e.percentage(f.exactDiscount, f.exactList)
	f.gross = f.net.Add(f.tax)
	f.unit = e.unitPrice(f.net, l.quantity)
	e.earn(f, l.totalCost)
	e.guide(l)
	e.concludeTerm(l)
}

// earn compares a net with what it costs, where that is known.
func (e *naiveEvaluator) earn(f *naiveFigures, cost *dec) {
	if cost == nil {
		return
	}
	rounded := e.roundMinor(*cost)
	margin := f.net.Sub(rounded)
	f.cost, f.margin = &rounded, &margin
	if !f.net.IsZero() {
		percent := e.percentage(margin, f.net)
		f.marginPercent = &percent
	}
}

// unitPrice has as few digits as give the net again, at most four more than the currency.
func (e *naiveEvaluator) unitPrice(net, quantity dec) dec {
	digits := -minorUnit(e.currency).Exponent()
	for extra := int32(0); extra < 4; extra++ {
		price := net.DivRound(quantity, digits+extra)
		if back := price.Mul(quantity); back.Equal(net) || extra > 0 && back.Round(digits).Equal(net) {
			return price
		}
	}
	return net.DivRound(quantity, digits+4)
}

// percentage is a part of a whole in percent, to two places.
func (e *naiveEvaluator) percentage(part, whole dec) dec {
	if whole.IsZero() {
		return zero
	}
	return e.roundTo(e.divide(part.Mul(hundred), whole), num("0.01"), "")
}

// settleIncluded works out the taxes that the price contains already, all rates together.
func (e *naiveEvaluator) settleIncluded(l *naiveLine) dec {
	sum := zero
	for _, r := range l.steps {
		if r.step.included {
			sum = sum.Add(r.amount)
		}
	}
	return sum
}

// guide compares the net with what it should be.
func (e *naiveEvaluator) guide(l *naiveLine) {
	f := &l.figures
	for _, r := range l.steps {
		if r.verdict != "applied" {
			continue
		}
		amount := r.amount
		switch r.step.guidance {
		case "floor":
			f.floor = &amount
		case "target":
			f.target = &amount
		case "stretch":
			f.stretch = &amount
		}
	}
	switch {
	case f.floor == nil && f.target == nil && f.stretch == nil:
	case f.floor != nil && e.less(f.net, *f.floor):
		f.position = "below_floor"
	case f.target != nil && e.less(f.net, *f.target):
		f.position = "below_target"
	case f.stretch != nil && e.less(f.net, *f.stretch):
		f.position = "below_stretch"
	default:
		f.position = "above"
	}
}

// total adds up the printed figures.
func (e *naiveEvaluator) total() {
	t := &e.totals
	cost, known := zero, true
	for _, l := range e.lines {
		if l.failed != "" || l.refused || l.req.optional {
			continue
		}
		sign := one
		if l.returned {
			sign = one.Neg()
		}
		add := func(to *dec, of dec) { *to = to.Add(of.Mul(sign)) }
		f := &l.figures
		add(&t.list, f.list)
		add(&t.discount, f.discount)
		add(&t.net, f.net)
		add(&t.tax, f.tax)
		add(&t.gross, f.gross)
		add(&t.exactList, f.exactList)
		add(&t.exactDiscount, f.exactDiscount)
		if known = known && f.cost != nil; known {
			add(&cost, *f.cost)
		}
		if l.recurring != nil {
			e.recurs = true
			add(&e.recurring, f.net)
			add(&e.arr, l.recurring.annual)
		}
	}
	e.arr = e.roundMinor(e.arr)
	net := e.unallocated.Sub(e.unallocatedExcluded)
	t.net = t.net.Add(net)
	t.discount = t.discount.Add(e.unallocatedOff)
	t.exactDiscount = t.exactDiscount.Add(e.unallocatedOff)
	t.tax = t.tax.Add(e.unallocatedExcluded)
	t.gross = t.gross.Add(e.unallocated)
	t.percent = e.percentage(t.exactDiscount, t.exactList)
	if known {
		e.earn(t, &cost)
	}
}

// approve finds out who has to be asked.
func (e *naiveEvaluator) approve() {
	for _, a := range e.book.approvals {
		if !a.perLine {
			if is, err := holds(a.when, e.onQuote()); err == nil && is {
				e.approved = append(e.approved, a.id)
			}
			continue
		}
		for _, l := range e.live() {
			if l.req.optional {
				continue
			}
			if is, err := holds(a.when, e.onLine(l)); err == nil && is {
				e.approved = append(e.approved, a.id+"/"+l.req.id)
			}
		}
	}
	slices.Sort(e.approved)
}
