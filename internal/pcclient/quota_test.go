package pcclient

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// bucket is a service that counts requests by a bucket of tokens.
type bucket struct {
	rate, burst float64
	latency     time.Duration
	asks        func(wait time.Duration) []string // the headers of a refusal

	mutex   sync.Mutex
	tokens  float64
	counted time.Time
}

func (b *bucket) answer(request *http.Request) (*http.Response, error) {
	time.Sleep(b.latency / 2)
	wait, ok := b.take()
	time.Sleep(b.latency / 2)
	if !ok {
		return says(http.StatusTooManyRequests, `{"statusCode":429,"message":"Rate limit is exceeded."}`, b.asks(wait)...)(request)
	}
	return says(http.StatusOK, emptyPage)(request)
}

func (b *bucket) take() (wait time.Duration, ok bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	now := time.Now()
	if b.counted.IsZero() {
		b.tokens = b.burst
	} else {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.counted).Seconds())
	}
	b.counted = now
	if b.tokens >= 1-1e-9 {
		b.tokens--
		return 0, true
	}
	return time.Duration((1 - b.tokens) / b.rate * float64(time.Second)), false
}

// seconds are those of a wait, rounded up.
func seconds(wait time.Duration) string { return strconv.Itoa(int(math.Ceil(wait.Seconds()))) }

// However small the quota is, and however a refusal says how long to wait, no
// read fails; and where the wait is honest, they take little more time than the
// quota does.
func TestThrottle_quota(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		asks   func(time.Duration) []string
		honest bool
	}{
		"seconds, rounded up": {func(wait time.Duration) []string { return []string{"Retry-After", seconds(wait)} }, true},
		"always one second":   {func(time.Duration) []string { return []string{"Retry-After", "1"} }, true},
		"always a minute":     {func(time.Duration) []string { return []string{"Retry-After", "60"} }, false},
		"a date": {func(wait time.Duration) []string {
			return []string{"Retry-After", time.Now().Add(wait + time.Second - 1).UTC().Format(http.TimeFormat), "Date", time.Now().UTC().Format(http.TimeFormat)}
		}, true},
		"retry-after-ms": {func(wait time.Duration) []string {
			return []string{"retry-after-ms", strconv.FormatInt(wait.Milliseconds()+1, 10)}
		}, true},
		"x-ms-retry-after-ms": {func(wait time.Duration) []string {
			return []string{"Retry-After", "60", "x-ms-retry-after-ms", strconv.FormatInt(wait.Milliseconds()+1, 10)}
		}, true},
		"a time span": {func(wait time.Duration) []string {
			return []string{"Retry-After", fmt.Sprintf("00:00:%02s", seconds(wait))}
		}, true},
		"00:00:57": {func(time.Duration) []string { return []string{"Retry-After", "00:00:57"} }, false},
		"nothing":  {func(time.Duration) []string { return nil }, false},
	} {
		for _, service := range []struct {
			rate    float64
			latency time.Duration
		}{{20, 0}, {20, 50 * time.Millisecond}, {4, 50 * time.Millisecond}, {1, 0}} {
			t.Run(fmt.Sprintf("%s, %v a second, after %s", name, service.rate, service.latency), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const n, burst = 300, 10
					b := &bucket{rate: service.rate, burst: burst, latency: service.latency, asks: test.asks}
					c, _ := newClient(t, b.answer, fiveRetries)
					start := time.Now()
					readAll(t, c, 0, n)
					quota := time.Duration((n - burst) / service.rate * float64(time.Second))
					took := time.Since(start)
					if test.honest && took > quota*11/10 {
						t.Errorf("it took %s, want at most 1.1 of %s", took, quota)
					}
				})
			})
		}
	}
}

// readAll reads as Terraform does, ten at a time.
func readAll(t *testing.T, c *Client, from, to int) {
	t.Helper()
	parallel := make(chan struct{}, 10)
	var reads sync.WaitGroup
	for i := from; i < to; i++ {
		parallel <- struct{}{}
		reads.Go(func() {
			defer func() { <-parallel }()
			ctx, end := c.Operation(t.Context())
			defer end()
			if _, err := c.SubscriptionMeterUsage(ctx, strconv.Itoa(i), "s"); err != nil {
				t.Error(err)
			}
		})
	}
	reads.Wait()
}

// A run of which nothing gets through ends after max_retries waits, which count
// for all that have been refused.
func TestThrottle_nothingGetsThrough(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refusal reply
		atMost  time.Duration
	}{
		"a minute each": {says429("60"), 7 * time.Minute},
		"no wait":       {says(http.StatusTooManyRequests, ``), 2 * time.Minute},
	} {
		for _, retries := range []int{0, 1, 5} {
			t.Run(fmt.Sprintf("%s, %d retries", name, retries), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const n = 8
					c, w := newClient(t, after(100*time.Millisecond, test.refusal), func(o *Options) { o.MaxRetries = retries })
					start := time.Now()
					var reads sync.WaitGroup
					for i := range n {
						reads.Go(func() {
							meters, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s")
							if e := wantError(t, meters, err); e.Status != http.StatusTooManyRequests {
								t.Errorf("the error is %v", err)
							}
						})
					}
					reads.Wait()
					if took := time.Since(start); took > test.atMost {
						t.Errorf("it took %s, want at most %s", took, test.atMost)
					}
					if sent := len(w.requests()); sent > n*(1+retries) {
						t.Errorf("%d requests were sent, want at most %d", sent, n*(1+retries))
					}
				})
			})
		}
	}
}

// One route that is always refused neither ends the others nor is ended by them.
func TestThrottle_oneIsAlwaysRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := newClient(t, func(request *http.Request) (*http.Response, error) {
			if strings.Contains(request.URL.Path, "refused") {
				return says429("10")(request)
			}
			return after(time.Second, says(http.StatusOK, emptyPage))(request)
		}, fiveRetries)
		var reads sync.WaitGroup
		reads.Go(func() {
			meters, err := c.SubscriptionMeterUsage(t.Context(), "refused", "s")
			wantFailure(t, meters, err)
		})
		for i := range 100 {
			reads.Go(func() {
				if _, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s"); err != nil {
					t.Error(err)
				}
			})
		}
		reads.Wait()
	})
}

// What a quota has learned of one time of day it unlearns later.
func TestThrottle_quotaThatChanges(t *testing.T) {
	t.Parallel()
	for name, rates := range map[string][]float64{"grows": {1, 20}, "shrinks": {20, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &bucket{rate: rates[0], burst: 10, asks: func(wait time.Duration) []string { return []string{"Retry-After", seconds(wait)} }}
				c, _ := newClient(t, b.answer, fiveRetries)
				readAll(t, c, 0, 100)
				b.mutex.Lock()
				b.rate = rates[1]
				b.mutex.Unlock()
				start := time.Now()
				readAll(t, c, 1000, 1300)
				if took := time.Since(start); took > time.Duration(300/rates[1]*float64(time.Second))+time.Minute {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// Where one of so many requests is refused, however slowly they come, going slower
// is of no use: what is lost are the waits.
func TestThrottle_notAQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		c, _ := newClient(t, func(request *http.Request) (*http.Response, error) {
			if asked.Add(1)%20 == 0 {
				return after(20*time.Millisecond, says429("1"))(request)
			}
			return after(20*time.Millisecond, says(http.StatusOK, emptyPage))(request)
		}, fiveRetries)
		start := time.Now()
		readAll(t, c, 0, 500)
		if took, waits := time.Since(start), 26*time.Second; took > waits*3/2 {
			t.Errorf("it took %s, want hardly more than the waits (%s)", took, waits)
		}
	})
}
