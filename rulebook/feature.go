package rulebook

import (
	"slices"
	"strings"

	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// declareFeatures makes what models call their features known to the formulas of sales
// models, as configuration.NAME. A name has one kind in all models; where it has two,
// that is a mistake once a sales model reads it.
func (l *loader) declareFeatures() {
	index := map[string]int{}
	all := &l.company.schema.Features
	for _, def := range l.models {
		for _, f := range l.features(def) {
			at, known := index[f.Name]
			if !known {
				index[f.Name] = len(*all)
				*all = append(*all, f)
				continue
			}
			switch other := &(*all)[at]; {
			case other.Kind == f.Kind && other.Options != nil && f.Options != nil:
				other.Options = append(other.Options, f.Options...)
			case other.Kind == f.Kind:
				other.Options = nil // one of them can be anything
			case l.salesRead("configuration." + f.Name):
				l.mistakes.Add(f.At, "%s is a %s here, but a %s in %s:%d; sales models read it, so give one of them another name",
					f.Name, f.Kind, other.Kind, other.At.File, other.At.Line)
			}
		}
	}
}

// features lists the names of a model with their kinds, in order of the file. They come
// from the definition: a model with mistakes has its names all the same.
func (l *loader) features(def definedModel) []pricing.Attribute {
	var all []pricing.Attribute
	add := func(name string, kind formula.Kind, at fault.Position, options ...string) {
		twice := slices.ContainsFunc(all, func(a pricing.Attribute) bool { return a.Name == name })
		if kind != formula.Any && name != "" && !twice {
			all = append(all, pricing.Attribute{Name: name, Kind: kind, At: at, Options: options})
		}
	}
	for _, f := range def.Features {
		var options []string
		for _, o := range f.Options {
			options = append(options, o.ID)
		}
		add(f.ID, featureKind(f), f.At, options...)
		for _, o := range f.Options {
			for _, a := range o.Attributes {
				add(f.ID+"."+a.Name, attributeKind(f, a), a.At)
			}
		}
	}
	for _, d := range def.Derived {
		kind := formula.Number // most are, if the model has mistakes
		if m := l.book.models[def.ID]; m != nil {
			kind, _ = m.Env().Kind(d.ID)
		}
		add(d.ID, kind, d.At)
	}
	return all
}

func featureKind(f configurator.FeatureDefinition) formula.Kind {
	switch {
	case f.Select != nil:
		return formula.Texts
	case f.Integer != nil:
		return formula.Number
	case f.Boolean:
		return formula.Boolean
	}
	return formula.Text
}

// attributeKind is the kind of an option's attribute; the numbers of a selection are a
// list, and its other attributes cannot be read.
func attributeKind(f configurator.FeatureDefinition, a configurator.AttributeDefinition) formula.Kind {
	switch kind := a.Value.Kind(); {
	case f.Select == nil:
		return kind
	case kind == formula.Number:
		return formula.Numbers
	}
	return formula.Any
}

// salesRead reports whether a formula or table of a sales model has a name in it.
func (l *loader) salesRead(name string) bool {
	texts := l.salesTexts
	for _, def := range l.sales {
		for _, s := range def.Procedure {
			if t := l.tables[s.Table.Text]; t != nil {
				for _, h := range t.Header {
					texts = append(texts, h.Text)
				}
			}
		}
	}
	return slices.ContainsFunc(texts, func(text string) bool { return mentions(text, name) })
}

// mentions reports whether a name stands in a text, and not a longer one.
func mentions(text, name string) bool {
	for {
		before, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		if !endsInName(before) && !startsAsName(after) {
			return true
		}
		text = after
	}
}

func endsInName(s string) bool {
	return s != "" && (s[len(s)-1] == '.' || identifier("x"+s[len(s)-1:]))
}

func startsAsName(s string) bool {
	return s != "" && identifier("x"+s[:1])
}
