package pcclient

import (
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// lastTry is how the last try of a request ended. If the time is over during a
// wait, azcore tells of that alone, and not what was waited for.
type lastTry struct {
	response *http.Response
	err      error

	tries   int // that azcore has made
	refused int // the round of the first refusal with a 429
}

// remembering keeps the last try of each request.
type remembering struct{}

func (remembering) Do(request *policy.Request) (*http.Response, error) {
	response, err := request.Next()
	remember(request, response, err)
	return response, err
}

func remember(request *policy.Request, response *http.Response, err error) {
	var last *lastTry
	if request.OperationValue(&last) && tellsMore(request.Raw().Context().Err(), err, last) {
		last.response, last.err = response, err
	}
}

// tellsMore reports whether an error says more than that the context is over,
// and more than the last one.
func tellsMore(over, err error, last *lastTry) bool {
	if _, signIn := errors.AsType[*SignInError](err); signIn || err == nil || over == nil {
		return true
	}
	first := last.response == nil && last.err == nil
	return !errors.Is(err, over) && (first || !errors.Is(err, errPaused))
}

// failure describes the try as if there had been no further one.
func (l *lastTry) failure(tenantID string) error {
	if l.response == nil || l.response.StatusCode == http.StatusOK {
		return l.err
	}
	// What cannot be read has been reported as an error.
	body, _ := runtime.Payload(l.response)
	return answerError(l.response, body, tenantID)
}
