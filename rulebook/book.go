// Package rulebook turns a folder of rule files into one immutable Book: sales models,
// configuration models, tables and examples, checked as a whole. Loading finds every
// mistake of every file in one pass, each with its place.
package rulebook

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"quotewright/bom"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/money"
	"quotewright/pricing"
)

// The limits of a rulebook.
const (
	maxFileSize = 4 << 20
	maxFiles    = 2000
)

// Book is a rulebook that is free of mistakes. It is immutable and safe for concurrent
// use; its hash is that of the names and contents of its files.
type Book struct {
	Name    string         // of the company
	Company money.Currency // of the company

	hash        string
	languages   []string
	units       map[string]Unit
	schema      *pricing.Schema
	salesModels []*pricing.SalesModel
	models      map[string]*Model
	bySKU       map[string]*Model
	examples    []Example
	files       map[string]string
}

// Model is a configuration model with what it adds to its product's BOM.
type Model struct {
	*configurator.Model
	Overlays []bom.CompiledOverlay
}

// Hash names the content: "sha256:…".
func (b *Book) Hash() string { return b.hash }

// Languages returns the languages that messages are written in.
func (b *Book) Languages() []string { return slices.Clone(b.languages) }

// Unit returns what the rulebook says about a unit of measure.
func (b *Book) Unit(id string) (Unit, bool) {
	u, ok := b.units[id]
	return u, ok
}

// Schema returns what the rulebook declares; it must not be changed.
func (b *Book) Schema() *pricing.Schema { return b.schema }

// SalesModels returns the sales models in order of their id.
func (b *Book) SalesModels() []*pricing.SalesModel { return slices.Clone(b.salesModels) }

// SalesModel returns a sales model by its id.
func (b *Book) SalesModel(id string) (*pricing.SalesModel, bool) {
	i := slices.IndexFunc(b.salesModels, func(m *pricing.SalesModel) bool { return m.ID == id })
	if i < 0 {
		return nil, false
	}
	return b.salesModels[i], true
}

// Model returns a configuration model by its id.
func (b *Book) Model(id string) (*Model, bool) {
	m, ok := b.models[id]
	return m, ok
}

// ModelForSKU returns the configuration model of a product.
func (b *Book) ModelForSKU(sku string) (*Model, bool) {
	m, ok := b.bySKU[sku]
	return m, ok
}

// Examples returns the examples of all files, in order of file and place.
func (b *Book) Examples() []Example { return b.examples }

// Files returns the content of every file by its path.
func (b *Book) Files() map[string]string { return b.files }

// loader collects what the files of one folder say.
type loader struct {
	mistakes fault.Mistakes
	files    map[string]string
	book     *Book
	company  company
	tables   map[string]*pricing.TableDefinition
	lookups  *lookups
	models   []definedModel
	sales    []pricing.Definition
}

type definedModel struct {
	def      configurator.Definition
	overlays []bom.Overlay
}

// Load reads a folder. The Book is nil when there is any error; warnings may come with
// a Book.
func Load(fsys fs.FS) (*Book, fault.Mistakes) {
	l := &loader{files: map[string]string{}, tables: map[string]*pricing.TableDefinition{}}
	l.readFiles(fsys)
	if len(l.mistakes) > 0 {
		return nil, l.mistakes.Sort()
	}
	l.book = &Book{hash: contentHash(l.files), files: l.files, models: map[string]*Model{}, bySKU: map[string]*Model{}}
	l.readCompany()
	l.readTables()
	l.lookups = newLookups(l.tables)
	l.readModels()
	l.compileModels()
	l.compileSalesModels()
	l.readExamples()
	if len(l.mistakes.Errors()) > 0 {
		return nil, l.mistakes.Sort()
	}
	return l.book, l.mistakes.Sort()
}

// FS gives files by path the form that Load reads.
func FS(files map[string]string) fs.FS {
	var archive txtar.Archive
	for _, name := range sorted(files) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	folder, err := txtar.FS(&archive)
	if err != nil { // a path that no folder can hold
		return brokenFS{err}
	}
	return folder
}

type brokenFS struct{ err error }

// Open fails: the files do not make a folder.
func (b brokenFS) Open(string) (fs.File, error) { return nil, b.err }

// readFiles takes in every rule file; what has no place in a rulebook is a mistake.
func (l *loader) readFiles(fsys fs.FS) {
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		at := fault.Position{File: name}
		base := path.Base(name)
		switch {
		case err != nil:
			l.mistakes.Add(at, "cannot be read: %s", err)
			return nil
		case name != "." && strings.HasPrefix(base, "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || base == "README.md" || base == "want.txt":
			return nil
		case !placed(name):
			l.mistakes.Add(at, "no rule file belongs here: rulebook.yaml, sales-models/*.yaml, products/*.yaml, tables/*.csv, examples/*.yaml")
			return nil
		case len(l.files) == maxFiles:
			l.mistakes.Add(at, "the rulebook has more than %d files", maxFiles)
			return fs.SkipAll
		}
		l.readFile(fsys, name, at)
		return nil
	})
	if err != nil {
		l.mistakes.Add(fault.Position{}, "the folder cannot be read")
	}
	if _, ok := l.files["rulebook.yaml"]; !ok && len(l.mistakes) == 0 {
		l.mistakes.Add(fault.Position{File: "rulebook.yaml"}, "the file is missing")
	}
}

func placed(name string) bool {
	dir, base := path.Split(name)
	switch dir {
	case "":
		return base == "rulebook.yaml"
	case "sales-models/", "products/", "examples/":
		return path.Ext(base) == ".yaml"
	case "tables/":
		return path.Ext(base) == ".csv"
	}
	return false
}

func (l *loader) readFile(fsys fs.FS, name string, at fault.Position) {
	info, err := fs.Stat(fsys, name)
	if err == nil && info.Size() > maxFileSize {
		l.mistakes.Add(at, "the file is larger than %d MiB", maxFileSize>>20)
		return
	}
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		l.mistakes.Add(at, "cannot be read")
		return
	}
	l.files[name] = string(content)
}

func contentHash(files map[string]string) string {
	sum := sha256.New()
	for _, name := range sorted(files) {
		content := sha256.Sum256([]byte(files[name]))
		sum.Write([]byte(name + "\x00" + hex.EncodeToString(content[:]) + "\n"))
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// in returns the files of one folder in order.
func (l *loader) in(folder string) []string {
	var names []string
	for _, name := range sorted(l.files) {
		if path.Dir(name) == folder {
			names = append(names, name)
		}
	}
	return names
}

func (l *loader) reader(file string) *reader { return &reader{file: file, mistakes: &l.mistakes} }

func stem(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }

func (l *loader) readCompany() {
	r := l.reader("rulebook.yaml")
	n := r.parse([]byte(l.files["rulebook.yaml"]))
	if n == nil {
		return
	}
	l.company = r.company(n)
	c := &l.company
	currency, err := money.ParseCurrency(c.currency.Text)
	if err != nil {
		l.mistakes.Add(c.currency.At, "%s", err)
	}
	mode, err := money.ParseMode(c.rounding.Text)
	if err != nil {
		l.mistakes.Add(c.rounding.At, "%s", err)
	}
	c.schema.Company, c.schema.NetRounding = currency, mode
	l.book.Name, l.book.Company, l.book.languages, l.book.units = c.name, currency, c.languages, c.units
}

func (l *loader) readTables() {
	for _, file := range l.in("tables") {
		l.tables[stem(file)] = l.reader(file).readTable(stem(file), []byte(l.files[file]))
	}
}

func (l *loader) readModels() {
	for _, file := range l.in("products") {
		r := l.reader(file)
		if n := r.parse([]byte(l.files[file])); n != nil {
			def, overlays := r.model(n, l.combinations)
			l.models = append(l.models, definedModel{def, overlays})
		}
	}
	for _, file := range l.in("sales-models") {
		r := l.reader(file)
		if n := r.parse([]byte(l.files[file])); n != nil {
			def := r.salesModel(n)
			if def.ID != "" && def.ID != stem(file) {
				r.fail(def.At, "the sales model is %s, but the file is called %s", def.ID, path.Base(file))
			}
			l.sales = append(l.sales, def)
		}
	}
}

func (l *loader) combinations(name string, at fault.Position) *configurator.Combinations {
	def, ok := l.tables[name]
	if !ok {
		l.mistakes.Add(at, "unknown table %s: there is no tables/%s.csv", name, name)
		return nil
	}
	return combinations(def)
}

func (l *loader) compileModels() {
	for _, d := range l.models {
		model, wrong := configurator.Compile(d.def, l.functions())
		l.mistakes = append(l.mistakes, wrong...)
		if model == nil {
			continue
		}
		overlays, wrong := bom.CompileOverlays(model, d.overlays)
		l.mistakes = append(l.mistakes, wrong...)
		l.mistakes = append(l.mistakes, model.Check()...)
		m := &Model{Model: model, Overlays: overlays}
		if _, twice := l.book.models[d.def.ID]; twice {
			l.mistakes.Add(d.def.At, "the model %s is there twice", d.def.ID)
		}
		if other, twice := l.book.bySKU[d.def.SKU]; twice {
			l.mistakes.Add(d.def.At, "%s is already configured by model %s", d.def.SKU, other.ID())
		}
		l.book.models[d.def.ID], l.book.bySKU[d.def.SKU] = m, m
		l.features(d.def, model)
	}
}

// features makes a model's names known to the formulas of sales models. Two models may
// share a name when its kind is the same.
func (l *loader) features(def configurator.Definition, model *configurator.Model) {
	env := model.Env()
	for _, name := range env.Names() {
		kind, _ := env.Kind(name)
		i := slices.IndexFunc(l.company.schema.Features, func(a pricing.Attribute) bool { return a.Name == name })
		switch {
		case i < 0:
			l.company.schema.Features = append(l.company.schema.Features, pricing.Attribute{Name: name, Kind: kind, At: def.At})
		case l.company.schema.Features[i].Kind != kind:
			l.mistakes.Add(def.At, "%s is a %s here, but a %s in another model; give it another name", name, kind, l.company.schema.Features[i].Kind)
		}
	}
}

func (l *loader) compileSalesModels() {
	l.company.schema.Tables, l.company.schema.Functions = l.tables, l.functions()
	l.book.schema = &l.company.schema
	for _, def := range l.sales {
		m, wrong := pricing.Compile(l.book.schema, def)
		l.mistakes = append(l.mistakes, wrong...)
		if m != nil {
			l.book.salesModels = append(l.book.salesModels, m)
		}
	}
	if len(l.sales) == 0 {
		l.mistakes.Add(fault.Position{File: "sales-models"}, "the rulebook has no sales model")
	}
}
