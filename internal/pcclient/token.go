package pcclient

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
)

// TokenOptions say how to get access tokens from a token endpoint. With a
// refresh token they are a user's (App+User), without one the application's own.
type TokenOptions struct {
	// For errors, as in [SignInError].
	Source      string
	Kind        string
	Credentials []string
	Written     map[string]string

	AuthorityHost *url.URL
	TenantID      string
	ClientID      string
	ClientSecret  string    // or
	Assertion     Assertion // or neither, for a public client

	RefreshToken     string
	RefreshTokenFile string // read at every exchange

	Rotate   bool                                 // write the next refresh token back to its file
	NotSaved func(ctx context.Context, err error) // is told why that failed
}

// maxTokenBody is far beyond any token.
const maxTokenBody = 1 << 20

// tokenEndpoint is a credential of Microsoft's secure application model
// (https://learn.microsoft.com/partner-center/developer/enable-secure-app-model).
type tokenEndpoint struct {
	TokenOptions
	client  *http.Client
	unsaved *unsaved // guarded by the lock of the file
}

// NewTokenCredential returns a credential that asks the token endpoint of a
// tenant. Its requests are retried like the API's.
func NewTokenCredential(token TokenOptions, options Options) azcore.TokenCredential {
	return newTokenEndpoint(token, options)
}

func newTokenEndpoint(token TokenOptions, options Options) *tokenEndpoint {
	options.MaxBody = maxTokenBody
	options.Transport = transport(options)
	pipeline := runtime.NewPipeline("", "", runtime.PipelineOptions{
		PerCall:  []policy.Policy{tokenHeaders{options.UserAgent}},
		PerRetry: append([]policy.Policy{repeatable{}, newTimeout(options)}, options.Policies...),
	}, clientOptions(options))
	return &tokenEndpoint{TokenOptions: token, client: &http.Client{
		Transport:     roundTripper{pipeline},
		CheckRedirect: noRedirect,
	}}
}

// repeatable lets a token request be tried again after an answer that was cut
// short, which azcore does not do with a POST. Every try has a body of its own:
// that of an earlier one may still be on its way.
type repeatable struct{}

// newBody is a request's GetBody.
type newBody func() (io.ReadCloser, error)

func (repeatable) Do(request *policy.Request) (*http.Response, error) {
	var body newBody
	if request.OperationValue(&body) {
		fresh, err := body()
		if err != nil {
			return nil, err
		}
		request.Raw().Body = fresh
	}
	response, err := request.Next()
	if _, permanent := errors.AsType[permanentError](err); err != nil && !permanent {
		err = errors.New(strings.TrimPrefix(transportError(err).Error(), "body download policy: "))
	}
	return response, err
}

// GetToken implements [azcore.TokenCredential].
func (t *tokenEndpoint) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	get := t.fetch
	if t.Rotate {
		get = t.rotate
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

func (t *tokenEndpoint) fetch(ctx context.Context, scopes []string) (*oauth2.Token, error) {
	refresh, err := t.refreshToken()
	if err != nil {
		return nil, t.unable(err)
	}
	return t.exchange(ctx, scopes, refresh)
}

// exchange gets tokens for a refresh token, or for the application itself.
func (t *tokenEndpoint) exchange(ctx context.Context, scopes []string, refresh string) (*oauth2.Token, error) {
	form, err := t.proof()
	if err != nil {
		return nil, t.unable(err)
	}
	if refresh != "" {
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", refresh)
	}
	config := clientcredentials.Config{
		ClientID:       t.ClientID,
		ClientSecret:   t.ClientSecret,
		TokenURL:       t.url("token"),
		Scopes:         scopes,
		AuthStyle:      oauth2.AuthStyleInParams,
		EndpointParams: form,
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		return nil, t.failed(err, config.TokenURL, refresh, form.Get("client_assertion"))
	}
	return token, nil
}

// proof is the part of a request that proves who the client is, if that is not a
// secret.
func (t *tokenEndpoint) proof() (url.Values, error) {
	form := url.Values{}
	if t.Assertion == nil {
		return form, nil
	}
	assertion, err := t.Assertion(t.ClientID, t.url("token"))
	if err != nil {
		return nil, err
	}
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", assertion)
	return form, nil
}

// unable is an error that is not the answer of an endpoint.
func (t *tokenEndpoint) unable(err error) error {
	e := t.failure()
	e.Err = err
	return e
}

func (t *tokenEndpoint) failure() *SignInError {
	return &SignInError{Source: t.Source, Kind: t.Kind, Credentials: t.Credentials, Written: t.Written}
}

// url is that of an endpoint of the tenant.
func (t *tokenEndpoint) url(endpoint string) string {
	return t.AuthorityHost.JoinPath(t.TenantID, "oauth2", "v2.0", endpoint).String()
}

// refreshToken returns the refresh token, or none if the application signs in
// as itself.
func (t *tokenEndpoint) refreshToken() (string, error) {
	if t.RefreshTokenFile == "" {
		return t.RefreshToken, nil
	}
	return readToken("refresh token", t.RefreshTokenFile)
}

// entraCode is what a description begins with: "AADSTS700082: The refresh token
// has expired".
var entraCode = regexp.MustCompile(`^AADSTS\d+$`)

// failed describes a failed request without any of its secrets.
func (t *tokenEndpoint) failed(err error, endpoint string, secrets ...string) *SignInError {
	e := t.failure()
	e.Endpoint = endpoint
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		e.Status, e.Err = answerOf(err)
		return e
	}
	secrets = append(secrets, t.ClientSecret)
	if uuid.Validate(t.ClientID) != nil {
		// It may be a secret in the wrong argument.
		secrets = append(secrets, t.ClientID)
	}
	// An answer may repeat what it was asked with, also as it was in the form.
	masked := func(text string) string {
		for _, secret := range secrets {
			if secret != "" {
				text = strings.NewReplacer(secret, "[secret]", url.QueryEscape(secret), "[secret]").Replace(text)
			}
		}
		return oneLine(text)
	}
	var body struct {
		Error         string `json:"error"`
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
	}
	// A body that is not JSON has neither an error nor ids.
	_ = json.Unmarshal(withoutBOM(refused.Body), &body)
	e.Status, e.RetryAfter = refused.Response.StatusCode, retryAfter(refused.Response)
	e.TraceID, e.CorrelationID = masked(body.TraceID), masked(body.CorrelationID)
	// The rest of it repeats the ids.
	description, _, _ := strings.Cut(refused.ErrorDescription, "Trace ID:")
	e.Code, e.Description = masked(refused.ErrorCode), masked(description)
	if code, rest, found := strings.Cut(e.Description, ": "); found && entraCode.MatchString(code) {
		e.Code, e.Description = code, rest
	}
	switch {
	case e.passes(), slices.Contains([]string{"temporarily_unavailable", "server_error"}, body.Error):
	case body.Error == "":
		// A proxy or a gateway refuses requests, not sign-ins.
		e.Err = errNotTokenEndpoint
	default:
		e.Final = e.Status >= http.StatusBadRequest
	}
	return e
}

// passes reports whether the failure is one that is over some time.
func (e *SignInError) passes() bool {
	return e.Status == 0 || e.Status >= http.StatusInternalServerError || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests
}

var errNotTokenEndpoint = errors.New("the answer is not that of a token endpoint; a proxy or a gateway may have answered in its place")

// answerOf describes an answer without a token, which oauth2 does in the words of a
// Go programmer, or that there is none.
func answerOf(err error) (status int, described error) {
	switch text := err.Error(); {
	case strings.HasPrefix(text, "oauth2: cannot parse"), strings.HasPrefix(text, "unmarshal "):
		return http.StatusOK, errNotTokenEndpoint
	case strings.HasPrefix(text, "oauth2: "):
		return http.StatusOK, errors.New("the answer has no access_token")
	}
	return 0, transportError(err)
}

// roundTripper lets oauth2 send its requests through a pipeline.
type roundTripper struct{ pipeline runtime.Pipeline }

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	body := newBody(request.GetBody)
	wrapped, err := runtime.NewRequestFromRequest(request)
	if err != nil {
		return nil, err
	}
	if body != nil {
		wrapped.SetOperationValue(body)
	}
	response, err := r.pipeline.Do(wrapped)
	if request.Context().Err() != nil && response != nil && response.StatusCode != http.StatusOK {
		// The time ended a wait, and this is what for. azcore has read it to its end.
		content, err := runtime.Payload(response)
		response.Body = io.NopCloser(bytes.NewReader(content))
		return response, err
	}
	if err != nil {
		return nil, err // With a response beside it, net/http would log that it ignores that.
	}
	return response, nil
}
