package emulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const (
	apiScope   = "https://api.partnercenter.microsoft.com/.default"
	graphScope = "https://graph.microsoft.com/.default"
)

// form returns the fields of a sign-in that works, changed by name and value
// in turn; an empty value leaves the field out.
func form(changes ...string) url.Values {
	values := url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {emulator.ClientID},
		"client_secret": {emulator.ClientSecret},
		"refresh_token": {emulator.RefreshToken},
		"scope":         {apiScope},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			values.Del(changes[i])
		}
	}
	return values
}

func (s service) signIn(t *testing.T, path string, values url.Values) reply {
	t.Helper()
	r := request(t, http.MethodPost, s.url+path, values.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return exchange(t, r)
}

type tokens struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

func (s service) tokens(t *testing.T, values url.Values) tokens {
	t.Helper()
	got := s.signIn(t, tokenPath, values)
	if got.status != http.StatusOK {
		t.Fatalf("status %d, error %v, body %s", got.status, got.err, got.body)
	}
	answer := decode[tokens](t, got.body)
	if answer.TokenType != "Bearer" || answer.ExpiresIn != 3599 || answer.ExtExpiresIn != 3599 {
		t.Errorf("answer %s", got.body)
	}
	return answer
}

func TestUserSignsIn(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for name, values := range map[string]url.Values{
		"with a secret":    form(),
		"in another case":  form("client_id", strings.ToUpper(emulator.ClientID)),
		"as public client": form("client_id", emulator.PublicClientID, "client_secret", ""),
		"with more scopes": form("scope", "openid "+apiScope+" offline_access"),
		"with rotated token": form("refresh_token",
			serve(t, emulator.Options{}).tokens(t, form()).RefreshToken),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second := service.tokens(t, values), service.tokens(t, values)
			if first.AccessToken == second.AccessToken || first.RefreshToken == second.RefreshToken || first.RefreshToken == "" {
				t.Error("two sign-ins get the same tokens")
			}
			if !strings.HasSuffix(first.Scope, " "+apiScope) {
				t.Errorf("scope %q", first.Scope)
			}
			if got := service.get(t, summaryPath, "Authorization", "Bearer "+first.AccessToken); got.status != http.StatusOK {
				t.Errorf("the token is refused: %d %s", got.status, got.body)
			}
		})
	}
}

func TestApplicationSignsIn(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	got := service.tokens(t, form("grant_type", "client_credentials", "refresh_token", ""))
	if got.Scope != "" || got.RefreshToken != "" {
		t.Errorf("got %+v", got)
	}
	wantError(t, service.get(t, summaryPath, "Authorization", "Bearer "+got.AccessToken), http.StatusForbidden, 900329)
}

func TestSignInIsRefused(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for name, test := range map[string]struct {
		path   string
		form   url.Values
		status int
		kind   string
		code   int
	}{
		"unknown tenant":        {"/contoso/oauth2/v2.0/token", form(), 400, "invalid_request", 90002},
		"tenant with a prefix":  {"/x" + tokenPath, form(), 400, "invalid_request", 90002},
		"no grant":              {tokenPath, form("grant_type", ""), 400, "invalid_request", 900144},
		"another grant":         {tokenPath, form("grant_type", "password"), 400, "unsupported_grant_type", 70003},
		"no client":             {tokenPath, form("client_id", ""), 400, "invalid_request", 900144},
		"unknown client":        {tokenPath, form("client_id", emulator.TenantID), 400, "unauthorized_client", 700016},
		"no secret":             {tokenPath, form("client_secret", ""), 401, "invalid_client", 7000218},
		"wrong secret":          {tokenPath, form("client_secret", "guess"), 401, "invalid_client", 7000215},
		"public with a secret":  {tokenPath, form("client_id", emulator.PublicClientID), 401, "invalid_client", 700025},
		"public as application": {tokenPath, form("client_id", emulator.PublicClientID, "grant_type", "client_credentials"), 401, "invalid_client", 7000218},
		"no scope":              {tokenPath, form("scope", ""), 400, "invalid_scope", 70011},
		"another scope":         {tokenPath, form("scope", "https://management.azure.com/.default"), 400, "invalid_scope", 70011},
		"two audiences":         {tokenPath, form("scope", apiScope+" "+graphScope), 400, "invalid_scope", 28000},
		"no refresh token":      {tokenPath, form("refresh_token", ""), 400, "invalid_request", 900144},
		"unknown refresh token": {tokenPath, form("refresh_token", "guess"), 400, "invalid_grant", 9002313},
		"forged refresh token":  {tokenPath, form("refresh_token", emulator.RefreshToken+"-X.Y"), 400, "invalid_grant", 9002313},
		"expired refresh token": {tokenPath, form("refresh_token", emulator.ExpiredRefreshToken), 400, "invalid_grant", 700082},
		"revoked refresh token": {tokenPath, form("refresh_token", emulator.RevokedRefreshToken), 400, "invalid_grant", 50173},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantSignInError(t, service.signIn(t, test.path, test.form), test.status, test.kind, test.code)
		})
	}
}

func TestCredentialsInAHeaderAreRefused(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for _, values := range []url.Values{form(), form("client_id", "", "client_secret", "")} {
		r := request(t, http.MethodPost, service.url+tokenPath, values.Encode())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(emulator.ClientID, emulator.ClientSecret)
		wantSignInError(t, exchange(t, r), http.StatusUnauthorized, "invalid_client", 7000218)
	}
}

func TestTokenEndpointOnlyTakesPOST(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	got := exchange(t, request(t, http.MethodGet, service.url+tokenPath+"?"+form().Encode(), ""))
	wantSignInError(t, got, http.StatusMethodNotAllowed, "invalid_request", 900561)
}

// wantSignInError checks an error of the token endpoint, whole.
func wantSignInError(t *testing.T, got reply, status int, kind string, code int) {
	t.Helper()
	if got.err != nil || got.status != status {
		t.Fatalf("status %d, error %v, want status %d; body %s", got.status, got.err, status, got.body)
	}
	fault := decode[struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		Codes         []int  `json:"error_codes"`
		Timestamp     string `json:"timestamp"`
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
	}](t, got.body)
	if fault.Error != kind || len(fault.Codes) != 1 || fault.Codes[0] != code || fault.TraceID == "" || fault.CorrelationID == "" ||
		fault.Timestamp != "2026-11-20 06:00:00Z" || !strings.HasPrefix(fault.Description, "AADSTS") {
		t.Errorf("body %s, want %s %d", got.body, kind, code)
	}
}
