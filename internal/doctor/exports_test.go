package doctor

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	exportID     = "56b0dd38-1f26-4a5d-9c8a-7d2d4a7e4c11"
	exportSecret = "hushhush%2Bsignature%3D"
	exportLine   = `{"PartnerId":"66f469a3-cb02-4f67-8a85-21e33f1d893a","PartnerName":"Harbourline Partners","CustomerId":"0f1e2d3c-4b5a-4678-9abc-def012345678","CustomerName":"Contoso Ltd",` +
		`"CustomerDomainName":"contoso.example","CustomerCountry":"DE","MpnId":"4711081","ProductId":"DZH318Z0BQ3P","SkuId":"00CG","SkuName":"D Series","PublisherName":"Microsoft",` +
		`"ProductName":"D Series - EU West","SubscriptionDescription":"Contoso Azure plan","SubscriptionId":"b1b1b1b1-cccc-4ddd-8eee-f2f2f2f2f2f2","ChargeStartDate":"2026-08-01T00:00:00Z","ChargeEndDate":"2026-08-31T23:59:59Z",` +
		`"UsageDate":"2026-08-02T00:00:00Z","MeterType":"1 Hour","MeterCategory":"Virtual Machines","MeterId":"11111111-aaaa-4bbb-8ccc-222222222222","MeterSubCategory":"D Series","MeterName":"D2","Unit":"1 Hour",` +
		`"ResourceLocation":"westeurope","ConsumedService":"Microsoft.Compute","ResourceGroup":"rg-contoso","ResourceURI":"/subscriptions/aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb/resourceGroups/rg-contoso/providers/Microsoft.Compute/virtualMachines/vm-jane",` +
		`"ChargeType":"new","UnitPrice":0.10731,"Quantity":23.75819,"UnitType":"1 Hour","BillingPreTaxTotal":2.5494013689,"BillingCurrency":"EUR","PricingPreTaxTotal":2.7713924,"PricingCurrency":"USD",` +
		`"Tags":"{\"owner\":\"Jane Doe\",\"cost center\":\"Contoso-4711\"}","AdditionalInfo":"","EffectiveUnitPrice":0.0912135,"PCToBCExchangeRate":0.91975,"EntitlementId":"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb","EntitlementDescription":"Contoso production","CreditType":"Azure Credit Applied","CreditPercentage":100}`
)

// graphServer plays Microsoft Graph and the blobs.
type graphServer struct {
	*httptest.Server

	status   int      // of the start
	running  int      // how often the export is running
	state    string   // in place of the one that has succeeded
	isLinked bool     // the manifest is
	manifest []string // replacements
	lines    []string
	noBlobs  bool
	plain    bool // the blob is not compressed

	mutex sync.Mutex
	seen  []string
}

func (g *graphServer) manifestJSON() string {
	blobs, count := `[{"name":"part-00103-5e51bb4a.c000.json.gz","partitionValue":"default"}]`, 1
	if g.noBlobs {
		blobs, count = `[]`, 0
	}
	text := fmt.Sprintf(`{"id":"1","schemaVersion":"2","dataFormat":"compressedJSON","createdDateTime":"2026-08-02T00:38:11.1234567Z","eTag":"RwDrn7fbiTXy6UULE","partnerTenantId":"66f469a3-cb02-4f67-8a85-21e33f1d893a",`+
		`"rootDirectory":%q,"sasToken":%q,"partitionType":"default","blobCount":%d,"blobs":%s}`,
		g.URL+"/unbilledusagefastpath/PartnerTenantId=66f469a3", "skoid=0d1e2f&sv=2021-08-06&sr=d&sp=rl&se="+url.QueryEscape(time.Now().Add(time.Hour).UTC().Format(time.RFC3339))+"&sig="+exportSecret, count, blobs)
	return strings.NewReplacer(g.manifest...).Replace(text)
}

func (g *graphServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.seen = append(g.seen, r.Method+" "+r.URL.Path)
	w.Header().Set("request-id", "graph-request")
	write := func(status int, body string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	operation := func(status, more string) {
		write(http.StatusOK, `{"@odata.type":"#microsoft.graph.partners.billing.runningOperation","id":"1","createdDateTime":"2026-08-02T09:43:00","lastActionDateTime":"2026-08-02T09:43:05.1234567Z","status":"`+status+`"`+more+`}`)
	}
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/export") && g.status != 0:
		write(g.status, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}`)
	case strings.HasSuffix(path, "/export"):
		w.Header().Set("Location", g.URL+"/v1.0/reports/partners/billing/operations/"+exportID)
		write(http.StatusAccepted, "")
	case strings.Contains(path, "/operations/") && g.running > 0:
		g.running--
		w.Header().Set("Retry-After-Ms", "1")
		operation("running", "")
	case strings.Contains(path, "/operations/") && g.state != "":
		operation("failed", g.state)
	case strings.Contains(path, "/operations/") && g.isLinked:
		operation("succeeded", `,"resourceLocation@odata.navigationLink":"`+g.URL+"/v1.0/reports/partners/billing/manifests/"+exportID+`"`)
	case strings.Contains(path, "/operations/"):
		operation("succeeded", `,"resourceLocation":`+g.manifestJSON())
	case strings.Contains(path, "/manifests/"):
		write(http.StatusOK, g.manifestJSON())
	case g.plain:
		write(http.StatusOK, strings.Join(g.lines, "\n"))
	default:
		compressed := gzip.NewWriter(w)
		_, _ = io.WriteString(compressed, strings.Join(g.lines, "\n"))
		_ = compressed.Close()
	}
}

var (
	graphToken     = wiretest.Token(`{"aud":"https://graph.microsoft.com","idtyp":"app","roles":["PartnerBilling.Read.All"]}`)
	unbilledExport = &graphbilling.Query{CurrencyCode: "EUR"}
)

// examineExport examines an emulator of Partner Center beside this Microsoft Graph, with
// these variables.
func examineExport(t *testing.T, g *graphServer, q *graphbilling.Query, variables ...string) (*Examination, string) {
	t.Helper()
	partner := httptest.NewServer(emulator.New(emulator.Options{}))
	t.Cleanup(partner.Close)
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	if len(g.lines) == 0 {
		g.lines = []string{exportLine}
	}
	if len(variables) == 0 {
		variables = []string{"PARTNERCENTER_ACCESS_TOKEN=" + emulator.UserAccessToken(), "PARTNERCENTER_GRAPH_ACCESS_TOKEN=" + graphToken}
	}
	variables = append(variables, "PARTNERCENTER_ENDPOINT="+partner.URL, "PARTNERCENTER_GRAPH_ENDPOINT="+g.URL, "PARTNERCENTER_MAX_RETRIES=0")
	var written bytes.Buffer
	x, err := Examine(t.Context(), Options{Environment: environmentOf(variables), Version: "test", MaxPages: 1, Export: q, Progress: &written})
	if err != nil || x.WriteText(&written) != nil || x.WriteJSON(&written) != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hushhush", "unbilledusagefastpath", "Contoso", "contoso", "Jane", "2.5494", "23.758", "0.10731", graphToken} {
		if strings.Contains(written.String(), secret) {
			t.Errorf("it tells %.40s:\n%s", secret, &written)
		}
	}
	return x, written.String()
}

func TestExport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server *graphServer
		query  *graphbilling.Query
		start  string
		count  int
	}{
		"unbilled": {&graphServer{running: 2}, unbilledExport, "unbilled", 3},
		"linked":   {&graphServer{isLinked: true}, unbilledExport, "unbilled", 1},
		"billed":   {&graphServer{}, &graphbilling.Query{InvoiceID: "G012345678"}, "billed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, text := examineExport(t, test.server, test.query)
			if !x.Works || x.Requests.Exports != 1 || !slices.Contains(test.server.seen, "POST /v1.0/reports/partners/billing/usage/"+test.start+"/export") {
				t.Errorf("%t %+v %q\n%s", x.Works, x.Requests, test.server.seen, text)
			}
			for _, path := range []string{"reports/partners/billing/usage/" + test.start + "/export", "reports/partners/billing/operations/{operation_id}", "reports/partners/billing/manifests/{manifest_id}", "{blob}"} {
				if r := x.route(t, path); r.Status != StatusOK || len(r.Differences) > 0 {
					t.Errorf("%+v", r)
				}
			}
			if r := x.route(t, "reports/partners/billing/operations/{operation_id}"); r.Requests != test.count {
				t.Errorf("%+v", r)
			}
			if r := x.route(t, "{blob}"); *r.Records != 1 || r.API != blobStorage {
				t.Errorf("%+v", r)
			}
			for _, want := range []string{"1 blob", "its SAS is valid for 1h0m0s more", "Export of Microsoft Graph\n", "1 POST request for an export"} {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q:\n%s", want, text)
				}
			}
		})
	}
}

// What the emulator exports is as expected, in currencies with many lines and with few.
func TestExport_emulator(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]*graphbilling.Query{
		"EUR": unbilledExport, "CHF": {CurrencyCode: "CHF"}, "invoice": {InvoiceID: emulator.LatestInvoiceID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, _ := examineWith(t, q, 1, emulator.Options{})
			if r := x.route(t, "{blob}"); r.Status != StatusOK || *r.Records == 0 || len(r.Differences) > 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Whatever column the client reads, the doctor expects.
func TestExport_columns(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../graphbilling/row.go")
	if err != nil {
		t.Fatal(err)
	}
	_, names, _ := strings.Cut(string(source), "var columnNames = ")
	names, _, _ = strings.Cut(names, "\n}\n")
	columns := regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(names, -1)
	if len(columns) < 20 {
		t.Fatal(columns)
	}
	for _, column := range columns {
		if _, ok := fieldType(reflect.TypeFor[usageLine](), column[1]); !ok {
			t.Errorf("%s is not in usageLine", column[1])
		}
	}
}

// Without -export, nothing but a sign-in is sent for Microsoft Graph, and what it lacks
// does not count.
func TestExport_signInOnly(t *testing.T) {
	t.Parallel()
	access := "PARTNERCENTER_ACCESS_TOKEN=" + emulator.UserAccessToken()
	graph := func(claims string) string { return "PARTNERCENTER_GRAPH_ACCESS_TOKEN=" + wiretest.Token(claims) }
	for name, test := range map[string]struct {
		variables []string
		query     *graphbilling.Query
		works     bool
		want      string
	}{
		"both":                  {[]string{access, "PARTNERCENTER_GRAPH_ACCESS_TOKEN=" + graphToken}, nil, true, "permissions  PartnerBilling.Read.All"},
		"only the access token": {[]string{access}, nil, true, "Not tried: PARTNERCENTER_GRAPH_ACCESS_TOKEN is not set"},
		"and an export":         {[]string{access}, unbilledExport, false, "PARTNERCENTER_GRAPH_ACCESS_TOKEN is not set"},
		"only that of Graph":    {[]string{"PARTNERCENTER_GRAPH_ACCESS_TOKEN=" + graphToken}, nil, true, "Not tried: PARTNERCENTER_ACCESS_TOKEN is not set"},
		"only that of Graph, without the permission": {[]string{graph(`{"aud":"https://graph.microsoft.com","roles":["User.Read.All"]}`)}, nil, false, "Missing permission"},
		"application": {[]string{access, graph(`{"aud":"https://graph.microsoft.com","idtyp":"app"}`)}, nil, true, "Add the application permission `PartnerBilling.Read.All` of Microsoft Graph"},
		"user":        {[]string{access, graph(`{"aud":"https://graph.microsoft.com","scp":"User.Read openid"}`)}, nil, true, "Add the delegated permission `PartnerBilling.Read.All` of Microsoft Graph"},
		"Azure CLI":   {[]string{access, graph(`{"aud":"https://graph.microsoft.com","scp":"User.Read","appid":"04b07795-8ddb-461a-bbee-02f9e1bf7b46"}`)}, nil, true, "The Azure CLI signs in with an application of its own"},
		"audience":    {[]string{access, graph(`{"aud":"https://api.partnercenter.microsoft.com","roles":["PartnerBilling.Read.All"]}`)}, nil, true, "get one for https://graph.microsoft.com"},
		"opaque":      {[]string{access, "PARTNERCENTER_GRAPH_ACCESS_TOKEN=opaque"}, nil, true, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &graphServer{}
			x, text := examineExport(t, g, test.query, test.variables...)
			if x.Works != test.works || !strings.Contains(text, test.want) || len(g.seen) > 0 {
				t.Errorf("%t %q, want %t with %q:\n%s", x.Works, g.seen, test.works, test.want, text)
			}
		})
	}
}

// Only the public cloud has exports.
func TestExport_otherCloud(t *testing.T) {
	t.Parallel()
	partner := httptest.NewServer(emulator.New(emulator.Options{}))
	t.Cleanup(partner.Close)
	for _, q := range []*graphbilling.Query{nil, unbilledExport} {
		x, err := Examine(t.Context(), Options{
			Environment: environmentOf([]string{"PARTNERCENTER_ACCESS_TOKEN=opaque", "PARTNERCENTER_ENVIRONMENT=china", "PARTNERCENTER_ENDPOINT=" + partner.URL}),
			MaxPages:    1, Export: q, Progress: io.Discard,
		})
		var text bytes.Buffer
		if err != nil || x.WriteText(&text) != nil {
			t.Fatal(err)
		}
		if s := x.SignIns[1]; s.Optional != (q == nil) || (len(s.Problems) == 0) != (q == nil) || !strings.Contains(text.String(), "Microsoft Graph has no partner billing exports in the cloud china") {
			t.Errorf("%+v\n%s", s, &text)
		}
	}
}

// An export that fails is told in the words of the provider, at the step where it failed.
func TestExport_failures(t *testing.T) {
	t.Parallel()
	const start, operation, manifest, blob = "reports/partners/billing/usage/unbilled/export", "reports/partners/billing/operations/{operation_id}", "reports/partners/billing/manifests/{manifest_id}", "{blob}"
	for name, test := range map[string]struct {
		server    *graphServer
		failed    string
		skipped   []string
		says      string
		variables []string
	}{
		"refused":    {&graphServer{status: http.StatusForbidden}, start, []string{operation, manifest, blob}, "Check that it signs in to the tenant of a direct-bill partner", nil},
		"no data":    {&graphServer{state: `,"error":{"code":"5000","message":"No data available"}`}, operation, []string{manifest, blob}, "Either there is no usage in EUR", nil},
		"other host": {&graphServer{manifest: []string{"http://127.0.0.1", "https://evil.example"}}, manifest, []string{blob}, "names the host evil.example", nil},
		"not gzip":   {&graphServer{plain: true}, blob, nil, "the blob is not gzip", nil},
		"a line":     {&graphServer{lines: []string{exportLine, strings.Replace(exportLine, "2.5494013689", `"2,5494"`, 1)}}, blob, nil, `line 2: the field BillingPreTaxTotal cannot be read: \"9,9999\" is not a decimal number`, nil},
		"deadline": {
			&graphServer{running: 1 << 20}, operation,
			[]string{manifest, blob},
			"A later run may find it ready",
			[]string{"PARTNERCENTER_OPERATION_TIMEOUT=300ms", "PARTNERCENTER_ACCESS_TOKEN=opaque", "PARTNERCENTER_GRAPH_ACCESS_TOKEN=" + graphToken},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, text := examineExport(t, test.server, unbilledExport, test.variables...)
			if r := x.route(t, test.failed); x.Works || r.Status != StatusFailed || !strings.Contains(text, test.says) {
				t.Errorf("%+v, want %q:\n%s", r, test.says, text)
			}
			for _, path := range test.skipped {
				if r := x.route(t, path); r.Status != StatusSkipped {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestExport_noBlobs(t *testing.T) {
	t.Parallel()
	x, _ := examineExport(t, &graphServer{noBlobs: true}, unbilledExport)
	if r := x.route(t, "{blob}"); !x.Works || r.Status != StatusSkipped || r.Reason != "the export has no blobs" {
		t.Errorf("%+v", r)
	}
}

func TestExport_differences(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, new string
		want     Difference
	}{
		"unknown":       {`"PartnerName"`, `"Secret":"Jane","PartnerName"`, Difference{"Secret", KindUnknown, "a string", 1, 1}},
		"missing":       {`"MeterName"`, `"BenefitID"`, Difference{"MeterName", KindMissing, "never there", 1, 1}},
		"case":          {`"UsageDate"`, `"usageDate"`, Difference{"usageDate", KindUnknown, "a string; it differs from UsageDate in case only", 1, 1}},
		"quoted":        {`2.5494013689`, `"2.5494013689"`, Difference{"BillingPreTaxTotal", KindType, "a string where a number is expected", 1, 1}},
		"date":          {`"2026-08-02T00:00:00Z"`, `"2026-08-02"`, Difference{"UsageDate", KindForm, "a text such as 9999-99-99", 1, 1}},
		"id":            {`"CustomerId":"0f1e2d3c-4b5a-4678-9abc-def012345678"`, `"CustomerId":"C-77"`, Difference{"CustomerId", KindForm, "a text such as A-99", 1, 1}},
		"charge type":   {`"ChargeType":"new"`, `"ChargeType":"refund"`, Difference{"ChargeType", KindValue, "refund", 1, 1}},
		"tags":          {`"{\"owner\":\"Jane Doe\",\"cost center\":\"Contoso-4711\"}"`, `"\"owner\":\"Jane Doe\""`, Difference{"Tags", KindForm, "the members of a JSON object without its braces", 1, 1}},
		"object tags":   {`"{\"owner\":\"Jane Doe\",\"cost center\":\"Contoso-4711\"}"`, `{"owner":"Jane Doe"}`, Difference{"Tags", KindType, "an object where a string is expected", 1, 1}},
		"null is known": {`"MeterName":"D2"`, `"MeterName":null`, Difference{"MeterName", KindMissing, "never there, or null", 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := strings.Replace(exportLine, test.old, test.new, 1)
			if line == exportLine {
				t.Fatal("nothing is replaced")
			}
			x, text := examineExport(t, &graphServer{lines: []string{line}}, unbilledExport)
			if r := x.route(t, "{blob}"); !slices.Contains(r.Differences, test.want) || len(r.Differences) != 1 || !x.Works {
				t.Errorf("%+v, want %+v:\n%s", r.Differences, test.want, text)
			}
		})
	}
	x, text := examineExport(t, &graphServer{manifest: []string{`"schemaVersion":"2"`, `"schemaVersion":3,"region":"west"`, `"partitionType":"default"`, `"partitionType":"customer"`}}, unbilledExport)
	for _, want := range []Difference{
		{"schemaVersion", KindType, "a number where a string is expected", 1, 1}, {"region", KindUnknown, "a string", 1, 1}, {"partitionType", KindValue, "customer", 1, 1},
	} {
		if r := x.route(t, "reports/partners/billing/manifests/{manifest_id}"); !slices.Contains(r.Differences, want) {
			t.Errorf("%+v, want %+v:\n%s", r.Differences, want, text)
		}
	}
}

// A recording of an export has nothing of the original, and the same fields and types.
func TestExport_record(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]*graphServer{
		"inline": {lines: []string{exportLine, exportLine}},
		"linked": {isLinked: true},
		"failed": {state: `,"error":{"code":"5000","message":"No usage data available currently for Invoice D0478156."}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, _ := examineExport(t, server, unbilledExport)
			directory := t.TempDir()
			if _, err := x.Record(directory); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(directory, "*-Microsoft-Graph-*"))
			blobs, _ := filepath.Glob(filepath.Join(directory, "*-Azure-Blob-Storage-*.jsonl"))
			if files = append(files, blobs...); err != nil || len(files) == 0 || len(blobs) == 0 && name != "failed" {
				t.Fatal(files, err)
			}
			for _, file := range files {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, private := range []string{
					"hushhush", "0d1e2f", "usagefastpath", "127.0.0.1", "66f469a3", "5e51bb4a", "00103", "rwdrn7", "contoso", "jane", "harbourline", "4711", "0f1e2d3c", "b1b1b1b1", "aaaaaaaa", "d0478156",
					"2.5494", "23.758", "2.7713", "0.10731", "0.0912", "dzh318z0bq3p", exportID,
				} {
					if strings.Contains(strings.ToLower(string(content)), private) {
						t.Errorf("%s: %s is left:\n%s", file, private, content)
					}
				}
				if name == "failed" && !bytes.Contains(content, []byte(`"code": "5000"`)) {
					t.Errorf("the code is gone:\n%s", content)
				}
			}
			for _, blob := range blobs {
				content, err := os.ReadFile(blob)
				if err != nil {
					t.Fatal(err)
				}
				for recorded := range strings.Lines(string(content)) {
					if got, want := membersOf(t, recorded), membersOf(t, exportLine); got != want {
						t.Errorf("it is %s, want %s", got, want)
					}
					for _, kept := range []string{`"UsageDate":"2026-08-02T00:00:00Z"`, `"BillingCurrency":"EUR"`, `"ChargeType":"new"`, `"AdditionalInfo":""`} {
						if !strings.Contains(recorded, kept) {
							t.Errorf("%s is gone: %s", kept, recorded)
						}
					}
				}
			}
			list, err := os.ReadFile(filepath.Join(directory, recordingFile))
			if err != nil || !bytes.Contains(list, []byte(`"exports"`)) || bytes.Contains(list, []byte(exportID)) {
				t.Errorf("%v\n%s", err, list)
			}
			if _, err := emulator.ReadRecording(os.DirFS(directory)); err != nil {
				t.Error(err)
			}
		})
	}
}

// membersOf returns the names of an object's members and the types of their values.
func membersOf(t *testing.T, text string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for name, value := range object {
		kinds = append(kinds, fmt.Sprintf("%s %T", name, value))
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}
