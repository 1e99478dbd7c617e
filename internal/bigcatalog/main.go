// Command bigcatalog writes a catalog folder of any size, to try the program by hand:
//
//	go run ./internal/bigcatalog -dir /tmp/big -products 100000 -conditions 500000
package main

import (
	"flag"
	"fmt"
	"os"

	"quotewright/catalog/catalogtest"
)

func main() {
	flags := flag.NewFlagSet("bigcatalog", flag.ExitOnError)
	dir := flags.String("dir", "", "folder to write (required)")
	products := flags.Int("products", 100_000, "number of products; a tenth as many customers")
	conditions := flags.Int("conditions", 500_000, "number of condition records")
	if err := flags.Parse(os.Args[1:]); err != nil || *dir == "" || *products < 1 || *conditions < 0 {
		flags.Usage()
		os.Exit(2)
	}
	if err := catalogtest.WriteLarge(*dir, catalogtest.Size{Products: *products, Conditions: *conditions}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}
