package formula

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"quotewright/internal/fault"
)

// attacks are formulas that stop a process that runs expr as it comes: endless loops,
// memory without bound, a stack that overflows.
var attacks = map[string]string{
	// a string that doubles nine hundred times
	"doubling":       `reduce(1..900, #acc + #acc, "` + strings.Repeat("x", 43) + `")`,
	"doubling, map":  `reduce(map(1..900, {"x"}), {#acc + #acc})`,
	"nested sums":    `sum(lines, {sum(lines, {sum(lines, {# + 1})})})`,
	"nested counts":  `count(1..1000, {count(1..1000, {# > 1}) > 1})`,
	"filter":         `filter(1..1e6, {# > 1})`,
	"map":            `map(1..1000000, # * 2)`,
	"predicates":     `all(lines, {any(lines, {none(lines, {one(lines, {# > 1})})})})`,
	"group":          `groupBy(lines, {#})`,
	"sort":           `sortBy(lines, {#})`,
	"find":           `find(1..1000000000, {# == 0})`,
	"range":          `1..1000000000`,
	"range, float":   `1..1e9`,
	"range in":       `5 in 1..1000000000`,
	"repeat":         `repeat("x", 1000000000)`,
	"repeat, nested": `repeat(repeat("x", 100000), 100000)`,
	"pattern":        `name matches "(a+)+$"`,
	"clock":          `now()`,
	"clock, nested":  `now().Year() > 2026`,
	"duration":       `duration("1h")`,
	"environment":    `$env`,
	"let":            `let a = list; a + a`,
	"sequence":       `list; list`,
	"pipe":           `list | abs()`,
	"pipe, loop":     `lines | map(# + 1) | sum()`,
	"closure":        `{# + 1}`,
	"pointer":        `#`,
	"optional":       `list?.amount`,
	"default":        `list ?? 1`,
	"slice":          `lines[0:1]`,
	"index":          `lines[0]`,
	"map literal":    `{"a": 1}`,
	"method":         `list.String()`,
	"power":          `9 ** 9 ** 9`,
	"power, ^":       `9 ^ 9`,
	"modulo":         `9 % 2`,
	"nil":            `list == nil`,
	"exponent":       `1e9999 + 1`,
	"bytes":          `b"abc"`,
	"get":            `get(list, "a")`,
	"json":           `toJSON(lines)`,
	"split":          `split("a,b", ",")`,
	// a parser that calls itself for each
	"parentheses":         strings.Repeat("(", 1_000_000),
	"parentheses, closed": strings.Repeat("(", 4000) + "1" + strings.Repeat(")", 4000),
	"brackets":            strings.Repeat("[", 65) + "1" + strings.Repeat("]", 65),
	"braces":              strings.Repeat("{", 8000),
	"hidden in a text":    `"` + strings.Repeat(`\"`, 10) + `"` + strings.Repeat("(", 100),
	"hidden in a comment": `/* " */ ` + strings.Repeat("(", 8000),
	"minus":               strings.Repeat("-", 8000) + "1",
	"not":                 strings.Repeat("not ", 2000) + "atex",
	"exclamation":         strings.Repeat("!", 8000) + "atex",
	"sums":                strings.Repeat("1+", 4000) + "1",
	"conditionals":        strings.Repeat("atex ? 1 : ", 700) + "1",
	"members":             "list" + strings.Repeat(".a", 4000),
	"long":                strings.Repeat(" ", MaxLength) + "1",
	"long name":           strings.Repeat("n", MaxLength-1),
	"long number":         strings.Repeat("9", 4000) + ".5",
	"large number":        strings.Repeat("9", 40),
	"long list":           "1 in [" + strings.Repeat("1,", 4000) + "1]",
}

// TestAttacks: each is refused when it is compiled, at once and in little memory.
func TestAttacks(t *testing.T) {
	s := shop().set("lines", OfNumbers(nil)).set("name", OfText("aaaa"))
	for name, text := range attacks {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			f, mistakes := Compile(s.env, Source{Text: text, At: fault.Position{Line: 1, Column: 1}}, Any)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if f != nil || len(mistakes) == 0 {
				t.Error("it is accepted")
			}
			if took > 500*time.Millisecond {
				t.Errorf("it took %s to refuse", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("it took %d MiB to refuse", used>>20)
			}
		})
	}
}

// TestLargestFormulas: what just fits within the limits is compiled and evaluated.
func TestLargestFormulas(t *testing.T) {
	s := shop()
	for name, text := range map[string]string{
		"parentheses":    strings.Repeat("(", MaxDepth) + "1" + strings.Repeat(")", MaxDepth),
		"quoted":         `count("` + strings.Repeat("(", 1000) + `")`,
		"sums":           strings.Repeat("1+", 200) + "1",
		"spaces":         strings.Repeat(" ", MaxLength-1) + "1",
		"forty digits":   strings.Repeat("9", 20) + "." + strings.Repeat("9", 20),
		"a long product": strings.Repeat("99*", 200) + "99",
	} {
		if v, err := s.eval(t, text); err != nil || !v.Known() {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

// TestGrowth: formulas that build on each other's values cannot grow without end.
func TestGrowth(t *testing.T) {
	for name, c := range map[string]struct {
		first Value
		text  string
	}{
		"texts":    {OfText(strings.Repeat("x", 100)), "v" + strings.Repeat("+v", 99)},
		"digits":   {OfInt(999_999_999), "v" + strings.Repeat("*v", 99)},
		"decimals": {OfNumber(number("0.0000000001")), "v" + strings.Repeat("*v", 99)},
	} {
		v := c.first
		refused := false
		for range 8 { // each round a hundredfold
			next, err := newScope().set("v", v).eval(t, c.text)
			if err != nil {
				refused = strings.Contains(err.Error(), "the result is too large")
				break
			}
			v = next
		}
		if !refused {
			t.Errorf("%s grow without end", name)
		}
	}
}
