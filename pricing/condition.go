package pricing

import (
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/formula"
)

// conditionType is a compiled condition type.
type conditionType struct {
	def      ConditionType
	nothing  string // why a look-up found nothing
	access   []access
	rateSlot int // of the conversion date; -1: quote.date
	round    *rounding
	over     []keySource // fields whose values lines of one scale share
}

// access is one key combination.
type access struct {
	fields []keySource
	sorted []int  // the fields in the order in which records name their keys
	list   int    // the field that is a price list; -1: none
	names  string // catalog.KeyNames
	number int    // among all accesses of the sales model
}

// keySource says where the value of a key comes from.
type keySource struct {
	name string // of the record's key
	kind keyKind
}

type keyKind uint8

const (
	keyAttribute keyKind = iota
	keySKU
	keyFamily
	keyTaxCategory
	keyOption
	keyCustomer
	keyAccount
	keyGroup
	keyPriceList
	keyRegion
	keyCountry
	keySalesModel
)

var keyKinds = map[string]keyKind{"sku": keySKU, "family": keyFamily, "tax_category": keyTaxCategory, "option": keyOption,

	"customer": keyCustomer, "account": keyAccount, "customer_group": keyGroup, "price_list": keyPriceList, "region": keyRegion,
	"country": keyCountry, "sales_model": keySalesModel}

func keySourceOf(name string) keySource {
	k := keySource{name: strings.TrimPrefix(name, "key:"), kind: keyKinds[name]}
	if k.kind == keyAccount {
		k.name = "customer"
	}
	return k
}

func (c *compiler) compileType(def ConditionType) *conditionType {
	t := &conditionType{def: def, nothing: "no " + def.ID + " record", rateSlot: -1}
	for _, names := range def.Access {
		a := access{list: -1}
		for i, name := range names {
			k := keySourceOf(name)
			if k.kind == keyPriceList {
				a.list = i
			}
			a.fields, a.sorted = append(a.fields, k), append(a.sorted, i)
		}
		slices.SortFunc(a.sorted, func(x, y int) int { return strings.Compare(a.fields[x].name, a.fields[y].name) })
		if len(names) > maxKeys {
			c.mistakes.Add(def.At, "an access has at most %d key fields", maxKeys)
		}
		a.names, a.number = catalog.KeyNames(def.ID, a.sortedNames()), c.accesses
		c.accesses++
		t.access = append(t.access, a)
	}
	if t.def.ScaleBy == "" {
		t.def.ScaleBy = ByQuantity
	}
	if t.def.ChargeBy == "" {
		t.def.ChargeBy = ByQuantity
	}
	if !t.acrossQuote() && !t.acrossRecord() {
		for _, name := range def.ScaleOver {
			if name != "line" {
				t.over = append(t.over, keySourceOf(name))
			}
		}
	}
	if def.Scale == ScaleSlab && def.Measure == catalog.MeasureAmount && t.def.ScaleBy != t.def.ChargeBy {
		c.mistakes.Add(def.At, "slab prices every unit by its own tier, so scale_by and charge_by must be the same, not %s and %s", t.def.ScaleBy, t.def.ChargeBy)
	}
	if def.Round != nil {
		t.round = c.roundingOf(def.Round)
		c.among(def.Round.Each, "each", "", "line", "unit")
	}
	if n := def.RateDate; n.Text != "" && n.Text != "record" {
		slot, known := c.scope.env.Slot(n.Text)
		kind, _ := c.scope.env.Kind(n.Text)
		if !known || kind != formula.Date {
			c.mistakes.Add(n.At, "rate_date is record or the name of a date, such as line.requested; %s is not", n.Text)
			return t
		}
		c.used[n.Text] = true
		t.rateSlot = slot
	}
	return t
}

// sortedNames are the names of the keys as records have them.
func (a *access) sortedNames() []string {
	names := make([]string, len(a.sorted))
	for n, i := range a.sorted {
		names[n] = a.fields[i].name
	}
	return names
}

func (t *conditionType) acrossQuote() bool {
	return len(t.def.ScaleOver) == 1 && t.def.ScaleOver[0] == "quote"
}

func (t *conditionType) acrossRecord() bool {
	return len(t.def.ScaleOver) == 1 && t.def.ScaleOver[0] == "record"
}

// across reports whether a scale counts more than its own line.
func (t *conditionType) across() bool {
	return t.acrossQuote() || t.acrossRecord() || len(t.over) > 0
}

const maxKeys = 8
