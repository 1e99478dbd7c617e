package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"
)

// around gives every request an id, a deadline, a line in the log and a place in the
// metrics, and turns whatever goes wrong, a panic too, into a problem.
func (s *Server) around(c *fiber.Ctx) error {
	start := time.Now()
	r := &request{id: newRequestID(c.Get(fiber.HeaderXRequestID))}
	ctx, cancel := context.WithTimeout(withRequest(c.UserContext(), r), requestTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	c.Set(fiber.HeaderXRequestID, r.id)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "no-referrer")

	if err := s.guarded(c); err != nil {
		_ = s.sendError(c, err)
	}
	took := time.Since(start)
	s.metrics.request(c, took)
	s.log.InfoContext(ctx, "request",
		slog.String("method", c.Method()), slog.String("path", c.Path()), slog.Int("status", c.Response().StatusCode()),
		slog.Duration("took", took), slog.String("by", r.by))
	return nil
}

// guarded runs the rest of the chain and turns a panic into an error.
func (s *Server) guarded(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.log.ErrorContext(c.UserContext(), "panic", slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
			c.Response().ResetBody()
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return c.Next()
}

// plainBodies refuses compressed requests: unpacking has no limit of its own, so a
// small body could become a huge one.
func plainBodies(c *fiber.Ctx) error {
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && encoding != "identity" {
		return fiber.NewError(http.StatusUnsupportedMediaType, "Send the body uncompressed.")
	}
	return c.Next()
}

// sendError writes any error as a problem. Fiber calls it for what its own router and
// parser refuse.
func (s *Server) sendError(c *fiber.Ctx, err error) error {
	var p *Problem
	var refused *fiber.Error
	if errors.As(err, &refused) {
		p = newProblem(refused.Code, refused.Message)
		p.RequestID = requestID(c.UserContext())
	} else {
		p = s.problemOf(c.UserContext(), err)
	}
	c.Status(p.Status)
	if err := c.JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, p.ContentType(""))
	return nil
}
