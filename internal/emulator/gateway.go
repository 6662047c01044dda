package emulator

import (
	"net/http"
	"sync/atomic"
)

// gateway stands in front of the API and refuses what is too much.
type gateway struct {
	requests atomic.Int64
}

// throttles counts a request, and tells whether it is one of those to refuse.
func (g *gateway) throttles(every int) bool {
	return every > 0 && g.requests.Add(1)%int64(every) == 0
}

func throttledAnswer() answer {
	const wait = "1"
	a := apiAnswer(http.StatusTooManyRequests, Fault{Status: http.StatusTooManyRequests, RetryAfter: wait}.throttled())
	a.header.Set("Retry-After", wait)
	return a
}
