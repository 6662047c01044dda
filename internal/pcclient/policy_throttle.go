package pcclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// throttlePolicy keeps the number of requests under way small, until their bodies are
// read, and holds all of them back while the API asks to wait: it counts per
// partner, and a request that comes too early counts as well
// (https://learn.microsoft.com/partner-center/developer/api-throttling-guidance).
// After a wait they go on one after the other, as fast as the answers say.
//
// It tries again what is refused with a 429, in place of azcore, which counts
// every refusal as a failed try: among many requests some then fail although
// each of them does what it is told.
type throttlePolicy struct {
	places     chan struct{} // of requests under way
	turn       chan struct{} // of the one that goes next
	maxRetries int
	maxWait    time.Duration

	mutex  sync.Mutex
	quota  quota
	resume time.Time // when the wait is over
	alone  bool      // the next request goes alone: it finds out whether the wait was enough
	rounds int       // waits of this run
	vain   int       // the last of them, since anything got through
}

func newThrottlePolicy(places, maxRetries int, maxWait time.Duration) *throttlePolicy {
	return &throttlePolicy{
		places:     make(chan struct{}, places),
		turn:       make(chan struct{}, 1),
		maxRetries: maxRetries,
		maxWait:    maxWait,
	}
}

func (t *throttlePolicy) Do(request *policy.Request) (*http.Response, error) {
	ctx := request.Raw().Context()
	last := &lastTry{}
	request.OperationValue(&last)
	last.tries++
	var refusal *http.Response
	for {
		if !take(ctx, t.places) {
			return nil, t.interrupted(ctx)
		}
		response, again, err := t.try(ctx, request, last, refusal)
		<-t.places
		if !again {
			return response, err
		}
		refusal = response
		recordTry(request, refusal, nil)
	}
}

// try waits for the turn of a request and sends it. It reports whether the answer
// is a refusal after which to try again.
func (t *throttlePolicy) try(ctx context.Context, request *policy.Request, last *lastTry, refusal *http.Response) (response *http.Response, again bool, err error) {
	if !take(ctx, t.turn) {
		return nil, false, t.interrupted(ctx)
	}
	release := sync.OnceFunc(func() { <-t.turn })
	defer release()
	if refusal != nil && t.isEnough(last) {
		return refusal, false, nil
	}
	round, alone, err := t.wait(ctx)
	if err != nil {
		return nil, false, err
	}
	if !alone {
		release()
	}
	response, err = request.Next()
	if err != nil {
		return response, false, err
	}
	if response.StatusCode != http.StatusTooManyRequests {
		t.pass(response.StatusCode)
		return response, false, nil
	}
	wait := transport.RetryAfter(response)
	if wait > t.maxWait {
		return response, false, nil // Nobody waits that long: each request is told so by the API.
	}
	t.pause(wait, round, last)
	return response, !t.isEnough(last), nil
}

func take(ctx context.Context, place chan<- struct{}) bool {
	select {
	case place <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

var errPaused = errors.New("Partner Center had asked all requests of this run to wait") //nolint:staticcheck // A name.

// interrupted is why a request was not sent whose context is over.
func (t *throttlePolicy) interrupted(ctx context.Context) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.quota.limited || t.resume.After(time.Now()) {
		return errPaused
	}
	return ctx.Err()
}

// wait returns when a request may be sent: in which round, and whether alone.
// Another pause may begin meanwhile.
func (t *throttlePolicy) wait(ctx context.Context) (round int, alone bool, err error) {
	for {
		t.mutex.Lock()
		now := time.Now()
		pause := t.resume.Sub(now)
		if pause <= 0 {
			if !t.quota.refused.IsZero() {
				some := 1
				if !t.alone {
					some = cap(t.places)
				}
				t.quota.resume(t.resume, cap(t.places), some)
			}
			pause = t.quota.take(now)
		}
		round, alone = t.rounds, t.alone
		t.mutex.Unlock()
		if pause <= 0 {
			return round, alone, nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return 0, false, errPaused
		}
	}
}

// pass notes that a request was not refused.
func (t *throttlePolicy) pass(status int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.quota.pass(time.Now())
	if status < http.StatusInternalServerError {
		t.vain = 0
	}
	if time.Now().After(t.resume) { // Or it was sent before the refusal.
		t.alone = false
	}
}

// pause holds all requests back. A refusal of a request that was sent before the
// last one makes that wait longer at most.
func (t *throttlePolicy) pause(wait time.Duration, round int, last *lastTry) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	now := time.Now()
	if round == t.rounds {
		t.rounds++
		t.vain++
		t.quota.refuse(now)
	}
	if last.refused == 0 {
		last.refused = t.rounds
	}
	if wait == 0 || t.vain > 1 {
		// There is nothing to obey, or obeying it was not enough.
		wait = max(wait, min(backoff(t.vain), t.maxWait))
	}
	if until := now.Add(wait); until.After(t.resume) {
		t.resume = until
	}
	// Nor do all the others have to find out one by one that nothing gets through.
	t.alone = t.vain < 2
}

// isEnough reports whether a request has been refused as often as it may be while
// nothing of the run got through.
func (t *throttlePolicy) isEnough(last *lastTry) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return last.tries-1+min(t.vain, t.rounds-last.refused+1) > t.maxRetries
}

// backoff is how long azcore waits after so many tries: about 1, 2, 6, 12 and 25
// seconds.
func backoff(tries int) time.Duration {
	const first = 800 * time.Millisecond
	wait := float64(first) * float64(int(1)<<min(tries, 5)-1)
	return time.Duration(wait * (0.8 + rand.Float64()/2)) //nolint:gosec // So that not all come back together.
}
