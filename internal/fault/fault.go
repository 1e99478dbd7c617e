// Package fault gives every error a kind and a text that may be shown to the
// person who caused it, and keeps the cause inside. The server turns a kind into
// an HTTP status in one place, the command line into an exit code.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure an error is. It decides the HTTP status and
// whether trying again can help.
type Kind string

// The kinds of error.
const (
	Invalid  Kind = "invalid"   // the input cannot be used as it is
	NotFound Kind = "not_found" // no such thing
	Conflict Kind = "conflict"  // the state of the thing does not allow this
	Stale    Kind = "stale"     // somebody changed it since it was read
	// PreconditionRequired: the change does not say which version it is based on.
	PreconditionRequired Kind = "precondition_required"
	Denied               Kind = "denied"          // known, but may not
	Unauthenticated      Kind = "unauthenticated" // not known
	TooLarge             Kind = "too_large"       // over a stated limit
	Unavailable          Kind = "unavailable"     // something this depends on does not answer
	Internal             Kind = "internal"        // our mistake
)

// Error is an error with a kind, a stable code for programs and a public text for
// people. The cause is for the log only.
type Error struct {
	Kind     Kind
	Code     string   // stable, snake_case: "unknown_sku"
	Text     string   // public
	Mistakes Mistakes // every single mistake with its place, where there are several
	cause    error
}

// New makes an error without a cause.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Text: fmt.Sprintf(format, args...)}
}

// Wrap makes an error whose public text hides its cause.
func Wrap(cause error, kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Text: fmt.Sprintf(format, args...), cause: cause}
}

// Error returns the public text followed by the cause, for logs.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Text
	}
	return e.Text + ": " + e.cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of the first Error in err's chain, Internal for any other
// error, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var m Mistakes
	if errors.As(err, &m) {
		return Invalid
	}
	return Internal
}

// Is reports whether err is of the given kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// RetryLater is returned by a background job that is not finished but has not
// failed either: it wants to be called again after a while.
type RetryLater struct {
	After  time.Duration
	Reason string
}

func (r RetryLater) Error() string { return fmt.Sprintf("again in %s: %s", r.After, r.Reason) }
