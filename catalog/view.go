package catalog

import (
	"github.com/shopspring/decimal"
)

// View is what one evaluation sees of a Snapshot. A recording View also remembers what
// was looked up, hits and misses, so that the evaluation can be repeated from what it
// read (see Facts). It is not safe for concurrent use. What it returns must not be
// changed.
type View struct {
	snapshot   *Snapshot
	recording  bool
	own        derived // of a recording View
	buf        []byte  // of the condition look-up at hand
	products   map[string]*Product
	customers  map[string]*Customer
	conditions map[string]bool
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

// NewView returns a View that does not remember, for evaluations that nobody keeps.
func NewView(s *Snapshot) *View {
	return &View{snapshot: s, rates: map[rateQuery]*conversion{}, units: map[unitQuery]*baseUnits{}}
}

// NewRecordingView returns a View that remembers every look-up. It gives the same
// answers as one that does not.
func NewRecordingView(s *Snapshot) *View {
	v := NewView(s)
	v.recording = true
	v.products, v.customers, v.conditions = map[string]*Product{}, map[string]*Customer{}, map[string]bool{}
	v.boms, v.stock, v.parts = map[string][]BOMItem{}, map[string][]Stock{}, map[partQuery]*Part{}
	return v
}

// Version is the version of the Snapshot.
func (v *View) Version() string { return v.snapshot.version }

// Product returns the product of a SKU.
func (v *View) Product(sku string) (*Product, bool) {
	p, ok := v.snapshot.Product(sku)
	if v.recording {
		v.products[sku] = p
	}
	return p, ok
}

// Customer returns the customer of an ID.
func (v *View) Customer(id string) (*Customer, bool) {
	c, ok := v.snapshot.Customer(id)
	if v.recording {
		v.customers[id] = c
	}
	return c, ok
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
	v.buf = appendConditionGroup(v.buf[:0], typ, keys)
	if v.recording {
		v.conditions[string(v.buf)] = true
	}
	return v.snapshot.conditions.ofBytes(v.buf)
}

// Keyed reports whether there may be condition records of a type with just these keys,
// whatever their values: a look-up by keys that no record has finds nothing and need
// not be made. A recording View asks for every look-up. The keys are a KeyNames.
func (v *View) Keyed(keys string) bool { return v.recording || v.snapshot.keyed[keys] }

// KeyNames names the keys of a condition type, sorted by name.
func KeyNames(typ string, keys []string) string {
	b := []byte(typ)
	for _, k := range keys {
		b = append(append(b, KeySeparator...), k...)
	}
	return string(b)
}

// BOM returns the positions of a bill of material, all validities, ordered by position
// (numbers by value, before texts), then priority.
func (v *View) BOM(parent string) []BOMItem {
	items := v.snapshot.boms.of(parent)
	if v.recording {
		v.boms[parent] = items
	}
	return items
}

// Stock returns a product's stock, ordered by site.
func (v *View) Stock(sku string) []Stock {
	records := v.snapshot.stock.of(sku)
	if v.recording {
		v.stock[sku] = records
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
	p, ok := v.findPart(partQuery{alias, customer, on})
	if v.recording {
		v.parts[partQuery{alias, customer, on}] = p
	}
	if !ok {
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
