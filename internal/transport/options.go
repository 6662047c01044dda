package transport

import (
	"cmp"
	"math"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Options configure the requests of a pipeline. UserAgent, Log, MaxBody, Policies and
// Transport may be left out.
type Options struct {
	MaxConcurrency int           // requests under way at once
	MaxRetries     int           // further tries of one request; 0 is none
	MaxRetryWait   time.Duration // the longest Retry-After to wait for
	RequestTimeout time.Duration // one try

	MaxBody int64 // bytes of one response, uncompressed; 0 is 512 MiB

	UserAgent string
	Log       Log                // the progress of reads, and their waits
	Policies  []policy.Policy    // run for every try, next to the wire: logging
	Transport policy.Transporter // instead of the network, in tests
}

// WithTransport returns the options with a transport: their own, or a new HTTP
// client.
func (o Options) WithTransport() Options {
	if o.Transport == nil {
		o.Transport = newHTTPClient(o.MaxConcurrency, o.RequestTimeout)
	}
	return o
}

// ClientOptions returns azcore's options for a pipeline over Transport.
func (o Options) ClientOptions() *policy.ClientOptions {
	return &policy.ClientOptions{
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Retry: policy.RetryOptions{
			MaxRetries: maxRetries(o.MaxRetries),
			// azcore ignores a longer Retry-After.
			MaxRetryDelay: o.MaxRetryWait,
		},
		Transport: limitedTransport{o.Transport, cmp.Or(o.MaxBody, defaultMaxBody)},
	}
}

// maxRetries converts to azcore's notation, in which 0 means its default of three.
func maxRetries(n int) int32 {
	if n == 0 {
		return -1
	}
	return int32(min(max(n, 0), math.MaxInt16))
}
