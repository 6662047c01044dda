package entra

import (
	"cmp"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// headersPolicy sends the correlation id of the operation, which Entra calls the id of
// the client's request and returns.
type headersPolicy struct{ userAgent string }

func (p headersPolicy) Do(request *policy.Request) (*http.Response, error) {
	header := request.Raw().Header
	header.Set("client-request-id", cmp.Or(transport.CorrelationID(request.Raw().Context()), uuid.NewString()))
	header.Set("return-client-request-id", "true")
	if p.userAgent != "" {
		header.Set("User-Agent", p.userAgent)
	}
	return request.Next()
}
