package quote_test

import "slices"

func isNew(s naiveStep) bool {
	return slices.Contains([]string{"sum", "rounding", "free_goods", "bundles", "coupons"}, s.kind) || s.allocate == "none" || s.allocate == "equal"
}

// strip takes out what the first language does not have.
func (c *naiveCase) strip() {
	b := c.book
	b.lists, b.exclusions = nil, nil
	for i := range b.types {
		t := &b.types[i]
		t.scaleBy, t.scaleOver, t.chargeBy, t.rateDate, t.round = "", nil, "", "", nil
		t.access = slices.DeleteFunc(t.access, func(a []string) bool { return slices.Contains(a, "account") })
		if len(t.access) == 0 {
			t.access = [][]string{{"sku"}}
		}
	}
	b.steps = slices.DeleteFunc(b.steps, func(s naiveStep) bool { return s.guidance != "" || isNew(s) || s.included })
	for i := range b.steps {
		s := &b.steps[i]
		s.cutAtZero, s.override, s.currency = false, "", ""
		if s.round != nil && s.round.each == "document" {
			s.round = nil
		}
	}
	for i := range c.req.lines {
		c.req.lines[i].quantity = c.req.lines[i].quantity.Abs()
	}
	c.req.redeemed = nil
	for i := range c.world.customers {
		c.world.customers[i].parent = ""
	}
	for i := range c.world.records {
		c.world.records[i].lower, c.world.records[i].upper = nil, nil
	}
}
