package files

import "quotewright/catalog"

var rateFile = &file[catalog.Rate]{
	name: "rates.csv",
	key:  []string{"from", "to", "date"},
	kind: func(d *catalog.Delta) *catalog.Changes[catalog.Rate] { return &d.Rates },
	columns: []column[catalog.Rate]{
		{"from", required, "", func(r *catalog.Rate, c *cell) { r.From = c.currency() }},
		{"to", required, "", func(r *catalog.Rate, c *cell) { r.To = c.currency() }},
		{"rate", required, "", func(r *catalog.Rate, c *cell) { r.Rate = c.positive() }},
		{"date", required, "", func(r *catalog.Rate, c *cell) { r.Date = c.date() }},
	},
	check: func(r *catalog.Rate, w *row) {
		if r.From == r.To && !r.Rate.Equal(one) {
			w.fail("rate", "one %s is worth %s of itself", r.To, r.Rate)
		}
	},
}
