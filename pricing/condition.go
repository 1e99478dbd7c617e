package pricing

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
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

// scale is the set of records that differ only in their minimum quantity, ordered by it.
type scale struct {
	records []catalog.Condition
	group   int   // index of its first record
	groups  []int // first records of all scales
}

// groupScales finds the first record of each scale. Records come ordered by start and
// minimum quantity.
func groupScales(groups []int, records []catalog.Condition) []int {
next:
	for i := range records {
		for _, g := range groups {
			if sameScale(&records[g], &records[i]) {
				continue next
			}
		}
		groups = append(groups, i)
	}
	return groups
}

func sameScale(a, b *catalog.Condition) bool {
	return a.ValidFrom == b.ValidFrom && a.ValidTo == b.ValidTo && a.Currency == b.Currency && a.Unit == b.Unit &&
		a.Measure == b.Measure && a.Per.Equal(b.Per)
}

func (s scale) first() *catalog.Condition { return &s.records[s.group] }

// next returns the tier after record i, or nil.
func (s scale) next(i int) (int, *catalog.Condition) {
	for i++; i < len(s.records); i++ {
		if sameScale(s.first(), &s.records[i]) {
			return i, &s.records[i]
		}
	}
	return -1, nil
}

// reached returns the highest tier whose minimum quantity is reached, or nil. The
// minimum is inclusive.
func (s scale) reached(quantity money.Num) *catalog.Condition {
	var at *catalog.Condition
	for i, tier := s.group, s.first(); tier != nil; i, tier = s.next(i) {
		if money.NumOf(tier.MinQuantity).Cmp(quantity) <= 0 {
			at = tier
		}
	}
	return at
}

// slab sums value × width tier by tier up to a quantity; the first tier is for what is
// below it, too. The values are those that price lists hand down through chain.
func (r *run) slab(s scale, quantity money.Num, chain []string) money.Num {
	var total, lower money.Num
	for i, tier := s.group, s.first(); tier != nil; {
		n, next := s.next(i)
		upper := quantity
		if next != nil {
			upper = money.MinNum(quantity, money.NumOf(next.MinQuantity))
		}
		total = total.Add(r.derived(tier, chain, nil).Mul(upper.Sub(lower)))
		if upper.Equal(quantity) {
			break
		}
		lower, i, tier = upper, n, next
	}
	return total
}

// priced adds what a scale gives for a subject; false when it does not hold.
func (r *run) priced(t *conditionType, s scale, sub *subject, chain []string, out *outcome) (bool, error) {
	first := s.first()
	if !first.ValidOn(r.in.Date) {
		if r.trace {
			out.lose(first.ID, r.put("outside validity ", validity(*first)))
		}
		return false, nil
	}
	own, err := r.own(t, t.def.ScaleBy, first, sub)
	if err != nil {
		return false, err
	}
	whole := own
	if t.across() && !sub.part {
		if whole, err = r.whole(t, first, sub, own); err != nil {
			return false, err
		}
	}
	tier := s.reached(whole)
	if tier == nil {
		if r.trace {
			out.lose(first.ID, r.put("below the scale of ", first.MinQuantity.String()))
		}
		return false, nil
	}
	c := candidate{id: tier.ID, source: r.recordSource(tier.ID)}
	if tier.Measure == catalog.MeasurePercent {
		err = r.percentOf(t, s, tier, whole, sub, &c)
	} else {
		err = r.amountOf(t, s, tier, own, whole, sub, chain, &c)
	}
	if err != nil {
		return false, err
	}
	out.found = append(out.found, c)
	return true, nil
}

func (r *run) percentOf(t *conditionType, s scale, tier *catalog.Condition, whole money.Num, sub *subject, c *candidate) (err error) {
	rate := money.NumOf(tier.Value)
	if t.def.Scale == ScaleSlab && !whole.IsZero() {
		if rate, err = r.slab(s, whole, nil).Divide(whole); err != nil {
			return err
		}
	}
	v, err := r.overridden(sub)
	if err != nil {
		return err
	}
	if v != nil {
		if rate = *v; outside(rate, numOf(tier.LowerLimit), numOf(tier.UpperLimit)) {
			return outOfRange{r.step.override.id, rate, numOf(tier.LowerLimit), numOf(tier.UpperLimit)}
		}
		c.note = r.put("entered instead of ", tier.Value.String())
	}
	c.setPercent(sub.basis, rate)
	c.amount = r.rounded(t.round, c.amount, sub.line)
	return nil
}

// amountOf computes what the reached tier gives in the quote's currency.
func (r *run) amountOf(t *conditionType, s scale, tier *catalog.Condition, own, whole money.Num, sub *subject, chain []string, c *candidate) error {
	units, err := r.own(t, t.def.ChargeBy, tier, sub)
	if err != nil {
		return err
	}
	per := money.NumOf(tier.Per)
	v, err := r.overridden(sub)
	if err != nil {
		return err
	}
	if v != nil {
		return r.enteredAmount(t, tier, *v, units, per, sub, c)
	}
	value := r.derived(tier, chain, c)
	var amount money.Num
	switch {
	case t.def.Scale == ScaleSlab:
		if amount = r.slab(s, whole, chain); !whole.Equal(own) {
			if amount, err = amount.Mul(own).Divide(whole); err != nil {
				return err
			}
		}
	case t.def.Scale == ScaleBlock:
		if amount, per = value, money.NumOfInt(1); !whole.Equal(own) {
			if amount, err = amount.Mul(own).Divide(whole); err != nil {
				return err
			}
		}
	default:
		amount = value.Mul(units)
	}
	if !per.Equal(one) && t.def.ChargeBy != ByLine {
		if amount, err = amount.Divide(per); err != nil {
			return err
		}
	}
	if c.amount, err = r.converted(t, tier, amount, sub, c); err != nil {
		return err
	}
	c.amount = r.rounded(t.round, c.amount, sub.line)
	return nil
}

var one = money.NumOfInt(1)

// derived applies the price lists that a record's value was handed down through.
func (r *run) derived(tier *catalog.Condition, chain []string, c *candidate) money.Num {
	value := money.NumOf(tier.Value)
	for i := len(chain) - 1; i >= 0; i-- {
		list := r.model.schema.PriceLists[chain[i]]
		if list.Percent != nil {
			value = value.Add(value.Percent(money.NumOf(*list.Percent)))
		}
		if list.Round != nil {
			value = r.roundInList(list.Round, tier, value)
		}
		if c != nil && r.trace {
			percent := "0"
			if list.Percent != nil {
				percent = list.Percent.String()
			}
			c.note = r.putAfter(c.note, "price list ", list.ID, " from ", list.From.Text, " ", percent, " % ")
		}
	}
	return value
}

// roundInList rounds a derived value, in the currency of its record.
func (r *run) roundInList(d *RoundDefinition, tier *catalog.Condition, n money.Num) money.Num {
	rule := money.Rounding{Mode: money.Mode(d.Mode.Text), Increment: r.model.schema.Company.MinorUnit()}
	if d.To != nil {
		rule.Increment = *d.To
	} else if tier.Currency != "" {
		if currency, err := money.ParseCurrency(tier.Currency); err == nil {
			rule.Increment = currency.MinorUnit()
		}
	}
	return rule.RoundNum(n)
}

// overridden returns what was entered in place of a record's value; nil: nothing.
func (r *run) overridden(sub *subject) (*money.Num, error) {
	s := r.step
	if s == nil || s.override == nil || sub.part {
		return nil, nil
	}
	v := r.lookup(s.override.slot)
	if !v.Known() {
		return nil, nil
	}
	n := v.Num()
	if outside(n, s.min, s.max) {
		return nil, outOfRange{s.override.id, n, s.min, s.max}
	}
	return &n, nil
}

func outside(v money.Num, low, high *money.Num) bool {
	return low != nil && v.Less(*low) || high != nil && high.Less(v)
}

// enteredAmount prices a line by an entered value per so many units, in the quote's
// currency.
func (r *run) enteredAmount(t *conditionType, tier *catalog.Condition, v, units, per money.Num, sub *subject, c *candidate) error {
	limits := [2]*money.Num{numOf(tier.LowerLimit), numOf(tier.UpperLimit)}
	for i, limit := range limits {
		if limit == nil {
			continue
		}
		in, err := r.converted(t, tier, *limit, sub, nil)
		if err != nil {
			return err
		}
		limits[i] = &in
	}
	if outside(v, limits[0], limits[1]) {
		return outOfRange{r.step.override.id, v, limits[0], limits[1]}
	}
	amount := v.Mul(units)
	if t.def.ChargeBy == ByLine {
		amount = v
	} else if !per.Equal(one) {
		var err error
		if amount, err = amount.Divide(per); err != nil {
			return err
		}
	}
	c.amount = r.rounded(t.round, amount, sub.line)
	c.note = r.put("entered instead of ", tier.Value.String())
	return nil
}

// own is how much of a dimension the subject itself has: units of the record, money in
// the record's currency, kilograms.
func (r *run) own(t *conditionType, by Dimension, c *catalog.Condition, sub *subject) (money.Num, error) {
	switch by {
	case ByWeight:
		return sub.line.in.WeightKg, nil
	case ByLine:
		return one, nil
	case ByValue:
		return r.inRecordCurrency(t, c, sub.basis)
	}
	return r.quantityIn(c, sub.product, sub.quantity)
}

func (r *run) inRecordCurrency(t *conditionType, c *catalog.Condition, amount money.Num) (money.Num, error) {
	to := c.Currency
	if to == "" {
		to = r.model.schema.Company.Code
	}
	if to == r.in.Currency.Code {
		return amount, nil
	}
	on := r.rateDate(t, c)
	rate, _, ok := r.view.Rate(r.in.Currency.Code, to, on)
	if !ok {
		return money.Num{}, missingRate{r.in.Currency.Code, to, on}
	}
	return amount.Mul(money.NumOf(rate)), nil
}

func (r *run) quantityIn(c *catalog.Condition, product *catalog.Product, quantity money.Num) (money.Num, error) {
	if c.Unit == "" || c.Unit == product.Unit {
		return quantity, nil
	}
	numerator, denominator, ok := r.view.BaseUnits(product.SKU, c.Unit)
	if !ok {
		return money.Num{}, unknownUnit{fmt.Sprintf("condition record %s is in %s, a unit that %s does not have", c.ID, c.Unit, product.SKU)}
	}
	return quantity.Mul(money.NumOf(denominator)).Divide(money.NumOf(numerator))
}

type unknownUnit struct{ text string }

func (e unknownUnit) Error() string { return e.text }

// whole is how much of a dimension all lines of a scale have together, the subject's own
// included.
func (r *run) whole(t *conditionType, c *catalog.Condition, sub *subject, own money.Num) (money.Num, error) {
	total := money.Num{}
	if !r.atStart[sub.line.index] {
		total = own
	}
	for i := range r.lines {
		l := &r.lines[i]
		if !r.atStart[i] || !r.shares(t, c, sub, l) {
			continue
		}
		other := subject{line: l, product: l.in.Product, quantity: l.base, basis: r.bases[i]}
		more, err := r.own(t, t.def.ScaleBy, c, &other)
		if err != nil {
			return total, err
		}
		total = total.Add(more)
	}
	return total, nil
}

// shares reports whether a line is on the same scale as the subject.
func (r *run) shares(t *conditionType, c *catalog.Condition, sub *subject, l *lineRun) bool {
	if t.acrossQuote() {
		return true
	}
	other := subject{line: l, product: l.in.Product}
	for i := range t.over {
		if r.keyValue(&t.over[i], &other) != r.keyValue(&t.over[i], sub) {
			return false
		}
	}
	if !t.acrossRecord() {
		return true
	}
	for _, key := range c.Keys {
		f := keySourceOf(key.Name)
		value := r.keyValue(&f, &other)
		switch f.kind {
		case keyOption:
			return false
		case keyFamily, keyRegion:
			if !below(value, key.Value) {
				return false
			}
		case keySKU, keyTaxCategory:
			if value != key.Value {
				return false
			}
		case keyAttribute:
			if v, of := l.in.Product.Attributes[f.name]; of && v != key.Value {
				return false
			}
			if _, of := sub.product.Attributes[f.name]; of && value != key.Value {
				return false
			}
		}
	}
	return true
}

// converted brings an amount of a record into the quote's currency and notes the rate.
func (r *run) converted(t *conditionType, record *catalog.Condition, amount money.Num, sub *subject, c *candidate) (money.Num, error) {
	from := record.Currency
	if from == "" {
		from = r.model.schema.Company.Code
	}
	if from == r.in.Currency.Code {
		return amount, nil
	}
	on := r.rateDate(t, record)
	rate, date, ok := r.view.Rate(from, r.in.Currency.Code, on)
	if !ok {
		return amount, missingRate{from, r.in.Currency.Code, on}
	}
	if c != nil && r.trace {
		c.note = r.putAfter(c.note, amount.String(), " ", from, " at ", rate.String(), " of ", date.String())
	}
	return amount.Mul(money.NumOf(rate)), nil
}

// rateDate is the day of the exchange rate for a record.
func (r *run) rateDate(t *conditionType, record *catalog.Condition) catalog.Date {
	switch {
	case t.def.RateDate.Text == "record":
		if record.ValidFrom.IsValid() {
			return record.ValidFrom
		}
	case t.rateSlot >= 0:
		if v := r.lookup(t.rateSlot); v.Known() {
			return v.Date()
		}
	}
	return r.in.Date
}

type missingRate struct {
	from, to string
	on       catalog.Date
}

func (e missingRate) Error() string {
	return fmt.Sprintf("there is no exchange rate from %s to %s on or before %s", e.from, e.to, e.on)
}

func validity(c catalog.Condition) string {
	return catalog.DateText(c.ValidFrom) + ".." + catalog.DateText(c.ValidTo)
}
