package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestEveryFewRequestsAreThrottled(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{ThrottleEvery: 3})
	for i, want := range []int{200, 200, 429, 200, 200, 429, 200} {
		got := service.get(t, summaryPath)
		if got.status != want {
			t.Fatalf("request %d: status %d, want %d", i, got.status, want)
		}
		if want != http.StatusTooManyRequests {
			continue
		}
		const body = `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 1 seconds."}`
		if unmarked(t, got.body) != body || got.header.Get("Retry-After") != "1" {
			t.Errorf("body %s, header %v", got.body, got.header)
		}
	}
}

func TestAQuotaLetsAFewThroughAndThenSomeASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{Quota: 0.4, QuotaBurst: 2})
		ask := func() *httptest.ResponseRecorder {
			recorder := httptest.NewRecorder()
			e.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, summaryPath, http.NoBody))
			return recorder
		}
		for i, test := range []struct {
			after   time.Duration
			refused bool
			wait    string
		}{
			{0, false, ""},
			{0, false, ""},
			{0, true, "3"},
			{time.Second, true, "2"},
			{1500 * time.Millisecond, false, ""},
			{time.Hour, false, ""},
			{0, false, ""},
			{0, true, "3"},
		} {
			time.Sleep(test.after)
			got := ask()
			if (got.Code == http.StatusTooManyRequests) != test.refused || got.Header().Get("Retry-After") != test.wait {
				t.Errorf("request %d: status %d, Retry-After %q", i, got.Code, got.Header().Get("Retry-After"))
			}
		}
	})
}
