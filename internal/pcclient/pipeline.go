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
	"strconv"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
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
func newPipeline(options Options) runtime.Pipeline {
	client := clientOptions(options)
	client.Retry.StatusCodes = []int{
		http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
	return runtime.NewPipeline("", "", runtime.PipelineOptions{
		PerCall: []policy.Policy{headers{options.UserAgent}},
		PerRetry: append([]policy.Policy{
			remembering{},
			newThrottle(options.MaxConcurrency, options.MaxRetries, options.MaxRetryWait),
			newSignIn(options.Credential, options.Scope),
			timeout(options.RequestTimeout),
		}, options.Policies...),
	}, client)
}

// clientOptions are common to the API's pipeline and to the token endpoint's.
func clientOptions(options Options) *policy.ClientOptions {
	transport := options.Transport
	if transport == nil {
		transport = network(options.MaxConcurrency)
	}
	return &policy.ClientOptions{
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Retry: policy.RetryOptions{
			MaxRetries: retries(options.MaxRetries),
			// azcore does not wait at all for a longer Retry-After.
			MaxRetryDelay: options.MaxRetryWait,
		},
		Transport: limited{transport, cmp.Or(options.MaxBody, maxBody)},
	}
}

// retries is azcore's notation, in which 0 means its default of three.
func retries(further int) int32 {
	if further == 0 {
		return -1
	}
	return int32(min(max(further, 0), math.MaxInt16))
}

// network returns the HTTP client that reaches the API.
func network(connections int) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // Documented to be one.
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.MaxIdleConnsPerHost = connections
	return &http.Client{Transport: transport, CheckRedirect: noRedirect}
}

// noRedirect makes a redirect an answer like any other: a token or a secret must
// not reach another host, and neither Partner Center nor Entra redirects.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// timeout ends one try. azcore's own TryTimeout would also count the time that
// a request spends in the throttle.
type timeout time.Duration

var errRequestTimeout = errors.New("no whole answer within request_timeout")

func (t timeout) Do(request *policy.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Raw().Context(), time.Duration(t), errRequestTimeout)
	defer cancel()
	response, err := request.Clone(ctx).Next()
	if err != nil && errors.Is(context.Cause(ctx), errRequestTimeout) {
		err = fmt.Errorf("%w (%s)", errRequestTimeout, time.Duration(t))
	}
	return response, err
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
	if errors.As(err, &certificate) || errors.As(err, &dns) && dns.IsNotFound {
		return permanentError{err}
	}
	return err
}

// permanentError is not retried by azcore.
type permanentError struct{ error }

func (e permanentError) NonRetriable() {}

func (e permanentError) Unwrap() error { return e.error }
