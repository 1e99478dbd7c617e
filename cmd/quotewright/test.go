package main

import (
	"fmt"
	"path/filepath"

	"quotewright/quote"
)

type testCommand struct {
	Dir     string `arg:"" help:"The rulebook folder."`
	Catalog string `required:"" help:"The catalog folder."`
}

// Run runs the examples of a rulebook. The answer is no when one comes out otherwise.
func (c testCommand) Run(io streams) error {
	book, _, err := loadRules(c.Dir)
	if err != nil {
		return err
	}
	snapshot, err := loadCatalog(c.Catalog)
	if err != nil {
		return err
	}
	results := quote.RunExamples(book, snapshot)
	failed := 0
	for _, r := range results {
		if len(r.Differences) == 0 {
			continue
		}
		failed++
		r.At.File = filepath.Join(c.Dir, r.At.File)
		fmt.Fprintf(io.out, "FAIL %s: %s\n", r.At, r.Name)
		for _, d := range r.Differences {
			fmt.Fprintf(io.out, "     %s: expected %s, got %s\n", d.Path, d.Expected, d.Got)
		}
	}
	fmt.Fprintf(io.out, "%s, %d passed, %d failed\n", plural(len(results), "example"), len(results)-failed, failed)
	if failed > 0 {
		return errNo
	}
	return nil
}
