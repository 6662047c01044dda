package emulator_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// url is the URL of a blob with its SAS.
func (m manifest) url(blob int) string {
	return m.RootDirectory + "/" + m.Blobs[blob].Name + "?" + m.SASToken
}

// wantStorageError checks an error answer of Azure Storage, whole.
func wantStorageError(t *testing.T, got reply, status int, code, text string) {
	t.Helper()
	if got.err != nil || got.status != status {
		t.Fatalf("status %d, error %v, want status %d; body %s", got.status, got.err, status, got.body)
	}
	var content struct {
		XMLName                                  xml.Name `xml:"Error"`
		Code, Message, AuthenticationErrorDetail string
	}
	//nolint:musttag // As they are named.
	if err := xml.Unmarshal([]byte(unmarked(t, got.body)), &content); err != nil {
		t.Fatalf("%v in %s", err, got.body)
	}
	if content.Code != code || got.header.Get("X-Ms-Error-Code") != code || got.header.Get("Content-Type") != "application/xml" {
		t.Errorf("header %v, body %s, want code %s", got.header, got.body, code)
	}
	id := got.header.Get("X-Ms-Request-Id")
	if len(id) != 36 || !strings.Contains(content.Message, "\nRequestId:"+id+"\nTime:2") {
		t.Errorf("request id %q, message %q", id, content.Message)
	}
	if !strings.Contains(content.Message+content.AuthenticationErrorDetail, text) {
		t.Errorf("body %s, want %q", got.body, text)
	}
}

func TestBlobsNeedTheirSAS(t *testing.T) {
	t.Parallel()
	service, ended := serve(t, emulator.Options{}), serve(t, emulator.Options{SASLifetime: -time.Second})
	euros := service.export(t, unbilledPath, currentEuros)
	dollars := service.export(t, unbilledPath, `{"currencyCode":"USD","billingPeriod":"current"}`)
	whole := euros.url(0)
	for name, test := range map[string]struct {
		method, url, authorization string
		status                     int
		code, text                 string
	}{
		"without one":       {"GET", euros.RootDirectory + "/" + euros.Blobs[0].Name, "", 409, "PublicAccessNotPermitted", "not permitted"},
		"of another export": {"GET", dollars.RootDirectory + "/" + dollars.Blobs[0].Name + "?" + euros.SASToken, "", 403, "AuthenticationFailed", "Signature did not match"},
		"changed":           {"GET", strings.Replace(whole, "sp=rl", "sp=rwl", 1), "", 403, "AuthenticationFailed", "Signature did not match"},
		"ended":             {"GET", ended.export(t, unbilledPath, currentEuros).url(0), "", 403, "AuthenticationFailed", "Signature not valid in the specified time frame: Start ["},
		"and a token":       {"GET", whole, "Bearer " + emulator.GraphAppAccessToken(), 400, "InvalidAuthenticationInfo", "Check the value of Authorization header"},
		"to write":          {"PUT", whole, "", 405, "UnsupportedHttpVerb", "Http Verb"},
		"of no blob":        {"GET", euros.RootDirectory + "/part-9.json.gz?" + euros.SASToken, "", 404, "BlobNotFound", "does not exist"},
		"without a path":    {"GET", service.url + "/partnerbillingexports/", "", 409, "PublicAccessNotPermitted", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t, test.method, test.url, "")
			r.Header.Set("Authorization", test.authorization)
			wantStorageError(t, exchange(t, r), test.status, test.code, test.text)
		})
	}
	got := exchange(t, request(t, http.MethodGet, whole, ""))
	if got.status != 200 || got.header.Get("Content-Type") != "application/octet-stream" || got.header.Get("Content-Encoding") != "" || got.header.Get("X-Ms-Blob-Type") != "BlockBlob" || !strings.HasPrefix(got.body, "\x1f\x8b") {
		t.Errorf("%d, header %v", got.status, got.header)
	}
}

func TestBlobsMisbehave(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	m := service.export(t, unbilledPath, `{"currencyCode":"CHF","billingPeriod":"current"}`) // Few customers have it.
	whole := exchange(t, request(t, http.MethodGet, m.url(1), "")).body
	lines := inflate(t, whole)
	for name, test := range map[string]struct {
		fault emulator.Fault
		check func(got reply)
	}{
		"cut": {emulator.Fault{CutBody: true}, func(got reply) {
			if !errors.Is(got.err, io.ErrUnexpectedEOF) || got.body != whole[:len(whole)/2] {
				t.Errorf("cut: error %v, %d bytes of %d", got.err, len(got.body), len(whole))
			}
		}},
		"cut without a sign": {emulator.Fault{CutBody: true, Framing: emulator.UntilClose}, func(got reply) {
			if got.err != nil || got.body != whole[:len(whole)/2] {
				t.Errorf("cut without a sign: error %v, %d bytes of %d", got.err, len(got.body), len(whole))
			}
		}},
		"reset": {emulator.Fault{CutBody: true, Reset: true}, func(got reply) {
			if !errors.Is(got.err, syscall.ECONNRESET) {
				t.Errorf("reset: %v", got.err)
			}
		}},
		"not compressed": {emulator.Fault{Encoding: emulator.Plain}, func(got reply) {
			if got.body != lines {
				t.Errorf("not compressed: %.80q", got.body)
			}
		}},
		"deflated": {emulator.Fault{Encoding: emulator.Deflate}, func(got reply) {
			reader, err := zlib.NewReader(strings.NewReader(got.body))
			if err != nil {
				t.Error(err)
				return
			}
			if content, err := io.ReadAll(reader); err != nil || string(content) != lines {
				t.Errorf("deflated: %v", err)
			}
		}},
		"UTF-16": {emulator.Fault{Encoding: emulator.UTF16}, func(got reply) {
			content := inflate(t, got.body)
			var units []uint16
			for i := 0; i+1 < len(content); i += 2 {
				units = append(units, uint16(content[i])|uint16(content[i+1])<<8)
			}
			if string(utf16.Decode(units)) != "\ufeff"+lines {
				t.Errorf("UTF-16: %.80q", content)
			}
		}},
		"compressed twice": {emulator.Fault{Gzip: true}, func(got reply) {
			if got.body != whole { // net/http takes one off
				t.Errorf("compressed twice: %.80q", got.body)
			}
		}},
		"another body": {emulator.Fault{Body: new("<html>")}, func(got reply) {
			if got.status != 200 || got.body != "<html>" {
				t.Errorf("another body: %d %s", got.status, got.body)
			}
		}},
		"refused": {emulator.Fault{Status: 403}, func(got reply) { wantStorageError(t, got, 403, "AuthenticationFailed", "") }},
		"forbidden": {emulator.Fault{Status: 403, Error: "AuthorizationFailure", Description: "This request is not authorized."}, func(got reply) {
			wantStorageError(t, got, 403, "AuthorizationFailure", "not authorized")
		}},
		"gone": {emulator.Fault{Status: 404}, func(got reply) { wantStorageError(t, got, 404, "BlobNotFound", "") }},
		"busy": {emulator.Fault{Status: 503, RetryAfter: "3"}, func(got reply) {
			wantStorageError(t, got, 503, "ServerBusy", "")
			if got.header.Get("Retry-After") != "3" {
				t.Errorf("header %v", got.header)
			}
		}},
	} {
		test.fault.Path = "part-00001-*"
		service.Misbehave(test.fault)
		if other := exchange(t, request(t, http.MethodGet, m.url(0), "")); other.status != 200 || other.err != nil {
			t.Errorf("%s: another blob: %d %v", name, other.status, other.err)
		}
		test.check(exchange(t, request(t, http.MethodGet, m.url(1), "")))
		if again := exchange(t, request(t, http.MethodGet, m.url(1), "")); again.body != whole {
			t.Errorf("%s: it stays: %d %v", name, again.status, again.err)
		}
	}
}

// A large blob is cut like any other, and is not sent whole if its reader leaves.
func TestLargeBlobsMisbehave(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{Rows: 8_000})
	m := service.export(t, unbilledPath, currentEuros)
	service.Misbehave(emulator.Fault{Path: "part-00002-*", CutBody: true})
	if got := exchange(t, request(t, http.MethodGet, m.url(2), "")); !errors.Is(got.err, io.ErrUnexpectedEOF) || got.header.Get("Content-Length") == "" || len(got.body) == 0 {
		t.Errorf("error %v, header %v, %d bytes", got.err, got.header, len(got.body))
	}
	body, _ := m.open(t, 2)
	if _, err := io.ReadFull(body, make([]byte, 1000)); err != nil {
		t.Error(err)
	}
}

func inflate(t *testing.T, body string) string {
	t.Helper()
	reader, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if _, err := io.Copy(&content, reader); err != nil { //nolint:gosec // Small.
		t.Fatal(err)
	}
	return content.String()
}
