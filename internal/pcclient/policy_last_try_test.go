package pcclient

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// When the time is over during a wait, the error says what the wait was for.
func TestLastTry_isInTheError(t *testing.T) {
	t.Parallel()
	ids := []string{"MS-RequestId", "answered-request", "MS-CorrelationId", "answered-correlation"}
	unavailable := says(http.StatusServiceUnavailable, `{"code":7,"description":"Down."}`, ids...)
	for name, test := range map[string]struct {
		answer reply
		status int
		want   []string
	}{
		"a wait between tries":            {unavailable, 503, []string{": 503 Service Unavailable, code 7: Down."}},
		"a Retry-After":                   {says(http.StatusTooManyRequests, `{"message":"Slow down."}`, append(ids, "Retry-After", "119")...), 429, []string{": 429 Too Many Requests: Slow down."}},
		"a wait after a reset":            {fails(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}), 0, []string{"; before that: read tcp: connection reset by peer"}},
		"a wait after a timeout":          {fails(&net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}), 0, []string{"; before that: dial tcp: i/o timeout"}},
		"an answer that never comes":      {hangs, 0, []string{"; before that: no complete response within request_timeout"}},
		"the answer after an unavailable": {func(r *http.Request) (*http.Response, error) { return after(50*time.Second, unavailable)(r) }, 503, []string{": 503 Service Unavailable, code 7: Down."}},
	} {
		for how, read := range readers {
			for end, why := range map[string]error{"out of time": ErrOperationTimeout, "cancelled": context.Canceled} {
				t.Run(name+", "+how+", "+end, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						c, _ := newClient(t, test.answer, func(o *Options) { o.MaxRetries, o.OperationTimeout = 1000, 15*time.Minute })
						operation, end := c.Operation(t.Context())
						defer end()
						ctx, cancel := context.WithCancel(operation)
						if errors.Is(why, context.Canceled) {
							time.AfterFunc(14*time.Minute, cancel)
						}
						defer cancel()
						err := read(ctx, c, "c")
						if !errors.Is(err, why) {
							t.Errorf("the error is %v, want %v", err, why)
						}
						wantText(t, err, test.want...)
						e, _ := errors.AsType[*Error](err)
						if e == nil || e.Status != test.status || test.status != 0 && (e.RequestID != "answered-request" || e.CorrelationID != "answered-correlation") {
							t.Errorf("the error is %+v", e)
						}
					})
				})
			}
		}
	}
}

// A read that waits because another one was told to says so.
func TestLastTry_pauseOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, says429("100"), func(o *Options) { o.OperationTimeout = 50 * time.Second })
		_, _ = customerUsage(t.Context(), c)
		ctx, end := c.Operation(t.Context())
		defer end()
		_, err := c.SubscriptionMeterUsage(ctx, "c", "s")
		if !errors.Is(err, ErrOperationTimeout) {
			t.Errorf("the error is %v", err)
		}
		wantText(t, err, "GET /v1/customers/c/subscriptions/s/meterusagerecords: ", "before that: Partner Center had asked all requests of this run to wait")
		w.wantRequests(t, 1)
	})
}

// If it is the sign-in that failed all the time, the error is about the sign-in.
func TestLastTry_signIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer reply
		status int
		want   string
	}{
		"unavailable": {says(http.StatusServiceUnavailable, `{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error. Trace ID: x","trace_id":"trace-1"}`), 503, "503 Service Unavailable, AADSTS90033: A transient error."},
		"throttled":   {says429("119"), 429, "429 Too Many Requests"},
		"hangs":       {hangs, 0, "sign-in with a client secret from the configuration failed"},
	} {
		for how, read := range readers {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					a := newAuthority(t, test.answer, func(_ *entra.Options, o *transport.Options) { o.MaxRetries = 1000 })
					c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential, o.OperationTimeout = a.credential, 15*time.Minute })
					ctx, end := c.Operation(t.Context())
					defer end()
					start := time.Now()
					err := read(ctx, c, "c")
					if !errors.Is(err, ErrOperationTimeout) || strings.Contains(err.Error(), "deadline exceeded") {
						t.Errorf("the error is %v", err)
					}
					e, _ := errors.AsType[*entra.Error](err)
					if e == nil || e.Status != test.status || e.Permanent {
						t.Errorf("the error is %+v, not about the sign-in", e)
					}
					wantText(t, err, test.want)
					wantElapsed(t, start, 15*time.Minute)
					w.wantRequests(t, 0)
				})
			})
		}
	}
}
