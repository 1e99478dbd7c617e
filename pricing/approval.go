package pricing

import (
	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// eligibilityRule refuses a product.
type eligibilityRule struct {
	id     string
	at     fault.Position
	when   *formula.Formula
	gate   *gate
	refuse message
}

// approvalRule asks for approvers, once per line or once for the quote.
type approvalRule struct {
	id      string
	at      fault.Position
	when    *formula.Formula
	rule    rule
	roles   []string
	order   string
	reason  message
	perLine bool
	cost    bool // its condition or its reason reads costs or margins
}

// eligibility refuses what may not be sold. A refused line is priced all the same, so
// that the rep sees what it would cost, but takes no part in the quote.
func (r *run) eligibility() {
	set := &r.model.eligibility
	for n := range r.lines {
		l := &r.lines[n]
		if l.failed {
			continue
		}
		r.line = l
		r.status(l)
		if set.index == nil {
			for i := range set.rules {
				r.refuse(&set.rules[i], l)
			}
			continue
		}
		for _, i := range set.index.find(&r.probes[set.index.ordinal], r.lookup) {
			r.refuse(&set.rules[i], l)
		}
	}
}

func (r *run) refuse(rule *eligibilityRule, l *lineRun) {
	if l.failed {
		return
	}
	refused, err := r.isTrue(rule.when, rule.gate)
	text := ""
	if err == nil && refused {
		text, err = rule.refuse.in(r.in.Language).Render(r.lookup)
	}
	if err != nil {
		r.fail(l, "eligibility "+rule.id+": ", err, "formula", rule.at)
		return
	}
	if refused {
		l.refused = true
		r.result.Messages = append(r.result.Messages, Message{Severity: "error", Code: "ineligible", Line: l.in.ID, Text: text, Source: &rule.at})
	}
}

// status tells of products that are not sold, or not for long.
func (r *run) status(l *lineRun) {
	p := l.in.Product
	m := Message{Severity: "error", Code: "blocked_product", Line: l.in.ID}
	switch p.Status {
	case catalog.Blocked:
		m.Text = p.SKU + " is blocked for sale"
		l.refused = true
	case catalog.Obsolete:
		m.Text = p.SKU + " is not sold any more"
		l.refused = true
	case catalog.PhaseOut:
		m.Severity, m.Code, m.Text = "warning", "phase_out", p.SKU+" is sold only while stock lasts"
	default:
		return
	}
	if p.Successor != "" {
		m.Text += "; its successor is " + p.Successor
	}
	r.result.Messages = append(r.result.Messages, m)
}

// approvals asks every rule about the priced quote.
func (r *run) approvals() []Approval {
	needed := []Approval{}
	for i := range r.model.approvals {
		rule := &r.model.approvals[i]
		a := Approval{ID: rule.id, Roles: rule.roles, Order: rule.order, Cost: rule.cost}
		if !rule.perLine {
			r.line = nil
			if reason, ok := r.asks(rule, nil); ok {
				a.Reason = reason
				needed = append(needed, a)
			}
			continue
		}
		for n := range r.lines {
			l := &r.lines[n]
			if l.failed || l.in.Optional || !all(rule.rule.predicates, r.lineLookup(l)) {
				continue
			}
			if reason, ok := r.asks(rule, l); ok {
				a.Lines = append(a.Lines, l.in.ID)
				if a.Reason == "" {
					a.Reason = reason
				}
			}
		}
		if len(a.Lines) > 0 {
			needed = append(needed, a)
		}
	}
	return needed
}

func (r *run) lineLookup(l *lineRun) formula.Lookup {
	r.line = l
	return r.lookup
}

func (r *run) asks(rule *approvalRule, l *lineRun) (reason string, ok bool) {
	ok, err := rule.when.True(r.lookup)
	if err == nil && ok && rule.reason != nil {
		reason, err = rule.reason.in(r.in.Language).Render(r.lookup)
	}
	if err != nil {
		r.fail(l, "approval "+rule.id+": ", err, "formula", rule.at)
		return "", false
	}
	if ok && reason == "" {
		reason = rule.when.String()
	}
	return reason, ok
}

// quoteFigures and lineFigures are what approvals may read of the priced quote and its
// lines; nil is not known. Those of a return are the sale's, as everywhere in rules.
var quoteFigures = map[string]func(t *Totals) *money.Num{
	"net": ofAmount(func(t *Totals) *money.Amount { return &t.Net }), "list": ofAmount(func(t *Totals) *money.Amount { return &t.List }),
	"discount":         ofAmount(func(t *Totals) *money.Amount { return &t.Discount }),
	"discount_percent": func(t *Totals) *money.Num { return &t.DiscountPercent },
	"gross":            ofAmount(func(t *Totals) *money.Amount { return &t.Gross }), "tax": ofAmount(func(t *Totals) *money.Amount { return &t.Tax }),
	"cost": ofAmount(func(t *Totals) *money.Amount { return t.Cost }), "margin": ofAmount(func(t *Totals) *money.Amount { return t.Margin }),
	"margin_percent": func(t *Totals) *money.Num { return t.MarginPercent },
	"one_off":        ofAmount(func(t *Totals) *money.Amount { return t.OneOff }), "recurring": ofAmount(func(t *Totals) *money.Amount { return t.Recurring }),
	"tcv": ofAmount(func(t *Totals) *money.Amount { return t.TCV }), "arr": ofAmount(func(t *Totals) *money.Amount { return t.ARR }),
}

func ofAmount[T any](get func(T) *money.Amount) func(T) *money.Num {
	return func(t T) *money.Num {
		if a := get(t); a != nil {
			return &a.Num
		}
		return nil
	}
}

var lineFigures = map[string]func(l *lineRun) *money.Num{
	"net": ofSale(func(l *lineRun) *money.Amount { return &l.figures.Net }), "list": ofSale(func(l *lineRun) *money.Amount { return &l.figures.List }),
	"discount":         ofSale(func(l *lineRun) *money.Amount { return &l.figures.Discount }),
	"discount_percent": func(l *lineRun) *money.Num { return &l.figures.DiscountPercent },
	"gross":            ofSale(func(l *lineRun) *money.Amount { return &l.figures.Gross }), "tax": ofSale(func(l *lineRun) *money.Amount { return &l.figures.Tax }),
	"margin":         ofSale(func(l *lineRun) *money.Amount { return l.figures.Margin }),
	"margin_percent": func(l *lineRun) *money.Num { return l.figures.MarginPercent },
	"unit_price":     func(l *lineRun) *money.Num { return &l.price },
	"floor":          guided(floorOf), "target": guided(targetOf), "stretch": guided(stretchOf),
	"floor_gap_percent": gap(floorOf), "target_gap_percent": gap(targetOf), "stretch_gap_percent": gap(stretchOf),
}

func ofSale(get func(l *lineRun) *money.Amount) func(l *lineRun) *money.Num {
	return func(l *lineRun) *money.Num {
		a := get(l)
		if a == nil {
			return nil
		}
		n := a.Num
		if l.returned {
			n = n.Neg()
		}
		return &n
	}
}

func floorOf(g *Guidance) *money.Amount   { return g.Floor }
func targetOf(g *Guidance) *money.Amount  { return g.Target }
func stretchOf(g *Guidance) *money.Amount { return g.Stretch }

func guided(get func(*Guidance) *money.Amount) func(l *lineRun) *money.Num {
	return ofSale(func(l *lineRun) *money.Amount {
		if l.guide == nil {
			return nil
		}
		return get(l.guide)
	})
}

// gap is how far a net is below a guidance price, in percent of it.
func gap(get func(*Guidance) *money.Amount) func(l *lineRun) *money.Num {
	return func(l *lineRun) *money.Num {
		if l.guide == nil || get(l.guide) == nil || get(l.guide).IsZero() {
			return nil
		}
		limit := get(l.guide).Num
		n := share(limit.Sub(l.figures.Net.Num), limit)
		return &n
	}
}

// declareResults adds what is known once everything is priced.
func (s *scope) declareResults() {
	for name, get := range quoteFigures {
		s.declare("quote."+name, formula.Number, optionalNumber(func(r *run, _ *lineRun) *money.Num { return get(&r.totals) }))
	}
	for name, get := range lineFigures {
		s.declare("line."+name, formula.Number, optionalNumber(func(_ *run, l *lineRun) *money.Num { return get(l) }))
	}
	s.declare("line.guidance", formula.Text, text(func(_ *run, l *lineRun) string {
		if l.guide == nil {
			return ""
		}
		return l.guide.Position
	}))
}
