// Package wiretest stands in for the network and for other servers in tests.
package wiretest

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
)

// Responder responds to a request in place of a server.
type Responder func(*http.Request) (*http.Response, error)

// Respond responds with these bytes. Headers are names and values alternately.
func Respond(status int, body string, headers ...string) Responder {
	return RespondBody(status, func(*http.Request) io.ReadCloser {
		return io.NopCloser(strings.NewReader(body))
	}, headers...)
}

// RespondBody responds with a body that is more than bytes: slow, cut, or endless.
func RespondBody(status int, body func(*http.Request) io.ReadCloser, headers ...string) Responder {
	return func(request *http.Request) (*http.Response, error) {
		header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
		for pair := range slices.Chunk(headers, 2) {
			header.Set(pair[0], pair[1])
		}
		return &http.Response{StatusCode: status, Header: header, Body: body(request), ContentLength: -1}, nil
	}
}

// RespondTooManyRequests responds with a 429.
func RespondTooManyRequests(retryAfter string) Responder {
	return Respond(http.StatusTooManyRequests, `{"statusCode":429,"message":"Rate limit is exceeded."}`, "Retry-After", retryAfter)
}

// Fail fails without a response.
func Fail(err error) Responder {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// Hang never responds.
func Hang(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// HangInBody responds with a body that never ends.
var HangInBody = RespondBody(http.StatusOK, func(request *http.Request) io.ReadCloser {
	return BodyFunc(func([]byte) (int, error) {
		<-request.Context().Done()
		return 0, request.Context().Err()
	})
})

// CutBody returns a body that the connection ends too early.
func CutBody(text string) func(*http.Request) io.ReadCloser {
	return func(*http.Request) io.ReadCloser {
		return io.NopCloser(io.MultiReader(strings.NewReader(text), BodyFunc(func([]byte) (int, error) {
			return 0, io.ErrUnexpectedEOF
		})))
	}
}

// BodyFunc is a body that reads with a function.
type BodyFunc func([]byte) (int, error)

func (f BodyFunc) Read(p []byte) (int, error) { return f(p) }

// Close does nothing.
func (BodyFunc) Close() error { return nil }

// Delay responds after some time on the clock of a synctest bubble.
func Delay(d time.Duration, respond Responder) Responder {
	return func(request *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return respond(request)
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
}

// Sequence gives every request the next responder. One request too many fails the test.
func Sequence(t testing.TB, responders ...Responder) Responder {
	t.Helper()
	var count atomic.Int64
	return func(request *http.Request) (*http.Response, error) {
		n := int(count.Add(1))
		if n > len(responders) {
			t.Errorf("request %d is one too many: %s", n, request.URL)
			return Respond(http.StatusTeapot, "")(request)
		}
		return responders[n-1](request)
	}
}

// Wire stands in for the network, and records what was sent and when.
type Wire struct {
	Respond Responder

	mutex sync.Mutex
	sent  []*http.Request
	times []time.Time
}

// Do implements policy.Transporter.
func (w *Wire) Do(request *http.Request) (*http.Response, error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	w.mutex.Lock()
	w.sent = append(w.sent, request)
	w.times = append(w.times, time.Now())
	w.mutex.Unlock()
	response, err := w.Respond(request)
	if response != nil {
		response.Request = request
	}
	return response, err
}

// Requests returns what was sent so far.
func (w *Wire) Requests() []*http.Request {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return slices.Clone(w.sent)
}

// URLs returns the URLs of the requests.
func (w *Wire) URLs() []string {
	var urls []string
	for _, request := range w.Requests() {
		urls = append(urls, request.URL.String())
	}
	return urls
}

// Waits returns how long after start each request was sent.
func (w *Wire) Waits(start time.Time) []time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var waits []time.Duration
	for _, at := range w.times {
		waits = append(waits, at.Sub(start))
	}
	return waits
}

// WantRequests checks how many requests were sent.
func (w *Wire) WantRequests(t *testing.T, want int) {
	t.Helper()
	if got := len(w.Requests()); got != want {
		t.Errorf("%d requests were sent, want %d: %v", got, want, w.URLs())
	}
}

// ParseURL parses a URL.
func ParseURL(t testing.TB, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// WantText checks that an error contains all of these texts.
func WantText(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %q, want %q in it", err, part)
		}
	}
}

// WantNoSecret checks that an error contains none of these secrets.
func WantNoSecret(t *testing.T, err error, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error gives %q away: %s", secret, err)
		}
	}
}

// WantOneLine checks that a text is safe for a terminal.
func WantOneLine(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("the text has %q in it: %.200q", text[i], text)
	}
	if n := len([]rune(text)); n > 1_000 {
		t.Errorf("the text has %d characters", n)
	}
}

// WantElapsed checks how much time has passed on the clock of a synctest bubble.
func WantElapsed(t *testing.T, start time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(start); got != want {
		t.Errorf("it took %s, want %s", got, want)
	}
}

// Token returns an access token with these claims, and without a valid signature.
func Token(claims string) string {
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}
