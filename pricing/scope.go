package pricing

import (
	"strings"

	"quotewright/internal/formula"
	"quotewright/money"
)

// scope is an environment with the getter of each slot.
type scope struct {
	env     *formula.Env
	getters []getter
	names   []string // by slot
}

// getter reads one variable. The line is nil where a formula is about the quote.
type getter func(r *run, l *lineRun) formula.Value

func (s *scope) declare(name string, kind formula.Kind, get getter) {
	slot := s.env.Declare(name, kind)
	for len(s.getters) <= slot {
		s.getters, s.names = append(s.getters, nil), append(s.names, "")
	}
	s.getters[slot], s.names[slot] = get, name
}

func (s *scope) clone() *scope {
	return &scope{env: s.env.Clone(), getters: append([]getter(nil), s.getters...), names: append([]string(nil), s.names...)}
}

// quoteLevel reports whether a slot is the same for all lines, whatever the steps do.
func (s *scope) quoteLevel(slot int) bool {
	return strings.HasPrefix(s.names[slot], "customer.") || strings.HasPrefix(s.names[slot], "quote.")
}

// perLine reports whether a name belongs to a line rather than to the whole quote. The
// amount of a step is both: of a line, or the sum of all.
func perLine(name string) bool {
	for _, root := range []string{"line.", "product.", "configuration.", "rate."} {
		if strings.HasPrefix(name, root) {
			return true
		}
	}
	return false
}

func text(get func(*run, *lineRun) string) getter {
	return func(r *run, l *lineRun) formula.Value {
		if s := get(r, l); s != "" {
			return formula.OfText(s)
		}
		return formula.None(formula.Text)
	}
}

func number(get func(*run, *lineRun) money.Num) getter {
	return func(r *run, l *lineRun) formula.Value { return formula.OfNum(get(r, l)) }
}

// optionalNumber reads a number that may not be known.
func optionalNumber(get func(*run, *lineRun) *money.Num) getter {
	return func(r *run, l *lineRun) formula.Value {
		if n := get(r, l); n != nil {
			return formula.OfNum(*n)
		}
		return formula.None(formula.Number)
	}
}

// newScope declares what every formula of a sales model may read while steps are
// computed. Names that are known only afterwards are hidden with the reason.
func newScope(schema *Schema) *scope {
	s := &scope{env: formula.NewEnv()}
	for name, f := range schema.Functions {
		s.env.DeclareFunction(name, f)
	}
	s.declareQuote()
	s.declareLine()
	s.declareProduct(schema)
	s.declareCustomer(schema)
	for _, in := range schema.Inputs {
		s.declareInput(in)
	}
	for _, f := range schema.Features {
		name, kind := f.Name, f.Kind
		s.declare("configuration."+name, kind, func(_ *run, l *lineRun) formula.Value {
			if l.in.Feature == nil {
				return formula.None(kind)
			}
			return l.in.Feature(name)
		})
		s.env.Restrict("configuration."+name, f.Options)
	}
	for name := range quoteFigures {
		s.env.Hide("quote."+name, "it is known only in approvals")
	}
	for name := range lineFigures {
		s.env.Hide("line."+name, "it is known only in approvals; price.STEP is the amount of an earlier step")
	}
	return s
}

func (s *scope) declareQuote() {
	s.declare("quote.date", formula.Date, func(r *run, _ *lineRun) formula.Value { return formula.OfDate(r.in.Date) })
	s.declare("quote.end", formula.Date, func(r *run, _ *lineRun) formula.Value { return formula.OfDate(r.in.End) })
	s.declare("quote.currency", formula.Text, text(func(r *run, _ *lineRun) string { return r.in.Currency.Code }))
	s.declare("quote.sales_model", formula.Text, text(func(r *run, _ *lineRun) string { return r.model.ID }))
	s.declare("quote.lines", formula.Number, number(func(r *run, _ *lineRun) money.Num {
		return money.NumOfInt(int64(r.counted))
	}))
	s.declare("quote.quantity", formula.Number, number(func(r *run, _ *lineRun) money.Num { return r.quantity }))
	s.declare("quote.weight_kg", formula.Number, number(func(r *run, _ *lineRun) money.Num { return r.weight }))
}

func (s *scope) declareLine() {
	s.declare("line.id", formula.Text, text(func(_ *run, l *lineRun) string { return l.in.ID }))
	s.declare("line.sku", formula.Text, text(func(_ *run, l *lineRun) string { return l.in.Product.SKU }))
	s.declare("line.unit", formula.Text, text(func(_ *run, l *lineRun) string { return l.in.Unit }))
	s.declare("line.quantity", formula.Number, func(_ *run, l *lineRun) formula.Value { return formula.OfNum(l.quantity) })
	s.declare("line.weight_kg", formula.Number, number(func(_ *run, l *lineRun) money.Num { return l.in.WeightKg }))
	s.declare("line.return", formula.Boolean, func(_ *run, l *lineRun) formula.Value { return formula.OfBool(l.returned) })
	s.declare("line.requested", formula.Date, func(_ *run, l *lineRun) formula.Value { return formula.OfDate(l.in.Requested) })
	s.declare("line.cost", formula.Number, optionalNumber(func(_ *run, l *lineRun) *money.Num { return l.in.Cost }))
	s.declare("line.unit_cost", formula.Number, optionalNumber(func(_ *run, l *lineRun) *money.Num { return l.unitCost() }))
	terms := map[string]func(t *Term) formula.Value{
		"start": func(t *Term) formula.Value { return formula.OfDate(t.Start) },
		"end":   func(t *Term) formula.Value { return formula.OfDate(t.End) },
	}
	for name, get := range terms {
		s.declare("line."+name, formula.Date, func(_ *run, l *lineRun) formula.Value {
			if l.in.Term == nil {
				return formula.None(formula.Date)
			}
			return get(l.in.Term)
		})
	}
}

func (s *scope) declareProduct(schema *Schema) {
	texts := map[string]func(l *lineRun) string{
		"sku": func(l *lineRun) string { return l.in.Product.SKU }, "name": func(l *lineRun) string { return l.in.Product.Name },
		"family": func(l *lineRun) string { return l.in.Product.Family }, "grade": func(l *lineRun) string { return l.in.Product.Grade },
		"status": func(l *lineRun) string { return string(l.in.Product.Status) }, "unit": func(l *lineRun) string { return l.in.Product.Unit },
		"tax_category": func(l *lineRun) string { return l.in.Product.TaxCategory }, "model": func(l *lineRun) string { return l.in.Product.Model },
	}
	for name, get := range texts {
		s.declare("product."+name, formula.Text, text(func(_ *run, l *lineRun) string { return get(l) }))
	}
	numbers := map[string]func(l *lineRun) money.Num{
		"weight_kg": func(l *lineRun) money.Num { return money.NumOf(l.in.Product.WeightKg) }, "stock": func(l *lineRun) money.Num { return l.in.Stock },
		"min_quantity":   func(l *lineRun) money.Num { return money.NumOf(l.in.Product.MinQuantity) },
		"multiple":       func(l *lineRun) money.Num { return money.NumOf(l.in.Product.Multiple) },
		"lead_time_days": func(l *lineRun) money.Num { return money.NumOfInt(int64(l.in.Product.LeadTimeDays)) },
	}
	for name, get := range numbers {
		s.declare("product."+name, formula.Number, number(func(_ *run, l *lineRun) money.Num { return get(l) }))
	}
	s.declare("product.cost", formula.Number, func(_ *run, l *lineRun) formula.Value {
		if c := l.in.Product.Cost; c != nil {
			return formula.OfNumber(*c)
		}
		return formula.None(formula.Number)
	})
	for _, a := range schema.ProductAttributes {
		s.declare("product."+a.Name, a.Kind, func(_ *run, l *lineRun) formula.Value {
			return attribute(l.in.Product.Attributes, a)
		})
	}
}

func (s *scope) declareCustomer(schema *Schema) {
	texts := map[string]func(r *run) string{
		"id": func(r *run) string { return r.in.Customer.ID }, "name": func(r *run) string { return r.in.Customer.Name },
		"group": func(r *run) string { return r.in.Customer.Group }, "price_list": func(r *run) string { return r.in.Customer.PriceList },
		"currency": func(r *run) string { return r.in.Customer.Currency }, "country": func(r *run) string { return r.in.Customer.Country },
		"region": func(r *run) string { return r.in.Customer.Region }, "payment_terms": func(r *run) string { return r.in.Customer.PaymentTerms },
		"credit": func(r *run) string { return string(r.in.Customer.Credit) }, "parent": func(r *run) string { return r.in.Customer.Parent },
	}
	for name, get := range texts {
		s.declare("customer."+name, formula.Text, text(func(r *run, _ *lineRun) string { return get(r) }))
	}
	s.declare("customer.tax_exempt", formula.Boolean, func(r *run, _ *lineRun) formula.Value {
		return formula.OfBool(r.in.Customer.TaxExempt)
	})
	for _, a := range schema.CustomerAttributes {
		s.declare("customer."+a.Name, a.Kind, func(r *run, _ *lineRun) formula.Value {
			return attribute(r.in.Customer.Attributes, a)
		})
	}
}

func (s *scope) declareInput(in InputDefinition) {
	s.declare(in.path(), in.Kind, func(r *run, l *lineRun) formula.Value {
		inputs := r.in.Inputs
		if in.Scope == ScopeLine {
			inputs = l.in.Inputs
		}
		if v, ok := inputs[in.ID]; ok {
			return v
		}
		return formula.None(in.Kind)
	})
}

// declareStep makes the amount and the rate of a step readable for what comes after it.
func (s *scope) declareStep(id string, i int) {
	s.declare("price."+id, formula.Number, func(r *run, l *lineRun) formula.Value {
		if l == nil {
			return formula.OfNum(r.total(i))
		}
		return formula.OfNum(l.cells[i].amount)
	})
	s.declare("rate."+id, formula.Number, func(_ *run, l *lineRun) formula.Value {
		if c := &l.cells[i]; c.rated {
			return formula.OfNum(c.rate)
		}
		return formula.None(formula.Number)
	})
}
