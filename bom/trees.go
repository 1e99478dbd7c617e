package bom

import (
	"sync"

	"quotewright/catalog"
	"quotewright/money"
)

// Trees are what products without a configuration are made of, shared by all evaluations
// of a Snapshot: a quote that is evaluated again after each change asks for the same ones.
type Trees struct {
	mutex sync.RWMutex
	bySKU map[string]plainTree
	// byQuantity has the trees in which alternatives were decided. They depend on the
	// quantity and the stock of the sites, too.
	byQuantity map[string]tree
	nodes      int // of all trees
}

// plainTree is the tree of a product, or says that there is one per quantity.
type plainTree struct {
	tree
	chosen bool
}

// treesKey is what they depend on besides the Snapshot.
type treesKey struct {
	date              catalog.Date
	currency, company string
}

// mostNodes bounds how much is kept at a time: some tens of megabytes.
const mostNodes = 200_000

// TreesOf returns the trees of a day with costs in a currency, company being that of costs
// without one.
func TreesOf(view *catalog.View, date catalog.Date, currency, company money.Currency) *Trees {
	key := treesKey{date, currency.Code, company.Code}
	return view.Derived(key, func() any {
		return &Trees{bySKU: map[string]plainTree{}, byQuantity: map[string]tree{}}
	}).(*Trees)
}

// plain takes the tree of a plain product from those that are known, or works it out.
func (e *exploder) plain(trees *Trees) {
	if trees.find(e) {
		return
	}
	e.grow()
	if e.root != nil && len(e.problems) == 0 {
		trees.keep(e)
	}
}

func (p *Trees) find(e *exploder) (found bool) {
	p.mutex.RLock()
	defer p.mutex.RUnlock()
	known, found := p.bySKU[e.in.SKU]
	if e.tree = known.tree; known.chosen {
		e.tree, found = p.byQuantity[string(e.in.appendKey(make([]byte, 0, 64)))]
	}
	return found
}

func (p *Trees) keep(e *exploder) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.nodes += len(e.order); p.nodes > mostNodes {
		clear(p.bySKU)
		clear(p.byQuantity)
		p.nodes = len(e.order)
	}
	if !e.chosen {
		p.bySKU[e.in.SKU] = plainTree{tree: e.tree}
		return
	}
	p.bySKU[e.in.SKU] = plainTree{chosen: true}
	p.byQuantity[string(e.in.appendKey(nil))] = e.tree
}

// appendKey writes what a choice between alternatives depends on.
func (in *Input) appendKey(b []byte) []byte {
	b = append(b, in.SKU...)
	b = in.Quantity.Append(append(b, 0), 0)
	for _, site := range in.Sites {
		b = append(append(b, 0), site...)
	}
	return b
}
