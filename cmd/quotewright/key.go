package main

import (
	"fmt"

	"quotewright/server"
)

type keyCommand struct {
	Name string `help:"Who will use it." default:"me"`
	Role string `help:"What its holder may do." enum:"rep,approver,pricing_admin,integration,admin" default:"rep"`
}

// Run prints a new key and the lines to add to the configuration. The key itself is
// stored nowhere.
func (c keyCommand) Run(io streams) error {
	key, hash := server.NewKey()
	fmt.Fprintf(io.out, "key   %s\n\nKeep the key; add its hash to the configuration:\n\nkeys:\n  - {name: %q, role: %s, hash: %s}\n",
		key, c.Name, c.Role, hash)
	return nil
}
