package pcclient

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// expiryMargin is how long before its expiry a token is replaced.
const expiryMargin = 30 * time.Second

// bearerTokenPolicy authorizes every try with a bearer token. azcore's own policy gets
// a new token after a 401 only if the response has a challenge, and refuses http on
// loopback addresses.
type bearerTokenPolicy struct {
	credential azcore.TokenCredential
	scope      string

	lock    chan struct{} // held while a token is fetched; waiting for a mutex cannot be cancelled
	token   azcore.AccessToken
	refused error // a permanent error of the authority
}

func newBearerTokenPolicy(credential azcore.TokenCredential, scope string) *bearerTokenPolicy {
	return &bearerTokenPolicy{credential: credential, scope: scope, lock: make(chan struct{}, 1)}
}

func (p *bearerTokenPolicy) Do(request *policy.Request) (*http.Response, error) {
	ctx := request.Raw().Context()
	token, err := p.getToken(ctx, "")
	if err != nil {
		return nil, err
	}
	request.Raw().Header.Set("Authorization", "Bearer "+token)
	response, err := request.Next()
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	another, err := p.getToken(ctx, token)
	if err != nil {
		return nil, err
	}
	if another == token {
		return response, nil
	}
	request.Raw().Header.Set("Authorization", "Bearer "+another)
	if err := request.RewindBody(); err != nil {
		return nil, err
	}
	return request.Next()
}

// getToken returns a token other than the rejected one, if the credential has one.
func (p *bearerTokenPolicy) getToken(ctx context.Context, rejected string) (string, error) {
	defer transport.ProgressOf(ctx).Wait("an access token", "", 0)()
	select {
	case p.lock <- struct{}{}:
		defer func() { <-p.lock }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if p.refused != nil {
		return "", p.refused
	}
	if p.token.Token != "" && p.token.Token != rejected && time.Until(p.token.ExpiresOn) > expiryMargin {
		return p.token.Token, nil
	}
	token, err := p.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{p.scope}})
	if err == nil && strings.ContainsFunc(token.Token, unicode.IsControl) {
		err = errors.New("the access token contains a line break or another control character, which HTTP cannot send: it was damaged on its way here, so get a new one")
	}
	if err != nil {
		if failed, ok := errors.AsType[*entra.Error](err); ok && failed.Permanent && ctx.Err() == nil {
			p.refused = transport.PermanentError{Err: err}
		}
		return "", transport.PermanentError{Err: err}
	}
	p.token = token
	return token.Token, nil
}

// bearerToken returns the access token of a request.
func bearerToken(request *http.Request) string {
	return strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
}
