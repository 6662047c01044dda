package datasources

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// stages are where a read can be when it is cancelled, five seconds after its begin.
var stages = map[string]struct {
	emulator.Fault
	service service
}{
	"the sign-in":                       {Fault: emulator.Fault{Path: signIn, Delay: time.Hour}},
	"the body of the sign-in":           {Fault: emulator.Fault{Path: signIn, Trickle: time.Minute}},
	"a wait of the sign-in":             {Fault: emulator.Fault{Path: signIn, Status: 429, RetryAfter: "100"}},
	"the connection":                    {service: silent},
	"the TLS handshake":                 {service: mute},
	"the headers":                       {Fault: emulator.Fault{Delay: time.Hour}},
	"the body":                          {Fault: emulator.Fault{Trickle: time.Minute}},
	"a Retry-After":                     {Fault: emulator.Fault{Status: 429, RetryAfter: "100"}},
	"a Retry-After of a 503":            {Fault: emulator.Fault{Status: 503, RetryAfter: "100"}},
	"a wait between tries":              {Fault: emulator.Fault{Status: 500}},
	"the headers of the second page":    {Fault: emulator.Fault{After: 1, Delay: time.Hour}},
	"the body of the second page":       {Fault: emulator.Fault{After: 1, Trickle: time.Minute}},
	"a Retry-After for the second page": {Fault: emulator.Fault{After: 1, Status: 429, RetryAfter: "100"}},
	"utilization that is not ready yet": {Fault: emulator.Fault{Path: "azure", Status: 204, RetryAfter: "100"}},
}

// ways are how Terraform cancels: the call, or the provider.
var ways = map[string]func(t *testing.T, e emulated, cancel context.CancelFunc){
	"cancelled": func(_ *testing.T, _ emulated, cancel context.CancelFunc) { cancel() },
	"stopped":   func(t *testing.T, e emulated, _ context.CancelFunc) { t.Helper(); e.Stop(t) },
}

// A read that is cancelled ends at once wherever it is, with one error and no
// state, and nothing of it goes on: a bubble waits for all that was started in it.
func TestCancel(t *testing.T) {
	t.Parallel()
	for stage, at := range stages {
		for way, end := range ways {
			t.Run(stage+", "+way, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const name = "partnercenter_azure_utilization"
					e := emulate(t, emulator.Options{PageSize: providertest.DataSources[name].PageSize}, at.service)
					if failing := at.Fault; at.service == nil {
						failing.Times = emulator.Always
						e.Misbehave(failing)
					}
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					time.AfterFunc(5*time.Second, func() { end(t, e, cancel) })
					start := time.Now()
					failure := e.ReadUntil(ctx, t, name, providertest.DataSources[name].Arguments).Fail(t)
					if took := time.Since(start); took != 5*time.Second {
						t.Errorf("the read ended after %s", took)
					}
					if !strings.Contains(failure.Detail, "The read was cancelled.") || !strings.Contains(failure.Detail, "context canceled") {
						t.Errorf("the error is\n%s", failure.Detail)
					}
					sent := len(e.Requests())
					time.Sleep(time.Hour)
					if more := len(e.Requests()) - sent; more > 0 {
						t.Errorf("%d requests were sent afterwards", more)
					}
				})
			})
		}
	}
}

// All reads of a run end, those too that wait for a place or for the answer to
// another one.
func TestCancel_all(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{}, nil)
		e.Misbehave(emulator.Fault{Delay: time.Hour, Times: emulator.Always})
		time.AfterFunc(time.Minute, func() { e.Stop(t) })
		start := time.Now()
		var reads sync.WaitGroup
		for _, name := range lists() {
			for range 3 {
				reads.Go(func() {
					// Not in this goroutine: Fail ends the one of the test.
					r := e.Read(t, name, providertest.DataSources[name].Arguments)
					if len(r.Diagnostics) != 1 || !r.State.IsNull() {
						t.Errorf("%s: %+v", name, r.Diagnostics)
					}
				})
			}
		}
		reads.Wait()
		if took := time.Since(start); took != time.Minute {
			t.Errorf("the reads ended after %s", took)
		}
		if sent := len(e.received(true)); sent != 8 {
			t.Errorf("%d requests were sent, want as many as have a place", sent)
		}
	})
}

// Who gives up waiting for an answer leaves it to the others who wait for it.
func TestCancel_oneOfMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const name = "partnercenter_customer_usage_records"
		e := emulate(t, emulator.Options{PageSize: 12}, nil)
		e.Misbehave(emulator.Fault{Delay: 2 * time.Minute})
		results := make([]providertest.Result, 10)
		var reads sync.WaitGroup
		var cancels []context.CancelFunc
		for i := range results {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%2 == 0 {
				cancels = append(cancels, cancel)
			}
			reads.Go(func() { results[i] = e.ReadUntil(ctx, t, name, nil) })
			synctest.Wait() // The first one asks, and the first one gives up.
		}
		time.AfterFunc(time.Minute, func() {
			// The first one last: the others would ask again, and have an answer
			// before they are cancelled.
			for _, cancel := range slices.Backward(cancels) {
				cancel()
			}
		})
		reads.Wait()
		for i, r := range results {
			if i%2 == 0 {
				r.Fail(t)
			} else if r.Succeed(t).Get(t, "total_count") == nil {
				t.Errorf("read %d has no result", i)
			}
		}
	})
}
