package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestErrorsOfTheAPI(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]int{400: 800002, 401: 400, 403: 1002, 404: 1000, 408: 800003, 500: 800003, 502: 800003, 503: 800003, 504: 800003} {
		service := serve(t, emulator.Options{})
		service.Misbehave(emulator.Fault{Status: status})
		wantError(t, service.get(t, summaryPath), status, code)
		service.read(t, summaryPath)
	}

	service := serve(t, emulator.Options{})
	service.Misbehave(emulator.Fault{Status: 403, Code: 900150, Description: "The role lacks rights."})
	got := service.get(t, summaryPath)
	wantError(t, got, 403, 900150)
	if !strings.Contains(got.body, `"code":900150,"description":"The role lacks rights.","data":[],"source":`) {
		t.Error(got.body)
	}
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	const date = "Fri, 20 Nov 2026 06:00:57 GMT"
	for name, test := range map[string]struct {
		fault emulator.Fault
		body  string
	}{
		"seconds":     {emulator.Fault{RetryAfter: "57"}, `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}`},
		"date":        {emulator.Fault{RetryAfter: date}, `{"statusCode":429,"message":"Rate limit is exceeded. Try again later."}`},
		"description": {emulator.Fault{Description: "Slow down."}, `{"statusCode":429,"message":"Slow down."}`},
		"code": {
			emulator.Fault{Code: 429000, Description: "Slow down."},
			`{"code":429000,"description":"Slow down.","data":[],"source":"PartnerApiServiceControllers"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.fault.Status = http.StatusTooManyRequests
			service := serve(t, emulator.Options{})
			service.Misbehave(test.fault)
			got := service.get(t, summaryPath)
			if got.status != 429 || got.header.Get("Retry-After") != test.fault.RetryAfter || unmarked(t, got.body) != test.body {
				t.Errorf("status %d, header %v, body %s", got.status, got.header, got.body)
			}
		})
	}
}

func TestFaultsOfTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(
		emulator.Fault{Status: 500, Times: emulator.Always}, // not meant for the token endpoint
		emulator.Fault{Path: "token", Status: 400, Code: 50076, Description: "Multi-factor authentication is required."},
		emulator.Fault{Path: "oauth2/v2.0/token", Status: 401},
		emulator.Fault{Path: tokenPath, Status: 503, RetryAfter: "1"},
	)
	got := service.signIn(t, tokenPath, form())
	wantSignInError(t, got, 400, "invalid_grant", 50076)
	if !strings.Contains(got.body, "AADSTS50076: Multi-factor authentication is required. Trace ID: ") {
		t.Error(got.body)
	}
	wantSignInError(t, service.signIn(t, tokenPath, form()), 401, "invalid_client", 7000215)
	got = service.signIn(t, tokenPath, form())
	wantSignInError(t, got, 503, "temporarily_unavailable", 90033)
	if got.header.Get("Retry-After") != "1" {
		t.Errorf("header %v", got.header)
	}
	service.tokens(t, form())
}

func TestBodiesOfAnotherKind(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"HTML":             {Status: 502, Body: new("<html>Bad Gateway</html>"), ContentType: "text/html"},
		"plain text":       {Status: 401, Body: new("Authentication failed. MFA required. (10001)"), ContentType: "text/plain"},
		"empty":            {Status: 403, Body: new("")},
		"without a status": {Body: new(`{"totalCount":1}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := serve(t, emulator.Options{})
			service.Misbehave(fault)
			got := service.get(t, summaryPath)
			status, contentType := fault.Status, fault.ContentType
			if status == 0 {
				status = http.StatusOK
			}
			if contentType == "" {
				contentType = "application/json; charset=utf-8"
			}
			if got.err != nil || got.status != status || got.body != *fault.Body || got.header.Get("Content-Type") != contentType || got.header.Get("MS-RequestId") == "" {
				t.Errorf("status %d, error %v, header %v, body %q", got.status, got.err, got.header, got.body)
			}
		})
	}
}

func TestNoContent(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(emulator.Fault{Status: http.StatusNoContent, RetryAfter: "900"})
	got := service.get(t, summaryPath)
	if got.err != nil || got.status != http.StatusNoContent || got.body != "" || got.header.Get("Retry-After") != "900" || got.header.Get("Content-Type") != "" {
		t.Errorf("got %+v", got)
	}
}

func TestCutBody(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	whole := service.get(t, customersPath).body
	service.Misbehave(emulator.Fault{CutBody: true}, emulator.Fault{Status: 500, CutBody: true}, emulator.Fault{Path: "token", CutBody: true})

	got := service.get(t, customersPath)
	if !errors.Is(got.err, io.ErrUnexpectedEOF) || got.status != 200 || got.body != whole[:len(whole)/2] {
		t.Errorf("status %d, error %v, %d bytes of %d", got.status, got.err, len(got.body), len(whole))
	}
	if got := service.get(t, customersPath); !errors.Is(got.err, io.ErrUnexpectedEOF) || got.status != 500 {
		t.Errorf("status %d, error %v", got.status, got.err)
	}
	if got := service.signIn(t, tokenPath, form()); !errors.Is(got.err, io.ErrUnexpectedEOF) {
		t.Errorf("token endpoint: status %d, error %v", got.status, got.err)
	}
	if got := service.get(t, customersPath); got.body != whole {
		t.Errorf("afterwards: status %d, error %v", got.status, got.err)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(emulator.Fault{Reset: true})
	r := request(t, http.MethodGet, service.url+summaryPath, "")
	// Without a body to replay and on a connection of its own, so that the
	// transport does not try again by itself.
	r.Body, r.Close = nil, true
	got := exchange(t, r)
	if !errors.Is(got.err, syscall.ECONNRESET) && !errors.Is(got.err, io.EOF) {
		t.Errorf("status %d, error %v", got.status, got.err)
	}
	if got := service.Requests(); len(got) != 1 || got[0].End.IsZero() {
		t.Errorf("requests %+v", got)
	}
}

func TestDelayAndLatency(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{Latency: 5 * time.Millisecond})
	service.Misbehave(emulator.Fault{Delay: 10 * time.Millisecond})
	service.read(t, summaryPath)
	service.read(t, summaryPath)
	got := service.Requests()
	if first, second := got[0].End.Sub(got[0].Start), got[1].End.Sub(got[1].Start); first < 15*time.Millisecond || second < 5*time.Millisecond {
		t.Errorf("took %v, then %v", first, second)
	}
}

func TestWaitingEndsWithTheClient(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{}) // closing it waits for its requests
	service.Misbehave(emulator.Fault{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for len(service.Requests()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	got := exchange(t, request(t, http.MethodGet, service.url+summaryPath, "").WithContext(ctx))
	if !errors.Is(got.err, context.Canceled) {
		t.Errorf("got %+v", got)
	}
}

func TestFaultsMatchInOrder(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(
		emulator.Fault{Path: "customers/usagerecords", Status: 500, Times: 2},
		emulator.Fault{Path: "/USAGERECORDS", Status: 502},
		emulator.Fault{Path: "usagesummary", Status: 503, Times: emulator.Always},
		emulator.Fault{Path: "summary", Status: 404, Times: emulator.Always},
	)
	meters := metersPath(emulator.MeteredCustomerID, emulator.MeteredPlanID)
	for i, step := range []struct {
		path   string
		status int
	}{
		{meters, 200},
		{summaryPath, 503},
		{customersPath, 500},
		{customersPath, 500},
		{customersPath, 502},
		{customersPath, 200},
		{summaryPath, 503},
		{meters, 200},
	} {
		if got := service.get(t, step.path); got.status != step.status {
			t.Errorf("step %d, %s: %d, want %d", i, step.path, got.status, step.status)
		}
	}
}
