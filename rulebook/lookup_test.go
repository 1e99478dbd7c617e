package rulebook

import (
	"strings"
	"testing"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

func lookupEnv(t *testing.T) *formula.Env {
	t.Helper()
	tables := map[string]*pricing.TableDefinition{}
	var mistakes fault.Mistakes
	for name, content := range map[string]string{
		"weight": "frame,value\nF1,84.50\nF2,131\n10,1\n",
		"colour": "atex,poles,value\ntrue,2,red\nfalse,2.0,grey\nfalse,4.50,\"grey, dark\"\n",
		"days":   "from,value\n2026-01-01,5\n",
		"mixed":  "size,value\nS,1\nM,n/a\n",
		"prices": "line.quantity >=,percent\n1,-5\n",
	} {
		r := &reader{file: name, mistakes: &mistakes}
		tables[name] = r.readTable(name, content)
	}
	env := formula.NewEnv()
	l := &loader{tables: tables}
	env.DeclareFunction("lookup", l.lookupTables().function())
	mistakes = append(mistakes, l.mistakes...)
	for name, kind := range map[string]formula.Kind{"frame": formula.Text, "atex": formula.Boolean, "poles": formula.Number, "day": formula.Date, "sizes": formula.Texts} {
		env.Declare(name, kind)
	}
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return env
}

func TestLookup(t *testing.T) {
	env := lookupEnv(t)
	values := map[string]formula.Value{"frame": formula.OfText("F1"), "atex": formula.OfBool(false), "poles": formula.OfInt(2)}
	lookup := func(slot int) formula.Value {
		for name, v := range values {
			if at, _ := env.Slot(name); at == slot {
				return v
			}
		}
		return formula.Value{}
	}
	for text, want := range map[string]string{
		`lookup("weight", frame)`:              "84.5",
		`lookup("weight", "F2") * 2`:           "262",
		`lookup("weight", "10") + 1`:           "2", // a code that looks like a number
		`lookup("colour", atex, poles)`:        "grey",
		`lookup("colour", false, 9 / 2)`:       "grey, dark",
		`lookup("colour", true, 2.00) + "!"`:   "red!",
		`lookup("mixed", "M")`:                 "n/a",
		`lookup("days", "2026-01-01")`:         "5",
		`lookup("days", date("2026-01-01"))`:   "5",
		`lookup("days", day) == 5 ? 1 : 0`:     "0", // a key without a value
		`lookup("weight", frame) > 80 ? 1 : 0`: "1",
	} {
		f, mistakes := formula.Compile(env, formula.Source{Text: text}, formula.Any)
		if f == nil {
			t.Errorf("%s: %v", text, mistakes)
			continue
		}
		if v, err := f.Eval(lookup); err != nil || v.String() != want {
			t.Errorf("%s = %s, %v, want %s", text, v, err, want)
		}
	}
}

func TestLookupMistakes(t *testing.T) {
	env := lookupEnv(t)
	at := fault.Position{File: "f", Line: 3, Column: 5}
	for text, want := range map[string]string{
		`1 + lookup("weihgt", frame)`:      `f:3:9: lookup: there is no look-up table weihgt; did you mean weight?`,
		`lookup("prices", 1)`:              `f:3:5: lookup: there is no tables/prices.csv whose last column is value`,
		`lookup(frame, frame)`:             `f:3:5: lookup: the first argument is the name of a table, in quotes`,
		`lookup("weight", frame, 2)`:       `f:3:5: lookup: table weight is looked up by frame, not by 2 keys`,
		`lookup("colour", atex)`:           `f:3:5: lookup: table colour is looked up by atex, poles, not by 1 key`,
		`lookup("weight", sizes)`:          `f:3:5: lookup: key frame of table weight is one value, not a list of texts`,
		`lookup("weight", 5)`:              `f:3:5: lookup: key frame of table weight is not a number`,
		`lookup("weight", frame) + "x"`:    `f:3:31: + needs a number, this is a text`,
		`lookup("mixed", frame) * 2`:       `f:3:5: * needs a number, this is a text`,
		`lookup(5, frame)`:                 `f:3:12: lookup needs a text, this is a number`,
		`lookup()`:                         `f:3:5: lookup takes at least 2 arguments, this has 0`,
		`lookup("weight", frame).x + true`: `f:3:29: only names such as customer.group can be looked into`,
	} {
		_, mistakes := formula.Compile(env, formula.Source{Text: text, At: at}, formula.Any)
		if len(mistakes) == 0 || !strings.Contains(mistakes.Error(), want) {
			t.Errorf("%s: %v, want %s", text, mistakes, want)
		}
	}
	f, _ := formula.Compile(env, formula.Source{Text: `1 + lookup("weight", frame)`, At: at}, formula.Number)
	_, err := f.Eval(func(int) formula.Value { return formula.OfText("F9") })
	if want := "f:3:9: lookup: table weight has no row for F9"; err == nil || err.Error() != want {
		t.Errorf("an unknown key: %v, want %s", err, want)
	}
}
