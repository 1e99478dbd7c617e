package server

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"quotewright/quote"
)

type contextKey string

const (
	requestKey contextKey = "request"
	actorKey   contextKey = "actor"
)

// NewLog returns a log of one JSON object a line that names the request of every line
// that belongs to one. Attributes whose name speaks of a secret are masked.
func NewLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(requestHandler{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: mask})})
}

func mask(_ []string, a slog.Attr) slog.Attr {
	for _, word := range []string{"secret", "authorization", "password", "token"} {
		if strings.Contains(strings.ToLower(a.Key), word) {
			return slog.String(a.Key, "***")
		}
	}
	return a
}

type requestHandler struct{ slog.Handler }

func (h requestHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := requestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(attrs)}
}

func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}

// request is what the log says about the request that is being answered.
type request struct {
	id string
	by string // known once the caller is
}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey, r)
}

func requestID(ctx context.Context) string {
	if r, ok := ctx.Value(requestKey).(*request); ok {
		return r.id
	}
	return ""
}

// noteActor remembers the caller for the log line of the request.
func noteActor(ctx context.Context, a quote.Actor) {
	if r, ok := ctx.Value(requestKey).(*request); ok {
		r.by = a.Name
	}
}

var safeID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// newRequestID keeps the caller's id when it is safe to log, else makes one.
func newRequestID(given string) string {
	if safeID.MatchString(given) {
		return given
	}
	return uuid.NewString()
}
