package quote

import (
	"math/bits"
	"strings"
	"time"
	"unicode/utf8"

	"quotewright/catalog"
	"quotewright/internal/formula"
	"quotewright/money"
)

// decodeFast reads a request in one pass over its text. It knows the requests that
// programs send: every field written once, with a value of its own type, and none left
// out that the API asks for. Anything else, right or wrong, is not ok: DecodeRequest reads
// it and says what is wrong with it.
//
// The texts of the request share one copy of the text.
func decodeFast(text []byte) (request Request, ok bool) {
	if !utf8.Valid(text) {
		return Request{}, false
	}
	d := fastDecoder{text: string(text)}
	d.request(&request)
	d.space()
	if d.odd || d.at != len(d.text) {
		return Request{}, false
	}
	return request, true
}

// fastDecoder goes through the text. Once something is odd, nothing that was read counts.
type fastDecoder struct {
	text string
	at   int
	odd  bool
}

// keys are the keys of an object that were read, a bit each.
type keys uint

// has reports whether all keys below n were read.
func (k keys) has(n int) bool { return bits.TrailingZeros(^uint(k)) >= n }

func (d *fastDecoder) request(r *Request) {
	const required = 3
	var seen keys
	d.object(func(key string) {
		switch key {
		case "sales_model":
			d.textOnce(&seen, 0, &r.SalesModel)
		case "customer":
			d.textOnce(&seen, 1, &r.Customer)
		case "lines":
			d.once(&seen, 2)
			d.lines(&r.Lines)
		case "currency":
			d.textOnce(&seen, 3, &r.Currency)
		case "date":
			d.dateOnce(&seen, 4, &r.Date)
		case "inputs":
			d.valuesOnce(&seen, 5, &r.Inputs)
		case "language":
			d.textOnce(&seen, 6, &r.Language)
		case "end":
			d.dateOnce(&seen, 7, &r.End)
		default:
			d.odd = true
		}
	})
	d.odd = d.odd || !seen.has(required)
}

func (d *fastDecoder) lines(lines *[]Line) {
	*lines = make([]Line, 0, min(strings.Count(d.text[d.at:], `"sku"`), MaxLines))
	d.list(func() {
		if len(*lines) == MaxLines {
			d.odd = true
			return
		}
		*lines = append(*lines, Line{})
		d.line(&(*lines)[len(*lines)-1])
	})
}

func (d *fastDecoder) line(l *Line) {
	const required = 3
	var seen keys
	d.object(func(key string) {
		switch key {
		case "id":
			d.textOnce(&seen, 0, &l.ID)
		case "sku":
			d.textOnce(&seen, 1, &l.SKU)
		case "quantity":
			d.once(&seen, 2)
			l.Quantity = d.quantity()
		case "unit":
			d.textOnce(&seen, 3, &l.Unit)
		case "configuration":
			d.valuesOnce(&seen, 4, &l.Configuration)
		case "inputs":
			d.valuesOnce(&seen, 5, &l.Inputs)
		case "requested":
			d.dateOnce(&seen, 6, &l.Requested)
		case "optional":
			d.once(&seen, 7)
			l.Optional = d.truth()
		case "start":
			d.dateOnce(&seen, 8, &l.Start)
		case "end":
			d.dateOnce(&seen, 9, &l.End)
		default: // months and ramps are rare
			d.odd = true
		}
	})
	d.odd = d.odd || !seen.has(required)
}

// once notes that a key was read.
func (d *fastDecoder) once(seen *keys, key int) {
	d.odd = d.odd || *seen&(1<<key) != 0
	*seen |= 1 << key
}

func (d *fastDecoder) textOnce(seen *keys, key int, into *string) {
	d.once(seen, key)
	*into = d.string()
}

func (d *fastDecoder) dateOnce(seen *keys, key int, into *catalog.Date) {
	d.once(seen, key)
	*into = d.date()
}

func (d *fastDecoder) valuesOnce(seen *keys, key int, into *map[string]formula.Value) {
	d.once(seen, key)
	values := map[string]formula.Value{}
	d.object(func(key string) {
		_, twice := values[key]
		d.odd = d.odd || twice
		values[key] = d.value()
	})
	*into = values
}

// value reads an input or an option.
func (d *fastDecoder) value() formula.Value {
	switch d.peek() {
	case '"':
		return formula.OfText(d.string())
	case 't', 'f':
		return formula.OfBool(d.truth())
	case '[':
		return d.texts()
	}
	number, err := money.Parse(d.number())
	d.odd = d.odd || err != nil
	return formula.OfNumber(number)
}

func (d *fastDecoder) texts() formula.Value {
	texts := []string{}
	d.list(func() { texts = append(texts, d.string()) })
	return formula.OfTexts(texts)
}

func (d *fastDecoder) quantity() Number {
	if d.peek() == '"' {
		return Number(d.string())
	}
	return Number(d.number())
}

// object reads the keys of an object; field reads the value of one.
func (d *fastDecoder) object(field func(key string)) {
	d.expect('{')
	if d.take('}') {
		return
	}
	for !d.odd {
		key := d.string()
		d.expect(':')
		field(key)
		if !d.take(',') {
			d.expect('}')
			return
		}
	}
}

// list reads a list; item reads one of its items.
func (d *fastDecoder) list(item func()) {
	d.expect('[')
	if d.take(']') {
		return
	}
	for !d.odd {
		item()
		if !d.take(',') {
			d.expect(']')
			return
		}
	}
}

// space goes to the next byte that is not white space.
func (d *fastDecoder) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\n', '\r', '\t':
			d.at++
		default:
			return
		}
	}
}

// peek returns the next byte that is not white space, 0 at the end.
func (d *fastDecoder) peek() byte {
	d.space()
	if d.at == len(d.text) {
		return 0
	}
	return d.text[d.at]
}

func (d *fastDecoder) take(b byte) bool {
	if d.peek() != b {
		return false
	}
	d.at++
	return true
}

func (d *fastDecoder) expect(b byte) {
	if !d.take(b) {
		d.odd = true
	}
}

// string reads a text without escapes.
func (d *fastDecoder) string() string {
	d.expect('"')
	if d.odd {
		return ""
	}
	start := d.at
	for ; d.at < len(d.text); d.at++ {
		switch b := d.text[d.at]; {
		case b == '"':
			d.at++
			return d.text[start : d.at-1]
		case b == '\\' || b < ' ':
			d.odd = true
			return ""
		}
	}
	d.odd = true
	return ""
}

// number reads the text of a number without an exponent.
func (d *fastDecoder) number() string {
	d.space()
	start := d.at
	if d.at < len(d.text) && d.text[d.at] == '-' {
		d.at++
	}
	whole := d.digits()
	if whole == 0 || whole > 1 && d.text[d.at-whole] == '0' {
		d.odd = true
	}
	if d.at < len(d.text) && d.text[d.at] == '.' {
		d.at++
		d.odd = d.odd || d.digits() == 0
	}
	return d.text[start:d.at]
}

// digits passes over digits and says how many.
func (d *fastDecoder) digits() int {
	start := d.at
	for d.at < len(d.text) && d.text[d.at]-'0' <= 9 {
		d.at++
	}
	return d.at - start
}

func (d *fastDecoder) truth() bool {
	d.space()
	rest := d.text[d.at:]
	switch {
	case strings.HasPrefix(rest, "true"):
		d.at += len("true")
		return true
	case strings.HasPrefix(rest, "false"):
		d.at += len("false")
		return false
	}
	d.odd = true
	return false
}

// date reads a day of the calendar.
func (d *fastDecoder) date() catalog.Date {
	s := d.string()
	if len(s) != len("2026-11-23") || s[4] != '-' || s[7] != '-' {
		d.odd = true
		return catalog.Date{}
	}
	part := func(from, to int) (n int) {
		for _, b := range []byte(s[from:to]) {
			d.odd = d.odd || b-'0' > 9
			n = 10*n + int(b-'0')
		}
		return n
	}
	day := catalog.Date{Year: part(0, 4), Month: time.Month(part(5, 7)), Day: part(8, 10)}
	// The 29th to the 31st are not in every month.
	d.odd = d.odd || day.Month < 1 || day.Month > 12 || day.Day < 1 || day.Day > 28 && !day.IsValid()
	return day
}
