package main

import "fmt"

type checkCommand struct {
	Dir string `arg:"" help:"The rulebook folder."`
}

// Run prints every mistake, sorted, as file:line:col: text. Warnings alone are fine.
func (c checkCommand) Run(io streams) error {
	book, mistakes, err := loadRules(c.Dir)
	for _, m := range mistakes.Sort() {
		fmt.Fprintln(io.err, m)
	}
	if len(mistakes.Errors()) > 0 {
		return errNo
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s: %s, no mistakes\n", c.Dir, book.Name)
	return nil
}
