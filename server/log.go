package server

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
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
	return slog.New(requestHandler{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})})
}

// requestHandler masks by itself: with slog's ReplaceAttr a line takes several times as
// long to write, and there is a line for every request.
type requestHandler struct{ slog.Handler }

func (h requestHandler) Handle(ctx context.Context, r slog.Record) error {
	r = masked(r)
	if id := requestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(maskAll(attrs))}
}

func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}

// masked is a record without secrets: the same one where it has none.
func masked(r slog.Record) slog.Record {
	dirty := false
	r.Attrs(func(a slog.Attr) bool {
		dirty = secret(a)
		return !dirty
	})
	if !dirty {
		return r
	}
	var attrs []slog.Attr
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	clean.AddAttrs(maskAll(attrs)...)
	return clean
}

func maskAll(attrs []slog.Attr) []slog.Attr {
	clean := slices.Clone(attrs)
	for i, a := range clean {
		switch value := a.Value.Resolve(); {
		case secretName(a.Key):
			clean[i] = slog.String(a.Key, "***")
		case value.Kind() == slog.KindGroup:
			clean[i] = slog.Attr{Key: a.Key, Value: slog.GroupValue(maskAll(value.Group())...)}
		}
	}
	return clean
}

// secret reports whether an attribute, or one in its group, has to be masked.
func secret(a slog.Attr) bool {
	if secretName(a.Key) {
		return true
	}
	value := a.Value.Resolve()
	return value.Kind() == slog.KindGroup && slices.ContainsFunc(value.Group(), secret)
}

func secretName(key string) bool {
	key = strings.ToLower(key)
	for _, word := range []string{"secret", "authorization", "password", "token"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
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
	// As random as it has to be to tell requests apart, and no call into the kernel.
	id := uuid.UUID{}
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
	return id.String()
}
