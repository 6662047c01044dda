package pcclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// expiryMargin is how long before its end a token is not used any more.
const expiryMargin = 30 * time.Second

// signIn puts a bearer token on every try. azcore's own policy gets a new token
// after a 401 only if it is challenged to, and refuses http on loopback.
type signIn struct {
	credential azcore.TokenCredential
	scope      string

	busy    chan struct{} // held while a token is fetched; a mutex cannot be given up
	token   azcore.AccessToken
	refused error // by the authority, for good
}

func newSignIn(credential azcore.TokenCredential, scope string) *signIn {
	return &signIn{credential: credential, scope: scope, busy: make(chan struct{}, 1)}
}

func (s *signIn) Do(request *policy.Request) (*http.Response, error) {
	ctx := request.Raw().Context()
	token, err := s.get(ctx, "")
	if err != nil {
		return nil, err
	}
	request.Raw().Header.Set("Authorization", "Bearer "+token)
	response, err := request.Next()
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	another, err := s.get(ctx, token)
	if err != nil {
		return nil, err
	}
	if another == token {
		return response, nil
	}
	request.Raw().Header.Set("Authorization", "Bearer "+another)
	return request.Next()
}

// get returns a token other than the rejected one, if there is another.
func (s *signIn) get(ctx context.Context, rejected string) (string, error) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if s.refused != nil {
		return "", s.refused
	}
	if s.token.Token != "" && s.token.Token != rejected && time.Until(s.token.ExpiresOn) > expiryMargin {
		return s.token.Token, nil
	}
	token, err := s.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{s.scope}})
	if err != nil {
		if failed, ok := errors.AsType[*SignInError](err); ok && failed.Final && ctx.Err() == nil {
			s.refused = permanentError{err}
		}
		return "", permanentError{err}
	}
	s.token = token
	return token.Token, nil
}

// bearer returns the access token of a request.
func bearer(request *http.Request) string {
	return strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
}

// OneLine makes the text of another program fit for a terminal: one line, no
// escape sequences, and no longer than anyone reads.
func OneLine(text string) string { return oneLine(text) }

// SignInError is a sign-in that did not succeed. It never holds a secret.
type SignInError struct {
	Source      string // where the credentials stand
	Kind        string // which credentials these are
	Credentials []string
	Written     map[string]string // how arguments are written there
	Endpoint    string            // the URL of the token endpoint, if it was asked

	Status        int    // of the authority's answer; 0 without one
	Code          string // such as AADSTS700082, or the OAuth error
	Description   string
	RetryAfter    time.Duration
	TraceID       string
	CorrelationID string

	Final  bool   // another try will not help
	Advice string // where no code says more
	Err    error  // why there is no answer, or none that can be read
}

// Uses reports whether the sign-in is with this argument.
func (e *SignInError) Uses(argument string) bool { return slices.Contains(e.Credentials, argument) }

func (e *SignInError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "sign-in with %s from %s failed", e.Kind, e.Source)
	if e.Endpoint != "" {
		fmt.Fprintf(&text, ": POST %s", e.Endpoint)
	}
	if e.Status != 0 {
		text.WriteString(strings.TrimRight(fmt.Sprintf(": %d %s", e.Status, http.StatusText(e.Status)), " "))
	}
	if e.Code != "" {
		fmt.Fprintf(&text, ", %s", e.Code)
	}
	if e.Description != "" {
		fmt.Fprintf(&text, ": %s", e.Description)
	}
	if e.Err != nil {
		fmt.Fprintf(&text, ": %s", e.Err)
	}
	return text.String()
}

func (e *SignInError) Unwrap() error { return e.Err }
