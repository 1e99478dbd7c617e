package server

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"quotewright/internal/fault"
)

// isJSON reports whether a body of this content type is read as JSON; one that says
// nothing of itself is.
func isJSON(contentType []byte) bool {
	media, _, _ := bytes.Cut(contentType, []byte(";"))
	media = bytes.TrimSpace(media)
	return len(media) == 0 || bytes.EqualFold(media, []byte("application/json")) || bytes.HasSuffix(media, []byte("+json"))
}

// bodyProblem is what is wrong with a body, as every other operation would say it.
func bodyProblem(err error) error {
	var refused *fault.Error
	if !errors.As(err, &refused) || refused.Kind != fault.Invalid {
		return err
	}
	code := http.StatusUnprocessableEntity
	if refused.Code == "bad_json" {
		code = http.StatusBadRequest
	}
	p := newProblem(code, validationTexts[code])
	for _, m := range refused.Mistakes {
		p.Errors = append(p.Errors, ProblemDetail{Location: bodyPath(m.Position.File), Message: m.Text})
	}
	return p
}

// bodyPath turns a JSON pointer into the path that problems have: /lines/0/sku into
// body.lines[0].sku.
func bodyPath(pointer string) string {
	path := "body"
	for i, part := range strings.Split(pointer, "/") {
		switch {
		case i == 0:
		case part != "" && strings.Trim(part, "0123456789") == "":
			path += "[" + part + "]"
		default:
			path += "." + strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		}
	}
	return path
}
