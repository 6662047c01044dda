package pcclient

import (
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

const (
	requestIDHeader     = "MS-RequestId"
	correlationIDHeader = "MS-CorrelationId"
	continuationHeader  = "MS-ContinuationToken"
)

// headersPolicy gives every page a request id, which its retries keep, and the
// correlation id of its operation
// (https://learn.microsoft.com/partner-center/developer/headers).
type headersPolicy struct{ userAgent string }

func (p headersPolicy) Do(request *policy.Request) (*http.Response, error) {
	header := request.Raw().Header
	header.Set("Accept", "application/json")
	header.Set(requestIDHeader, uuid.NewString())
	if id := transport.CorrelationID(request.Raw().Context()); id != "" {
		header.Set(correlationIDHeader, id)
	}
	if p.userAgent != "" {
		header.Set("User-Agent", p.userAgent)
	}
	return request.Next()
}
