package entra

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Claims are the claims of an Entra access token
// (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
// They are only for explanations: the API checks the signature.
type Claims struct {
	jwt.RegisteredClaims
	Audience string   `json:"aud"` // Entra's tokens have a single one
	TenantID string   `json:"tid"`
	IDType   string   `json:"idtyp"`
	Scope    *string  `json:"scp"`
	Methods  []string `json:"amr"`

	UserPrincipalName string `json:"upn"`
	UniqueName        string `json:"unique_name"`
	PreferredUserName string `json:"preferred_username"`
}

// ReadClaims reads the claims of an access token, unless it is opaque.
func ReadClaims(token string) (Claims, bool) {
	var claims Claims
	// The algorithm of the signature does not matter here.
	if _, _, err := jwt.NewParser().ParseUnverified(token, &claims); err != nil && !errors.Is(err, jwt.ErrTokenUnverifiable) {
		return Claims{}, false
	}
	return claims, true
}

// AppOnly reports whether the token is for an application without a user, which many
// routes refuse.
func (c *Claims) AppOnly() bool { return c.IDType == "app" || c.Scope == nil }

// WithoutMFA reports whether the token says how its user signed in, and that this was
// without multifactor authentication.
func (c *Claims) WithoutMFA() bool {
	isMFA := func(method string) bool { return method == "mfa" || method == "ngcmfa" }
	return !c.AppOnly() && len(c.Methods) > 0 && !slices.ContainsFunc(c.Methods, isMFA)
}

// OtherTenant returns the tenant of the token, or "" if that is the wanted one. A tenant
// that is given by its domain cannot be compared.
func (c *Claims) OtherTenant(wanted string) string {
	if uuid.Validate(wanted) != nil || strings.EqualFold(c.TenantID, wanted) {
		return ""
	}
	return transport.OneLine(c.TenantID)
}

// User returns the name of the user, or "".
func (c *Claims) User() string {
	return transport.OneLine(cmp.Or(c.UserPrincipalName, c.UniqueName, c.PreferredUserName))
}

// Expiry returns when the token expires, or the zero time if it does not say.
func (c *Claims) Expiry() time.Time {
	if c.ExpiresAt == nil {
		return time.Time{}
	}
	return c.ExpiresAt.UTC()
}

// partnerCenterAppID is the audience of some tokens in place of a URL.
const partnerCenterAppID = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"

// isFor reports whether the token is for an audience, or does not say.
func (c *Claims) isFor(audience string) bool {
	got := strings.TrimSuffix(c.Audience, "/")
	return got == "" || strings.EqualFold(got, strings.TrimSuffix(audience, "/")) || strings.EqualFold(got, partnerCenterAppID)
}
