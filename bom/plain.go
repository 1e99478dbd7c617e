package bom

import (
	"sync"

	"quotewright/catalog"
)

// plainTrees are the trees of products without a configuration that are made the same
// way in every quantity, shared by all evaluations of a Snapshot.
type plainTrees struct {
	mutex sync.RWMutex
	bySKU map[string]tree
	nodes int // of all trees
}

// plainKey is what such a tree depends on besides the Snapshot.
type plainKey struct {
	date              catalog.Date
	currency, company string
}

// mostNodes bounds how much is kept at a time: some tens of megabytes.
const mostNodes = 200_000

// plain takes the tree of a plain product from those that are known, or works it out.
func (e *exploder) plain() {
	key := plainKey{e.in.Date, e.in.Currency.Code, e.in.Company.Code}
	trees := e.view.Derived(key, func() any { return &plainTrees{bySKU: map[string]tree{}} }).(*plainTrees)
	trees.mutex.RLock()
	known, ok := trees.bySKU[e.in.SKU]
	trees.mutex.RUnlock()
	if ok {
		e.tree = known
		return
	}
	e.grow()
	if e.root == nil || e.chosen || len(e.problems) > 0 {
		return
	}
	trees.mutex.Lock()
	defer trees.mutex.Unlock()
	if trees.nodes += len(e.order); trees.nodes > mostNodes {
		clear(trees.bySKU)
		trees.nodes = len(e.order)
	}
	trees.bySKU[e.in.SKU] = e.tree
}
