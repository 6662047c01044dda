package pcclient

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// turnstile counts the requests under way, from when they are sent until their
// bodies are read to the end.
type turnstile struct {
	mutex     sync.Mutex
	now, most int
}

func (s *turnstile) enter() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.now++
	s.most = max(s.most, s.now)
}

func (s *turnstile) leave() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.now--
}

// slowly answers after a second, and takes another one for the body.
func (s *turnstile) slowly(status int, text string) reply {
	answer := saysBody(status, func(*http.Request) io.ReadCloser {
		rest := strings.NewReader(text)
		return wiretest.BodyFunc(func(p []byte) (int, error) {
			n, err := rest.Read(p)
			if err != nil {
				time.Sleep(time.Second)
				s.leave()
			}
			return n, err
		})
	})
	return func(request *http.Request) (*http.Response, error) {
		s.enter()
		time.Sleep(time.Second)
		return answer(request)
	}
}

func TestThrottle_neverMoreThanMaxConcurrency(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 3, 8} {
		t.Run(strconv.Itoa(places), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var s turnstile
				c, w := newClient(t, s.slowly(http.StatusOK, emptyPage), func(o *Options) { o.MaxConcurrency = places })
				start := time.Now()
				var reads sync.WaitGroup
				for i := range 24 {
					reads.Go(func() {
						if _, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s"); err != nil {
							t.Error(err)
						}
					})
				}
				reads.Wait()
				if s.most != places {
					t.Errorf("%d requests were under way at once, want %d", s.most, places)
				}
				w.wantRequests(t, 24)
				wantElapsed(t, start, time.Duration(24/places)*2*time.Second)
			})
		})
	}
}

// Errors and retries give their places back, and take new ones.
func TestThrottle_placesAreGivenBack(t *testing.T) {
	t.Parallel()
	var s turnstile
	for name, failure := range map[string]reply{
		"error":          s.slowly(http.StatusForbidden, `{"code":1,"description":"d"}`),
		"retry":          s.slowly(http.StatusInternalServerError, ``),
		"no connection":  fails(io.EOF),
		"cut body":       saysBody(http.StatusOK, cut(`{`)),
		"timeout":        hangs,
		"ask for a wait": says429("10"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, _ := newClient(t, failure, func(o *Options) { o.MaxConcurrency, o.MaxRetries = 2, 2 })
				var reads sync.WaitGroup
				for i := range 6 {
					reads.Go(func() {
						meters, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s")
						wantFailure(t, meters, err)
					})
				}
				// A place that is not given back ends the test in a deadlock.
				reads.Wait()
			})
		})
	}
}
