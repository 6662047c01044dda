package emulator

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// gateway stands in front of the API and refuses what is too much.
type gateway struct {
	requests atomic.Int64
	quota    quota
}

// throttles counts a request, and tells whether to refuse it, and how many seconds
// to ask to wait for.
func (g *gateway) throttles(o Options) (wait int, refused bool) {
	if o.ThrottleEvery > 0 && g.requests.Add(1)%int64(o.ThrottleEvery) == 0 {
		return 1, true
	}
	if o.Quota > 0 {
		return g.quota.take(time.Now(), o.Quota, float64(max(o.QuotaBurst, 1)))
	}
	return 0, false
}

// quota is a bucket of tokens.
type quota struct {
	mu      sync.Mutex
	tokens  float64
	counted time.Time
}

// take takes a token, or tells in how many seconds there is one.
func (q *quota) take(now time.Time, perSecond, burst float64) (wait int, refused bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.counted.IsZero() {
		q.tokens = burst
	} else {
		q.tokens = min(burst, q.tokens+perSecond*now.Sub(q.counted).Seconds())
	}
	q.counted = now
	if q.tokens < 1 {
		return int(math.Ceil((1 - q.tokens) / perSecond)), true
	}
	q.tokens--
	return 0, false
}

func throttledResponse(seconds int) response {
	wait := strconv.Itoa(seconds)
	a := apiResponse(http.StatusTooManyRequests, Fault{Status: http.StatusTooManyRequests, RetryAfter: wait}.throttled())
	a.header.Set("Retry-After", wait)
	return a
}
