package pcclient

import (
	"net/http"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// newPipeline puts together the policies between a request and the network:
//
//	headers       ids, once per page
//	              retries, by azcore: 408, 500, 502, 503, 504 and no response
//	last try      for the error, if the time runs out during a wait
//	throttle      limits concurrency; after a 429 every request waits, and it is retried
//	bearer token  and a new one after a 401
//	timeout       of this try; the body is read completely in here
//	policies      of the options: logging
//	              and of the service
//	transport     follows no redirects, limits the body
func newPipeline(options Options, slots chan struct{}, service ServiceOptions) runtime.Pipeline {
	network := options.WithTransport()
	if service.MaxBody != 0 {
		network.MaxBody = service.MaxBody
	}
	if service.WrapTransport != nil {
		network.Transport = service.WrapTransport(network.Transport)
	}
	client := network.ClientOptions()
	client.Retry.StatusCodes = []int{
		http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
	policies := []policy.Policy{
		lastTryPolicy{},
		newThrottlePolicy(service.Name, slots, options.MaxRetries, options.MaxRetryWait),
	}
	if service.Scope != "" {
		policies = append(policies, newBearerTokenPolicy(options.Credential, service.Scope))
	}
	if !service.Streams {
		policies = append(policies, transport.NewTimeoutPolicy(network))
	}
	return runtime.NewPipeline("", "", runtime.PipelineOptions{
		PerCall:  []policy.Policy{headersPolicy{options.UserAgent, service.Headers}},
		PerRetry: slices.Concat(policies, options.Policies, service.Policies),
	}, client)
}
