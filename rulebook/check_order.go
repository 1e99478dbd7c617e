package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// order replaces what was found where a rule names a step that comes later: it is known,
// but not yet computed.
func (e *examination) order(mistakes fault.Mistakes) fault.Mistakes {
	late := map[fault.Position]string{}
	for _, d := range e.def.Eligibility {
		for _, v := range e.ofSteps(d.When) {
			late[v.At()] = v.Name + " is not computed when eligibility is decided"
		}
	}
	for i, d := range e.def.Procedure {
		for _, n := range d.Basis {
			if text := e.late(i, n.Text); text != "" {
				late[n.At] = "basis names " + n.Text + ", which" + text
			}
		}
		for _, n := range d.Replaces {
			if text := e.late(i, n.Text); text != "" {
				late[n.At] = "replaces names " + n.Text + ", which" + text
			}
		}
		for _, source := range sources(d) {
			for _, v := range e.ofSteps(source) {
				_, id, _ := strings.Cut(v.Name, ".")
				if text := e.late(i, id); text != "" {
					late[v.At()] = v.Name + text
				}
			}
		}
	}
	for i, m := range mistakes {
		if text := late[m.Position]; text != "" {
			mistakes[i].Text = text
		}
	}
	return mistakes
}

// late says that a step is computed after the i-th; "" when it is not.
func (e *examination) late(i int, id string) string {
	named := func(d pricing.StepDefinition) bool { return d.ID == id }
	if id == "" || slices.ContainsFunc(e.def.Procedure[:i], named) {
		return ""
	}
	switch at := slices.IndexFunc(e.def.Procedure[i:], named); {
	case at == 0:
		return " is this step itself"
	case at > 0:
		return fmt.Sprintf(" is computed later, in line %d", e.def.Procedure[i+at].At.Line)
	}
	return ""
}

// ofSteps are the figures of steps that a formula reads.
func (e *examination) ofSteps(source formula.Source) []*formula.Variable {
	if source.Text == "" {
		return nil
	}
	f, _ := formula.Compile(e.names.env, source, formula.Any)
	if f == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.Variables()), func(v *formula.Variable) bool {
		root, _, _ := strings.Cut(v.Name, ".")
		return root != "price" && root != "rate" && root != "sum"
	})
}

// sources are the formulas of a step.
func sources(d pricing.StepDefinition) []formula.Source {
	list := []formula.Source{d.When, d.Formula, d.Sum}
	for _, a := range d.Adjustments {
		list = append(list, a.When, a.Percent, a.Amount)
	}
	for _, f := range d.FreeGoods {
		list = append(list, f.Buy, f.Get)
	}
	for _, b := range d.Bundles {
		list = append(list, b.When)
	}
	if d.Coupons != nil {
		for _, o := range d.Coupons.Offers {
			list = append(list, o.When)
		}
	}
	return list
}
