package main

import (
	"fmt"
	"path/filepath"

	"github.com/golang-sql/civil"

	"quotewright/internal/fault"
	"quotewright/rulebook"
)

type checkCommand struct {
	Dir     string `arg:"" help:"The rulebook folder."`
	Catalog string `help:"A catalog folder: also warn of rules that name what it does not have, and of products without a required price."`
	Date    string `help:"Only condition records that are valid on this day count, such as 2026-11-23."`
}

// Run prints every mistake, sorted, as file:line:col: text. Warnings alone are fine.
func (c checkCommand) Run(io streams) error {
	book, mistakes, err := loadRules(c.Dir)
	if book != nil && c.Catalog != "" {
		more, wrong := c.againstCatalog(book)
		if wrong != nil {
			return wrong
		}
		mistakes = append(mistakes, more...)
	}
	for _, m := range mistakes.Sort() {
		fmt.Fprintln(io.err, m)
	}
	if len(mistakes.Errors()) > 0 {
		return errNo
	}
	if err != nil {
		return err
	}
	warned := ""
	switch len(mistakes) {
	case 0:
	case 1:
		warned = ", 1 warning"
	default:
		warned = fmt.Sprintf(", %d warnings", len(mistakes))
	}
	fmt.Fprintf(io.out, "%s: %s, no mistakes%s\n", c.Dir, book.Name, warned)
	return nil
}

// againstCatalog is what there is to say of a rulebook when its catalog is known.
func (c checkCommand) againstCatalog(book *rulebook.Book) (fault.Mistakes, error) {
	var on civil.Date
	if c.Date != "" {
		var err error
		if on, err = civil.ParseDate(c.Date); err != nil {
			return nil, fault.New(fault.Invalid, "bad_date", "%q is not a date such as 2026-01-31", c.Date)
		}
	}
	snapshot, err := loadCatalog(c.Catalog)
	if err != nil {
		return nil, err
	}
	mistakes := book.CheckCatalog(snapshot, on)
	for i := range mistakes {
		mistakes[i].File = filepath.Join(c.Dir, mistakes[i].File)
	}
	return mistakes, nil
}
