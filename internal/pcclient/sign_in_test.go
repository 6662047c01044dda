package pcclient

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	tenant      = "66f469a3-cb02-4f67-8a85-21e33f1d893a"
	otherTenant = "11111111-2222-3333-4444-555555555555"
)

// authority is a token endpoint in memory, and the credential that asks it.
type authority struct {
	*wiretest.Wire
	credential azcore.TokenCredential
}

// newAuthority returns an authority with these answers, and the sign-in of an
// application with a secret.
func newAuthority(t *testing.T, answer reply, changes ...func(*entra.Options, *transport.Options)) *authority {
	t.Helper()
	w := &wiretest.Wire{Respond: func(request *http.Request) (*http.Response, error) {
		if err := request.ParseForm(); err != nil {
			t.Error(err)
		}
		return answer(request)
	}}
	signIn := entra.Options{
		Source: "the configuration", Kind: "a client secret",
		AuthorityHost: parseURL(t, "https://login.example"), TenantID: "contoso.example", ClientID: "client-1", ClientSecret: "hush+/=&",
	}
	network := options(t, w).Options
	for _, change := range changes {
		change(&signIn, &network)
	}
	return &authority{w, entra.NewCredential(signIn, network)}
}

const goodToken = `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"token-1"}`

func asUser(signIn *entra.Options, _ *transport.Options) { signIn.RefreshToken = "refresh-1" }

// What a token says of itself is told with the API's refusal.
func TestClaims_explainARefusal(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		claims   string
		tenantID string
		want     Error
	}{
		"a user with MFA":               {`{"scp":"s","amr":["pwd","mfa"],"tid":"` + tenant + `"}`, tenant, Error{}},
		"a user with a passkey":         {`{"scp":"s","amr":["rsa","ngcmfa"]}`, "", Error{}},
		"a user without MFA":            {`{"scp":"s","amr":["pwd"]}`, "", Error{WithoutMFA: true}},
		"a user who says nothing of it": {`{"scp":"s"}`, "", Error{}},
		"an application has no MFA":     {`{"idtyp":"app","amr":["pwd"]}`, "", Error{AppOnly: true}},
		"the tenant in capitals":        {`{"scp":"s","tid":"66F469A3-CB02-4F67-8A85-21E33F1D893A"}`, tenant, Error{}},
		"another tenant":                {`{"scp":"s","tid":"` + otherTenant + `"}`, tenant, Error{OtherTenant: otherTenant}},
		"a tenant wanted by its domain": {`{"scp":"s","tid":"` + otherTenant + `"}`, "contoso.example", Error{}},
		"no tenant wanted":              {`{"scp":"s","tid":"` + otherTenant + `"}`, "", Error{}},
		"no tenant said":                {`{"scp":"s"}`, tenant, Error{}},
		"claims of wrong types":         {`{"scp":1,"amr":"pwd","tid":2}`, tenant, Error{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, says(http.StatusForbidden, `{"code":900329,"description":"d"}`), func(o *Options) {
				o.Credential, o.TenantID = alwaysToken(tokenOf(test.claims)), test.tenantID
			})
			summary, err := c.UsageSummary(t.Context())
			e := wantError(t, summary, err)
			if e.AppOnly != test.want.AppOnly || e.WithoutMFA != test.want.WithoutMFA || e.OtherTenant != test.want.OtherTenant {
				t.Errorf("the error is %+v", e)
			}
		})
	}
}

func TestAccessToken_expiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		token := tokenOf(fmt.Sprintf(`{"exp":%d}`, time.Now().Add(time.Minute).Unix()))
		c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = entra.NewAccessTokenCredential(token, "the configuration") })
		read := func(id string) error {
			_, err := c.SubscriptionMeterUsage(t.Context(), id, "s")
			return err
		}
		for _, wait := range []time.Duration{0, time.Minute, 5 * time.Minute} { // Clocks are five minutes apart at most.
			time.Sleep(wait)
			if err := read(wait.String()); err != nil {
				t.Error(err)
			}
		}
		sent := len(w.requests())
		time.Sleep(time.Second)
		for range 2 {
			wantText(t, read("later"), "the access token expired at 2000-01-01T00:01:00Z, and the clock of this machine says 2000-01-01T00:06:01Z; get a new one")
		}
		w.wantRequests(t, sent)
	})
}

func TestHeaders_ofATokenRequest(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, says(http.StatusOK, `{"token_type":"Bearer","access_token":"token-1","expires_in":3599}`, "Content-Type", "application/json"), func(*entra.Options, *transport.Options) {})
	c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = a.credential })
	ctx, end := c.Operation(t.Context())
	defer end()
	if _, err := customerUsage(ctx, c); err != nil {
		t.Fatal(err)
	}
	for _, request := range a.Requests() {
		if got, want := request.Header.Get("client-request-id"), w.requests()[0].Header.Get("MS-CorrelationId"); got != want || !isGUID(got) {
			t.Errorf("client-request-id is %q, want %q", got, want)
		}
		if got := request.Header.Get("User-Agent"); got != "test/1.0" {
			t.Errorf("User-Agent is %q", got)
		}
	}
}

// The whole way: thirty reads, one dead refresh token, one question.
func TestSignIn_deadRefreshTokenIsSentOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t, after(time.Second, says(http.StatusBadRequest, `{"error":"invalid_grant","error_description":"AADSTS700082: Expired."}`)), asUser, func(_ *entra.Options, o *transport.Options) { o.MaxRetries = 5 })
		c, w := newClient(t, says(http.StatusOK, emptyPage), fiveRetries, func(o *Options) { o.Credential = a.credential })
		start := time.Now()
		var reads sync.WaitGroup
		for i := range 30 {
			reads.Go(func() {
				_, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s")
				wantText(t, err, "AADSTS700082")
			})
		}
		reads.Wait()
		a.WantRequests(t, 1)
		w.wantRequests(t, 0)
		wantElapsed(t, start, time.Second)
	})
}

func TestSignIn_ofTheAPIOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t, says(http.StatusOK, goodToken), asUser)
		c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = a.credential })
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := a.Requests()[0].PostForm.Get("scope"); got != "https://api.example/.default" {
			t.Errorf("the scope is %q", got)
		}
		if got := tokens(w); got != "token-1" {
			t.Errorf("the request was sent with %s", got)
		}
	})
}
