package pricing

import (
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/money"
)

// subject is what a condition record is looked for: a line, one of its options or one
// of its components.
type subject struct {
	line     *lineRun
	product  *catalog.Product
	option   []string  // price keys of an option, most specific first
	quantity money.Num // base units
	basis    money.Num
	part     bool // an option or a component
}

func (s *subject) name() string {
	if len(s.option) > 0 {
		return s.option[0]
	}
	return s.product.SKU
}

// conditions adds every candidate of a type for a subject in the order of its access
// sequence; with first it stops at the first that hits. What exists but does not hold is
// lost.
func (r *run) conditions(t *conditionType, sub *subject, first bool, out *outcome) (hit bool, err error) {
	for i := range t.access {
		if !r.keyed(&t.access[i]) {
			continue
		}
		found, err := r.tryAccess(t, &t.access[i], 0, sub, first, out)
		if err != nil {
			return hit, err
		}
		hit = hit || found
		if hit && first {
			return true, nil
		}
	}
	return hit, nil
}

// keyed reports whether the catalog has records by the keys of an access at all. It is
// asked once in a run.
func (r *run) keyed(a *access) bool {
	k := &r.present[a.number]
	if *k == unasked {
		*k = absent
		if r.view.Keyed(a.names) {
			*k = present
		}
	}
	return *k == present
}

// presence says whether the catalog has records of some keys.
type presence uint8

const (
	unasked presence = iota
	absent
	present
)

// tryAccess fills in the keys from field i on: paths and options are tried from the most
// specific step up, an earlier key varying slower than a later one.
func (r *run) tryAccess(t *conditionType, a *access, i int, sub *subject, first bool, out *outcome) (hit bool, err error) {
	if i == len(a.fields) {
		return r.tryLists(t, a, sub, out)
	}
	try := func(value string) (stop bool) {
		if value == "" || err != nil {
			return err != nil
		}
		r.keyValues[i] = value
		var found bool
		found, err = r.tryAccess(t, a, i+1, sub, first, out)
		hit = hit || found
		return err != nil || hit && first
	}
	f := &a.fields[i]
	switch f.kind {
	case keyFamily, keyRegion:
		for path := r.keyValue(f, sub); path != ""; path = path[:max(strings.LastIndexByte(path, '/'), 0)] {
			if try(path) {
				break
			}
		}
	case keyAccount:
		for _, id := range r.accountPath() {
			if try(id) {
				break
			}
		}
	case keyOption:
		for _, key := range sub.option {
			if try(key) {
				break
			}
		}
	default:
		try(r.keyValue(f, sub))
	}
	return hit, err
}

// keyValue is the value of a key field; "" when there is none.
func (r *run) keyValue(f *keySource, sub *subject) string {
	switch f.kind {
	case keySKU:
		return sub.product.SKU
	case keyFamily:
		return sub.product.Family
	case keyTaxCategory:
		return sub.product.TaxCategory
	case keyCustomer, keyAccount:
		return r.in.Customer.ID
	case keyGroup:
		return r.in.Customer.Group
	case keyPriceList:
		return r.in.Customer.PriceList
	case keyRegion:
		return r.in.Customer.Region
	case keyCountry:
		return r.in.Customer.Country
	case keySalesModel:
		return r.model.ID
	}
	if v, ok := sub.product.Attributes[f.name]; ok {
		return v
	}
	return r.in.Customer.Attributes[f.name]
}

// accountPath is the customer and the accounts above it, nearest first.
func (r *run) accountPath() []string {
	if len(r.accounts) > 0 {
		return r.accounts
	}
	r.accounts = append(r.accounts, r.in.Customer.ID)
	for parent := r.in.Customer.Parent; parent != "" && !slices.Contains(r.accounts, parent); {
		r.accounts = append(r.accounts, parent)
		above, known := r.view.Customer(parent)
		if !known {
			break
		}
		parent = above.Parent
	}
	return r.accounts
}

// tryLists looks up one key combination, and where it names a price list without a hit,
// the lists that it is derived from.
func (r *run) tryLists(t *conditionType, a *access, sub *subject, out *outcome) (hit bool, err error) {
	if a.list < 0 {
		return r.lookUp(t, a, sub, nil, out)
	}
	own := r.keyValues[a.list]
	hit, err = r.tryChain(t, a, own, sub, out)
	r.keyValues[a.list] = own // what is tried next begins with it again
	return hit, err
}

// tryChain looks up a price list and those that it is derived from until one hits.
func (r *run) tryChain(t *conditionType, a *access, list string, sub *subject, out *outcome) (hit bool, err error) {
	r.chain = r.chain[:0]
	for {
		r.keyValues[a.list] = list
		hit, err = r.lookUp(t, a, sub, r.chain, out)
		derived, known := r.model.schema.PriceLists[list]
		if hit || err != nil || !known || derived.From.Text == "" || len(r.chain) > len(r.model.schema.PriceLists) {
			return hit, err
		}
		r.chain = append(r.chain, list)
		list = derived.From.Text
	}
}

// lookUp turns the records of one key into candidates, the one that started last first.
func (r *run) lookUp(t *conditionType, a *access, sub *subject, chain []string, out *outcome) (hit bool, err error) {
	r.keys = r.keys[:0]
	for _, i := range a.sorted {
		r.keys = append(r.keys, catalog.KeyField{Name: a.fields[i].name, Value: r.keyValues[i]})
	}
	records := r.view.Conditions(t.def.ID, r.keys)
	if len(records) == 0 {
		return false, nil
	}
	r.scales = groupScales(r.scales[:0], records)
	for n := len(r.scales) - 1; n >= 0; n-- {
		sc := scale{records: records, group: r.scales[n], groups: r.scales}
		ok, err := r.priced(t, sc, sub, chain, out)
		if err != nil {
			return hit, err
		}
		hit = hit || ok
	}
	return hit, nil
}
