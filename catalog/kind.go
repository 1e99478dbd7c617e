package catalog

import (
	"cmp"
	"strconv"
)

// The kinds: what each is looked up by, and the order in which a look-up returns them.
// Every order ends with the rest of the key, so that it does not depend on the order
// of loading.
var (
	productKind = kind[Product]{
		group:  func(b []byte, r *Product) []byte { return append(b, r.SKU...) },
		order:  func(a, b *Product) int { return cmp.Compare(a.SKU, b.SKU) },
		sorted: true,
	}
	unitKind = kind[Unit]{
		group: func(b []byte, r *Unit) []byte { return appendParts(b, r.SKU, r.Unit) },
		order: func(a, b *Unit) int { return 0 },
	}
	conditionKind = kind[Condition]{
		group: func(b []byte, r *Condition) []byte { return appendConditionGroup(b, r.Type, r.Keys) },
		order: func(a, b *Condition) int {
			return cmp.Or(compareDates(a.ValidFrom, b.ValidFrom), a.MinQuantity.Cmp(b.MinQuantity), cmp.Compare(a.ID, b.ID))
		},
	}
	bomKind = kind[BOMItem]{
		group: func(b []byte, r *BOMItem) []byte { return append(b, r.Parent...) },
		order: func(a, b *BOMItem) int {
			return cmp.Or(comparePositions(a.Position, b.Position), cmp.Compare(a.Priority, b.Priority),
				cmp.Compare(a.Component, b.Component), compareDates(a.ValidFrom, b.ValidFrom), cmp.Compare(a.When, b.When))
		},
	}
	customerKind = kind[Customer]{
		group:  func(b []byte, r *Customer) []byte { return append(b, r.ID...) },
		order:  func(a, b *Customer) int { return cmp.Compare(a.ID, b.ID) },
		sorted: true,
	}
	contactKind = kind[Contact]{
		group: func(b []byte, r *Contact) []byte { return append(b, r.Customer...) },
		order: func(a, b *Contact) int { return cmp.Compare(a.ID, b.ID) },
	}
	addressKind = kind[Address]{
		group: func(b []byte, r *Address) []byte { return append(b, r.Customer...) },
		order: func(a, b *Address) int { return cmp.Compare(a.ID, b.ID) },
	}
	stockKind = kind[Stock]{
		group: func(b []byte, r *Stock) []byte { return append(b, r.SKU...) },
		order: func(a, b *Stock) int { return cmp.Compare(a.Site, b.Site) },
	}
	rateKind = kind[Rate]{
		group: func(b []byte, r *Rate) []byte { return appendParts(b, r.From, r.To) },
		order: func(a, b *Rate) int { return compareDates(a.Date, b.Date) },
	}
	partKind = kind[Part]{
		group: func(b []byte, r *Part) []byte { return appendParts(b, r.Alias, r.Customer) },
		order: func(a, b *Part) int { return compareDates(a.ValidFrom, b.ValidFrom) },
	}
	orderKind = kind[Order]{
		group: func(b []byte, r *Order) []byte { return append(b, r.Customer...) },
		order: func(a, b *Order) int { return cmp.Or(compareDates(b.Date, a.Date), cmp.Compare(a.ID, b.ID)) },
	}
	orderLineKind = kind[OrderLine]{
		group: func(b []byte, r *OrderLine) []byte { return append(b, r.Order...) },
		order: func(a, b *OrderLine) int { return comparePositions(a.Line, b.Line) },
	}
	invoiceKind = kind[Invoice]{
		group: func(b []byte, r *Invoice) []byte { return append(b, r.Customer...) },
		order: func(a, b *Invoice) int { return cmp.Or(compareDates(b.Date, a.Date), cmp.Compare(a.ID, b.ID)) },
	}
)

func appendParts(b []byte, first, second string) []byte {
	b = append(b, first...)
	b = append(b, KeySeparator...)
	return append(b, second...)
}

func appendConditionGroup(b []byte, typ string, keys []KeyField) []byte {
	b = append(b, typ...)
	for _, k := range keys {
		b = append(b, KeySeparator...)
		b = appendParts(b, k.Name, k.Value)
	}
	return b
}

// comparePositions orders numbers by value and before all other texts.
func comparePositions(a, b string) int {
	m, errA := strconv.ParseUint(a, 10, 64)
	n, errB := strconv.ParseUint(b, 10, 64)
	switch {
	case errA == nil && errB == nil:
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(a, b))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
