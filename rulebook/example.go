package rulebook

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/shopspring/decimal"

	"quotewright/internal/fault"
)

// Example is an admin's own test: a request and what must come out.
type Example struct {
	Name    string
	At      fault.Position
	Request json.RawMessage
	Expect  Expectation
}

// Expectation holds only what the example names; nil is not compared.
type Expectation struct {
	Lines     map[string]LineExpectation
	Steps     map[string]decimal.Decimal // of the whole quote
	Totals    map[string]decimal.Decimal
	FreeGoods *[]string // "4 SEAL": quantity and SKU of each
	Approvals *[]string
	Reasons   map[string]string // of approvals
	Errors    *[]string         // codes of error messages
	Warnings  *[]string         // codes of warnings
}

// LineExpectation is what must come out for a line.
type LineExpectation struct {
	At         fault.Position
	Figures    map[string]decimal.Decimal // net, unit_price …, guidance/floor …, recurring/annual …
	Position   string                     // of the net among the guidance
	Period     string                     // of what recurs
	PartNumber *string
	Steps      map[string]decimal.Decimal
	Verdicts   map[string]string            // by step
	Records    map[string]string            // the record or entry that each step's amount is from
	Lost       map[string]map[string]string // by step: what lost, and why
	Charges    map[string]decimal.Decimal   // all of them, by their first day
	Components map[string]decimal.Decimal   // quantity by SKU
	Errors     *[]string
	Messages   map[string]string // text by code
}

// totals are the totals that an example can name, figures those of a line.
var (
	totals = []string{"list", "discount", "discount_percent", "net", "tax", "gross", "cost", "margin", "margin_percent", "one_off", "recurring",
		"tcv", "arr"}
	figures  = []string{"net", "unit_price", "list", "discount", "discount_percent", "tax", "gross", "cost", "margin", "margin_percent"}
	guidance = []string{"floor", "target", "stretch"}
	terms    = []string{"per_period", "annual"}
)

// examples reads examples/NAME.yaml.
func (r *reader) examples(n *node, sales []string) []Example {
	var all []Example
	o, ok := r.object(n, "a file of examples")
	if !ok {
		return nil
	}
	o.need("examples")
	o.objects("examples", func(e *object) {
		r.knownSalesModel(e, sales)
		all = append(all, r.example(e))
	})
	o.done()
	return all
}

func (r *reader) example(e *object) Example {
	x := Example{Name: e.required("name"), At: e.at}
	if n := e.get("request"); n != nil && r.isMapping(n, "request") {
		x.Request = request(n)
	} else if !e.has("request") {
		r.fail(e.at, "request is missing")
	}
	if n := e.get("expect"); n != nil {
		if o, ok := r.object(n, "expect"); ok {
			x.Expect = r.expectation(o)
		}
	} else if !e.has("expect") {
		r.fail(e.at, "expect is missing")
	}
	return x
}

// knownSalesModel checks the one name of a request that the rulebook itself knows.
func (r *reader) knownSalesModel(e *object, sales []string) {
	request := e.node.get("request")
	if request == nil {
		return
	}
	n := request.get("sales_model")
	if n == nil || n.kind != scalar {
		return
	}
	if !slices.Contains(sales, n.text) {
		r.fail(n.at, "unknown sales model %s: there is no sales-models/%s.yaml", n.text, n.text)
	}
}

func (r *reader) isMapping(n *node, what string) bool {
	_, ok := r.object(n, what)
	return ok
}

func (r *reader) expectation(o *object) Expectation {
	x := Expectation{Lines: map[string]LineExpectation{}, Steps: o.decimals("steps"), Totals: o.decimals("totals"), FreeGoods: o.codes("free_goods"),
		Approvals: o.codes("approvals"), Reasons: o.phrases("reasons"), Errors: o.codes("errors"), Warnings: o.codes("warnings")}
	if n := o.get("totals"); n != nil {
		for _, f := range n.fields {
			if !slices.Contains(totals, f.key) {
				r.fail(f.at, "there is no total %s", f.key)
			}
		}
	}
	o.children("lines", func(f field) {
		if l, ok := r.object(f.value, "line "+f.key); ok {
			x.Lines[f.key] = r.lineExpectation(l)
		}
	})
	o.done()
	return x
}

func (r *reader) lineExpectation(o *object) LineExpectation {
	x := LineExpectation{At: o.at, Figures: map[string]decimal.Decimal{}, Steps: o.decimals("steps"), Verdicts: o.phrases("verdicts"),
		Records: o.phrases("records"), Lost: o.lost("lost"), Charges: o.decimals("charges"), Components: o.decimals("components"),
		Errors: o.codes("errors"), Messages: o.phrases("messages")}
	o.figures("", figures, x.Figures)
	x.Position = o.below("guidance", guidance, "position", x.Figures)
	x.Period = o.below("recurring", terms, "period", x.Figures)
	if n := o.get("part_number"); n != nil && r.scalar(n, "part_number") {
		x.PartNumber = &n.text
	}
	if n := o.get("verdicts"); n != nil {
		for _, f := range n.fields {
			if !slices.Contains([]string{"applied", "lost", "not_applicable"}, f.value.text) {
				r.fail(f.value.at, "a verdict is applied, lost or not_applicable, not %q", f.value.text)
			}
		}
	}
	o.done()
	return x
}

// figures reads the figures that are there; where says below which key.
func (o *object) figures(where string, names []string, into map[string]decimal.Decimal) {
	for _, name := range names {
		if d := o.decimal(name); d != nil {
			into[where+name] = *d
		}
	}
}

// below reads the mapping of a key: figures, and one word.
func (o *object) below(key string, names []string, word string, into map[string]decimal.Decimal) string {
	n := o.get(key)
	if n == nil {
		return ""
	}
	m, ok := o.object(n, key)
	if !ok {
		return ""
	}
	m.figures(key+"/", names, into)
	text := m.name(word).Text
	m.done()
	return text
}

// phrases reads a mapping of names to texts.
func (o *object) phrases(key string) map[string]string {
	n := o.get(key)
	if n == nil {
		return nil
	}
	m, ok := o.object(n, key)
	if !ok {
		return nil
	}
	all := map[string]string{}
	for _, f := range m.node.fields {
		if o.scalar(f.value, f.key) {
			all[f.key] = f.value.text
		}
	}
	return all
}

// lost reads a mapping of steps to what lost in them, with the reasons.
func (o *object) lost(key string) map[string]map[string]string {
	n := o.get(key)
	if n == nil {
		return nil
	}
	m, ok := o.object(n, key)
	if !ok {
		return nil
	}
	all := map[string]map[string]string{}
	for _, f := range m.node.fields {
		all[f.key] = m.phrases(f.key)
	}
	return all
}

// decimals reads a mapping of names to exact numbers.
func (o *object) decimals(key string) map[string]decimal.Decimal {
	n := o.get(key)
	if n == nil {
		return nil
	}
	m, ok := o.object(n, key)
	if !ok {
		return nil
	}
	all := map[string]decimal.Decimal{}
	for _, f := range m.node.fields {
		if d := m.decimal(f.key); d != nil {
			all[f.key] = *d
		}
	}
	return all
}

// codes reads a list of words; an empty list is not the same as none.
func (o *object) codes(key string) *[]string {
	if o.get(key) == nil {
		return nil
	}
	words := []string{}
	for _, n := range o.names(key) {
		words = append(words, n.Text)
	}
	return &words
}

// requestTexts are the keys of a request and of its lines whose values are texts,
// however they look.
var requestTexts = []string{"id", "sku", "customer", "unit", "sales_model", "currency", "language"}

// request turns the request of an example into JSON, with numbers as they are written.
func request(n *node) json.RawMessage {
	var out bytes.Buffer
	writeJSON(&out, n, func(key string) bool { return slices.Contains(requestTexts, key) })
	return out.Bytes()
}

// writeJSON writes a node; asText says which keys of its mappings hold texts.
func writeJSON(out *bytes.Buffer, n *node, asText func(key string) bool) {
	switch n.kind {
	case nothing:
		out.WriteString("null")
	case mapping:
		open := byte('{')
		for _, f := range n.fields {
			out.WriteByte(open)
			open = ','
			out.WriteString(quote(f.key) + ":")
			switch {
			case asText(f.key) && f.value.kind == scalar:
				out.WriteString(quote(f.value.text))
			case f.key == "lines":
				writeJSON(out, f.value, asText)
			default:
				writeJSON(out, f.value, func(string) bool { return false })
			}
		}
		if len(n.fields) == 0 {
			out.WriteByte('{')
		}
		out.WriteByte('}')
	case list:
		open := byte('[')
		for _, item := range n.items {
			out.WriteByte(open)
			open = ','
			writeJSON(out, item, asText)
		}
		if len(n.items) == 0 {
			out.WriteByte('[')
		}
		out.WriteByte(']')
	default:
		out.WriteString(scalarJSON(n))
	}
}

func scalarJSON(n *node) string {
	if n.isPlain("true", "false") {
		return n.text
	}
	if d, err := number(n.text); err == nil && n.style == plain {
		return d.StringFixed(max(0, -d.Exponent()))
	}
	return quote(n.text)
}

func quote(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(quoted)
}
