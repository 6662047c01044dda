package transport

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// The address contains a password.
func TestProxyFromEnvironment_invalid(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://user:hu%sh@proxy.example")
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example/", nil)
	_, err := proxyFromEnvironment(request)
	if err == nil {
		t.Skip("net/http had read the environment before")
	}
	if _, permanent := errors.AsType[PermanentError](err); !permanent {
		t.Errorf("%v is tried again", err)
	}
	wiretest.WantNoSecret(t, err, "hu%sh", "user")
}
