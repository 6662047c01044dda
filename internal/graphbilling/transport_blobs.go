package graphbilling

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// secretURL is the context's key of the URL that a blob has with its SAS. Requests have
// another one, which policies may log.
type secretURL struct{}

// blobTransport replaces the URL of a request by the secret one.
type blobTransport struct{ policy.Transporter }

func (t blobTransport) Do(request *http.Request) (*http.Response, error) {
	target, ok := request.Context().Value(secretURL{}).(*url.URL)
	if !ok {
		return nil, transport.PermanentError{Err: errors.New("a request for a blob has no URL; this is a bug in the provider")}
	}
	secret := request.Clone(request.Context())
	secret.URL, secret.Host = target, ""
	response, err := t.Transporter.Do(secret)
	if response != nil {
		response.Request = request
	}
	if err != nil {
		return nil, transport.CleanError(err) //nolint:bodyclose // There is no response with an error.
	}
	return response, nil
}

// readBlob reads the body of a response. It is called once for each try, and what an
// earlier try has read does not count.
type readBlob func(io.Reader) error

// streamPolicy reads the body of a blob while it comes, within the retry. A try ends if
// nothing comes for the time of a request.
type streamPolicy struct{ timeout time.Duration }

func (p streamPolicy) Do(request *policy.Request) (*http.Response, error) {
	var read readBlob
	request.OperationValue(&read)
	ctx, cancel := context.WithCancel(request.Raw().Context())
	defer cancel()
	silence := time.AfterFunc(p.timeout, cancel)
	defer silence.Stop()
	streamed := request.Clone(ctx)
	runtime.SkipBodyDownload(streamed)
	response, err := streamed.Next()
	if err == nil && response.StatusCode == http.StatusOK {
		err = read(&silenceReader{response.Body, silence, p.timeout})
		_ = response.Body.Close()
		response.Body = http.NoBody
	}
	if err != nil && ctx.Err() != nil && request.Raw().Context().Err() == nil {
		err = fmt.Errorf("nothing more came within request_timeout (%s)", p.timeout)
	}
	return response, err
}

// silenceReader lets the timer run while it waits for bytes.
type silenceReader struct {
	io.Reader
	timer   *time.Timer
	timeout time.Duration
}

func (r *silenceReader) Read(p []byte) (int, error) {
	r.timer.Reset(r.timeout)
	n, err := r.Reader.Read(p)
	r.timer.Stop()
	return n, err
}
