package files

import (
	"fmt"

	"quotewright/internal/fault"
)

// maxMistakes is how many mistakes are listed; the rest are counted.
const maxMistakes = 1000

// report collects the mistakes of one pass over the folder.
type report struct {
	mistakes fault.Mistakes
	more     int
}

func (r *report) add(at fault.Position, format string, args ...any) {
	if len(r.mistakes) == maxMistakes {
		r.more++
		return
	}
	r.mistakes.Add(at, format, args...)
}

// err returns the mistakes sorted, with the count of those not listed as the last.
func (r *report) err() error {
	if len(r.mistakes) == 0 {
		return nil
	}
	listed := r.mistakes.Sort()
	if r.more > 0 {
		listed = append(listed, fault.Mistake{Text: fmt.Sprintf("and %d more mistakes", r.more)})
	}
	return listed
}
