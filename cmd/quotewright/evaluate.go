package main

import (
	"bytes"
	"encoding/json"
	"errors"
	stdio "io"
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/pricing"
	"quotewright/quote"
	"quotewright/rulebook"
)

type evaluateCommand struct {
	Rules    string `required:"" help:"The rulebook folder."`
	Catalog  string `required:"" help:"The catalog folder."`
	Explain  bool   `help:"Print a page for people instead of JSON."`
	All      bool   `help:"Tell of every rule why it does not apply, and print long lists whole."`
	Language string `help:"The language of titles and messages, one of the rulebook's."`
	NDJSON   bool   `name:"ndjson" help:"The input has one request a line."`
	File     string `arg:"" optional:"" help:"The request; default stdin."`
}

// Run evaluates each request of the input. The answer is no when one has errors.
func (c evaluateCommand) Run(io streams) error {
	book, _, err := loadRules(c.Rules)
	if err != nil {
		return err
	}
	if spoken := book.Languages(); c.Language != "" && !slices.Contains(spoken, c.Language) {
		return fault.New(fault.Invalid, "unknown_language", "the rulebook has no texts in %s; its languages are %s", c.Language, strings.Join(spoken, ", "))
	}
	snapshot, err := loadCatalog(c.Catalog)
	if err != nil {
		return err
	}
	return answerEach(c.File, c.NDJSON, io, func(in *input, data []byte) (any, bool, error) {
		return c.evaluate(io, book, snapshot, in, data)
	})
}

func (c evaluateCommand) evaluate(io streams, book *rulebook.Book, snapshot *catalog.Snapshot, in *input, data []byte) (any, bool, error) {
	request, err := quote.DecodeRequest(bytes.NewReader(data))
	if err != nil {
		return nil, false, in.placed(err)
	}
	if c.Language != "" {
		request.Language = c.Language
	}
	trace := pricing.TraceNormal
	if c.All {
		trace = pricing.TraceFull
	}
	evaluation := quote.EvaluateTraced(book, snapshot, request, trace)
	fine := len(evaluation.Errors()) == 0
	if c.Explain {
		return nil, fine, explain(io.out, evaluation, c.All)
	}
	return evaluation, fine, nil
}

// answerEach answers every document of the input: one is printed for people to read,
// several one a line. answer reports whether its answer is yes; a nil answer prints
// nothing.
func answerEach(file string, lines bool, io streams, answer func(*input, []byte) (any, bool, error)) error {
	in, err := openInput(file, lines, io.in)
	if err != nil {
		return err
	}
	defer in.close()
	out := json.NewEncoder(io.out)
	out.SetEscapeHTML(false)
	code := exitFine
	for n := 0; ; n++ {
		data, err := in.next()
		if errors.Is(err, stdio.EOF) && n > 0 {
			return exitWith(code)
		}
		if errors.Is(err, stdio.EOF) {
			data = nil
		} else if err != nil {
			return err
		}
		result, fine, err := answer(in, data)
		switch {
		case err != nil && !in.lines:
			return err
		case err != nil:
			code = max(code, report(io.err, err))
			result = map[string]string{"error": err.Error()}
		case !fine:
			code = max(code, exitNo)
		}
		if !in.lines {
			out.SetIndent("", "  ")
		}
		if result != nil {
			if err := out.Encode(result); err != nil {
				return err
			}
		}
	}
}

// codeError is the exit code of errors that have been reported already.
type codeError int

// Error is not shown.
func (codeError) Error() string { return "reported" }

func exitWith(code int) error {
	if code == exitFine {
		return nil
	}
	return codeError(code)
}
