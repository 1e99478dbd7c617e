package configurator

import (
	"sync"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// maxFormulas is how many formulas of the catalog a model keeps compiled.
const maxFormulas = 10_000

// formulas are those that the catalog writes about a model's configurations. They are
// kept with the model, and go with it.
type formulas struct {
	lock sync.RWMutex
	all  map[formulaText]*formula.Formula
}

type formulaText struct {
	text string
	want formula.Kind
}

// Formula compiles a formula over the model's names, such as the conditions in a bill
// of material, once for each text. The place of a formula that is used again is that
// of its first use.
func (m *Model) Formula(source formula.Source, want formula.Kind) (*formula.Formula, fault.Mistakes) {
	key := formulaText{source.Text, want}
	m.formulas.lock.RLock()
	f := m.formulas.all[key]
	m.formulas.lock.RUnlock()
	if f != nil {
		return f, nil
	}
	f, wrong := formula.Compile(m.env, source, want)
	if f == nil {
		return nil, wrong
	}
	m.formulas.lock.Lock()
	defer m.formulas.lock.Unlock()
	if m.formulas.all == nil {
		m.formulas.all = map[formulaText]*formula.Formula{}
	}
	if len(m.formulas.all) < maxFormulas {
		m.formulas.all[key] = f
	}
	return f, nil
}
