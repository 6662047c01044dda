package entra

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	deviceCode = `{"user_code":"ABC123","device_code":"device-1","verification_uri":"https://login.example/device","expires_in":900,"interval":5,"message":"m"}`
	pending    = `{"error":"authorization_pending","error_description":"AADSTS70016: Pending."}`
	granted    = `{"token_type":"Bearer","expires_in":3599,"access_token":"token-1","refresh_token":"refresh-1"}`
)

// signInWithDeviceCode signs in, and notes what it shows.
func signInWithDeviceCode(t *testing.T, ctx context.Context, answer wiretest.Responder, changes ...func(*Options, *transport.Options)) (*oauth2.Token, []DeviceCode, *authority, error) { //nolint:revive // t comes first in tests.
	t.Helper()
	a := newAuthority(t, answer, changes...)
	var shown []DeviceCode
	token, err := SignInWithDeviceCode(ctx, a.options, a.network, "https://api.example/.default", func(code DeviceCode) { shown = append(shown, code) })
	return token, shown, a, err
}

func TestDeviceCode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secret string
	}{"a public client": {""}, "a confidential client": {"hush"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				token, shown, a, err := signInWithDeviceCode(t, t.Context(), wiretest.Sequence(t,
					wiretest.Respond(http.StatusOK, deviceCode), wiretest.Respond(http.StatusBadRequest, pending), wiretest.Respond(http.StatusBadRequest, `{"error":"slow_down"}`), wiretest.Respond(http.StatusOK, granted)),
					func(token *Options, _ *transport.Options) { token.ClientSecret = test.secret })
				if err != nil {
					t.Fatal(err)
				}
				if token.AccessToken != "token-1" || token.RefreshToken != "refresh-1" {
					t.Errorf("the token is %+v", token)
				}
				if len(shown) != 1 || shown[0].UserCode != "ABC123" || shown[0].URL != "https://login.example/device" || shown[0].Expires.Sub(start) != 15*time.Minute {
					t.Errorf("shown was %+v", shown)
				}
				const host = "https://login.example/contoso.example/oauth2/v2.0/"
				if got, want := strings.Join(a.URLs(), " "), strings.Join([]string{host + "devicecode", host + "token", host + "token", host + "token"}, " "); got != want {
					t.Errorf("asked\n%s, want\n%s", got, want)
				}
				if got := a.forms[0].Encode(); got != "client_id=client-1&scope=https%3A%2F%2Fapi.example%2F.default+offline_access" {
					t.Errorf("asked for a code with %s", got)
				}
				form := a.forms[1]
				if form.Get("device_code") != "device-1" || form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:device_code" || form.Get("client_secret") != test.secret {
					t.Errorf("asked for a token with %v", form)
				}
				wiretest.WantElapsed(t, start, 20*time.Second) // 5, 5, and 10 after slow_down.
			})
		})
	}
}

func TestDeviceCode_fails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []wiretest.Responder
		want    string
	}{
		"no device code":        {[]wiretest.Responder{wiretest.Respond(http.StatusBadRequest, `{"error":"invalid_request","error_description":"AADSTS90002: No tenant."}`)}, "AADSTS90002: No tenant."},
		"no answer":             {[]wiretest.Responder{wiretest.Fail(syscall.ECONNREFUSED)}, "connection refused"},
		"the user declines":     {[]wiretest.Responder{wiretest.Respond(http.StatusOK, deviceCode), wiretest.Respond(http.StatusBadRequest, `{"error":"authorization_declined","error_description":"AADSTS65004: Declined device-1."}`)}, "AADSTS65004: Declined [secret]."},
		"a page of a proxy":     {[]wiretest.Responder{wiretest.Respond(http.StatusOK, deviceCode), wiretest.Respond(http.StatusNotFound, `<html>`)}, "404 Not Found: the response is not from a token endpoint"},
		"no code at all":        {[]wiretest.Responder{wiretest.Respond(http.StatusOK, `{}`)}, "the response is not from a token endpoint"},
		"an interval backwards": {[]wiretest.Responder{wiretest.Respond(http.StatusOK, strings.ReplaceAll(deviceCode, `"interval":5`, `"interval":-5`)), wiretest.Respond(http.StatusBadRequest, `{"error":"expired_token"}`)}, "expired_token"},
		"not a code":            {[]wiretest.Responder{wiretest.Respond(http.StatusOK, `<html>`)}, "the response is not from a token endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, _, _, err := signInWithDeviceCode(t, t.Context(), wiretest.Sequence(t, test.answers...))
				if _, ok := errors.AsType[*Error](err); !ok {
					t.Errorf("the error is %T", err)
				}
				wiretest.WantText(t, err, test.want)
				wiretest.WantNoSecret(t, err, "device-1", "hush")
			})
		})
	}
	t.Run("nobody signs in", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			asked := false
			_, _, _, err := signInWithDeviceCode(t, t.Context(), func(request *http.Request) (*http.Response, error) {
				if !asked {
					asked = true
					return wiretest.Respond(http.StatusOK, deviceCode)(request)
				}
				return wiretest.Respond(http.StatusBadRequest, pending)(request)
			})
			wiretest.WantText(t, err, "nobody signed in with the code in time")
		})
	})
}

// The user has a quarter of an hour, and may sign in while the authority fails.
func TestDeviceCode_outage(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]wiretest.Responder{
		"503":       wiretest.Respond(http.StatusServiceUnavailable, `<html>`),
		"500":       wiretest.Respond(http.StatusInternalServerError, `{"error":"server_error"}`),
		"throttled": wiretest.Respond(http.StatusTooManyRequests, ``, "Retry-After", "90"),
		"reset":     wiretest.Fail(syscall.ECONNRESET),
		"slow":      wiretest.Hang,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, outage := range []time.Duration{10 * time.Minute, time.Hour} {
				synctest.Test(t, func(t *testing.T) {
					start, asked := time.Now(), false
					token, _, _, err := signInWithDeviceCode(t, t.Context(), func(request *http.Request) (*http.Response, error) {
						switch {
						case !asked:
							asked = true
							return wiretest.Respond(http.StatusOK, deviceCode)(request)
						case time.Since(start) < outage:
							return failure(request)
						}
						return wiretest.Respond(http.StatusOK, granted)(request)
					})
					elapsed := time.Since(start)
					switch {
					case outage < 15*time.Minute:
						if err != nil || token.RefreshToken != "refresh-1" {
							t.Errorf("the token is %v: %v", token, err)
						}
						if elapsed > outage+3*time.Minute {
							t.Errorf("it took %s", elapsed)
						}
					default:
						wiretest.WantElapsed(t, start, 15*time.Minute)
						if _, ok := errors.AsType[*Error](err); !ok {
							t.Errorf("the error is %T: %v", err, err)
						}
						wiretest.WantNoSecret(t, err, "device-1", "hush")
					}
				})
			}
		})
	}
}

// Nothing that an authority says of a code makes it wait for ever, or crash.
func TestDeviceCode_oddNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		interval, expires string
		polls             time.Duration
	}{
		"a huge interval":       {"9223372036854775807", "900", time.Minute},
		"an interval backwards": {"-5", "900", 5 * time.Second},
		"no interval":           {"0", "900", 5 * time.Second},
		"no end":                {"5", "0", 5 * time.Second},
		"an end long ago":       {"5", "-1", 5 * time.Second},
		"an end far away":       {"5", "9223372036854775807", 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := strings.NewReplacer(`"interval":5`, `"interval":`+test.interval, `"expires_in":900`, `"expires_in":`+test.expires).Replace(deviceCode)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, shown, _, err := signInWithDeviceCode(t, t.Context(), wiretest.Sequence(t, wiretest.Respond(http.StatusOK, code), wiretest.Respond(http.StatusOK, granted)))
				if err != nil {
					t.Fatal(err)
				}
				wiretest.WantElapsed(t, start, test.polls)
				if got := shown[0].Expires.Sub(start); got != 15*time.Minute {
					t.Errorf("the code is shown to be good for %s", got)
				}
			})
		})
	}
}

// Ctrl-C ends it at once, whatever it waits for.
func TestDeviceCode_interrupted(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string][]wiretest.Responder{
		"asking for a code": {wiretest.Hang},
		"between two polls": {wiretest.Respond(http.StatusOK, deviceCode)},
		"in a poll":         {wiretest.Respond(http.StatusOK, deviceCode), wiretest.Hang},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				wait := 3 * time.Second
				if len(answers) > 1 {
					wait = 7 * time.Second
				}
				time.AfterFunc(wait, cancel)
				start := time.Now()
				if _, _, _, err := signInWithDeviceCode(t, ctx, wiretest.Sequence(t, answers...)); !errors.Is(err, context.Canceled) {
					t.Errorf("the error is %v", err)
				}
				wiretest.WantElapsed(t, start, wait)
			})
		})
	}
}
