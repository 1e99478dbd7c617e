package rulebook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"quotewright/internal/fault"
)

// The limits of a rulebook.
const (
	maxFileSize   = 1 << 20
	maxFolderSize = 16 << 20
	maxFiles      = 2000
)

// mainFile is the one file that every rulebook has.
const mainFile = "rulebook.yaml"

// FS makes files, by their paths, a folder that Load reads. Paths that no folder can
// hold are mistakes of that Load.
func FS(files map[string]string) fs.FS {
	archive := &txtar.Archive{}
	var strange []string
	for _, name := range sorted(files) {
		if !fs.ValidPath(name) || name == "." {
			strange = append(strange, name)
			continue
		}
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	folder, err := txtar.FS(archive)
	if err != nil { // one path is a file and a folder
		return memory{FS: brokenFS{err}, strange: strange}
	}
	return memory{FS: folder, strange: strange}
}

// memory is a folder of files that came as a map.
type memory struct {
	fs.FS
	strange []string
}

type brokenFS struct{ err error }

// Open fails: the files do not make a folder.
func (b brokenFS) Open(string) (fs.File, error) { return nil, b.err }

// folder collects the rule files of a folder.
type folder struct {
	fsys     fs.FS
	files    map[string]string
	size     int
	full     bool
	mistakes fault.Mistakes
}

// readFolder takes in every rule file; what has no place in a rulebook is a mistake. The
// files are nil when it makes no sense to look into them.
func readFolder(fsys fs.FS) (map[string]string, fault.Mistakes) {
	f := &folder{fsys: fsys, files: map[string]string{}}
	if m, ok := fsys.(memory); ok {
		for _, name := range m.strange {
			f.mistakes.Add(fault.Position{}, "%q cannot be the path of a rule file", clip(name))
		}
	}
	if err := fs.WalkDir(fsys, ".", f.visit); err != nil {
		f.mistakes.Add(fault.Position{}, "the folder cannot be read: %s", cause(err))
	}
	if f.full {
		return nil, f.mistakes
	}
	if _, ok := f.files[mainFile]; !ok {
		if len(f.mistakes) == 0 {
			f.mistakes.Add(fault.Position{File: mainFile}, "the file is missing")
		}
		return nil, f.mistakes
	}
	return f.files, f.mistakes
}

// cause leaves out the path, which the mistake's place tells.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func clip(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}

func (f *folder) visit(name string, entry fs.DirEntry, err error) error {
	at := fault.Position{File: name}
	base := path.Base(name)
	switch {
	case err != nil:
		f.mistakes.Add(at, "cannot be read: %s", cause(err))
		return nil
	case name != "." && strings.HasPrefix(base, "."):
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	case entry.IsDir() || base == "README.md":
		return nil
	case !placed(name):
		f.mistakes.Add(fault.Position{File: clip(name)}, "%s", misplaced(name))
		return nil
	case len(f.files) == maxFiles:
		f.full = true
		f.mistakes.Add(at, "the rulebook has more than %d files", maxFiles)
		return fs.SkipAll
	}
	content, problem := f.read(name)
	if problem != "" {
		f.mistakes.Add(at, "%s", problem)
		return nil
	}
	if f.size += len(content); f.size > maxFolderSize {
		f.full = true
		f.mistakes.Add(at, "the rulebook is larger than %d MiB", maxFolderSize>>20)
		return fs.SkipAll
	}
	f.files[name] = content
	return nil
}

// places says which files each folder holds.
var places = map[string]string{"": mainFile, "sales-models/": ".yaml", "products/": ".yaml", "tables/": ".csv", "examples/": ".yaml"}

// placed reports whether a rule file may stand at a path.
func placed(name string) bool {
	dir, base := path.Split(name)
	if dir == "" {
		return base == mainFile
	}
	ext, ok := places[dir]
	return ok && path.Ext(base) == ext && word(base)
}

func misplaced(name string) string {
	dir, base := path.Split(name)
	if ext, ok := places[dir]; ok && path.Ext(base) == ext {
		return "the name of a rule file has letters, digits, -, _ and . only"
	}
	return "no rule file belongs here: rulebook.yaml, sales-models/*.yaml, products/*.yaml, tables/*.csv, examples/*.yaml"
}

// read returns a file's content, or what is wrong with it.
func (f *folder) read(name string) (content, problem string) {
	info, err := fs.Stat(f.fsys, name)
	if err != nil {
		return "", "cannot be read: " + cause(err).Error()
	}
	if !info.Mode().IsRegular() {
		return "", "is not a file"
	}
	file, err := f.fsys.Open(name)
	if err != nil {
		return "", "cannot be read: " + cause(err).Error()
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if closing := file.Close(); err == nil {
		err = closing
	}
	switch {
	case err != nil:
		return "", "cannot be read: " + cause(err).Error()
	case len(data) > maxFileSize:
		return "", "the file is larger than 1 MiB"
	}
	return string(data), ""
}

// contentHash is the hash over the names and contents of the files, in order.
func contentHash(files map[string]string) string {
	sum := sha256.New()
	for _, name := range sorted(files) {
		content := sha256.Sum256([]byte(files[name]))
		sum.Write([]byte(name + "\x00" + hex.EncodeToString(content[:]) + "\n"))
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// in returns the files of one folder in order.
func in(files map[string]string, dir string) []string {
	return slices.DeleteFunc(sorted(files), func(name string) bool { return path.Dir(name) != dir })
}

// stem is a file's name without folder and extension.
func stem(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
