package bom

import (
	"sync"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// position is one position of the ERP's BOM or of the model.
type position struct {
	number    string
	component string
	unit      string
	phantom   bool
	quantity  func() (decimal.Decimal, error)
	when      func() (bool, error)
	scrap     func() (decimal.Decimal, error)
	group     string // of alternatives
	priority  int
	at        fault.Position
}

// positions returns what is valid on the date for a parent: the ERP's positions, at
// the top replaced and added to by the model's, alternatives decided.
func (e *exploder) positions(sku string) []position {
	var list []position
	own := map[string]bool{}
	if len(e.path) == 1 {
		for _, o := range e.in.Overlays {
			own[o.Position] = true
		}
	}
	for _, item := range e.view.BOM(sku) {
		if item.ValidOn(e.in.Date) && !own[item.Position] {
			list = append(list, e.fromCatalog(item))
		}
	}
	if len(e.path) == 1 {
		for _, o := range e.in.Overlays {
			list = append(list, e.fromModel(o))
		}
	}
	return e.decide(list)
}

func (e *exploder) fromModel(o CompiledOverlay) position {
	lookup := e.lookup()
	p := position{number: o.Position, component: o.Component, unit: o.Unit, phantom: o.Phantom, at: o.At}
	p.quantity = func() (decimal.Decimal, error) { return evaluate(o.quantity, lookup) }
	p.when = func() (bool, error) {
		if o.when == nil {
			return true, nil
		}
		return o.when.True(lookup)
	}
	p.scrap = func() (decimal.Decimal, error) {
		if o.scrap == nil {
			return decimal.Zero, nil
		}
		return evaluate(o.scrap, lookup)
	}
	return p
}

func evaluate(f *formula.Formula, lookup formula.Lookup) (decimal.Decimal, error) {
	v, err := f.Eval(lookup)
	if err == nil && !v.Known() {
		err = fault.Mistakes{{Position: f.Source().At, Text: f.String() + " has no value"}}
	}
	return v.Number(), err
}

func (e *exploder) lookup() formula.Lookup {
	if e.in.State == nil {
		return func(int) formula.Value { return formula.Value{} }
	}
	return e.in.State.Lookup
}

func (e *exploder) fromCatalog(item catalog.BOMItem) position {
	at := fault.Position{File: item.File, Line: item.Line}
	p := position{number: item.Position, component: item.Component, unit: item.Unit, phantom: item.Phantom,
		group: item.AlternativeGroup, priority: item.Priority, at: at}
	p.scrap = func() (decimal.Decimal, error) { return item.ScrapPercent, nil }
	p.when = func() (bool, error) {
		if item.When == "" {
			return true, nil
		}
		f, err := e.compile(item.When, at, formula.Boolean)
		if err != nil {
			return false, err
		}
		return f.True(e.lookup())
	}
	p.quantity = func() (decimal.Decimal, error) {
		if d, err := money.Parse(item.Quantity); err == nil {
			return d, nil
		}
		f, err := e.compile(item.Quantity, at, formula.Number)
		if err != nil {
			return decimal.Zero, err
		}
		return evaluate(f, e.lookup())
	}
	return p
}

// compiled caches the formulas of the catalog: they are compiled against the model of
// the product they are exploded for.
var compiled sync.Map // formulaKey → compiledFormula

type formulaKey struct {
	model *configurator.Model
	text  string
	kind  formula.Kind
}

type compiledFormula struct {
	formula *formula.Formula
	err     error
}

var noNames = formula.NewEnv()

func (e *exploder) compile(text string, at fault.Position, kind formula.Kind) (*formula.Formula, error) {
	key := formulaKey{text: text, kind: kind}
	env := noNames
	if e.in.State != nil {
		key.model = e.in.State.Model()
		env = key.model.Env()
	}
	if c, ok := compiled.Load(key); ok {
		return c.(compiledFormula).formula, c.(compiledFormula).err
	}
	f, wrong := formula.Compile(env, formula.Source{Text: text, At: at}, kind)
	c := compiledFormula{f, wrong.Err()}
	compiled.Store(key, c)
	return f, c.err
}

// decide leaves one of each group of alternatives: the first by priority that applies,
// is active and has stock, else the first that applies.
func (e *exploder) decide(list []position) []position {
	chosen := map[string]int{}
	stocked := map[string]bool{}
	var kept []position
	for _, p := range list {
		ok, err := p.when()
		if err != nil {
			e.problem("bom_formula", p.at, "position %s: %s", p.number, text(err))
			continue
		}
		if !ok {
			continue
		}
		if p.group == "" {
			kept = append(kept, p)
			continue
		}
		at, taken := chosen[p.group]
		inStock := e.stocked(p)
		switch {
		case !taken:
			chosen[p.group], stocked[p.group] = len(kept), inStock
			kept = append(kept, p)
		case inStock && !stocked[p.group], inStock == stocked[p.group] && p.priority < kept[at].priority:
			kept[at], stocked[p.group] = p, inStock
		}
	}
	return kept
}

// stocked reports whether an alternative is sold and the sites have enough of it for
// the whole line.
func (e *exploder) stocked(p position) bool {
	product, ok := e.view.Product(p.component)
	if !ok || product.Status == catalog.Blocked || product.Status == catalog.Obsolete {
		return false
	}
	quantity, err := p.quantity()
	return err == nil && e.free(p.component).GreaterThanOrEqual(quantity.Mul(e.in.Quantity)) && quantity.Sign() > 0
}

func text(err error) string {
	if mistakes, ok := err.(fault.Mistakes); ok && len(mistakes) > 0 { //nolint:errorlint // formulas return them bare
		return mistakes[0].Text
	}
	return err.Error()
}

// add puts a position into a node: the components of a phantom in its place.
func (e *exploder) add(n *node, p position) {
	quantity, err := p.quantity()
	var scrap decimal.Decimal
	if err == nil {
		scrap, err = p.scrap()
	}
	if err != nil {
		e.problem("bom_formula", p.at, "position %s: %s", p.number, text(err))
		return
	}
	if quantity.Sign() < 0 {
		e.problem("bom_formula", p.at, "position %s has a negative quantity: %s", p.number, quantity)
		return
	}
	if quantity.IsZero() {
		return
	}
	child := e.node(p.component, p.at)
	if child == nil {
		return
	}
	numerator, denominator, ok := e.view.BaseUnits(p.component, p.unit)
	if !ok {
		e.problem("unknown_unit", p.at, "position %s: %s has no unit %s", p.number, p.component, p.unit)
		return
	}
	base, err := money.Divide(quantity.Mul(numerator), denominator)
	if err != nil {
		e.problem("unknown_unit", p.at, "position %s: %s", p.number, err)
		return
	}
	gross := base.Mul(decimal.NewFromInt(1).Add(scrap.Shift(-2)))
	if !p.phantom {
		n.items = append(n.items, item{p.number, gross, child})
		return
	}
	for _, it := range child.items {
		n.items = append(n.items, item{p.number + "/" + it.position, gross.Mul(it.quantity), it.node})
	}
}
