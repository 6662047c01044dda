package emulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const (
	deviceCodePath  = "/" + emulator.TenantID + "/oauth2/v2.0/devicecode"
	deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code"
)

type deviceCode struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURI string `json:"verification_uri"`
	ExpiresIn       int    `json:"expires_in"`
	Interval        int    `json:"interval"`
	Message         string `json:"message"`
}

// deviceForm asks for a device code.
func deviceForm(clientID, scopes string) url.Values {
	return url.Values{"client_id": {clientID}, "scope": {scopes}}
}

// pollForm asks for the tokens of a device code.
func pollForm(clientID, code string) url.Values {
	return url.Values{"grant_type": {deviceCodeGrant}, "client_id": {clientID}, "device_code": {code}}
}

func (s service) deviceCode(t *testing.T, values url.Values) deviceCode {
	t.Helper()
	got := s.signIn(t, deviceCodePath, values)
	if got.status != http.StatusOK {
		t.Fatalf("status %d, error %v, body %s", got.status, got.err, got.body)
	}
	return decode[deviceCode](t, got.body)
}

func TestDeviceCodeSignsInAfterItsPolls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		polls, pending int
		scopes         string
	}{
		"usual":     {0, 1, apiScope + " offline_access openid profile"},
		"delegated": {3, 3, "https://api.partnercenter.microsoft.com/user_impersonation offline_access"},
		"at once":   {-1, 0, "offline_access " + apiScope},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := serve(t, emulator.Options{DevicePolls: test.polls})
			issued := service.deviceCode(t, deviceForm(emulator.PublicClientID, test.scopes))
			if len(issued.UserCode) != 9 || issued.VerificationURI != emulator.VerificationURI || issued.ExpiresIn != 900 || issued.Interval != 1 ||
				!strings.Contains(issued.Message, issued.UserCode) || !strings.Contains(issued.Message, issued.VerificationURI) {
				t.Errorf("issued %+v", issued)
			}
			poll := pollForm(strings.ToUpper(emulator.PublicClientID), issued.DeviceCode)
			for range test.pending {
				wantSignInError(t, service.signIn(t, tokenPath, poll), 400, "authorization_pending", 70016)
			}
			got := service.tokens(t, poll)
			if !strings.HasSuffix(got.Scope, " "+apiScope) {
				t.Errorf("scope %q", got.Scope)
			}
			if got := service.get(t, summaryPath, "Authorization", "Bearer "+got.AccessToken); got.status != http.StatusOK {
				t.Errorf("the token is refused: %d %s", got.status, got.body)
			}
			service.tokens(t, form("refresh_token", got.RefreshToken))
			wantSignInError(t, service.signIn(t, tokenPath, poll), 400, "invalid_grant", 70000)
		})
	}
}

func TestDeviceCodeOfAConfidentialClient(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{DevicePolls: -1})
	issued := service.deviceCode(t, deviceForm(emulator.ClientID, apiScope))
	poll := pollForm(emulator.ClientID, issued.DeviceCode)
	wantSignInError(t, service.signIn(t, tokenPath, poll), 401, "invalid_client", 7000218)
	poll.Set("client_secret", emulator.ClientSecret)
	if got := service.tokens(t, poll); got.RefreshToken != "" {
		t.Error("a refresh token without offline_access")
	}
}

func TestDeviceCodeIsRefused(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{DevicePolls: -1})
	for name, test := range map[string]struct {
		path   string
		form   url.Values
		status int
		kind   string
		code   int
	}{
		"unknown tenant": {"/contoso/oauth2/v2.0/devicecode", deviceForm(emulator.PublicClientID, apiScope), 400, "invalid_request", 90002},
		"no client":      {deviceCodePath, deviceForm("", apiScope), 400, "invalid_request", 900144},
		"unknown client": {deviceCodePath, deviceForm(emulator.TenantID, apiScope), 400, "unauthorized_client", 700016},
		"another scope":  {deviceCodePath, deviceForm(emulator.PublicClientID, "offline_access"), 400, "invalid_scope", 70011},
		"no code":        {tokenPath, pollForm(emulator.PublicClientID, ""), 400, "invalid_request", 900144},
		"unknown code":   {tokenPath, pollForm(emulator.PublicClientID, "guess"), 400, "invalid_grant", 70000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantSignInError(t, service.signIn(t, test.path, test.form), test.status, test.kind, test.code)
		})
	}
	issued := service.deviceCode(t, deviceForm(emulator.PublicClientID, apiScope))
	poll := pollForm(emulator.ClientID, issued.DeviceCode)
	poll.Set("client_secret", emulator.ClientSecret)
	wantSignInError(t, service.signIn(t, tokenPath, poll), 400, "invalid_grant", 70000)
	wantSignInError(t, exchange(t, request(t, http.MethodGet, service.url+deviceCodePath, "")), 405, "invalid_request", 900561)
}

func TestFaultsOfTheDeviceCode(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{DevicePolls: -1})
	service.Misbehave(
		emulator.Fault{Status: 500, Times: emulator.Always}, // not meant for the sign-in
		emulator.Fault{Path: "devicecode", Status: 503},
		emulator.Fault{Path: "token", Status: 400, Error: "expired_token"},
		emulator.Fault{Path: "token", Status: 400, Error: "authorization_declined"},
		emulator.Fault{Path: "token", Status: 400, Error: "slow_down", Code: 1},
	)
	values := deviceForm(emulator.PublicClientID, apiScope)
	wantSignInError(t, service.signIn(t, deviceCodePath, values), 503, "temporarily_unavailable", 90033)
	poll := pollForm(emulator.PublicClientID, service.deviceCode(t, values).DeviceCode)
	wantSignInError(t, service.signIn(t, tokenPath, poll), 400, "expired_token", 70020)
	wantSignInError(t, service.signIn(t, tokenPath, poll), 400, "authorization_declined", 65004)
	wantSignInError(t, service.signIn(t, tokenPath, poll), 400, "slow_down", 1)
	service.tokens(t, poll)
}

func TestRotatedRefreshTokensAreRevoked(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{RevokeRotated: true})
	first := service.tokens(t, form()).RefreshToken
	wantSignInError(t, service.signIn(t, tokenPath, form()), 400, "invalid_grant", 50173)
	// A request that fails for another reason does not use the token up.
	wantSignInError(t, service.signIn(t, tokenPath, form("refresh_token", first, "client_secret", "guess")), 401, "invalid_client", 7000215)
	second := service.tokens(t, form("refresh_token", first)).RefreshToken
	wantSignInError(t, service.signIn(t, tokenPath, form("refresh_token", first)), 400, "invalid_grant", 50173)

	var succeeded atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if service.signIn(t, tokenPath, form("refresh_token", second)).status == http.StatusOK {
				succeeded.Add(1)
			}
		})
	}
	group.Wait()
	if succeeded.Load() != 1 {
		t.Errorf("%d of 8 at once succeed", succeeded.Load())
	}
}
