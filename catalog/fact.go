package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Fact is one look-up and a short content hash of its answer. The hash of a miss is
// the empty text.
type Fact struct {
	Query  string `json:"query"`
	Answer string `json:"answer,omitempty"`
}

// Facts are all look-ups of an evaluation, sorted, and the records that answered them.
// A Snapshot of the Records alone gives every look-up the same answer.
type Facts struct {
	Facts   []Fact `json:"facts"`
	Records Delta  `json:"records"`
}

// Facts returns what was looked up so far in a recording View; of another, nothing. It
// takes microseconds per record, so ask for it only when it is kept.
func (v *View) Facts() Facts {
	var f Facts
	for sku, p := range v.products {
		f.add(queryText("product", sku), keep(&f.Records.Products, p))
	}
	for id, c := range v.customers {
		f.add(queryText("customer", id), keep(&f.Records.Customers, c))
	}
	for group := range v.conditions {
		f.add(conditionQuery(group), keepAll(&f.Records.Conditions, v.snapshot.conditions.of(group)))
	}
	for parent, items := range v.boms {
		if keepAll(&f.Records.BOMs, items) == nil {
			f.add(queryText("bom", parent), nil)
		} else {
			f.add(queryText("bom", parent), contentOfBOM(items))
		}
	}
	for sku, records := range v.stock {
		f.add(queryText("stock", sku), keepAll(&f.Records.Stock, records))
	}
	for q, c := range v.rates {
		f.addRate(q, c)
	}
	for q, b := range v.units {
		f.addUnit(q, b)
	}
	for q, p := range v.parts {
		answer := keep(&f.Records.Parts, p)
		if p != nil {
			answer = p.SKU
		}
		f.add(queryText("part", q.alias, q.customer, DateText(q.on)), answer)
	}
	f.sort()
	return f
}

func (f *Facts) addRate(q rateQuery, c *conversion) {
	query := queryText("rate", q.from, q.to, DateText(q.on))
	if c == nil {
		f.add(query, nil)
		return
	}
	keepAll(&f.Records.Rates, c.rates)
	f.add(query, []any{c.rate, c.date})
}

func (f *Facts) addUnit(q unitQuery, b *baseUnits) {
	query := queryText("unit", q.sku, q.unit)
	if b == nil {
		f.add(query, nil)
		return
	}
	keep(&f.Records.Products, b.product)
	keep(&f.Records.Units, b.unit)
	f.add(query, []any{b.numerator, b.denominator})
}

// keep adds the record of a hit, and returns what to hash: nil for a miss.
func keep[R record](kept *Changes[R], r *R) any {
	if r == nil {
		return nil
	}
	kept.Upsert = append(kept.Upsert, *r)
	return r
}

// keepAll is keep for look-ups that return several records.
func keepAll[R record](kept *Changes[R], records []R) any {
	if len(records) == 0 {
		return nil
	}
	kept.Upsert = append(kept.Upsert, records...)
	return records
}

// contentOfBOM leaves out where the positions were read: a line more at the top of the
// file changes no bill of material.
func contentOfBOM(items []BOMItem) []BOMItem {
	items = slices.Clone(items)
	for i := range items {
		items[i].File, items[i].Line = "", 0
	}
	return items
}

func (f *Facts) add(query string, answer any) {
	f.Facts = append(f.Facts, Fact{Query: query, Answer: contentHash(answer)})
}

// contentHash is empty for no answer.
func contentHash(answer any) string {
	if answer == nil {
		return ""
	}
	content, err := json.Marshal(answer)
	if err != nil {
		panic(err) // records are plain values
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func (f *Facts) sort() {
	slices.SortFunc(f.Facts, func(a, b Fact) int { return cmp.Compare(a.Query, b.Query) })
	sortUnique(&f.Records.Products)
	sortUnique(&f.Records.Units)
	sortUnique(&f.Records.Conditions)
	sortUnique(&f.Records.BOMs)
	sortUnique(&f.Records.Customers)
	sortUnique(&f.Records.Stock)
	sortUnique(&f.Records.Rates)
	sortUnique(&f.Records.Parts)
}

func sortUnique[R record](c *Changes[R]) {
	slices.SortFunc(c.Upsert, func(a, b R) int { return cmp.Compare(a.Key(), b.Key()) })
	c.Upsert = slices.CompactFunc(c.Upsert, func(a, b R) bool { return a.Key() == b.Key() })
}

// Stale returns the queries that s answers differently, sorted.
func (f Facts) Stale(s *Snapshot) []string {
	var stale []string
	v := NewRecordingView(s)
	for _, fact := range f.Facts {
		if err := v.ask(fact.Query); err != nil {
			stale = append(stale, fact.Query)
		}
	}
	now := map[string]string{}
	for _, fact := range v.Facts().Facts {
		now[fact.Query] = fact.Answer
	}
	for _, fact := range f.Facts {
		if answer, asked := now[fact.Query]; asked && answer != fact.Answer {
			stale = append(stale, fact.Query)
		}
	}
	slices.Sort(stale)
	return stale
}

// ask repeats the look-up of a query's text.
func (v *View) ask(query string) error {
	kind, args, err := parseQuery(query)
	if err != nil {
		return err
	}
	arity := map[string]int{"product": 1, "customer": 1, "bom": 1, "stock": 1, "unit": 2, "rate": 3, "part": 3}
	if n, fixed := arity[kind]; fixed && len(args) != n {
		return fmt.Errorf("query %s: takes %d arguments", query, n)
	}
	switch kind {
	case "product":
		v.Product(args[0])
	case "customer":
		v.Customer(args[0])
	case "bom":
		v.BOM(args[0])
	case "stock":
		v.Stock(args[0])
	case "unit":
		v.BaseUnits(args[0], args[1])
	case "rate":
		return v.askOn(args[2], func(on Date) { v.Rate(args[0], args[1], on) })
	case "part":
		return v.askOn(args[2], func(on Date) { v.SKU(args[0], args[1], on) })
	case "condition":
		return v.askCondition(args)
	default:
		return fmt.Errorf("query %s: unknown kind", query)
	}
	return nil
}

func (v *View) askOn(date string, look func(on Date)) error {
	var on Date
	if date != "" {
		if err := on.UnmarshalText([]byte(date)); err != nil {
			return err
		}
	}
	look(on)
	return nil
}

func (v *View) askCondition(args []string) error {
	if len(args)%2 == 0 {
		return fmt.Errorf("query condition %s: a type and pairs are needed", strings.Join(args, " "))
	}
	var keys []KeyField
	for i := 1; i < len(args); i += 2 {
		keys = append(keys, KeyField{Name: args[i], Value: args[i+1]})
	}
	v.Conditions(args[0], keys)
	return nil
}
