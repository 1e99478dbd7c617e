package catalog

import "strings"

// KeySeparator joins the parts of a Key. No catalog file can hold it.
const KeySeparator = "\x1f"

func joinKey(parts ...string) string { return strings.Join(parts, KeySeparator) }

// DateText is the date as ISO 8601, and the empty text for no date.
func DateText(d Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// Key is the SKU.
func (r Product) Key() string { return r.SKU }

// Key is SKU and unit.
func (r Unit) Key() string { return joinKey(r.SKU, r.Unit) }

// Key is the ID.
func (r Condition) Key() string { return r.ID }

// Key is parent, position, component, condition and start: a super BOM may name a
// component at one position several times under different conditions.
func (r BOMItem) Key() string {
	return joinKey(r.Parent, r.Position, r.Component, r.When, DateText(r.ValidFrom))
}

// Key is the ID.
func (r Customer) Key() string { return r.ID }

// Key is customer and ID.
func (r Contact) Key() string { return joinKey(r.Customer, r.ID) }

// Key is customer and ID.
func (r Address) Key() string { return joinKey(r.Customer, r.ID) }

// Key is SKU and site.
func (r Stock) Key() string { return joinKey(r.SKU, r.Site) }

// Key is from, to and date.
func (r Rate) Key() string { return joinKey(r.From, r.To, DateText(r.Date)) }

// Key is alias, customer and start.
func (r Part) Key() string { return joinKey(r.Alias, r.Customer, DateText(r.ValidFrom)) }

// Key is the ID.
func (r Order) Key() string { return r.ID }

// Key is order and line.
func (r OrderLine) Key() string { return joinKey(r.Order, r.Line) }

// Key is the ID.
func (r Invoice) Key() string { return r.ID }
