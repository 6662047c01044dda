package emulator_test

import (
	"net/http"
	"testing"

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
