package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const (
	unbilledPath = "/v1.0/reports/partners/billing/usage/unbilled/export"
	billedPath   = "/v1.0/reports/partners/billing/usage/billed/export"

	currentEuros = `{"currencyCode":"EUR","billingPeriod":"current"}`
)

// graph sends a request to Microsoft Graph with an app-only token and further
// headers, given as name and value in turn.
func (s service) graph(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	r := request(t, method, s.url+path, body)
	r.Header.Set("Authorization", "Bearer "+emulator.GraphAppAccessToken())
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return exchange(t, r)
}

// wantGraphError checks an error answer of Microsoft Graph, whole.
func wantGraphError(t *testing.T, got reply, status int, code string) {
	t.Helper()
	if got.err != nil || got.status != status {
		t.Fatalf("status %d, error %v, want status %d; body %s", got.status, got.err, status, got.body)
	}
	content := decode[struct {
		Error struct {
			Code, Message string
			InnerError    struct {
				Date            string
				RequestID       string `json:"request-id"`
				ClientRequestID string `json:"client-request-id"`
			}
		}
	}](t, got.body).Error
	if content.Code != code || content.Message == "" || content.InnerError.Date != "2026-11-20T06:00:00" {
		t.Errorf("body %s, want code %s with message and date", got.body, code)
	}
	if id := got.header.Get("request-id"); len(id) != 36 || content.InnerError.RequestID != id {
		t.Errorf("request-id %q, body %s", id, got.body)
	}
	if id := got.header.Get("client-request-id"); id == "" || content.InnerError.ClientRequestID != id {
		t.Errorf("client-request-id %q, body %s", id, got.body)
	}
	if contentType := got.header.Get("Content-Type"); contentType != "application/json" {
		t.Errorf("content type %q", contentType)
	}
}

func TestGraphTokens(t *testing.T) {
	t.Parallel()
	service, withoutConsent := serve(t, emulator.Options{}), serve(t, emulator.Options{NoConsent: true})
	appForm := form("grant_type", "client_credentials", "refresh_token", "", "scope", graphScope)
	for name, test := range map[string]struct {
		authorization string
		status        int
		code          string
	}{
		"none":                {"", 401, "InvalidAuthenticationToken"},
		"unknown":             {"Bearer secret", 401, "InvalidAuthenticationToken"},
		"expired":             {"Bearer " + emulator.ExpiredGraphAccessToken(), 401, "InvalidAuthenticationToken"},
		"of Partner Center":   {"Bearer " + emulator.UserAccessToken(), 401, "InvalidAuthenticationToken"},
		"without consent":     {"Bearer " + withoutConsent.tokens(t, appForm).AccessToken, 403, "Authorization_RequestDenied"},
		"application":         {"Bearer " + emulator.GraphAppAccessToken(), 202, ""},
		"user":                {"Bearer " + emulator.GraphUserAccessToken(), 202, ""},
		"issued, application": {"Bearer " + service.tokens(t, appForm).AccessToken, 202, ""},
		"issued, user":        {"Bearer " + service.tokens(t, form("scope", graphScope)).AccessToken, 202, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := service.graph(t, http.MethodPost, unbilledPath, currentEuros, "Authorization", test.authorization)
			if test.code == "" {
				if got.status != test.status {
					t.Errorf("%d %s", got.status, got.body)
				}
				return
			}
			wantGraphError(t, got, test.status, test.code)
			if challenge := got.header.Get("WWW-Authenticate"); (challenge != "") != (test.status == 401) {
				t.Errorf("challenge %q", challenge)
			}
		})
	}
	refused := withoutConsent.signIn(t, tokenPath, form("scope", graphScope))
	if refused.status != 400 || !strings.Contains(refused.body, "AADSTS65001") {
		t.Errorf("a user without consent: %d %s", refused.status, refused.body)
	}
	withoutConsent.tokens(t, form())
	wantError(t, service.get(t, summaryPath, "Authorization", "Bearer "+emulator.GraphUserAccessToken()), 401, 400)
	user, app := tokenClaims(t, emulator.GraphUserAccessToken()), tokenClaims(t, emulator.GraphAppAccessToken())
	if user["aud"] != "https://graph.microsoft.com" || user["scp"] != "PartnerBilling.Read.All" || user["roles"] != nil {
		t.Errorf("user claims %v", user)
	}
	if roles, ok := app["roles"].([]any); !ok || len(roles) != 1 || roles[0] != "PartnerBilling.Read.All" || app["scp"] != nil {
		t.Errorf("application claims %v", app)
	}
}

func TestGraphRefuses(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"no body":                 {"POST", unbilledPath, "", 400, "BadRequest"},
		"no JSON":                 {"POST", unbilledPath, "currencyCode=EUR", 400, "BadRequest"},
		"no currency":             {"POST", unbilledPath, `{"billingPeriod":"current"}`, 400, "BadRequest"},
		"no currency code":        {"POST", unbilledPath, `{"currencyCode":"Euro","billingPeriod":"current"}`, 400, "BadRequest"},
		"no period":               {"POST", unbilledPath, `{"currencyCode":"EUR"}`, 400, "BadRequest"},
		"an unknown period":       {"POST", unbilledPath, `{"currencyCode":"EUR","billingPeriod":"next"}`, 400, "BadRequest"},
		"unknown attributes":      {"POST", unbilledPath, `{"currencyCode":"EUR","billingPeriod":"last","attributeSet":"some"}`, 400, "BadRequest"},
		"no invoice":              {"POST", billedPath, `{}`, 400, "BadRequest"},
		"an unknown invoice":      {"POST", billedPath, `{"invoiceId":"G999999999"}`, 404, "NotFound"},
		"unknown attributes, too": {"POST", billedPath, `{"invoiceId":"G000024143","attributeSet":"Full"}`, 400, "BadRequest"},
		"read":                    {"GET", unbilledPath, "", 405, "Request_BadRequest"},
		"an unknown operation":    {"GET", "/v1.0/reports/partners/billing/operations/none", "", 404, "ResourceNotFound"},
		"an unknown manifest":     {"GET", "/v1.0/reports/partners/billing/manifests/none", "", 404, "ResourceNotFound"},
		"another resource":        {"GET", "/v1.0/users", "", 400, "BadRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantGraphError(t, service.graph(t, test.method, test.path, test.body), test.status, test.code)
		})
	}
}

func TestGraphMisbehaves(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(
		emulator.Fault{Path: "unbilled/export", Status: 429, RetryAfter: "7"},
		emulator.Fault{Path: "unbilled/export", Status: 503, Error: "serviceNotAvailable"},
		emulator.Fault{Path: "operations/*", Status: 500},
	)
	got := service.graph(t, http.MethodPost, unbilledPath, currentEuros)
	wantGraphError(t, got, 429, "TooManyRequests")
	if got.header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
	wantGraphError(t, service.graph(t, http.MethodPost, unbilledPath, currentEuros), 503, "serviceNotAvailable")
	location := strings.TrimPrefix(service.graph(t, http.MethodPost, unbilledPath, currentEuros).header.Get("Location"), service.url)
	wantGraphError(t, service.graph(t, http.MethodGet, location, ""), 500, "UnknownError")
	if got := service.graph(t, http.MethodGet, location, ""); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}

	throttling := serve(t, emulator.Options{ThrottleEvery: 1})
	got = throttling.graph(t, http.MethodPost, unbilledPath, currentEuros)
	wantGraphError(t, got, 429, "TooManyRequests")
	if got.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
}
