package formula

import (
	"strings"
	"testing"

	"github.com/golang-sql/civil"
	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
)

// scope is an environment with values, as the tests use it. A name without a value has
// the value None.
type scope struct {
	env    *Env
	values map[int]Value
}

func newScope() *scope { return &scope{env: NewEnv(), values: map[int]Value{}} }

func (s *scope) set(name string, v Value) *scope {
	s.values[s.env.Declare(name, v.Kind())] = v
	return s
}

func (s *scope) lookup(slot int) Value { return s.values[slot] }

func (s *scope) eval(t testing.TB, text string) (Value, error) {
	t.Helper()
	f, mistakes := Compile(s.env, Source{Text: text, At: start}, Any)
	if f == nil {
		t.Fatalf("%s: %v", text, mistakes)
	}
	return f.Eval(s.lookup)
}

var start = fault.Position{File: "f", Line: 1, Column: 1}

// shop is a scope with a value of every kind.
func shop() *scope {
	number := decimal.RequireFromString
	return newScope().
		set("list", OfNumber(number("1250.50"))).
		set("line.quantity", OfInt(12)).
		set("line.weight", None(Number)).
		set("customer.group", OfText("distributor")).
		set("customer.region", None(Text)).
		set("customer.exempt", None(Boolean)).
		set("quote.date", OfDate(civil.Date{Year: 2026, Month: 3, Day: 1})).
		set("quote.requested", None(Date)).
		set("atex", OfBool(true)).
		set("motor", OfText("M20")).
		set("accessories", OfTexts([]string{"gauge", "vfd"})).
		set("none", OfTexts(nil)).
		set("accessories.power_kw", OfNumbers([]decimal.Decimal{number("1.5"), number("0.5")})).
		set("Größe", OfInt(7))
}

// TestEval: what formulas mean.
func TestEval(t *testing.T) {
	s := shop()
	for text, want := range map[string]string{
		// exact numbers
		`0.1 + 0.2 == 0.3`:        "true",
		`0.1 + 0.2`:               "0.3",
		`1 - 0.075`:               "0.925",
		`5 / 100`:                 "0.05",
		`list * (1 - 0.05)`:       "1187.975",
		`1_000.50`:                "1000.5",
		`.5 + 1`:                  "1.5",
		`1 / 3`:                   "0.33333333333333333333",
		`1 / 3 * 3`:               "0.99999999999999999999",
		`10 - 4 - 3`:              "3",
		`2 + 3 * 4`:               "14",
		`-list`:                   "-1250.5",
		`- (2 + 3)`:               "-5",
		`+list - -1`:              "1251.5",
		`9223372036854775807 + 1`: "9223372036854775808",
		`0.00000000000000000001 * 0.00000000000000000001`:                      "0.0000000000000000000000000000000000000001",
		`12345678901234567890123456789.5 + 0.5`:                                "12345678901234567890123456790",
		`12345678901234567.89012345678 * 100 == 1234567890123456789.012345678`: "true",
		// comparisons and logic
		`line.quantity >= 12 and line.quantity <= 12`: "true",
		`line.quantity > 12 or line.quantity < 12`:    "false",
		`1 < line.quantity < 20`:                      "true",
		`not atex`:                                    "false",
		`!atex || atex && true`:                       "true",
		`customer.group == "distributor"`:             "true",
		`customer.group != 'distributor'`:             "false",
		`customer.group startsWith "dist"`:            "true",
		`customer.group endsWith "tor"`:               "true",
		`customer.group contains "trib"`:              "true",
		`motor in ["M10", "M20"]`:                     "true",
		`motor not in ["M10", "M20"]`:                 "false",
		`line.quantity in [10, 12.0]`:                 "true",
		`"vfd" in accessories`:                        "true",
		`accessories contains "cover"`:                "false",
		`accessories == ["gauge", "vfd"]`:             "true",
		`quote.date >= date("2026-03-01")`:            "true",
		`quote.date < date("2026-03-01")`:             "false",
		`quote.date == date("2026-03-01")`:            "true",
		// texts, conditionals, functions
		`motor + "-" + customer.group`:                 "M20-distributor",
		`atex ? "X" : ""`:                              "X",
		`line.quantity > 20 ? 1 : atex ? 2 : 3`:        "2",
		`sum(1, accessories.power_kw, 0.25)`:           "3.25",
		`sum(list)`:                                    "1250.5",
		`count(accessories)`:                           "2",
		`count(atex, not atex, motor, none)`:           "2",
		`min(3, accessories.power_kw)`:                 "0.5",
		`max(3, accessories.power_kw)`:                 "3",
		`abs(-2.5)`:                                    "2.5",
		`ceil(2.1) + floor(2.9)`:                       "5",
		`ceil(-2.1)`:                                   "-2",
		`round(2.5, 0)`:                                "3",
		`round(-2.5, 0)`:                               "-3",
		`round(1250.55, -2)`:                           "1300",
		`round(1.005, 2)`:                              "1.01",
		`upper("é") + lower("É")`:                      "Éé",
		`Größe * 2`:                                    "14",
		"`back \\ quotes` + 'a\\'b'":                   `back \ quotesa'b`,
		`date("2026-03-01") == quote.date ? "y" : "n"`: "y",
	} {
		if v, err := s.eval(t, text); err != nil || v.String() != want {
			t.Errorf("%s = %s, %v, want %s", text, v, err, want)
		}
	}
}

// TestMissingValues: comparing what has no value is false, its negation true, and
// calculating with it an error that names it.
func TestMissingValues(t *testing.T) {
	s := shop()
	for text, want := range map[string]string{
		`line.weight > 5`:                          "false",
		`line.weight <= 5`:                         "false",
		`not (line.weight > 5)`:                    "true",
		`line.weight == 5`:                         "false",
		`line.weight != 5`:                         "true",
		`line.weight == line.weight`:               "false",
		`customer.region == "TW"`:                  "false",
		`customer.region != "TW"`:                  "true",
		`customer.region in ["TW"]`:                "false",
		`customer.region not in ["TW"]`:            "true",
		`customer.region startsWith ""`:            "false",
		`customer.region contains ""`:              "false",
		`customer.exempt`:                          "",
		`not customer.exempt`:                      "true",
		`customer.exempt or atex`:                  "true",
		`customer.exempt and atex`:                 "false",
		`customer.exempt ? 1 : 2`:                  "2",
		`quote.requested < quote.date`:             "false",
		`upper(customer.region)`:                   "",
		`date(customer.region) == quote.date`:      "false",
		`sum(line.weight, 3)`:                      "3",
		`count(line.weight, customer.region)`:      "0",
		`min(line.weight, 3)`:                      "3",
		`atex ? 5 : line.weight * 2`:               "5", // what is not needed is not computed
		`atex or line.weight * 2 > 5`:              "true",
		`not atex and line.weight * 2 > 5`:         "false",
		`none == none and count(none) == 0`:        "true",
		`"a" in none or none contains "a"`:         "false",
		`line.weight > 5 or line.quantity == 12.0`: "true",
	} {
		if v, err := s.eval(t, text); err != nil || v.String() != want {
			t.Errorf("%s = %q, %v, want %q", text, v, err, want)
		}
	}
	for text, want := range map[string]string{
		`1 + line.weight`:           "f:1:5: line.weight has no value",
		`line.weight * 2`:           "f:1:1: line.weight has no value",
		`-line.weight`:              "f:1:2: line.weight has no value",
		`"a" + customer.region`:     "f:1:7: customer.region has no value",
		`2 * (line.weight ? 1 : 2)`: "",
		`abs(line.weight)`:          "f:1:1: abs: an argument has no value",
		`round(list, line.weight)`:  "f:1:1: round: an argument has no value",
		`min(line.weight)`:          "f:1:1: min: an argument has no value",
		`max(line.weight)`:          "f:1:1: max: an argument has no value",
		`list / 0`:                  "f:1:6: division by zero",
		`list / (0.0 * list)`:       "f:1:6: division by zero",
		`round(list, 0.5)`:          "f:1:1: round: 0.5 is not a number of places between -12 and 12",
		`round(list, 13)`:           "f:1:1: round: 13 is not a number of places between -12 and 12",
		`date(motor) == quote.date`: `f:1:1: date: "M20" is not a date such as 2026-01-31`,
	} {
		if want == "" {
			continue
		}
		if v, err := s.eval(t, text); err == nil || err.Error() != want {
			t.Errorf("%s = %s, %v, want %s", text, v, err, want)
		}
	}
}

// TestMistakes: names and types are strict, and each mistake has its place. Columns
// count characters.
func TestMistakes(t *testing.T) {
	s := shop()
	s.env.Hide("quote.margin", "it is known only in approvals")
	s.env.Restrict("motor", []string{"M10", "M20", "M30"})
	s.env.Restrict("accessories", []string{"gauge", "vfd"})
	for text, want := range map[string]string{
		// names
		`lisst + 1`: "1:1: unknown name lisst; did you mean list?",
		`"é台🚀" == customer.group and lisst > 1.25`: "1:29: unknown name lisst; did you mean list?",
		`Größe + größe`:      "1:9: unknown name größe; did you mean Größe?",
		`line.quantty * 2`:   "1:1: unknown name line.quantty; did you mean line.quantity?",
		`customer == "x"`:    "1:1: customer is not a value; it has fields such as customer.exempt",
		`quote.margin > 5`:   "1:1: quote.margin cannot be used here: it is known only in approvals",
		`list.amount`:        "1:1: unknown name list.amount",
		`zzz`:                "1:1: unknown name zzz",
		`y`:                  "1:1: unknown name y",
		`foo(list) + abs(1)`: "1:1: unknown function foo",
		`aa + bb * cc`:       "1:1: unknown name aa\n1:6: unknown name bb\n1:11: unknown name cc",
		`foo(bar1)`:          "1:1: unknown function foo\n1:5: unknown name bar1",
		// values that cannot be
		`motor == "M2"`:                `1:10: motor is never "M2"; it is one of M10, M20, M30`,
		`"M40" != motor`:               `1:1: motor is never "M40"; did you mean "M10"?`,
		`motor in ["M10", "X"]`:        `1:18: motor is never "X"; it is one of M10, M20, M30`,
		`not ("cover" in accessories)`: `1:6: accessories is never "cover"; it is one of gauge, vfd`,
		`accessories contains "guage"`: `1:22: accessories is never "guage"; did you mean "gauge"?`,
		// types
		`list + "a"`:                       "1:8: + needs a number, this is a text",
		`"a" * 2 + true`:                   "1:1: * needs a number, this is a text",
		`motor == 5`:                       "1:7: == does not go between a text and a number",
		`motor < "b"`:                      "1:7: < does not go between a text and a text",
		`atex > 1`:                         "1:6: > does not go between a boolean and a number",
		`quote.date == "2026-03-01"`:       "1:12: == does not go between a date and a text",
		`quote.date - 1`:                   "1:1: - needs a number, this is a date",
		`list in accessories`:              "1:6: in does not go between a number and a list of texts",
		`"a" startsWith 5`:                 "1:16: startsWith needs a text, this is a number",
		`list and atex`:                    "1:1: and needs a boolean, this is a number",
		`not list`:                         "1:5: not needs a boolean, this is a number",
		`-motor`:                           "1:2: - needs a number, this is a text",
		`list ? 1 : 2`:                     "1:1: ? needs a boolean, this is a number",
		`atex ? 1 : "a"`:                   "1:12: the two outcomes differ: a number and a text",
		`[1, "a"]`:                         "1:5: this list needs a number, this is a text",
		`[]`:                               "1:1: the list is empty",
		`[true]`:                           "1:1: a list holds numbers or texts, not a boolean",
		`abs("a")`:                         "1:5: abs needs a number, this is a text",
		`abs(accessories.power_kw)`:        "1:5: abs needs a number, this is a list of numbers",
		`abs()`:                            "1:1: abs takes 1 argument, this has 0",
		`round(1)`:                         "1:1: round takes 2 arguments, this has 1",
		`sum()`:                            "1:1: sum takes at least 1 argument, this has 0",
		`sum(accessories)`:                 "1:5: sum needs a list of numbers, this is a list of texts",
		`date("2026-02-30") == quote.date`: `1:1: date: "2026-02-30" is not a date such as 2026-01-31`,
		// syntax
		``:                "1:1: the formula is empty",
		" \n\t":           "1:1: the formula is empty",
		`list +`:          "1:6: the formula ends too early",
		`(list`:           "1:5: the formula ends too early",
		`list list`:       `1:6: unexpected "list"`,
		`list = 5`:        `1:6: unexpected "="`,
		`"abc`:            "1:5: literal not terminated",
		"list +\n  lisst": "2: unknown name lisst; did you mean list?",
		"\xff":            "1:1: the formula is not valid UTF-8",
	} {
		f, mistakes := Compile(s.env, Source{Text: text, At: fault.Position{Line: 1, Column: 1}}, Any)
		if got := strings.ReplaceAll(strings.TrimPrefix(mistakes.Sort().Error(), ":"), "\n:", "\n"); got != want || f != nil {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestWantedKind: the place of a formula asks for a kind.
func TestWantedKind(t *testing.T) {
	s := shop()
	for text, kind := range map[string]Kind{`list`: Number, `motor`: Text, `atex`: Boolean, `quote.date`: Date, `accessories`: Texts, `[1, 2]`: Numbers} {
		for want := Any; want <= Texts; want++ {
			f, mistakes := Compile(s.env, Source{Text: text, At: start}, want)
			if ok := want == Any || want == kind; (f != nil) != ok {
				t.Errorf("%s as a %s: %v", text, want, mistakes)
			}
			if f != nil && (f.Kind() != kind || f.String() != text || f.Source().At != start) {
				t.Errorf("%s is a %s", text, f.Kind())
			}
		}
	}
}
