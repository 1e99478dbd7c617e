package rulebook

import (
	"slices"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// names are what the formulas and tables of a sales model may read.
type names struct {
	env     *formula.Env
	options map[string][]string // all that some names can be
}

func namesOf(schema *pricing.Schema, def pricing.Definition) *names {
	n := &names{env: pricing.Environment(schema, def), options: map[string][]string{}}
	for _, f := range schema.Features {
		if f.Kind == formula.Text {
			n.options["configuration."+f.Name] = f.Options
		}
	}
	return n
}

// examined looks into a sales model for rules that cannot work as they stand: they can
// never apply, hide each other or leave gaps. It takes the mistakes of compiling the
// model and returns them with its own. Tables that several sales models read are looked
// at once.
func (l *loader) examined(def pricing.Definition, mistakes fault.Mistakes) fault.Mistakes {
	e := &examination{names: namesOf(l.book.schema, def), def: def}
	if len(mistakes.Errors()) > 0 {
		mistakes = e.order(mistakes)
	}
	e.conditions()
	for _, s := range def.Procedure {
		if t := l.tables[s.Table.Text]; t != nil && !l.seen[s.Table.Text] {
			l.seen[s.Table.Text] = true
			e.mistakes = append(e.mistakes, l.tableCheck(e.names, def, t)...)
		}
	}
	return append(mistakes, e.mistakes...)
}

// examination is that of one sales model.
type examination struct {
	names    *names
	def      pricing.Definition
	mistakes fault.Mistakes
}

// conditions looks for conditions that are never true, and adjustments that others hide.
func (e *examination) conditions() {
	for _, d := range e.def.Eligibility {
		e.alone("eligibility "+d.ID, d.When)
	}
	for _, d := range e.def.Procedure {
		e.step(d)
	}
	for _, d := range e.def.Approvals {
		e.alone("approval "+d.ID, d.When)
	}
}

func (e *examination) step(d pricing.StepDefinition) {
	s := newSpace(e.names)
	when := s.condition(d.When)
	parts := e.parts(d)
	compiled := make([]*condition, len(parts))
	for i, p := range parts {
		compiled[i] = s.condition(p.when)
	}
	s.seal()
	if e.never(s, "step "+d.ID, when) {
		return
	}
	for i, p := range parts {
		if !e.never(s, p.what, compiled[i]) && p.ofLine && when != nil && s.never(compiled[i], when) {
			e.mistakes.Add(p.when.At, "%s never applies: its condition and when of the step contradict each other", p.what)
		}
	}
	if d.Choose.Text == "first" && len(d.Adjustments) > 0 {
		e.hidden(s, d.Adjustments, compiled)
	}
}

// part is a condition inside a step.
type part struct {
	what   string
	when   formula.Source
	ofLine bool // it is asked for the lines for which when of the step holds
}

func (e *examination) parts(d pricing.StepDefinition) []part {
	var parts []part
	for _, a := range d.Adjustments {
		parts = append(parts, part{"adjustment " + a.ID, a.When, true})
	}
	for _, f := range d.FreeGoods {
		parts = append(parts, part{"buy of " + f.ID, f.Buy, false}, part{"get of " + f.ID, f.Get, false})
	}
	for _, b := range d.Bundles {
		parts = append(parts, part{"bundle " + b.ID, b.When, false})
	}
	if d.Coupons != nil {
		for _, o := range d.Coupons.Offers {
			parts = append(parts, part{"coupon " + o.ID, o.When, false})
		}
	}
	return parts
}

// alone looks at a condition that stands by itself.
func (e *examination) alone(what string, source formula.Source) {
	s := newSpace(e.names)
	c := s.condition(source)
	s.seal()
	e.never(s, what, c)
}

// never reports a condition that is never true. One that is plainly false is how a rule
// is switched off; that is a warning.
func (e *examination) never(s *space, what string, c *condition) bool {
	if !s.never(c, nil) {
		return false
	}
	at := c.formula.Source().At
	if c.constant {
		e.mistakes.Warn(at, "%s never applies: its condition is always false", what)
		return true
	}
	if texts := s.conflict(c); texts != "" {
		e.mistakes.Add(at, "%s never applies: %s", what, texts)
		return true
	}
	e.mistakes.Add(at, "%s never applies: its condition contradicts itself", what)
	return true
}

// hidden reports adjustments that are never chosen, as those before them apply whenever
// they do.
func (e *examination) hidden(s *space, adjustments []pricing.AdjustmentDefinition, conditions []*condition) {
	if len(adjustments)*len(s.dimensions) > mostLooks {
		return
	}
	var list []alternative
	tangled := map[int]bool{}
	for i, c := range conditions {
		switch {
		case c != nil && !c.tangled:
			for _, x := range c.alternatives {
				list = append(list, alternative{i, s.box(x)})
			}
		case adjustments[i].When.Text == "":
			list = append(list, alternative{i, s.all()})
		default:
			tangled[i] = true
		}
	}
	for i, v := range reachable(s.sizes(), len(conditions), list) {
		if v != unreachable || tangled[i] || s.never(conditions[i], nil) {
			continue
		}
		a, own := adjustments[i], boxesOf(list, i)
		cover := 0
		for cover < i && !coversAll(boxesOf(list, cover), own) {
			cover++
		}
		if cover == i {
			e.mistakes.Warn(a.At, "adjustment %s is never chosen: those before it apply whenever it does", a.ID)
			continue
		}
		e.mistakes.Warn(a.At, "adjustment %s is never chosen: %s in line %d applies whenever it does, and the first is chosen", a.ID,
			adjustments[cover].ID, adjustments[cover].At.Line)
	}
}

func boxesOf(list []alternative, rule int) []box {
	var boxes []box
	for _, a := range list {
		if a.rule == rule {
			boxes = append(boxes, a.box)
		}
	}
	return boxes
}

// coversAll reports whether each box lies in one of the others.
func coversAll(others, boxes []box) bool {
	return !slices.ContainsFunc(boxes, func(b box) bool {
		return !slices.ContainsFunc(others, func(c box) bool { return c.contains(b) })
	})
}
