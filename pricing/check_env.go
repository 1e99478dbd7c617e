package pricing

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
)

// Environment declares every name that any formula of a sales model may read, wherever
// it stands: what is computed by all its steps and what approvals read too. It serves to
// look into formulas; where each of them may be used, Compile checks.
func Environment(schema *Schema, def Definition) *formula.Env {
	s := newScope(schema)
	for i, d := range def.Procedure {
		s.declareStep(d.ID, i)
		s.env.Declare("sum."+d.ID, formula.Number)
	}
	s.declareResults()
	return s.env
}

// alwaysKnown are the names that have a value on every line of every quote, besides the
// amounts of steps.
var alwaysKnown = []string{"line.quantity", "line.weight_kg", "line.return", "line.sku", "product.sku", "product.weight_kg",
	"product.stock", "product.min_quantity", "product.multiple", "product.lead_time_days", "customer.tax_exempt", "quote.lines",
	"quote.quantity", "quote.weight_kg"}

// AlwaysKnown reports whether a name has a value wherever it may be read.
func AlwaysKnown(name string) bool {
	return slices.Contains(alwaysKnown, name) || strings.HasPrefix(name, "price.") || strings.HasPrefix(name, "sum.")
}

// Column is what the header of a decision table says of an input: a name, how its cells
// compare with it, and the kind of their values.
type Column struct {
	Name, Op string
	Kind     formula.Kind
	Path     bool // a value also stands for what is below it
}

// ReadColumn reads a header cell; false for outputs and for what is a mistake.
func ReadColumn(env *formula.Env, header Cell) (Column, bool) {
	if slices.Contains(tableOutputs, header.Text) {
		return Column{}, false
	}
	c, problem := compileColumn(header, &scope{env: env})
	return Column{Name: c.name, Op: c.op, Kind: c.kind, Path: c.path}, problem == ""
}

// Values reads a cell of the column that is not empty; false when it is a mistake.
func (c Column) Values(cell Cell) ([]formula.Value, bool) {
	values, err := column{name: c.Name, kind: c.Kind, op: c.Op}.parse(cell.Text)
	return values, err == nil
}
