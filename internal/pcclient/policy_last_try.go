package pcclient

import (
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// lastTry is how the last try of a request ended. If the time runs out during a wait,
// azcore returns only that error, not the reason for the wait.
type lastTry struct {
	response *http.Response
	err      error

	tries   int // made by azcore
	refused int // the throttle's round of the first 429

	waited func() // ends the wait for the next try
}

// endWait ends the wait for the next try, if there was one.
func (l *lastTry) endWait() {
	if l.waited != nil {
		l.waited()
	}
}

// lastTryPolicy records the last try of each request.
type lastTryPolicy struct{}

func (lastTryPolicy) Do(request *policy.Request) (*http.Response, error) {
	last := &lastTry{}
	request.OperationValue(&last)
	last.endWait()
	response, err := request.Next()
	recordTry(request, response, err)
	last.waited = transport.ProgressOf(request.Raw().Context()).Wait("the next try", request.Raw().URL.Path, 0)
	return response, err
}

func recordTry(request *policy.Request, response *http.Response, err error) {
	var last *lastTry
	if request.OperationValue(&last) && saysMore(request.Raw().Context().Err(), err, last) {
		last.response, last.err = response, err
	}
}

// saysMore reports whether an error says more than that the context has ended, and
// more than the error of the last try.
func saysMore(ended, err error, last *lastTry) bool {
	if _, signIn := errors.AsType[*entra.Error](err); signIn || err == nil || ended == nil {
		return true
	}
	first := last.response == nil && last.err == nil
	_, paused := errors.AsType[pausedError](err)
	return !errors.Is(err, ended) && (first || !paused)
}

// asError returns the error of the try.
func (l *lastTry) asError(tenantID string) error {
	if l.response == nil || l.response.StatusCode == http.StatusOK {
		return l.err
	}
	// An error while reading the body is in l.err.
	body, _ := runtime.Payload(l.response)
	return responseError(l.response, body, tenantID)
}
