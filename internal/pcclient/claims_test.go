package pcclient

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	tenant       = "66f469a3-cb02-4f67-8a85-21e33f1d893a"
	otherTenant  = "11111111-2222-3333-4444-555555555555"
	audience     = "https://api.partnercenter.microsoft.com"
	audienceChin = "https://partner.partnercenterapi.microsoftonline.cn"
)

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

func TestAccessToken_audience(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token, audience string
		wrong           bool
	}{
		"the API":              {tokenOf(`{"aud":"` + audience + `"}`), audience, false},
		"with a slash":         {tokenOf(`{"aud":"` + audience + `/"}`), audience, false},
		"its application":      {tokenOf(`{"aud":"FA3D9A0C-3fb0-42cc-9193-47c7ecd2edbd"}`), audience, false},
		"the API in China":     {tokenOf(`{"aud":"` + audienceChin + `"}`), audienceChin, false},
		"none":                 {tokenOf(`{}`), audience, false},
		"a list of them":       {tokenOf(`{"aud":["https://graph.microsoft.com"]}`), audience, false},
		"opaque":               {"opaque", audience, false},
		"Microsoft Graph":      {tokenOf(`{"aud":"https://graph.microsoft.com"}`), audience, true},
		"Azure Resource Mgmt":  {tokenOf(`{"aud":"https://management.core.windows.net/"}`), audience, true},
		"of the other cloud":   {tokenOf(`{"aud":"` + audience + `"}`), audienceChin, true},
		"begins like the API":  {tokenOf(`{"aud":"` + audience + `.example"}`), audience, true},
		"of some other client": {tokenOf(`{"aud":"11111111-2222-3333-4444-555555555555"}`), audience, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := NewAccessToken(test.token, "the configuration").GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{test.audience + "/.default"}})
			if !test.wrong {
				if err != nil || got.Token != test.token {
					t.Error(got.Token, err)
				}
				return
			}
			if e, ok := errors.AsType[*SignInError](err); !ok || !e.Final {
				t.Errorf("the error is %v", err)
			}
			wantText(t, err, "sign-in with an access token from the configuration failed", "is for the audience", "get one for "+test.audience)
			wantNothingOf(t, err, test.token)
		})
	}
}

func TestAccessToken_expiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		token := tokenOf(fmt.Sprintf(`{"exp":%d}`, time.Now().Add(time.Minute).Unix()))
		c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = NewAccessToken(token, "the configuration") })
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
			wantText(t, read("later"), "the access token expired at 2000-01-01T00:01:00Z, and by the clock of this machine it is 2000-01-01T00:06:01Z; get a new one")
		}
		w.wantRequests(t, sent)
	})
}

// A token that does not say when it ends is the API's to judge.
func TestAccessToken_opaque(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"opaque", tokenOf(`{}`), tokenOf(`{"exp":"soon"}`)} {
		got, err := NewAccessToken(token, "").GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{audience + "/.default"}})
		if err != nil || got.Token != token || time.Until(got.ExpiresOn) < time.Hour {
			t.Error(got, err)
		}
	}
}

func FuzzReadClaims(f *testing.F) {
	for _, seed := range []string{"", "..", "a.b.c", tokenOf(`{}`), tokenOf(`{"exp":-9223372036854775808,"tid":"\u0000","upn":"a\u001b[31m"}`), tokenOf(`[]`), tokenOf(`null`)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, _ := ReadClaims(token)
		wantOneLine(t, claims.User())
		wantOneLine(t, claims.OtherTenant(tenant))
		_ = claims.Expiry().Format(time.RFC3339)
	})
}
