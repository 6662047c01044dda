package pcclient

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// clockSkew is how far two clocks may be apart: as much as Microsoft's own
// validation of tokens grants them.
const clockSkew = 5 * time.Minute

// unknownLifetime is that of a token that does not say when it ends, which then
// is the API's to say.
const unknownLifetime = 24 * time.Hour

// accessToken is an access token that the user has got somewhere else.
type accessToken struct{ token, source string }

// NewAccessToken returns a credential of one access token, which is used as it
// is. If it can be read and cannot be right, it is not sent.
func NewAccessToken(token, source string) azcore.TokenCredential {
	return accessToken{token, source}
}

// GetToken implements [azcore.TokenCredential].
func (t accessToken) GetToken(_ context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	usable := azcore.AccessToken{Token: t.token, ExpiresOn: time.Now().Add(unknownLifetime)}
	claims, readable := ReadClaims(t.token)
	if !readable {
		return usable, nil
	}
	for _, scope := range options.Scopes {
		if audience := strings.TrimSuffix(scope, scopeSuffix); !claims.isFor(audience) {
			return azcore.AccessToken{}, t.wrong("the access token is for the audience %s; get one for %s", oneLine(claims.Audience), audience)
		}
	}
	if expiry := claims.Expiry(); !expiry.IsZero() {
		if time.Since(expiry) > clockSkew {
			return azcore.AccessToken{}, t.wrong("the access token expired at %s, and by the clock of this machine it is %s; get a new one, or set the clock right",
				expiry.Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
		}
		usable.ExpiresOn = expiry.Add(clockSkew)
	}
	return usable, nil
}

func (t accessToken) wrong(format string, details ...any) error {
	return &SignInError{Source: t.source, Kind: "an access token", Final: true, Err: fmt.Errorf(format, details...)}
}
