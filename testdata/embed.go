// Package testdata holds the demo company, which the demo command serves and the tests
// price.
package testdata

import "embed"

// Demo is the demo company: catalog and rules, below the folder demo.
//
//go:embed all:demo
var Demo embed.FS
