package configurator

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"quotewright/internal/formula"
)

// Selection is what a user chose: a value by feature. An option is a text, a selection
// a list of texts, a boolean a boolean and an integer a number or its text.
type Selection map[string]formula.Value

// Options say what Resolve also does.
type Options struct {
	Defaults bool // apply the defaults that still fit
	Explain  bool // say for each excluded option why, and what would make it fit
}

// By says who set a value.
type By string

// Who sets values.
const (
	ByUser    By = "user"
	ByDefault By = "default"
	ByForced  By = "forced"
	ByDerived By = "derived"
)

// Assigned is a value with who set it, and for a forced one a minimal set of the
// constraints that did.
type Assigned struct {
	Value   formula.Value `json:"value"`
	By      By            `json:"by"`
	Because []string      `json:"because,omitempty"`
}

// Choice is one choice of a user.
type Choice struct {
	Feature string        `json:"feature"`
	Value   formula.Value `json:"value"`
}

// ConstraintRef names a constraint in an explanation. How many options a selection
// takes is a constraint with the id of its feature.
type ConstraintRef struct {
	ID      string `json:"id"`
	Message string `json:"message"`
}

// Repair is a smallest set of features to give up so that a choice fits: with any of
// them kept it does not.
type Repair struct {
	GiveUp []string `json:"give_up"`
}

// Conflict says why a value does not fit: a minimal set of other choices and
// constraints (drop any one and it fits), and the repairs, smallest first, five at
// most. Without choices the value never fits, and there is no repair.
type Conflict struct {
	Feature     string          `json:"feature,omitempty"` // of a choice; Excluded has them as keys
	Value       *formula.Value  `json:"value,omitempty"`
	Choices     []Choice        `json:"choices"`
	Constraints []ConstraintRef `json:"constraints"`
	Repairs     []Repair        `json:"repairs"`
}

// Problem is a choice that cannot be read at all, or a part number that cannot be made.
type Problem struct {
	// Code is unknown_feature, unknown_option, duplicate_option, too_many_options,
	// too_few_options, not_a_number, out_of_range, bad_value or formula.
	Code    string `json:"code"`
	Feature string `json:"feature"`
	Text    string `json:"text"`
}

// Domain is what may still be chosen for a feature: options and booleans one by one,
// integers as ranges.
type Domain struct {
	Values []formula.Value
	Ranges []Range
}

// Range is a run of numbers: min, min + step, … max.
type Range struct {
	Min  decimal.Decimal `json:"min"`
	Max  decimal.Decimal `json:"max"`
	Step decimal.Decimal `json:"step"`
}

// MarshalJSON prints the ranges of an integer, else the values.
func (d Domain) MarshalJSON() ([]byte, error) {
	if d.Ranges != nil {
		return json.Marshal(d.Ranges)
	}
	if d.Values == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(d.Values)
}

// UnmarshalJSON reads what MarshalJSON printed.
func (d *Domain) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &d.Values) == nil {
		return nil
	}
	d.Values = nil
	return json.Unmarshal(data, &d.Ranges)
}

// State is the answer to a selection. It is not changed any more and may be shared.
type State struct {
	Complete   bool                           `json:"complete"` // every feature has a value, and nothing is wrong
	PartNumber string                         `json:"part_number,omitempty"`
	Values     map[string]Assigned            `json:"values"`
	Domains    map[string]Domain              `json:"domains"`
	Excluded   map[string]map[string]Conflict `json:"excluded,omitempty"` // by feature and value
	Conflicts  []Conflict                     `json:"conflicts"`
	Completion map[string]formula.Value       `json:"completion,omitempty"`
	Problems   []Problem                      `json:"problems,omitempty"`
	// Unverified are values, by feature, that are offered although the search came to
	// its limit before it found a configuration with them. There are none in models
	// of reasonable size.
	Unverified map[string][]formula.Value `json:"unverified,omitempty"`

	model   *Model
	at      *assignment
	derived []formula.Value
}

// Model returns the model that the state is of.
func (s *State) Model() *Model { return s.model }

// Lookup gives formulas that were compiled against the model's Env, or a Clone of it,
// the values of this state: no value for what is not decided, and for slots that are
// not the model's.
func (s *State) Lookup(slot int) formula.Value {
	if slot >= len(s.model.getters) {
		return formula.Value{}
	}
	for i := range s.model.derived {
		if s.model.derived[i].slot == slot {
			return s.derived[i]
		}
	}
	return s.model.getters[slot](s.at)
}

// Feature returns the value of a feature, attribute or derived value by its name.
func (s *State) Feature(name string) formula.Value {
	slot, ok := s.model.env.Slot(name)
	if !ok {
		return formula.Value{}
	}
	return s.Lookup(slot)
}

// OptionKeys returns, for each chosen option, the keys of its price records, most
// specific first: model/feature/option, feature/option, option; of a boolean that is
// true model/feature, feature.
func (s *State) OptionKeys() [][]string {
	var keys [][]string
	for i := range s.model.features {
		f := &s.model.features[i]
		switch v := f.value(s.at); {
		case f.Kind == KindBoolean && v.Bool():
			keys = append(keys, []string{s.model.ID() + "/" + f.ID, f.ID})
		case f.Kind == KindOption && v.Known():
			keys = append(keys, s.optionKeys(f, v.Text()))
		case f.Kind == KindSelect:
			for _, item := range v.List() {
				keys = append(keys, s.optionKeys(f, item.Text()))
			}
		}
	}
	return keys
}

func (s *State) optionKeys(f *feature, option string) []string {
	return []string{s.model.ID() + "/" + f.ID + "/" + option, f.ID + "/" + option, option}
}

// Open returns the features that have no value yet, in their order.
func (s *State) Open() []string {
	var open []string
	for i := range s.model.features {
		if _, ok := s.Values[s.model.features[i].ID]; !ok {
			open = append(open, s.model.features[i].ID)
		}
	}
	return open
}
