package rulebook

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
	"quotewright/pricing"
)

// priceLists reads the price lists that come from others. Every list that another comes
// from has to be there, and no list may come from itself.
func (r *reader) priceLists(o *object) map[string]pricing.PriceList {
	lists := map[string]pricing.PriceList{}
	o.children("price_lists", func(f field) {
		if p, ok := r.object(f.value, "price list "+f.key); ok {
			lists[f.key] = r.priceList(f, p)
		}
	})
	for _, id := range sorted(lists) {
		r.origin(lists, lists[id])
	}
	r.circles(lists)
	return lists
}

func (r *reader) priceList(f field, o *object) pricing.PriceList {
	p := pricing.PriceList{ID: f.key, At: f.at, Title: o.title("title"), From: o.name("from"), Percent: o.growth("percent"),
		Round: o.roundEach("round", "unit")}
	for _, key := range []string{"percent", "round"} {
		if n := o.node.get(key); n != nil && !o.has("from") {
			r.fail(n.at, "%s belongs to a price list that comes from another: from is missing", key)
		}
	}
	o.done()
	return p
}

// origin checks the list that another comes from.
func (r *reader) origin(lists map[string]pricing.PriceList, p pricing.PriceList) {
	if _, known := lists[p.From.Text]; known || p.From.Text == "" {
		return
	}
	if near := formula.Nearest(p.From.Text, sorted(lists)); near != "" {
		r.fail(p.From.At, "unknown price list %s; did you mean %s?", p.From.Text, near)
		return
	}
	r.fail(p.From.At, "unknown price list %s: price_lists has to name it too, %s: {}", p.From.Text, p.From.Text)
}

// circles reports price lists that come from themselves, once for each circle.
func (r *reader) circles(lists map[string]pricing.PriceList) {
	done := map[string]bool{}
	for _, id := range sorted(lists) {
		var way []string
		for at := id; at != "" && !done[at]; at = lists[at].From.Text {
			done[at] = true
			way = append(way, at)
			next := lists[at].From
			if start := slices.Index(way, next.Text); start >= 0 && next.Text != "" {
				r.fail(next.At, "price list %s comes from itself: %s", next.Text, strings.Join(append(way[start:], next.Text), " from "))
			}
		}
	}
}
