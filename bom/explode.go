// Package bom says what a product, configured or not, is made of: a multi-level
// explosion of the ERP's super BOM and the model's own positions, with its cost rolled
// up, its lead time along the critical path and its availability from stock.
//
// The gross quantity of a position is its net quantity × (1 + scrap percent ÷ 100).
// Positions of a phantom stand in its place. What a sub-assembly is made of is worked
// out once and scaled wherever it is used.
package bom

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

// The limits of one explosion.
const (
	MaxPositions = 100_000
	MaxDepth     = 64
)

// Input is what to explode.
type Input struct {
	SKU      string
	Quantity decimal.Decimal // base units
	Date     catalog.Date
	Currency money.Currency // of costs
	Company  money.Currency // of costs without a currency
	State    *configurator.State
	Overlays []CompiledOverlay
	Sites    []string // whose stock counts; empty: all
}

// Result is what a product is made of.
type Result struct {
	Components   []Component
	Cost         *decimal.Decimal // for the whole quantity, not rounded; nil: not known
	LeadTimeDays int
	Availability Availability
	Problems     []Problem
}

// Component is one position of the exploded tree, parents before their components.
type Component struct {
	Level        int             `json:"level"`
	Position     string          `json:"position"`
	SKU          string          `json:"sku"`
	Name         string          `json:"name"`
	Quantity     decimal.Decimal `json:"quantity"` // base units, for the whole line, scrap included
	Unit         string          `json:"unit"`
	UnitCost     *money.Amount   `json:"unit_cost,omitempty"`
	Cost         *money.Amount   `json:"cost,omitempty"` // rounded; an assembly's is that of what it is made of
	Assembly     bool            `json:"assembly,omitempty"`
	LeadTimeDays int             `json:"lead_time_days,omitempty"`
}

// Availability says when the quantity can be there.
type Availability struct {
	Date         catalog.Date    `json:"date"`
	FromStock    decimal.Decimal `json:"from_stock"`
	LeadTimeDays int             `json:"lead_time_days"`
}

// Problem is something wrong with the BOM.
type Problem struct {
	Code   string // bom_cycle, unknown_component, unknown_unit, bom_formula, missing_rate, bom_too_large
	Text   string
	Source fault.Position
}

// CompiledOverlay is an Overlay with its formulas.
type CompiledOverlay struct {
	Overlay
	quantity, when, scrap *formula.Formula
}

// CompileOverlays checks the positions that a model adds.
func CompileOverlays(m *configurator.Model, overlays []Overlay) ([]CompiledOverlay, fault.Mistakes) {
	var mistakes fault.Mistakes
	compile := func(s formula.Source, kind formula.Kind) *formula.Formula {
		if s.Text == "" {
			return nil
		}
		f, wrong := formula.Compile(m.Env(), s, kind)
		mistakes = append(mistakes, wrong...)
		return f
	}
	var compiled []CompiledOverlay
	for _, o := range overlays {
		if o.Quantity.Text == "" {
			mistakes.Add(o.At, "position %s has no quantity", o.Position)
		}
		compiled = append(compiled, CompiledOverlay{Overlay: o, quantity: compile(o.Quantity, formula.Number),
			when: compile(o.When, formula.Boolean), scrap: compile(o.Scrap, formula.Number)})
	}
	return compiled, mistakes
}

// Components returns the SKUs that a model's own positions name.
func (c CompiledOverlay) Components() string { return c.Component }

// exploder works out one explosion.
type exploder struct {
	view     *catalog.View
	in       Input
	nodes    map[string]*node
	path     []string
	count    int
	problems []Problem
}

// node is what one unit of a product is made of.
type node struct {
	product  *catalog.Product
	items    []item
	unitCost *decimal.Decimal
	lead     int // own lead time plus the longest of its components
	size     int // positions below
}

type item struct {
	position string
	quantity decimal.Decimal // base units per base unit of the parent
	node     *node
}

// Explode works out what a quantity of a product is made of. Problems do not stop it:
// what can be worked out is there.
func Explode(view *catalog.View, in Input) Result {
	e := &exploder{view: view, in: in, nodes: map[string]*node{}}
	root := e.node(in.SKU, fault.Position{})
	var r Result
	if root == nil {
		r.Problems = e.problems
		return r
	}
	if root.size > MaxPositions {
		e.problem("bom_too_large", fault.Position{}, "%s has more than %d positions", in.SKU, MaxPositions)
	} else {
		r.Components = e.list(nil, root, in.Quantity, 1)
	}
	if root.unitCost != nil {
		cost := root.unitCost.Mul(in.Quantity)
		r.Cost = &cost
	}
	r.LeadTimeDays = root.lead
	r.Availability = e.available(root)
	r.Problems = e.problems
	return r
}

func (e *exploder) problem(code string, at fault.Position, format string, args ...any) {
	p := Problem{code, fmt.Sprintf(format, args...), at}
	if !slices.Contains(e.problems, p) {
		e.problems = append(e.problems, p)
	}
}

// node works out one product, once.
func (e *exploder) node(sku string, at fault.Position) *node {
	if n, ok := e.nodes[sku]; ok {
		return n
	}
	if i := slices.Index(e.path, sku); i >= 0 {
		e.problem("bom_cycle", at, "the bill of material contains itself: %s", strings.Join(append(slices.Clone(e.path[i:]), sku), " → "))
		return nil
	}
	if len(e.path) >= MaxDepth {
		e.problem("bom_too_large", at, "the bill of material is more than %d levels deep", MaxDepth)
		return nil
	}
	product, ok := e.view.Product(sku)
	if !ok {
		e.problem("unknown_component", at, "there is no product %s", sku)
		return nil
	}
	e.path = append(e.path, sku)
	n := &node{product: product, lead: product.LeadTimeDays}
	for _, p := range e.positions(sku) {
		e.add(n, p)
	}
	e.path = e.path[:len(e.path)-1]
	e.rollUp(n)
	e.nodes[sku] = n
	return n
}

// rollUp computes what one unit costs and how long it takes.
func (e *exploder) rollUp(n *node) {
	longest := 0
	sum := decimal.Zero
	known := true
	for _, it := range n.items {
		longest = max(longest, it.node.lead)
		n.size += 1 + it.node.size
		if known = known && it.node.unitCost != nil; known {
			sum = sum.Add(it.node.unitCost.Mul(it.quantity))
		}
	}
	n.lead += longest
	switch {
	case len(n.items) == 0:
		n.unitCost = e.ownCost(n.product)
	case known:
		n.unitCost = &sum
	}
}

// ownCost is the catalog's cost in the currency asked for.
func (e *exploder) ownCost(p *catalog.Product) *decimal.Decimal {
	if p.Cost == nil {
		return nil
	}
	from := p.CostCurrency
	if from == "" {
		from = e.in.Company.Code
	}
	rate, _, ok := e.view.Rate(from, e.in.Currency.Code, e.in.Date)
	if !ok {
		e.problem("missing_rate", fault.Position{}, "there is no exchange rate from %s to %s on or before %s for the cost of %s", from, e.in.Currency.Code, e.in.Date, p.SKU)
		return nil
	}
	cost := p.Cost.Mul(rate)
	return &cost
}

// list writes the tree out for a quantity, parents first.
func (e *exploder) list(out []Component, n *node, quantity decimal.Decimal, level int) []Component {
	for _, it := range n.items {
		q := quantity.Mul(it.quantity)
		c := Component{Level: level, Position: it.position, SKU: it.node.product.SKU, Name: it.node.product.Name,
			Quantity: q, Unit: it.node.product.Unit, Assembly: len(it.node.items) > 0,
			LeadTimeDays: it.node.product.LeadTimeDays}
		if it.node.unitCost != nil {
			unit, cost := e.in.Currency.Amount(*it.node.unitCost), e.in.Currency.Amount(e.in.Currency.Round(it.node.unitCost.Mul(q)))
			c.UnitCost, c.Cost = &unit, &cost
		}
		out = append(out, c)
		out = e.list(out, it.node, q, level+1)
	}
	return out
}

// Flat sums up the quantities of a tree by SKU, leaving out assemblies.
func Flat(components []Component) map[string]decimal.Decimal {
	sum := map[string]decimal.Decimal{}
	for _, c := range components {
		if !c.Assembly {
			sum[c.SKU] = sum[c.SKU].Add(c.Quantity)
		}
	}
	return sum
}
