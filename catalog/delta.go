package catalog

// Changes is what happened to one kind of record. With Full, Upsert is all there is:
// what is not in it is gone. Otherwise Upsert adds or replaces by key, and Delete
// names the keys (see each record's doc and Key) that are gone.
type Changes[R any] struct {
	Full   bool
	Upsert []R
	Delete []string
}

// Empty reports whether nothing changes.
func (c Changes[R]) Empty() bool { return !c.Full && len(c.Upsert) == 0 && len(c.Delete) == 0 }

// Delta is a set of changes to the replica that belong together: all are applied or
// none. A full load is a Delta in which every kind is Full.
type Delta struct {
	Products   Changes[Product]
	Units      Changes[Unit]
	Conditions Changes[Condition]
	BOMs       Changes[BOMItem]
	Customers  Changes[Customer]
	Contacts   Changes[Contact]
	Addresses  Changes[Address]
	Stock      Changes[Stock]
	Rates      Changes[Rate]
	Parts      Changes[Part]
	Orders     Changes[Order]
	OrderLines Changes[OrderLine]
	Invoices   Changes[Invoice]
}
