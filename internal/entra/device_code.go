package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// DeviceCode is what the user enters in a browser, on any device, to sign in.
type DeviceCode struct {
	UserCode string
	URL      string // of the page that asks for the code
	Expires  time.Time
}

var errDeviceCodeExpired = errors.New("nobody signed in with the code in time")

// SignInWithDeviceCode signs a user in with a browser
// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code).
// It shows a code, and waits until the user has entered it.
func SignInWithDeviceCode(ctx context.Context, options Options, network transport.Options, scope string, show func(DeviceCode)) (*oauth2.Token, error) {
	c := newCredential(options, network)
	config := oauth2.Config{
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret,
		Scopes:       []string{scope, "offline_access"},
		Endpoint: oauth2.Endpoint{
			DeviceAuthURL: c.endpoint("devicecode"),
			TokenURL:      c.endpoint("token"),
			AuthStyle:     oauth2.AuthStyleInParams,
		},
	}
	clientCtx := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     contextTransport{ctx, c.client.Transport},
		CheckRedirect: transport.NoRedirect,
	})
	code, err := config.DeviceAuth(clientCtx)
	if err != nil {
		return nil, c.responseError(err, config.Endpoint.DeviceAuthURL)
	}
	if code.DeviceCode == "" || code.UserCode == "" {
		return nil, c.localError(fmt.Errorf("%s: %w", config.Endpoint.DeviceAuthURL, errNotTokenEndpoint))
	}
	limitPolling(code)
	show(DeviceCode{UserCode: transport.OneLine(code.UserCode), URL: transport.OneLine(code.VerificationURI), Expires: code.Expiry})
	return c.pollToken(clientCtx, config, code)
}

// pollToken requests a token until the user has signed in. It continues after a
// transient failure: the user may sign in meanwhile.
func (c *credential) pollToken(ctx context.Context, config oauth2.Config, code *oauth2.DeviceAuthResponse) (*oauth2.Token, error) {
	var previous *Error
	for {
		token, err := config.DeviceAccessToken(ctx, code)
		if err == nil {
			return token, nil
		}
		failed := c.responseError(err, config.Endpoint.TokenURL, code.DeviceCode)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !time.Now().Before(code.Expiry):
			if previous == nil {
				return nil, c.localError(errDeviceCodeExpired)
			}
			if previous.Err == nil {
				previous.Err = errDeviceCodeExpired
			}
			return nil, previous
		case !failed.isTransient():
			return nil, failed
		}
		previous = failed
		select {
		case <-time.After(min(failed.RetryAfter, time.Until(code.Expiry))):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Limits for what an authority says about a code: Entra says 15 minutes and 5 seconds.
const (
	defaultCodeLifetime = 15 * time.Minute
	maxCodeLifetime     = 24 * time.Hour
	maxPollInterval     = 60 // seconds
)

// limitPolling corrects an expiry or an interval that makes no sense.
func limitPolling(code *oauth2.DeviceAuthResponse) {
	if left := time.Until(code.Expiry); left <= 0 || left > maxCodeLifetime {
		code.Expiry = time.Now().Add(defaultCodeLifetime)
	}
	// A ticker panics at a negative interval; 0 is the standard's 5 seconds.
	code.Interval = min(max(code.Interval, 0), maxPollInterval)
}

// contextTransport replaces the context of oauth2's request for a device code, which
// cannot be cancelled.
type contextTransport struct {
	ctx  context.Context
	next http.RoundTripper
}

func (t contextTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Context().Done() == nil {
		request = request.WithContext(t.ctx) //nolint:contextcheck // Its own cannot be cancelled.
	}
	return t.next.RoundTrip(request)
}
