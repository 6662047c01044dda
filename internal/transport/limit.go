package transport

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	defaultMaxBody = 512 << 20
	maxErrorBody   = 64 << 10
)

// limitedTransport gives each try a body of its own, and prepares responses for azcore: it limits their bodies, which
// azcore reads whole, rewrites Retry-After in a form that azcore understands, and
// marks errors that a retry cannot fix.
type limitedTransport struct {
	policy.Transporter
	maxBody int64
}

func (l limitedTransport) Do(request *http.Request) (*http.Response, error) {
	request, err := withOwnBody(request)
	if err != nil {
		return nil, err
	}
	response, err := l.Transporter.Do(request)
	if err != nil {
		return response, markPermanent(err)
	}
	if wait := RetryAfter(response); wait > 0 {
		response.Header.Set("Retry-After-Ms", strconv.FormatInt(wait.Milliseconds(), 10))
	}
	if response.StatusCode == http.StatusOK {
		response.Body = &limitedBody{response.Body, l.maxBody, l.maxBody}
	} else {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, maxErrorBody), response.Body}
	}
	return response, nil
}

// limitedBody fails beyond its limit, where an [io.LimitReader] would just end.
type limitedBody struct {
	io.ReadCloser
	limit, left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, PermanentError{fmt.Errorf("the response is larger than %d MiB, which is the limit", b.limit>>20)}
	}
	return n, err
}
