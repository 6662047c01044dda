package pcclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/go-json-experiment/json"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// TokenOptions say how to get access tokens from a token endpoint. With a
// refresh token they are a user's (App+User), without one the application's own.
type TokenOptions struct {
	Source string // of the credentials, for errors
	Kind   string

	AuthorityHost *url.URL
	TenantID      string
	ClientID      string
	ClientSecret  string // empty for a public client

	RefreshToken     string
	RefreshTokenFile string // read at every exchange
}

// tokenEndpoint is a credential of Microsoft's secure application model
// (https://learn.microsoft.com/partner-center/developer/enable-secure-app-model).
type tokenEndpoint struct {
	TokenOptions
	client *http.Client
}

// NewTokenCredential returns a credential that asks the token endpoint of a
// tenant. Its requests are retried like the API's.
func NewTokenCredential(token TokenOptions, options Options) azcore.TokenCredential {
	pipeline := runtime.NewPipeline("", "", runtime.PipelineOptions{
		PerRetry: append([]policy.Policy{repeatable{}, timeout(options.RequestTimeout)}, options.Policies...),
	}, clientOptions(options))
	return &tokenEndpoint{TokenOptions: token, client: &http.Client{
		Transport:     roundTripper{pipeline},
		CheckRedirect: noRedirect,
	}}
}

// repeatable lets a token request be tried again after an answer that was cut
// short, which azcore does not do with a POST.
type repeatable struct{}

func (repeatable) Do(request *policy.Request) (*http.Response, error) {
	response, err := request.Next()
	if _, permanent := errors.AsType[permanentError](err); err != nil && !permanent {
		err = errors.New(transportError(err).Error())
	}
	return response, err
}

// GetToken implements [azcore.TokenCredential].
func (t *tokenEndpoint) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	config := clientcredentials.Config{
		ClientID:       t.ClientID,
		ClientSecret:   t.ClientSecret,
		TokenURL:       t.url(),
		Scopes:         options.Scopes,
		AuthStyle:      oauth2.AuthStyleInParams,
		EndpointParams: url.Values{},
	}
	refresh, err := t.refreshToken()
	if err != nil {
		return azcore.AccessToken{}, &SignInError{Source: t.Source, Kind: t.Kind, Err: err}
	}
	if refresh != "" {
		config.EndpointParams.Set("grant_type", "refresh_token")
		config.EndpointParams.Set("refresh_token", refresh)
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		return azcore.AccessToken{}, t.failed(err, refresh)
	}
	return azcore.AccessToken{Token: token.AccessToken, ExpiresOn: token.Expiry}, nil
}

func (t *tokenEndpoint) url() string {
	return t.AuthorityHost.JoinPath(t.TenantID, "oauth2", "v2.0", "token").String()
}

// refreshToken returns the refresh token, or none if the application signs in
// as itself.
func (t *tokenEndpoint) refreshToken() (string, error) {
	if t.RefreshTokenFile == "" {
		return t.RefreshToken, nil
	}
	content, err := os.ReadFile(t.RefreshTokenFile)
	if err != nil {
		return "", fmt.Errorf("the refresh token file cannot be read: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", fmt.Errorf("the refresh token file %s is empty", t.RefreshTokenFile)
	}
	return token, nil
}

// entraCode is what a description begins with: "AADSTS700082: The refresh token
// has expired".
var entraCode = regexp.MustCompile(`^AADSTS\d+$`)

// failed describes a failed exchange without any of its secrets.
func (t *tokenEndpoint) failed(err error, refreshToken string) error {
	e := &SignInError{Source: t.Source, Kind: t.Kind, Endpoint: t.url()}
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		e.Err = transportError(err)
		return e
	}
	// An answer may repeat what it was asked with.
	masked := func(text string) string {
		for _, secret := range []string{refreshToken, t.ClientSecret} {
			if secret != "" {
				text = strings.ReplaceAll(text, secret, "[secret]")
			}
		}
		return oneLine(text)
	}
	var body struct {
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
	}
	// A body that is not JSON has no ids.
	_ = json.Unmarshal(refused.Body, &body)
	e.Status, e.RetryAfter = refused.Response.StatusCode, retryAfter(refused.Response)
	e.TraceID, e.CorrelationID = masked(body.TraceID), masked(body.CorrelationID)
	// The rest of it repeats the ids.
	description, _, _ := strings.Cut(refused.ErrorDescription, "Trace ID:")
	e.Code, e.Description = masked(refused.ErrorCode), masked(description)
	if code, rest, found := strings.Cut(e.Description, ": "); found && entraCode.MatchString(code) {
		e.Code, e.Description = code, rest
	}
	e.Final = e.Status >= 400 && e.Status < 500 &&
		e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests
	return e
}

// roundTripper lets oauth2 send its requests through a pipeline.
type roundTripper struct{ pipeline runtime.Pipeline }

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	wrapped, err := runtime.NewRequestFromRequest(request)
	if err != nil {
		return nil, err
	}
	response, err := r.pipeline.Do(wrapped)
	if err != nil {
		return nil, err // With a response beside it, net/http would log that it ignores that.
	}
	return response, nil
}
