package catalog

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Query narrows a search for products; empty fields do not. Each word of Text must be
// part of the SKU, the name or the description, in any case of letters.
type Query struct {
	Text   string
	Family string // this family and those below
	Status Status
	Model  string
	Limit  int    // 0: 50
	After  string // the cursor of the page before
}

const defaultLimit = 50

// Search returns products ordered by SKU, and the cursor of the next page, which is
// empty at the end.
func (s *Snapshot) Search(q Query) (page []Product, next string) {
	words := strings.Fields(strings.ToLower(q.Text))
	return pageOf(s.products, q.After, q.Limit, func(p *Product) bool {
		return (q.Status == "" || p.Status == q.Status) &&
			(q.Model == "" || p.Model == q.Model) &&
			(q.Family == "" || inPath(p.Family, q.Family)) &&
			hasWords(words, p.SKU, p.Name, p.Description)
	})
}

// SearchCustomers returns customers whose ID or name holds each word of the text,
// ordered by ID, and the cursor of the next page.
func (s *Snapshot) SearchCustomers(text, after string, limit int) (page []Customer, next string) {
	words := strings.Fields(strings.ToLower(text))
	return pageOf(s.customers, after, limit, func(c *Customer) bool { return hasWords(words, c.ID, c.Name) })
}

// pageOf returns up to limit matching records of a sorted table after a key.
func pageOf[R record](t table[R], after string, limit int, match func(*R) bool) (page []R, next string) {
	if limit <= 0 {
		limit = defaultLimit
	}
	from := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].Key() > after })
	for i := from; i < len(t.rows); i++ {
		if !match(&t.rows[i]) {
			continue
		}
		if len(page) == limit {
			return page, page[limit-1].Key()
		}
		page = append(page, t.rows[i])
	}
	return page, ""
}

func hasWords(words []string, texts ...string) bool {
	for _, word := range words {
		found := false
		for _, text := range texts {
			found = found || containsFold(text, word)
		}
		if !found {
			return false
		}
	}
	return true
}

// containsFold reports whether s holds the lower-case word in any case of letters. A
// search reads every product, so plain ASCII is compared without a lower-case copy.
func containsFold(s, word string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(s), word)
		}
	}
	for i := 0; i+len(word) <= len(s); i++ {
		n := 0
		for n < len(word) && lower(s[i+n]) == word[n] {
			n++
		}
		if n == len(word) {
			return true
		}
	}
	return false
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
