package files

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"strings"

	"quotewright/internal/fault"
)

// find returns the file of each source that is there, by base name, and adds the
// mistakes of the folder itself: a required file that is missing, a file twice, a CSV
// file that no source reads.
func find(fsys fs.FS, mistakes *report) (map[string]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, unreadable(err, "the catalog folder")
	}
	found := map[string]string{}
	for _, entry := range entries {
		name := entry.Name()
		base := strings.TrimSuffix(name, ".gz")
		if entry.IsDir() || strings.HasPrefix(name, ".") || !strings.HasSuffix(strings.ToLower(base), ".csv") {
			continue
		}
		switch other := found[base]; {
		case !isSource(base):
			mistakes.add(fault.Position{File: name}, "is not the name of a catalog file")
		case other != "":
			mistakes.add(fault.Position{File: name}, "is there as %s too", other)
		default:
			found[base] = name
		}
	}
	if found[productFile.name] == "" {
		mistakes.add(fault.Position{File: productFile.name}, "is missing")
	}
	return found, nil
}

func isSource(base string) bool {
	for _, s := range sources {
		if s.base() == base {
			return true
		}
	}
	return false
}

func unreadable(cause error, what string) error {
	return fault.Wrap(cause, fault.Unavailable, "catalog_unreadable", "%s cannot be read", what)
}

// content is the unpacked content of a file, hashed while it is read.
type content struct {
	*bufio.Reader
	file   fs.File
	before fs.FileInfo
	sum    hash.Hash
}

func openContent(fsys fs.FS, name string) (*content, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, unreadable(err, name)
	}
	c := &content{file: file, sum: sha256.New()}
	if c.before, err = file.Stat(); err != nil {
		file.Close()
		return nil, unreadable(err, name)
	}
	packed := bufio.NewReaderSize(file, 1<<16)
	var plain io.Reader = packed
	if magic, _ := packed.Peek(2); string(magic) == "\x1f\x8b" {
		if plain, err = gzip.NewReader(packed); err != nil {
			file.Close()
			return nil, unreadable(err, name)
		}
	}
	c.Reader = bufio.NewReaderSize(io.TeeReader(plain, c.sum), 1<<16)
	return c, nil
}

// finish reads the rest and returns the hash of all. It fails when the file changed
// since it was opened: what was read may be half of each.
func (c *content) finish() (string, error) {
	if _, err := io.Copy(io.Discard, c.Reader); err != nil {
		return "", unreadable(err, c.before.Name())
	}
	after, err := c.file.Stat()
	if err == nil && (after.Size() != c.before.Size() || !after.ModTime().Equal(c.before.ModTime())) {
		err = errors.New("changed while it was read")
	}
	if err != nil {
		return "", unreadable(err, c.before.Name())
	}
	return hex.EncodeToString(c.sum.Sum(nil)[:16]), nil
}

// fingerprint returns the cursor of the folder's contents, whatever is in the files. A
// folder that is itself mistaken has none.
func fingerprint(ctx context.Context, fsys fs.FS) (string, error) {
	var mistakes report
	found, err := find(fsys, &mistakes)
	if err != nil || mistakes.err() != nil {
		return "", err
	}
	hashes := map[string]string{}
	for base, name := range found {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		c, err := openContent(fsys, name)
		if err != nil {
			return "", err
		}
		hashes[base], err = c.finish()
		c.file.Close()
		if err != nil {
			return "", err
		}
	}
	return formatCursor(hashes), nil
}
