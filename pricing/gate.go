package pricing

import "quotewright/internal/formula"

// gate is what leads a condition and is the same for all lines: `customer.group ==
// "oem"` in `customer.group == "oem" and line.quantity > 10`. It is asked once for all of
// them. nil: nothing does.
type gate struct {
	parts  []formula.Node
	whole  bool // there is nothing else in the condition
	number int  // among those of the sales model
}

// gateState is what is known of a gate in a run.
type gateState uint8

const (
	gateUnasked gateState = iota
	gateOpen
	gateShut
	gateFails // says why on each line
)

func (c *compiler) gate(f *formula.Formula) *gate {
	if f == nil {
		return nil
	}
	parts := conjuncts(nil, f.Root())
	n := 0
	for n < len(parts) && c.quoteLevel(parts[n]) {
		n++
	}
	if n == 0 {
		return nil
	}
	g := &gate{parts: parts[:n], whole: n == len(parts), number: c.gates}
	c.gates++
	return g
}

func (c *compiler) quoteLevel(n formula.Node) bool {
	same := true
	formula.Walk(n, func(n formula.Node) {
		if v, ok := n.(*formula.Variable); ok {
			same = same && c.scope.quoteLevel(v.Slot)
		}
	})
	return same
}

// isTrue evaluates a condition for the line at hand.
func (r *run) isTrue(f *formula.Formula, g *gate) (bool, error) {
	if g != nil {
		switch state := r.gate(g); {
		case state == gateShut:
			return false, nil
		case state == gateOpen && g.whole:
			return true, nil
		}
	}
	return f.True(r.lookup)
}

func (r *run) gate(g *gate) gateState {
	state := &r.gates[g.number]
	if *state == gateUnasked {
		*state = r.openGate(g)
	}
	return *state
}

func (r *run) openGate(g *gate) gateState {
	for _, n := range g.parts {
		v, err := formula.Evaluate(n, r.lookup)
		switch {
		case err != nil:
			return gateFails
		case !v.Bool():
			return gateShut
		}
	}
	return gateOpen
}
