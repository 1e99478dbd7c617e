package catalog

import (
	"encoding/binary"
	"slices"

	"github.com/shopspring/decimal"
)

// View is a Snapshot that remembers what was looked up in it, hits and misses, so
// that an evaluation can be repeated from what it read (see Facts). Use one View per
// evaluation; it is not safe for concurrent use. What it returns must not be changed.
type View struct {
	snapshot   *Snapshot
	products   map[string]*Product
	customers  map[string]*Customer
	conditions conditionLog
	boms       map[string][]BOMItem
	stock      map[string][]Stock
	rates      map[rateQuery]*conversion
	units      map[unitQuery]*baseUnits
	parts      map[partQuery]*Part
}

type rateQuery struct {
	from, to string
	on       Date
}

type unitQuery struct{ sku, unit string }

type partQuery struct {
	alias, customer string
	on              Date
}

// baseUnits is what a unit is worth, and the record that says so: a unit, or the
// product whose base unit it is.
type baseUnits struct {
	numerator, denominator decimal.Decimal
	unit                   *Unit
	product                *Product
}

// NewView returns a View on which nothing has been looked up yet.
func NewView(s *Snapshot) *View {
	return &View{
		snapshot: s, products: map[string]*Product{}, customers: map[string]*Customer{},
		boms: map[string][]BOMItem{}, stock: map[string][]Stock{},
		rates: map[rateQuery]*conversion{}, units: map[unitQuery]*baseUnits{}, parts: map[partQuery]*Part{},
	}
}

// Version is the version of the Snapshot.
func (v *View) Version() string { return v.snapshot.version }

// Product returns the product of a SKU.
func (v *View) Product(sku string) (*Product, bool) {
	p := remember(v.products, sku, v.snapshot.Product)
	return p, p != nil
}

// Customer returns the customer of an ID.
func (v *View) Customer(id string) (*Customer, bool) {
	c := remember(v.customers, id, v.snapshot.Customer)
	return c, c != nil
}

// remember answers from memory or else looks up; a miss is remembered as nil.
func remember[K comparable, R any](seen map[K]*R, key K, find func(K) (*R, bool)) *R {
	r, ok := seen[key]
	if !ok {
		r, _ = find(key)
		seen[key] = r
	}
	return r
}

// Conditions returns every record of exactly this type and these keys, which must be
// sorted by name: all validities and scales, ordered by start, minimum quantity and ID.
func (v *View) Conditions(typ string, keys []KeyField) []Condition {
	return v.snapshot.conditions.ofBytes(v.conditions.write(typ, keys))
}

// conditionLog are the groups of all condition look-ups, one after the other. There
// are several per line of a quote, so they are only written down, repeats included.
type conditionLog struct {
	full [][]byte // blocks of groups, each with its length before it
	last []byte
}

// The sizes of the blocks: a quote of one line needs little, one of thousands much.
const (
	firstBlock  = 1 << 10
	largerBlock = 64 << 10
	longGroup   = 512 // a block with less room than this is full
)

func (l *conditionLog) write(typ string, keys []KeyField) []byte {
	if cap(l.last)-len(l.last) < longGroup {
		size := firstBlock
		if l.last != nil {
			l.full = append(l.full, l.last)
			size = min(largerBlock, 8*cap(l.last))
		}
		l.last = make([]byte, 0, size)
	}
	from := len(l.last) + 4
	l.last = appendConditionGroup(append(l.last, 0, 0, 0, 0), typ, keys)
	binary.LittleEndian.PutUint32(l.last[from-4:], uint32(len(l.last)-from))
	return l.last[from:]
}

// all returns the groups without repeats.
func (l *conditionLog) all() map[string]bool {
	groups := map[string]bool{}
	for _, block := range append(slices.Clone(l.full), l.last) {
		for len(block) > 0 {
			n := 4 + binary.LittleEndian.Uint32(block)
			groups[string(block[4:n])] = true
			block = block[n:]
		}
	}
	return groups
}

// BOM returns the positions of a bill of material, all validities, ordered by position
// (numbers by value, before texts), then priority.
func (v *View) BOM(parent string) []BOMItem {
	return rememberAll(v.boms, parent, v.snapshot.boms)
}

// Stock returns a product's stock, ordered by site.
func (v *View) Stock(sku string) []Stock {
	return rememberAll(v.stock, sku, v.snapshot.stock)
}

func rememberAll[R record](seen map[string][]R, group string, t table[R]) []R {
	records, ok := seen[group]
	if !ok {
		records = t.of(group)
		seen[group] = records
	}
	return records
}

// Rate returns how many units of to one unit of from is worth, and the date of the
// (oldest) rate that says so: the latest direct rate on or before the day, else the
// latest inverse one, else the best way through one other currency. A currency is
// worth one of itself on the day asked for.
func (v *View) Rate(from, to string, on Date) (decimal.Decimal, Date, bool) {
	c := remember(v.rates, rateQuery{from, to, on}, func(q rateQuery) (*conversion, bool) {
		c, ok := v.snapshot.convert(q.from, q.to, q.on)
		if !ok {
			return nil, false
		}
		return &c, true
	})
	if c == nil {
		return decimal.Decimal{}, Date{}, false
	}
	return c.rate, c.date, true
}

// BaseUnits returns what one unit of a product is in its base unit, as numerator and
// denominator: 1/1 for the base unit itself and for no unit, else what units.csv says
// for the product, else what it says for all products.
func (v *View) BaseUnits(sku, unit string) (numerator, denominator decimal.Decimal, ok bool) {
	b := remember(v.units, unitQuery{sku, unit}, v.findUnit)
	if b == nil {
		return decimal.Decimal{}, decimal.Decimal{}, false
	}
	return b.numerator, b.denominator, true
}

func (v *View) findUnit(q unitQuery) (*baseUnits, bool) {
	one := decimal.NewFromInt(1)
	if q.unit == "" {
		return &baseUnits{numerator: one, denominator: one}, true
	}
	if p, ok := v.snapshot.Product(q.sku); ok && p.Unit == q.unit {
		return &baseUnits{numerator: one, denominator: one, product: p}, true
	}
	for _, sku := range []string{q.sku, ""} {
		if u, ok := v.snapshot.units.one(joinKey(sku, q.unit)); ok {
			return &baseUnits{numerator: u.Numerator, denominator: u.Denominator, unit: u}, true
		}
	}
	return nil, false
}

// SKU returns the product that an alias stands for on a day: the customer's own alias
// first, then everybody's; of several valid ones the one that started last.
func (v *View) SKU(alias, customer string, on Date) (sku string, ok bool) {
	p := remember(v.parts, partQuery{alias, customer, on}, v.findPart)
	if p == nil {
		return "", false
	}
	return p.SKU, true
}

func (v *View) findPart(q partQuery) (*Part, bool) {
	if p, ok := currentPart(v.snapshot.parts.of(joinKey(q.alias, q.customer)), q.on); ok {
		return p, true
	}
	return currentPart(v.snapshot.parts.of(joinKey(q.alias, "")), q.on)
}
