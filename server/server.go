// Package server answers HTTP: the JSON API under /v1 with its OpenAPI document, the
// embedded panel, webhooks, health and metrics. It decodes, calls, encodes; it holds
// no rules and no SQL.
//
// Every route is listed in routes.go. Every error leaves through problemOf. Whoever
// may not see costs gets answers without them: see costs.go.
package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"quotewright/internal/store"
	"quotewright/quote"
	"quotewright/webhooks"
)

// Limits of one request.
const (
	MaxBody        = 8 << 20 // bytes: a 10,000-line request has 2 MB
	requestTimeout = 30 * time.Second
	readTimeout    = 15 * time.Second
	idleTimeout    = 2 * time.Minute
)

// Config is what a Server is made of. Store, Quotes, Rules and Replica are required.
type Config struct {
	Version        string
	Store          *store.Store
	Quotes         *quote.Service
	Rules          *Rules
	Replica        *Replica
	Webhooks       *webhooks.Receiver // nil: POST /webhooks/generic is not served
	Keys           []Key
	TokenKey       []byte // signs panel tokens; at least 32 bytes, the same on every node
	Launches       map[string]Launch
	FrameAncestors []string // origins that may show the panel in a frame
	Panel          fs.FS    // the built pages, index.html at its root
	Now            func() time.Time
	Log            *slog.Logger
}

// Server is the HTTP side of one node.
type Server struct {
	Config
	log     *slog.Logger
	keys    [][sha256.Size]byte // hashes of Keys
	tokens  tokens
	panel   panel
	metrics *metrics
	app     *fiber.App
}

// New builds a server. It fails when the pages are not there, a key is too short or a
// hash is none.
func New(config Config) (*Server, error) {
	if len(config.TokenKey) < 32 {
		return nil, errors.New("the token key needs at least 32 bytes")
	}
	panel, err := readPanel(config.Panel, config.FrameAncestors)
	if err != nil {
		return nil, fmt.Errorf("read the panel's pages: %w", err)
	}
	hashes, err := keyHashes(config.Keys)
	if err != nil {
		return nil, err
	}
	s := &Server{Config: config, log: config.Log, keys: hashes, panel: panel}
	s.tokens = tokens{key: config.TokenKey, now: config.Now}
	s.metrics = newMetrics(s)
	s.app = fiber.New(fiber.Config{
		AppName:               "quotewright",
		BodyLimit:             MaxBody,
		DisableStartupMessage: true,
		ErrorHandler:          s.sendError,
		Immutable:             true,     // strings of a request are kept in jobs, logs and metrics after it
		ReadBufferSize:        16 << 10, // all headers of a request, those of proxies too
		ReadTimeout:           readTimeout,
		IdleTimeout:           idleTimeout,
		WriteTimeout:          requestTimeout + readTimeout,
	})
	s.routes(s.app)
	return s, nil
}

// App returns the fiber application, for tests that need no network.
func (s *Server) App() *fiber.App { return s.app }

// Serve answers on the listener until ctx ends, then lets running requests finish for
// at most ten seconds.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if err := s.app.ShutdownWithTimeout(10 * time.Second); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return <-done
}
