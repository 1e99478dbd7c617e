package rulebook

import (
	"slices"

	"quotewright/pricing"
)

// exclusion reads how exclusion groups decide: one group for itself, between groups, or
// because another group applies. The names of the groups and the words are checked where
// the sales model is compiled.
func (r *reader) exclusion(o *object) pricing.ExclusionDefinition {
	d := pricing.ExclusionDefinition{At: o.at, Group: o.name("group"), Between: o.names("between"), If: o.name("if"), Drop: o.names("drop"),
		Keep: o.name("keep")}
	kinds := 0
	for _, key := range []string{"group", "between", "drop"} {
		if o.has(key) {
			kinds++
		}
	}
	switch {
	case kinds > 1:
		r.fail(o.at, "an exclusion is about one group, between groups, or drops groups; this one has %d of group, between and drop", kinds)
	case kinds == 1 && o.has("if") && !o.has("drop"):
		r.fail(d.If.At, "if belongs to drop: {if: G, drop: [H]}")
	case o.has("drop") && o.has("keep"):
		r.fail(d.Keep.At, "keep belongs to group or between: what is dropped keeps nothing")
	}
	r.twice(slices.Concat(d.Between, d.Drop), "the group %s is there twice")
	for _, g := range d.Drop {
		if g.Text == d.If.Text {
			r.fail(g.At, "the group %s cannot drop itself", g.Text)
		}
	}
	return d
}

// twice reports names that are there already.
func (r *reader) twice(names []pricing.Name, format string) {
	seen := map[string]bool{}
	for _, n := range names {
		if n.Text != "" && seen[n.Text] {
			r.fail(n.At, format, n.Text)
		}
		seen[n.Text] = true
	}
}
