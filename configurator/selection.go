package configurator

import (
	"fmt"
	"slices"

	"quotewright/internal/formula"
	"quotewright/money"
)

// read turns a selection into choices, in the order of the features, and reports
// whatever cannot be read.
func (m *Model) read(selection Selection) (choices []picked, problems []Problem) {
	for i := range m.features {
		f := &m.features[i]
		v, ok := selection[f.ID]
		if !ok || !v.Known() {
			continue
		}
		literals, wrong := f.read(m, v)
		problems = append(problems, wrong...)
		if len(wrong) == 0 {
			choices = append(choices, picked{i, f.assigned(m, literals), literals})
		}
	}
	var strange []string
	for id := range selection {
		if _, ok := m.byID[id]; !ok {
			strange = append(strange, id)
		}
	}
	slices.Sort(strange)
	for _, id := range strange {
		text := fmt.Sprintf("model %s has no feature %s", m.ID(), id)
		if near := formula.Nearest(id, m.featureIDs()); near != "" {
			text += "; did you mean " + near + "?"
		}
		problems = append(problems, Problem{"unknown_feature", id, text})
	}
	return choices, problems
}

func (m *Model) featureIDs() []string {
	ids := make([]string, len(m.features))
	for i := range m.features {
		ids[i] = m.features[i].ID
	}
	return ids
}

// read turns a value into what it fixes, or says everything that is wrong with it.
func (f *feature) read(m *Model, v formula.Value) ([]literal, []Problem) {
	problem := func(code, format string, args ...any) []Problem {
		return []Problem{{code, f.ID, fmt.Sprintf(format, args...)}}
	}
	switch {
	case f.Kind == KindSelect:
		return f.readSelection(v)
	case v.Kind() == formula.Texts || v.Kind() == formula.Numbers:
		return nil, problem("bad_value", "%s takes one value, not a list", f.ID)
	}
	if x := m.variables[f.first].index(v.String()); x >= 0 {
		return []literal{{variable: f.first, value: x}}, nil
	}
	switch f.Kind {
	case KindInteger:
		code := "out_of_range"
		if _, err := money.Parse(v.String()); err != nil {
			code = "not_a_number"
		}
		return nil, problem(code, "%s is %s; it takes %s to %s in steps of %s", f.ID, v, f.Min, f.Max, f.Step)
	case KindBoolean:
		return nil, problem("bad_value", "%q is not a value of %s; it is true or false", v, f.ID)
	}
	return nil, problem("unknown_option", "%q is not a value of %s", v, f.ID)
}

func (f *feature) readSelection(v formula.Value) ([]literal, []Problem) {
	items := v.List()
	if v.Kind() == formula.Text {
		items = []formula.Value{v}
	}
	var problems []Problem
	wrong := func(code, format string, args ...any) {
		problems = append(problems, Problem{code, f.ID, fmt.Sprintf(format, args...)})
	}
	if v.Kind() == formula.Boolean || v.Kind() == formula.Number {
		wrong("bad_value", "%s takes a list of options, not %s", f.ID, v)
		return nil, problems
	}
	chosen := make([]literal, f.count)
	for i := range chosen {
		chosen[i].variable = f.first + i
	}
	for _, item := range items {
		switch i := f.option(item.String()); {
		case i < 0:
			wrong("unknown_option", "%q is not an option of %s", item, f.ID)
		case chosen[i].value == 1:
			wrong("duplicate_option", "%q is there twice in %s", item, f.ID)
		default:
			chosen[i].value = 1
		}
	}
	switch n := len(items); {
	case n > f.SelectMax:
		wrong("too_many_options", "%s takes %d to %d options, not %d", f.ID, f.SelectMin, f.SelectMax, n)
	case n < f.SelectMin:
		wrong("too_few_options", "%s takes %d to %d options, not %d", f.ID, f.SelectMin, f.SelectMax, n)
	}
	return chosen, problems
}

// value returns a feature's value, no value while a variable of it is open.
func (f *feature) value(a *assignment) formula.Value {
	if f.Kind != KindSelect {
		return a.value(f.first)
	}
	var ids []string
	for i := range f.count {
		switch a.at[f.first+i] {
		case -1:
			return formula.None(formula.Texts)
		case 1:
			ids = append(ids, f.Options[i].ID)
		}
	}
	return formula.OfTexts(ids)
}

// assigned returns the value that literals give a feature.
func (f *feature) assigned(m *Model, literals []literal) formula.Value {
	a := m.empty()
	for _, l := range literals {
		a.at[l.variable] = l.value
	}
	return f.value(a)
}
