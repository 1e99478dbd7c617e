package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// How long what the server and a CRM sign is good for.
const (
	PanelTokenLife = 30 * time.Minute
	LaunchCodeLife = time.Minute
	MaxLaunchLife  = 5 * time.Minute
)

// Audiences keep one kind of token from being used as another.
const (
	audienceLaunch = "quotewright"       // signed by the CRM
	audienceCode   = "quotewright-code"  // one-time code in the panel's page
	audiencePanel  = "quotewright-panel" // bearer token of the panel
)

// Launch is how one CRM may open the panel.
type Launch struct {
	Secret  []byte   // shared with the CRM; at least 32 bytes
	Origins []string // of the pages that may hold the panel; they get its messages
	Roles   []string // a launch may ask for; none: rep and approver
}

func (l Launch) allows(role string) bool {
	if len(l.Roles) == 0 {
		return role == quote.RoleRep || role == quote.RoleApprover
	}
	return slices.Contains(l.Roles, role) && KnownRole(role)
}

// LaunchClaims is what a CRM says, signed, when it opens the panel for a user.
type LaunchClaims struct {
	jwt.RegisteredClaims
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Roles    []string `json:"roles,omitempty"` // approvals that an approver decides
	CRM      string   `json:"crm,omitempty"`
	Deal     string   `json:"deal,omitempty"`
	DealName string   `json:"deal_name,omitempty"`
	Customer string   `json:"customer,omitempty"`
}

func (c LaunchClaims) actor() quote.Actor {
	return quote.Actor{Name: c.Name, Role: c.Role, Roles: c.Roles}
}

// SignLaunch signs a launch as a CRM does: HS256, good for a minute, usable once.
func SignLaunch(secret []byte, subject string, claims LaunchClaims, now time.Time) (string, error) {
	claims.Subject = subject
	return tokens{key: secret, now: func() time.Time { return now }}.issue(audienceLaunch, claims, time.Minute)
}

// tokens issues and reads signed claims. Nothing is stored, so any node that has the
// key can read what another node issued.
type tokens struct {
	key []byte
	now func() time.Time
}

func (t tokens) issue(audience string, claims LaunchClaims, life time.Duration) (string, error) {
	claims.Audience = jwt.ClaimStrings{audience}
	claims.IssuedAt = jwt.NewNumericDate(t.now())
	claims.ExpiresAt = jwt.NewNumericDate(t.now().Add(life))
	claims.ID = uuid.NewString()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(t.key)
}

func (t tokens) read(audience, text string) (LaunchClaims, error) {
	var claims LaunchClaims
	_, err := jwt.ParseWithClaims(text, &claims, func(*jwt.Token) (any, error) { return t.key, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience(audience), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(t.now), jwt.WithStrictDecoding())
	return claims, err
}

// acceptLaunch checks what a CRM signed and spends it: a second use is refused.
func (s *Server) acceptLaunch(ctx context.Context, crm, text string) (LaunchClaims, error) {
	launch, ok := s.Launches[crm]
	if !ok {
		return LaunchClaims{}, fault.New(fault.NotFound, "unknown_crm", "No CRM %q is set up here.", crm)
	}
	claims, err := tokens{key: launch.Secret, now: s.Now}.read(audienceLaunch, text)
	if err == nil {
		err = wellFormed(claims, s.Now())
	}
	if err != nil {
		return claims, fault.Wrap(err, fault.Unauthenticated, "bad_launch", "The CRM's launch is not valid or not valid any more. Reload the page in the CRM.")
	}
	if !launch.allows(claims.Role) {
		return claims, fault.New(fault.Denied, "denied", "The CRM may not open the panel for the role %q.", claims.Role)
	}
	if claims.CRM == "" {
		claims.CRM = crm
	}
	return claims, s.spend(ctx, "launch "+crm, claims)
}

func wellFormed(c LaunchClaims, now time.Time) error {
	switch {
	case c.Subject == "":
		return errors.New("sub is missing")
	case c.ID == "":
		return errors.New("jti is missing")
	case c.ExpiresAt.Sub(now) > MaxLaunchLife:
		return fmt.Errorf("exp is more than %s ahead", MaxLaunchLife)
	}
	return nil
}

// spend marks a token as used and refuses the second use, on every node.
func (s *Server) spend(ctx context.Context, kind string, claims LaunchClaims) error {
	first, err := s.Store.Spend(ctx, kind, claims.ID, claims.ExpiresAt.Time)
	if err != nil {
		return fmt.Errorf("spend a %s: %w", kind, err)
	}
	if !first {
		return fault.New(fault.Unauthenticated, "already_used", "This launch was used before. Reload the page in the CRM.")
	}
	return nil
}
