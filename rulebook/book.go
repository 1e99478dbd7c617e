// Package rulebook turns a folder of rule files into one immutable Book: sales models,
// configuration models, tables and examples, checked as a whole. Loading finds every
// mistake of every file in one pass, each with its place.
//
// A file that cannot be read as YAML has one mistake, where that shows; all other
// mistakes are found together. Numbers are read from the text of the file and never
// become floats.
package rulebook

import (
	"maps"
	"slices"

	"quotewright/bom"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/money"
	"quotewright/pricing"
)

// Book is a rulebook that is free of mistakes. It is immutable and safe for concurrent
// use; its hash is that of the names and contents of its files.
type Book struct {
	Name    string         // of the company
	Company money.Currency // of the company

	hash        string
	languages   []string
	units       map[string]Unit
	schema      *pricing.Schema
	salesModels []*pricing.SalesModel // by id
	models      map[string]*Model
	bySKU       map[string]*Model
	examples    []Example
	files       map[string]string
	warnings    fault.Mistakes
}

// Model is a configuration model with what it adds to its product's BOM.
type Model struct {
	*configurator.Model
	Overlays []bom.CompiledOverlay
}

// Hash names the content: "sha256:…".
func (b *Book) Hash() string { return b.hash }

// Languages returns the languages that messages are written in.
func (b *Book) Languages() []string { return slices.Clone(b.languages) }

// Unit returns what the rulebook says about a unit of measure.
func (b *Book) Unit(id string) (Unit, bool) {
	u, ok := b.units[id]
	return u, ok
}

// Schema returns what the rulebook declares; it must not be changed.
func (b *Book) Schema() *pricing.Schema { return b.schema }

// SalesModels returns the sales models in order of their id.
func (b *Book) SalesModels() []*pricing.SalesModel { return slices.Clone(b.salesModels) }

// SalesModel returns a sales model by its id.
func (b *Book) SalesModel(id string) (*pricing.SalesModel, bool) {
	i := slices.IndexFunc(b.salesModels, func(m *pricing.SalesModel) bool { return m.ID == id })
	if i < 0 {
		return nil, false
	}
	return b.salesModels[i], true
}

// Models returns the ids of the configuration models in order.
func (b *Book) Models() []string { return sorted(b.models) }

// Model returns a configuration model by its id.
func (b *Book) Model(id string) (*Model, bool) {
	m, ok := b.models[id]
	return m, ok
}

// ModelForSKU returns the configuration model of a product.
func (b *Book) ModelForSKU(sku string) (*Model, bool) {
	m, ok := b.bySKU[sku]
	return m, ok
}

// Examples returns the examples of all files, in order of file and place.
func (b *Book) Examples() []Example { return slices.Clone(b.examples) }

// Files returns the content of every file by its path: FS and Load make the same Book
// of them again.
func (b *Book) Files() map[string]string { return maps.Clone(b.files) }

// Warnings returns what is not wrong but looks like a slip, sorted.
func (b *Book) Warnings() fault.Mistakes { return slices.Clone(b.warnings) }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
