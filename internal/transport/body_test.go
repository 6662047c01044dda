package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What is done to the body of a request afterwards does not reach what is still being
// sent, and a body can be sent again.
func TestWithOwnBody(t *testing.T) {
	t.Parallel()
	shared := strings.NewReader("grant_type=refresh_token")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://login.example/token", shared)
	if err != nil {
		t.Fatal(err)
	}
	own, err := withOwnBody(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shared.Seek(5, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	again, err := own.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []io.Reader{own.Body, again} {
		if content, err := io.ReadAll(body); string(content) != "grant_type=refresh_token" || err != nil {
			t.Errorf("%q, %v", content, err)
		}
	}
	if own.ContentLength != request.ContentLength {
		t.Errorf("the length is %d", own.ContentLength)
	}
}
