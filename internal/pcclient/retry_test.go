package pcclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

func TestRetry_survives(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]reply{
		"408":                  says(http.StatusRequestTimeout, ``),
		"429":                  says(http.StatusTooManyRequests, `{"statusCode":429,"message":"Rate limit is exceeded."}`),
		"500":                  says(http.StatusInternalServerError, `{"code":800003,"description":"Unexpected."}`),
		"502":                  says(http.StatusBadGateway, `<html>Bad gateway</html>`),
		"503":                  says(http.StatusServiceUnavailable, ``),
		"504":                  says(http.StatusGatewayTimeout, ``),
		"reset connection":     fails(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}),
		"refused connection":   fails(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}),
		"connection that ends": fails(io.EOF),
		"body that is cut":     saysBody(http.StatusOK, cut(`{"items":[{"resourceId":"x"},`)),
		"cut body of a 500":    saysBody(http.StatusInternalServerError, cut(`{"code":`)),
		"name server that fails for now": fails(&net.OpError{
			Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "server misbehaving", Name: "api.example", IsTemporary: true},
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, inTurn(t, failure, failure, failure, failure, failure, says(http.StatusOK, onePage)), fiveRetries)
				start := time.Now()
				whole, err := customerUsage(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if owners(whole) != "a" {
					t.Errorf("the records are of %q", owners(whole))
				}
				// The waits grow: the API is not asked again at once, nor at an even pace.
				waits := w.waits(start)
				if first, last := waits[1]-waits[0], waits[5]-waits[4]; first < 500*time.Millisecond || last < 5*first {
					t.Errorf("the requests were sent at %v", waits)
				}
			})
		})
	}
}

func TestRetry_givesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, says(http.StatusServiceUnavailable, `{"code":7,"description":"Down."}`), fiveRetries)
		whole, err := customerUsage(t.Context(), c)
		if e := wantError(t, whole, err); e.Status != 503 || e.Code != "7" || e.Description != "Down." {
			t.Errorf("the error is %v", e)
		}
		w.wantRequests(t, 6)
	})
}

func TestRetry_noneIsOneTry(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]reply{
		"500": says(http.StatusInternalServerError, ``), "429": says429("1"), "reset": fails(syscall.ECONNRESET), "cut": saysBody(http.StatusOK, cut(`{`)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, failure, func(o *Options) { o.MaxRetries = 0 })
				start := time.Now()
				whole, err := customerUsage(t.Context(), c)
				wantFailure(t, whole, err)
				w.wantRequests(t, 1)
				wantElapsed(t, start, 0)
			})
		})
	}
}

func TestRetry_notWorthIt(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]reply{
		"204":        says(http.StatusNoContent, ``),
		"302":        says(http.StatusFound, ``, "Location", "/elsewhere"),
		"400":        says(http.StatusBadRequest, `{"code":2000,"description":"d"}`),
		"401":        says(http.StatusUnauthorized, ``, "WWW-Authenticate", `Bearer realm=""`),
		"403":        says(http.StatusForbidden, ``),
		"404":        says(http.StatusNotFound, ``),
		"405":        says(http.StatusMethodNotAllowed, ``),
		"409":        says(http.StatusConflict, ``),
		"501":        says(http.StatusNotImplemented, `{"code":0,"description":"d"}`),
		"empty 200":  says(http.StatusOK, ``),
		"wrong JSON": says(http.StatusOK, `[]`),
		"cut JSON":   says(http.StatusOK, `{"items":[`),
		"unknown host": fails(&net.OpError{
			Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true},
		}),
		"certificate":           fails(&tls.CertificateVerificationError{Err: errors.New("signed by unknown authority")}),
		"400 that asks to wait": says(http.StatusBadRequest, `{}`, "Retry-After", "5"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, failure, fiveRetries)
				start := time.Now()
				whole, err := customerUsage(t.Context(), c)
				wantFailure(t, whole, err)
				w.wantRequests(t, 1)
				wantElapsed(t, start, 0)
			})
		})
	}
}

func TestRetry_oversizedBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, says(http.StatusOK, onePage), fiveRetries, func(o *Options) { o.MaxBody = int64(len(onePage)) - 1 })
		whole, err := customerUsage(t.Context(), c)
		wantFailure(t, whole, err)
		wantText(t, err, "the response is larger than")
		w.wantRequests(t, 1)
	})
}

// This needs real TLS. If a certificate error were retried, the test would take
// half a minute.
func TestRetry_untrustedCertificate(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request arrived") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	var tries atomic.Int32
	c, _ := newClient(t, nil, fiveRetries, func(o *Options) {
		o.Endpoint, o.Transport = parseURL(t, server.URL), nil
		o.Policies = []policy.Policy{eachTry(func(*http.Request) { tries.Add(1) })}
	})
	summary, err := c.UsageSummary(t.Context())
	wantFailure(t, summary, err)
	wantText(t, err, "certificate")
	if n := tries.Load(); n != 1 {
		t.Errorf("%d tries were made, want 1", n)
	}
}

// eachTry is called before every request.
type eachTry func(*http.Request)

func (e eachTry) Do(request *policy.Request) (*http.Response, error) {
	e(request.Raw())
	return request.Next()
}

func TestRetry_policiesRunForEveryTry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		c, _ := newClient(t, inTurn(t, says(http.StatusInternalServerError, ``), says(http.StatusOK, onePage)), fiveRetries, func(o *Options) {
			o.Policies = []policy.Policy{eachTry(func(request *http.Request) { seen = append(seen, request.Header.Get("Authorization")) })}
		})
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(seen, []string{"Bearer token-1", "Bearer token-1"}) {
			t.Errorf("the policy saw %q", seen)
		}
	})
}

func TestRetry_waitsForRetryAfter(t *testing.T) {
	t.Parallel()
	// The clock of a bubble starts at midnight UTC 2000-01-01, a Saturday.
	for name, test := range map[string]struct {
		status     int
		retryAfter string
		want       time.Duration
	}{
		"seconds":              {429, "57", 57 * time.Second},
		"seconds of a 503":     {503, "90", 90 * time.Second},
		"as long as allowed":   {429, "120", 2 * time.Minute},
		"date of RFC 1123":     {429, "Sat, 01 Jan 2000 00:00:57 GMT", 57 * time.Second},
		"date of RFC 850":      {429, "Saturday, 01-Jan-00 00:00:57 GMT", 57 * time.Second},
		"date of asctime":      {429, "Sat Jan  1 00:00:57 2000", 57 * time.Second},
		"time span":            {429, "00:00:57", 57 * time.Second},
		"time span of a 503":   {503, "00:01:30", 90 * time.Second},
		"date of a 503":        {503, "Sat, 01 Jan 2000 00:01:57 GMT", 117 * time.Second},
		"RFC 850 date, 504":    {504, "Saturday, 01-Jan-00 00:01:00 GMT", time.Minute},
		"date that is allowed": {429, "Sat, 01 Jan 2000 00:02:00 GMT", 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, inTurn(t, says(test.status, ``, "Retry-After", test.retryAfter), says(http.StatusOK, onePage)), fiveRetries)
				start := time.Now()
				if _, err := customerUsage(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if got := w.waits(start); !slices.Equal(got, []time.Duration{0, test.want}) {
					t.Errorf("the requests were sent at %v, want at 0 and %s", got, test.want)
				}
			})
		})
	}
}

// Azure's services say it in milliseconds, too, and more exactly.
func TestRetry_waitsForMilliseconds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		headers []string
		want    time.Duration
	}{
		"retry-after-ms":                  {[]string{"retry-after-ms", "57250"}, 57250 * time.Millisecond},
		"x-ms-retry-after-ms":             {[]string{"x-ms-retry-after-ms", "57250"}, 57250 * time.Millisecond},
		"beside seconds":                  {[]string{"Retry-After", "60", "retry-after-ms", "57250"}, 57250 * time.Millisecond},
		"meaningless beside seconds":      {[]string{"Retry-After", "60", "retry-after-ms", "soon"}, time.Minute},
		"negative beside seconds":         {[]string{"Retry-After", "60", "x-ms-retry-after-ms", "-1"}, time.Minute},
		"no number beside the other form": {[]string{"retry-after-ms", "1.5", "x-ms-retry-after-ms", "57250"}, 57250 * time.Millisecond},
	} {
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			t.Run(fmt.Sprint(name, ", ", status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, w := newClient(t, inTurn(t, says(status, ``, test.headers...), says(http.StatusOK, onePage)), fiveRetries)
					start := time.Now()
					if _, err := customerUsage(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					if got := w.waits(start); !slices.Equal(got, []time.Duration{0, test.want}) {
						t.Errorf("the requests were sent at %v, want at 0 and %s", got, test.want)
					}
				})
			})
		}
	}
}

// What a Retry-After cannot mean is no reason to wait, to hurry, or to fail.
func TestRetry_absurdRetryAfter(t *testing.T) {
	t.Parallel()
	for _, retryAfter := range []string{
		"-1", "-1000000000000000000000000000000", "0", "", "soon", "1.5", "1e3", "0:57", "00:00:61", "00:57", "00:00:00", "0x10", "５", "Sat, 01 Jan 1999 00:00:00 GMT", "Friday, 31-Dec-99 23:00:00 GMT", "2000-01-01T00:00:57Z",
	} {
		t.Run(retryAfter, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, inTurn(t, says429(retryAfter), says(http.StatusOK, onePage)), fiveRetries)
				start := time.Now()
				if _, err := customerUsage(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if wait := w.waits(start)[1]; wait < 500*time.Millisecond || wait > 2*time.Second {
					t.Errorf("the second try was after %s, want about a second", wait)
				}
			})
		})
	}
}

func TestRetry_afterLongerThanAnyoneWaits(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for retryAfter, want := range map[string]time.Duration{
		"121":                              121 * time.Second,
		"3600":                             time.Hour,
		"01:00:00":                         time.Hour,
		"Sat, 01 Jan 2000 01:00:00 GMT":    time.Hour,
		"Saturday, 01-Jan-00 01:00:00 GMT": time.Hour,
		"10000000000":                      year,
		"9223372036854775807":              year,
		"1000000000000000000000000000000":  year, // 10^30
		"Fri, 31 Dec 9999 23:59:59 GMT":    year,
	} {
		t.Run(retryAfter, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, inTurn(t, says429(retryAfter), says(http.StatusOK, emptyPage)), fiveRetries)
				start := time.Now()
				whole, err := customerUsage(t.Context(), c)
				if e := wantError(t, whole, err); e.RetryAfter != want || e.Status != http.StatusTooManyRequests {
					t.Errorf("the error says %d and to wait %s, want 429 and %s", e.Status, e.RetryAfter, want)
				}
				w.wantRequests(t, 1)

				// The next one is not held back: it is the API that says no to it.
				if _, err := c.SubscriptionMeterUsage(t.Context(), "a", "b"); err != nil {
					t.Error(err)
				}
				wantElapsed(t, start, 0)
			})
		})
	}
}

func TestRetry_othersWaitToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, inTurn(t,
			says429("60"),
			after(time.Second, says(http.StatusOK, emptyPage)), after(time.Second, says(http.StatusOK, emptyPage)), after(time.Second, says(http.StatusOK, emptyPage)),
			after(time.Second, says(http.StatusOK, emptyPage)), after(time.Second, says(http.StatusOK, emptyPage)), after(time.Second, says(http.StatusOK, emptyPage)),
		), fiveRetries)
		start := time.Now()
		var reads sync.WaitGroup
		read := func(id string) {
			reads.Go(func() {
				if _, err := c.SubscriptionMeterUsage(t.Context(), id, "s"); err != nil {
					t.Error(err)
				}
			})
		}
		read("refused")
		synctest.Wait()
		for i := range 3 {
			read(fmt.Sprintf("at once %d", i))
		}
		time.Sleep(30 * time.Second)
		read("in the middle")
		time.Sleep(29*time.Second + 999*time.Millisecond)
		w.wantRequests(t, 1)
		read("last moment")
		reads.Wait()
		// One goes ahead and finds out whether the wait was enough.
		want := []time.Duration{0, 60 * time.Second, 61 * time.Second, 61 * time.Second, 61 * time.Second, 61 * time.Second, 61 * time.Second}
		if got := w.waits(start); !slices.Equal(got, want) {
			t.Errorf("the requests were sent at %v, want %v", got, want)
		}
		wantElapsed(t, start, 62*time.Second)
	})
}

// The API asks to wait again while everybody waits already.
func TestRetry_longestWaitCounts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ first, second string }{
		"second longer": {"60", "100"}, "second shorter": {"119", "10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, inTurn(t,
					after(time.Second, says429(test.first)), after(20*time.Second, says429(test.second)),
					says(http.StatusOK, emptyPage), says(http.StatusOK, emptyPage), says(http.StatusOK, emptyPage), says(http.StatusOK, emptyPage),
				), fiveRetries)
				start := time.Now()
				var reads sync.WaitGroup
				for id, begin := range map[string]time.Duration{"one": 0, "two": 0, "between": 10 * time.Second, "later": 25 * time.Second} {
					reads.Go(func() {
						time.Sleep(begin)
						if _, err := c.SubscriptionMeterUsage(t.Context(), id, "s"); err != nil {
							t.Error(err)
						}
					})
				}
				reads.Wait()
				for _, wait := range w.waits(start)[2:] {
					if wait != 2*time.Minute {
						t.Errorf("the requests were sent at %v, want all but two at 2m0s", w.waits(start))
						break
					}
				}
				w.wantRequests(t, 6)
			})
		})
	}
}

func TestRetry_ids(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, inTurn(t,
			says(http.StatusInternalServerError, ``), says(http.StatusOK, pageWith("a", token("1"))),
			fails(io.EOF), says(http.StatusTooManyRequests, ``), says(http.StatusOK, emptyPage),
			says(http.StatusOK, `{"totalCost":1}`), says(http.StatusOK, emptyPage),
		), fiveRetries)
		ctx, cancel := c.Operation(t.Context())
		defer cancel()
		if _, err := customerUsage(ctx, c); err != nil {
			t.Fatal(err)
		}
		if _, err := c.UsageSummary(ctx); err != nil {
			t.Fatal(err)
		}
		other, cancel := c.Operation(t.Context())
		defer cancel()
		if _, err := c.SubscriptionMeterUsage(other, "c", "s"); err != nil {
			t.Fatal(err)
		}
		var requests, correlations []string
		for _, request := range w.requests() {
			requests = append(requests, request.Header.Get("MS-RequestId"))
			correlations = append(correlations, request.Header.Get("MS-CorrelationId"))
		}
		if got := slices.Compact(slices.Clone(requests)); len(requests) != 7 || !slices.Equal(requests, []string{got[0], got[0], got[1], got[1], got[1], got[2], got[3]}) {
			t.Errorf("the request ids are\n%s", strings.Join(requests, "\n"))
		}
		if first, second := correlations[0], correlations[6]; first == second || !slices.Equal(correlations, []string{first, first, first, first, first, first, second}) {
			t.Errorf("the correlation ids are\n%s", strings.Join(correlations, "\n"))
		}
	})
}

func TestTimeout_ofOneTry(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]reply{"headers": hangs, "body": hangsInBody} {
		t.Run(name+", then an answer", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, inTurn(t, slow, says(http.StatusOK, onePage)), fiveRetries)
				start := time.Now()
				if _, err := customerUsage(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if second := w.waits(start)[1]; second < 3*time.Minute || second > 3*time.Minute+2*time.Second {
					t.Errorf("the second try was after %s, want soon after 3m0s", second)
				}
			})
		})
		t.Run(name+", always", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, w := newClient(t, slow, func(o *Options) { o.MaxRetries, o.RequestTimeout = 2, 10*time.Second })
				whole, err := customerUsage(t.Context(), c)
				wantFailure(t, whole, err)
				wantText(t, err, "no complete response within request_timeout (10s)")
				if errors.Is(err, ErrOperationTimeout) {
					t.Error("the whole read is said to be over")
				}
				w.wantRequests(t, 3)
			})
		})
	}
}

// Waiting for a place, or for the end of a pause, is not the API's slowness.
func TestTimeout_ofOneTryDoesNotCountTheThrottle(t *testing.T) {
	t.Parallel()
	t.Run("place", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			slow := after(8*time.Second, says(http.StatusOK, emptyPage))
			c, w := newClient(t, inTurn(t, slow, slow, slow), func(o *Options) { o.MaxConcurrency, o.RequestTimeout = 1, 10*time.Second })
			start := time.Now()
			var reads sync.WaitGroup
			for i := range 3 {
				reads.Go(func() {
					if _, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s"); err != nil {
						t.Error(err)
					}
				})
			}
			reads.Wait()
			if got := w.waits(start); !slices.Equal(got, []time.Duration{0, 8 * time.Second, 16 * time.Second}) {
				t.Errorf("the requests were sent at %v", got)
			}
		})
	})
	t.Run("pause", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c, w := newClient(t, inTurn(t, says429("100"), says(http.StatusOK, emptyPage)), func(o *Options) { o.RequestTimeout = 10 * time.Second })
			start := time.Now()
			_, err := customerUsage(t.Context(), c)
			wantText(t, err, "429")
			if _, err := c.SubscriptionMeterUsage(t.Context(), "c", "s"); err != nil {
				t.Error(err)
			}
			if got := w.waits(start); !slices.Equal(got, []time.Duration{0, 100 * time.Second}) {
				t.Errorf("the requests were sent at %v", got)
			}
		})
	})
}

// readers read the same collection as a data source does, and without the cache,
// which would hide that something goes on behind it.
var readers = map[string]func(context.Context, *Client, string) error{
	"once": func(ctx context.Context, c *Client, customer string) error {
		_, err := c.SubscriptionMeterUsage(ctx, customer, "s")
		return err
	},
	"without the cache": func(ctx context.Context, c *Client, customer string) error {
		for _, err := range newPager[MeterUsageRecord](c, pageRequest{number: 1, path: "customers/" + customer + "/subscriptions/s/meterusagerecords"}).Items(ctx) {
			if err != nil {
				return err
			}
		}
		return nil
	},
}

func TestTimeout_ofTheWholeRead(t *testing.T) {
	t.Parallel()
	endlessPages := func(request *http.Request) (*http.Response, error) {
		return after(10*time.Second, says(http.StatusOK, pageWith("a", token(request.Header.Get("MS-ContinuationToken")+"x"))))(request)
	}
	for name, answer := range map[string]reply{
		"headers": hangs, "body": hangsInBody, "retries": says(http.StatusServiceUnavailable, ``), "pages": endlessPages, "waits": says429("119"),
	} {
		for how, read := range readers {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, _ := newClient(t, answer, func(o *Options) { o.MaxRetries, o.OperationTimeout = 1000, 15*time.Minute })
					start := time.Now()
					ctx, cancel := c.Operation(t.Context())
					defer cancel()
					err := read(ctx, c, "c")
					if !errors.Is(err, ErrOperationTimeout) {
						t.Errorf("the error is %v, want ErrOperationTimeout", err)
					}
					wantText(t, err, "operation_timeout")
					wantElapsed(t, start, 15*time.Minute)
				})
			})
		}
	}
}

func TestCancel_returnsAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer reply
		change func(*Options)
	}{
		"during the sign-in": {hangs, func(o *Options) {
			o.Credential = credential(func(ctx context.Context) (string, time.Duration, error) {
				<-ctx.Done()
				return "", 0, errors.New("the sign-in was given up")
			})
		}},
		"while the API lets wait": {says429("100"), fiveRetries},
		"between two tries":       {says(http.StatusInternalServerError, ``), func(o *Options) { o.MaxRetries = 1000 }},
		"before the headers":      {hangs, fiveRetries},
		"within the body":         {hangsInBody, fiveRetries},
	} {
		for how, read := range readers {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, w := newClient(t, test.answer, test.change)
					start := time.Now()
					operation, end := c.Operation(t.Context())
					defer end()
					ctx, cancel := context.WithCancel(operation)
					time.AfterFunc(42*time.Second, cancel)
					if err := read(ctx, c, "c"); !errors.Is(err, context.Canceled) {
						t.Errorf("the error is %v, want that the read was cancelled", err)
					}
					wantElapsed(t, start, 42*time.Second)
					before := len(w.requests())
					time.Sleep(time.Hour)
					w.wantRequests(t, before)
				})
			})
		}
	}
}

func TestCancel_whileOthersAreServed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first  reply
		change func(*Options)
	}{
		"waiting for a place": {after(time.Minute, says(http.StatusOK, emptyPage)), func(o *Options) { o.MaxConcurrency = 1 }},
		"waiting for a pause": {says429("60"), fiveRetries},
		"waiting for a sign-in": {says(http.StatusOK, emptyPage), func(o *Options) {
			o.Credential = credential(func(context.Context) (string, time.Duration, error) {
				time.Sleep(time.Minute)
				return "token-1", time.Hour, nil
			})
		}},
	} {
		for how, read := range readers {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, w := newClient(t, inTurn(t, test.first, says(http.StatusOK, emptyPage)), test.change)
					start := time.Now()
					var served sync.WaitGroup
					served.Go(func() {
						if err := read(t.Context(), c, "first"); err != nil {
							t.Error(err)
						}
					})
					synctest.Wait()
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(10*time.Second, cancel)
					if err := read(ctx, c, "second"); !errors.Is(err, context.Canceled) {
						t.Errorf("the error is %v, want that the read was cancelled", err)
					}
					wantElapsed(t, start, 10*time.Second)
					served.Wait()
					wantElapsed(t, start, time.Minute)
					for _, request := range w.requests() {
						if strings.Contains(request.URL.Path, "second") {
							t.Error("the request was sent although nobody waited for it")
						}
					}
				})
			})
		}
	}
}
