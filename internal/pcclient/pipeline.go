package pcclient

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	azruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

const (
	maxBody      = 512 << 20
	maxErrorBody = 64 << 10
)

// newPipeline puts together what happens between a request and the wire:
//
//	headers    ids, once per page
//	           retries, by azcore: 408, 500, 502, 503, 504 and no answer
//	last try   for the error, if the time is over during a wait
//	throttle   few at once; everybody waits after a 429, which is tried again
//	sign-in    a bearer token, and a new one after a 401
//	timeout    of this try; the body is read whole in here
//	policies   of the options: logging
//	transport  redirects are not followed, bodies not read without end
func newPipeline(options Options) azruntime.Pipeline {
	options.Transport = transport(options)
	client := clientOptions(options)
	client.Retry.StatusCodes = []int{
		http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
	return azruntime.NewPipeline("", "", azruntime.PipelineOptions{
		PerCall: []policy.Policy{headers{options.UserAgent}},
		PerRetry: append([]policy.Policy{
			remembering{},
			newThrottle(options.MaxConcurrency, options.MaxRetries, options.MaxRetryWait),
			newSignIn(sendable{options.Credential}, options.Scope),
			newTimeout(options),
		}, options.Policies...),
	}, client)
}

// clientOptions are common to the API's pipeline and to the token endpoint's.
func clientOptions(options Options) *policy.ClientOptions {
	return &policy.ClientOptions{
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Retry: policy.RetryOptions{
			MaxRetries: retries(options.MaxRetries),
			// azcore does not wait at all for a longer Retry-After.
			MaxRetryDelay: options.MaxRetryWait,
		},
		Transport: limited{transport(options), cmp.Or(options.MaxBody, maxBody)},
	}
}

// transport is that of the options, or the network.
func transport(options Options) policy.Transporter {
	if options.Transport == nil {
		return network(options.MaxConcurrency, options.RequestTimeout)
	}
	return options.Transport
}

// retries is azcore's notation, in which 0 means its default of three.
func retries(further int) int32 {
	if further == 0 {
		return -1
	}
	return int32(min(max(further, 0), math.MaxInt16))
}

// network returns the HTTP client that reaches the API.
func network(connections int, requestTimeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // Documented to be one.
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.MaxIdleConnsPerHost = connections
	transport.Proxy = proxy
	transport.OnProxyConnectResponse = proxyAnswer
	// All requests share one connection of HTTP/2. If that dies without a word, all
	// further tries would go down the same one, were it not noticed before the first
	// of them is given up.
	transport.HTTP2 = &http.HTTP2Config{
		SendPingTimeout: min(10*time.Second, requestTimeout/3),
		PingTimeout:     min(5*time.Second, requestTimeout/2),
	}
	return &http.Client{Transport: transport, CheckRedirect: noRedirect}
}

// proxy is the one of the environment. What net/http says of an address that it
// cannot read has the password in it.
func proxy(request *http.Request) (*url.URL, error) {
	address, err := http.ProxyFromEnvironment(request)
	if err != nil {
		return nil, permanentError{errors.New("the address of the proxy in HTTPS_PROXY or HTTP_PROXY cannot be read")}
	}
	return address, nil
}

// proxyAnswer says what a proxy answers instead of connecting. net/http would say
// "Forbidden" and no more.
func proxyAnswer(_ context.Context, asked *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	err := fmt.Errorf("the proxy %s does not connect to the host: %d %s", asked.Host, answer.StatusCode, http.StatusText(answer.StatusCode))
	if answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusRequestTimeout {
		return err
	}
	return permanentError{err}
}

// noRedirect makes a redirect an answer like any other: a token or a secret must
// not reach another host, and neither Partner Center nor Entra redirects.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// timeout ends one try. azcore's own TryTimeout would also count the time that
// a request spends in the throttle.
type timeout struct {
	after     time.Duration
	transport policy.Transporter
}

func newTimeout(options Options) timeout { return timeout{options.RequestTimeout, options.Transport} }

var errRequestTimeout = errors.New("no whole answer within request_timeout")

func (t timeout) Do(request *policy.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Raw().Context(), t.after, errRequestTimeout)
	defer cancel()
	response, err := request.Clone(ctx).Next()
	if err != nil && errors.Is(context.Cause(ctx), errRequestTimeout) {
		err = fmt.Errorf("%w (%s)", errRequestTimeout, t.after)
		// The next try must not go down a connection that is as dead.
		if connections, ok := t.transport.(interface{ CloseIdleConnections() }); ok {
			connections.CloseIdleConnections()
		}
	}
	return response, err
}

// sendable is a credential whose tokens HTTP can carry.
type sendable struct{ azcore.TokenCredential }

func (s sendable) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := s.TokenCredential.GetToken(ctx, options)
	if err == nil && strings.ContainsFunc(token.Token, unicode.IsControl) {
		return azcore.AccessToken{}, errors.New("the access token has a line break or another control character in it, which HTTP cannot send: it was damaged on its way here, so get it anew")
	}
	return token, err
}

// limited reads no more of a body than anyone needs, since azcore keeps all of it,
// and writes a Retry-After in a form that azcore reads.
type limited struct {
	policy.Transporter
	maxBody int64
}

func (l limited) Do(request *http.Request) (*http.Response, error) {
	response, err := l.Transporter.Do(request)
	if err != nil {
		return response, permanent(err)
	}
	if wait := retryAfter(response); wait > 0 {
		// azcore, which waits for it, knows only some of the forms.
		response.Header.Set("Retry-After-Ms", strconv.FormatInt(wait.Milliseconds(), 10))
	}
	if response.StatusCode == http.StatusOK {
		response.Body = &limitedBody{response.Body, l.maxBody, l.maxBody}
	} else {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, maxErrorBody), response.Body}
	}
	return response, nil
}

type limitedBody struct {
	io.ReadCloser
	limit, left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, permanentError{fmt.Errorf("the answer is larger than %d MiB, which is the limit", b.limit>>20)}
	}
	return n, err
}

// permanent marks the errors of a connection that another try cannot mend.
func permanent(err error) error {
	var certificate *tls.CertificateVerificationError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return permanentError{errors.New("the server speaks plain HTTP on this port, not TLS: is the address right, or should it begin with http://?")}
	case errors.As(err, &record):
		return permanentError{errors.New("the server does not speak TLS on this port: is the address right?")}
	case errors.As(err, &certificate), errors.As(err, &dns) && dns.IsNotFound, refusedHere(err), alerted(err):
		return permanentError{err}
	case strings.Contains(err.Error(), "malformed HTTP "):
		// It repeats what came, which may be anything.
		return permanentError{errors.New("what answers on this port does not speak HTTP, or only within TLS: is the address right, or should it begin with https://?")}
	case strings.Contains(err.Error(), "tls: server selected unsupported protocol version"):
		return permanentError{err}
	}
	return err
}

// refusedHere reports whether this very machine refused a connection: then nothing
// listens there, and no network is to blame.
func refusedHere(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		dial, ok := err.(*net.OpError) //nolint:errorlint // Each in turn: that of a proxy is around that of its connection.
		if !ok || dial.Op != "dial" {
			continue
		}
		address, ok := dial.Addr.(*net.TCPAddr)
		return ok && address.IP.IsLoopback() && isRefused(dial)
	}
	return false
}

// isRefused knows the number that Windows has of its own.
func isRefused(err error) bool {
	const refusedOnWindows = syscall.Errno(10061)
	return errors.Is(err, syscall.ECONNREFUSED) || runtime.GOOS == "windows" && errors.Is(err, refusedOnWindows)
}

// finalAlerts are those of TLS that are about what either side is, can or may, and
// not about this connection. Package tls does not export their type.
var finalAlerts = []string{
	"access denied", "bad certificate", "certificate required", "expired certificate", "export restriction", "handshake failure",
	"illegal parameter", "inappropriate fallback", "insufficient security level", "no application protocol", "protocol version not supported",
	"revoked certificate", "unknown certificate", "unknown certificate authority", "unrecognized name", "unsupported certificate",
}

// alerted reports whether the other side ended the handshake for good.
func alerted(err error) bool {
	var alert *net.OpError
	if !errors.As(err, &alert) || alert.Op != "remote error" {
		return false
	}
	text, ok := strings.CutPrefix(alert.Err.Error(), "tls: ")
	return ok && slices.Contains(finalAlerts, text)
}

// permanentError is not retried by azcore.
type permanentError struct{ error }

func (e permanentError) NonRetriable() {}

func (e permanentError) Unwrap() error { return e.error }
