package emulator_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// However a body is cut, its beginning arrives. Only one that ends with the
// connection does not look cut.
func TestCutBodyInEveryFraming(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	whole := service.get(t, customersPath).body
	for name, test := range map[string]struct {
		fault emulator.Fault
		want  error
	}{
		"length":         {emulator.Fault{CutBody: true}, io.ErrUnexpectedEOF},
		"chunked":        {emulator.Fault{CutBody: true, Framing: emulator.Chunked}, io.ErrUnexpectedEOF},
		"until close":    {emulator.Fault{CutBody: true, Framing: emulator.UntilClose}, nil},
		"reset":          {emulator.Fault{CutBody: true, Reset: true}, syscall.ECONNRESET},
		"reset, chunked": {emulator.Fault{CutBody: true, Reset: true, Framing: emulator.Chunked}, syscall.ECONNRESET},
	} {
		service.Misbehave(test.fault)
		got := service.get(t, customersPath)
		if !errors.Is(got.err, test.want) || got.status != 200 {
			t.Errorf("%s: status %d, error %v, want %v", name, got.status, got.err, test.want)
		}
		// A reset may overtake the bytes before it.
		if beginning := whole[:len(whole)/2]; got.body != beginning && !test.fault.Reset {
			t.Errorf("%s: %d bytes of %d", name, len(got.body), len(whole))
		}
	}
}

func TestFramings(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	whole := service.get(t, summaryPath).body
	for _, framing := range []string{emulator.Chunked, emulator.UntilClose} {
		service.Misbehave(emulator.Fault{Framing: framing})
		if got := service.get(t, summaryPath); got.err != nil || got.body != whole || got.header.Get("Content-Length") != "" {
			t.Errorf("%s: error %v, header %v, %d bytes of %d", framing, got.err, got.header, len(got.body), len(whole))
		}
	}
}

func TestGzipAndPad(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	whole := service.get(t, summaryPath).body
	const spaces = 1 << 20
	service.Misbehave(emulator.Fault{Pad: spaces}, emulator.Fault{Pad: spaces, Gzip: true})
	for i := range 2 {
		got := service.get(t, summaryPath)
		rest, begins := strings.CutPrefix(got.body, whole)
		if got.err != nil || !begins || len(rest) != spaces || strings.TrimSpace(rest) != "" {
			t.Errorf("answer %d: error %v, %d bytes", i+1, got.err, len(got.body))
		}
	}

	service.Misbehave(emulator.Fault{Pad: spaces, Gzip: true})
	r := request(t, http.MethodGet, service.url+summaryPath, "")
	r.Header.Set("Accept-Encoding", "gzip") // so that the transport leaves the body as it is
	r.Header.Set("Authorization", "Bearer "+emulator.UserAccessToken())
	if got := exchange(t, r); got.header.Get("Content-Encoding") != "gzip" || len(got.body) > spaces/200 {
		t.Errorf("header %v, %d bytes", got.header, len(got.body))
	}
}

func TestTrickle(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	body := `{"totalCost":1}`
	service.Misbehave(emulator.Fault{Body: &body, Trickle: time.Millisecond})
	start := time.Now()
	if got := service.get(t, summaryPath); got.err != nil || got.body != body || time.Since(start) < 15*time.Millisecond {
		t.Errorf("after %s: %+v", time.Since(start), got)
	}
}

func TestPartsOfAnAnswer(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	whole := service.get(t, summaryPath)
	service.Misbehave(
		emulator.Fault{ContentType: "text/html", RetryAfter: "5"},
		emulator.Fault{Status: http.StatusTemporaryRedirect, Location: "https://elsewhere.example/", Date: "Sat, 01 Jan 2000 00:00:00 GMT"},
		emulator.Fault{Edit: bytes.ToUpper},
	)
	if got := service.get(t, summaryPath); got.body != whole.body || got.header.Get("Content-Type") != "text/html" || got.header.Get("Retry-After") != "5" {
		t.Errorf("the headers alone: %+v", got)
	}
	if got := service.get(t, summaryPath); got.status != 307 || got.header.Get("Date") != "Sat, 01 Jan 2000 00:00:00 GMT" || got.header.Get("Location") != "https://elsewhere.example/" {
		t.Errorf("redirect: %+v", got)
	}
	if got := service.get(t, summaryPath); got.status != 200 || got.body != strings.ToUpper(whole.body) {
		t.Errorf("edited: %+v", got)
	}
}

func TestFaultsAfterOthers(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	service.Misbehave(emulator.Fault{Path: "usagesummary", After: 2, Times: 2, Status: 503})
	for i, status := range []int{200, 200, 503, 503, 200} {
		if got := service.get(t, summaryPath); got.status != status {
			t.Errorf("request %d: %d, want %d", i+1, got.status, status)
		}
	}
}
