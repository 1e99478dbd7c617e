// Package files is the ERP that is a folder: CSV files in, JSON orders out.
// docs/catalog-files.md describes the files.
package files

import (
	"context"
	"io/fs"
	"os"
	"strings"

	"quotewright/catalog"
)

// Connector reads the catalog from a folder and writes orders to it.
type Connector struct {
	dir string
}

// Open returns the connector of a folder. Nothing is read yet.
func Open(dir string) *Connector { return &Connector{dir: dir} }

// Changes returns what changed since a cursor, and the next cursor. The empty cursor
// asks for everything. A file whose content changed comes whole, a removed one comes
// whole and empty; when nothing changed the Delta is empty and the cursor the same.
//
// All files are checked together, so a Delta never holds references that lead
// nowhere. Mistakes in the files are fault.Mistakes and there is no Delta; a folder
// that cannot be read, or is being written, is fault.Unavailable.
func (c *Connector) Changes(ctx context.Context, cursor string) (catalog.Delta, string, error) {
	fsys := os.DirFS(c.dir)
	if cursor != "" {
		now, err := fingerprint(ctx, fsys)
		if err != nil || now == cursor {
			return catalog.Delta{}, cursor, err
		}
	}
	delta, hashes, err := load(ctx, fsys, nil)
	if err != nil {
		return catalog.Delta{}, cursor, err
	}
	known := parseCursor(cursor)
	for _, s := range sources {
		if known != nil && known[s.base()] == hashes[s.base()] {
			s.forget(&delta)
		}
	}
	return delta, formatCursor(hashes), nil
}

// Load reads a whole catalog folder without remembering anything: a full Delta and
// the version of its contents. It fails as Changes does. progress, unless nil, is
// told how many rows of a file are read.
func Load(fsys fs.FS, progress func(file string, rows int)) (catalog.Delta, string, error) {
	delta, hashes, err := load(context.Background(), fsys, progress)
	if err != nil {
		return catalog.Delta{}, "", err
	}
	return delta, catalog.VersionOf(formatCursor(hashes)), nil
}

// cursorFormat starts every cursor. It changes when the same files are read
// differently, so that replicas made before are read anew.
const cursorFormat = "files-1"

// formatCursor writes the hashes of the files' contents, by the names of the files.
func formatCursor(hashes map[string]string) string {
	words := []string{cursorFormat}
	for _, s := range sources {
		if hash := hashes[s.base()]; hash != "" {
			words = append(words, s.base()+"="+hash)
		}
	}
	return strings.Join(words, " ")
}

// parseCursor reads what formatCursor wrote, and nil from anything else.
func parseCursor(cursor string) map[string]string {
	words := strings.Fields(cursor)
	if len(words) == 0 || words[0] != cursorFormat {
		return nil
	}
	hashes := map[string]string{}
	for _, word := range words[1:] {
		file, hash, _ := strings.Cut(word, "=")
		hashes[file] = hash
	}
	return hashes
}
