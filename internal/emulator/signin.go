package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// What signs in to the emulator.
const (
	// TenantID is the partner's tenant.
	TenantID = "66f469a3-cb02-4f67-8a85-21e33f1d893a"
	// ClientID is the app registration that has a secret, and the certificates
	// of Options.Certificates.
	ClientID = "dc822e81-73d2-42a1-9f29-0db3d6764b81"
	// ClientSecret is the secret of ClientID.
	ClientSecret = "emulator~client.secret"
	// PublicClientID is an app registration that needs no secret, and must not
	// send one.
	PublicClientID = "a101f338-4a60-4050-adbc-e9a5e53964e4"
	// RefreshToken is a partner user's, good for either client.
	RefreshToken = "emulator-refresh-token"
	// ExpiredRefreshToken is refused with AADSTS700082.
	ExpiredRefreshToken = "emulator-expired-refresh-token"
	// RevokedRefreshToken is refused with AADSTS50173.
	RevokedRefreshToken = "emulator-revoked-refresh-token"
)

const offlineAccess = "offline_access"

// What follows the tenant in the paths of the sign-in endpoints.
const (
	tokenPath      = "/oauth2/v2.0/token"
	deviceCodePath = "/oauth2/v2.0/devicecode"
)

func isSignInPath(path string) bool {
	return strings.HasSuffix(path, tokenPath) || strings.HasSuffix(path, deviceCodePath)
}

// The grants that the token endpoint knows.
const (
	grantRefreshToken      = "refresh_token"
	grantClientCredentials = "client_credentials"
	grantDeviceCode        = "urn:ietf:params:oauth:grant-type:device_code"
)

// tokenResponse is what Entra answers to a sign-in. An application that signs in
// as itself is told no scope and gets no refresh token.
type tokenResponse struct {
	TokenType           string `json:"token_type"`
	Scope               string `json:"scope,omitempty"`
	ExpiresIn           int    `json:"expires_in"`
	ExtendedExpiresIn   int    `json:"ext_expires_in"`
	AccessToken         string `json:"access_token"`
	RotatedRefreshToken string `json:"refresh_token,omitempty"`
}

// grants are what the sign-in endpoints remember.
type grants struct {
	mu sync.Mutex
	// revoked are the refresh tokens that have been exchanged for another,
	// where that makes them invalid.
	revoked map[string]bool
	// devices are the device codes that have not been exchanged yet.
	devices map[string]*device
}

// signInHandler returns the response of a sign-in endpoint, or that of a fault in
// its place.
func (e *Emulator) signInHandler(r *http.Request, fault Fault) response {
	asOf := e.snapshot.Load().asOf
	if fault.responds() {
		return fault.signInResponse(asOf)
	}
	if r.Method != http.MethodPost {
		refused := signInError{http.StatusMethodNotAllowed, "invalid_request", 900561, "The endpoint only accepts POST requests."}
		a := refused.answer(asOf)
		a.header.Set("Allow", http.MethodPost)
		return a
	}
	var content any
	refused := checkRequest(r)
	switch {
	case refused != nil:
	case strings.HasSuffix(r.URL.Path, deviceCodePath):
		content, refused = e.issueDeviceCode(r.PostForm)
	default:
		content, refused = e.signIn(r)
	}
	if refused != nil {
		return refused.answer(asOf)
	}
	return entraResponse(http.StatusOK, content)
}

// checkRequest checks what both endpoints want, and reads the form.
func checkRequest(r *http.Request) *signInError {
	tenant := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(r.URL.Path, tokenPath), deviceCodePath), "/")
	if !strings.EqualFold(tenant, TenantID) {
		return &signInError{http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf("Tenant '%s' not found.", tenant)}
	}
	if err := r.ParseForm(); err != nil {
		return &signInError{http.StatusBadRequest, "invalid_request", 9000410, "The request body is malformed."}
	}
	return nil
}

func (e *Emulator) signIn(r *http.Request) (*tokenResponse, *signInError) {
	form := r.PostForm
	grant := form.Get("grant_type")
	switch grant {
	case grantRefreshToken, grantClientCredentials, grantDeviceCode:
	case "":
		return nil, missing("grant_type")
	default:
		return nil, &signInError{http.StatusBadRequest, "unsupported_grant_type", 70003, fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant)}
	}
	if refused := e.checkClient(r, grant); refused != nil {
		return nil, refused
	}

	now := time.Now()
	clientID := form.Get("client_id")
	switch grant {
	case grantClientCredentials:
		asked, refused := askedAudience(form)
		if refused != nil {
			return nil, refused
		}
		bearer := appClaims(asked, now, now.Add(tokenLifetime))
		if e.options.NoConsent {
			bearer.Roles = []string{}
		}
		tokens := newTokenResponse(bearer)
		return &tokens, nil
	case grantDeviceCode:
		granted, refused := e.redeemDeviceCode(form)
		if refused != nil {
			return nil, refused
		}
		tokens := newTokenResponse(userClaims(partnerCenter(), clientID, now, now.Add(tokenLifetime)))
		if slices.Contains(granted, offlineAccess) {
			tokens.RotatedRefreshToken = rotatedRefreshToken()
		}
		return &tokens, nil
	default:
		asked, refused := askedAudience(form)
		if refused != nil {
			return nil, refused
		}
		if asked == microsoftGraph() && e.options.NoConsent {
			return nil, &signInError{http.StatusBadRequest, "invalid_grant", 65001, fmt.Sprintf("The user or administrator has not consented to use the application with ID '%s'. Send an interactive authorization request for this user and resource.", clientID)}
		}
		if refused := e.redeemRefreshToken(form.Get("refresh_token")); refused != nil {
			return nil, refused
		}
		tokens := newTokenResponse(userClaims(asked, clientID, now, now.Add(tokenLifetime)))
		tokens.RotatedRefreshToken = rotatedRefreshToken()
		return &tokens, nil
	}
}

func newTokenResponse(c claims) tokenResponse {
	tokens := tokenResponse{
		TokenType:         "Bearer",
		ExpiresIn:         int(tokenLifetime / time.Second),
		ExtendedExpiresIn: int(tokenLifetime / time.Second),
		AccessToken:       c.token(),
	}
	if !c.appOnly() {
		tokens.Scope = c.Audience + "/" + c.Scope + " " + c.Audience + "/.default"
	}
	return tokens
}

func missing(parameter string) *signInError {
	return &signInError{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: '" + parameter + "'."}
}

// redeemRefreshToken checks a refresh token. Where exchanging it makes it
// invalid, only one of several at once succeeds.
func (e *Emulator) redeemRefreshToken(token string) *signInError {
	if refused := checkRefreshToken(token); refused != nil || !e.options.RevokeRotated {
		return refused
	}
	e.grants.mu.Lock()
	defer e.grants.mu.Unlock()
	if e.grants.revoked[token] {
		return revoked()
	}
	if e.grants.revoked == nil {
		e.grants.revoked = make(map[string]bool)
	}
	e.grants.revoked[token] = true
	return nil
}

func revoked() *signInError {
	return &signInError{http.StatusBadRequest, "invalid_grant", 50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed."}
}

// checkClient checks the client's id, and its secret or assertion. Entra takes
// the former from a Basic header as well; the emulator does not, since clients
// that try both ways send each token twice.
func (e *Emulator) checkClient(r *http.Request, grant string) *signInError {
	id, secret, assertion := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret"), r.PostForm.Get("client_assertion")
	proven := secret != "" || assertion != ""
	_, _, basic := r.BasicAuth()
	switch {
	case id == "" && !basic:
		return missing("client_id")
	case strings.EqualFold(id, PublicClientID) && grant != grantClientCredentials && !basic:
		if proven {
			return &signInError{http.StatusUnauthorized, "invalid_client", 700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."}
		}
		return nil
	case basic, strings.EqualFold(id, PublicClientID), strings.EqualFold(id, ClientID) && !proven:
		return &signInError{http.StatusUnauthorized, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."}
	case !strings.EqualFold(id, ClientID):
		return unknownClient(id)
	case assertion != "":
		return e.checkAssertion(r, assertion)
	case secret != ClientSecret:
		return &signInError{http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided."}
	default:
		return nil
	}
}

func unknownClient(id string) *signInError {
	return &signInError{http.StatusBadRequest, "unauthorized_client", 700016, fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'.", id, TenantID)}
}

func checkRefreshToken(token string) *signInError {
	switch {
	case token == RefreshToken, isRotated(token):
		return nil
	case token == "":
		return missing("refresh_token")
	case token == ExpiredRefreshToken:
		return &signInError{http.StatusBadRequest, "invalid_grant", 700082, "The refresh token has expired due to inactivity."}
	case token == RevokedRefreshToken:
		return revoked()
	default:
		return &signInError{http.StatusBadRequest, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."}
	}
}

// signInError is an error of the sign-in endpoints.
type signInError struct {
	status  int
	kind    string
	code    int
	message string
}

// answer puts the error in Entra's shape, which says everything twice.
func (s signInError) answer(asOf time.Time) response {
	timestamp := asOf.Format("2006-01-02 15:04:05Z")
	traceID, correlationID := randomGUID(), randomGUID()
	return entraResponse(s.status, struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		Codes         []int  `json:"error_codes"`
		Timestamp     string `json:"timestamp"`
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
		URI           string `json:"error_uri"`
	}{
		Error: s.kind,
		Description: fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
			s.code, s.message, traceID, correlationID, timestamp),
		Codes:         []int{s.code},
		Timestamp:     timestamp,
		TraceID:       traceID,
		CorrelationID: correlationID,
		URI:           fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", s.code),
	})
}

// entraResponse is v as the sign-in endpoints send it: without a byte order mark.
func entraResponse(status int, v any) response {
	body, err := encode(v)
	if err != nil {
		return failedResponse(err)
	}
	a := jsonResponse(status, body)
	a.header.Set("Cache-Control", "no-store, no-cache")
	return a
}
