package server

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/pricing"
	"quotewright/quote"
)

// evaluate configures and prices a request. Without a date it is priced for today: the
// clock is the server's, never the rules'.
func (s *Server) evaluate(ctx context.Context, in *struct{ Body quote.Request }) (*body[*quote.Evaluation], error) {
	s.date(&in.Body)
	book, snapshot := s.Quotes.Current()
	start := time.Now()
	evaluation := quote.Evaluate(book, snapshot, in.Body)
	s.metrics.evaluate.Observe(time.Since(start).Seconds())
	age := int64(s.Replica.Age().Seconds())
	evaluation.CatalogAgeSeconds = &age
	return reply(showEvaluation(ctx, evaluation)), nil
}

// date sets the day of a request that names none.
func (s *Server) date(r *quote.Request) {
	if r.Date.IsZero() {
		r.Date = catalog.DateOf(s.Now())
	}
}

// SalesModel is a way of selling and what may be entered in it.
type SalesModel struct {
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Inputs []SalesInput `json:"inputs" nullable:"false"`
}

// SalesInput is something a rep may enter on the quote or on its lines.
type SalesInput struct {
	Scope string           `json:"scope" enum:"line,quote"`
	ID    string           `json:"id"`
	Title string           `json:"title"`
	Type  string           `json:"type" enum:"number,text,boolean,date"`
	Min   *decimal.Decimal `json:"min,omitempty"`
	Max   *decimal.Decimal `json:"max,omitempty"`
}

func (s *Server) listSalesModels(context.Context, *struct{}) (*body[List[SalesModel]], error) {
	book := s.Rules.Book()
	var models []SalesModel
	for _, m := range book.SalesModels() {
		shown := SalesModel{ID: m.ID, Title: m.Title, Inputs: []SalesInput{}}
		for _, in := range m.Inputs() {
			shown.Inputs = append(shown.Inputs, salesInput(m, in))
		}
		models = append(models, shown)
	}
	return reply(list(models, "")), nil
}

func salesInput(m *pricing.SalesModel, in pricing.InputDefinition) SalesInput {
	shown := SalesInput{Scope: string(in.Scope), ID: in.ID, Title: in.Title, Type: in.Kind.String()}
	for _, step := range m.Definition.Procedure {
		if step.Input.Text == in.ID {
			shown.Min, shown.Max = step.Min, step.Max
		}
	}
	return shown
}
