package pcclient

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// throttle keeps the number of requests under way small, until their bodies are
// read, and holds all of them back while the API asks to wait: it counts per
// partner, and a request that comes too early counts as well
// (https://learn.microsoft.com/partner-center/developer/api-throttling-guidance).
type throttle struct {
	places  chan struct{}
	maxWait time.Duration

	mutex  sync.Mutex
	resume time.Time
}

func newThrottle(places int, maxWait time.Duration) *throttle {
	return &throttle{places: make(chan struct{}, places), maxWait: maxWait}
}

func (t *throttle) Do(request *policy.Request) (*http.Response, error) {
	ctx := request.Raw().Context()
	select {
	case t.places <- struct{}{}:
		defer func() { <-t.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := t.wait(ctx); err != nil {
		return nil, err
	}
	response, err := request.Next()
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		t.pause(retryAfter(response))
	}
	return response, err
}

// wait returns when no pause is left. Another one may begin during the first.
func (t *throttle) wait(ctx context.Context) error {
	for {
		t.mutex.Lock()
		pause := time.Until(t.resume)
		t.mutex.Unlock()
		if pause <= 0 {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return errPaused
		}
	}
}

var errPaused = errors.New("Partner Center had asked all requests of this run to wait") //nolint:staticcheck // A name.

// pause holds the requests back, unless it is longer than anyone waits: then
// each of them is told so by the API.
func (t *throttle) pause(d time.Duration) {
	if d > t.maxWait {
		return
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if until := time.Now().Add(d); until.After(t.resume) {
		t.resume = until
	}
}

// retryAfter reads the header in all of its forms: seconds, however many, and
// the dates of HTTP. It is 0 where there is nothing to wait for.
func retryAfter(response *http.Response) time.Duration {
	const year = 365 * 24 * time.Hour
	value := response.Header.Get("Retry-After")
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(max(0, min(seconds, int64(year/time.Second)))) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, min(date.Sub(clockOf(response)), year))
	}
	return 0
}

// clockOf is the time where the answer comes from: its dates mean that clock, and
// this machine's may be another one.
func clockOf(response *http.Response) time.Time {
	if now, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		return now
	}
	return time.Now()
}
