package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// What signs in to the emulator.
const (
	// TenantID is the partner's tenant.
	TenantID = "66f469a3-cb02-4f67-8a85-21e33f1d893a"
	// ClientID is the app registration that has a secret.
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

const (
	audience  = "https://api.partnercenter.microsoft.com"
	scope     = audience + "/.default"
	userScope = "user_impersonation"
)

// tokenPath follows the tenant in the path of the token endpoint.
const tokenPath = "/oauth2/v2.0/token"

func isTokenPath(path string) bool { return strings.HasSuffix(path, tokenPath) }

// tokenAnswer is what Entra answers to a sign-in. An application that signs in
// as itself is told no scope and gets no refresh token.
type tokenAnswer struct {
	TokenType           string `json:"token_type"`
	Scope               string `json:"scope,omitempty"`
	ExpiresIn           int    `json:"expires_in"`
	ExtendedExpiresIn   int    `json:"ext_expires_in"`
	AccessToken         string `json:"access_token"`
	RotatedRefreshToken string `json:"refresh_token,omitempty"`
}

// answerSignIn is the answer of the token endpoint, or that of a fault in its
// place.
func (e *Emulator) answerSignIn(r *http.Request, fault Fault) answer {
	if fault.answers() {
		return fault.signInAnswer(e.partner.asOf)
	}
	if r.Method != http.MethodPost {
		refused := signInError{http.StatusMethodNotAllowed, "invalid_request", 900561, "The endpoint only accepts POST requests."}
		a := refused.answer(e.partner.asOf)
		a.header.Set("Allow", http.MethodPost)
		return a
	}
	tokens, refused := signIn(r)
	if refused != nil {
		return refused.answer(e.partner.asOf)
	}
	return entraAnswer(http.StatusOK, tokens)
}

func signIn(r *http.Request) (*tokenAnswer, *signInError) {
	tenant := strings.TrimPrefix(strings.TrimSuffix(r.URL.Path, tokenPath), "/")
	if !strings.EqualFold(tenant, TenantID) {
		return nil, &signInError{http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf("Tenant '%s' not found.", tenant)}
	}
	if err := r.ParseForm(); err != nil {
		return nil, &signInError{http.StatusBadRequest, "invalid_request", 9000410, "The request body is malformed."}
	}
	form := r.PostForm
	grant := form.Get("grant_type")
	if grant == "" {
		return nil, &signInError{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'."}
	}
	if grant != "refresh_token" && grant != "client_credentials" {
		return nil, &signInError{http.StatusBadRequest, "unsupported_grant_type", 70003, fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant)}
	}
	if refused := checkClient(r, form, grant); refused != nil {
		return nil, refused
	}
	if !slices.Contains(strings.Fields(form.Get("scope")), scope) {
		return nil, &signInError{http.StatusBadRequest, "invalid_scope", 70011, fmt.Sprintf("The provided value for the input parameter 'scope' is not valid: '%s'.", form.Get("scope"))}
	}

	now := time.Now()
	tokens := &tokenAnswer{
		TokenType:         "Bearer",
		ExpiresIn:         int(tokenLifetime / time.Second),
		ExtendedExpiresIn: int(tokenLifetime / time.Second),
	}
	if grant == "client_credentials" {
		tokens.AccessToken = appClaims(now, now.Add(tokenLifetime)).token()
		return tokens, nil
	}
	if refused := checkRefreshToken(form.Get("refresh_token")); refused != nil {
		return nil, refused
	}
	tokens.Scope = audience + "/" + userScope + " " + scope
	tokens.AccessToken = userClaims(form.Get("client_id"), now, now.Add(tokenLifetime)).token()
	tokens.RotatedRefreshToken = rotatedRefreshToken()
	return tokens, nil
}

// checkClient checks the client's id and secret. Entra takes them from a Basic
// header as well; the emulator does not, since clients that try both ways send
// each token twice.
func checkClient(r *http.Request, form url.Values, grant string) *signInError {
	secret := form.Get("client_secret")
	_, _, basic := r.BasicAuth()
	switch id := form.Get("client_id"); {
	case id == "" && !basic:
		return &signInError{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'client_id'."}
	case strings.EqualFold(id, PublicClientID) && grant == "refresh_token" && !basic:
		if secret != "" {
			return &signInError{http.StatusUnauthorized, "invalid_client", 700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."}
		}
		return nil
	case basic, strings.EqualFold(id, PublicClientID), strings.EqualFold(id, ClientID) && secret == "":
		return &signInError{http.StatusUnauthorized, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."}
	case !strings.EqualFold(id, ClientID):
		return &signInError{http.StatusBadRequest, "unauthorized_client", 700016, fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'.", id, TenantID)}
	case secret != ClientSecret:
		return &signInError{http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided."}
	default:
		return nil
	}
}

func checkRefreshToken(token string) *signInError {
	switch {
	case token == RefreshToken, isRotated(token):
		return nil
	case token == "":
		return &signInError{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'refresh_token'."}
	case token == ExpiredRefreshToken:
		return &signInError{http.StatusBadRequest, "invalid_grant", 700082, "The refresh token has expired due to inactivity."}
	case token == RevokedRefreshToken:
		return &signInError{http.StatusBadRequest, "invalid_grant", 50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed."}
	default:
		return &signInError{http.StatusBadRequest, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."}
	}
}

// signInError is an error of the token endpoint.
type signInError struct {
	status  int
	kind    string
	code    int
	message string
}

// answer puts the error in Entra's shape, which says everything twice.
func (s signInError) answer(asOf time.Time) answer {
	timestamp := asOf.Format("2006-01-02 15:04:05Z")
	traceID, correlationID := randomGUID(), randomGUID()
	return entraAnswer(s.status, struct {
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

// entraAnswer is v as the token endpoint sends it: without a byte order mark.
func entraAnswer(status int, v any) answer {
	body, err := encode(v)
	if err != nil {
		return plainAnswer(http.StatusInternalServerError, err.Error())
	}
	a := jsonAnswer(status, body)
	a.header.Set("Cache-Control", "no-store, no-cache")
	return a
}
