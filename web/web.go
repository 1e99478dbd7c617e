// Package web holds the built pages of the panel. They are made from the sources in
// this folder by `make web` and committed, so that building the program needs no Node.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Pages returns the built pages: index.html and assets.
func Pages() (fs.FS, error) { return fs.Sub(dist, "dist") }
