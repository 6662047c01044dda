package entra

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// bodyPolicy retries a token request whose response was cut short, which azcore does
// not do for a POST. Every try gets a new body: the one of an earlier try may still be
// read.
type bodyPolicy struct{}

// getBody is the GetBody of a request.
type getBody func() (io.ReadCloser, error)

func (bodyPolicy) Do(request *policy.Request) (*http.Response, error) {
	var newBody getBody
	if request.OperationValue(&newBody) {
		body, err := newBody()
		if err != nil {
			return nil, err
		}
		request.Raw().Body = body
	}
	response, err := request.Next()
	if _, permanent := errors.AsType[transport.PermanentError](err); err != nil && !permanent {
		err = errors.New(strings.TrimPrefix(transport.CleanError(err).Error(), "body download policy: "))
	}
	return response, err
}
