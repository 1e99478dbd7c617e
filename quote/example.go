package quote

import (
	"bytes"
	"encoding/json"
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

// RunExamples evaluates every example of the Book and compares what it names. The
// request of an example may say what the service otherwise says: how often coupons
// have been redeemed.
func RunExamples(book *rulebook.Book, snapshot *catalog.Snapshot) []ExampleResult {
	var results []ExampleResult
	for _, example := range book.Examples() {
		r := ExampleResult{Name: example.Name, At: example.At}
		req, err := exampleRequest(example.Request)
		if err != nil {
			r.differ("request", "a request that can be used", err.Error())
		} else {
			r.compare(example.Expect, Evaluate(book, snapshot, req))
		}
		results = append(results, r)
	}
	return results
}

func exampleRequest(text json.RawMessage) (Request, error) {
	var parts map[string]json.RawMessage
	var redeemed map[string]Redemption
	if err := json.Unmarshal(text, &parts); err == nil && parts["redeemed"] != nil {
		if err := json.Unmarshal(parts["redeemed"], &redeemed); err != nil {
			return Request{}, fault.New(fault.Invalid, "bad_request", "redeemed: %s", err)
		}
		delete(parts, "redeemed")
		if text, err = json.Marshal(parts); err != nil {
			return Request{}, err
		}
	}
	req, err := DecodeRequest(bytes.NewReader(text))
	req.Redeemed = redeemed
	return req, err
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
	r.steps("steps/", want.Steps, got.Steps)
	t := &got.Totals
	r.figures("totals/", want.Totals, map[string]*money.Amount{"list": t.List, "discount": t.Discount, "net": t.Net, "tax": t.Tax,
		"gross": t.Gross, "cost": t.Cost, "margin": t.Margin, "margin_percent": percentage(t.MarginPercent),
		"discount_percent": percentage(t.DiscountPercent), "one_off": t.OneOff, "recurring": t.Recurring, "tcv": t.TCV, "arr": t.ARR})
	if want.FreeGoods != nil {
		var all []string
		for _, f := range got.FreeGoods {
			all = append(all, f.Quantity+" "+f.SKU)
		}
		r.words("free_goods", *want.FreeGoods, all)
	}
	r.approvals(want, got)
	r.codes("errors", want.Errors, SeverityError, got, "", true)
	r.codes("warnings", want.Warnings, SeverityWarning, got, "", true)
	r.unexpected(want, got)
}

// unexpected tells of the errors behind what differs, where the example does not speak of
// errors: an unknown product is why a line has no price.
func (r *ExampleResult) unexpected(want rulebook.Expectation, got *Evaluation) {
	if len(r.Differences) == 0 || want.Errors != nil {
		return
	}
	for _, m := range got.Errors() {
		path := "errors"
		if m.Line != "" {
			if want.Lines[m.Line].Errors != nil {
				continue
			}
			path = "lines/" + m.Line + "/errors"
		}
		r.differ(path, "none", m.Text)
	}
}

func (r *ExampleResult) approvals(want rulebook.Expectation, got *Evaluation) {
	var ids []string
	reasons := map[string]string{}
	for _, a := range got.Approvals {
		ids = append(ids, a.ID)
		reasons[a.ID] = a.Reason
	}
	if want.Approvals != nil {
		r.words("approvals", *want.Approvals, ids)
	}
	for _, id := range sortedKeys(want.Reasons) {
		r.text("reasons/"+id, want.Reasons[id], reasons[id])
	}
}

func (r *ExampleResult) line(path string, want rulebook.LineExpectation, got *EvaluatedLine, all *Evaluation) {
	figures := map[string]*money.Amount{"net": got.Net, "unit_price": got.UnitPrice, "list": got.List, "discount": got.Discount,
		"discount_percent": percentage(got.DiscountPercent), "tax": got.Tax, "gross": got.Gross, "cost": got.Cost, "margin": got.Margin,
		"margin_percent": percentage(got.MarginPercent)}
	if g := got.Guidance; g != nil {
		figures["guidance/floor"], figures["guidance/target"], figures["guidance/stretch"] = g.Floor, g.Target, g.Stretch
		r.text(path+"guidance/position", want.Position, g.Position)
	} else {
		r.text(path+"guidance/position", want.Position, "")
	}
	r.recurring(path, want, got.Recurring, figures)
	r.figures(path, want.Figures, figures)
	if want.PartNumber != nil && *want.PartNumber != got.PartNumber {
		r.differ(path+"part_number", *want.PartNumber, got.PartNumber)
	}
	r.steps(path+"steps/", want.Steps, got.Steps)
	r.trace(path, want, got.Steps)
	if want.Components != nil {
		r.components(path, want.Components, got)
	}
	r.codes(path+"errors", want.Errors, SeverityError, all, got.ID, false)
	for _, code := range sortedKeys(want.Messages) {
		i := slices.IndexFunc(all.Messages, func(m Message) bool { return m.Line == got.ID && m.Code == code })
		if i < 0 {
			r.differ(path+"messages/"+code, want.Messages[code], "no such message")
			continue
		}
		r.text(path+"messages/"+code, want.Messages[code], all.Messages[i].Text)
	}
}

// recurring compares what a line costs again and again: every charge, where the example
// names charges.
func (r *ExampleResult) recurring(path string, want rulebook.LineExpectation, got *Recurring, figures map[string]*money.Amount) {
	if got == nil {
		got = &Recurring{}
	}
	figures["recurring/per_period"], figures["recurring/annual"] = got.PerPeriod, got.Annual
	r.text(path+"recurring/period", want.Period, got.Period)
	if want.Charges == nil {
		return
	}
	expected, charged := []string{}, []string{}
	for _, day := range sortedKeys(want.Charges) {
		expected = append(expected, day+" "+want.Charges[day].String())
	}
	for _, c := range got.Charges {
		charged = append(charged, c.From.String()+" "+c.Amount.Decimal().String())
	}
	r.words(path+"charges", expected, charged)
}

// steps compares the amounts of steps.
func (r *ExampleResult) steps(path string, want map[string]decimal.Decimal, got []Step) {
	for _, id := range sortedKeys(want) {
		d := want[id]
		i := slices.IndexFunc(got, func(s Step) bool { return s.ID == id })
		if i < 0 {
			r.differ(path+id, d.String(), "no such step")
			continue
		}
		r.amount(path+id, &d, got[i].Amount)
	}
}

// trace compares verdicts, sources and what lost.
func (r *ExampleResult) trace(path string, want rulebook.LineExpectation, got []Step) {
	step := func(id string) Step {
		if i := slices.IndexFunc(got, func(s Step) bool { return s.ID == id }); i >= 0 {
			return got[i]
		}
		return Step{}
	}
	for _, id := range sortedKeys(want.Verdicts) {
		r.text(path+"verdicts/"+id, want.Verdicts[id], step(id).Verdict)
	}
	for _, id := range sortedKeys(want.Records) {
		record := ""
		if s := step(id).Source; s != nil {
			record = s.Record
		}
		r.text(path+"records/"+id, want.Records[id], record)
	}
	for _, id := range sortedKeys(want.Lost) {
		for _, loser := range sortedKeys(want.Lost[id]) {
			reason := ""
			for _, l := range step(id).Lost {
				if l.ID == loser {
					reason = l.Reason
				}
			}
			r.text(path+"lost/"+id+"/"+loser, want.Lost[id][loser], reason)
		}
	}
}

// text compares a text that the example may leave out.
func (r *ExampleResult) text(path, want, got string) {
	switch {
	case want == "" || want == got:
	case got == "":
		r.differ(path, want, "nothing")
	default:
		r.differ(path, want, got)
	}
}

func (r *ExampleResult) figures(path string, want map[string]decimal.Decimal, got map[string]*money.Amount) {
	for _, name := range sortedKeys(want) {
		d := want[name]
		r.amount(path+name, &d, got[name])
	}
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

func percentage(d *money.Num) *money.Amount {
	if d == nil {
		return nil
	}
	return &money.Amount{Num: *d}
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

// codes compares the codes of messages: of a line, or with all, of the whole quote.
func (r *ExampleResult) codes(path string, want *[]string, severity Severity, got *Evaluation, line string, all bool) {
	if want == nil {
		return
	}
	var codes []string
	for _, m := range got.Messages {
		if m.Severity == severity && (all || m.Line == line) {
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
