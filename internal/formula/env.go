package formula

import (
	"fmt"
	"slices"
	"strings"
)

// Env declares what a formula may name: variables by their dotted path, each with a
// slot, and functions. It is filled once and then only read.
type Env struct {
	names     map[string]declared
	functions map[string]Function
	slots     int
	hidden    map[string]string
}

type declared struct {
	slot   int
	kind   Kind
	values []string // all it can be; nil: not known
}

// Function is a pure function that formulas may call. Its time must be bounded by
// the size of its arguments.
type Function struct {
	Params   []Kind // Any accepts every kind
	Variadic bool   // the last parameter may repeat
	Result   Kind   // Any: the kind of the first argument
	Call     func(args []Value) (Value, error)
	// Type, if set, gives the result's kind from the arguments, instead of Result.
	Type func(args []Node) (Kind, error)
	// Check, if set, looks at constant arguments when the formula is compiled.
	Check func(args []Node) error
}

// takes says how many arguments the function takes.
func (f Function) takes() string {
	text := fmt.Sprintf("%d arguments", len(f.Params))
	if len(f.Params) == 1 {
		text = "1 argument"
	}
	if f.Variadic {
		text = "at least " + text
	}
	return text
}

// NewEnv returns an environment with the built-in functions and no names.
func NewEnv() *Env {
	return &Env{names: map[string]declared{}, functions: builtins(), hidden: map[string]string{}}
}

// Declare adds a name and returns its slot. Declaring a name again with the same kind
// returns the same slot; with another kind it panics, as that is a mistake of the
// program (user's names must be checked first with Kind).
func (e *Env) Declare(name string, kind Kind) int {
	if d, ok := e.names[name]; ok {
		if d.kind != kind {
			panic(fmt.Sprintf("formula: %s declared as %s and %s", name, d.kind, kind))
		}
		return d.slot
	}
	slot := e.slots
	e.slots++
	e.names[name] = declared{slot: slot, kind: kind}
	delete(e.hidden, name)
	return slot
}

// Hide makes the use of a name an error with its own explanation, such as "known only
// in approvals".
func (e *Env) Hide(name, why string) { e.hidden[name] = why }

// Restrict says which texts a declared name can be, or hold if it is a list. Comparing
// it with any other text is then a mistake.
func (e *Env) Restrict(name string, values []string) {
	if d, ok := e.names[name]; ok {
		d.values = values
		e.names[name] = d
	}
}

// DeclareFunction adds or replaces a function.
func (e *Env) DeclareFunction(name string, f Function) { e.functions[name] = f }

// Kind returns the kind of a declared name.
func (e *Env) Kind(name string) (Kind, bool) {
	d, ok := e.names[name]
	return d.kind, ok
}

// Slot returns the slot of a declared name.
func (e *Env) Slot(name string) (int, bool) {
	d, ok := e.names[name]
	return d.slot, ok
}

// Slots returns how many slots there are: every slot is below it.
func (e *Env) Slots() int { return e.slots }

// Clone returns a copy that can be extended on its own; the slots of the names so far
// are the same in both.
func (e *Env) Clone() *Env {
	c := NewEnv()
	c.slots = e.slots
	for n, d := range e.names {
		c.names[n] = d
	}
	for n, f := range e.functions {
		c.functions[n] = f
	}
	for n, why := range e.hidden {
		c.hidden[n] = why
	}
	return c
}

// Names returns all declared names in order.
func (e *Env) Names() []string {
	names := make([]string, 0, len(e.names))
	for n := range e.names {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// unknown explains a name that is not declared.
func (e *Env) unknown(name string) string {
	if why, ok := e.hidden[name]; ok {
		return fmt.Sprintf("%s cannot be used here: %s", name, why)
	}
	prefix := name + "."
	for _, n := range e.Names() {
		if strings.HasPrefix(n, prefix) {
			return fmt.Sprintf("%s is not a value; it has fields such as %s", name, n)
		}
	}
	if near := Nearest(name, e.Names()); near != "" {
		return fmt.Sprintf("unknown name %s; did you mean %s?", name, near)
	}
	return "unknown name " + name
}

// Nearest returns the candidate with the fewest edits, if they are few enough to be a
// slip of the fingers; "" otherwise.
func Nearest(name string, candidates []string) string {
	best, least := "", 1+len(name)/4
	if len(name) < 3 {
		return ""
	}
	for _, c := range candidates {
		if len(c) > len(name)+least || len(name) > len(c)+least {
			continue
		}
		if d := distance(name, c); d <= least && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
