package pcclient

import (
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

const continuationHeader = "MS-ContinuationToken"

// IDHeaders are the headers that a service uses to identify a request, and the
// operation that it belongs to.
type IDHeaders struct {
	Request     string
	Correlation string
	ServerOnly  bool // the request id is in the response only
}

// partnerCenterHeaders are documented at
// https://learn.microsoft.com/partner-center/developer/headers.
var partnerCenterHeaders = IDHeaders{Request: "MS-RequestId", Correlation: "MS-CorrelationId"}

// headersPolicy gives every page a request id, which its retries keep, and the
// correlation id of its operation.
type headersPolicy struct {
	userAgent string
	ids       IDHeaders
}

func (p headersPolicy) Do(request *policy.Request) (*http.Response, error) {
	header := request.Raw().Header
	header.Set("Accept", "application/json")
	if !p.ids.ServerOnly {
		header.Set(p.ids.Request, uuid.NewString())
	}
	if id := transport.CorrelationID(request.Raw().Context()); id != "" {
		header.Set(p.ids.Correlation, id)
	}
	if p.userAgent != "" {
		header.Set("User-Agent", p.userAgent)
	}
	return request.Next()
}
