package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quotewright/internal/fault"
)

// Problem is the answer to every request that does not succeed: problem details of
// RFC 9457 with a stable code for programs and every single mistake with its place.
// It never holds an internal cause.
type Problem struct {
	Title     string          `json:"title" doc:"The HTTP status in words."`
	Status    int             `json:"status"`
	Detail    string          `json:"detail,omitempty" doc:"What is wrong, for people."`
	Code      string          `json:"code" doc:"What is wrong, for programs: stable, snake_case."`
	Errors    []ProblemDetail `json:"errors,omitempty" doc:"Every mistake with its place."`
	RequestID string          `json:"request_id,omitempty" doc:"Names the request in the server's log."`
}

// ProblemDetail is one mistake of a request.
type ProblemDetail struct {
	Location string `json:"location,omitempty" doc:"A path in the request such as body.lines[0].sku, or file:line:column in a rulebook."`
	Message  string `json:"message"`
	Value    any    `json:"value,omitempty" doc:"What was found there, when it is short."`
}

// Error returns the public text.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status; huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the media type of problem details; huma asks for it.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// status maps a kind of error to its HTTP status. It is the only place that does.
func status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Stale:
		return http.StatusPreconditionFailed
	case fault.PreconditionRequired:
		return http.StatusPreconditionRequired
	case fault.Denied:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// codes are the problem codes of requests that are refused before an operation sees them.
var codes = map[int]string{
	http.StatusBadRequest:                  "bad_json",
	http.StatusUnauthorized:                "unauthenticated",
	http.StatusForbidden:                   "denied",
	http.StatusNotFound:                    "not_found",
	http.StatusMethodNotAllowed:            "method_not_allowed",
	http.StatusNotAcceptable:               "not_acceptable",
	http.StatusRequestTimeout:              "timeout",
	http.StatusRequestEntityTooLarge:       "too_large",
	http.StatusUnsupportedMediaType:        "unsupported_media_type",
	http.StatusUnprocessableEntity:         "invalid",
	http.StatusRequestHeaderFieldsTooLarge: "too_large",
}

// newProblem makes a problem of a bare status.
func newProblem(code int, detail string) *Problem {
	p := &Problem{Title: http.StatusText(code), Status: code, Detail: detail, Code: codes[code]}
	if code >= 500 {
		p.Code, p.Detail = "internal", "Something went wrong on our side. The log has the details under this request id."
	}
	if p.Code == "" {
		p.Code = "request"
	}
	return p
}

// validationTexts say more than huma does.
var validationTexts = map[int]string{
	http.StatusBadRequest:           "The body cannot be read as JSON.",
	http.StatusUnprocessableEntity:  "The request is not as the API's document has it; errors says where.",
	http.StatusUnsupportedMediaType: "Send the body as application/json.",
}

// validationProblem makes a problem of what huma found wrong with a request.
func validationProblem(code int, message string, errs []error) *Problem {
	if text := validationTexts[code]; text != "" {
		message = text
	}
	p := newProblem(code, message)
	if code >= 500 {
		return p
	}
	for _, err := range errs {
		if detailer, ok := err.(huma.ErrorDetailer); ok {
			d := detailer.ErrorDetail()
			p.Errors = append(p.Errors, ProblemDetail{Location: d.Location, Message: d.Message, Value: short(d.Value)})
		} else if err != nil {
			p.Errors = append(p.Errors, ProblemDetail{Message: err.Error()})
		}
	}
	return p
}

// short returns a scalar that is worth showing again, and nil for anything else: a
// whole body is not sent back.
func short(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) <= 100 {
			return v
		}
	case bool, float64, int, int64:
		return v
	}
	return nil
}

// problemOf turns the error of an operation into the problem that is sent, and logs
// what must not be sent.
func (s *Server) problemOf(ctx context.Context, err error) *Problem {
	p := describeError(err)
	if p.Status >= 500 {
		s.log.ErrorContext(ctx, "request failed", slog.Any("error", err))
	}
	p.RequestID = requestID(ctx)
	return p
}

// describeError is the problem that an error is, without its internal causes.
func describeError(err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	if errors.Is(err, context.DeadlineExceeded) {
		p := newProblem(http.StatusServiceUnavailable, "")
		p.Code, p.Detail = "timeout", "This took longer than it may take."
		return p
	}
	kind := fault.KindOf(err)
	p := newProblem(status(kind), "")
	if kind == fault.Internal {
		return p
	}
	var mistakes fault.Mistakes
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		p.Code, p.Detail, mistakes = known.Code, known.Text, known.Mistakes
	case errors.As(err, &mistakes):
		p.Code, p.Detail = string(kind), "The files have mistakes."
	}
	p.Errors = details(mistakes)
	return p
}

// summary is the problem in one line.
func (p *Problem) summary() string {
	if len(p.Errors) == 0 {
		return p.Detail
	}
	return p.Detail + " " + p.Errors[0].Location + ": " + p.Errors[0].Message
}

func details(mistakes fault.Mistakes) []ProblemDetail {
	var list []ProblemDetail
	for _, m := range mistakes {
		list = append(list, ProblemDetail{Location: m.Position.String(), Message: m.Text})
	}
	return list
}

func init() {
	// huma makes its own errors through these hooks; they are process-wide and the same for every Server.
	huma.NewError = func(code int, message string, errs ...error) huma.StatusError {
		return validationProblem(code, message, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, code int, message string, errs ...error) huma.StatusError {
		p := validationProblem(code, message, errs)
		p.RequestID = requestID(ctx.Context())
		return p
	}
	huma.ValidateStrictCasing = true
}
