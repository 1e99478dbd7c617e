package main

import (
	"quotewright/server"
)

type configureCommand struct {
	Rules   string `required:"" help:"The rulebook folder."`
	Catalog string `help:"The catalog folder, to find a model by its product."`
	NDJSON  bool   `name:"ndjson" help:"The input has one selection a line."`
	File    string `arg:"" optional:"" help:"The selection; default stdin."`
}

// Run resolves each selection of the input. The answer is no when one has conflicts.
func (c configureCommand) Run(io streams) error {
	book, _, err := loadRules(c.Rules)
	if err != nil {
		return err
	}
	snapshot, err := loadCatalog(c.Catalog)
	if err != nil {
		return err
	}
	return answerEach(c.File, c.NDJSON, io, func(in *input, data []byte) (any, bool, error) {
		var request server.ConfigureRequest
		if err := in.decode(data, &request); err != nil {
			return nil, false, err
		}
		configuration, err := server.Configure(book, snapshot, request)
		return configuration, configuration.Fine(), err
	})
}
