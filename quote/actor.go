package quote

import "slices"

// The roles of callers. What each may do with quotes is in this file and in the table
// of life.go; what it may do besides is the server's.
const (
	RoleRep          = "rep"           // sells
	RoleApprover     = "approver"      // sells, and decides the approvals of Actor.Roles
	RolePricingAdmin = "pricing_admin" // publishes rules; reads quotes
	RoleIntegration  = "integration"   // a machine, such as a CRM, that acts for a rep
	RoleAdmin        = "admin"         // everything
)

// sellers may make quotes and carry them through their life.
var sellers = []string{RoleRep, RoleApprover, RoleIntegration, RoleAdmin}

// deciders may decide approvals, see Actor.decides.
var deciders = []string{RoleApprover, RoleAdmin}

// costReaders may see costs and margins.
var costReaders = []string{RoleApprover, RolePricingAdmin, RoleIntegration, RoleAdmin}

// Actor is who does something: a person or a machine.
type Actor struct {
	Name  string
	Role  string
	Roles []string // approver roles such as sales-manager, finance
}

// system is who did what no caller asked for.
var system = Actor{Name: "quotewright"}

// CanSeeCosts reports whether costs and margins may be shown to the actor.
func (a Actor) CanSeeCosts() bool { return slices.Contains(costReaders, a.Role) }

// decides reports whether the actor may decide for an approver role. An admin stands
// in for every one, so that a quote does not wait for somebody who has left.
func (a Actor) decides(role string) bool {
	return a.Role == RoleAdmin || a.Role == RoleApprover && slices.Contains(a.Roles, role)
}
