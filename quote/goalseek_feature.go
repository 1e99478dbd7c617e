package quote

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/configurator"
	"quotewright/internal/formula"
	"quotewright/rulebook"
)

// featureLever changes what is chosen for a feature, to what fits the other choices.
func (k *seeker) featureLever() {
	i := k.line(k.Change.Line)
	name := k.Change.Feature
	model := k.findFeature(i)
	if model == nil {
		return
	}
	chosen := k.Request.Lines[i].Configuration
	k.lever.now = chosen[name]
	if shown := k.now.Lines[i].Configuration; !k.lever.now.Known() && shown != nil {
		k.lever.now = shown.Values[name].Value
	}
	k.lever.with = func(r Request, v formula.Value) Request {
		r.Lines = slices.Clone(r.Lines)
		r.Lines[i].Configuration = changed(chosen, name, v)
		return r
	}
	others := maps.Clone(chosen)
	delete(others, name)
	state := model.Resolve(others, configurator.Options{})
	domain := state.Domains[name]
	switch {
	case len(state.Conflicts)+len(state.Problems) > 0:
		k.fatal = requestErrors(k.Request, k.now.Errors())
	case domain.Ranges != nil:
		k.featureNumbers(domain.Ranges)
	case len(domain.Values) == 0:
		k.mistake("/change/feature", "nothing can be chosen with the other choices")
	default:
		k.options(domain.Values)
	}
}

func stepOf(r configurator.Range) decimal.Decimal {
	if r.Step.Sign() <= 0 {
		return one
	}
	return r.Step
}

// findFeature returns the model of a line's product; nil when a mistake was noted.
func (k *seeker) findFeature(i int) *rulebook.Model {
	product, known := k.view.Product(k.now.Lines[i].SKU)
	if !known {
		k.fatal = requestErrors(k.Request, k.now.Errors())
		return nil
	}
	model, _ := (&evaluator{book: k.book}).modelOf(&line{product: product})
	if model == nil {
		k.mistake("/change/feature", "%s is not configurable", product.SKU)
		return nil
	}
	features := model.Features()
	at := slices.IndexFunc(features, func(f configurator.Feature) bool { return f.ID == k.Change.Feature })
	switch {
	case at < 0:
		k.mistake("/change/feature", "%s has no feature %q", product.SKU, k.Change.Feature)
	case features[at].Kind == configurator.KindSelect:
		k.mistake("/change/feature", "several options are chosen for %s; only a feature with one value can be sought", k.Change.Feature)
	default:
		return model
	}
	return nil
}

// featureNumbers makes the lever the numbers of ranges that are within the change's limits.
func (k *seeker) featureNumbers(ranges []configurator.Range) {
	if k.unclear {
		return
	}
	all := numbersOf(ranges)
	l := k.settled(limits{min: all[0], max: all[len(all)-1], step: stepOf(ranges[0])})
	all = slices.DeleteFunc(all, func(v decimal.Decimal) bool {
		return v.LessThan(l.min) || v.GreaterThan(l.max) || k.step != nil && !v.Mod(l.step).IsZero()
	})
	if len(all) == 0 {
		k.mistake("/change", "no value of %s that fits the other choices is within these limits", k.Change.Feature)
		return
	}
	k.lever.ordered, k.lever.values = true, int64(len(all))
	k.lever.at = func(i int64) formula.Value { return formula.OfNumber(all[i]) }
	k.lever.steps = &GoalRange{Min: all[0].String(), Max: all[len(all)-1].String(), Step: l.step.String()}
	k.hint(k.valueHints(), func(v decimal.Decimal) int64 {
		at, _ := slices.BinarySearchFunc(all, v, decimal.Decimal.Cmp)
		return int64(at)
	})
}

// numbersOf returns the numbers of ranges, as many as a feature may have.
func numbersOf(ranges []configurator.Range) []decimal.Decimal {
	var all []decimal.Decimal
	for _, r := range ranges {
		step := stepOf(r)
		for v := r.Min; !v.GreaterThan(r.Max) && len(all) < configurator.MaxValues; v = v.Add(step) {
			all = append(all, v)
		}
	}
	return all
}
