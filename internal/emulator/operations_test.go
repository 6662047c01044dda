package emulator_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// operation is what Microsoft Graph says about an export.
type operation struct {
	Status           string
	ResourceLocation manifest
	ResourceLink     string `json:"resourceLocation@odata.navigationLink"`
	Error            struct{ Code, Message string }
}

type manifest struct {
	SchemaVersion, ETag, CreatedDateTime, RootDirectory, SASToken string

	BlobCount int
	Blobs     []struct{ Name string }
}

// start starts an export, and returns the path of its operation.
func (s service) start(t *testing.T, path, body string) string {
	t.Helper()
	got := s.graph(t, http.MethodPost, path, body)
	location, isHere := strings.CutPrefix(got.header.Get("Location"), s.url)
	if got.status != http.StatusAccepted || got.body != "" || !isHere || len(got.header.Get("request-id")) != 36 {
		t.Fatalf("%d, header %v, body %s", got.status, got.header, got.body)
	}
	return location
}

func (s service) poll(t *testing.T, location string) operation {
	t.Helper()
	return decode[operation](t, s.graph(t, http.MethodGet, location, "").body)
}

// export returns the manifest of a new export.
func (s service) export(t *testing.T, path, body string) manifest {
	t.Helper()
	ready := s.poll(t, s.start(t, path, body))
	if ready.Status != "succeeded" {
		t.Fatalf("%+v", ready)
	}
	return ready.ResourceLocation
}

// varying is what differs from run to run: the signature, and the clock.
var varying = regexp.MustCompile(`(skt|ske|scid|se|sig)=[^&"]*`)

func TestOperationsAreWrittenLikeGraphs(t *testing.T) {
	t.Parallel()
	const (
		id       = "9521f803-406c-4b6c-8b54-5dc1de0141a0"
		root     = "unbilledusagefastpath/v1/202611200035/PartnerTenantId=66f469a3-cb02-4f67-8a85-21e33f1d893a/BillingMonth=202611/Currency=EUR/Fragment=full/PartitionType=default"
		sas      = "skoid=33aed568-6bc1-4ba8-a198-14b8ca18d5ee&sktid=66f469a3-cb02-4f67-8a85-21e33f1d893a&skt=&ske=&sks=b&skv=2021-08-06&scid=&sv=2021-08-06&se=&sr=d&sp=rl&sdd=7&sig="
		context  = `{"@odata.context":"URL/v1.0/$metadata#reports/partners/billing/operations/$entity","@odata.type":"#microsoft.graph.partners.billing.`
		times    = `"id":"` + id + `","createdDateTime":"2026-11-20T06:00:00","lastActionDateTime":"2026-11-20T06:00:03.4182367Z","status":`
		contents = `"createdDateTime":"2026-11-20T01:17:00.5138274Z","eTag":"VOfPKird8tGja5Qk","partnerTenantId":"66f469a3-cb02-4f67-8a85-21e33f1d893a",` +
			`"rootDirectory":"URL/partnerbillingexports/` + root + `","sasToken":"` + sas + `",`
		guid  = "0cb318bb-32a1-44f8-ab29-f82eb6f5fb5b"
		blobs = `"blobCount":4,"blobs":[{"name":"part-00000-` + guid + `.c000.json.gz","partitionValue":"default"},{"name":"part-00001-` + guid + `.c000.json.gz","partitionValue":"default"},` +
			`{"name":"part-00002-` + guid + `.c000.json.gz","partitionValue":"default"},{"name":"part-00003-` + guid + `.c000.json.gz","partitionValue":"default"}]}`
	)
	inline, linked := serve(t, emulator.Options{}), serve(t, emulator.Options{ManifestLink: true})
	inline.Misbehave(
		emulator.Fault{Path: "operations/*", Operation: "notStarted", RetryAfter: "1"},
		emulator.Fault{Path: "operations/*", Operation: "running", RetryAfter: "2", Times: 2},
		emulator.Fault{Path: "operations/*", Operation: "failed"},
		emulator.Fault{Path: "operations/*", Operation: "failed", Code: 5001, Description: "Internal error"},
		emulator.Fault{Path: "operations/*", Operation: "completed"},
	)
	success := func(status string) string {
		return context + `exportSuccessOperation",` + times + `"` + status + `","resourceLocation":{"id":"` + id + `","schemaVersion":"2","dataFormat":"compressedJSON",` + contents + `"partitionType":"default",` + blobs + `}`
	}
	location := inline.start(t, unbilledPath, currentEuros)
	for i, want := range []struct{ retryAfter, body string }{
		{"1", context + `runningOperation",` + times + `"notStarted"}`},
		{"2", context + `runningOperation",` + times + `"running"}`},
		{"2", context + `runningOperation",` + times + `"running"}`},
		{"", context + `failedOperation",` + times + `"failed","error":{"code":"5000","message":"No data available"}}`},
		{"", context + `failedOperation",` + times + `"failed","error":{"code":"5001","message":"Internal error"}}`},
		{"", success("completed")},
		{"", success("succeeded")},
	} {
		got := inline.graph(t, http.MethodGet, location, "")
		body := varying.ReplaceAllString(strings.ReplaceAll(got.body, inline.url, "URL"), "$1=")
		if got.status != 200 || got.header.Get("Retry-After") != want.retryAfter || body != want.body {
			t.Errorf("poll %d: status %d, Retry-After %q\ngot  %s\nwant %s", i+1, got.status, got.header.Get("Retry-After"), body, want.body)
		}
	}

	location = linked.start(t, unbilledPath, currentEuros)
	got := linked.graph(t, http.MethodGet, location, "")
	want := context + `exportSuccessOperation",` + times + `"succeeded","resourceLocation@odata.navigationLink":"URL/v1.0/reports/partners/billing/manifests/` + id + `"}`
	if body := strings.ReplaceAll(got.body, linked.url, "URL"); body != want {
		t.Errorf("linked\ngot  %s\nwant %s", body, want)
	}
	got = linked.graph(t, http.MethodGet, strings.TrimPrefix(decode[operation](t, got.body).ResourceLink, linked.url), "")
	want = `{"@odata.context":"URL/v1.0/$metadata#reports/partners/billing/manifests/$entity","id":"` + id + `","schemaVersion":"1","dataFormat":"compressedJSONLines",` + contents + `"partitionType":"Default",` + blobs
	if body := varying.ReplaceAllString(strings.ReplaceAll(got.body, linked.url, "URL"), "$1="); body != want {
		t.Errorf("manifest\ngot  %s\nwant %s", body, want)
	}
}

func TestExportsWithoutData(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	for name, test := range map[string]struct{ path, body, want string }{
		"a legacy invoice":        {billedPath, `{"invoiceId":"D020061053"}`, "No usage data available currently for Invoice D020061053. Please try again later."},
		"not a currency of it":    {unbilledPath, `{"currencyCode":"CAD","billingPeriod":"current"}`, "No data available"},
		"of it last month either": {unbilledPath, `{"currencyCode":"CAD","billingPeriod":"last"}`, "No data available"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			location := service.start(t, test.path, test.body)
			if got := service.poll(t, location); got.Status != "failed" || got.Error.Code != "5000" || got.Error.Message != test.want {
				t.Errorf("%+v", got)
			}
			wantGraphError(t, service.graph(t, http.MethodGet, strings.Replace(location, "operations", "manifests", 1), ""), 404, "ResourceNotFound")
		})
	}
}

func TestExportsOfTheSameDataShareTheirVersion(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	first, again := service.export(t, unbilledPath, currentEuros), service.export(t, strings.Replace(unbilledPath, "/export", "/microsoft.graph.partners.billing.export", 1), currentEuros)
	if first.ETag != again.ETag || first.RootDirectory != again.RootDirectory || first.SASToken == again.SASToken {
		t.Errorf("%+v, then %+v", first, again)
	}
	last := service.export(t, unbilledPath, `{"currencyCode":"EUR","billingPeriod":"last"}`)
	if err := service.Spend(emulator.MeteredCustomerID, "7200.50"); err != nil {
		t.Fatal(err)
	}
	if changed := service.export(t, unbilledPath, currentEuros); changed.ETag == first.ETag || changed.RootDirectory == first.RootDirectory {
		t.Errorf("%+v after a change, was %+v", changed, first)
	}
	if unchanged := service.export(t, unbilledPath, `{"currencyCode":"EUR","billingPeriod":"last"}`); unchanged.ETag != last.ETag || unchanged.RootDirectory != last.RootDirectory {
		t.Errorf("%+v for a month that is over, was %+v", unchanged, last)
	}
}
