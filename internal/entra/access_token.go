package entra

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// clockSkew is how much two clocks may differ: as much as Microsoft's own token
// validation allows.
const clockSkew = 5 * time.Minute

// unknownLifetime is for a token that does not say when it expires: the API decides.
const unknownLifetime = 24 * time.Hour

// accessToken is an access token that the user got elsewhere.
type accessToken struct{ token, source string }

// NewAccessTokenCredential returns a credential with a fixed access token. A token that
// has expired or is for another audience is not sent.
func NewAccessTokenCredential(token, source string) azcore.TokenCredential {
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
			return azcore.AccessToken{}, t.invalid("the access token is for the audience %s; get one for %s", transport.OneLine(claims.Audience), audience)
		}
	}
	if expiry := claims.Expiry(); !expiry.IsZero() {
		if time.Since(expiry) > clockSkew {
			return azcore.AccessToken{}, t.invalid("the access token expired at %s, and the clock of this machine says %s; get a new one, or correct the clock",
				expiry.Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
		}
		usable.ExpiresOn = expiry.Add(clockSkew)
	}
	return usable, nil
}

func (t accessToken) invalid(format string, details ...any) error {
	return &Error{Source: t.source, Kind: "an access token", Permanent: true, Err: fmt.Errorf(format, details...)}
}

// AccessTokens are credentials by the scope that they are for.
type AccessTokens map[string]azcore.TokenCredential

// GetToken implements [azcore.TokenCredential].
func (t AccessTokens) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	credential, ok := t[strings.Join(options.Scopes, " ")]
	if !ok {
		return azcore.AccessToken{}, fmt.Errorf("there is no access token for the scope %q", options.Scopes)
	}
	return credential.GetToken(ctx, options)
}

// missingAccessToken is an access token that the user did not set.
type missingAccessToken struct{ source, argument, audience string }

// NewMissingAccessToken returns a credential without a token, whose error says which
// argument needs one.
func NewMissingAccessToken(source, argument, audience string) azcore.TokenCredential {
	return missingAccessToken{source, argument, audience}
}

// GetToken implements [azcore.TokenCredential].
func (t missingAccessToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, &Error{
		Source: t.source, Kind: "an access token", Permanent: true,
		Err: MissingAccessTokenError{t.argument, t.audience},
	}
}

// MissingAccessTokenError says that there is an access token, but none for an audience.
type MissingAccessTokenError struct{ Argument, Audience string }

func (e MissingAccessTokenError) Error() string {
	return fmt.Sprintf("%s is not set, and an access token is for one audience only; set it in the same place to a token for the audience %s", e.Argument, e.Audience)
}
