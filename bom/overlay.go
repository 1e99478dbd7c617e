package bom

import (
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

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
