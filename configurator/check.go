package configurator

import (
	"strings"

	"quotewright/internal/fault"
)

// Check finds what is wrong with a model that compiles: no solution at all (an error
// that names the constraints), and as warnings options that no configuration contains
// and defaults that do not go together.
func (m *Model) Check() fault.Mistakes {
	var mistakes fault.Mistakes
	values, _, ok := m.supported(map[int]int{})
	if !ok {
		conflict := m.explain(nil, picked{})
		var ids []string
		for _, c := range conflict.Constraints {
			ids = append(ids, c.ID)
		}
		mistakes.Add(m.def.At, "the model has no valid configuration; these constraints exclude each other: %s", strings.Join(ids, ", "))
		return mistakes
	}
	for i := range m.features {
		f := &m.features[i]
		for n := range f.count {
			v := f.first + n
			for x := range values[v] {
				if values[v][x] || f.Kind == KindInteger {
					continue
				}
				switch {
				case f.Kind == KindSelect && x == 1:
					mistakes.Warn(f.at, "option %s of %s is in no valid configuration", f.Options[n].ID, f.ID)
				case f.Kind == KindOption:
					mistakes.Warn(f.at, "option %s of %s is in no valid configuration", f.Options[x].ID, f.ID)
				}
			}
		}
	}
	state := m.Resolve(nil, Options{Defaults: true})
	for i := range m.features {
		f := &m.features[i]
		if a := state.Values[f.ID]; f.byDefault.Known() && a.By != ByDefault && a.Value.String() != f.byDefault.String() {
			mistakes.Warn(f.defaultAt, "the default of %s does not go together with the defaults before it", f.ID)
		}
	}
	return mistakes
}
