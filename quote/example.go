package quote

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/money"
	"quotewright/rulebook"
)

// ExampleResult is how an example of a rulebook came out: no differences is a pass.
type ExampleResult struct {
	Name        string
	At          fault.Position
	Differences []Difference
}

// Difference is one thing that an example expects otherwise.
type Difference struct {
	Path     string // lines/10/net
	Expected string
	Got      string
}

// RunExamples evaluates every example of the Book and compares what it names.
func RunExamples(book *rulebook.Book, snapshot *catalog.Snapshot) []ExampleResult {
	var results []ExampleResult
	for _, example := range book.Examples() {
		r := ExampleResult{Name: example.Name, At: example.At}
		req, err := DecodeRequest(bytes.NewReader(example.Request))
		if err != nil {
			r.differ("request", "a request that can be used", err.Error())
		} else {
			r.compare(example.Expect, Evaluate(book, snapshot, req))
		}
		results = append(results, r)
	}
	return results
}

func (r *ExampleResult) differ(path, expected, got string) {
	r.Differences = append(r.Differences, Difference{path, expected, got})
}

func (r *ExampleResult) compare(want rulebook.Expectation, got *Evaluation) {
	for _, id := range sortedKeys(want.Lines) {
		i := slices.IndexFunc(got.Lines, func(l EvaluatedLine) bool { return l.ID == id })
		if i < 0 {
			r.differ("lines/"+id, "a line", "none")
			continue
		}
		r.line("lines/"+id+"/", want.Lines[id], &got.Lines[i], got)
	}
	totals := map[string]*money.Amount{"list": got.Totals.List, "discount": got.Totals.Discount, "net": got.Totals.Net, "tax": got.Totals.Tax,
		"gross": got.Totals.Gross, "cost": got.Totals.Cost, "margin": got.Totals.Margin,
		"margin_percent": percentage(got.Totals.MarginPercent), "discount_percent": percentage(got.Totals.DiscountPercent)}
	for _, name := range sortedKeys(want.Totals) {
		d := want.Totals[name]
		r.amount("totals/"+name, &d, totals[name])
	}
	if want.Approvals != nil {
		var ids []string
		for _, a := range got.Approvals {
			ids = append(ids, a.ID)
		}
		r.words("approvals", *want.Approvals, ids)
	}
	r.errors("errors", want.Errors, got, "", true)
}

func (r *ExampleResult) line(path string, want rulebook.LineExpectation, got *EvaluatedLine, all *Evaluation) {
	r.amount(path+"net", want.Net, got.Net)
	r.amount(path+"unit_price", want.UnitPrice, got.UnitPrice)
	if want.PartNumber != nil && *want.PartNumber != got.PartNumber {
		r.differ(path+"part_number", *want.PartNumber, got.PartNumber)
	}
	for _, id := range sortedKeys(want.Steps) {
		d := want.Steps[id]
		i := slices.IndexFunc(got.Steps, func(s Step) bool { return s.ID == id })
		if i < 0 {
			r.differ(path+"steps/"+id, d.String(), "no such step")
			continue
		}
		r.amount(path+"steps/"+id, &d, got.Steps[i].Amount)
	}
	if want.Components != nil {
		r.components(path, want.Components, got)
	}
	r.errors(path+"errors", want.Errors, all, got.ID, false)
}

// components compares quantities summed by SKU over the whole tree.
func (r *ExampleResult) components(path string, want map[string]decimal.Decimal, got *EvaluatedLine) {
	sum := map[string]decimal.Decimal{}
	for _, c := range got.Components {
		if q, err := money.Parse(c.Quantity); err == nil {
			sum[c.SKU] = sum[c.SKU].Add(q)
		}
	}
	for _, sku := range sortedKeys(want) {
		if !want[sku].Equal(sum[sku]) {
			r.differ(path+"components/"+sku, want[sku].String(), sum[sku].String())
		}
	}
}

func percentage(d *decimal.Decimal) *money.Amount {
	if d == nil {
		return nil
	}
	return &money.Amount{Num: money.NumOf(*d)}
}

func (r *ExampleResult) amount(path string, want *decimal.Decimal, got *money.Amount) {
	switch {
	case want == nil:
	case got == nil:
		r.differ(path, want.String(), "nothing")
	case !want.Equal(got.Decimal()):
		r.differ(path, want.String(), got.String())
	}
}

// errors compares the codes of errors: of a line, or with all, of the whole quote.
func (r *ExampleResult) errors(path string, want *[]string, got *Evaluation, line string, all bool) {
	if want == nil {
		return
	}
	var codes []string
	for _, m := range got.Errors() {
		if all || m.Line == line {
			codes = append(codes, m.Code)
		}
	}
	r.words(path, *want, codes)
}

func (r *ExampleResult) words(path string, want, got []string) {
	want, got = slices.Clone(want), slices.Clone(got)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		r.differ(path, fmt.Sprintf("[%s]", strings.Join(want, ", ")), fmt.Sprintf("[%s]", strings.Join(got, ", ")))
	}
}
