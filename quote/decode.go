package quote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"quotewright/internal/fault"
	"quotewright/internal/formula"
)

// Limits of a request. What is longer is fault.TooLarge.
const (
	MaxRequestBytes = 4 << 20
	MaxLines        = 20_000
	MaxRamp         = 1000 // entries of a line
	MaxMonths       = 1200 // of a term
)

// DecodeRequest reads one request, strictly: unknown fields, keys that are there twice
// and anything after its end are mistakes. All mistakes are in the error, each with its
// JSON pointer as the file of its position.
//
// What the service itself notes in a request, such as how often coupons have been used,
// is a mistake in one from outside; stored requests are read by encoding/json.
//
// A quantity, a line input or an option that makes no sense is no mistake here: it
// becomes a message on its line when the request is evaluated.
func DecodeRequest(r io.Reader) (Request, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxRequestBytes+1))
	if err != nil {
		return Request{}, fault.Wrap(err, fault.Unavailable, "unreadable", "The request cannot be read.")
	}
	if len(text) > MaxRequestBytes {
		return Request{}, fault.New(fault.TooLarge, "too_large", "A request has at most %d bytes.", MaxRequestBytes)
	}
	d := requestDecoder{json: json.NewDecoder(bytes.NewReader(text))}
	var request Request
	d.request(&request)
	return request, d.err()
}

// requestDecoder reads a request token by token, so that it knows where it is.
type requestDecoder struct {
	json     *json.Decoder
	mistakes fault.Mistakes
	fatal    error // nothing after it can be read
}

// fields say how the value of each key of an object is read.
type fields map[string]func(at string)

func (d *requestDecoder) request(r *Request) {
	d.object("", fields{
		"sales_model": d.into(&r.SalesModel), "customer": d.into(&r.Customer), "currency": d.into(&r.Currency),
		"date": d.into(&r.Date), "end": d.into(&r.End), "language": d.into(&r.Language),
		"inputs":   d.values(&r.Inputs),
		"lines":    func(at string) { d.lines(at, &r.Lines) },
		"redeemed": d.refuse("is counted by the service, and is not sent"),
	}, nil)
	if d.fatal != nil {
		return
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		d.mistake("", "there is something after the end of the request")
	}
}

func (d *requestDecoder) lines(at string, lines *[]Line) {
	*lines = list(d, at, fault.New(fault.TooLarge, "too_many_lines", "A request has at most %d lines.", MaxLines), MaxLines, d.line)
}

func (d *requestDecoder) line(at string) (l Line) {
	d.object(at, fields{
		"id": d.into(&l.ID), "sku": d.into(&l.SKU), "quantity": d.into(&l.Quantity), "unit": d.into(&l.Unit),
		"configuration": d.values(&l.Configuration), "inputs": d.values(&l.Inputs),
		"requested": d.into(&l.Requested), "optional": d.into(&l.Optional),
		"start": d.into(&l.Start), "end": d.into(&l.End), "months": d.months(&l.Months),
		"ramp": func(at string) { d.ramp(at, &l.Ramp) },
	}, nil)
	return l
}

func (d *requestDecoder) ramp(at string, ramp *[]Ramp) {
	tooMany := fault.New(fault.TooLarge, "too_many_quantities", "A line has at most %d quantities in its ramp.", MaxRamp)
	*ramp = list(d, at, tooMany, MaxRamp, func(at string) (r Ramp) {
		before := len(d.mistakes)
		d.object(at, fields{"from": d.into(&r.From), "quantity": d.into(&r.Quantity)}, nil)
		if r.From.IsZero() && len(d.mistakes) == before {
			d.mistake(at+"/from", "is missing")
		}
		return r
	})
}

// list reads a list; nil for null. More than most elements are too many.
func list[T any](d *requestDecoder, at string, tooMany *fault.Error, most int, read func(at string) T) []T {
	if !d.open(at, '[') {
		return nil
	}
	all := []T{}
	for i := 0; d.fatal == nil && d.json.More(); i++ {
		if i == most {
			d.fatal = tooMany
			return all
		}
		all = append(all, read(at+"/"+strconv.Itoa(i)))
	}
	d.close()
	return all
}

// months reads a whole number of months; 0 is none.
func (d *requestDecoder) months(into *int) func(string) {
	return func(at string) {
		var text json.RawMessage
		d.into(&text)(at)
		if text == nil || string(text) == "null" {
			return
		}
		n, err := strconv.Atoi(string(text))
		if err != nil || n < 0 || n > MaxMonths {
			d.mistake(at, "must be a whole number up to %d", MaxMonths)
			return
		}
		*into = n
	}
}

// refuse skips the value of a field that may not be sent.
func (d *requestDecoder) refuse(why string) func(string) {
	return func(at string) {
		d.mistake(at, "%s", why)
		var skipped json.RawMessage
		d.into(&skipped)(at)
	}
}

// values reads an object with any keys.
func (d *requestDecoder) values(into *map[string]formula.Value) func(string) {
	return func(at string) {
		*into = map[string]formula.Value{}
		d.object(at, nil, func(key, at string) {
			var v formula.Value
			d.into(&v)(at)
			(*into)[key] = v
		})
	}
}

// into reads a value that needs no looking into.
func (d *requestDecoder) into(target any) func(string) {
	return func(at string) {
		err := d.json.Decode(target)
		var syntax *json.SyntaxError
		var wrong *json.UnmarshalTypeError
		switch {
		case err == nil:
		case errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
			d.broken(at, err)
		case errors.As(err, &wrong):
			d.mistake(at, "must not be %s", article(wrong.Value))
		default:
			d.mistake(at, "%s", err)
		}
	}
}

func article(jsonType string) string {
	word, _, _ := strings.Cut(jsonType, " ")
	switch word {
	case "bool":
		return "true or false"
	case "object", "array":
		return "an " + word
	}
	return "a " + word
}

// object reads an object: known keys by their fields, others by any, or as mistakes.
func (d *requestDecoder) object(at string, known fields, any func(key, at string)) {
	if !d.open(at, '{') {
		return
	}
	seen := map[string]bool{}
	for d.fatal == nil && d.json.More() {
		token, err := d.json.Token()
		if err != nil {
			d.broken(at, err)
			return
		}
		key := token.(string) // More and no error inside an object: a key
		where := at + "/" + pointerEscaper.Replace(key)
		if seen[key] {
			d.mistake(where, "is there twice")
		}
		seen[key] = true
		switch read := known[key]; {
		case read != nil:
			read(where)
		case any != nil:
			any(key, where)
		default:
			d.refuse("is not a field of a request")(where)
		}
	}
	d.close()
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// open reads the start of an object or array. Anything else is skipped and a mistake;
// null is nothing at all.
func (d *requestDecoder) open(at string, delimiter json.Delim) bool {
	if d.fatal != nil {
		return false
	}
	token, err := d.json.Token()
	if err != nil {
		d.broken(at, err)
		return false
	}
	if token == delimiter {
		return true
	}
	if token == nil && at != "" {
		return false
	}
	d.mistake(at, "must be %s", map[json.Delim]string{'{': "an object", '[': "a list"}[delimiter])
	if _, is := token.(json.Delim); is {
		d.skip(at)
	}
	return false
}

// skip reads to the end of an object or array whose start was read.
func (d *requestDecoder) skip(at string) {
	for depth := 1; depth > 0; {
		token, err := d.json.Token()
		if err != nil {
			d.broken(at, err)
			return
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

// close reads the end of an object or array.
func (d *requestDecoder) close() {
	if d.fatal != nil {
		return
	}
	if _, err := d.json.Token(); err != nil {
		d.broken("", err)
	}
}

func (d *requestDecoder) mistake(at, format string, args ...any) {
	d.mistakes = append(d.mistakes, fault.Mistake{
		Position: fault.Position{File: at}, Code: "bad_request", Text: fmt.Sprintf(format, args...)})
}

// broken reports JSON that cannot be read any further.
func (d *requestDecoder) broken(at string, err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early")
	}
	d.mistake(at, "is not JSON at byte %d: %s", d.json.InputOffset(), err)
	d.fatal = fault.New(fault.Invalid, "bad_json", "The request is not JSON: %s.", err)
}

func (d *requestDecoder) err() error {
	var known *fault.Error
	switch {
	case errors.As(d.fatal, &known):
		known.Mistakes = d.mistakes
		return known
	case len(d.mistakes) == 0:
		return nil
	}
	refusal := fault.New(fault.Invalid, "bad_request", "The request has %d mistakes; the first: %s", len(d.mistakes), d.mistakes[0])
	refusal.Mistakes = d.mistakes
	return refusal
}
