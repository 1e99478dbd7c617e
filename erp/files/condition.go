package files

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

var one = decimal.NewFromInt(1)

var conditionFile = &file[catalog.Condition]{
	name:  "conditions.csv",
	key:   []string{"id"},
	kind:  func(d *catalog.Delta) *catalog.Changes[catalog.Condition] { return &d.Conditions },
	blank: catalog.Condition{Per: one},
	columns: []column[catalog.Condition]{
		{"id", required, "", func(r *catalog.Condition, c *cell) { r.ID = c.text }},
		{"type", required, "", func(r *catalog.Condition, c *cell) { r.Type = c.text }},
		{"sku", optional, productName, setKey},
		{"family", optional, "", setKeyPath},
		{"customer", optional, customerName, setKey},
		{"customer_group", optional, "", setKey},
		{"price_list", optional, "", setKey},
		{"region", optional, "", setKeyPath},
		{"country", optional, "", setKey},
		{"sales_model", optional, "", setKey},
		{"option", optional, "", setKey},
		{"tax_category", optional, "", setKey},
		{"key:", optional, "", setKey},
		{"min_quantity", optional, "", func(r *catalog.Condition, c *cell) { r.MinQuantity = c.notNegative() }},
		{"value", required, "", func(r *catalog.Condition, c *cell) { r.Value = c.number() }},
		{"measure", required, "", func(r *catalog.Condition, c *cell) {
			r.Measure = oneOf(c, catalog.MeasureAmount, catalog.MeasurePercent)
		}},
		{"currency", optional, "", func(r *catalog.Condition, c *cell) { r.Currency = c.currency() }},
		{"per", optional, "", func(r *catalog.Condition, c *cell) { r.Per = c.positive() }},
		{"unit", optional, "", func(r *catalog.Condition, c *cell) { r.Unit = c.text }},
		{"valid_from", optional, "", func(r *catalog.Condition, c *cell) { r.ValidFrom = c.date() }},
		{"valid_to", optional, "", func(r *catalog.Condition, c *cell) { r.ValidTo = c.date() }},
		{"lower_limit", optional, "", func(r *catalog.Condition, c *cell) { limit := c.number(); r.LowerLimit = &limit }},
		{"upper_limit", optional, "", func(r *catalog.Condition, c *cell) { limit := c.number(); r.UpperLimit = &limit }},
	},
	check: func(r *catalog.Condition, w *row) {
		w.validity(r.ValidFrom, r.ValidTo)
		if r.LowerLimit != nil && r.UpperLimit != nil && r.LowerLimit.GreaterThan(*r.UpperLimit) {
			w.fail("lower_limit", "lower_limit %s is more than upper_limit %s", r.LowerLimit, r.UpperLimit)
		}
		w.loader.steps.check(r, w)
	},
}

func setKey(r *catalog.Condition, c *cell) { addKey(r, c, c.text) }

func setKeyPath(r *catalog.Condition, c *cell) { addKey(r, c, c.path()) }

// openKeys may be written key:NAME as well: their own columns check nothing more.
var openKeys = []string{"country", "tax_category"}

// addKey keeps the keys sorted by name.
func addKey(r *catalog.Condition, c *cell, value string) {
	name := c.column
	if open := c.name(); open != "" {
		name = open
		if slices.Contains(catalog.KeyColumns, name) && !slices.Contains(openKeys, name) {
			c.fail("%s has a column of its own", name)
			return
		}
	}
	at, twice := slices.BinarySearchFunc(r.Keys, name, func(k catalog.KeyField, name string) int { return cmp.Compare(k.Name, name) })
	if twice {
		c.fail("%s is given twice, in a column of its own and as key:%s", name, name)
		return
	}
	r.Keys = slices.Insert(r.Keys, at, catalog.KeyField{Name: name, Value: value})
}

// scaleSteps finds records that nothing can choose between: one key, one minimum
// quantity and one start. Records are found by a hash and then compared, which costs
// 12 bytes a record instead of its key.
type scaleSteps struct {
	seed  maphash.Seed
	first map[uint64]int32 // hash to number of the record
	lines []int32          // by number
}

func newScaleSteps() scaleSteps {
	return scaleSteps{seed: maphash.MakeSeed(), first: map[uint64]int32{}}
}

func (s *scaleSteps) check(r *catalog.Condition, w *row) {
	hash := s.hash(r)
	first, seen := s.first[hash]
	if seen && sameStep(r, &w.loader.delta.Conditions.Upsert[first]) {
		w.fail("min_quantity", "line %d has the same type, keys, min_quantity, currency, unit and valid_from", s.lines[first])
		return
	}
	if !seen && !w.bad {
		s.first[hash] = int32(w.number)
	}
	if !w.bad {
		s.lines = append(s.lines, int32(w.line))
	}
}

func (s *scaleSteps) hash(r *catalog.Condition) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, text := range [...]string{r.Type, r.Currency, r.Unit} {
		h.WriteString(text)
		h.WriteByte(0)
	}
	for _, k := range r.Keys {
		h.WriteString(k.Name)
		h.WriteByte(0)
		h.WriteString(k.Value)
		h.WriteByte(0)
	}
	h.WriteString(r.MinQuantity.String())
	h.WriteByte(byte(r.ValidFrom.Year))
	h.WriteByte(byte(r.ValidFrom.Month))
	h.WriteByte(byte(r.ValidFrom.Day))
	return h.Sum64()
}

func sameStep(a, b *catalog.Condition) bool {
	return a.Type == b.Type && a.Currency == b.Currency && a.Unit == b.Unit && a.ValidFrom == b.ValidFrom &&
		a.MinQuantity.Equal(b.MinQuantity) && slices.Equal(a.Keys, b.Keys)
}
