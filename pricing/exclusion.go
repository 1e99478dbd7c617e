package pricing

import (
	"slices"

	"quotewright/internal/formula"
	"quotewright/money"
)

// cluster are exclusion groups that decide together, after the last step of any of them.
type cluster struct {
	first, last int // steps
	groups      []exclusionGroup
	rules       []exclusionRule
}

type exclusionGroup struct {
	name  string
	keep  string // best, worst, first, all
	steps []int
}

// exclusionRule decides between groups of a cluster: one of between stays, or when a step
// of onlyIf applies, those of drop go.
type exclusionRule struct {
	between []int
	worst   bool
	onlyIf  int
	drop    []int
}

// exclusions gathers groups into clusters and refuses what would read one before it is
// settled.
func (c *compiler) exclusions(def Definition) {
	var groups []exclusionGroup
	byName := map[string]int{}
	for i, s := range c.steps {
		if s.group == "" {
			continue
		}
		g, known := byName[s.group]
		if !known {
			g = len(groups)
			byName[s.group] = g
			groups = append(groups, exclusionGroup{name: s.group, keep: "best"})
		}
		groups[g].steps = append(groups[g].steps, i)
	}
	c.loneGroups(groups)
	linked := make([]int, len(groups)) // the lowest group that each is linked with
	for g := range linked {
		linked[g] = g
	}
	find := func(n Name) int {
		g, known := byName[n.Text]
		if !known {
			c.mistakes.Add(n.At, "no step has the exclusion %s", n.Text)
			return -1
		}
		return g
	}
	var rules []exclusionRule
	for _, d := range def.Exclusions {
		rule, ok := c.exclusionRule(d, find, groups)
		if !ok {
			continue
		}
		rules = append(rules, rule)
		together := append(append(slices.Clone(rule.between), rule.drop...), rule.onlyIf)
		lowest, old := len(groups), []int{}
		for _, g := range together {
			if g >= 0 {
				lowest, old = min(lowest, linked[g]), append(old, linked[g])
			}
		}
		for g := range linked {
			if slices.Contains(old, linked[g]) {
				linked[g] = lowest
			}
		}
	}
	c.cluster(groups, linked, rules)
	c.unsettled()
}

// exclusionRule reads one rule; false when it is about a single group or wrong.
func (c *compiler) exclusionRule(d ExclusionDefinition, find func(Name) int, groups []exclusionGroup) (exclusionRule, bool) {
	rule := exclusionRule{onlyIf: -1, worst: d.Keep.Text == "worst"}
	switch {
	case d.Group.Text != "":
		c.among(d.Keep, "keep", "", "best", "worst", "first", "all")
		if g := find(d.Group); g >= 0 && d.Keep.Text != "" {
			groups[g].keep = d.Keep.Text
		}
		return rule, false
	case len(d.Between) > 0:
		c.among(d.Keep, "keep", "", "best", "worst")
		if len(d.Between) < 2 {
			c.mistakes.Add(d.At, "between needs two groups or more")
		}
		for _, n := range d.Between {
			rule.between = append(rule.between, find(n))
		}
	case len(d.Drop) > 0 && d.If.Text != "":
		rule.onlyIf = find(d.If)
		for _, n := range d.Drop {
			rule.drop = append(rule.drop, find(n))
		}
	default:
		c.mistakes.Add(d.At, "an exclusion has group and keep, between and keep, or if and drop")
		return rule, false
	}
	return rule, !slices.Contains(rule.between, -1) && !slices.Contains(rule.drop, -1) && (len(rule.drop) == 0 || rule.onlyIf >= 0)
}

// loneGroups warns of a group of one step that is called almost as another group.
func (c *compiler) loneGroups(groups []exclusionGroup) {
	for g, group := range groups {
		var others []string
		for h, other := range groups {
			if h != g && len(other.steps) >= len(group.steps) {
				others = append(others, other.name)
			}
		}
		near := formula.Nearest(group.name, others)
		if len(group.steps) > 1 || near == "" {
			continue
		}
		s := &c.steps[group.steps[0]]
		c.mistakes.Warn(s.def.Exclusion.At, "no other step is in exclusion %s; did you mean %s?", group.name, near)
	}
}

func (c *compiler) cluster(groups []exclusionGroup, linked []int, rules []exclusionRule) {
	place := make([]int, len(groups)) // of a group in its cluster
	byLowest := map[int]int{}
	for g, group := range groups {
		at, known := byLowest[linked[g]]
		if !known {
			at = len(c.clusters)
			byLowest[linked[g]] = at
			c.clusters = append(c.clusters, cluster{first: group.steps[0]})
		}
		k := &c.clusters[at]
		place[g] = len(k.groups)
		k.groups = append(k.groups, group)
		k.first, k.last = min(k.first, group.steps[0]), max(k.last, group.steps[len(group.steps)-1])
		for _, i := range group.steps {
			c.steps[i].cluster = at
		}
	}
	for _, rule := range rules {
		member := rule.onlyIf
		if len(rule.between) > 0 {
			member = rule.between[0]
		}
		k := &c.clusters[byLowest[linked[member]]]
		for i, g := range rule.between {
			rule.between[i] = place[g]
		}
		for i, g := range rule.drop {
			rule.drop[i] = place[g]
		}
		if rule.onlyIf >= 0 {
			rule.onlyIf = place[rule.onlyIf]
		}
		k.rules = append(k.rules, rule)
	}
}

// unsettled refuses subtotals and bases between the steps of a cluster, and replaced
// steps that a subtotal counts already.
func (c *compiler) unsettled() {
	for _, k := range c.clusters {
		for i := k.first + 1; i < k.last; i++ {
			s := &c.steps[i]
			if s.kind == "subtotal" {
				c.mistakes.Add(s.def.At, "subtotal %s stands between the steps of exclusion %s", s.id, k.groups[0].name)
				continue
			}
			for _, b := range s.basis {
				if c.steps[b].group != "" && b >= k.first && b <= k.last {
					c.mistakes.Add(s.def.At, "step %s reads %s before exclusion %s is settled", s.id, c.steps[b].id, c.steps[b].group)
				}
			}
		}
	}
	for i, s := range c.steps {
		for _, replaced := range s.replaces {
			for j := replaced + 1; j < i; j++ {
				if c.steps[j].kind == "subtotal" {
					c.mistakes.Add(s.def.At, "step %s replaces %s, which subtotal %s already counts", s.id, c.steps[replaced].id, c.steps[j].id)
				}
			}
		}
	}
}

// settle decides a cluster on a line.
func (r *run) settle(k *cluster, l *lineRun) {
	for g := range k.groups {
		group := &k.groups[g]
		if kept := r.keeper(group, l); kept >= 0 {
			for _, i := range group.steps {
				if i != kept {
					r.withdraw(i, l, "lost to ", r.model.steps[kept].id, " in exclusion ", group.name)
				}
			}
		}
	}
	for i := range k.rules {
		r.decideGroups(k, &k.rules[i], l)
	}
}

// keeper returns the step that a group keeps alone, or -1 for all.
func (r *run) keeper(g *exclusionGroup, l *lineRun) int {
	kept := -1
	for _, i := range g.steps {
		c := &l.cells[i]
		if g.keep == "all" || !c.counts() || c.amount.IsZero() {
			continue
		}
		switch {
		case kept < 0, g.keep == "best" && c.amount.Less(l.cells[kept].amount), g.keep == "worst" && l.cells[kept].amount.Less(c.amount):
			kept = i
		}
	}
	return kept
}

func (r *run) decideGroups(k *cluster, rule *exclusionRule, l *lineRun) {
	if rule.onlyIf >= 0 {
		if _, applies := groupSum(&k.groups[rule.onlyIf], l); !applies {
			return
		}
		for _, g := range rule.drop {
			r.drop(&k.groups[g], l, "dropped because of group ", k.groups[rule.onlyIf].name)
		}
		return
	}
	best := -1
	var bestSum money.Num
	for _, g := range rule.between {
		sum, applies := groupSum(&k.groups[g], l)
		if applies && (best < 0 || !rule.worst && sum.Less(bestSum) || rule.worst && bestSum.Less(sum)) {
			best, bestSum = g, sum
		}
	}
	for _, g := range rule.between {
		if best >= 0 && g != best {
			r.drop(&k.groups[g], l, "lost to group ", k.groups[best].name)
		}
	}
}

func groupSum(g *exclusionGroup, l *lineRun) (sum money.Num, applies bool) {
	for _, i := range g.steps {
		if c := &l.cells[i]; c.counts() && !c.amount.IsZero() {
			sum, applies = sum.Add(c.amount), true
		}
	}
	return sum, applies
}

func (r *run) drop(g *exclusionGroup, l *lineRun, why ...string) {
	for _, i := range g.steps {
		r.withdraw(i, l, why...)
	}
}
