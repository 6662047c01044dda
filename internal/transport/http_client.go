package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// newHTTPClient returns a client with timeouts that notice a dead connection.
func newHTTPClient(connections int, requestTimeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // Documented to be one.
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.MaxIdleConnsPerHost = connections
	transport.Proxy = proxyFromEnvironment
	transport.OnProxyConnectResponse = checkProxyResponse
	// All requests share one HTTP/2 connection. When it dies silently, a ping has to
	// fail before the first try times out: the next try would use it again.
	transport.HTTP2 = &http.HTTP2Config{
		SendPingTimeout: min(10*time.Second, requestTimeout/3),
		PingTimeout:     min(5*time.Second, requestTimeout/2),
	}
	return &http.Client{Transport: transport, CheckRedirect: NoRedirect}
}

// NoRedirect makes an [http.Client] return a redirect as the response. A token or a
// secret must not reach another host, and neither Partner Center nor Entra redirects.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// proxyFromEnvironment hides net/http's error for an invalid proxy address, which
// contains the password.
func proxyFromEnvironment(request *http.Request) (*url.URL, error) {
	address, err := http.ProxyFromEnvironment(request)
	if err != nil {
		return nil, PermanentError{errors.New("the proxy address in HTTPS_PROXY or HTTP_PROXY is invalid")}
	}
	return address, nil
}

// checkProxyResponse reports why a proxy refuses to connect. net/http's own error
// has the name of the status only, such as "Forbidden".
func checkProxyResponse(_ context.Context, proxy *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode == http.StatusOK {
		return nil
	}
	err := fmt.Errorf("the proxy %s refused to connect to the host: %d %s", proxy.Host, response.StatusCode, http.StatusText(response.StatusCode))
	if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusRequestTimeout {
		return err
	}
	return PermanentError{err}
}
