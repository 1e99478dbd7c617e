package pricing

import (
	"errors"
	"fmt"
	"strings"

	"quotewright/internal/fault"
)

// fail puts a message on a line and takes it out of the calculation.
func (r *run) fail(l *lineRun, prefix string, err error, code string, at fault.Position) {
	m := Message{Severity: "error", Code: code, Text: prefix + err.Error(), Source: &at}
	var mistakes fault.Mistakes
	var rate missingRate
	var limit outOfRange
	var unit unknownUnit
	var term missingTerm
	var coded *fault.Error
	switch {
	case errors.As(err, &mistakes):
		m.Code, m.Text, m.Source = "formula", mistakes[0].Text, &mistakes[0].Position
	case errors.As(err, &rate):
		m.Code = "missing_rate"
	case errors.As(err, &limit):
		m.Code = "input_out_of_range"
	case errors.As(err, &unit):
		m.Code = "unknown_unit"
	case errors.As(err, &term):
		m.Code = "missing_term"
	case errors.As(err, &coded):
		m.Code = coded.Code
	}
	if l != nil {
		m.Line, l.failed = l.in.ID, true
		r.recount, l.counts = r.recount || l.counts, false
	}
	r.result.Messages = append(r.result.Messages, m)
}

// failQuote puts a message on the quote and takes out every line that counts: what
// cannot be computed is missing from all of them.
func (r *run) failQuote(prefix string, err error, at fault.Position) {
	r.fail(nil, prefix, err, "step", at)
	for n := range r.lines {
		if l := &r.lines[n]; l.counts {
			l.failed, l.counts, r.recount = true, false, true
		}
	}
}

// missing reports a required price that is not there, telling an expired one apart.
func (r *run) missing(s *step, l *lineRun, lost []loser) {
	if s.condition == nil {
		r.fail(l, "step "+s.id+": ", errors.New("nothing found, but it is required"), "missing_price", s.def.At)
		return
	}
	code, text := "missing_price", fmt.Sprintf("no %s price for %s", s.condition.def.ID, l.in.Product.SKU)
	for _, x := range r.lostRecords(s, l, lost) {
		if strings.HasPrefix(x.Reason, "outside validity") {
			code = "expired_condition"
			text += fmt.Sprintf(" on %s; record %s is %s", r.in.Date, x.ID, x.Reason)
			break
		}
		if strings.HasPrefix(x.Reason, "below") {
			text += fmt.Sprintf("; the quantity is %s (record %s)", x.Reason, x.ID)
			break
		}
	}
	r.fail(l, "step "+s.id+": ", errors.New(text), code, s.def.At)
}

// lostRecords returns the losers as texts. Where they were not written down, the source
// is asked once more.
func (r *run) lostRecords(s *step, l *lineRun, lost []loser) []Lost {
	if !r.trace {
		r.trace = true
		out := outcome{}
		err := r.find(s, l, r.basis(s, l), &out)
		r.trace = false
		if err == nil {
			lost = out.lost
		}
	}
	var records []Lost
	for _, x := range lost {
		records = append(records, Lost{x.id, x.text + string(r.text[x.why.from:x.why.to])})
	}
	return records
}
