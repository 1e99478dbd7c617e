package server

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// healthz says that the process answers; nothing else, so that an orchestrator does
// not restart a node because the ERP is down.
func (s *Server) healthz(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "ok"}) }

// readiness is what a node needs to serve, and what is wrong without stopping it.
type readiness struct {
	Ready    bool              `json:"ready"`
	Checks   map[string]string `json:"checks"`   // "ok" or what is missing
	Warnings map[string]string `json:"warnings"` // what an operator should look at
}

// readyz answers 200 when the node can price and store, 503 otherwise. A broken rule
// folder or an ERP that is down is a warning: the last good state serves on.
func (s *Server) readyz(c *fiber.Ctx) error {
	r := readiness{Ready: true, Checks: map[string]string{}, Warnings: map[string]string{}}
	check := func(name, problem string) {
		r.Checks[name] = "ok"
		if problem != "" {
			r.Checks[name], r.Ready = problem, false
		}
	}
	rules, status := s.Rules.Status(), s.catalogStatus()
	check("rulebook", when(rules.Book == nil, "no rulebook is in use"))
	check("catalog", when(status.Counts.Products == 0, "the catalog has no products"))
	check("store", s.storeProblem(c))
	if broken := rules.Mistakes.Errors(); len(broken) > 0 {
		r.Warnings["rulebook"] = "the rule folder has mistakes, the last good rulebook is in use: " + broken[0].String()
	}
	if status.Problem != "" {
		r.Warnings["catalog"] = status.Problem
	} else if status.Stale {
		r.Warnings["catalog"] = "the catalog is older than the limit set"
	}
	if !r.Ready {
		c.Status(http.StatusServiceUnavailable)
	}
	return c.JSON(r)
}

func (s *Server) storeProblem(c *fiber.Ctx) string {
	if err := s.Store.Ping(c.UserContext()); err != nil {
		s.log.ErrorContext(c.UserContext(), "the store does not answer", "error", err)
		return "the store does not answer"
	}
	return ""
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}
