package rulebook

import (
	"bytes"
	"errors"

	"github.com/goccy/go-yaml"

	"quotewright/internal/fault"
)

// DecodeYAML reads a YAML file that is no rule file, such as the service's
// configuration, into a struct. Keys that the struct does not have are mistakes.
func DecodeYAML(file string, content []byte, into any) fault.Mistakes {
	err := yaml.NewDecoder(bytes.NewReader(content), yaml.Strict()).Decode(into)
	if err == nil {
		return nil
	}
	at, text := fault.Position{File: file}, err.Error()
	var located yaml.Error
	if errors.As(err, &located) {
		text = located.GetMessage()
		if token := located.GetToken(); token != nil {
			at.Line, at.Column = token.Position.Line, token.Position.Column
		}
	}
	return fault.Mistakes{{Position: at, Text: text}}
}
