package pcclient

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// throttlePolicy limits the concurrent requests, each until its body is read. After a 429
// all requests wait: the API counts per partner, and also counts a request that comes too
// early (https://learn.microsoft.com/partner-center/developer/api-throttling-guidance).
// After the wait they go on one by one, as fast as the responses allow.
//
// It retries after a 429 in place of azcore, which counts every 429 as a failed try: of
// many requests some would then fail although each one waits as it should.
type throttlePolicy struct {
	service    string        // for errors
	slots      chan struct{} // held by requests until their bodies are read
	turn       chan struct{} // held by the request that goes next
	maxRetries int
	maxWait    time.Duration

	mutex  sync.Mutex
	quota  quota
	resume time.Time // when the wait ends
	alone  bool      // the next request goes alone, to find out whether the wait was enough
	rounds int       // number of waits in this run
	vain   int       // number of waits since a request last succeeded
}

func newThrottlePolicy(service string, slots chan struct{}, maxRetries int, maxWait time.Duration) *throttlePolicy {
	return &throttlePolicy{
		service:    service,
		slots:      slots,
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
		if !acquire(ctx, t.slots, "another request to end (max_concurrency)") {
			return nil, t.interrupted(ctx)
		}
		response, again, err := t.try(ctx, request, last, refusal)
		<-t.slots
		if !again {
			return response, err
		}
		refusal = response
		recordTry(request, refusal, nil)
	}
}

// try waits for the turn of a request and sends it. It reports whether the response is a
// 429 after which to try again.
func (t *throttlePolicy) try(ctx context.Context, request *policy.Request, last *lastTry, refusal *http.Response) (response *http.Response, again bool, err error) {
	if !acquire(ctx, t.turn, throttling) {
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
	if err := request.RewindBody(); err != nil { // It may have been sent before a 429.
		return nil, false, err
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
		return response, false, nil // Too long to wait: every request gets its own 429.
	}
	t.pause(wait, round, last)
	return response, !t.isEnough(last), nil
}

// throttling is what a request waits for after a 429, and what it is slowed down by.
const throttling = "the end of throttling"

func acquire(ctx context.Context, slot chan<- struct{}, reason string) bool {
	defer transport.ProgressOf(ctx).Wait(reason, "", 0)()
	select {
	case slot <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// pausedError says that a request was not sent before its context ended, since the service
// had asked all requests to wait.
type pausedError struct{ service string }

func (e pausedError) Error() string { return e.service + " had asked all requests of this run to wait" }

// interrupted returns why a request was not sent before its context ended.
func (t *throttlePolicy) interrupted(ctx context.Context) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.quota.limited || t.resume.After(time.Now()) {
		return pausedError{t.service}
	}
	return ctx.Err()
}

// wait returns when a request may be sent, with the round, and whether it goes alone.
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
					some = cap(t.slots)
				}
				t.quota.resume(t.resume, cap(t.slots), some)
			}
			pause = t.quota.take(now)
		}
		round, alone = t.rounds, t.alone
		t.mutex.Unlock()
		if pause <= 0 {
			return round, alone, nil
		}
		done := transport.ProgressOf(ctx).Wait(throttling, "", pause)
		select {
		case <-time.After(pause):
			done()
		case <-ctx.Done():
			done()
			return 0, false, pausedError{t.service}
		}
	}
}

// pass records that a request was not throttled.
func (t *throttlePolicy) pass(status int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.quota.pass(time.Now())
	if status < http.StatusInternalServerError {
		t.vain = 0
	}
	if time.Now().After(t.resume) { // Otherwise it was sent before the 429.
		t.alone = false
	}
}

// pause makes all requests wait. A 429 of a request from an earlier round can only extend
// the current wait.
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
		// There is no Retry-After, or it was not enough.
		wait = max(wait, min(backoff(t.vain), t.maxWait))
	}
	if until := now.Add(wait); until.After(t.resume) {
		t.resume = until
	}
	// After two waits in vain the requests need not find that out one by one.
	t.alone = t.vain < 2
}

// isEnough reports whether a request has used up its retries while no request of the run
// succeeded.
func (t *throttlePolicy) isEnough(last *lastTry) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return last.tries-1+min(t.vain, t.rounds-last.refused+1) > t.maxRetries
}

// backoff returns how long azcore waits after a number of tries: about 1, 2, 6, 12 and 25
// seconds.
func backoff(tries int) time.Duration {
	const first = 800 * time.Millisecond
	wait := float64(first) * float64(int(1)<<min(tries, 5)-1)
	return time.Duration(wait * (0.8 + rand.Float64()/2)) //nolint:gosec // Jitter needs no secure random numbers.
}
