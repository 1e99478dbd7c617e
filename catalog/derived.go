package catalog

import "sync"

// mostDerived bounds how many keys a Snapshot keeps something for.
const mostDerived = 16

// derived is what was worked out from a Snapshot, by key.
type derived struct {
	mutex  sync.RWMutex
	values map[any]any
}

// of returns the value of a key, made if it is not there.
func (d *derived) of(key any, create func() any) any {
	d.mutex.RLock()
	value, ok := d.values[key]
	d.mutex.RUnlock()
	if ok {
		return value
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if value, ok := d.values[key]; ok {
		return value
	}
	if d.values == nil || len(d.values) >= mostDerived {
		d.values = map[any]any{}
	}
	value = create()
	d.values[key] = value
	return value
}

// Derived returns what all Views of the Snapshot share under a comparable key: a value
// to keep in what follows from the Snapshot and the key alone. It has to be safe for
// concurrent use, and may be forgotten. A recording View shares with nobody: it has to
// see each look-up.
func (v *View) Derived(key any, create func() any) any {
	if v.recording {
		return v.own.of(key, create)
	}
	return v.snapshot.derived.of(key, create)
}
