package entra

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const goodToken = `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"token-1"}`

// authority is a token endpoint in memory, and the credential that asks it.
type authority struct {
	*wiretest.Wire
	credential azcore.TokenCredential
	options    Options
	network    transport.Options

	mutex sync.Mutex
	forms []url.Values
}

// newAuthority returns an authority with these answers. The sign-in is that of
// an application with a secret.
func newAuthority(t *testing.T, answer wiretest.Responder, changes ...func(*Options, *transport.Options)) *authority {
	t.Helper()
	a := &authority{}
	a.Wire = &wiretest.Wire{Respond: func(request *http.Request) (*http.Response, error) {
		content, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(content))
		if err != nil {
			t.Errorf("the form is %q: %v", content, err)
		}
		a.mutex.Lock()
		a.forms = append(a.forms, form)
		a.mutex.Unlock()
		return answer(request)
	}}
	options := Options{
		Source: "the configuration", Kind: "a client secret",
		AuthorityHost: wiretest.ParseURL(t, "https://login.example"), TenantID: "contoso.example", ClientID: "client-1", ClientSecret: "hush+/=&",
	}
	network := networkOptions(a.Wire)
	for _, change := range changes {
		change(&options, &network)
	}
	a.credential, a.options, a.network = NewCredential(options, network), options, network
	return a
}

// networkOptions are those of a client that tries once.
func networkOptions(network policy.Transporter) transport.Options {
	return transport.Options{
		MaxConcurrency: 8,
		MaxRetries:     0,
		MaxRetryWait:   2 * time.Minute,
		RequestTimeout: 3 * time.Minute,
		UserAgent:      "test/1.0",
		Transport:      network,
	}
}

// asUser signs in with a refresh token.
func asUser(refresh string) func(*Options, *transport.Options) {
	return func(token *Options, _ *transport.Options) {
		token.Kind, token.RefreshToken = "a refresh token", refresh
	}
}

func withRetries(_ *Options, o *transport.Options) { o.MaxRetries = 5 }

// signIn asks for a token.
func (a *authority) signIn(t *testing.T) (azcore.AccessToken, error) {
	t.Helper()
	return a.credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"https://api.example/.default"}})
}

// refuses asks for a token and wants none.
func (a *authority) refuses(t *testing.T) *Error {
	t.Helper()
	got, err := a.signIn(t)
	if err == nil {
		t.Fatalf("the sign-in succeeded with %q", got.Token)
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %T: %v", err, err)
	}
	return e
}

func TestToken_requests(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh")
	if err := os.WriteFile(file, []byte("\r\n refresh-2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Options, *transport.Options)
		want   string
	}{
		"an application": {
			func(*Options, *transport.Options) {},
			"client_id=client-1 client_secret=hush+/=& grant_type=client_credentials scope=https://api.example/.default",
		},
		"a user": {
			asUser("refresh-1+/="),
			"client_id=client-1 client_secret=hush+/=& grant_type=refresh_token refresh_token=refresh-1+/= scope=https://api.example/.default",
		},
		"a user of a public client": {
			func(token *Options, _ *transport.Options) { token.RefreshToken, token.ClientSecret = "refresh-1", "" },
			"client_id=client-1 grant_type=refresh_token refresh_token=refresh-1 scope=https://api.example/.default",
		},
		"a refresh token from a file": {
			func(token *Options, _ *transport.Options) { token.RefreshTokenFile = file },
			"client_id=client-1 client_secret=hush+/=& grant_type=refresh_token refresh_token=refresh-2 scope=https://api.example/.default",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAuthority(t, wiretest.Sequence(t, wiretest.Respond(http.StatusOK, goodToken)), test.change)
			if _, err := a.signIn(t); err != nil {
				t.Fatal(err)
			}
			request := a.Requests()[0]
			if request.Method != http.MethodPost || request.URL.String() != "https://login.example/contoso.example/oauth2/v2.0/token" {
				t.Errorf("the request is %s %s", request.Method, request.URL)
			}
			if got := request.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
				t.Errorf("Content-Type is %q", got)
			}
			if got := request.Header.Get("Authorization"); got != "" {
				t.Errorf("Authorization is %q, want none", got)
			}
			var form []string
			for _, name := range []string{"client_id", "client_secret", "grant_type", "refresh_token", "scope"} {
				if a.forms[0].Has(name) {
					form = append(form, name+"="+strings.Join(a.forms[0][name], ","))
				}
			}
			if got := strings.Join(form, " "); got != test.want || len(form) != len(a.forms[0]) {
				t.Errorf("the form is\n%v, want\n%s", a.forms[0], test.want)
			}
		})
	}
}

func TestToken_authorityWithAPath(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, wiretest.Sequence(t, wiretest.Respond(http.StatusOK, goodToken)), func(token *Options, _ *transport.Options) {
		token.AuthorityHost = wiretest.ParseURL(t, "https://proxy.example/entra/")
	})
	if _, err := a.signIn(t); err != nil {
		t.Fatal(err)
	}
	if got := a.URLs()[0]; got != "https://proxy.example/entra/contoso.example/oauth2/v2.0/token" {
		t.Errorf("asked %s", got)
	}
}

func TestToken_lifetime(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"number": goodToken,
		"text":   `{"token_type":"Bearer","expires_in":"3599","expires_on":"1","access_token":"token-1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority(t, wiretest.Sequence(t, wiretest.Respond(http.StatusOK, answer)))
				got, err := a.signIn(t)
				if err != nil {
					t.Fatal(err)
				}
				if got.Token != "token-1" || time.Until(got.ExpiresOn) != 3599*time.Second {
					t.Errorf("the token is %q for %s", got.Token, time.Until(got.ExpiresOn))
				}
			})
		})
	}
}

func TestToken_fileIsReadAtEveryExchange(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh")
	a := newAuthority(t, wiretest.Respond(http.StatusOK, goodToken), func(token *Options, _ *transport.Options) { token.RefreshTokenFile = file })
	for _, content := range []string{"first\n", "second"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := a.signIn(t); err != nil {
			t.Fatal(err)
		}
	}
	if first, second := a.forms[0].Get("refresh_token"), a.forms[1].Get("refresh_token"); first != "first" || second != "second" {
		t.Errorf("sent were %q and %q", first, second)
	}
}

// Without its refresh token the application must not sign in as itself.
func TestToken_fileWithoutAToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(file string) error
		want    string
	}{
		"missing":     {func(string) error { return nil }, "the refresh token file cannot be read"},
		"empty":       {func(file string) error { return os.WriteFile(file, nil, 0o600) }, "is empty"},
		"blank":       {func(file string) error { return os.WriteFile(file, []byte(" \r\n\t"), 0o600) }, "is empty"},
		"a directory": {func(file string) error { return os.Mkdir(file, 0o700) }, "the refresh token file cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "refresh-token-file")
			if err := test.prepare(file); err != nil {
				t.Fatal(err)
			}
			a := newAuthority(t, wiretest.Sequence(t), func(token *Options, _ *transport.Options) { token.RefreshTokenFile = file })
			e := a.refuses(t)
			wiretest.WantText(t, e, "sign-in with a client secret from the configuration failed", test.want, "refresh-token-file")
			if e.Permanent {
				t.Error("the file may be there next time")
			}
			a.WantRequests(t, 0)
		})
	}
}

func TestToken_refusal(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, wiretest.Sequence(t, wiretest.Respond(http.StatusBadRequest,
		`{"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired due to inactivity.\r\nTrace ID: t-1\r\nCorrelation ID: c-1\r\nTimestamp: 2026-01-01 00:00:00Z",`+
			`"error_codes":[700082],"timestamp":"2026-01-01 00:00:00Z","trace_id":"t-1","correlation_id":"c-1","error_uri":"https://login.example/error?code=700082"}`)), asUser("refresh-1"), withRetries)
	e := a.refuses(t)
	if e.Code != "AADSTS700082" || e.Status != http.StatusBadRequest || e.TraceID != "t-1" || e.CorrelationID != "c-1" || !e.Permanent {
		t.Errorf("the error is %+v", e)
	}
	if e.Source != "the configuration" || e.Kind != "a refresh token" || e.Endpoint != "https://login.example/contoso.example/oauth2/v2.0/token" {
		t.Errorf("the error is %+v", e)
	}
	wiretest.WantText(t, e, "400 Bad Request, AADSTS700082: ", "The refresh token has expired due to inactivity.")
	wiretest.WantNoSecret(t, e, "refresh-1", "hush", "Trace ID")
}

func TestToken_answersThatAreNoToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer wiretest.Responder
		code   string
		final  bool
	}{
		"no code of Entra":   {wiretest.Respond(http.StatusUnauthorized, `{"error":"invalid_client","error_description":"No."}`), "invalid_client", true},
		"401 in HTML":        {wiretest.Respond(http.StatusUnauthorized, `<html>no</html>`), "", false},
		"403 without a body": {wiretest.Respond(http.StatusForbidden, ``), "", false},
		"404 in plain text":  {wiretest.Respond(http.StatusNotFound, `not found`, "Content-Type", "text/plain"), "", false},
		"a form's error":     {wiretest.Respond(http.StatusForbidden, `error=denied`, "Content-Type", "text/plain"), "denied", false},
		"404 of a gateway":   {wiretest.Respond(http.StatusNotFound, `{"statusCode":404,"message":"Resource not found"}`), "", false},
		"an error of ARM":    {wiretest.Respond(http.StatusForbidden, `{"error":{"code":"Forbidden","message":"No."}}`), "", false},
		"407 of a proxy":     {wiretest.Respond(http.StatusProxyAuthRequired, `<html>`), "", false},
		"400 that passes":    {wiretest.Respond(http.StatusBadRequest, `{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error."}`), "AADSTS90033", false},
		"with a mark before": {wiretest.Respond(http.StatusBadRequest, "\xef\xbb\xbf"+`{"error":"invalid_grant"}`), "", true},
		"408":                {wiretest.Respond(http.StatusRequestTimeout, ``), "", false},
		"429":                {wiretest.Respond(http.StatusTooManyRequests, `{"error":"slow_down","error_description":"AADSTS50196: Loop."}`), "AADSTS50196", false},
		"500":                {wiretest.Respond(http.StatusInternalServerError, ``), "", false},
		"503 with a code":    {wiretest.Respond(http.StatusServiceUnavailable, `{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error."}`), "AADSTS90033", false},
		"redirect":           {wiretest.Respond(http.StatusFound, ``, "Location", "https://evil.example/"), "", false},
		"redirect of a POST": {wiretest.Respond(http.StatusTemporaryRedirect, ``, "Location", "https://evil.example/"), "", false},
		"no token":           {wiretest.Respond(http.StatusOK, `{"token_type":"Bearer","expires_in":3599}`), "", false},
		"an empty token":     {wiretest.Respond(http.StatusOK, `{"token_type":"Bearer","expires_in":3599,"access_token":""}`), "", false},
		"empty":              {wiretest.Respond(http.StatusOK, ``), "", false},
		"HTML":               {wiretest.Respond(http.StatusOK, `<html>`), "", false},
		"no connection":      {wiretest.Fail(syscall.ECONNRESET), "", false},
		"slow":               {wiretest.Hang, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority(t, wiretest.Sequence(t, test.answer), asUser("refresh-1"))
				e := a.refuses(t)
				if e.Code != test.code || e.Permanent != test.final {
					t.Errorf("the code is %q, final %t; want %q, %t", e.Code, e.Permanent, test.code, test.final)
				}
				wiretest.WantText(t, e, "sign-in with a refresh token from the configuration failed")
				wiretest.WantNoSecret(t, e, "refresh-1", "hush", "evil")
				a.WantRequests(t, 1)
			})
		})
	}
}

func TestToken_retries(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]wiretest.Responder{
		"429": wiretest.Respond(http.StatusTooManyRequests, ``), "500": wiretest.Respond(http.StatusInternalServerError, ``), "503": wiretest.Respond(http.StatusServiceUnavailable, `<html>`),
		"reset": wiretest.Fail(syscall.ECONNRESET), "slow": wiretest.Hang, "slow in the body": wiretest.HangInBody,
		"cut body": wiretest.RespondBody(http.StatusOK, wiretest.CutBody(`{"access`)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority(t, wiretest.Sequence(t, failure, failure, wiretest.Respond(http.StatusOK, goodToken)), asUser("refresh-1"), withRetries)
				got, err := a.signIn(t)
				if err != nil || got.Token != "token-1" {
					t.Fatal(got.Token, err)
				}
				for i, form := range a.forms {
					if form.Get("refresh_token") != "refresh-1" || form.Get("client_secret") != "hush+/=&" {
						t.Errorf("try %d was sent with %v", i+1, form)
					}
				}
			})
		})
	}
	t.Run("after the time that is asked for", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a := newAuthority(t, wiretest.Sequence(t, wiretest.RespondTooManyRequests("57"), wiretest.Respond(http.StatusOK, goodToken)), withRetries)
			start := time.Now()
			if _, err := a.signIn(t); err != nil {
				t.Fatal(err)
			}
			wiretest.WantElapsed(t, start, 57*time.Second)
		})
	})
	t.Run("not after a refusal", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a := newAuthority(t, wiretest.Respond(http.StatusBadRequest, `{"error":"invalid_grant"}`), withRetries)
			start := time.Now()
			if e := a.refuses(t); !e.Permanent {
				t.Error("the refusal is not final")
			}
			a.WantRequests(t, 1)
			wiretest.WantElapsed(t, start, 0)
		})
	})
}

// The token endpoint's Retry-After is read in all of its forms, too: seconds beyond
// every number are no reason to hurry.
func TestToken_absurdWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t, wiretest.Sequence(t, wiretest.RespondTooManyRequests("1000000000000000000000000000000")), withRetries)
		if e := a.refuses(t); e.RetryAfter != 365*24*time.Hour || e.Permanent {
			t.Errorf("the error says to wait %s, final %t", e.RetryAfter, e.Permanent)
		}
		a.WantRequests(t, 1)
	})
}

func TestToken_waitThatIsTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t, wiretest.Sequence(t, wiretest.RespondTooManyRequests("121")), withRetries)
		start := time.Now()
		if e := a.refuses(t); e.RetryAfter != 121*time.Second || e.Permanent {
			t.Errorf("the error says to wait %s, final %t", e.RetryAfter, e.Permanent)
		}
		wiretest.WantElapsed(t, start, 0)
	})
}

// A connection may still read what one try sends while the next one sends it again.
func TestToken_everyTrySendsAllOfIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var earlier io.Reader = http.NoBody
		tries := 0
		network := &wiretest.Wire{Respond: func(request *http.Request) (*http.Response, error) {
			if tries++; tries < 3 {
				earlier = request.Body
				return nil, syscall.ECONNRESET
			}
			_, _ = io.ReadAll(earlier)
			content, err := io.ReadAll(request.Body)
			if form, _ := url.ParseQuery(string(content)); form.Get("refresh_token") != "refresh-1" || err != nil {
				t.Errorf("the last try sends %q, %v", content, err)
			}
			return wiretest.Respond(http.StatusOK, goodToken)(request)
		}}
		a := newAuthority(t, nil, asUser("refresh-1"), withRetries, func(_ *Options, o *transport.Options) { o.Transport = network })
		if _, err := a.signIn(t); err != nil {
			t.Error(err)
		}
		network.WantRequests(t, 3)
	})
}

// With a response beside an error, net/http writes to the log that it ignores the
// response.
func TestToken_noAnswerBesideAnError(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, wiretest.RespondBody(http.StatusOK, wiretest.CutBody(`{"access`)))
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://login.example/", strings.NewReader("a=b"))
	c, ok := a.credential.(*credential)
	if !ok {
		t.Fatalf("the credential is %T", a.credential)
	}
	response, err := c.client.Transport.RoundTrip(request)
	if err == nil {
		t.Error("a cut answer is no error")
	}
	if response != nil {
		response.Body.Close()
		t.Errorf("the response is %v beside the error %v, want none", response.Status, err)
	}
}

func TestToken_redirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			var seen atomic.Int32
			other := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
				seen.Add(1)
				response.Header().Set("Content-Type", "application/json")
				io.WriteString(response, goodToken)
			}))
			t.Cleanup(other.Close)
			login := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
				http.Redirect(response, request, other.URL, status)
			}))
			t.Cleanup(login.Close)
			a := newAuthority(t, nil, asUser("refresh-1"), func(token *Options, o *transport.Options) {
				token.AuthorityHost, o.Transport = wiretest.ParseURL(t, login.URL), nil
			})
			if e := a.refuses(t); e.Status != status {
				t.Errorf("the status is %d, want %d", e.Status, status)
			}
			if n := seen.Load(); n != 0 {
				t.Errorf("the other host got %d requests", n)
			}
		})
	}
}

func TestToken_secretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	longSecret := "1.AXEA" + strings.Repeat("c2VjcmV0", 150)
	for secretName, secret := range map[string]string{"short": "hush-hush", "long": longSecret} {
		for bodyName, body := range map[string]string{
			"description": `{"error":"invalid_grant","error_description":"AADSTS9002313: Malformed: SECRET and SECRET."}`,
			"at the end":  `{"error":"invalid_grant","error_description":"` + strings.Repeat("x ", 145) + `SECRET"}`,
			"later lines": `{"error":"invalid_grant","error_description":"AADSTS1: d\r\nSECRET"}`,
			"code":        `{"error":"SECRET","error_description":"d"}`,
			"ids":         `{"error":"e","error_description":"d","trace_id":"SECRET","correlation_id":"SECRET"}`,
			"HTML":        `<html>SECRET</html>`,
			"plain":       `SECRET`,
		} {
			for role, change := range map[string]func(*Options, *transport.Options){
				"refresh token": asUser(secret),
				"client secret": func(token *Options, _ *transport.Options) { token.ClientSecret = secret },
			} {
				t.Run(secretName+" "+role+" in "+bodyName, func(t *testing.T) {
					t.Parallel()
					a := newAuthority(t, wiretest.Respond(http.StatusBadRequest, strings.ReplaceAll(body, "SECRET", secret)), change)
					e := a.refuses(t)
					wiretest.WantNoSecret(t, e, secret, secret[:6])
					// The ids are shown too, elsewhere.
					if strings.Contains(e.TraceID+e.CorrelationID, secret[:6]) {
						t.Errorf("the ids are %q and %q", e.TraceID, e.CorrelationID)
					}
				})
			}
		}
	}
}

func TestToken_refusalIsFitForATerminal(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, wiretest.Respond(http.StatusBadRequest,
		`{"error":"in\u001b[31mvalid\n","error_description":"one\u001b[31m\ttwo `+strings.Repeat("ä", 2_000)+`","trace_id":"t\n1","correlation_id":"c\u001b1"}`))
	e := a.refuses(t)
	wiretest.WantOneLine(t, e.Error())
	wiretest.WantOneLine(t, e.TraceID+e.CorrelationID)
}
