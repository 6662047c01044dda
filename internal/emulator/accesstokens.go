package emulator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// tokenLifetime is that of an access token, as Entra's.
const tokenLifetime = 3599 * time.Second

// claims are what an access token says about its bearer.
type claims struct {
	Audience              string   `json:"aud"`
	Issuer                string   `json:"iss"`
	IssuedAt              int64    `json:"iat"`
	NotBefore             int64    `json:"nbf"`
	Expires               int64    `json:"exp"`
	AuthenticationMethods []string `json:"amr,omitempty"`
	AppID                 string   `json:"appid"`
	IdentityType          string   `json:"idtyp,omitempty"`
	Roles                 []string `json:"roles,omitzero"`
	Scope                 string   `json:"scp,omitempty"`
	TenantID              string   `json:"tid"`
	UserName              string   `json:"upn,omitempty"`
	// UniqueID keeps two tokens of the same second apart.
	UniqueID string `json:"uti,omitempty"`
	Version  string `json:"ver"`
}

// UserAccessToken returns an App+User token that every emulator takes.
func UserAccessToken() string {
	return userClaims(partnerCenter(), ClientID, longPast(), farFuture()).lasting()
}

// AppAccessToken returns an app-only token that every emulator takes, on the
// routes that allow it.
func AppAccessToken() string {
	return appClaims(partnerCenter(), longPast(), farFuture()).lasting()
}

// ExpiredAccessToken returns an App+User token whose time is over.
func ExpiredAccessToken() string {
	return userClaims(partnerCenter(), ClientID, longPast(), longPast().Add(tokenLifetime)).lasting()
}

// GraphUserAccessToken returns an App+User token for Microsoft Graph.
func GraphUserAccessToken() string {
	return userClaims(microsoftGraph(), ClientID, longPast(), farFuture()).lasting()
}

// GraphAppAccessToken returns an app-only token for Microsoft Graph.
func GraphAppAccessToken() string {
	return appClaims(microsoftGraph(), longPast(), farFuture()).lasting()
}

// ExpiredGraphAccessToken returns an app-only token for Microsoft Graph whose
// time is over.
func ExpiredGraphAccessToken() string {
	return appClaims(microsoftGraph(), longPast(), longPast().Add(tokenLifetime)).lasting()
}

func longPast() time.Time  { return time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC) }
func farFuture() time.Time { return time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC) }

func newClaims(a audience, clientID string, from, to time.Time) claims {
	return claims{
		Audience:  a.name,
		Issuer:    "https://sts.windows.net/" + TenantID + "/",
		IssuedAt:  from.Unix(),
		NotBefore: from.Unix(),
		Expires:   to.Unix(),
		AppID:     clientID,
		TenantID:  TenantID,
		Version:   "1.0",
	}
}

func userClaims(a audience, clientID string, from, to time.Time) claims {
	c := newClaims(a, clientID, from, to)
	c.AuthenticationMethods = []string{"pwd", "mfa"}
	c.Scope = a.permission
	c.UserName = "admin.agent@harbourline.example"
	return c
}

func appClaims(a audience, from, to time.Time) claims {
	c := newClaims(a, ClientID, from, to)
	c.IdentityType = "app"
	c.Roles = []string{}
	if a.role != "" {
		c.Roles = append(c.Roles, a.role)
	}
	return c
}

func (c claims) appOnly() bool { return c.IdentityType == "app" }

// token encodes the claims as a token unlike any other.
func (c claims) token() string {
	c.UniqueID = rand.Text()
	return c.lasting()
}

// lasting encodes the claims as a token that is the same at every call.
func (c claims) lasting() string {
	payload, err := encode(c)
	if err != nil {
		return ""
	}
	return sealed(segment([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + segment(payload))
}

func segment(content []byte) string {
	return base64.RawURLEncoding.EncodeToString(content)
}

// rotatedRefreshToken returns a new refresh token. Like the access tokens it
// outlives the emulator that issued it, so that a stored one still works after
// a restart.
func rotatedRefreshToken() string {
	return sealed(RefreshToken + "-" + rand.Text())
}

func isRotated(token string) bool {
	return strings.HasPrefix(token, RefreshToken) && isSealed(token)
}

// sealed appends a signature, by which an emulator knows its own tokens without
// keeping them. The key is no secret: there is nothing to protect.
func sealed(text string) string {
	mac := hmac.New(sha256.New, []byte("partnercenter-emulator"))
	mac.Write([]byte(text))
	return text + "." + segment(mac.Sum(nil))
}

func isSealed(token string) bool {
	end := strings.LastIndexByte(token, '.')
	return end >= 0 && token == sealed(token[:end])
}

// What can be wrong with a bearer token.
var (
	errNoToken      = errors.New("the token is missing")
	errInvalidToken = errors.New("the token is not valid")
	errExpiredToken = errors.New("the token has expired")
	errAudience     = errors.New("the token is for another audience")
)

// readBearer reads the bearer token of a request to an audience.
func readBearer(r *http.Request, a audience) (claims, error) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return claims{}, errNoToken
	}
	segments := strings.Split(token, ".")
	if len(segments) != 3 || !isSealed(token) {
		return claims{}, errInvalidToken
	}
	payload, err := base64.RawURLEncoding.DecodeString(segments[1])
	if err != nil {
		return claims{}, errInvalidToken
	}
	var bearer claims
	if err := json.Unmarshal(payload, &bearer); err != nil {
		return claims{}, errInvalidToken
	}
	switch {
	case bearer.Audience != a.name:
		return claims{}, errAudience
	case time.Now().Unix() >= bearer.Expires:
		return claims{}, errExpiredToken
	default:
		return bearer, nil
	}
}

// authenticate reads the bearer token of an API request.
func authenticate(r *http.Request) (claims, error) {
	bearer, err := readBearer(r, partnerCenter())
	switch {
	case errors.Is(err, errNoToken):
		return claims{}, unauthorized(codeTokenMissing, "The partner token is missing.")
	case err != nil:
		return claims{}, unauthorized(codeAccessDenied, "Access is denied: "+err.Error()+".")
	default:
		return bearer, nil
	}
}

func unauthorized(code int, description string) error {
	return &apiError{
		status:      http.StatusUnauthorized,
		code:        code,
		description: description,
		header:      http.Header{"Www-Authenticate": {`OAuth realm="urn:cpsvc:cpid:` + TenantID + `"`}},
	}
}
