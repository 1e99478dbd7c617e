package rulebook

import (
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"quotewright/internal/fault"
)

// Holder keeps the Book in use. Readers get a whole Book at any time; a folder with
// mistakes never replaces the last good one. It is safe for concurrent use.
type Holder struct {
	mu      sync.Mutex // one replacement at a time
	current atomic.Pointer[Book]
	problem atomic.Pointer[Problem]
}

// Problem is why a newer folder is not in use.
type Problem struct {
	At       time.Time
	Mistakes fault.Mistakes
}

// NewHolder returns a holder of a Book; nil is no Book yet.
func NewHolder(book *Book) *Holder {
	h := &Holder{}
	if book != nil {
		h.current.Store(book)
	}
	return h
}

// Current returns the Book in use, nil before the first good one. Whoever needs it
// twice keeps it: it may be another one the next time.
func (h *Holder) Current() *Book { return h.current.Load() }

// Problem returns what is wrong with the folder as it was read last, nil when that is
// the Book in use.
func (h *Holder) Problem() *Problem { return h.problem.Load() }

// Replace reads a folder and puts its Book in use. With mistakes the last good Book
// stays, and Problem tells them with the time given. The result says whether another
// Book is in use than before; a folder with the same content changes nothing.
func (h *Holder) Replace(fsys fs.FS, at time.Time) (changed bool, mistakes fault.Mistakes) {
	h.mu.Lock()
	defer h.mu.Unlock()
	book, mistakes := Load(fsys)
	if book == nil {
		h.problem.Store(&Problem{At: at, Mistakes: mistakes})
		return false, mistakes
	}
	h.problem.Store(nil)
	if before := h.current.Load(); before != nil && before.Hash() == book.Hash() {
		return false, mistakes
	}
	h.current.Store(book)
	return true, mistakes
}
