package server

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quotewright/internal/fault"
)

// maxWebhook bounds what is hashed to check a signature.
const maxWebhook = 1 << 20

// receiveWebhook takes an event of a CRM. It works on the raw bytes: the signature is
// over them.
func (s *Server) receiveWebhook(c *fiber.Ctx) error {
	raw := c.Request().Body()
	if len(raw) > maxWebhook {
		return fault.New(fault.TooLarge, "too_large", "A webhook has at most %d bytes.", maxWebhook)
	}
	header := http.Header{}
	for name, value := range c.Request().Header.All() {
		header.Add(string(name), string(value))
	}
	answer, err := s.Webhooks.Receive(c.UserContext(), header, raw)
	if err != nil {
		return err
	}
	return c.JSON(answer)
}
