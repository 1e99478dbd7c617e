package pricing

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
	"quotewright/money"
)

// freeGoods is a compiled entry of a free_goods step.
type freeGoods struct {
	id          string
	title       Title
	source      *Source
	buy, get    *formula.Formula // get nil: the lines that count
	every, free money.Num
	minimum     money.Num
	limit       *money.Num
	percent     money.Num
	overQuote   bool
	exclusive   bool
	sku         string
}

func (c *compiler) freeGoods(s *step) {
	ids := c.unique("entry of free_goods")
	for _, d := range s.def.FreeGoods {
		ids(d.ID, d.At)
		c.among(d.Over, "over", "", "line", "quote")
		f := freeGoods{id: d.ID, title: d.Title, source: &Source{File: d.At.File, Line: d.At.Line, Record: d.ID},
			buy: c.optional(d.Buy, formula.Boolean), get: c.optional(d.Get, formula.Boolean), percent: money.NumOfInt(-100),
			overQuote: d.Over.Text == "quote", exclusive: d.Exclusive, sku: d.SKU.Text, limit: numOf(d.Limit)}
		if d.Every == nil || d.Every.Sign() <= 0 || d.Free == nil || d.Free.Sign() <= 0 {
			c.mistakes.Add(d.At, "free goods %s needs every and free, both above 0", d.ID)
			continue
		}
		f.every, f.free, f.minimum = money.NumOf(*d.Every), money.NumOf(*d.Free), money.NumOf(*d.Every)
		if d.Minimum != nil {
			f.minimum = money.NumOf(*d.Minimum)
		}
		if d.Percent != nil {
			f.percent = money.NumOf(*d.Percent)
		}
		if f.sku != "" && !f.exclusive {
			c.mistakes.Add(d.SKU.At, "a product is added by exclusive free goods only; get says which lines are free")
		}
		s.freeGoods = append(s.freeGoods, f)
	}
}

func (r *run) giveFreeGoods(s *step) {
	for i := range s.freeGoods {
		f := &s.freeGoods[i]
		if f.overQuote {
			r.freeOverQuote(s, f)
			continue
		}
		for n := range r.lines {
			if l := &r.lines[n]; !l.failed {
				r.freeOnLine(s, f, l, &r.outs[n])
			}
		}
	}
}

// applies evaluates the step's own condition and one of the entry's.
func (r *run) applies(s *step, condition *formula.Formula, id string, l *lineRun, out *outcome) bool {
	r.line = l
	ok, err := r.holds(s.when, s.gate, id, out)
	if ok && err == nil {
		ok, err = r.holds(condition, nil, id, out)
	}
	if err != nil {
		r.fail(l, "step "+s.id+": ", err, "step", s.def.At)
	}
	return ok && err == nil
}

// earned is how many units are free of so many; 0 with the reason.
func (r *run) earned(f *freeGoods, units money.Num) (money.Num, span) {
	if units.Less(f.minimum) {
		return money.Num{}, r.put("below the minimum of ", f.minimum.String())
	}
	times, err := units.Divide(f.every)
	if err != nil {
		return money.Num{}, span{}
	}
	n := times.Floor().Mul(f.free)
	if f.limit != nil {
		n = money.MinNum(n, *f.limit)
	}
	if n.IsZero() {
		return n, r.put("below the minimum of ", f.every.String())
	}
	return n, span{}
}

func (r *run) freeOnLine(s *step, f *freeGoods, l *lineRun, out *outcome) {
	if !r.applies(s, f.buy, f.id, l, out) || f.get != nil && !r.applies(s, f.get, f.id, l, out) {
		return
	}
	n, why := r.earned(f, l.base)
	if n.IsZero() {
		out.lose(f.id, why)
		return
	}
	if f.exclusive {
		r.give(f, l, n, out)
		return
	}
	r.free(f, l, money.MinNum(n, l.base), out)
}

// free makes units of a line free.
func (r *run) free(f *freeGoods, l *lineRun, units money.Num, out *outcome) {
	c := candidate{id: f.id, title: &f.title, source: f.source}
	value := l.running.Percent(f.percent).Mul(units)
	amount, err := value.Divide(l.base)
	if err != nil {
		return
	}
	c.amount = amount
	c.note = r.put(units.String(), " free")
	out.found = append(out.found, c)
}

// give adds units that are delivered and not charged.
func (r *run) give(f *freeGoods, l *lineRun, units money.Num, out *outcome) {
	sku, unit := f.sku, ""
	if sku == "" {
		sku = l.in.Product.SKU
	}
	if p, known := r.view.Product(sku); known {
		unit = p.Unit
	} else {
		out.lose(f.id, r.put("there is no product ", sku))
		return
	}
	gift := &FreeGood{ID: f.id, Line: l.in.ID, SKU: sku, Quantity: units, Unit: unit, Source: f.source}
	out.found = append(out.found, candidate{gift: gift, id: f.id, title: &f.title, source: f.source, note: r.put(units.String(), " ", unit, " ", sku, " added")})
}

// gift is a free good of a step on a line, unless the step is withdrawn.
type gift struct {
	line *lineRun
	step int
	FreeGood
}

// freeGoodsGiven are the gifts of steps that still count, on lines that are bought.
func (r *run) freeGoodsGiven() []FreeGood {
	var given []FreeGood
	for _, g := range r.gifts {
		if g.line.counts && g.line.cells[g.step].counts() {
			given = append(given, g.FreeGood)
		}
	}
	slices.SortStableFunc(given, func(a, b FreeGood) int { return r.place(a.Line) - r.place(b.Line) })
	return given
}

// freeOverQuote counts units over the lines and frees the cheapest.
func (r *run) freeOverQuote(s *step, f *freeGoods) {
	lines := slices.Clone(r.countedLines())
	var units money.Num
	var buying []int32
	for _, n := range lines {
		if l := &r.lines[n]; r.applies(s, f.buy, f.id, l, &r.outs[n]) {
			units = units.Add(l.base)
			buying = append(buying, n)
		}
	}
	n, why := r.earned(f, units)
	getting := buying
	if f.get != nil && !f.exclusive {
		getting = nil
		for _, at := range lines {
			var silent outcome
			if l := &r.lines[at]; l.counts && r.applies(s, f.get, f.id, l, &silent) {
				getting = append(getting, at)
			}
		}
	}
	if n.IsZero() {
		for _, at := range buying {
			r.outs[at].lose(f.id, why)
		}
		return
	}
	if f.exclusive {
		r.give(f, &r.lines[buying[0]], n, &r.outs[buying[0]])
		return
	}
	r.cheapestFirst(getting)
	for _, at := range getting {
		l := &r.lines[at]
		taken := money.MinNum(n, l.base)
		if taken.IsZero() {
			r.outs[at].loseText(f.id, "the free units went to cheaper lines")
			continue
		}
		r.outs[at].lost = slices.DeleteFunc(r.outs[at].lost, func(x loser) bool { return x.id == f.id })
		r.free(f, l, taken, &r.outs[at])
		n = n.Sub(taken)
	}
}

// cheapestFirst orders lines by the price of a unit, then by id.
func (r *run) cheapestFirst(lines []int32) {
	slices.SortStableFunc(lines, func(a, b int32) int {
		x, y := &r.lines[a], &r.lines[b]
		if c := x.running.Mul(y.base).Cmp(y.running.Mul(x.base)); c != 0 {
			return c
		}
		return strings.Compare(x.in.ID, y.in.ID)
	})
}
