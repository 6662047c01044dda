package datasources

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// logBuffer is a log that several reads write to.
type logBuffer struct {
	mutex sync.Mutex
	bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.Buffer.Write(p)
}

// lines returns the lines whose message begins like this.
func (b *logBuffer) lines(t *testing.T, message string) []map[string]any {
	t.Helper()
	all, err := tflogtest.MultilineJSONDecode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(line map[string]any) bool {
		text, _ := line["@message"].(string)
		return !strings.HasPrefix(text, message)
	})
}

// readLogged reads a data source with its log.
func (e emulated) readLogged(t *testing.T, output *logBuffer, name string) providertest.Result {
	t.Helper()
	return e.ReadUntil(tflogtest.RootLogger(t.Context(), output), t, name, providertest.DataSources[name].Arguments)
}

// Whatever a read waits for, the log says so, and for how long.
func TestProgress(t *testing.T) {
	t.Parallel()
	const list, utilization = "partnercenter_customer_usage_records", "partnercenter_azure_utilization"
	for name, test := range map[string]struct {
		dataSource string
		fault      emulator.Fault
		message    string
		want       map[string]any
	}{
		"a slow response": {
			fault:   emulator.Fault{After: 1, Delay: 15 * time.Second},
			message: "Read in progress",
			want:    map[string]any{"waiting_for": "a response", "path": "/v1/customers/usagerecords", "waited_ms": 10_000., "pages": 1., "items": 5., "total_count": 25.},
		},
		"a slow body": {
			fault:   emulator.Fault{Trickle: 100 * time.Millisecond},
			message: "Read in progress",
			want:    map[string]any{"waiting_for": "a response", "waited_ms": 10_000., "pages": 0.},
		},
		"a 429 with a wait": {
			fault:   emulator.Fault{After: 1, Status: http.StatusTooManyRequests, RetryAfter: "57"},
			message: "Waiting",
			want:    map[string]any{"waiting_for": "the end of throttling", "wait_ms": 57_000.},
		},
		"a 429 with a wait, meanwhile": {
			fault:   emulator.Fault{After: 1, Status: http.StatusTooManyRequests, RetryAfter: "57"},
			message: "Read in progress",
			want:    map[string]any{"waiting_for": "the end of throttling", "wait_ms": 57_000., "waited_ms": 10_000., "items": 5.},
		},
		"a retry": {
			fault:   emulator.Fault{Status: http.StatusServiceUnavailable, RetryAfter: "30"},
			message: "Read in progress",
			want:    map[string]any{"waiting_for": "the next try", "path": "/v1/customers/usagerecords", "waited_ms": 10_000.},
		},
		"data that is not ready": {
			dataSource: utilization,
			fault:      emulator.Fault{Path: "azure", Status: http.StatusNoContent, RetryAfter: "40"},
			message:    "Waiting",
			want:       map[string]any{"waiting_for": "data that is not ready", "wait_ms": 40_000.},
		},
		"data that is not ready, meanwhile": {
			dataSource: utilization,
			fault:      emulator.Fault{Path: "azure", Status: http.StatusNoContent, RetryAfter: "40"},
			message:    "Read in progress",
			want:       map[string]any{"waiting_for": "data that is not ready", "wait_ms": 40_000., "waited_ms": 10_000.},
		},
		"the sign-in": {
			fault:   emulator.Fault{Path: signIn, Delay: time.Minute},
			message: "Read in progress",
			want:    map[string]any{"waiting_for": "an access token", "waited_ms": 10_000., "pages": 0.},
		},
		"a wait of the sign-in": {
			fault:   emulator.Fault{Path: signIn, Status: http.StatusTooManyRequests, RetryAfter: "20"},
			message: "Read in progress",
			want:    map[string]any{"waiting_for": "an access token", "waited_ms": 10_000.},
		},
		"nothing": {
			message: "Read ended",
			want:    map[string]any{"pages": 5., "cached_pages": 0., "items": 25., "total_count": 25.},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := emulate(t, emulator.Options{PageSize: 5}, nil)
				e.Misbehave(test.fault)
				dataSource := list
				if test.dataSource != "" {
					dataSource = test.dataSource
				}
				var output logBuffer
				e.readLogged(t, &output, dataSource).Succeed(t)
				lines := output.lines(t, test.message)
				if len(lines) == 0 {
					t.Fatalf("no line says %q:\n%s", test.message, output.String())
				}
				line := lines[0]
				for field, value := range test.want {
					if line[field] != value {
						t.Errorf("%s is %v, want %v", field, line[field], value)
					}
				}
				sent := e.received(true)
				if id := sent[len(sent)-1].Header.Get("MS-CorrelationId"); line["correlation_id"] != id || line["@level"] != "info" {
					t.Errorf("the line is %v, want the correlation id %s and the level info", line, id)
				}
				if started, ended := output.lines(t, "Read started"), output.lines(t, "Read ended"); len(started) != 1 || len(ended) != 1 {
					t.Errorf("%d lines say that the read started and %d that it ended", len(started), len(ended))
				}
			})
		})
	}
}

// A read that waits for the request of another one says so, and later that it made none.
func TestProgress_cachedRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const name = "partnercenter_customer_usage_records"
		e := emulate(t, emulator.Options{}, nil)
		e.Misbehave(emulator.Fault{Delay: 25 * time.Second})
		outputs := make([]logBuffer, 3)
		var reads sync.WaitGroup
		for i := range outputs {
			reads.Go(func() { e.readLogged(t, &outputs[i], name) })
		}
		reads.Wait()
		seen := map[string]int{}
		for i := range outputs {
			for _, line := range outputs[i].lines(t, "Read in progress") {
				reason, _ := line["waiting_for"].(string)
				if path := line["path"]; path != "/v1/customers/usagerecords" {
					t.Errorf("it waits for %v", path)
				}
				seen[reason]++
			}
			cached := outputs[i].lines(t, "Read ended")[0]["cached_pages"]
			text, _ := json.Marshal(cached)
			seen["cached "+string(text)]++
		}
		for reason, want := range map[string]int{"a response": 2, "another read of the same page": 4, "cached 0": 1, "cached 1": 2} {
			if seen[reason] != want {
				t.Errorf("%q: %d, want %d", reason, seen[reason], want)
			}
		}
		// And one that comes later does not wait.
		var output logBuffer
		e.readLogged(t, &output, name).Succeed(t)
		if line := output.lines(t, "Read ended")[0]; line["pages"] != 1. || line["cached_pages"] != 1. || line["duration_ms"] != 0. {
			t.Errorf("the last line is %v", line)
		}
	})
}

// A read that cannot start, since max_concurrency requests are under way, says so.
func TestProgress_concurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{}, nil)
		e.Misbehave(emulator.Fault{Delay: 12 * time.Second, Times: emulator.Always})
		var output logBuffer
		var reads sync.WaitGroup
		for _, name := range lists() {
			reads.Go(func() { e.readLogged(t, &output, name) })
		}
		reads.Wait()
		if text := output.String(); !strings.Contains(text, `"waiting_for":"another request to end (max_concurrency)"`) {
			t.Errorf("no read waits:\n%s", text)
		}
	})
}

// A list of many pages has lines for its time, not for its pages, and nothing of
// the requests is in them.
func TestProgress_longList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{PageSize: 2}, nil)
		e.Misbehave(emulator.Fault{Delay: 3100 * time.Millisecond, Times: emulator.Always})
		var output logBuffer
		e.readLogged(t, &output, "partnercenter_customer_usage_records").Succeed(t)
		lines := output.lines(t, "Read in progress")
		if len(lines) != 4 { // 13 pages of 3.1 seconds
			t.Errorf("%d lines:\n%s", len(lines), output.String())
		}
		for i, line := range lines {
			if pages := float64((i + 1) * 100 / 31); line["pages"] != pages || line["items"] != 2*pages {
				t.Errorf("line %d is %v, want %v pages", i, line, pages)
			}
		}
		for _, request := range e.Requests() {
			for _, secret := range []string{request.Header.Get("Authorization"), request.Header.Get("MS-ContinuationToken")} {
				if secret = strings.TrimPrefix(secret, "Bearer "); secret != "" && strings.Contains(output.String(), secret) {
					t.Errorf("the log has %s", secret)
				}
			}
		}
	})
}
