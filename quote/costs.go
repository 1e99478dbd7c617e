package quote

// WithoutCosts returns the totals as they may be shown to anybody.
func (t Totals) WithoutCosts() Totals {
	t.Cost, t.Margin, t.MarginPercent = nil, nil, nil
	return t
}
