package transport

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

func TestLimitedBody(t *testing.T) {
	t.Parallel()
	for size, fits := range map[int64]bool{9: true, 10: true, 11: false} {
		_, err := io.ReadAll(&limitedBody{ReadCloser: io.NopCloser(io.LimitReader(endless{}, size)), left: 10})
		if fits != (err == nil) {
			t.Errorf("%d bytes of 10: %v", size, err)
		}
	}
}

func TestLimitedTransport(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int64{http.StatusOK: 512<<20 + 1, http.StatusBadRequest: 64 << 10} {
		network := &wiretest.Wire{Respond: wiretest.RespondBody(status, func(*http.Request) io.ReadCloser { return io.NopCloser(endless{}) })}
		response, err := Options{Transport: network}.ClientOptions().Transport.
			Do(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if err != nil {
			t.Fatal(err)
		}
		read, err := io.CopyN(io.Discard, response.Body, want+1)
		response.Body.Close()
		if read > want {
			t.Errorf("%d bytes were read of an endless %d, want no more than %d (%v)", read, status, want, err)
		}
		if status == http.StatusOK {
			wiretest.WantText(t, err, "the response is larger than 512 MiB")
		}
	}
}

// endless has no end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
