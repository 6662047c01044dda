package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

var errRequestTimeout = errors.New("no complete response within request_timeout")

// timeoutPolicy ends one try. azcore's own TryTimeout would also count the time that
// a request waits in the policies behind it.
type timeoutPolicy struct {
	timeout   time.Duration
	transport policy.Transporter
}

// NewTimeoutPolicy returns a policy that ends one try after RequestTimeout.
func NewTimeoutPolicy(options Options) policy.Policy {
	return timeoutPolicy{options.RequestTimeout, options.Transport}
}

func (p timeoutPolicy) Do(request *policy.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Raw().Context(), p.timeout, errRequestTimeout)
	defer cancel()
	defer ProgressOf(ctx).Wait("a response", request.Raw().URL.Path, 0)()
	response, err := request.Clone(ctx).Next()
	if err != nil && errors.Is(context.Cause(ctx), errRequestTimeout) {
		err = fmt.Errorf("%w (%s)", errRequestTimeout, p.timeout)
		// The other idle connections may be dead, too.
		if connections, ok := p.transport.(interface{ CloseIdleConnections() }); ok {
			connections.CloseIdleConnections()
		}
	}
	return response, err
}
