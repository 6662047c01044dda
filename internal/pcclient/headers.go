package pcclient

import (
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/uuid"
)

const (
	requestIDHeader     = "MS-RequestId"
	correlationIDHeader = "MS-CorrelationId"
	continuationHeader  = "MS-ContinuationToken"
)

// headers gives every page a request id, which its retries keep, and the
// correlation id of its operation
// (https://learn.microsoft.com/partner-center/developer/headers).
type headers struct{ userAgent string }

func (h headers) Do(request *policy.Request) (*http.Response, error) {
	header := request.Raw().Header
	header.Set("Accept", "application/json")
	header.Set(requestIDHeader, uuid.NewString())
	if id, ok := request.Raw().Context().Value(correlationKey{}).(string); ok {
		header.Set(correlationIDHeader, id)
	}
	if h.userAgent != "" {
		header.Set("User-Agent", h.userAgent)
	}
	return request.Next()
}

// tokenHeaders are those of a token request: its id is what Entra calls the
// correlation id, and answers with.
type tokenHeaders struct{ userAgent string }

func (h tokenHeaders) Do(request *policy.Request) (*http.Response, error) {
	header := request.Raw().Header
	id, ok := request.Raw().Context().Value(correlationKey{}).(string)
	if !ok {
		id = uuid.NewString()
	}
	header.Set("client-request-id", id)
	header.Set("return-client-request-id", "true")
	if h.userAgent != "" {
		header.Set("User-Agent", h.userAgent)
	}
	return request.Next()
}
