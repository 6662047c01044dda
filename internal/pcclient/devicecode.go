package pcclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// DeviceCode is what a person enters in a browser, on any device, to sign in.
type DeviceCode struct {
	UserCode string
	URL      string // of the page that asks for it
	Expires  time.Time
}

var errDeviceCodeExpired = errors.New("nobody signed in with the code in time")

// SignInWithDeviceCode signs a user in with the help of a browser
// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code).
// It shows a code, and waits until the user has entered it.
func SignInWithDeviceCode(ctx context.Context, token TokenOptions, options Options, show func(DeviceCode)) (*oauth2.Token, error) {
	t := newTokenEndpoint(token, options)
	config := oauth2.Config{
		ClientID:     t.ClientID,
		ClientSecret: t.ClientSecret,
		Scopes:       []string{options.Scope, "offline_access"},
		Endpoint: oauth2.Endpoint{
			DeviceAuthURL: t.url("devicecode"),
			TokenURL:      t.url("token"),
			AuthStyle:     oauth2.AuthStyleInParams,
		},
	}
	asking := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     ending{ctx, t.client.Transport},
		CheckRedirect: noRedirect,
	})
	code, err := config.DeviceAuth(asking)
	if err != nil {
		return nil, t.failed(err, config.Endpoint.DeviceAuthURL)
	}
	if code.DeviceCode == "" || code.UserCode == "" {
		return nil, t.unable(fmt.Errorf("%s: %w", config.Endpoint.DeviceAuthURL, errNotTokenEndpoint))
	}
	bound(code)
	show(DeviceCode{UserCode: oneLine(code.UserCode), URL: oneLine(code.VerificationURI), Expires: code.Expiry})
	return t.await(asking, config, code)
}

// await asks for a token until the user has signed in. The user may well do so
// while the authority cannot be reached.
func (t *tokenEndpoint) await(ctx context.Context, config oauth2.Config, code *oauth2.DeviceAuthResponse) (*oauth2.Token, error) {
	var before *SignInError
	for {
		granted, err := config.DeviceAccessToken(ctx, code)
		if err == nil {
			return granted, nil
		}
		failed := t.failed(err, config.Endpoint.TokenURL, code.DeviceCode)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !time.Now().Before(code.Expiry):
			if before == nil {
				return nil, t.unable(errDeviceCodeExpired)
			}
			if before.Err == nil {
				before.Err = errDeviceCodeExpired
			}
			return nil, before
		case !failed.passes():
			return nil, failed
		}
		before = failed
		select {
		case <-time.After(min(failed.RetryAfter, time.Until(code.Expiry))):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// What an authority may say of a code: Entra says 15 minutes and 5 seconds.
const (
	deviceCodeLifetime = 15 * time.Minute
	maxLifetime        = 24 * time.Hour
	maxInterval        = 60 // seconds
)

// bound makes sense of how long and how often to ask.
func bound(code *oauth2.DeviceAuthResponse) {
	if left := time.Until(code.Expiry); left <= 0 || left > maxLifetime {
		code.Expiry = time.Now().Add(deviceCodeLifetime)
	}
	// A ticker panics at less than nothing; 0 is the standard's 5 seconds.
	code.Interval = min(max(code.Interval, 0), maxInterval)
}

// ending sends requests in a context that can end: oauth2 asks for a device code
// in none.
type ending struct {
	ctx  context.Context
	next http.RoundTripper
}

func (e ending) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Context().Done() == nil {
		request = request.WithContext(e.ctx) //nolint:contextcheck // Its own never ends.
	}
	return e.next.RoundTrip(request)
}
