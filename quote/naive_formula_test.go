package quote_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// expr is a formula of the small grammar that is drawn. A value is a dec, bool, string or
// catalog.Date; nil is no value. What has no value makes a comparison false and a
// calculation an error.
type expr interface {
	text() string
	eval(look func(name string) any) any // panics with a formulaError
}

type formulaError struct{ error }

var (
	errNoValue = formulaError{errors.New("no value")}
	errByZero  = formulaError{errors.New("division by zero")}
)

// inexactly is the name that a formula looks up when a division had no end.
const inexactly = "inexactly"

// evalIn evaluates and returns what went wrong as an error.
func evalIn(e expr, look func(string) any) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			wrong, is := r.(formulaError)
			if !is {
				panic(r)
			}
			err = wrong
		}
	}()
	return e.eval(look), nil
}

// holds evaluates a condition; none holds always.
func holds(e expr, look func(string) any) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := evalIn(e, look)
	yes, _ := v.(bool)
	return yes, err
}

type (
	literal  struct{ value any }
	variable string
	binary   struct {
		op   string
		a, b expr
	}
	negation struct{ a expr }
	choice   struct{ when, then, otherwise expr }
	call     struct {
		name string
		args []expr
	}
	oneOf struct {
		a    expr
		list []string
		not  bool
	}
)

func (l literal) text() string {
	switch v := l.value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case catalog.Date:
		return fmt.Sprintf("date(%q)", v.String())
	case dec:
		if v.Sign() < 0 {
			return "(0 - " + v.Neg().String() + ")"
		}
		return v.String()
	}
	return fmt.Sprint(l.value)
}

func (v variable) text() string { return string(v) }
func (b binary) text() string   { return "(" + b.a.text() + " " + b.op + " " + b.b.text() + ")" }
func (n negation) text() string { return "not (" + n.a.text() + ")" }
func (c choice) text() string {
	return "(" + c.when.text() + " ? " + c.then.text() + " : " + c.otherwise.text() + ")"
}

func (c call) text() string {
	var args []string
	for _, a := range c.args {
		args = append(args, a.text())
	}
	return c.name + "(" + strings.Join(args, ", ") + ")"
}

func (o oneOf) text() string {
	var list []string
	for _, s := range o.list {
		list = append(list, fmt.Sprintf("%q", s))
	}
	op := " in ["
	if o.not {
		op = " not in ["
	}
	return "(" + o.a.text() + op + strings.Join(list, ", ") + "])"
}

func (l literal) eval(func(string) any) any       { return l.value }
func (v variable) eval(look func(string) any) any { return look(string(v)) }

func (n negation) eval(look func(string) any) any {
	yes, _ := n.a.eval(look).(bool)
	return !yes
}

func (c choice) eval(look func(string) any) any {
	if yes, _ := c.when.eval(look).(bool); yes {
		return c.then.eval(look)
	}
	return c.otherwise.eval(look)
}

func (o oneOf) eval(look func(string) any) any {
	s, known := o.a.eval(look).(string)
	if !known {
		return o.not
	}
	for _, item := range o.list {
		if item == s {
			return !o.not
		}
	}
	return o.not
}

func (c call) eval(look func(string) any) any {
	var args []dec
	for _, a := range c.args {
		v := a.eval(look)
		if v == nil && (c.name == "min" || c.name == "max") {
			continue // they are of what there is
		}
		args = append(args, numberOf(v))
	}
	if len(args) == 0 {
		args = append(args, numberOf(nil))
	}
	switch c.name {
	case "min":
		return decimal.Min(args[0], args[1:]...)
	case "max":
		return decimal.Max(args[0], args[1:]...)
	case "abs":
		return args[0].Abs()
	case "round":
		return args[0].Round(int32(args[1].IntPart()))
	case "ceil":
		return args[0].Ceil()
	case "floor":
		return args[0].Floor()
	}
	panic("no such function " + c.name)
}

func numberOf(v any) dec {
	d, known := v.(dec)
	if !known {
		panic(errNoValue)
	}
	return d
}

func (b binary) eval(look func(string) any) any {
	switch b.op {
	case "and":
		x, _ := b.a.eval(look).(bool)
		if !x {
			return false
		}
		y, _ := b.b.eval(look).(bool)
		return y
	case "or":
		x, _ := b.a.eval(look).(bool)
		if x {
			return true
		}
		y, _ := b.b.eval(look).(bool)
		return y
	}
	x, y := b.a.eval(look), b.b.eval(look)
	if isComparison(b.op) {
		if x == nil || y == nil {
			return b.op == "!="
		}
		return compares(b.op, x, y)
	}
	m, n := numberOf(x), numberOf(y)
	switch b.op {
	case "+":
		return m.Add(n)
	case "-":
		return m.Sub(n)
	case "*":
		return m.Mul(n)
	case "/":
		if n.IsZero() {
			panic(errByZero)
		}
		q := m.DivRound(n, naivePlaces)
		if !q.Mul(n).Equal(m) {
			look(inexactly)
		}
		return q
	}
	panic("no such operator " + b.op)
}

func isComparison(op string) bool {
	switch op {
	case "==", "!=", "<", "<=", ">", ">=", "startsWith", "endsWith", "contains":
		return true
	}
	return false
}

// compares reports whether two values of one kind compare as the operator says.
func compares(op string, x, y any) bool {
	switch op {
	case "startsWith":
		return strings.HasPrefix(x.(string), y.(string))
	case "endsWith":
		return strings.HasSuffix(x.(string), y.(string))
	case "contains":
		return strings.Contains(x.(string), y.(string))
	}
	order := 0
	switch v := x.(type) {
	case dec:
		order = v.Cmp(y.(dec))
	case string:
		order = strings.Compare(v, y.(string))
	case catalog.Date:
		order = v.DaysSince(y.(catalog.Date))
	case bool:
		if v != y.(bool) {
			order = 1
		}
	}
	switch op {
	case "==", "":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}
