package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

const (
	customersPath = "/v1/customers/usagerecords"
	summaryPath   = "/v1/usagesummary"
	tokenPath     = "/" + emulator.TenantID + "/oauth2/v2.0/token"
)

func metersPath(customerID, subscriptionID string) string {
	return "/v1/customers/" + customerID + "/subscriptions/" + subscriptionID + "/meterusagerecords"
}

// service is a served emulator.
type service struct {
	*emulator.Emulator
	url string
}

func serve(t *testing.T, options emulator.Options) service {
	t.Helper()
	e := emulator.New(options)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return service{e, server.URL}
}

// reply is an answer as it came, with what went wrong while reading its body.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func exchange(t *testing.T, request *http.Request) reply {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return reply{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(body), err}
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// get reads a path with an App+User token and further headers, given as name
// and value in turn.
func (s service) get(t *testing.T, path string, headers ...string) reply {
	t.Helper()
	r := request(t, http.MethodGet, s.url+path, "")
	r.Header.Set("Authorization", "Bearer "+emulator.UserAccessToken())
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return exchange(t, r)
}

// read is get for an answer that must be a success; it returns the JSON after
// the byte order mark.
func (s service) read(t *testing.T, path string, headers ...string) string {
	t.Helper()
	got := s.get(t, path, headers...)
	if got.err != nil || got.status != http.StatusOK {
		t.Fatalf("GET %s: status %d, error %v, body %s", path, got.status, got.err, got.body)
	}
	return unmarked(t, got.body)
}

func unmarked(t *testing.T, body string) string {
	t.Helper()
	text, marked := strings.CutPrefix(body, "\ufeff")
	if !marked {
		t.Errorf("no byte order mark in %.60q", body)
	}
	return text
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return v
}

// wantError checks an error answer of the API, whole.
func wantError(t *testing.T, got reply, status, code int) {
	t.Helper()
	if got.err != nil || got.status != status {
		t.Fatalf("status %d, error %v, want status %d; body %s", got.status, got.err, status, got.body)
	}
	fault := decode[struct {
		Code        int
		Description string
		Data        *[]any
		Source      string
	}](t, unmarked(t, got.body))
	if fault.Code != code || fault.Description == "" || fault.Data == nil || fault.Source == "" {
		t.Errorf("body %s, want code %d with description, data and source", got.body, code)
	}
	if contentType := got.header.Get("Content-Type"); contentType != "application/json; charset=utf-8" {
		t.Errorf("content type %q", contentType)
	}
	for _, name := range []string{"MS-RequestId", "MS-CorrelationId"} {
		if got.header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
}
