package pcclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	emptyPage = `{"totalCount":0,"items":[],"attributes":{"objectType":"Collection"}}`
	onePage   = `{"totalCount":1,"items":[{"resourceId":"a","totalCost":1.5}]}`
)

// customerUsage is all of a walk.
func customerUsage(ctx context.Context, c *Client) (*Collection[CustomerUsageRecord], error) {
	walk := c.CustomerUsageRecords()
	return walk.listing.collect(ctx, walk.first)
}

// reply is what the other end does with a request.
type reply func(*http.Request) (*http.Response, error)

// says is an answer, byte for byte. Headers are names and values in turn.
func says(status int, body string, headers ...string) reply {
	return saysBody(status, func(*http.Request) io.ReadCloser {
		return io.NopCloser(strings.NewReader(body))
	}, headers...)
}

// saysBody is an answer whose body is more than bytes: slow, cut, or endless.
func saysBody(status int, body func(*http.Request) io.ReadCloser, headers ...string) reply {
	return func(request *http.Request) (*http.Response, error) {
		header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
		for pair := range slices.Chunk(headers, 2) {
			header.Set(pair[0], pair[1])
		}
		return &http.Response{StatusCode: status, Header: header, Body: body(request), ContentLength: -1}, nil
	}
}

// says429 asks to wait.
func says429(retryAfter string) reply {
	return says(http.StatusTooManyRequests, `{"statusCode":429,"message":"Rate limit is exceeded."}`, "Retry-After", retryAfter)
}

// fails is a connection without an answer.
func fails(err error) reply {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs never answers.
func hangs(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// hangsInBody answers, but its body never ends.
var hangsInBody = saysBody(http.StatusOK, func(request *http.Request) io.ReadCloser {
	return body(func([]byte) (int, error) {
		<-request.Context().Done()
		return 0, request.Context().Err()
	})
})

// cut is a body that ends before it should, which the connection notices.
func cut(text string) func(*http.Request) io.ReadCloser {
	return func(*http.Request) io.ReadCloser {
		return io.NopCloser(io.MultiReader(strings.NewReader(text), body(func([]byte) (int, error) {
			return 0, io.ErrUnexpectedEOF
		})))
	}
}

// body is a body that is read with a function.
type body func([]byte) (int, error)

func (b body) Read(p []byte) (int, error) { return b(p) }

func (body) Close() error { return nil }

// after answers after a while, on the clock of a synctest bubble.
func after(d time.Duration, answer reply) reply {
	return func(request *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return answer(request)
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
}

// inTurn gives every request the next of its replies. A request more than there
// are replies fails the test.
func inTurn(t testing.TB, replies ...reply) reply {
	t.Helper()
	var asked atomic.Int64
	return func(request *http.Request) (*http.Response, error) {
		n := int(asked.Add(1))
		if n > len(replies) {
			t.Errorf("request %d is one too many: %s", n, request.URL)
			return says(http.StatusTeapot, "")(request)
		}
		return replies[n-1](request)
	}
}

// wire stands in for the network and notes what was sent, and when.
type wire struct {
	answer reply

	mutex sync.Mutex
	sent  []*http.Request
	times []time.Time
}

func (w *wire) Do(request *http.Request) (*http.Response, error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	w.mutex.Lock()
	w.sent = append(w.sent, request)
	w.times = append(w.times, time.Now())
	w.mutex.Unlock()
	response, err := w.answer(request)
	if response != nil {
		response.Request = request
	}
	return response, err
}

// requests returns what was sent so far.
func (w *wire) requests() []*http.Request {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return slices.Clone(w.sent)
}

// urls returns where the requests went.
func (w *wire) urls() []string {
	var urls []string
	for _, request := range w.requests() {
		urls = append(urls, request.URL.String())
	}
	return urls
}

// waits returns how long after start each request was sent.
func (w *wire) waits(start time.Time) []time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var waits []time.Duration
	for _, at := range w.times {
		waits = append(waits, at.Sub(start))
	}
	return waits
}

// wantRequests checks how many requests were sent.
func (w *wire) wantRequests(t *testing.T, want int) {
	t.Helper()
	if got := len(w.requests()); got != want {
		t.Errorf("%d requests were sent, want %d: %v", got, want, w.urls())
	}
}

// options are those of a client that tries once.
func options(t testing.TB, transport policy.Transporter) Options {
	t.Helper()
	return Options{
		Endpoint:         parseURL(t, "https://api.example"),
		Credential:       alwaysToken("token-1"),
		Scope:            "https://api.example/.default",
		MaxConcurrency:   8,
		MaxRetries:       0,
		MaxRetryWait:     2 * time.Minute,
		RequestTimeout:   3 * time.Minute,
		OperationTimeout: 30 * time.Minute,
		UserAgent:        "test/1.0",
		Transport:        transport,
	}
}

// newClient returns a client whose requests get answer, and its wire.
func newClient(t testing.TB, answer reply, changes ...func(*Options)) (*Client, *wire) {
	t.Helper()
	w := &wire{answer: answer}
	o := options(t, w)
	for _, change := range changes {
		change(&o)
	}
	return New(o), w
}

// fiveRetries are the provider's default.
func fiveRetries(o *Options) { o.MaxRetries = 5 }

// credential is a sign-in by a function.
type credential func(context.Context) (string, time.Duration, error)

func (c credential) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, lifetime, err := c(ctx)
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(lifetime)}, err
}

// alwaysToken is a sign-in that has one token and no other.
func alwaysToken(token string) credential {
	return func(context.Context) (string, time.Duration, error) { return token, time.Hour, nil }
}

func parseURL(t testing.TB, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// testdata reads an answer that Microsoft publishes as a sample.
func testdata(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// owners lists whose records a collection has.
func owners(whole *Collection[CustomerUsageRecord]) string {
	var ids []string
	for _, record := range whole.Items {
		ids = append(ids, *record.OwnerID())
	}
	return strings.Join(ids, " ")
}

// wantError checks that a read failed with an [Error], and returned nothing.
func wantError[T any](t *testing.T, whole *T, err error) *Error {
	t.Helper()
	if whole != nil {
		t.Errorf("a failed read returned %+v", whole)
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Errorf("the error is %T (%v), want an *Error", err, err)
		return &Error{}
	}
	return e
}

// wantFailure is wantError where the kind of error does not matter.
func wantFailure[T any](t *testing.T, whole *T, err error) {
	t.Helper()
	_ = wantError(t, whole, err)
}

// wantText checks that an error has all parts of a text.
func wantText(t *testing.T, err error, parts ...string) {
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

// wantNothingOf checks that an error keeps a secret.
func wantNothingOf(t *testing.T, err error, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error gives %q away: %s", secret, err)
		}
	}
}
