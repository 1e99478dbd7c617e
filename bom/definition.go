package bom

import (
	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// Overlay is a position that a configuration model adds to the ERP's super BOM of its
// product, or replaces in it when the position's number is the same.
type Overlay struct {
	At        fault.Position
	Position  string
	Component string
	Quantity  formula.Source // number or formula; per base unit of the parent
	Unit      string
	When      formula.Source // empty text: always
	Phantom   bool
	Scrap     formula.Source // percent; empty text: none
}
