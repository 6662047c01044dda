package transport

import (
	"bytes"
	"io"
	"net/http"
)

// withOwnBody returns the request with a body that is this try's alone. azcore rewinds
// the one body of all tries, and net/http rewinds it at a redirect, while a connection
// whose response came early may still be sending it.
func withOwnBody(request *http.Request) (*http.Request, error) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, nil
	}
	content, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	own := request.WithContext(request.Context())
	own.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	own.Body, err = own.GetBody()
	return own, err
}
