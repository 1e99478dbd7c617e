package bom

import (
	"cmp"
	"slices"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// position is one position of the ERP's BOM or of the model, as far as it applies.
type position struct {
	number    string
	component string
	unit      string
	phantom   bool
	quantity  money.Num // net, in unit
	scrap     money.Num // percent
	wrong     error     // why quantity or scrap is not known
	group     string    // of alternatives
	priority  int
	at        fault.Position
}

// positions returns what applies on the date for a parent, in the order of their
// numbers: the ERP's positions, at the top replaced and added to by the model's,
// alternatives decided.
func (e *exploder) positions(sku string, needed money.Num) []position {
	items := e.view.BOM(sku)
	list := make([]position, 0, len(items))
	overlays := e.in.Overlays
	if len(e.path) > 1 {
		overlays = nil
	}
	for i := range items {
		item := &items[i]
		replaced := slices.ContainsFunc(overlays, func(o CompiledOverlay) bool { return o.Position == item.Position })
		if item.ValidOn(e.in.Date) && !replaced {
			list = e.fromCatalog(list, item)
		}
	}
	for i := range overlays {
		list = e.fromModel(list, &overlays[i])
	}
	if len(overlays) > 0 {
		slices.SortStableFunc(list, func(a, b position) int { return comparePositions(a.number, b.number) })
	}
	return e.decide(list, needed)
}

// comparePositions orders numbers by value, before texts, as the catalog does.
func comparePositions(a, b string) int {
	x, errX := money.Parse(a)
	y, errY := money.Parse(b)
	switch {
	case errX == nil && errY == nil:
		return cmp.Or(x.Cmp(y), cmp.Compare(a, b))
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// fromModel adds a position of the model if it applies.
func (e *exploder) fromModel(list []position, o *CompiledOverlay) []position {
	p := position{number: o.Position, component: o.Component, unit: o.Unit, phantom: o.Phantom, at: o.At}
	if o.when != nil && !e.applies(&p, o.when, nil) {
		return list
	}
	if p.quantity, p.wrong = e.number(o.quantity); p.wrong == nil && o.scrap != nil {
		p.scrap, p.wrong = e.number(o.scrap)
	}
	return append(list, p)
}

// fromCatalog adds a position of the catalog if it applies.
func (e *exploder) fromCatalog(list []position, item *catalog.BOMItem) []position {
	p := position{number: item.Position, component: item.Component, unit: item.Unit, phantom: item.Phantom, scrap: money.NumOf(item.ScrapPercent),
		group: item.AlternativeGroup, priority: item.Priority, at: fault.Position{File: item.File, Line: item.Line}}
	if item.When != "" {
		when, err := e.compile(item.When, p.at, formula.Boolean)
		if !e.applies(&p, when, err) {
			return list
		}
	}
	if p.quantity, p.wrong = money.ParseNum(item.Quantity); p.wrong != nil {
		var f *formula.Formula
		if f, p.wrong = e.compile(item.Quantity, p.at, formula.Number); p.wrong == nil {
			p.quantity, p.wrong = e.number(f)
		}
	}
	return append(list, p)
}

// applies reports whether a position's condition holds.
func (e *exploder) applies(p *position, when *formula.Formula, err error) bool {
	holds := false
	if err == nil {
		holds, err = when.True(e.lookup)
	}
	if err != nil {
		e.problem("bom_formula", p.at, "position %s: %s", p.number, text(err))
	}
	return holds
}

// number evaluates a formula that has to have a value.
func (e *exploder) number(f *formula.Formula) (money.Num, error) {
	v, err := f.Eval(e.lookup)
	if err == nil && !v.Known() {
		err = fault.Mistakes{{Position: f.Source().At, Text: f.String() + " has no value"}}
	}
	return v.Num(), err
}

func (e *exploder) lookup(slot int) formula.Value {
	if e.in.State == nil {
		return formula.Value{}
	}
	return e.in.State.Lookup(slot)
}

// noNames is for products without a configuration: constants and functions only.
var noNames = formula.NewEnv()

// compile compiles a formula of the catalog against the model of the product that is
// exploded.
func (e *exploder) compile(text string, at fault.Position, want formula.Kind) (*formula.Formula, error) {
	source := formula.Source{Text: text, At: at}
	if e.in.State == nil {
		f, wrong := formula.Compile(noNames, source, want)
		return f, wrong.Err()
	}
	f, wrong := e.in.State.Model().Formula(source, want)
	return f, wrong.Err()
}

func text(err error) string {
	if mistakes, ok := err.(fault.Mistakes); ok && len(mistakes) > 0 { //nolint:errorlint // formulas return them bare
		return mistakes[0].Text
	}
	return err.Error()
}

// decide leaves one of each group of alternatives, at the place of the group's first:
// of the products in use the first by priority that the sites have enough of, else the
// first by priority.
func (e *exploder) decide(list []position, needed money.Num) []position {
	if !slices.ContainsFunc(list, func(p position) bool { return p.group != "" }) {
		return list
	}
	e.chosen = true
	var kept []position
	decided := map[string]bool{}
	for _, p := range list {
		switch {
		case p.group == "":
			kept = append(kept, p)
		case !decided[p.group]:
			decided[p.group] = true
			if chosen := e.choose(list, p.group, needed); chosen != nil {
				kept = append(kept, *chosen)
			} else {
				e.problem("no_alternative", p.at, "position %s: none of the alternatives %s is in use", p.number, p.group)
			}
		}
	}
	return kept
}

// choose returns the alternative to take, nil when none is in use.
func (e *exploder) choose(list []position, group string, needed money.Num) *position {
	var alternatives []*position
	for i := range list {
		if p := &list[i]; p.group == group && e.inUse(p.component) {
			alternatives = append(alternatives, p)
		}
	}
	if len(alternatives) == 0 {
		return nil
	}
	slices.SortStableFunc(alternatives, func(a, b *position) int { return cmp.Compare(a.priority, b.priority) })
	for _, p := range alternatives {
		if e.stocked(p, needed) {
			return p
		}
	}
	return alternatives[0]
}

// inUse reports whether a product is not blocked or obsolete. One that is not known at
// all counts, so that it is reported.
func (e *exploder) inUse(sku string) bool {
	product, ok := e.view.Product(sku)
	return !ok || product.Status != catalog.Blocked && product.Status != catalog.Obsolete
}

// stocked reports whether the sites have enough of an alternative.
func (e *exploder) stocked(p *position, needed money.Num) bool {
	gross, _, ok := e.gross(p)
	return ok && gross.Sign() > 0 && e.free(p.component).Cmp(gross.Mul(needed)) >= 0
}

// gross returns a position's quantity with scrap in base units, per unit of the parent.
func (e *exploder) gross(p *position) (quantity money.Num, problem Problem, ok bool) {
	switch {
	case p.wrong != nil:
		return quantity, e.at(p, "bom_formula", text(p.wrong)), false
	case p.quantity.Sign() < 0:
		return quantity, e.at(p, "bom_formula", "the quantity is negative: "+p.quantity.String()), false
	case p.scrap.Sign() < 0:
		return quantity, e.at(p, "bom_formula", "the scrap is negative: "+p.scrap.String()+" percent"), false
	}
	quantity = p.quantity
	if p.unit != "" {
		numerator, denominator, known := e.view.BaseUnits(p.component, p.unit)
		if _, exists := e.view.Product(p.component); !known && !exists {
			return quantity, Problem{"unknown_component", "there is no product " + p.component, p.at}, false
		}
		if !known {
			return quantity, e.at(p, "unknown_unit", p.component+" has no unit "+p.unit), false
		}
		quantity = times(quantity, money.NumOf(numerator))
		if divisor := money.NumOf(denominator); !isOne(divisor) {
			var err error
			if quantity, err = quantity.Divide(divisor); err != nil {
				return quantity, e.at(p, "unknown_unit", err.Error()), false
			}
		}
	}
	if !p.scrap.IsZero() {
		quantity = quantity.Add(quantity.Percent(p.scrap))
	}
	return quantity, Problem{}, true
}

func (e *exploder) at(p *position, code, text string) Problem {
	return Problem{code, "position " + p.number + ": " + text, p.at}
}

// add puts a position into a node: the components of a phantom in its place. It
// reports whether that went well.
func (e *exploder) add(n *node, p *position, needed money.Num) bool {
	if p.wrong == nil && p.quantity.IsZero() {
		return true
	}
	gross, problem, ok := e.gross(p)
	if !ok {
		e.problem(problem.Code, problem.Source, "%s", problem.Text)
		return false
	}
	child := e.node(p.component, times(needed, gross), p.at)
	if child == nil {
		return false
	}
	if !p.phantom {
		n.items = append(n.items, item{p.number, gross, child})
		return true
	}
	if len(n.items)+len(child.items) > MaxPositions {
		e.problem("bom_too_large", p.at, "%s has more than %d positions", n.product.SKU, MaxPositions)
		return false
	}
	for i := range child.items {
		it := &child.items[i]
		n.items = append(n.items, item{p.number + "/" + it.position, times(gross, it.quantity), it.node})
	}
	return !child.broken
}
