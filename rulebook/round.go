package rulebook

import (
	"quotewright/money"
	"quotewright/pricing"
)

// round reads how something is rounded, and with each, of what; nil when it is not there.
// Its words are checked where a step is compiled.
func (o *object) round(key string, each bool) *pricing.RoundDefinition {
	n := o.get(key)
	if n == nil {
		return nil
	}
	m, ok := o.object(n, key)
	if !ok {
		return nil
	}
	d := &pricing.RoundDefinition{Each: pricing.Name{At: m.at}, To: m.decimal("to"), Mode: m.name("mode"), At: m.at}
	if each {
		d.Each = m.name("each")
	}
	m.done()
	return d
}

// roundEach is round with its words checked; nil after a mistake, too.
func (o *object) roundEach(key string, each ...string) *pricing.RoundDefinition {
	n, before := o.node.get(key), len(*o.mistakes)
	d := o.round(key, true)
	if d == nil {
		return nil
	}
	m := &object{reader: o.reader, node: n, at: n.at}
	m.among("each", each...)
	m.aboveZero("to", d.To)
	if _, err := money.ParseMode(d.Mode.Text); err != nil {
		o.fail(d.Mode.At, "%s", err)
	}
	if len(*o.mistakes) > before {
		return nil
	}
	return d
}
