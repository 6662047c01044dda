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
	Roles    []string `json:"roles"`
	AppID    string   `json:"appid"`

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

// azureCLIAppID is the application that the Azure CLI signs in with.
const azureCLIAppID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// AzureCLI reports whether the token is from the Azure CLI, whose application has
// permissions of its own, which nobody can add to.
func (c *Claims) AzureCLI() bool { return strings.EqualFold(c.AppID, azureCLIAppID) }

// Has reports whether the token has a permission of its audience: an application's own, or
// a delegated one.
func (c *Claims) Has(permission string) bool {
	granted := c.Roles
	if c.Scope != nil {
		granted = append(strings.Fields(*c.Scope), granted...)
	}
	return slices.ContainsFunc(granted, func(name string) bool { return strings.EqualFold(name, permission) })
}

// audienceAppIDs are the application ids that are the audience of some tokens in place of
// a URL.
var audienceAppIDs = map[string]string{
	"https://api.partnercenter.microsoft.com":             partnerCenterAppID,
	"https://partner.partnercenterapi.microsoftonline.cn": partnerCenterAppID,
	"https://graph.microsoft.com":                         "00000003-0000-0000-c000-000000000000",
}

const partnerCenterAppID = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"

// isFor reports whether the token is for an audience, or does not say.
func (c *Claims) isFor(audience string) bool {
	got, audience := strings.TrimSuffix(c.Audience, "/"), strings.TrimSuffix(audience, "/")
	return got == "" || strings.EqualFold(got, audience) || strings.EqualFold(got, audienceAppIDs[strings.ToLower(audience)])
}
