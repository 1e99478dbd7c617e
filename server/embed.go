package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quotewright/internal/fault"
)

// panel holds the built pages. The page is cut where the launch goes, once.
type panel struct {
	before, after []byte
	policy        string
	assets        fs.FS
}

// readPanel prepares the pages. Everything on the page comes from this server, and
// only the given origins may show it in a frame.
func readPanel(files fs.FS, ancestors []string) (panel, error) {
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return panel{}, err
	}
	before, after, ok := bytes.Cut(page, []byte("</head>"))
	if !ok {
		return panel{}, errors.New("index.html has no </head>")
	}
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		return panel{}, err
	}
	frames := "'none'"
	if len(ancestors) > 0 {
		frames = strings.Join(ancestors, " ")
	}
	return panel{
		before: before, after: append([]byte("</head>"), after...), assets: assets,
		policy: "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
			"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors " + frames,
	}, nil
}

// page answers with the panel's page, holding the launch when there is one.
func (p panel) page(c *fiber.Ctx, launch any) error {
	var body bytes.Buffer
	body.Write(p.before)
	if launch != nil {
		data, err := json.Marshal(launch) // escapes <, > and &, so it cannot end the element
		if err != nil {
			return fmt.Errorf("write the launch: %w", err)
		}
		fmt.Fprintf(&body, `<script type="application/json" id="launch">%s</script>`, data)
	}
	body.Write(p.after)
	p.headers(c)
	return c.Send(body.Bytes())
}

func (p panel) headers(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, p.policy)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
}

// asset answers with a built file. Its name holds the hash of its content, so it may
// be kept for ever.
func (p panel) asset(c *fiber.Ctx) error {
	name := c.Params("*")
	data, err := fs.ReadFile(p.assets, name)
	if err != nil {
		return fault.New(fault.NotFound, "not_found", "There is no such file.")
	}
	c.Set(fiber.HeaderContentType, mime.TypeByExtension(path.Ext(name)))
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(data)
}

// launchData is what the panel's page holds for its script.
type launchData struct {
	Code   string `json:"code"`
	Origin string `json:"origin,omitempty"` // of the host page; messages go to it and to no other
}

// showPanel serves the page without a launch: it asks for an API key.
func (s *Server) showPanel(c *fiber.Ctx) error { return s.panel.page(c, nil) }

// launchGeneric opens the panel for the user whom a CRM vouches for. What goes wrong is
// shown as a page, since a person is looking at the frame.
func (s *Server) launchGeneric(c *fiber.Ctx) error {
	launch, err := s.startLaunch(c, "generic")
	if err != nil {
		return s.launchFailed(c, err)
	}
	return s.panel.page(c, launch)
}

func (s *Server) startLaunch(c *fiber.Ctx, crm string) (launchData, error) {
	origin, err := s.hostOrigin(c, crm)
	if err != nil {
		return launchData{}, err
	}
	claims, err := s.acceptLaunch(c.UserContext(), crm, c.FormValue("launch"))
	if err != nil {
		return launchData{}, err
	}
	code, err := s.tokens.issue(audienceCode, claims, LaunchCodeLife)
	return launchData{Code: code, Origin: origin}, err
}

// hostOrigin returns the origin of the page that holds the panel. A browser names it
// when it posts the launch; where it does not, a single configured origin is the one.
func (s *Server) hostOrigin(c *fiber.Ctx, crm string) (string, error) {
	allowed := s.Launches[crm].Origins
	origin := c.Get(fiber.HeaderOrigin)
	switch {
	case origin == "" || origin == "null":
		if len(allowed) == 1 {
			return allowed[0], nil
		}
		return "", nil
	case slices.Contains(allowed, origin):
		return origin, nil
	}
	return "", fault.New(fault.Denied, "unknown_origin", "The panel may not be opened from %s.", origin)
}

var failedPage = template.Must(template.New("failed").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Quotewright</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem;max-width:40rem}small{color:#666}</style>
<h1>The panel could not be opened</h1><p>{{.Detail}}</p><small>Request {{.RequestID}}</small></html>
`))

func (s *Server) launchFailed(c *fiber.Ctx, err error) error {
	p := s.problemOf(c.UserContext(), err)
	s.log.WarnContext(c.UserContext(), "launch refused", "error", err)
	s.panel.headers(c)
	c.Status(p.Status)
	return failedPage.Execute(c, p)
}
