package doctor

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

const continuationHeader = "MS-ContinuationToken"

// exchange is a try of a request to the API, and its response.
type exchange struct {
	id           string // its tries share it; empty but for Partner Center
	method       string
	isBlob       bool // it has no access token
	sent         time.Time
	took         time.Duration
	url          *url.URL
	continuation string
	status       int // 0 without a response
	header       http.Header
	body         []byte // without a byte order mark
	mark         bool   // there was one
}

// tap is a policy next to the wire. Of requests to the token endpoint it sees that they
// are sent, and nothing else.
type tap struct {
	progress func(format string, arguments ...any)

	mutex     sync.Mutex
	requests  Requests
	exchanges []*exchange
	tokens    []string
}

func (t *tap) Do(request *policy.Request) (*http.Response, error) {
	raw := request.Raw()
	token := strings.TrimPrefix(raw.Header.Get("Authorization"), "Bearer ")
	if raw.Method != http.MethodGet && token == "" {
		t.mutex.Lock()
		t.requests.SignIn++
		t.mutex.Unlock()
		return request.Next()
	}
	e := &exchange{
		id: raw.Header.Get("MS-RequestId"), method: raw.Method, isBlob: token == "", sent: time.Now(),
		url: raw.URL, continuation: raw.Header.Get(continuationHeader),
	}
	t.add(e, token)
	response, err := request.Next()
	e.took = time.Since(e.sent)
	if err != nil {
		t.progress("  no response after %s: %s", seconds(e.took), transport.Reason(raw.Context(), err))
		return response, err
	}
	e.status, e.header = response.StatusCode, response.Header.Clone()
	// The client reads a blob while it comes, and an error of one may repeat the SAS.
	if body, err := runtime.Payload(response); err == nil && !e.isBlob {
		e.body = transport.TrimBOM(body)
		e.mark = len(e.body) < len(body)
	}
	if status := operationStatus(e); status != "" {
		t.progress("  the export is %s after %s", status, seconds(e.took))
	}
	if wait := transport.RetryAfter(response); wait > 0 {
		t.progress("  %d after %s, asks to wait %s", e.status, seconds(e.took), wait)
	}
	return response, nil
}

func (t *tap) add(e *exchange, token string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if e.method == http.MethodGet {
		t.requests.API++
	} else {
		t.requests.Exports++
	}
	t.exchanges = append(t.exchanges, e)
	if token != "" && !slices.Contains(t.tokens, token) {
		t.tokens = append(t.tokens, token)
	}
}

// all returns all tries since a number of them.
func (t *tap) all(number int) []*exchange {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return slices.Clone(t.exchanges[number:])
}

// since returns the requests since a number of them, each with its last try, and the
// number of tries.
func (t *tap) since(number int) (last []*exchange, tries int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, e := range t.exchanges[number:] {
		tries++
		if n := len(last); n > 0 && last[n-1].id == e.id {
			last = last[:n-1]
		}
		last = append(last, e)
	}
	return last, tries
}

func (t *tap) count() int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return len(t.exchanges)
}

// throttlingHeader matches the headers that say how much a client may ask for.
var throttlingHeader = regexp.MustCompile(`(?i)^(retry-after.*|x-ms-retry-after.*|.*rate-?limit.*|.*quota.*|.*throttl.*)$`)

// throttlingValue matches their values, if those are no names or ids.
var throttlingValue = regexp.MustCompile(`^[\w ,;:=."-]{1,80}$`)

func (e *exchange) throttling(into map[string]string) {
	for name, values := range e.header {
		if name == "Retry-After-Ms" && e.header.Get("Retry-After") != "" {
			continue // The transport adds it.
		}
		if throttlingHeader.MatchString(name) && throttlingValue.MatchString(values[0]) && !guid.MatchString(values[0]) {
			into[name] = values[0]
		}
	}
}

var guid = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
