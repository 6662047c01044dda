package provider

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// logged is a test whose context has a logger.
type logged struct {
	testing.TB
	ctx context.Context
}

func (l logged) Context() context.Context { return l.ctx }

// readLogged configures the provider and reads data sources. It returns the log,
// whole and the lines of requests in it.
func readLogged(t *testing.T, site *site, credentials map[string]string, dataSources ...string) (string, []map[string]any) {
	t.Helper()
	var output bytes.Buffer
	tb := logged{t, tflogtest.RootLogger(t.Context(), &output)}
	given := arguments(credentials)
	// A name and a password of no use.
	given["endpoint"] = strings.Replace(site.url, "http://", "http://name:pass-word@", 1)
	given["authority_host"] = given["endpoint"]
	server := site.start(tb, given, systemWith(nil))
	for _, dataSource := range dataSources {
		for _, problem := range server.Read(tb, dataSource, nil).Diagnostics {
			checkNoSecret(t, problem.Summary+problem.Detail)
		}
	}
	return output.String(), linesOf(t, output.String(), "Partner Center request")
}

// linesOf returns the lines of a log that have a message.
func linesOf(t *testing.T, text, message string) []map[string]any {
	t.Helper()
	lines, err := tflogtest.MultilineJSONDecode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(lines, func(line map[string]any) bool { return line["@message"] != message })
}

func TestLogging(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	_, lines := readLogged(t, site, confidential, summary)
	requests := site.Requests()
	if len(lines) != 2 || len(requests) != 2 {
		t.Fatalf("%d lines for %d requests, want 2", len(lines), len(requests))
	}
	for i, line := range lines {
		header := requests[i].Header
		want := map[string]any{
			"@level":         "debug",
			"method":         requests[i].Method,
			"host":           strings.TrimPrefix(site.url, "http://"),
			"path":           requests[i].Path,
			"status":         float64(http.StatusOK),
			"ms_request_id":  header.Get("MS-RequestId"),
			"correlation_id": requests[1].Header.Get("MS-CorrelationId"),
			"retry_after":    "",
		}
		for name, value := range want {
			if line[name] != value {
				t.Errorf("%s %s: %s is %v, want %v", requests[i].Method, requests[i].Path, name, line[name], value)
			}
		}
		if duration, ok := line["duration_ms"].(float64); !ok || duration < 0 || duration > 60_000 {
			t.Errorf("duration_ms is %v", line["duration_ms"])
		}
		want["duration_ms"], want["@message"], want["@module"] = nil, nil, nil
		if got, want := slices.Sorted(maps.Keys(line)), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
			t.Errorf("fields %q, want %q", got, want)
		}
	}
	if lines[1]["ms_request_id"] == "" || lines[1]["correlation_id"] == "" {
		t.Error("the request to the API has no ids")
	}
}

// There is a line for every try, with what came of it.
func TestLogging_tries(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{})
	site.Misbehave(
		emulator.Fault{Reset: true},
		emulator.Fault{Status: http.StatusServiceUnavailable},
		emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: "600"},
	)
	text, lines := readLogged(t, site, map[string]string{"access_token": emulator.UserAccessToken(), "max_retry_wait": "1ms"}, summary)
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3", len(lines))
	}
	if why, _ := lines[0]["error"].(string); !strings.Contains(why, "connection reset by peer") && !strings.Contains(why, "the connection ended") {
		t.Errorf("line 0: error is %v", lines[0]["error"])
	}
	for i, want := range []map[string]any{
		{"@level": "warn", "status": nil, "retry_after": nil, "try": nil, "waited_ms": nil},
		{"@level": "warn", "status": float64(503), "error": nil, "retry_after": "", "try": float64(2)},
		{"@level": "warn", "status": float64(429), "error": nil, "retry_after": "600", "try": float64(3)},
	} {
		for name, value := range want {
			if lines[i][name] != value {
				t.Errorf("line %d: %s is %v, want %v", i, name, lines[i][name], value)
			}
		}
		if waited, ok := lines[i]["waited_ms"].(float64); i > 0 && (!ok || waited < 1) {
			t.Errorf("line %d: waited_ms is %v", i, lines[i]["waited_ms"])
		}
		if lines[i]["ms_request_id"] != lines[0]["ms_request_id"] {
			t.Errorf("line %d: a try has another request id", i)
		}
	}
	retries := linesOf(t, text, "Partner Center retry")
	if len(retries) != 2 {
		t.Fatalf("%d lines for 2 retries", len(retries))
	}
	for i, line := range retries {
		for _, field := range []string{"path", "try", "waited_ms", "ms_request_id"} {
			if line["@level"] != "info" || line[field] == nil || line[field] != lines[i+1][field] {
				t.Errorf("retry %d at level %v: %s is %v, want %v", i, line["@level"], field, line[field], lines[i+1][field])
			}
		}
	}
}

// The request id is that of the response, which is also the one in an error. Without
// one, it is the one that was sent.
func TestLogging_requestID(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{"MS-RequestId": "of-the-response", "x-ms-request-id": "of-the-response", "Other": ""} {
		var sent string
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent = r.Header.Get("MS-RequestId")
			w.Header().Set(header, "of-the-response")
			http.Error(w, "no", http.StatusBadRequest)
		}))
		t.Cleanup(api.Close)
		var output bytes.Buffer
		tb := logged{t, tflogtest.RootLogger(t.Context(), &output)}
		server := newServer(tb, systemWith(nil))
		if problems := server.Configure(tb, arguments(map[string]string{"endpoint": api.URL, "access_token": emulator.UserAccessToken()})); len(problems) > 0 {
			t.Fatal(problems[0].Detail)
		}
		server.Read(tb, summary, nil).Fail(t)
		if line := linesOf(t, output.String(), "Partner Center request")[0]; line["ms_request_id"] != cmp.Or(want, sent) || sent == "" {
			t.Errorf("%s: the request id is %v, want %s", header, line["ms_request_id"], cmp.Or(want, sent))
		}
	}
}

// The log says which credentials the provider signs in with, and when they expire.
func TestLogging_signIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		credentials  map[string]string
		source, kind string
		fails        bool
	}{
		"refresh token and secret": {credentials: confidential, source: "the provider's configuration (`refresh_token`, `client_secret`)", kind: "a refresh token and a client secret"},
		"public client":            {credentials: public, source: "the provider's configuration (`refresh_token`)", kind: "a refresh token of a public client"},
		"access token":             {credentials: map[string]string{"access_token": emulator.UserAccessToken()}, source: "the provider's configuration (`access_token`)", kind: "an access token"},
		"dead refresh token": {
			credentials: but(confidential, map[string]string{"refresh_token": emulator.RevokedRefreshToken}),
			source:      "the provider's configuration (`refresh_token`, `client_secret`)", kind: "a refresh token and a client secret", fails: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, _ := readLogged(t, newSite(t, emulator.Options{}), test.credentials, summary)
			end, level := "Sign-in ended", "info"
			if test.fails {
				end, level = "Sign-in failed", "warn"
			}
			started, ended := linesOf(t, text, "Sign-in started"), linesOf(t, text, end)
			if len(started) != 1 || len(ended) != 1 {
				t.Fatalf("%d and %d lines:\n%s", len(started), len(ended), text)
			}
			if ended[0]["@level"] != level || ended[0]["duration_ms"] == nil || (ended[0]["expires_on"] == nil) != test.fails {
				t.Errorf("the line is %v", ended[0])
			}
			for _, line := range append(started, ended...) {
				if line["credential_source"] != test.source || line["credential_kind"] != test.kind || line["audience"] != "https://api.partnercenter.microsoft.com" || line["correlation_id"] == "" {
					t.Errorf("the line is %v, want the source %s and the kind %s", line, test.source, test.kind)
				}
			}
			checkNoSecret(t, text)
		})
	}
}

func TestLogging_hasNoSecrets(t *testing.T) {
	t.Parallel()
	const records = "partnercenter_customer_usage_records"
	for name, test := range map[string]struct {
		credentials map[string]string
		fault       emulator.Fault
	}{
		"refresh token and secret": {credentials: confidential},
		"public client":            {credentials: public},
		"access token":             {credentials: map[string]string{"access_token": emulator.UserAccessToken()}},
		"dead refresh token":       {credentials: but(confidential, map[string]string{"refresh_token": emulator.RevokedRefreshToken})},
		"wrong secret":             {credentials: but(confidential, map[string]string{"client_secret": "wrong~secret"})},
		"token that is no header":  {credentials: map[string]string{"access_token": "wrong~secret\n", "max_retries": "0"}},
		"no answer":                {credentials: but(confidential, map[string]string{"max_retries": "0"}), fault: emulator.Fault{Reset: true}},
		"an answer cut short":      {credentials: but(confidential, map[string]string{"max_retries": "0"}), fault: emulator.Fault{CutBody: true}},
		// Fails: the description is cut to 300 characters before the token in it is masked.
		"an answer that repeats the token": {
			credentials: map[string]string{"access_token": emulator.UserAccessToken()},
			fault:       emulator.Fault{Status: http.StatusBadRequest, Description: "Not a token: " + emulator.UserAccessToken()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, emulator.Options{})
			site.Misbehave(test.fault)
			text, lines := readLogged(t, site, test.credentials, summary, records)
			if sent := len(site.Requests()); sent > 0 && len(lines) == 0 {
				t.Errorf("there is no line for %d requests", sent)
			}
			checkNoSecret(t, text)
		})
	}
}

// Neither the query nor the continuation token of a page is logged, nor what
// came back.
func TestLogging_hasNoQueryAndNoBody(t *testing.T) {
	t.Parallel()
	site := newSite(t, emulator.Options{PageSize: 5})
	text, _ := readLogged(t, site, confidential, "partnercenter_customer_usage_records")
	var tokens, queries int
	for _, request := range site.received("/v1/customers/usagerecords") {
		if token := request.Header.Get("MS-ContinuationToken"); token != "" {
			tokens++
			if strings.Contains(text, token) {
				t.Errorf("the log has the continuation token %s", token)
			}
		}
		for name := range request.Query {
			queries++
			if strings.Contains(text, name+"=") {
				t.Errorf("the log has the query parameter %s", name)
			}
		}
	}
	if tokens+queries == 0 {
		t.Fatal("no request had a query or a continuation token")
	}
	for _, body := range []string{"totalCost", "grant_type", "scope", "totalCount"} {
		if strings.Contains(text, body) {
			t.Errorf("the log has %s of a body", body)
		}
	}
}

// Nobody loses a refresh token unawares: what could not be written is a warning.
func TestLogging_refreshTokenNotSaved(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refresh-token")
	if err := os.WriteFile(file, []byte(emulator.RefreshToken), 0o600); err != nil {
		t.Fatal(err)
	}
	site := newSite(t, emulator.Options{})
	site.answering = func() {
		// Something takes the place of the file while the authority answers.
		_ = errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "x"), 0o700))
	}
	text, _ := readLogged(t, site, but(confidential, map[string]string{"refresh_token": "", "refresh_token_file": file, "rotate_refresh_token": "true"}), summary)
	for _, want := range []string{`"@level":"warn"`, "Rotated refresh token could not be written", file} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say %q:\n%s", want, text)
		}
	}
	checkNoSecret(t, text)
	if len(site.received(summaryRoute)) != 1 {
		t.Error("the read did not go on")
	}
}
