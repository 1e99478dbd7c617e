// Package bom says what a product, configured or not, is made of: a multi-level
// explosion of the ERP's super BOM and the model's own positions, with its cost rolled
// up, its lead time along the critical path and its availability from stock.
//
// The gross quantity of a position is its net quantity × (1 + scrap percent ÷ 100), in
// the component's base unit. Positions of a phantom stand in its place. What a product
// is made of is worked out once, per unit, and scaled wherever it is used; of
// alternatives the one is taken that fits the quantity of the first use.
//
// A bought part costs what the catalog says, an assembly what its components cost.
// Unit costs are not rounded, the cost of a position is, to the currency's minor unit.
package bom

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/money"
)

// The limits of one explosion: positions of the tree, phantoms' included, and levels.
const (
	MaxPositions = 100_000
	MaxDepth     = 64
)

// Input is what to explode.
type Input struct {
	SKU      string
	Quantity money.Num // base units
	Date     catalog.Date
	Currency money.Currency // of costs
	Company  money.Currency // of costs without a currency
	State    *configurator.State
	Overlays []CompiledOverlay
	Sites    []string // whose stock counts; empty: all
	Summary  bool     // Components are not wanted
	Trees    *Trees   // of the same view, date and currencies; nil: nothing is shared
}

// Result is what a product is made of.
type Result struct {
	Components   []Component
	Cost         *money.Num // for the whole quantity, not rounded; nil: not known
	Uncosted     []string   // why Cost is nil: parts whose cost is not known, and assemblies with a problem
	LeadTimeDays int        // to make it with nothing in stock: along the longest chain of components
	Availability Availability
	Problems     []Problem
}

// Component is one position of the exploded tree, parents before their components.
type Component struct {
	Level        int           `json:"level"`
	Position     string        `json:"position"`
	SKU          string        `json:"sku"`
	Name         string        `json:"name"`
	Quantity     money.Num     `json:"quantity"` // base units, for the whole line, scrap included
	Unit         string        `json:"unit"`
	UnitCost     *money.Amount `json:"unit_cost,omitempty"`
	Cost         *money.Amount `json:"cost,omitempty"` // rounded; an assembly's is that of what it is made of
	Assembly     bool          `json:"assembly,omitempty"`
	LeadTimeDays int           `json:"lead_time_days,omitempty"`
}

// Availability says when the quantity can be there.
type Availability struct {
	Date         catalog.Date `json:"date"`
	FromStock    money.Num    `json:"from_stock"`
	LeadTimeDays int          `json:"lead_time_days"`
}

// Problem is something wrong with the BOM.
type Problem struct {
	Code   string // bom_cycle, unknown_component, unknown_unit, bom_formula, missing_rate, no_alternative, bom_too_large
	Text   string
	Source fault.Position
}

// exploder works out one explosion.
type exploder struct {
	tree
	view     *catalog.View
	in       Input
	nodes    map[string]*node
	path     []string
	problems []Problem
	amounts  []money.Amount // of the positions, next to each other
	chosen   bool           // alternatives were decided, for this quantity
}

// tree is what one unit of a product is made of. Once it is complete it does not change.
type tree struct {
	root  *node
	order []*node // components before what they are in
}

// node is what one unit of a product is made of.
type node struct {
	product  *catalog.Product
	place    int // in the order
	items    []item
	broken   bool // a position is missing because of a problem
	used     bool // is a position, or the product itself
	unitCost *money.Num
	lead     int // own lead time plus the longest of its components
	size     int // positions below, at most one over MaxPositions
}

type item struct {
	position string
	quantity money.Num // base units per base unit of the parent
	node     *node
}

// Explode works out what a quantity of a product is made of. Problems do not stop it:
// what can be worked out is there.
func Explode(view *catalog.View, in Input) Result {
	e := &exploder{view: view, in: in}
	if in.Trees != nil && in.State == nil && len(in.Overlays) == 0 {
		e.plain(in.Trees)
	} else {
		e.grow()
	}
	root := e.root
	if root == nil {
		return Result{Problems: e.problems}
	}
	var r Result
	switch {
	case root.size > MaxPositions:
		e.problem("bom_too_large", fault.Position{}, "%s has more than %d positions", in.SKU, MaxPositions)
	case !in.Summary:
		r.Components = e.list(make([]Component, 0, root.size), root, in.Quantity, 1)
	}
	if root.unitCost != nil {
		cost := root.unitCost.Mul(in.Quantity)
		r.Cost = &cost
	} else {
		r.Uncosted = e.uncosted()
	}
	r.LeadTimeDays = root.lead
	r.Availability = e.available(root)
	r.Problems = e.problems
	return r
}

// grow works out the tree.
func (e *exploder) grow() {
	if e.root = e.node(e.in.SKU, e.in.Quantity, fault.Position{}); e.root != nil {
		e.root.used = true
	}
}

func (e *exploder) problem(code string, at fault.Position, format string, args ...any) {
	p := Problem{code, fmt.Sprintf(format, args...), at}
	if !slices.Contains(e.problems, p) {
		e.problems = append(e.problems, p)
	}
}

// node works out one product, once: for the quantity needed where it is used first.
func (e *exploder) node(sku string, needed money.Num, at fault.Position) *node {
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
	for _, p := range e.positions(sku, needed) {
		if !e.add(n, &p, needed) {
			n.broken = true
		}
	}
	e.path = e.path[:len(e.path)-1]
	e.rollUp(n)
	if e.nodes == nil && len(e.path) > 0 {
		e.nodes = map[string]*node{}
	}
	if e.nodes != nil {
		e.nodes[sku] = n
	}
	n.place = len(e.order)
	e.order = append(e.order, n)
	return n
}

// rollUp computes what one unit costs and how long it takes.
func (e *exploder) rollUp(n *node) {
	longest := 0
	sum := money.Num{}
	known := !n.broken
	for i := range n.items {
		it := &n.items[i]
		it.node.used = true
		longest = max(longest, it.node.lead)
		n.size = min(n.size+1+it.node.size, MaxPositions+1)
		if known = known && it.node.unitCost != nil; known {
			sum = sum.Add(times(*it.node.unitCost, it.quantity))
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

var one = money.NumOfInt(1)

// times is a × b without work where one of them is 1.
func times(a, b money.Num) money.Num {
	switch {
	case isOne(a):
		return b
	case isOne(b):
		return a
	}
	return a.Mul(b)
}

func isOne(n money.Num) bool { return n.Equal(one) }

// ownCost is the catalog's cost in the currency asked for.
func (e *exploder) ownCost(p *catalog.Product) *money.Num {
	if p.Cost == nil {
		return nil
	}
	from := cmp.Or(p.CostCurrency, e.in.Company.Code)
	rate, _, ok := e.view.Rate(from, e.in.Currency.Code, e.in.Date)
	if !ok {
		e.problem("missing_rate", fault.Position{}, "there is no exchange rate from %s to %s on or before %s for the cost of %s", from, e.in.Currency.Code, e.in.Date, p.SKU)
		return nil
	}
	cost := times(money.NumOf(*p.Cost), money.NumOf(rate))
	return &cost
}

// uncosted lists what keeps the cost from being known.
func (e *exploder) uncosted() []string {
	var skus []string
	for _, n := range e.order {
		if n.used && n.unitCost == nil && (n.broken || len(n.items) == 0) {
			skus = append(skus, n.product.SKU)
		}
	}
	return skus
}

// list writes the tree out for a quantity, parents first.
func (e *exploder) list(out []Component, n *node, quantity money.Num, level int) []Component {
	for i := range n.items {
		it := &n.items[i]
		q := times(quantity, it.quantity)
		p := it.node.product
		c := Component{Level: level, Position: it.position, SKU: p.SKU, Name: p.Name, Quantity: q, Unit: p.Unit,
			Assembly: len(it.node.items) > 0, LeadTimeDays: p.LeadTimeDays}
		if it.node.unitCost != nil {
			c.UnitCost, c.Cost = e.amount(*it.node.unitCost), e.amount(e.round(times(*it.node.unitCost, q)))
		}
		out = append(out, c)
		out = e.list(out, it.node, q, level+1)
	}
	return out
}

func (e *exploder) round(n money.Num) money.Num { return n.Round(e.in.Currency.Digits) }

// amount keeps an amount in a block with others.
func (e *exploder) amount(n money.Num) *money.Amount {
	if len(e.amounts) == cap(e.amounts) {
		e.amounts = make([]money.Amount, 0, 256)
	}
	e.amounts = append(e.amounts, e.in.Currency.AmountOf(n))
	return &e.amounts[len(e.amounts)-1]
}

// Flat sums up the quantities of a tree by SKU, leaving out assemblies.
func Flat(components []Component) map[string]money.Num {
	sum := map[string]money.Num{}
	for _, c := range components {
		if !c.Assembly {
			sum[c.SKU] = sum[c.SKU].Add(c.Quantity)
		}
	}
	return sum
}
