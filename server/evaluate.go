package server

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/shopspring/decimal"

	"quotewright/catalog"
	"quotewright/pricing"
	"quotewright/quote"
)

// evaluateInput is what POST /v1/evaluate takes, for the document.
type evaluateInput struct {
	Trace quote.Trace `query:"trace" enum:"none,normal,full" default:"normal" doc:"How much of the reasons is in the answer: none (amounts alone: no steps, components or domains), normal, or full (what of long lists does not apply, too)."`
	Body  quote.Request
}

// evaluate configures and prices a request. Without a date it is priced for today: the
// clock is the server's, never the rules'.
//
// It is the one operation that reads and writes its bodies itself: a quote of a thousand
// lines is read once, and its answer goes into the buffer that is sent.
func (s *Server) evaluate(ctx context.Context, c *fiber.Ctx) error {
	trace, err := evaluateQuery(c)
	if err != nil {
		return err
	}
	if !isJSON(c.Request().Header.ContentType()) {
		return newProblem(http.StatusUnsupportedMediaType, validationTexts[http.StatusUnsupportedMediaType])
	}
	request, err := quote.ParseRequest(c.Request().Body())
	if err != nil {
		return bodyProblem(err)
	}
	s.date(&request)
	book, snapshot := s.Quotes.Current()
	start := time.Now()
	evaluation := quote.EvaluateTraced(book, snapshot, request, traces[trace])
	s.metrics.evaluate.Observe(time.Since(start).Seconds())
	age := int64(s.Replica.Age().Seconds())
	evaluation.CatalogAgeSeconds = &age

	response := c.Response()
	response.Header.SetContentType(fiber.MIMEApplicationJSON)
	show := quote.Shown{Costs: may(actor(ctx), SeeMargin), Trace: trace != quote.TraceNone}
	response.SwapBody(quote.AppendJSON(response.SwapBody(nil)[:0], evaluation, show))
	return nil
}

var traces = map[quote.Trace]pricing.Trace{quote.TraceNone: pricing.TraceNone, quote.TraceNormal: pricing.TraceNormal, quote.TraceFull: pricing.TraceFull}

// evaluateQuery reads the query of an evaluation, in which nothing else may be.
func evaluateQuery(c *fiber.Ctx) (quote.Trace, error) {
	trace, unknown := quote.TraceNormal, []error(nil)
	c.Request().URI().QueryArgs().All()(func(key, value []byte) bool {
		given := huma.ErrorDetail{Location: "query." + string(key), Value: string(value)}
		switch {
		case string(key) != "trace":
			given.Message, given.Value = "unknown query parameter", ""
			unknown = append(unknown, &given)
		case len(value) > 0:
			trace = quote.Trace(value)
			if trace != quote.TraceNone && trace != quote.TraceNormal && trace != quote.TraceFull {
				given.Message = `expected value to be one of "none, normal, full"`
				unknown = append(unknown, &given)
			}
		}
		return true
	})
	if unknown != nil {
		return "", validationProblem(http.StatusUnprocessableEntity, "", unknown)
	}
	return trace, nil
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
