package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quotewright/internal/fault"
	"quotewright/quote"
)

// Permission is something an operation asks of its caller.
type Permission string

// The permissions. Public operations ask for none.
const (
	Public      Permission = ""
	Quote       Permission = "quote"        // evaluate, configure, read quotes and the catalog; what else, package quote decides
	Approve     Permission = "approve"      // decide on approvals
	SeeMargin   Permission = "see_margin"   // costs and margins are in what is returned
	SyncCatalog Permission = "sync_catalog" // ask the ERP for changes now
	ReadRules   Permission = "read_rules"   // list and check rulebooks
	Publish     Permission = "publish"      // put a rulebook in use
)

// permissions says what each role may do.
var permissions = map[string][]Permission{
	quote.RoleRep:          {Quote},
	quote.RoleApprover:     {Quote, Approve, SeeMargin},
	quote.RolePricingAdmin: {Quote, SeeMargin, SyncCatalog, ReadRules, Publish},
	quote.RoleIntegration:  {Quote, SeeMargin, SyncCatalog},
	quote.RoleAdmin:        {Quote, Approve, SeeMargin, SyncCatalog, ReadRules, Publish},
}

func may(a quote.Actor, p Permission) bool { return slices.Contains(permissions[a.Role], p) }

// KnownRole reports whether a role exists.
func KnownRole(role string) bool { return permissions[role] != nil }

// Key is an API key as the configuration holds it: a hash, never the key itself.
type Key struct {
	Name  string
	Role  string   // what its holder may do
	Roles []string // which approvals an approver decides
	Hash  string   // of the whole key: 64 hexadecimal digits of SHA-256
}

// NewKey makes an API key and the hash to put into the configuration.
func NewKey() (key, hash string) {
	random := make([]byte, 40)
	_, _ = rand.Read(random) // never fails
	text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random))
	key = "qw_" + text[:8] + "_" + text[8:]
	return key, HashKey(key)
}

// HashKey returns the hash of an API key. Keys are 280 random bits, so a plain hash is enough.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// keyHolder finds whose key it is, comparing with every hash in constant time.
func (s *Server) keyHolder(key string) (quote.Actor, bool) {
	given, found := sha256.Sum256([]byte(key)), -1
	for i := range s.keys {
		if subtle.ConstantTimeCompare(given[:], s.keys[i][:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return quote.Actor{}, false
	}
	k := s.Keys[found]
	return quote.Actor{Name: k.Name, Role: k.Role, Roles: k.Roles}, true
}

// keyHashes reads the hashes of all keys.
func keyHashes(keys []Key) ([][sha256.Size]byte, error) {
	hashes := make([][sha256.Size]byte, len(keys))
	for i, k := range keys {
		hash, err := hex.DecodeString(k.Hash)
		if err != nil || len(hash) != sha256.Size {
			return nil, fmt.Errorf("the hash of the key %s is not 64 hexadecimal digits", k.Name)
		}
		hashes[i] = [sha256.Size]byte(hash)
	}
	return hashes, nil
}

// authenticate says who sends a request with this Authorization header.
func (s *Server) authenticate(header string) (quote.Actor, error) {
	bearer, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return quote.Actor{}, fault.New(fault.Unauthenticated, "unauthenticated", "Send an API key or a panel token as `Authorization: Bearer …`.")
	}
	if strings.HasPrefix(bearer, "qw_") {
		if a, ok := s.keyHolder(bearer); ok {
			return a, nil
		}
		return quote.Actor{}, fault.New(fault.Unauthenticated, "unauthenticated", "This API key is not known.")
	}
	claims, err := s.tokens.read(audiencePanel, bearer)
	if err != nil {
		return quote.Actor{}, fault.Wrap(err, fault.Unauthenticated, "unauthenticated", "This panel token is not valid any more. Open the panel again.")
	}
	return claims.actor(), nil
}

// guard lets only callers with the permission through to an operation.
func (s *Server) guard(needed Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		a, err := s.authenticate(ctx.Header("Authorization"))
		if err == nil && !may(a, needed) {
			err = fault.New(fault.Denied, "denied", "The role %s may not do this.", a.Role)
		}
		if err != nil {
			s.refuse(ctx, err)
			return
		}
		noteActor(ctx.Context(), a)
		next(huma.WithValue(ctx, actorKey, a))
	}
}

func (s *Server) refuse(ctx huma.Context, err error) {
	p := s.problemOf(ctx.Context(), err)
	if p.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="quotewright"`)
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	if err := huma.DefaultJSONFormat.Marshal(ctx.BodyWriter(), p); err != nil {
		s.log.ErrorContext(ctx.Context(), "write a refusal", "error", fmt.Sprint(err))
	}
}

// actor returns who sends the request; nobody on public operations.
func actor(ctx context.Context) quote.Actor {
	a, _ := ctx.Value(actorKey).(quote.Actor)
	return a
}
