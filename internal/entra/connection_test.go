package entra

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

func TestConnection_diesSilently(t *testing.T) {
	t.Parallel()
	const requestTimeout = 1500 * time.Millisecond
	network := transport.Options{MaxConcurrency: 1, MaxRetries: 2, MaxRetryWait: time.Minute, RequestTimeout: requestTimeout}.WithTransport()
	client, ok := network.Transport.(*http.Client)
	if !ok {
		t.Fatalf("the transport is %T", network.Transport)
	}
	s, address := wiretest.ServeHTTP2(t, client, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"token-1","expires_in":3599}`)
	})
	credential := NewCredential(Options{Source: "the configuration", Kind: "a client secret", AuthorityHost: address, TenantID: "t", ClientID: "c", ClientSecret: "s"}, network)
	for range 2 {
		if _, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"scope"}}); err != nil {
			t.Error(err)
		}
		s.Silence()
	}
}
