package rulebook

import (
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
	"strconv"
	"sync"

	"quotewright/internal/fault"
	"quotewright/pricing"
)

// Cache loads one folder again and again and makes only what changed: parsed files,
// tables and what was found out about them, compiled models. A part is known by the
// contents of all that it was made from, so a Book of a Cache is the Book that Load makes,
// and its mistakes are the same. Parts are immutable; Books share them.
//
// A Cache holds the parts of the last Book and of the last try since. The zero Cache is
// empty; it is safe for concurrent use, one load at a time.
type Cache struct {
	mu         sync.Mutex
	good, last parts
}

// parts are what files came to, by what they were made from.
type parts map[[sha256.Size]byte]any

// Load reads a folder as the function Load does.
func (c *Cache) Load(fsys fs.FS) (*Book, fault.Mistakes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := &knownParts{before: []parts{c.good, c.last}, now: parts{}}
	book, mistakes := load(fsys, known)
	if book != nil {
		c.good, c.last = known.now, nil
	} else {
		c.last = known.now
	}
	return book, mistakes
}

// knownParts are those of earlier loads and of this one; nil knows none.
type knownParts struct {
	before []parts
	now    parts
}

// reuse returns what was built from these texts before, else builds it. What build returns
// depends on kind and from alone.
func reuse[T any](k *knownParts, build func() T, kind string, from ...string) T {
	if k == nil {
		return build()
	}
	key := keyOf(kind, from)
	for _, before := range k.before {
		if made, known := before[key]; known {
			k.now[key] = made
			return made.(T)
		}
	}
	made := build()
	k.now[key] = made
	return made
}

func keyOf(kind string, from []string) (key [sha256.Size]byte) {
	h := sha256.New()
	for _, text := range append([]string{kind}, from...) {
		h.Write(binary.AppendUvarint(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// parsed is a YAML file.
type parsed struct {
	node     *node
	mistakes fault.Mistakes
}

// parse is parse of the reader's file.
func (l *loader) parse(r *reader) *node {
	content := l.files[r.file]
	p := reuse(l.known, func() (p parsed) {
		p.node = (&reader{file: r.file, mistakes: &p.mistakes}).parse(content)
		return p
	}, "yaml", r.file, content)
	l.mistakes = append(l.mistakes, p.mistakes...)
	return p.node
}

// parsedTable is a CSV file.
type parsedTable struct {
	def      *pricing.TableDefinition
	mistakes fault.Mistakes
}

func (l *loader) readTable(file string) *pricing.TableDefinition {
	content := l.files[file]
	p := reuse(l.known, func() (p parsedTable) {
		p.def = (&reader{file: file, mistakes: &p.mistakes}).readTable(stem(file), content)
		return p
	}, "table", file, content)
	l.mistakes = append(l.mistakes, p.mistakes...)
	return p.def
}

// indexedTable is a table for look-ups.
type indexedTable struct {
	table    *lookupTable
	mistakes fault.Mistakes
}

func (l *loader) lookupTables() lookups {
	all := lookups{}
	for _, name := range sorted(l.tables) {
		def := l.tables[name]
		if !isLookup(def) {
			continue
		}
		t := reuse(l.known, func() (t indexedTable) {
			t.table = newLookupTable(def, &t.mistakes)
			return t
		}, "look-up", name, l.files["tables/"+name+".csv"])
		l.mistakes = append(l.mistakes, t.mistakes...)
		all[name] = t.table
	}
	return all
}

// knownOf is what is known of a definition in a file. One without a place lacks its name;
// nobody can tell it from others.
func (l *loader) knownOf(file string) *knownParts {
	if file == "" {
		return nil
	}
	return l.known
}

// tableCheck looks into a table as the sales model reads it.
func (l *loader) tableCheck(n *names, def pricing.Definition, t *pricing.TableDefinition) fault.Mistakes {
	file := "tables/" + t.Name + ".csv"
	return reuse(l.knownOf(def.At.File), func() fault.Mistakes { return checkTable(n, t) },
		"table check", l.declarations, def.At.File, l.files[def.At.File], file, l.files[file])
}

// compiledModel is a configuration model.
type compiledModel struct {
	model    *Model
	mistakes fault.Mistakes
}

func (l *loader) compiledModel(def definedModel) *Model {
	c := reuse(l.knownOf(def.At.File), func() compiledModel { return l.compileModel(def) },
		"model", l.declarations, def.At.File, l.files[def.At.File])
	l.mistakes = append(l.mistakes, c.mistakes...)
	return c.model
}

// compiledSales is a sales model.
type compiledSales struct {
	model    *pricing.SalesModel
	mistakes fault.Mistakes
}

func (l *loader) compiledSales(def pricing.Definition) *pricing.SalesModel {
	file := def.At.File
	from := []string{l.declarations, file, l.files[file]}
	for _, s := range def.Procedure {
		if table := s.Table.Text; table != "" {
			from = append(from, table, l.files["tables/"+table+".csv"], strconv.FormatBool(l.seen[table]))
		}
	}
	c := reuse(l.knownOf(file), func() (c compiledSales) {
		c.model, c.mistakes = pricing.Compile(l.book.schema, def)
		c.mistakes = l.examined(def, c.mistakes)
		return c
	}, "sales model", from...)
	l.mistakes = append(l.mistakes, c.mistakes...)
	for _, s := range def.Procedure {
		l.seen[s.Table.Text] = true
	}
	return c.model
}

// declare notes what stands for all that formulas and columns may name, and for what a
// mistyped name can be near to: rulebook.yaml, the products with the tables that they
// name, the tables for look-ups and the names of the others.
func (l *loader) declare() {
	from := append([]string{l.files[mainFile]}, sorted(l.tables)...)
	for _, file := range in(l.files, "products") {
		from = append(from, file, l.files[file])
	}
	for _, name := range sorted(l.tables) {
		if l.used[name] || isLookup(l.tables[name]) {
			from = append(from, name, l.files["tables/"+name+".csv"])
		}
	}
	key := keyOf("declarations", from)
	l.declarations = string(key[:])
}
