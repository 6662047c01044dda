package transport

import (
	"context"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lines is a log in memory.
type lines []map[string]any

func (l *lines) log(_ context.Context, message string, fields ...map[string]any) {
	line := map[string]any{"message": message}
	for _, f := range fields {
		maps.Copy(line, f)
	}
	*l = append(*l, line)
}

func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got lines
		ctx, p := StartProgress(WithCorrelationID(t.Context(), "id"), got.log)
		if ProgressOf(ctx) != p {
			t.Error("the context does not have the progress")
		}
		p.AddTotalCount(1000)
		p.AddPage(300)
		done := p.Wait("a response", "/v1/customers", 0)
		time.Sleep(11 * time.Second)
		done()
		p.AddPage(300)
		p.AddCachedPage()
		p.Wait("a short wait", "", 4*time.Second)()
		done = p.Wait("the end of throttling", "", 57*time.Second)
		time.Sleep(8 * time.Second)
		done()
		p.AddPage(500) // More than the list says.
		p.End()
		p.End()
		p.Wait("nothing that is logged", "", time.Hour)()
		time.Sleep(time.Hour)
		want := lines{
			{"message": "Read started", "correlation_id": "id"},
			{
				"message": "Read in progress: pages: 1 (0 cached), items: 300 of 1000, time: 10s; waiting for a response since 10s", "correlation_id": "id", "pages": 1, "cached_pages": 0, "items": 300, "total_count": int64(1000),
				"duration_ms": int64(10_000), "waiting_for": "a response", "path": "/v1/customers", "waited_ms": int64(10_000),
			},
			{"message": "Waiting 57s for the end of throttling", "correlation_id": "id", "waiting_for": "the end of throttling", "wait_ms": int64(57_000)},
			{"message": "Read ended: pages: 3 (1 cached), items: 1100, time: 19s", "correlation_id": "id", "pages": 3, "cached_pages": 1, "items": 1100, "duration_ms": int64(19_000)},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the log differs (-want +got):\n%s", diff)
		}
	})
}

// However many pages there are, the log grows with time only.
func TestProgress_isBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got lines
		ctx, p := StartProgress(t.Context(), got.log)
		for range 10_000 {
			done := ProgressOf(ctx).Wait("a response", "/v1/customers", 0)
			time.Sleep(100 * time.Millisecond)
			done()
			p.AddPage(100)
		}
		p.End()
		if len(got) > 102 {
			t.Errorf("%d lines for 1,000 seconds", len(got))
		}
		if last := got[len(got)-1]; last["pages"] != 10_000 || last["items"] != 1_000_000 {
			t.Errorf("the last line is %v", last)
		}
	})
}

// Of several waits, the one that has taken longest is reported.
func TestProgress_oldestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got lines
		_, p := StartProgress(t.Context(), got.log)
		first := p.Wait("first", "", 0)
		time.Sleep(2 * time.Second)
		defer p.Wait("second", "", 0)()
		time.Sleep(9 * time.Second)
		first()
		time.Sleep(10 * time.Second)
		p.End()
		if got[1]["waiting_for"] != "first" || got[1]["waited_ms"] != int64(10_000) || got[2]["waiting_for"] != "second" || got[2]["waited_ms"] != int64(18_000) {
			t.Errorf("the log is %v", got)
		}
	})
}

// Without a log nothing is counted.
func TestProgress_withoutLog(t *testing.T) {
	t.Parallel()
	ctx, p := StartProgress(t.Context(), nil)
	if p != nil || ProgressOf(ctx) != nil {
		t.Error("there is a progress without a log")
	}
	p.AddPage(1)
	p.AddCachedPage()
	p.AddTotalCount(1)
	p.Wait("nothing", "", time.Hour)()
	p.End()
}
