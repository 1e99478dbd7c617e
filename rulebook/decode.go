package rulebook

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"

	"quotewright/internal/fault"
)

// DecodeYAML reads a YAML file that is no rule file, such as the service's
// configuration, into a struct with yaml tags. Keys that the struct does not have are
// mistakes, and so is all that rule files may not hold either.
func DecodeYAML(file string, content []byte, into any) (mistakes fault.Mistakes) {
	r := &reader{file: file, mistakes: &mistakes}
	text := unixText(string(content))
	if !r.readable(text) || !r.plainTokens(lexer.Tokenize(text)) {
		return mistakes
	}
	defer func() {
		if p := recover(); p != nil {
			mistakes.Add(fault.Position{File: file}, "the file cannot be read as YAML: %s", fmt.Sprint(p))
		}
	}()
	err := yaml.UnmarshalWithOptions([]byte(text), into, yaml.Strict())
	if err == nil {
		return nil
	}
	at, message := fault.Position{File: file}, err.Error()
	var located yaml.Error
	if errors.As(err, &located) {
		message = located.GetMessage()
		if token := located.GetToken(); token != nil {
			at = r.tokenAt(token)
		}
	}
	mistakes.Add(at, "%s", message)
	return mistakes
}
