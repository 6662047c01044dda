package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Request is a request that the emulator received.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	Header http.Header
	// Start is when the request arrived.
	Start time.Time
	// End is when its answer was ready to be sent, and zero until then. It is
	// not when the last byte left: so two requests that a client made one after
	// the other never seem to overlap.
	End time.Time
}

// requestLog remembers every request.
type requestLog struct {
	mu       sync.Mutex
	requests []Request
}

// begin notes a request and returns its number, for end.
func (l *requestLog) begin(r *http.Request) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, Request{
		Method: r.Method,
		Path:   r.URL.Path,
		Query:  r.URL.Query(),
		Header: r.Header.Clone(),
		Start:  time.Now(),
	})
	return len(l.requests) - 1
}

func (l *requestLog) end(number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests[number].End = time.Now()
}

func (l *requestLog) list() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}
