package server

import (
	"context"
	"time"

	"quotewright/internal/fault"
)

// Session is the panel's: a bearer token and what the CRM said when it opened the panel.
type Session struct {
	Token     string         `json:"token" doc:"Bearer token; keep it in memory only."`
	ExpiresAt time.Time      `json:"expires_at"`
	User      User           `json:"user"`
	Context   SessionContext `json:"context"`
}

// User is who works in the panel.
type User struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// SessionContext is the CRM record that the panel was opened on.
type SessionContext struct {
	CRM      string `json:"crm,omitempty"`
	Deal     string `json:"deal,omitempty"`
	DealName string `json:"deal_name,omitempty"`
	Customer string `json:"customer,omitempty"`
}

// Me is who is calling.
type Me struct {
	Name        string       `json:"name"`
	Role        string       `json:"role"`
	Roles       []string     `json:"roles" nullable:"false" doc:"Which approvals the caller decides."`
	Permissions []Permission `json:"permissions" nullable:"false"`
}

// openSession exchanges the one-time code of the panel's page for a token.
func (s *Server) openSession(ctx context.Context, in *struct {
	Body struct {
		Code string `json:"code" maxLength:"4096"`
	}
}) (*body[Session], error) {
	claims, err := s.tokens.read(audienceCode, in.Body.Code)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unauthenticated, "bad_code", "This code is not valid or not valid any more. Open the panel again.")
	}
	if err := s.spend(ctx, "code", claims); err != nil {
		return nil, err
	}
	token, err := s.tokens.issue(audiencePanel, claims, PanelTokenLife)
	if err != nil {
		return nil, err
	}
	return reply(Session{
		Token: token, ExpiresAt: s.Now().Add(PanelTokenLife),
		User:    User{Name: claims.Name, Role: claims.Role},
		Context: SessionContext{CRM: claims.CRM, Deal: claims.Deal, DealName: claims.DealName, Customer: claims.Customer},
	}), nil
}

func (s *Server) whoAmI(ctx context.Context, _ *struct{}) (*body[Me], error) {
	a := actor(ctx)
	me := Me{Name: a.Name, Role: a.Role, Roles: a.Roles, Permissions: permissions[a.Role]}
	if me.Roles == nil {
		me.Roles = []string{}
	}
	return reply(me), nil
}
