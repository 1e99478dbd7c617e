package server

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// openAPI serves the API's document, written once: it does not change while running.
func openAPI(api huma.API) fiber.Handler {
	document, err := json.MarshalIndent(api.OpenAPI(), "", " ")
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "application/openapi+json")
		return first(err, c.Send(document))
	}
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

//go:embed docs.html
var docsPage string

// docs serves the API's document as one page that needs no other file, no script and
// no other host.
func docs(api huma.API) fiber.Handler {
	var page bytes.Buffer
	err := template.Must(template.New("docs").Parse(docsPage)).Execute(&page, describe(api.OpenAPI()))
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		return first(err, c.Send(page.Bytes()))
	}
}

// What the page shows.
type (
	document struct {
		Title, Version, Description string
		Groups                      []group
		Schemas                     []shape
	}
	group struct {
		Name, Description string
		Operations        []described
	}
	described struct {
		ID, Method, Path, Summary, Description string
		Parameters                             []field
		Body                                   template.HTML
		Answers                                []answer
	}
	answer struct {
		Status, Text string
		Body         template.HTML
	}
	shape struct {
		Name, Description string
		Fields            []field
	}
	field struct {
		Name, Place, Doc string
		Type             template.HTML
		Required         bool
	}
)

func describe(api *huma.OpenAPI) document {
	d := document{Title: api.Info.Title, Version: api.Info.Version, Description: api.Info.Description}
	for _, tag := range api.Tags {
		g := group{Name: tag.Name, Description: tag.Description}
		for _, path := range sortedKeys(api.Paths) {
			for _, op := range operationsOf(api.Paths[path]) {
				if slices.Contains(op.Tags, tag.Name) {
					g.Operations = append(g.Operations, describeOperation(op))
				}
			}
		}
		d.Groups = append(d.Groups, g)
	}
	schemas := api.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		d.Schemas = append(d.Schemas, describeSchema(name, schemas[name]))
	}
	return d
}

func operationsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}
	return slices.DeleteFunc(all, func(op *huma.Operation) bool { return op == nil })
}

func describeOperation(op *huma.Operation) described {
	d := described{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description}
	for _, p := range op.Parameters {
		d.Parameters = append(d.Parameters, field{Name: p.Name, Place: p.In, Doc: p.Description, Type: typeOf(p.Schema), Required: p.Required})
	}
	if op.RequestBody != nil {
		d.Body = contentType(op.RequestBody.Content)
	}
	for _, status := range sortedKeys(op.Responses) {
		r := op.Responses[status]
		d.Answers = append(d.Answers, answer{Status: status, Text: r.Description, Body: contentType(r.Content)})
	}
	return d
}

func contentType(content map[string]*huma.MediaType) template.HTML {
	for _, media := range content {
		return typeOf(media.Schema)
	}
	return ""
}

func describeSchema(name string, s *huma.Schema) shape {
	d := shape{Name: name, Description: s.Description}
	for _, property := range sortedKeys(s.Properties) {
		p := s.Properties[property]
		d.Fields = append(d.Fields, field{Name: property, Doc: p.Description, Type: typeOf(p), Required: slices.Contains(s.Required, property)})
	}
	return d
}

// typeOf writes a schema as people do: string, list of Line, one of a | b.
func typeOf(s *huma.Schema) template.HTML {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		name := template.HTMLEscapeString(s.Ref[strings.LastIndex(s.Ref, "/")+1:])
		return template.HTML(`<a href="#` + name + `">` + name + `</a>`) //nolint:gosec // escaped above
	case s.Type == huma.TypeArray:
		return "list of " + typeOf(s.Items)
	case len(s.Enum) > 0:
		return template.HTML(template.HTMLEscapeString("one of " + strings.Trim(strings.ReplaceAll(toJSON(s.Enum), ",", " | "), "[]"))) //nolint:gosec // escaped
	case s.Type == huma.TypeObject:
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			return "map to " + typeOf(values)
		}
	case s.Type == "":
		return "any"
	}
	return template.HTML(template.HTMLEscapeString(strings.TrimSpace(s.Type + " " + s.Format))) //nolint:gosec // escaped
}

func toJSON(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
