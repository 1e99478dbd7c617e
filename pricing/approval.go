package pricing

import (
	"fmt"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// eligibilityRule refuses a product.
type eligibilityRule struct {
	id     string
	at     fault.Position
	when   *formula.Formula
	refuse *formula.Template
}

// approvalRule asks for approvers, once per line or once for the quote.
type approvalRule struct {
	id      string
	at      fault.Position
	when    *formula.Formula
	roles   []string
	order   string
	reason  *formula.Template
	perLine bool
	cost    bool // its condition or its reason reads costs or margins
}

// eligibility refuses what may not be sold. A refused line is priced all the same, so
// that the rep sees what it would cost.
func (r *run) eligibility() {
	for _, l := range r.active() {
		r.status(l)
		for _, rule := range r.model.eligibility {
			refused, err := rule.when.True(r.lookup(l))
			text := ""
			if err == nil && refused {
				text, err = rule.refuse.Render(r.lookup(l))
			}
			if err != nil {
				r.fail(l, fmt.Errorf("eligibility %s: %w", rule.id, err), "formula", rule.at)
				break
			}
			if refused {
				r.messages = append(r.messages, Message{Severity: "error", Code: "ineligible", Line: l.in.ID, Text: text, Source: &rule.at})
			}
		}
	}
}

// status tells of products that are not sold, or not for long.
func (r *run) status(l *lineRun) {
	p := l.in.Product
	m := Message{Severity: "error", Code: "blocked_product", Line: l.in.ID}
	switch p.Status {
	case catalog.Blocked:
		m.Text = p.SKU + " is blocked for sale"
	case catalog.Obsolete:
		m.Text = p.SKU + " is not sold any more"
	case catalog.PhaseOut:
		m.Severity, m.Code, m.Text = "warning", "phase_out", p.SKU+" is sold only while stock lasts"
	default:
		return
	}
	if p.Successor != "" {
		m.Text += "; its successor is " + p.Successor
	}
	r.messages = append(r.messages, m)
}

// approvals asks every rule about the priced quote.
func (r *run) approvals() []Approval {
	needed := []Approval{}
	for _, rule := range r.model.approvals {
		if !rule.perLine {
			if reason, ok := r.asks(rule, nil); ok {
				needed = append(needed, Approval{ID: rule.id, Roles: rule.roles, Order: rule.order, Reason: reason, Cost: rule.cost})
			}
			continue
		}
		a := Approval{ID: rule.id, Roles: rule.roles, Order: rule.order, Cost: rule.cost}
		for _, l := range r.active() {
			if l.in.Optional {
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

func (r *run) asks(rule approvalRule, l *lineRun) (reason string, ok bool) {
	ok, err := rule.when.True(r.lookup(l))
	if err == nil && ok && rule.reason != nil {
		reason, err = rule.reason.Render(r.lookup(l))
	}
	if err != nil {
		r.fail(l, fmt.Errorf("approval %s: %w", rule.id, err), "formula", rule.at)
		return "", false
	}
	if ok && reason == "" {
		reason = rule.when.String()
	}
	return reason, ok
}

// declareResults adds what is known once everything is priced.
func (s *scope) declareResults() {
	figures := map[string]func(f *Figures) decimal.Decimal{
		"net": func(f *Figures) decimal.Decimal { return f.Net.Decimal() }, "list": func(f *Figures) decimal.Decimal { return f.List.Decimal() },
		"discount":         func(f *Figures) decimal.Decimal { return f.Discount.Decimal() },
		"discount_percent": func(f *Figures) decimal.Decimal { return f.DiscountPercent },
	}
	for name, get := range figures {
		s.declare("quote."+name, formula.Number, number(func(r *run, _ *lineRun) decimal.Decimal { return get(&r.totals) }))
		s.declare("line."+name, formula.Number, number(func(_ *run, l *lineRun) decimal.Decimal { return get(&l.figures) }))
	}
	s.declare("quote.gross", formula.Number, number(func(r *run, _ *lineRun) decimal.Decimal { return r.totals.Gross.Decimal() }))
	s.declare("quote.tax", formula.Number, number(func(r *run, _ *lineRun) decimal.Decimal { return r.totals.Tax.Decimal() }))
	s.declare("line.unit_price", formula.Number, number(func(_ *run, l *lineRun) decimal.Decimal { return l.price }))
	costs := map[string]func(f *Figures) *decimal.Decimal{
		"margin": func(f *Figures) *decimal.Decimal {
			if f.Margin == nil {
				return nil
			}
			d := f.Margin.Decimal()
			return &d
		},
		"margin_percent": func(f *Figures) *decimal.Decimal { return f.MarginPercent },
	}
	for name, get := range costs {
		s.declare("quote."+name, formula.Number, optionalNumber(func(r *run, _ *lineRun) *decimal.Decimal { return get(&r.totals) }))
		s.declare("line."+name, formula.Number, optionalNumber(func(_ *run, l *lineRun) *decimal.Decimal { return get(&l.figures) }))
	}
	s.declare("quote.cost", formula.Number, optionalNumber(func(r *run, _ *lineRun) *decimal.Decimal {
		if r.totals.Cost == nil {
			return nil
		}
		d := r.totals.Cost.Decimal()
		return &d
	}))
}
