package rulebook

import (
	"quotewright/pricing"
)

// freeGoods reads one rule for free goods.
func (r *reader) freeGoods(o *object) pricing.FreeGoodsDefinition {
	d := pricing.FreeGoodsDefinition{ID: o.word("id").Text, Title: o.title("title"), At: o.at, Buy: o.source("buy"), Get: o.source("get"),
		Every: o.decimal("every"), Free: o.decimal("free"), Minimum: o.notNegative("minimum"), Limit: o.positive("limit"),
		Percent: o.reduction("percent"), Over: o.name("over"), Exclusive: o.bool("exclusive"), SKU: o.name("sku")}
	for _, key := range []string{"get", "percent"} {
		if d.Exclusive && o.has(key) {
			r.fail(o.node.get(key).at, "exclusive free goods are added, so no line costs less: %s has no place here", key)
		}
	}
	return d
}

// bundle reads products that are bought together.
func (r *reader) bundle(o *object) pricing.BundleDefinition {
	d := pricing.BundleDefinition{ID: o.word("id").Text, Title: o.title("title"), At: o.at, When: o.source("when"),
		Price: o.notNegative("price"), Percent: o.reduction("percent"), Limit: o.positive("limit")}
	o.objects("of", func(p *object) {
		d.Of = append(d.Of, pricing.BundlePart{SKU: p.name("sku"), Quantity: p.decimal("quantity")})
	})
	return d
}

// maxUses bounds how often a coupon may be good.
const maxUses = 1_000_000_000

// coupons reads where codes are entered, and what each is good for.
func (r *reader) coupons(o *object) *pricing.CouponsDefinition {
	o.need("input")
	o.need("offers")
	d := &pricing.CouponsDefinition{Input: o.name("input")}
	o.objects("offers", func(c *object) { d.Offers = append(d.Offers, r.coupon(c)) })
	o.done()
	return d
}

func (r *reader) coupon(o *object) pricing.CouponDefinition {
	d := pricing.CouponDefinition{ID: o.word("id").Text, Title: o.title("title"), At: o.at, When: o.source("when"), Percent: o.reduction("percent"),
		Amount: o.negative("amount"), From: o.date("from"), To: o.date("to"), Minimum: o.notNegative("minimum"), Maximum: o.positive("maximum"),
		Uses: o.integer("uses", 0, 1, maxUses), UsesPerCustomer: o.integer("uses_per_customer", 0, 1, maxUses)}
	if !d.To.IsZero() && d.From.After(d.To) {
		r.fail(o.node.get("from").at, "from %s is after to %s", d.From, d.To)
	}
	return d
}
