package pcclient

import (
	"context"
	"errors"
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
		Transport:     bound{ctx, t.client.Transport},
		CheckRedirect: noRedirect,
	})
	code, err := config.DeviceAuth(asking)
	if err != nil {
		return nil, t.failed(err, config.Endpoint.DeviceAuthURL)
	}
	// A ticker panics at less than nothing; 0 is the standard's 5 seconds.
	code.Interval = max(code.Interval, 0)
	show(DeviceCode{UserCode: oneLine(code.UserCode), URL: oneLine(code.VerificationURI), Expires: code.Expiry})
	granted, err := config.DeviceAccessToken(asking, code)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, t.unable(errDeviceCodeExpired)
	case err != nil:
		return nil, t.failed(err, config.Endpoint.TokenURL, code.DeviceCode)
	}
	return granted, nil
}

// bound sends requests in a context that can end: oauth2 asks for a device code
// in none.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

func (b bound) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Context().Done() == nil {
		request = request.WithContext(b.ctx) //nolint:contextcheck // Its own never ends.
	}
	return b.next.RoundTrip(request)
}
