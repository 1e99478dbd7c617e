package configurator

import (
	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// Definition is a configuration model as people write it, with the place of every
// part. Compile turns it into a Model.
type Definition struct {
	ID          string
	SKU         string
	Title       string
	At          fault.Position
	Features    []FeatureDefinition
	Derived     []DerivedDefinition
	Constraints []ConstraintDefinition
	PartNumber  formula.Source // template; empty text: none
}

// FeatureDefinition is one thing to choose. Exactly one of Options (alone: exactly one
// is chosen), Options with Select (so many are chosen), Integer and Boolean is set.
type FeatureDefinition struct {
	ID      string
	Title   string
	At      fault.Position
	Options []OptionDefinition
	Select  *Cardinality
	Integer *IntegerDefinition
	Boolean bool
	Default formula.Value // without a value: none
	// DefaultAt is the place of the default.
	DefaultAt fault.Position
}

// OptionDefinition is one option of a feature.
type OptionDefinition struct {
	ID         string
	Title      string
	At         fault.Position
	Attributes []AttributeDefinition
}

// AttributeDefinition is a property of an option that formulas can read as
// feature.attribute. All options that have the attribute agree on its kind.
type AttributeDefinition struct {
	Name  string
	Value formula.Value // number, text or boolean
	At    fault.Position
}

// Cardinality is how many options of a selection are chosen.
type Cardinality struct {
	Min, Max int
	At       fault.Position
}

// IntegerDefinition is the range of a whole number: Min, Min+Step, … up to Max.
type IntegerDefinition struct {
	Min, Max, Step decimal.Decimal
	At             fault.Position
}

// DerivedDefinition is a value computed from features and earlier derived values.
type DerivedDefinition struct {
	ID    string
	At    fault.Position
	Value formula.Source
}

// ConstraintDefinition is a rule that every valid configuration keeps: when When holds
// (or is empty), Require holds; or the features that Table names take one of its rows.
type ConstraintDefinition struct {
	ID      string
	At      fault.Position
	When    formula.Source // empty text: always
	Require formula.Source
	Table   *Combinations
	Message string // "": made from the formula
}

// Combinations is a table of the valid combinations of some features.
type Combinations struct {
	Name    string
	At      fault.Position // of the header
	Columns []string       // feature ids
	Rows    []CombinationRow
}

// CombinationRow is one valid combination. A cell holds the allowed values as written;
// an empty cell allows all.
type CombinationRow struct {
	At    fault.Position
	Cells [][]string
}
