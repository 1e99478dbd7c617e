package quote

import (
	"cmp"
	"fmt"
	"slices"

	"quotewright/bom"
	"quotewright/catalog"
	"quotewright/configurator"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
	"quotewright/pricing"
	"quotewright/rulebook"
)

// EngineVersion names the way evaluations are made. It changes when the same request,
// Book and facts may give another result than before.
const EngineVersion = "2"

// Evaluate configures, explodes and prices a request. It is a pure function of its
// arguments and never fails: what is wrong with the request is in the messages, and
// lines that are right are priced all the same.
func Evaluate(book *rulebook.Book, snapshot *catalog.Snapshot, request Request) *Evaluation {
	return EvaluateTraced(book, snapshot, request, pricing.TraceNormal)
}

// EvaluateTraced is Evaluate with more or less of the why. The amounts are the same.
func EvaluateTraced(book *rulebook.Book, snapshot *catalog.Snapshot, request Request, trace pricing.Trace) *Evaluation {
	out := evaluate(book, catalog.NewView(snapshot), request, trace)
	out.facts = func() catalog.Facts {
		view := catalog.NewRecordingView(snapshot)
		evaluate(book, view, request, trace)
		return view.Facts()
	}
	return out
}

func evaluate(book *rulebook.Book, view *catalog.View, request Request, trace pricing.Trace) *Evaluation {
	r := &evaluator{book: book, view: view, request: request, trace: trace, seen: map[string]bool{},
		states: map[string]*configurator.State{}, shown: map[*configurator.State]*Configuration{}}
	r.out = &Evaluation{
		Versions: Versions{Rulebook: book.Hash(), Catalog: view.Version(), Engine: EngineVersion},
		Lines:    []EvaluatedLine{}, Steps: []Step{}, Approvals: []NeededApproval{}, Messages: []Message{},
	}
	r.header()
	r.lines, r.block, r.there = make([]*line, 0, len(request.Lines)), make([]line, len(request.Lines)), make([]Availability, len(request.Lines))
	r.out.Lines = make([]EvaluatedLine, 0, len(request.Lines))
	for i := range request.Lines {
		r.lines = append(r.lines, r.line(i))
	}
	if r.ready {
		r.price()
	}
	r.finish()
	return r.out
}

// evaluator is one evaluation on its way.
type evaluator struct {
	book     *rulebook.Book
	view     *catalog.View
	request  Request
	model    *pricing.SalesModel
	customer *catalog.Customer
	currency money.Currency
	inputs   map[string]formula.Value
	ready    bool // the header is right
	trees    *bom.Trees
	lines    []*line
	block    []line // what lines points to
	there    []Availability
	seen     map[string]bool
	states   map[string]*configurator.State // by model and selection: many lines choose the same
	shown    map[*configurator.State]*Configuration
	trace    pricing.Trace
	out      *Evaluation
}

// line is a line of the request with what was found out about it.
type line struct {
	index    int
	request  Line
	product  *catalog.Product
	quantity money.Num
	base     money.Num // quantity in base units
	unit     string
	inputs   map[string]formula.Value
	state    *configurator.State // nil: not configurable
	overlays []bom.CompiledOverlay
	made     bom.Result
	term     *pricing.Term
	failed   bool
}

// fail adds an error to a line, which is not priced then.
func (r *evaluator) fail(l *line, code, format string, args ...any) {
	m := Message{Severity: SeverityError, Code: code, Text: fmt.Sprintf(format, args...)}
	if l != nil {
		m.Line, l.failed = l.request.ID, true
	}
	r.out.Messages = append(r.out.Messages, m)
}

// header resolves what all lines share.
func (r *evaluator) header() {
	before := len(r.out.Messages)
	q := r.request
	var known bool
	if r.model, known = r.book.SalesModel(q.SalesModel); !known {
		r.fail(nil, "unknown_sales_model", "There is no sales model %q.", q.SalesModel)
	}
	if r.customer, known = r.view.Customer(q.Customer); !known {
		r.fail(nil, "unknown_customer", "There is no customer %q.", q.Customer)
	}
	if !q.Date.IsValid() {
		r.fail(nil, "bad_date", "The date is missing or is no day of the calendar.")
	}
	r.readCurrency()
	r.inputs = r.readInputs(nil, pricing.ScopeQuote, q.Inputs)
	if r.ready = len(r.out.Messages) == before; r.ready {
		r.trees = bom.TreesOf(r.view, q.Date, r.currency, r.book.Company)
	}
}

func (r *evaluator) readCurrency() {
	code := r.request.Currency
	if code == "" && r.customer != nil {
		code = r.customer.Currency
	}
	code = cmp.Or(code, r.book.Company.Code)
	r.out.Currency = code
	currency, err := money.ParseCurrency(code)
	if err != nil {
		r.fail(nil, "unknown_currency", "%s.", err)
		return
	}
	r.currency = currency
}

// line resolves one line: what it is, how many, with which inputs and which
// configuration, and what it is made of.
func (r *evaluator) line(i int) *line {
	l := &r.block[i]
	*l = line{index: i, request: r.request.Lines[i]}
	r.identify(l)
	if r.findProduct(l) {
		r.readQuantity(l)
		r.readTerm(l)
		r.configure(l)
	}
	l.inputs = r.readInputs(l, pricing.ScopeLine, l.request.Inputs)
	if r.ready && !l.failed {
		r.explode(l)
	}
	return l
}

func (r *evaluator) identify(l *line) {
	id := l.request.ID
	switch {
	case id == "":
		r.fail(l, "missing_line_id", "Line %d of the request has no id.", l.index+1)
	case r.seen[id]:
		r.fail(l, "duplicate_line", "The line id %q is there twice.", id)
	}
	r.seen[id] = true
}

// findProduct takes the SKU itself, else what it is another name for.
func (r *evaluator) findProduct(l *line) bool {
	sku := l.request.SKU
	product, known := r.view.Product(sku)
	if !known && sku != "" {
		if named, isAlias := r.view.SKU(sku, r.request.Customer, r.request.Date); isAlias {
			product, known = r.view.Product(named)
		}
	}
	if !known {
		r.fail(l, "unknown_sku", "There is no product %q.", sku)
		return false
	}
	l.product = product
	return true
}

// readInputs checks inputs against what the rulebook declares for a scope.
func (r *evaluator) readInputs(l *line, scope pricing.Scope, given map[string]formula.Value) map[string]formula.Value {
	if len(given) == 0 {
		return nil
	}
	inputs := map[string]formula.Value{}
	for _, id := range sortedKeys(given) {
		i := slices.IndexFunc(r.book.Schema().Inputs, func(d pricing.InputDefinition) bool { return d.Scope == scope && d.ID == id })
		if i < 0 {
			r.fail(l, "unknown_input", "There is no input %q for a %s.", id, scope)
			continue
		}
		kind := r.book.Schema().Inputs[i].Kind
		value, fits := asKind(given[id], kind)
		switch {
		case !given[id].Known(): // null: not entered
		case !fits:
			r.fail(l, "bad_input", "The input %s is %q, which is not a %s.", id, given[id], kind)
		default:
			inputs[id] = value
		}
	}
	return inputs
}

// asKind reads a value as JSON has it as the kind that is declared: a number or date
// may come as a text.
func asKind(v formula.Value, kind formula.Kind) (formula.Value, bool) {
	switch {
	case v.Kind() == kind:
		return v, v.Known()
	case v.Kind() == formula.Text || v.Kind() == formula.Number && kind == formula.Text:
		read := pricing.ParseValue(kind, v.String())
		return read, read.Known()
	}
	return v, false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// explode works out what a line is made of.
func (r *evaluator) explode(l *line) {
	l.made = bom.Explode(r.view, bom.Input{
		SKU: l.product.SKU, Quantity: l.base.Abs(), Date: r.request.Date, Currency: r.currency, Company: r.book.Company,
		State: l.state, Overlays: l.overlays, Sites: r.model.Sites,
		Trees: r.trees, Summary: r.trace == pricing.TraceNone && !r.model.PricesComponents(),
	})
	for _, p := range l.made.Problems {
		m := Message{Severity: SeverityError, Code: p.Code, Line: l.request.ID, Text: p.Text, Source: sourceOf(p.Source)}
		if p.Code == "missing_rate" { // only the cost is not known
			m.Severity = SeverityWarning
		} else {
			l.failed = true
		}
		r.out.Messages = append(r.out.Messages, m)
	}
}

func sourceOf(at fault.Position) *Source {
	if at == (fault.Position{}) {
		return nil
	}
	return &Source{File: at.File, Line: at.Line, Column: at.Column}
}

// price hands the lines to the sales model.
func (r *evaluator) price() {
	in := pricing.Input{Date: r.request.Date, End: r.request.End, Currency: r.currency, Customer: r.customer, Inputs: r.inputs, Language: r.request.Language,
		Trace: r.trace, Redeemed: map[string]pricing.Redemption{}, Lines: make([]pricing.Line, 0, len(r.lines))}
	for code, used := range r.request.Redeemed {
		in.Redeemed[code] = pricing.Redemption(used)
	}
	for _, l := range r.lines {
		in.Lines = append(in.Lines, r.priceLine(l))
	}
	result := r.model.Price(r.view, in)
	for _, m := range result.Messages {
		shown := Message{Severity: Severity(m.Severity), Code: m.Code, Line: m.Line, Text: m.Text}
		if m.Source != nil {
			shown.Source = sourceOf(*m.Source)
		}
		r.out.Messages = append(r.out.Messages, shown)
	}
	for i, l := range r.lines {
		r.out.Lines = append(r.out.Lines, r.show(l, &result.Lines[i]))
	}
	r.out.Totals = totalsOf(&result.Totals)
	if result.Steps != nil {
		r.out.Steps = result.Steps
	}
	for _, g := range result.FreeGoods {
		r.out.FreeGoods = append(r.out.FreeGoods, FreeGood{ID: g.ID, Line: g.Line, SKU: g.SKU, Quantity: g.Quantity.String(), Unit: g.Unit, Source: g.Source})
	}
	for _, c := range result.Coupons {
		r.out.Coupons = append(r.out.Coupons, Coupon(c))
	}
	for _, a := range result.Approvals {
		r.out.Approvals = append(r.out.Approvals, NeededApproval{ID: a.ID, Roles: a.Roles, Order: a.Order, Lines: a.Lines, Reason: a.Reason, ShowsCost: a.Cost})
	}
}

func (r *evaluator) priceLine(l *line) pricing.Line {
	p := pricing.Line{
		ID: l.request.ID, Product: l.product, Quantity: l.quantity, Unit: l.unit, BaseQuantity: l.base, Inputs: l.inputs,
		Requested: l.request.Requested, Optional: l.request.Optional, Skip: l.failed,
	}
	if l.failed {
		return p
	}
	p.Cost = l.made.Cost
	p.Term = l.term
	p.WeightKg = money.NumOf(l.product.WeightKg).Mul(p.BaseQuantity.Abs())
	if r.model.ReadsStock() {
		p.Stock = bom.Free(r.view, l.product.SKU, r.model.Sites)
	}
	if l.state != nil {
		p.Feature, p.Options = l.state.Feature, l.state.OptionKeys()
		if w := l.state.Feature("weight_kg"); w.Known() && w.Kind() == formula.Number {
			p.WeightKg = w.Num().Mul(p.BaseQuantity.Abs())
		}
	}
	if r.model.PricesComponents() {
		p.Components = r.parts(l)
	}
	return p
}

// parts returns the tree of what a line is made of, for steps that price components.
func (r *evaluator) parts(l *line) []pricing.Component {
	var parts []pricing.Component
	for _, c := range l.made.Components {
		if product, known := r.view.Product(c.SKU); known {
			parts = append(parts, pricing.Component{Product: product, Quantity: c.Quantity, Level: c.Level})
		}
	}
	return parts
}

// finish shows lines that were not priced because the header is wrong, and puts the
// messages in the order of the lines, those about the whole quote first.
func (r *evaluator) finish() {
	if !r.ready {
		for _, l := range r.lines {
			r.out.Lines = append(r.out.Lines, r.show(l, nil))
		}
	}
	place := map[string]int{}
	for _, l := range r.lines {
		if _, known := place[l.request.ID]; !known {
			place[l.request.ID] = l.index + 1
		}
	}
	slices.SortStableFunc(r.out.Messages, func(a, b Message) int { return cmp.Compare(place[a.Line], place[b.Line]) })
}
