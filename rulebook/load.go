package rulebook

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"quotewright/bom"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// loader collects what the files of one folder say.
type loader struct {
	mistakes   fault.Mistakes
	files      map[string]string
	book       *Book
	company    company
	declared   bool // rulebook.yaml could be read
	tables     map[string]*pricing.TableDefinition
	used       map[string]bool // tables
	seen       map[string]bool // tables that were examined
	lookups    lookups
	models     []definedModel
	sales      []pricing.Definition
	salesTexts []string // formulas of sales models
	texts      []string // formulas of all files

	known        *knownParts
	declarations string // what every model may read; see declare
}

// Load reads a folder. The Book is nil when there is any error; warnings may come with
// a Book, and are kept in it.
func Load(fsys fs.FS) (*Book, fault.Mistakes) { return load(fsys, nil) }

func load(fsys fs.FS, known *knownParts) (*Book, fault.Mistakes) {
	files, mistakes := readFolder(fsys)
	if files == nil {
		return nil, mistakes.Sort()
	}
	l := &loader{known: known, mistakes: mistakes, files: files, tables: map[string]*pricing.TableDefinition{}, used: map[string]bool{}, seen: map[string]bool{}}
	l.book = &Book{hash: contentHash(files), files: files, models: map[string]*Model{}, bySKU: map[string]*Model{}}
	l.readCompany()
	l.readTables()
	l.readModels()
	l.declare()
	l.readSalesModels()
	l.compileModels()
	l.declareFeatures()
	l.compileSalesModels()
	l.readExamples()
	l.unusedTables()
	l.mistakes = l.mistakes.Sort()
	if len(l.mistakes.Errors()) > 0 {
		return nil, l.mistakes
	}
	l.book.warnings = l.mistakes
	return l.book, l.mistakes
}

// each parses the YAML files of a folder and hands over those that can be parsed.
func (l *loader) each(dir string, read func(*reader, *node)) {
	for _, file := range in(l.files, dir) {
		r := &reader{file: file, mistakes: &l.mistakes, languages: l.company.languages, unknown: !l.declared}
		if n := l.parse(r); n != nil {
			read(r, n)
		}
		l.texts = append(l.texts, r.texts...)
	}
}

func (l *loader) readCompany() {
	r := &reader{file: mainFile, mistakes: &l.mistakes}
	n := l.parse(r)
	if n == nil {
		return
	}
	l.company, l.declared = r.company(n), true
	l.book.Name, l.book.Company = l.company.name, l.company.currency
	l.book.languages, l.book.units = l.company.languages, l.company.units
}

func (l *loader) readTables() {
	for _, file := range in(l.files, "tables") {
		l.tables[stem(file)] = l.readTable(file)
	}
	l.lookups = l.lookupTables()
}

func (l *loader) readModels() {
	ids, skus := map[string]string{}, map[string]string{}
	l.each("products", func(r *reader, n *node) {
		m := r.model(n, l.combinations)
		if other, twice := ids[m.ID]; twice && m.ID != "" {
			r.fail(m.At, "the model %s is in %s already", m.ID, other)
		}
		if other, twice := skus[m.SKU]; twice && m.SKU != "" {
			r.fail(m.At, "%s is configured by %s already", m.SKU, other)
		}
		ids[m.ID], skus[m.SKU] = r.file, r.file
		l.models = append(l.models, m)
	})
}

// combinations is a table as the valid combinations of a constraint.
func (l *loader) combinations(c *object) *configurator.Combinations {
	name := c.name("table")
	def, ok := l.tables[name.Text]
	if !ok {
		if name.Text != "" {
			l.mistakes.Add(name.At, "%s", l.unknownTable(name.Text))
		}
		return nil
	}
	l.used[name.Text] = true
	if def.Header == nil {
		return nil
	}
	return combinations(def)
}

func (l *loader) unknownTable(name string) string {
	if near := formula.Nearest(name, sorted(l.tables)); near != "" {
		return fmt.Sprintf("unknown table %s; did you mean %s?", name, near)
	}
	return fmt.Sprintf("unknown table %s: there is no tables/%s.csv", name, name)
}

func (l *loader) readSalesModels() {
	l.each("sales-models", func(r *reader, n *node) {
		def := r.salesModel(n)
		if def.ID != "" && def.ID != stem(r.file) {
			r.fail(def.At, "the sales model is %s, but the file is called %s", def.ID, path.Base(r.file))
		}
		l.sales = append(l.sales, def)
		l.salesTexts = append(l.salesTexts, r.texts...)
	})
	if len(in(l.files, "sales-models")) == 0 {
		l.mistakes.Add(fault.Position{File: "sales-models"}, "the rulebook has no sales model")
	}
}

// functions are what formulas of this rulebook may call besides the built-in ones.
func (l *loader) functions() map[string]formula.Function {
	return map[string]formula.Function{"lookup": l.lookups.function()}
}

func (l *loader) compileModels() {
	for _, def := range l.models {
		if m := l.compiledModel(def); m != nil {
			l.book.models[def.ID], l.book.bySKU[def.SKU] = m, m
		}
	}
}

func (l *loader) compileModel(def definedModel) (c compiledModel) {
	model, wrong := configurator.Compile(def.Definition, l.functions())
	if model == nil {
		return compiledModel{mistakes: wrong}
	}
	overlays, others := bom.CompileOverlays(model, def.overlays)
	return compiledModel{&Model{Model: model, Overlays: overlays}, slices.Concat(wrong, others, model.Check())}
}

func (l *loader) compileSalesModels() {
	l.company.schema.Tables, l.company.schema.Functions = l.tables, l.functions()
	l.book.schema = &l.company.schema
	for _, def := range l.sales {
		for _, s := range def.Procedure {
			l.used[s.Table.Text] = true
		}
		if !l.declared {
			continue
		}
		if m := l.compiledSales(def); m != nil {
			l.book.salesModels = append(l.book.salesModels, m)
		}
	}
}

func (l *loader) readExamples() {
	var known []string // those in files with mistakes, too
	for _, file := range in(l.files, "sales-models") {
		known = append(known, stem(file))
	}
	for _, def := range l.sales {
		known = append(known, def.ID)
	}
	l.each("examples", func(r *reader, n *node) {
		l.book.examples = append(l.book.examples, r.examples(n, known)...)
	})
}

// unusedTables warns of tables that no rule names. What a file that cannot be read names
// is not known.
func (l *loader) unusedTables() {
	if len(l.sales) < len(in(l.files, "sales-models")) || len(l.models) < len(in(l.files, "products")) {
		return
	}
	for _, name := range sorted(l.tables) {
		def := l.tables[name]
		if l.used[name] || isLookup(def) && slices.ContainsFunc(l.texts, func(text string) bool { return strings.Contains(text, name) }) {
			continue
		}
		l.mistakes.Warn(fault.Position{File: "tables/" + name + ".csv", Line: 1, Column: 1}, "no rule uses this table")
	}
}
