package server

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quotewright/configurator"
	"quotewright/internal/formula"
	"quotewright/quote"
)

// operation is one entry of the API: how it is called, who may, and what the document
// says about it.
type operation struct {
	id, method, path string
	tag              string
	summary          string
	description      string
	needs            Permission
	status           int   // of success; 0 is 200
	errors           []int // besides 400, 401, 403, 415, 422, 500 and 503
}

// register puts an operation into the router and the document. The handler's errors
// become problems here.
func register[I, O any](s *Server, api huma.API, op operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(api, s.declare(op), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		return out, nil
	})
}

// registerRaw is register for an operation that reads its request and writes its answer
// itself; I and O are what the document says about them.
func registerRaw[I, O any](s *Server, api huma.API, op operation, handle func(context.Context, *fiber.Ctx) error) {
	declared := s.declare(op)
	declared.Middlewares = append(declared.Middlewares, func(ctx huma.Context, _ func(huma.Context)) {
		if err := handle(ctx.Context(), humafiber.Unwrap(ctx)); err != nil {
			s.refuse(ctx, err)
		}
	})
	huma.Register(api, declared, func(context.Context, *I) (*O, error) {
		panic("the middleware answers every request of " + op.id)
	})
}

// declare is the part of an operation that the document and the router share.
func (s *Server) declare(op operation) huma.Operation {
	declared := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag},
		Summary: op.summary, Description: op.description, DefaultStatus: op.status,
		MaxBodyBytes: -1, BodyReadTimeout: -1, // fiber has read the body already, within its own limits
		Errors: append([]int{http.StatusServiceUnavailable}, op.errors...),
	}
	if op.method != http.MethodGet {
		declared.Errors = append(declared.Errors, http.StatusBadRequest, http.StatusUnprocessableEntity,
			http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.needs != Public {
		declared.Errors = append(declared.Errors, http.StatusUnauthorized, http.StatusForbidden)
		declared.Security = []map[string][]string{{"bearer": {}}}
		declared.Middlewares = huma.Middlewares{s.guard(op.needs)}
	}
	return declared
}

// apiConfig describes the API as a whole. Schemas are named after the noun, with the
// package in front where two packages have the same noun.
func apiConfig(version string) huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	anything := reflect.TypeFor[any]()
	// These decode themselves exactly: a number may be written as a string or as a JSON number.
	registry.RegisterTypeAlias(reflect.TypeFor[formula.Value](), anything)
	registry.RegisterTypeAlias(reflect.TypeFor[quote.Number](), anything)
	// Values one by one, or ranges.
	registry.RegisterTypeAlias(reflect.TypeFor[configurator.Domain](), reflect.TypeFor[[]any]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Quotewright", Version: version,
				Description: "Configure, price, quote. Amounts and quantities are strings; dates are ISO 8601. " +
					"Errors are problem details (RFC 9457) with a `code` and every mistake with its place.",
			},
			Tags: apiTags,
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "An API key `qw_…` or the token of POST /v1/session."},
				},
			},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

var apiTags = []*huma.Tag{
	{Name: "Evaluation", Description: "Configure and price without storing anything."},
	{Name: "Quotes", Description: "The life of a quote."},
	{Name: "Orders", Description: "Orders of accepted quotes."},
	{Name: "Catalog", Description: "The replica of the ERP."},
	{Name: "Rulebooks", Description: "Check and publish rules."},
	{Name: "Session", Description: "Who is calling."},
}

func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	room := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:]
	switch {
	case t.Name() == "" || room == "server" || room == "quote" || room == "pricing": // a quote shows the steps of pricing
		return name
	case strings.HasPrefix(strings.ToLower(name), room):
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// body is the output of most operations.
type body[T any] struct{ Body T }

func reply[T any](v T) *body[T] { return &body[T]{Body: v} }

// tagged is an output with the version that an edit must name.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"Send it back as If-Match to edit."`
	Body T
}

// List is one page of a listing.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"Give it as after to get the next page; empty at the end."`
}

func list[T any](items []T, next string) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items, Next: next}
}

// Paging holds the parameters of every listing.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" doc:"Where the previous page ended."`
}
