package emulator_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestAPIAnswersAppAndUserTokensOnly(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	paths := []string{customersPath, summaryPath, metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID)}
	valid := emulator.UserAccessToken()
	for name, test := range map[string]struct {
		authorization string
		status        int
		code          int
	}{
		"none":             {"", http.StatusUnauthorized, 800001},
		"no token":         {"Bearer ", http.StatusUnauthorized, 800001},
		"another scheme":   {"Basic " + valid, http.StatusUnauthorized, 800001},
		"unknown":          {"Bearer secret", http.StatusUnauthorized, 400},
		"tampered":         {"Bearer " + strings.Replace(valid, ".", ".e30", 1), http.StatusUnauthorized, 400},
		"expired":          {"Bearer " + emulator.ExpiredAccessToken(), http.StatusUnauthorized, 400},
		"a refresh token":  {"Bearer " + emulator.RefreshToken, http.StatusUnauthorized, 400},
		"application only": {"Bearer " + emulator.AppAccessToken(), http.StatusForbidden, 900329},
		"in another case":  {"bearer " + valid, http.StatusOK, 0},
		"valid":            {"Bearer " + valid, http.StatusOK, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range paths {
				got := service.get(t, path, "Authorization", test.authorization)
				if test.status == http.StatusOK {
					if got.status != test.status {
						t.Errorf("%s: %d %s", path, got.status, got.body)
					}
					continue
				}
				wantError(t, got, test.status, test.code)
				challenge := got.header.Get("WWW-Authenticate")
				if (challenge != "") != (test.status == http.StatusUnauthorized) {
					t.Errorf("%s: challenge %q", path, challenge)
				}
			}
		})
	}
}

func TestApplicationsReadWhatTheAPILetsThem(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	plan := func(rest string) string {
		return subscriptionPath(emulator.MeteredCustomerID, emulator.MeteredPlanID, rest)
	}
	for path, allowed := range map[string]bool{
		customersPath: false,
		summaryPath:   false,
		customerPath(emulator.MeteredCustomerID, "usagesummary"):               false,
		customerPath(emulator.MeteredCustomerID, "subscriptions/usagerecords"): false,
		plan("usagesummary"):         false,
		plan("meterusagerecords"):    false,
		plan("resourceusagerecords"): false,
		rateCardPath:                 false,
		rateCardPath + "-shared":     false,
		"/v1/invoices/summaries":     false,
		customerPath(emulator.MeteredCustomerID, "usagebudget"):   true,
		plan("azureEntitlements"):                                 true,
		utilizationPath + twoDays:                                 true,
		"/v1/customers":                                           true,
		"/v1/customers/" + emulator.MeteredCustomerID:             true,
		customerPath(emulator.MeteredCustomerID, "subscriptions"): true,
		"/v1/invoices":                                            true,
	} {
		service.read(t, path)
		got := service.get(t, path, "Authorization", "Bearer "+emulator.AppAccessToken())
		if allowed && got.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if !allowed {
			wantError(t, got, http.StatusForbidden, 900329)
		}
	}
}

func TestAPIOnlyReads(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		r := request(t, method, service.url+customersPath, "{}")
		r.Header.Set("Authorization", "Bearer "+emulator.UserAccessToken())
		got := exchange(t, r)
		wantError(t, got, http.StatusMethodNotAllowed, 900141)
		if got.header.Get("Allow") != http.MethodGet {
			t.Errorf("allow %q", got.header.Get("Allow"))
		}
	}
}

func TestAnswersEchoTheIDsOrMakeThem(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	got := service.get(t, summaryPath, "MS-RequestId", "request-1", "MS-CorrelationId", "correlation-1")
	if got.header.Get("MS-RequestId") != "request-1" || got.header.Get("MS-CorrelationId") != "correlation-1" {
		t.Errorf("header %v", got.header)
	}
	one, other := service.get(t, summaryPath), service.get(t, summaryPath)
	for _, name := range []string{"MS-RequestId", "MS-CorrelationId"} {
		if id := one.header.Get(name); len(id) != 36 || id == other.header.Get(name) {
			t.Errorf("%s %q, then %q", name, id, other.header.Get(name))
		}
	}
}

// tokenClaims decodes the claims of an access token.
func tokenClaims(t *testing.T, token string) map[string]any {
	t.Helper()
	segments := strings.Split(token, ".")
	if len(segments) != 3 {
		t.Fatalf("%d segments in %s", len(segments), token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(segments[1])
	if err != nil {
		t.Fatal(err)
	}
	return decode[map[string]any](t, string(payload))
}

func TestAccessTokensSayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	user, app := tokenClaims(t, emulator.UserAccessToken()), tokenClaims(t, emulator.AppAccessToken())
	for _, claims := range []map[string]any{user, app} {
		expires, ok := claims["exp"].(float64)
		if !ok || expires < float64(time.Now().Unix()) {
			t.Errorf("expires %v", claims["exp"])
		}
		if claims["aud"] != "https://api.partnercenter.microsoft.com" || claims["tid"] != emulator.TenantID ||
			claims["appid"] != emulator.ClientID || claims["iss"] != "https://sts.windows.net/"+emulator.TenantID+"/" {
			t.Errorf("claims %v", claims)
		}
	}
	if methods, ok := user["amr"].([]any); !ok || len(methods) != 2 || methods[1] != "mfa" || user["scp"] != "user_impersonation" || user["upn"] == nil || user["idtyp"] != nil {
		t.Errorf("user claims %v", user)
	}
	if roles, ok := app["roles"].([]any); !ok || len(roles) != 0 || app["idtyp"] != "app" || app["scp"] != nil || app["upn"] != nil {
		t.Errorf("application claims %v", app)
	}
}
