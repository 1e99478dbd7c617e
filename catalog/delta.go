package catalog

// Changes is what happened to one kind of record. With Full, Upsert is all there is:
// what is not in it is gone. Otherwise Upsert adds or replaces by key, and Delete
// names the keys (see each record's doc and Key) that are gone.
type Changes[R any] struct {
	Full   bool     `json:"full,omitempty"`
	Upsert []R      `json:"upsert,omitempty"`
	Delete []string `json:"delete,omitempty"`
}

// Empty reports whether nothing changes.
func (c Changes[R]) Empty() bool { return !c.Full && len(c.Upsert) == 0 && len(c.Delete) == 0 }

// Delta is a set of changes to the replica that belong together: all are applied or
// none. A full load is a Delta in which every kind is Full.
type Delta struct {
	Products   Changes[Product]   `json:"products,omitzero"`
	Units      Changes[Unit]      `json:"units,omitzero"`
	Conditions Changes[Condition] `json:"conditions,omitzero"`
	BOMs       Changes[BOMItem]   `json:"boms,omitzero"`
	Customers  Changes[Customer]  `json:"customers,omitzero"`
	Contacts   Changes[Contact]   `json:"contacts,omitzero"`
	Addresses  Changes[Address]   `json:"addresses,omitzero"`
	Stock      Changes[Stock]     `json:"stock,omitzero"`
	Rates      Changes[Rate]      `json:"rates,omitzero"`
	Parts      Changes[Part]      `json:"parts,omitzero"`
	Orders     Changes[Order]     `json:"orders,omitzero"`
	OrderLines Changes[OrderLine] `json:"order_lines,omitzero"`
	Invoices   Changes[Invoice]   `json:"invoices,omitzero"`
}
