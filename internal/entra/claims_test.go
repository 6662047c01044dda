package entra

import (
	"errors"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	tenant       = "66f469a3-cb02-4f67-8a85-21e33f1d893a"
	otherTenant  = "11111111-2222-3333-4444-555555555555"
	audience     = "https://api.partnercenter.microsoft.com"
	audienceChin = "https://partner.partnercenterapi.microsoftonline.cn"

	graphAudience = "https://graph.microsoft.com"
)

func TestAccessToken_audience(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token, audience string
		wrong           bool
	}{
		"the API":              {wiretest.Token(`{"aud":"` + audience + `"}`), audience, false},
		"with a slash":         {wiretest.Token(`{"aud":"` + audience + `/"}`), audience, false},
		"its application":      {wiretest.Token(`{"aud":"FA3D9A0C-3fb0-42cc-9193-47c7ecd2edbd"}`), audience, false},
		"the API in China":     {wiretest.Token(`{"aud":"` + audienceChin + `"}`), audienceChin, false},
		"none":                 {wiretest.Token(`{}`), audience, false},
		"a list of them":       {wiretest.Token(`{"aud":["https://graph.microsoft.com"]}`), audience, false},
		"opaque":               {"opaque", audience, false},
		"Microsoft Graph":      {wiretest.Token(`{"aud":"https://graph.microsoft.com"}`), audience, true},
		"Azure Resource Mgmt":  {wiretest.Token(`{"aud":"https://management.core.windows.net/"}`), audience, true},
		"of the other cloud":   {wiretest.Token(`{"aud":"` + audience + `"}`), audienceChin, true},
		"begins like the API":  {wiretest.Token(`{"aud":"` + audience + `.example"}`), audience, true},
		"Graph for Graph":      {wiretest.Token(`{"aud":"https://graph.microsoft.com/"}`), graphAudience, false},
		"Graph's application":  {wiretest.Token(`{"aud":"00000003-0000-0000-c000-000000000000"}`), graphAudience, false},
		"the API for Graph":    {wiretest.Token(`{"aud":"` + audience + `"}`), graphAudience, true},
		"its application, too": {wiretest.Token(`{"aud":"fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"}`), graphAudience, true},
		"Graph for the API":    {wiretest.Token(`{"aud":"00000003-0000-0000-c000-000000000000"}`), audience, true},
		"of some other client": {wiretest.Token(`{"aud":"11111111-2222-3333-4444-555555555555"}`), audience, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := NewAccessTokenCredential(test.token, "the configuration").GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{test.audience + "/.default"}})
			if !test.wrong {
				if err != nil || got.Token != test.token {
					t.Error(got.Token, err)
				}
				return
			}
			if e, ok := errors.AsType[*Error](err); !ok || !e.Permanent {
				t.Errorf("the error is %v", err)
			}
			wiretest.WantText(t, err, "sign-in with an access token from the configuration failed", "is for the audience", "get one for "+test.audience)
			wiretest.WantNoSecret(t, err, test.token)
		})
	}
}

// A token that does not say when it ends is the API's to judge.
func TestAccessToken_opaque(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"opaque", wiretest.Token(`{}`), wiretest.Token(`{"exp":"soon"}`)} {
		got, err := NewAccessTokenCredential(token, "").GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{audience + "/.default"}})
		if err != nil || got.Token != token || time.Until(got.ExpiresOn) < time.Hour {
			t.Error(got, err)
		}
	}
}

func FuzzReadClaims(f *testing.F) {
	for _, seed := range []string{"", "..", "a.b.c", wiretest.Token(`{}`), wiretest.Token(`{"exp":-9223372036854775808,"tid":"\u0000","upn":"a\u001b[31m"}`), wiretest.Token(`[]`), wiretest.Token(`null`)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, _ := ReadClaims(token)
		wiretest.WantOneLine(t, claims.User())
		wiretest.WantOneLine(t, claims.OtherTenant(tenant))
		_ = claims.Expiry().Format(time.RFC3339)
	})
}
