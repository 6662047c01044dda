package entra

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Options say how to sign in: with a refresh token as a user (App+User), without one
// as the application itself.
type Options struct {
	// For errors, as in [Error].
	Source        string
	Kind          string
	Credentials   []string
	ArgumentNames map[string]string

	AuthorityHost *url.URL
	TenantID      string
	ClientID      string
	ClientSecret  string    // or
	Assertion     Assertion // or neither, for a public client

	RefreshToken     string
	RefreshTokenFile string // read for every token request

	Rotate   bool                                 // write each new refresh token back to its file
	NotSaved func(ctx context.Context, err error) // called if that failed
}

// maxTokenBody is much larger than any token.
const maxTokenBody = 1 << 20

// credential gets access tokens from a token endpoint, as in Microsoft's secure
// application model
// (https://learn.microsoft.com/partner-center/developer/enable-secure-app-model).
type credential struct {
	Options
	client  *http.Client
	unsaved *unsavedToken // guarded by the lock of the file
}

// NewCredential returns a credential that requests tokens from the token endpoint of a
// tenant. Its requests are retried like the API's.
func NewCredential(options Options, network transport.Options) azcore.TokenCredential {
	return newCredential(options, network)
}

func newCredential(options Options, network transport.Options) *credential {
	network.MaxBody = maxTokenBody
	network = network.WithTransport()
	pipeline := runtime.NewPipeline("", "", runtime.PipelineOptions{
		PerCall:  []policy.Policy{headersPolicy{network.UserAgent}},
		PerRetry: append([]policy.Policy{bodyPolicy{}, transport.NewTimeoutPolicy(network)}, network.Policies...),
	}, network.ClientOptions())
	return &credential{Options: options, client: &http.Client{
		Transport:     pipelineTransport{pipeline},
		CheckRedirect: transport.NoRedirect,
	}}
}

// GetToken implements [azcore.TokenCredential].
func (c *credential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	get := c.getToken
	if c.Rotate {
		get = c.getTokenAndRotate
	}
	token, err := get(ctx, options.Scopes)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	if token.Expiry.IsZero() {
		token.Expiry = time.Now().Add(unknownLifetime)
	}
	return azcore.AccessToken{Token: token.AccessToken, ExpiresOn: token.Expiry}, nil
}

func (c *credential) getToken(ctx context.Context, scopes []string) (*oauth2.Token, error) {
	refresh, err := c.refreshToken()
	if err != nil {
		return nil, c.localError(err)
	}
	return c.requestToken(ctx, scopes, refresh)
}

// requestToken gets tokens for a refresh token, or without one for the application
// itself.
func (c *credential) requestToken(ctx context.Context, scopes []string, refresh string) (*oauth2.Token, error) {
	form, err := c.assertionForm()
	if err != nil {
		return nil, c.localError(err)
	}
	if refresh != "" {
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", refresh)
	}
	config := clientcredentials.Config{
		ClientID:       c.ClientID,
		ClientSecret:   c.ClientSecret,
		TokenURL:       c.endpoint("token"),
		Scopes:         scopes,
		AuthStyle:      oauth2.AuthStyleInParams,
		EndpointParams: form,
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, c.client))
	if err != nil {
		return nil, c.responseError(err, config.TokenURL, refresh, form.Get("client_assertion"))
	}
	return token, nil
}

// assertionForm has the client assertion, if the client has one.
func (c *credential) assertionForm() (url.Values, error) {
	form := url.Values{}
	if c.Assertion == nil {
		return form, nil
	}
	assertion, err := c.Assertion(c.ClientID, c.endpoint("token"))
	if err != nil {
		return nil, err
	}
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", assertion)
	return form, nil
}

// endpoint returns the URL of an endpoint of the tenant.
func (c *credential) endpoint(name string) string {
	return c.AuthorityHost.JoinPath(c.TenantID, "oauth2", "v2.0", name).String()
}

// refreshToken returns the refresh token, or "" if the application signs in as itself.
func (c *credential) refreshToken() (string, error) {
	if c.RefreshTokenFile == "" {
		return c.RefreshToken, nil
	}
	return readToken("refresh token", c.RefreshTokenFile)
}

func (c *credential) newError() *Error {
	return &Error{Source: c.Source, Kind: c.Kind, Credentials: c.Credentials, ArgumentNames: c.ArgumentNames}
}

// localError describes an error that occurred before any request was sent.
func (c *credential) localError(err error) error {
	e := c.newError()
	e.Err = err
	return e
}

// entraCode matches what a description begins with: "AADSTS700082: The refresh token
// has expired".
var entraCode = regexp.MustCompile(`^AADSTS\d+$`)

// responseError describes a failed request without any of its secrets.
func (c *credential) responseError(err error, endpoint string, secrets ...string) *Error {
	e := c.newError()
	e.Endpoint = endpoint
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		e.Status, e.Err = describeOAuthError(err)
		return e
	}
	secrets = append(secrets, c.ClientSecret)
	if uuid.Validate(c.ClientID) != nil {
		// It may be a secret in the wrong argument.
		secrets = append(secrets, c.ClientID)
	}
	// A response may repeat the request, also as the form encoded it.
	masked := func(text string) string {
		for _, secret := range secrets {
			if secret != "" {
				text = strings.NewReplacer(secret, "[secret]", url.QueryEscape(secret), "[secret]").Replace(text)
			}
		}
		return transport.OneLine(text)
	}
	var body struct {
		Error         string `json:"error"`
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
	}
	// A body that is not JSON has neither an error nor ids.
	_ = json.Unmarshal(transport.TrimBOM(refused.Body), &body)
	e.Status, e.RetryAfter = refused.Response.StatusCode, transport.RetryAfter(refused.Response)
	e.TraceID, e.CorrelationID = masked(body.TraceID), masked(body.CorrelationID)
	// The rest of the description repeats the ids.
	description, _, _ := strings.Cut(refused.ErrorDescription, "Trace ID:")
	e.Code, e.Description = masked(refused.ErrorCode), masked(description)
	if code, rest, found := strings.Cut(e.Description, ": "); found && entraCode.MatchString(code) {
		e.Code, e.Description = code, rest
	}
	switch {
	case e.isTransient(), slices.Contains([]string{"temporarily_unavailable", "server_error"}, body.Error):
	case body.Error == "":
		// A proxy or a gateway refuses requests, not sign-ins.
		e.Err = errNotTokenEndpoint
	default:
		e.Permanent = e.Status >= http.StatusBadRequest
	}
	return e
}

var errNotTokenEndpoint = errors.New("the response is not from a token endpoint; a proxy or a gateway may have responded in its place")

// describeOAuthError replaces oauth2's errors about a response without a token, which
// are written for Go programmers. The status is 0 if there was no response.
func describeOAuthError(err error) (status int, described error) {
	switch text := err.Error(); {
	case strings.HasPrefix(text, "oauth2: cannot parse"), strings.HasPrefix(text, "unmarshal "):
		return http.StatusOK, errNotTokenEndpoint
	case strings.HasPrefix(text, "oauth2: "):
		return http.StatusOK, errors.New("the response has no access_token")
	}
	return 0, transport.CleanError(err)
}

// pipelineTransport sends oauth2's requests through a pipeline.
type pipelineTransport struct{ pipeline runtime.Pipeline }

func (p pipelineTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	body := getBody(request.GetBody)
	wrapped, err := runtime.NewRequestFromRequest(request)
	if err != nil {
		return nil, err
	}
	if body != nil {
		wrapped.SetOperationValue(body)
	}
	response, err := p.pipeline.Do(wrapped)
	if request.Context().Err() != nil && response != nil && response.StatusCode != http.StatusOK {
		// The time ran out during a wait, and this response is the reason for the wait.
		// azcore has read it completely.
		content, err := runtime.Payload(response)
		response.Body = io.NopCloser(bytes.NewReader(content))
		return response, err
	}
	if err != nil {
		return nil, err // net/http logs a response that is returned with an error.
	}
	return response, nil
}
