package provider

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// An access token is for one audience only.
func TestGraph_accessToken(t *testing.T) {
	t.Parallel()
	const api = "https://api.partnercenter.microsoft.com/.default"
	const missing = " is not set, and an access token is for one audience only; set it in the same place to a token for the audience "
	for name, test := range map[string]struct {
		configuration, environment map[string]string
		forAPI, forGraph           string // a token, or else the error
	}{
		"both":              {map[string]string{"access_token": "a", "graph_access_token": "g"}, nil, "a", "g"},
		"both, environment": {nil, map[string]string{"PARTNERCENTER_ACCESS_TOKEN": "a", "PARTNERCENTER_GRAPH_ACCESS_TOKEN": "g"}, "a", "g"},
		"one":               {map[string]string{"access_token": "a"}, nil, "a", "`graph_access_token`" + missing + "https://graph.microsoft.com"},
		"the other one":     {map[string]string{"graph_access_token": "g"}, nil, "`access_token`" + missing + "https://api.partnercenter.microsoft.com", "g"},
		"of two sources":    {map[string]string{"access_token": "a"}, map[string]string{"PARTNERCENTER_GRAPH_ACCESS_TOKEN": "g"}, "a", "`graph_access_token`" + missing + "https://graph.microsoft.com"},
		"mixed up": {
			map[string]string{"access_token": "a", "graph_access_token": wiretest.Token(`{"aud":"https://api.partnercenter.microsoft.com"}`)},
			nil,
			"a", "the access token is for the audience https://api.partnercenter.microsoft.com; get one for https://graph.microsoft.com",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := optionsFrom(t, arguments(test.configuration), systemWith(test.environment))
			for scope, want := range map[string]string{api: test.forAPI, graphbilling.Scope: test.forGraph} {
				token, err := options.Credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
				if err != nil {
					wiretest.WantText(t, err, "sign-in with an access token from ", want)
				} else if token.Token != want {
					t.Errorf("the token for %s is %q, want %q", scope, token.Token, want)
				}
			}
		})
	}
}

// National clouds have no exports: a read says so, and an address is a mistake.
func TestGraph_otherCloud(t *testing.T) {
	t.Parallel()
	given := map[string]string{"environment": "China", "access_token": "a"}
	if graph := optionsFrom(t, arguments(given), systemWith(nil)).Graph; graph.OtherCloud != "China" || graph.Endpoint != nil {
		t.Errorf("Microsoft Graph is %+v", graph)
	}
	given["graph_endpoint"] = "https://microsoftgraph.chinacloudapi.cn"
	problems := newServer(t, systemWith(nil)).Configure(t, arguments(given))
	if got := blamed(problems); len(got) != 1 || got[0] != "graph_endpoint" {
		t.Errorf("problems on %q", got)
	}
}
