package quote

import "slices"

// WithoutCosts returns the evaluation as it may be shown to those who may not see
// costs: without costs and margins, without steps that show them, and with the reasons
// of approvals left out that speak of them. The evaluation itself stays as it is.
func (e *Evaluation) WithoutCosts() *Evaluation {
	out := *e
	out.facts = nil
	out.Totals = e.Totals.WithoutCosts()
	out.Steps = stepsWithoutCosts(e.Steps)
	out.Lines = slices.Clone(e.Lines)
	for i := range out.Lines {
		out.Lines[i].hideCosts()
	}
	out.Approvals = slices.Clone(e.Approvals)
	for i := range out.Approvals {
		out.Approvals[i] = out.Approvals[i].withoutCosts()
	}
	return &out
}

func (l *EvaluatedLine) hideCosts() {
	l.Cost, l.Margin, l.MarginPercent = nil, nil, nil
	l.Steps = stepsWithoutCosts(l.Steps)
	if l.Guidance != nil && l.Guidance.ShowsCost {
		l.Guidance = nil
	}
	l.Components = slices.Clone(l.Components)
	for i := range l.Components {
		l.Components[i].UnitCost, l.Components[i].Cost = nil, nil
	}
}

func stepsWithoutCosts(steps []Step) []Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.ShowsCost })
}

// withoutCosts keeps what a rep has to know: that somebody has to agree, and who.
func (a NeededApproval) withoutCosts() NeededApproval {
	if a.ShowsCost {
		a.Reason, a.ShowsCost = "", false
	}
	return a
}

// WithoutCosts returns the totals as they may be shown to anybody.
func (t Totals) WithoutCosts() Totals {
	t.Cost, t.Margin, t.MarginPercent = nil, nil, nil
	return t
}
