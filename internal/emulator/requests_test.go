package emulator_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestRequestsAreKeptInOrder(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.tokens(t, form())
	service.get(t, customersPath+"?seekOperation=Next", "MS-RequestId", "request-1")
	service.get(t, "/v1/nothing")

	got := service.Requests()
	for i, want := range []emulator.Request{
		{Method: http.MethodPost, Path: tokenPath},
		{Method: http.MethodGet, Path: customersPath},
		{Method: http.MethodGet, Path: "/v1/nothing"},
	} {
		if got[i].Method != want.Method || got[i].Path != want.Path {
			t.Errorf("request %d: %s %s", i, got[i].Method, got[i].Path)
		}
		if got[i].Start.IsZero() || got[i].End.Before(got[i].Start) || i > 0 && got[i].Start.Before(got[i-1].End) {
			t.Errorf("request %d: from %v to %v", i, got[i].Start, got[i].End)
		}
	}
	if got[1].Query.Get("seekOperation") != "Next" || got[1].Header.Get("MS-RequestId") != "request-1" {
		t.Errorf("request 1: %+v", got[1])
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{PageSize: 10})
	want := service.read(t, customersPath)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			service.Misbehave(emulator.Fault{Path: "nothing", Status: 500})
			if got := service.get(t, customersPath); got.err != nil || unmarked(t, got.body) != want {
				t.Errorf("status %d, error %v", got.status, got.err)
			}
			service.signIn(t, tokenPath, form())
		})
	}
	group.Wait()
	if got := len(service.Requests()); got != 33 {
		t.Errorf("%d requests, want 33", got)
	}
}

func TestEnvironmentNamesTheEmulator(t *testing.T) {
	t.Parallel()
	got := emulator.New(emulator.Options{}).Environment("http://127.0.0.1:8080")
	want := []string{
		"PARTNERCENTER_ENDPOINT=http://127.0.0.1:8080",
		"PARTNERCENTER_GRAPH_ENDPOINT=http://127.0.0.1:8080",
		"PARTNERCENTER_AUTHORITY_HOST=http://127.0.0.1:8080",
		"PARTNERCENTER_TENANT_ID=" + emulator.TenantID,
		"PARTNERCENTER_CLIENT_ID=" + emulator.ClientID,
		"PARTNERCENTER_CLIENT_SECRET=" + emulator.ClientSecret,
		"PARTNERCENTER_REFRESH_TOKEN=" + emulator.RefreshToken,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	got = emulator.New(emulator.Options{AppOnly: true}).Environment("http://127.0.0.1:8080")
	if !slices.Equal(got, want[:len(want)-1]) {
		t.Errorf("app-only: %q", got)
	}
}
