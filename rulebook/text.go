package rulebook

import (
	"slices"
	"strings"

	"quotewright/internal/formula"
	"quotewright/pricing"
)

// title reads a text, or a mapping with one for each language.
func (o *object) title(key string) pricing.Title {
	first, others := o.byLanguage(key)
	title := pricing.Title{Text: o.titleText(first, key)}
	for language, n := range others {
		if title.In == nil {
			title.In = map[string]string{}
		}
		title.In[language] = o.titleText(n, key)
	}
	return title
}

// titleText reads the text of a node that may be nil.
func (r *reader) titleText(n *node, key string) string {
	if n == nil || !r.scalar(n, key) {
		return ""
	}
	text := strings.TrimSpace(n.text)
	if text == "" {
		r.fail(n.at, "%s is empty", key)
	}
	return text
}

// translated reads a message template, or a mapping with one for each language.
func (o *object) translated(key string) pricing.Translated {
	first, others := o.byLanguage(key)
	text := pricing.Translated{Source: formula.Source{At: o.at}}
	if first != nil {
		text.Source = o.sourceOf(first, key)
	}
	for language, n := range others {
		if text.In == nil {
			text.In = map[string]formula.Source{}
		}
		text.In[language] = o.sourceOf(n, key)
	}
	return text
}

// byLanguage returns what a key says in the first of the rulebook's languages, and its
// translations into the others; nil when it is not there. After a mistake it is the first
// text that there is.
func (o *object) byLanguage(key string) (first *node, others map[string]*node) {
	n := o.get(key)
	if n == nil || n.kind != mapping {
		return n, nil
	}
	others = map[string]*node{}
	for _, f := range n.fields {
		switch {
		case f.value.kind == nothing:
			o.fail(f.at, "%s has no text in %s", key, f.key)
		case o.knowsLanguage(f):
			others[f.key] = f.value
		}
	}
	if len(o.languages) > 0 {
		main := o.languages[0]
		if first = others[main]; first != nil {
			delete(others, main)
			return first, others
		}
		o.fail(n.at, "%s has no text in %s, the first of the languages", key, main)
	} else if len(n.fields) == 0 {
		o.fail(n.at, "%s has no text", key)
	}
	return anyText(n), nil // so that nobody misses the text, too
}

// anyText returns the first text of a mapping that has one.
func anyText(n *node) *node {
	for _, f := range n.fields {
		if f.value.kind == scalar {
			return f.value
		}
	}
	return nil
}

// knowsLanguage reports whether a text may be written in a language: rulebook.yaml has
// to name it.
func (r *reader) knowsLanguage(f field) bool {
	switch {
	case r.unknown || slices.Contains(r.languages, f.key):
		return true
	case len(r.languages) == 0:
		r.fail(f.at, "a text in %s needs languages in rulebook.yaml: languages: [%s]", f.key, f.key)
	default:
		r.fail(f.at, "the language %s is not one of rulebook.yaml: %s", f.key, strings.Join(r.languages, ", "))
	}
	return false
}
