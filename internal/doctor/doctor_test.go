package doctor

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func (x *Examination) route(t *testing.T, path string) Route {
	t.Helper()
	i := slices.IndexFunc(x.Routes, func(r Route) bool { return r.Route == path })
	if i < 0 {
		t.Fatalf("there is no route %s", path)
	}
	return x.Routes[i]
}

// A partner without oddities: everything works, is reached once, and is as expected.
func TestExamine(t *testing.T) {
	t.Parallel()
	x, e := examine(t, 2, emulator.Options{})
	if !x.Works {
		t.Error("it does not work")
	}
	api, signIn := 0, 0
	asked := map[string]bool{}
	for _, r := range e.Requests() {
		switch {
		case r.Method == http.MethodGet:
			api++
			if url := r.Path + "?" + r.Query.Encode(); asked[url] {
				t.Errorf("%s is asked for twice", url)
			} else {
				asked[url] = true
			}
		case strings.HasSuffix(r.Path, "/token"):
			signIn++
		default:
			t.Errorf("%s %s", r.Method, r.Path)
		}
	}
	if (x.Requests != Requests{API: api, SignIn: signIn}) || api != 20 || signIn != 2 {
		t.Errorf("%d and %d requests, it says %+v", api, signIn, x.Requests)
	}
	for _, r := range x.Routes {
		if r.Status != StatusOK || len(r.Differences) > 0 || r.Requests != 1 || r.API != partnerCenter {
			t.Errorf("%+v", r)
		}
	}
}

// Whatever method of the client a data source reads with, the doctor reads with it, too.
func TestRoutes_complete(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	client := reflect.TypeFor[*pcclient.Client]()
	for method := range client.Methods() {
		name := method.Name
		switch name {
		case "Operation", "Warnings", "NewService", "Graph", "RequestTimeout", "SubscriptionKinds", "CustomersByDomain":
			continue // They are no routes, or those of others.
		}
		if !strings.Contains(string(source), "api."+name+"(") {
			t.Errorf("no route is read with %s", name)
		}
	}
}

func TestExamine_paging(t *testing.T) {
	t.Parallel()
	x, _ := examine(t, 2, emulator.Options{PageSize: 4})
	got := x.route(t, "customers")
	want := Route{Records: new(8), TotalCount: new(int64(25)), Pages: 2, MorePages: true, NextLinks: []Next{
		{"a path with the version", []string{continuationHeader}, true}, {"a path with the version", []string{continuationHeader}, true},
	}}
	if *got.Records != *want.Records || *got.TotalCount != 25 || got.Pages != 2 || !got.MorePages || got.Status != StatusOK || len(got.NextLinks) != 2 || got.NextLinks[0].Headers[0] != continuationHeader {
		t.Errorf("%+v", got)
	}
	if !x.Works {
		t.Error("a long list is no failure")
	}
}

// A route that fails does not stop the others, and says why in the provider's words.
func TestExamine_failures(t *testing.T) {
	t.Parallel()
	x, _ := examine(t, 2, emulator.Options{},
		emulator.Fault{Path: "customers/usagerecords", Status: http.StatusForbidden, Code: 900150},
		emulator.Fault{Path: "customers", Status: http.StatusTooManyRequests, RetryAfter: "0"},
		emulator.Fault{Path: "/usagesummary", Body: new(`{"totalCost":"12"}`)},
		emulator.Fault{Path: "invoices", CutBody: true},
		emulator.Fault{Path: "ratecards/azure", Body: new("<html>proxy</html>")},
	)
	if x.Works {
		t.Error("it works")
	}
	for path, want := range map[string]string{
		"customers/usagerecords": "The signed-in user has no role that may read this.",
		"customers":              "Partner Center is throttling this partner.",
		"usagesummary":           "",
		"invoices":               "Please open an issue with this report.",
		"ratecards/azure":        "",
	} {
		if r := x.route(t, path); r.Status != StatusFailed || !strings.Contains(r.Problem.Advice, want) || !strings.Contains(r.Problem.Problem, "GET /v1/"+path) {
			t.Errorf("%s: %+v", path, r.Problem)
		}
	}
	for _, path := range []string{"customers/{customer_id}", "customers/{customer_id}/subscriptions"} {
		if r := x.route(t, path); r.Status != StatusSkipped || r.Reason != "no customer was found; -customer names one" {
			t.Errorf("%s: %+v", path, r)
		}
	}
	if r := x.route(t, "invoices/summaries"); r.Status != StatusOK {
		t.Errorf("%+v", r)
	}
	if got := x.route(t, "customers").Throttling["Retry-After"]; got != "0" {
		t.Errorf("Retry-After is %q", got)
	}
	var text bytes.Buffer
	if err := x.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  failed   customers/usagerecords\n", "code 900150", "What to do\n", "MS-RequestId: ", "5 failed"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &text)
		}
	}
}

// A response that repeats the token wherever it can does not get it into the report, the
// progress or the recording.
func TestExamine_repeatedToken(t *testing.T) {
	t.Parallel()
	const token = "opaque.secret-token"
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Token", token)
		_, _ = io.WriteString(w, `{"items":[],"`+token+`":"`+token+`","links":{"next":{"uri":"`+token+`","headers":[{"key":"`+token+`","value":"`+token+`"}]}}}`)
	}))
	t.Cleanup(api.Close)
	var written bytes.Buffer
	x, err := Examine(t.Context(), Options{
		Environment: environmentOf([]string{"PARTNERCENTER_ENDPOINT=" + api.URL, "PARTNERCENTER_ACCESS_TOKEN=" + token, "PARTNERCENTER_MAX_RETRIES=0"}),
		MaxPages:    2, Progress: &written,
	})
	directory := t.TempDir()
	if err != nil || x.WriteText(&written) != nil || x.WriteJSON(&written) != nil {
		t.Fatal(err)
	}
	if _, err := x.Record(directory); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(directory, "*"))
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		written.Write(content)
	}
	if strings.Contains(written.String(), token) || !strings.Contains(written.String(), "[token]") {
		t.Errorf("it tells the token:\n%s", &written)
	}
}

// An API that cannot be reached is not waited for twenty times.
func TestExamine_unreachable(t *testing.T) {
	t.Parallel()
	x, e := examine(t, 2, emulator.Options{}, emulator.Fault{Reset: true, Times: emulator.Always})
	if x.Works || x.Requests.API != 2 || len(e.Requests()) != 4 {
		t.Errorf("%+v, and it sent %d requests", x.Requests, len(e.Requests()))
	}
	if r := x.route(t, "invoices"); r.Status != StatusSkipped || r.Reason != "nothing came back from the API so far" {
		t.Errorf("%+v", r)
	}
}

func TestExamine_noUsage(t *testing.T) {
	t.Parallel()
	x, _ := examine(t, 2, emulator.Options{}, emulator.Fault{Path: "meterusagerecords", Status: http.StatusBadRequest, Code: 3000, Description: "Customer does not have usage data."})
	if r := x.route(t, "customers/{customer_id}/subscriptions/{plan_id}/meterusagerecords"); r.Status != StatusNoUsage || !x.Works {
		t.Errorf("%+v", r)
	}
}

// What differs is told by its name, type and form. No value is told.
func TestExamine_differences(t *testing.T) {
	t.Parallel()
	edit := func(pairs ...string) func([]byte) []byte {
		return func(body []byte) []byte { return []byte(strings.NewReplacer(pairs...).Replace(string(body))) }
	}
	for name, test := range map[string]struct {
		path string
		edit func([]byte) []byte
		want Difference
	}{
		"unknown":   {"customers", edit(`"relationshipToPartner"`, `"secretName":"Jane Doe","relationshipToPartner"`), Difference{"items[].secretName", KindUnknown, "a string", 25, 25}},
		"envelope":  {"customers", edit(`{"totalCount"`, `{"skipped":{},"totalCount"`), Difference{"skipped", KindUnknown, "an object", 1, 1}},
		"case":      {"customers", edit(`"relationshipToPartner"`, `"RelationshipToPartner"`), Difference{"items[].RelationshipToPartner", KindUnknown, "a string; it differs from relationshipToPartner in case only", 25, 25}},
		"missing":   {"customers", edit(`"relationshipToPartner"`, `"links"`), Difference{"items[].relationshipToPartner", KindMissing, "never there", 25, 25}},
		"null":      {"customers", edit(`"relationshipToPartner":"reseller"`, `"relationshipToPartner":null`), Difference{"items[].relationshipToPartner", KindMissing, "never there, or null", 25, 25}},
		"nested":    {"customers", edit(`"companyName":"`, `"companyName":5,"was":"`), Difference{"items[].companyProfile.companyName", KindType, "a number where a string is expected", 25, 25}},
		"id":        {"customers", edit(`"id":"`, `"id":"X7:`), Difference{"items[].id", KindForm, "a text such as A9:999aa999-a9a9-9999-a999-999999999999", 1, 25}},
		"value":     {"customers", edit(`"reseller"`, `"cousin"`), Difference{"items[].relationshipToPartner", KindValue, "cousin", 25, 25}},
		"date":      {"usagesummary", edit(`+00:00"`, `"`), Difference{"lastModifiedDate", KindForm, "a time without an offset", 1, 1}},
		"bad date":  {"usagesummary", edit(`"lastModifiedDate":"`, `"lastModifiedDate":"on `), Difference{"lastModifiedDate", KindForm, "", 1, 1}},
		"string":    {"customers/usagerecords", edit(`"percentUsed":`, `"percentUsed":"1","was":`), Difference{"items[].percentUsed", KindType, "a string where a number is expected", 25, 25}},
		"duplicate": {"customers/usagerecords", edit(`"isUpgraded":true`, `"isUpgraded":true,"isUpgraded":true`), Difference{"items[].isUpgraded", KindDuplicate, "more than once in an object", 20, 25}},
		"no list":   {"invoices", edit(`"items":[`, `"items":{},"was":[`), Difference{"items", KindType, "an object where an array is expected", 1, 1}},
		"no object": {"invoices", func([]byte) []byte { return []byte(`[]`) }, Difference{"the response", KindType, "an array where an object is expected", 1, 1}},
		"symbol":    {"invoices", edit(`"currencyCode":"`, `"currencyCode":"x`), Difference{"items[].currencyCode", KindForm, "a text such as aAAA", 37, 37}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, _ := examine(t, 2, emulator.Options{}, emulator.Fault{Path: "/v1/" + test.path, Edit: test.edit})
			found := slices.ContainsFunc(x.route(t, test.path).Differences, func(d Difference) bool {
				if test.want.Detail == "" {
					d.Detail = ""
				}
				if test.want.Count == 1 && d.Of == test.want.Of {
					d.Count = 1 // The forms differ from id to id.
					d.Detail = regexp.MustCompile(`A9:[9a-]+$`).ReplaceAllString(d.Detail, "A9:999aa999-a9a9-9999-a999-999999999999")
				}
				return d == test.want
			})
			if !found {
				t.Errorf("%+v is not in\n%+v", test.want, x.route(t, test.path).Differences)
			}
			var text bytes.Buffer
			if err := x.WriteText(&text); err != nil {
				t.Fatal(err)
			}
			for _, private := range []string{"Jane", "Nordhavn", "nordhavn", "Harbourline"} {
				if strings.Contains(text.String(), private) {
					t.Errorf("it says %s:\n%s", private, &text)
				}
			}
		})
	}
}

func TestExamine_golden(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]emulator.Fault{
		"works": nil,
		"fails": {
			{Path: "customers/usagerecords", Status: http.StatusForbidden, Code: 900150},
			{Path: "/v1/usagesummary", Edit: func(body []byte) []byte {
				return bytes.Replace(body, []byte(`"totalCost"`), []byte(`"news":1,"totalCost"`), 1)
			}},
		},
		"revoked": {{Path: "token", Status: http.StatusBadRequest, Code: 50173, Error: "invalid_grant", Times: emulator.Always}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, _ := examine(t, 2, emulator.Options{PageSize: 20}, faults...)
			for extension, write := range map[string]func(*Report, *bytes.Buffer) error{
				".txt":  func(r *Report, b *bytes.Buffer) error { return r.WriteText(b) },
				".json": func(r *Report, b *bytes.Buffer) error { return r.WriteJSON(b) },
			} {
				var got bytes.Buffer
				if err := write(&x.Report, &got); err != nil {
					t.Fatal(err)
				}
				text := got.String()
				for pattern, replacement := range map[string]string{
					`127\.0\.0\.1:\d+`: "127.0.0.1:8080", `\d+\.\d\d s`: "0.00 s", `("duration_ms": )\d+`: "${1}0",
					`(expires"?:? *"?)20\d\d-[0-9T:Z-]+`:                               "${1}2026-01-01T00:00:00Z",
					`(RequestId|CorrelationId|Trace ID|Correlation ID): [0-9a-f-]{36}`: "$1: 0",
				} {
					text = regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
				}
				golden := filepath.Join("testdata", name+extension)
				if *update {
					if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if difference := cmp.Diff(string(want), text); difference != "" {
					t.Errorf("%s:\n%s", golden, difference)
				}
			}
		})
	}
}

func TestExamine_cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Examine(ctx, Options{Environment: environmentOf([]string{"PARTNERCENTER_ACCESS_TOKEN=" + emulator.UserAccessToken()}), MaxPages: 1, Progress: &bytes.Buffer{}}); err == nil {
		t.Error("it did not notice")
	}
}
