package rulebook

import (
	"encoding/json"

	"github.com/goccy/go-yaml/ast"
	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
)

// Example is an admin's own test: a request and what must come out.
type Example struct {
	Name    string
	At      fault.Position
	Request json.RawMessage
	Expect  Expectation
}

// Expectation holds only what the example names; nil is not compared.
type Expectation struct {
	Lines     map[string]LineExpectation
	Totals    map[string]decimal.Decimal
	Approvals *[]string
	Errors    *[]string // codes of error messages
}

// LineExpectation is what must come out for a line.
type LineExpectation struct {
	At         fault.Position
	Net        *decimal.Decimal
	UnitPrice  *decimal.Decimal
	PartNumber *string
	Steps      map[string]decimal.Decimal
	Components map[string]decimal.Decimal // quantity by SKU
	Errors     *[]string
}

func (l *loader) readExamples() {
	for _, file := range l.in("examples") {
		r := l.reader(file)
		n := r.parse([]byte(l.files[file]))
		if n == nil {
			continue
		}
		o, _ := r.object(n, "a file of examples")
		o.objects("examples", func(e *object) { l.book.examples = append(l.book.examples, r.example(e)) })
		o.done()
	}
}

func (r *reader) example(e *object) Example {
	x := Example{Name: e.required("name"), At: e.at}
	if n := e.get("request"); n != nil {
		x.Request = json.RawMessage(r.json(n))
	} else {
		r.fail(e.at, "request is missing")
	}
	n := e.get("expect")
	if n == nil {
		r.fail(e.at, "expect is missing")
		return x
	}
	if o, ok := r.object(n, "expect"); ok {
		x.Expect = r.expectation(o)
	}
	return x
}

func (r *reader) expectation(o *object) Expectation {
	x := Expectation{Lines: map[string]LineExpectation{}, Totals: o.decimals("totals"), Approvals: o.codes("approvals"), Errors: o.codes("errors")}
	o.children("lines", func(id string, n ast.Node) {
		if l, ok := r.object(n, "line "+id); ok {
			x.Lines[id] = r.lineExpectation(l)
		}
	})
	o.done()
	return x
}

func (r *reader) lineExpectation(o *object) LineExpectation {
	x := LineExpectation{At: o.at, Net: o.decimal("net"), UnitPrice: o.decimal("unit_price"), Steps: o.decimals("steps"),
		Components: o.decimals("components"), Errors: o.codes("errors")}
	if o.get("part_number") != nil {
		s := o.text("part_number")
		x.PartNumber = &s
	}
	o.done()
	return x
}

// decimals reads a mapping of names to exact numbers.
func (o *object) decimals(key string) map[string]decimal.Decimal {
	n := o.get(key)
	if n == nil {
		return nil
	}
	m, ok := o.object(n, key)
	if !ok {
		return nil
	}
	all := map[string]decimal.Decimal{}
	for _, name := range m.keys {
		if d := m.decimal(name); d != nil {
			all[name] = *d
		}
	}
	return all
}

// codes reads a list of words; an empty list is not the same as none.
func (o *object) codes(key string) *[]string {
	if o.get(key) == nil {
		return nil
	}
	words := []string{}
	for _, s := range o.sources(key) {
		words = append(words, s.Text)
	}
	return &words
}
