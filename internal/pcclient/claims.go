package pcclient

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// Claims are what an access token of Entra says about its bearer
// (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
// They are for explanations only: the signature is the API's to check.
type Claims struct {
	Audience string   `json:"aud"`
	Expires  int64    `json:"exp"`
	TenantID string   `json:"tid"`
	IDType   string   `json:"idtyp"`
	Scope    *string  `json:"scp"`
	Methods  []string `json:"amr"`

	UserPrincipalName string `json:"upn"`
	UniqueName        string `json:"unique_name"`
	PreferredUserName string `json:"preferred_username"`
}

// ReadClaims reads the claims of an access token, if it is one that can be read.
func ReadClaims(token string) (Claims, bool) {
	var claims Claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return claims, false
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return Claims{}, false
	}
	return claims, true
}

// AppOnly reports whether the token is an application's own, which many routes
// refuse.
func (c *Claims) AppOnly() bool { return c.IDType == "app" || c.Scope == nil }

// WithoutMFA reports whether the token says how its user signed in, and that
// this was without multifactor authentication.
func (c *Claims) WithoutMFA() bool {
	passed := func(method string) bool { return method == "mfa" || method == "ngcmfa" }
	return !c.AppOnly() && len(c.Methods) > 0 && !slices.ContainsFunc(c.Methods, passed)
}

// OtherTenant returns the tenant of the token if it is not the wanted one. A
// tenant that is wanted by one of its domains may be any.
func (c *Claims) OtherTenant(wanted string) string {
	if uuid.Validate(wanted) != nil || strings.EqualFold(c.TenantID, wanted) {
		return ""
	}
	return oneLine(c.TenantID)
}

// User names the user whose token it is, as far as the token does.
func (c *Claims) User() string {
	return oneLine(cmp.Or(c.UserPrincipalName, c.UniqueName, c.PreferredUserName))
}

// Expiry is when the token ends, or the zero time if it does not say.
func (c *Claims) Expiry() time.Time {
	if c.Expires == 0 {
		return time.Time{}
	}
	return time.Unix(c.Expires, 0).UTC()
}

// appID is Partner Center's own application, which is the audience of some
// tokens in place of a URL.
const appID = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"

// isFor reports whether the token is for an audience. A token that does not say
// may be for any.
func (c *Claims) isFor(audience string) bool {
	got := strings.TrimSuffix(c.Audience, "/")
	return got == "" || strings.EqualFold(got, strings.TrimSuffix(audience, "/")) || strings.EqualFold(got, appID)
}
