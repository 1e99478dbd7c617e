package pricing

import (
	"quotewright/money"
)

// taped is what a run writes its trace on: a few large pieces of memory that go into the
// Result, and texts that become one string at the end.
type taped struct {
	steps   []Step
	amounts slab[money.Amount]
	rates   slab[money.Num]
	sources slab[Source]
	losers  []Lost
	text    []byte
	pending []pendingText
}

// span is a part of the run's texts.
type span struct{ from, to uint32 }

// pendingText is a string that becomes a span of the texts once they are complete.
type pendingText struct {
	into *string
	span span
}

// slab hands out pieces of large blocks, which stay where they are.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) one() *T {
	if len(s.free) == 0 {
		s.free = make([]T, max(s.size, 16))
	}
	p := &s.free[0]
	s.free = s.free[1:]
	return p
}

func (r *run) startTape(lines, steps int) {
	r.taped = taped{text: r.taped.text[:0], pending: r.taped.pending[:0]}
	r.sources.size = lines
	if r.trace {
		r.steps = make([]Step, lines*(steps+1))
		r.amounts.size, r.rates.size = lines*(steps+steps/2), lines*2
	}
}

// stepsOf cuts a line's steps from the block.
func (r *run) stepsOf(n int) []Step {
	s := r.taped.steps[:0:n]
	r.taped.steps = r.taped.steps[n:]
	return s
}

func (r *run) amount(n money.Num) *money.Amount {
	a := r.amounts.one()
	*a = r.in.Currency.AmountOf(n)
	return a
}

// put writes a text and returns where it is.
func (r *run) put(parts ...string) span {
	if !r.trace {
		return span{}
	}
	from := len(r.text)
	for _, p := range parts {
		r.text = append(r.text, p...)
	}
	return span{uint32(from), uint32(len(r.text))}
}

// putAfter writes a text after an earlier one.
func (r *run) putAfter(before span, parts ...string) span {
	if !r.trace || before.to == before.from {
		return r.put(parts...)
	}
	from := len(r.text)
	r.text = append(r.text, r.text[before.from:before.to]...)
	r.text = append(r.text, ", "...)
	for _, p := range parts {
		r.text = append(r.text, p...)
	}
	return span{uint32(from), uint32(len(r.text))}
}

// recordSource is the source of a record's value, where somebody will look at it: the
// trace, or a rounding per document, which is made per record.
func (r *run) recordSource(id string) *Source {
	if !r.trace && !r.step.documentRounding() {
		return nil
	}
	s := r.sources.one()
	*s = Source{Record: id}
	s.File, s.Line = r.step.source.File, r.step.source.Line
	return s
}

// record adds the trace of a step to a line.
func (r *run) record(l *lineRun, s *step) *Step {
	l.steps = append(l.steps, Step{ID: s.id, Title: s.title.in(r.in.Language), Kind: s.kind, Statistical: s.statistical,
		Excluded: s.excluded, ShowsCost: s.cost})
	return &l.steps[len(l.steps)-1]
}

// traced returns a step's trace on a line.
func (l *lineRun) traced(id string) *Step {
	for i := range l.steps {
		if l.steps[i].ID == id {
			return &l.steps[i]
		}
	}
	return nil
}

// write traces what a step did on a line.
func (r *run) write(s *step, l *lineRun, out *outcome, n int, amount money.Num) {
	t := r.record(l, s)
	r.describe(t, out, n, amount, s.spare())
	t.Running = r.amount(l.running)
}

// describe fills in amount, source, rate, notes and losers.
func (r *run) describe(t *Step, out *outcome, n int, amount money.Num, spare int) {
	t.Amount = r.amount(amount)
	t.Verdict = Applied
	if n == 0 {
		t.Verdict = NotApplicable
	}
	r.note(t, out, n)
	if n > 0 {
		c := &out.found[n-1]
		t.Source = c.source
		if c.isRated {
			t.Basis = r.amount(c.basis)
			if n == 1 {
				rate := r.rates.one()
				*rate = c.rate
				t.Rate = rate
			}
		}
	}
	if len(out.lost) == 0 {
		return
	}
	lost := r.lostOf(len(out.lost) + spare)[:len(out.lost)]
	for i := range out.lost {
		x := &out.lost[i]
		lost[i] = Lost{x.id, x.text}
		if x.why.to > x.why.from {
			r.pending = append(r.pending, pendingText{&lost[i].Reason, x.why})
		}
	}
	t.Lost = lost
}

// spare is how many more losers a step must have room for: it may be withdrawn, by its
// exclusion, another group, or a step that replaces it.
func (s *step) spare() int {
	if s.cluster >= 0 || s.replaced {
		return 1
	}
	return 0
}

// lostOf cuts losers from a block.
func (r *run) lostOf(n int) []Lost {
	if len(r.losers) < n {
		r.losers = make([]Lost, max(n, 256, len(r.lines)))
	}
	lost := r.losers[:n:n]
	r.losers = r.losers[n:]
	return lost
}

// note joins the notes of what counts.
func (r *run) note(t *Step, out *outcome, n int) {
	text := out.text
	if text == conditionFalse {
		text = ""
	}
	only := text
	parts := 0
	if text != "" {
		parts = 1
	}
	for i := range out.found[:n] {
		c := &out.found[i]
		for _, s := range []string{c.text, r.titleOf(c)} {
			if s != "" {
				only, parts = s, parts+1
			}
		}
		if c.note.to > c.note.from {
			parts += 2
		}
	}
	switch parts {
	case 0:
		return
	case 1:
		t.Note = only
		return
	}
	var joined span
	add := func(s string) {
		if s != "" {
			joined = r.putAfter(joined, s)
		}
	}
	add(text)
	for i := range out.found[:n] {
		c := &out.found[i]
		add(c.text)
		add(r.titleOf(c))
		if c.note.to > c.note.from {
			joined = r.join(joined, c.note)
		}
	}
	r.pending = append(r.pending, pendingText{&t.Note, joined})
}

// join writes two texts, one after the other.
func (r *run) join(a, b span) span {
	if a.to == a.from {
		return b
	}
	from := len(r.text)
	r.text = append(r.text, r.text[a.from:a.to]...)
	r.text = append(r.text, ", "...)
	r.text = append(r.text, r.text[b.from:b.to]...)
	return span{uint32(from), uint32(len(r.text))}
}

func (r *run) titleOf(c *candidate) string {
	if c.title == nil {
		return ""
	}
	return c.title.in(r.in.Language)
}

// unwrite traces that a step was withdrawn.
func (r *run) unwrite(s *step, l *lineRun, amount money.Num, why ...string) {
	t := l.traced(s.id)
	id := s.id
	if t.Source != nil && t.Source.Record != "" {
		id = t.Source.Record
	}
	lost := t.Lost
	if len(lost) == cap(lost) { // only without losers so far: those that there are have room for this one
		lost = append(r.lostOf(len(lost) + 1)[:0], lost...)
	}
	lost = lost[:len(lost)+1]
	last := len(lost) - 1
	lost[last] = Lost{ID: id}
	r.pending = append(r.pending, pendingText{&lost[last].Reason, r.put(why...)})
	t.Lost, t.Verdict, t.Source, t.Rate = lost, NotKept, nil, nil
	t.Amount = r.amount(money.Num{})
	if s.statistical {
		return
	}
	after := false
	for i := range l.steps {
		after = after || &l.steps[i] == t
		if after && l.steps[i].Running != nil {
			l.steps[i].Running = r.amount(l.steps[i].Running.Num.Sub(amount))
		}
	}
}

// stopTape turns the texts into one string and hands out its parts.
func (r *run) stopTape() {
	all := string(r.text)
	for _, p := range r.pending {
		*p.into = all[p.span.from:p.span.to]
	}
	clear(r.pending)
}
