package server

import (
	"context"

	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/rulebook"
)

// ConfigureRequest is a selection to resolve.
type ConfigureRequest struct {
	SKU       string                   `json:"sku,omitempty" doc:"The configurable product."`
	Model     string                   `json:"model,omitempty" doc:"Its model, instead of sku."`
	Selection map[string]formula.Value `json:"selection,omitempty" doc:"By feature: an option as a string, a boolean, an integer as a number or a string, a selection as a list of strings."`
	Date      catalog.Date             `json:"date,omitzero"`
}

// ConfigureResult is the answer to a selection.
type ConfigureResult struct {
	SKU        string                                      `json:"sku"`
	Model      string                                      `json:"model"`
	Title      string                                      `json:"title"`
	Features   []configurator.Feature                      `json:"features" nullable:"false"`
	Complete   bool                                        `json:"complete" doc:"Every feature has a value and nothing conflicts."`
	PartNumber string                                      `json:"part_number,omitempty"`
	Values     map[string]configurator.Assigned            `json:"values"`
	Domains    map[string]configurator.Domain              `json:"domains" doc:"What may still be chosen: values, or ranges of an integer."`
	Excluded   map[string]map[string]configurator.Conflict `json:"excluded,omitempty" doc:"By feature and value: why it does not fit, and what would make it fit."`
	Conflicts  []configurator.Conflict                     `json:"conflicts" nullable:"false"`
	Completion map[string]formula.Value                    `json:"completion,omitempty" doc:"A complete valid configuration with this selection."`
	Problems   []configurator.Problem                      `json:"problems" nullable:"false" doc:"Choices that cannot be read."`
}

// Fine reports whether the selection fits.
func (c ConfigureResult) Fine() bool { return len(c.Conflicts) == 0 && len(c.Problems) == 0 }

// Configure resolves a selection. It fails with fault.NotFound when the product is not
// known or has nothing to configure.
func Configure(book *rulebook.Book, snapshot *catalog.Snapshot, in ConfigureRequest) (ConfigureResult, error) {
	model, err := modelOf(book, snapshot, in)
	if err != nil {
		return ConfigureResult{}, err
	}
	state := model.Resolve(in.Selection, configurator.Options{Defaults: true, Explain: true})
	return ConfigureResult{
		SKU: model.SKU(), Model: model.ID(), Title: model.Title(), Features: model.Features(),
		Complete: state.Complete, PartNumber: state.PartNumber, Values: state.Values, Domains: state.Domains, Excluded: state.Excluded,
		Conflicts: list(state.Conflicts, "").Items, Completion: state.Completion, Problems: list(state.Problems, "").Items,
	}, nil
}

func modelOf(book *rulebook.Book, snapshot *catalog.Snapshot, in ConfigureRequest) (*rulebook.Model, error) {
	id := in.Model
	if id == "" {
		if model, ok := book.ModelForSKU(in.SKU); ok {
			return model, nil
		}
		product, ok := snapshot.Product(in.SKU)
		if !ok {
			return nil, fault.New(fault.NotFound, "unknown_sku", "There is no product %q.", in.SKU)
		}
		if product.Model == "" {
			return nil, fault.New(fault.NotFound, "not_configurable", "The product %s has nothing to configure.", in.SKU)
		}
		id = product.Model
	}
	model, ok := book.Model(id)
	if !ok {
		return nil, fault.New(fault.NotFound, "unknown_model", "There is no configuration model %q.", id)
	}
	return model, nil
}

func (s *Server) configure(_ context.Context, in *struct{ Body ConfigureRequest }) (*body[ConfigureResult], error) {
	c, err := Configure(s.Rules.Book(), s.Replica.Snapshot(), in.Body)
	return reply(c), err
}
