package graphbilling

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	customerA = "aaaaaaaa-1111-4111-8111-111111111111"
	customerB = "bbbbbbbb-2222-4222-8222-222222222222"
	azureA    = "cccccccc-3333-4333-8333-333333333333"
)

// rowOf is a line of these members, which replace those of a usual row.
func rowOf(customer, date, cost string, more ...string) string {
	return fmt.Sprintf(`{"CustomerId":%q,"CustomerName":"Name of %s","UsageDate":%q,"BillingPreTaxTotal":%s,"BillingCurrency":"EUR","PricingPreTaxTotal":%s,"PricingCurrency":"USD","Quantity":1%s}`,
		customer, customer[:min(1, len(customer))], date, cost, cost, strings.Join(append([]string{""}, more...), ","))
}

// describe writes groups in one line each.
func describe(u *Usage) string {
	var text strings.Builder
	for _, g := range u.Groups {
		line, err := json.Marshal(g) //nolint:musttag // The names of the fields will do.
		if err != nil {
			return err.Error()
		}
		var fields map[string]any
		_ = json.Unmarshal(line, &fields)
		for name, value := range fields {
			if value == nil {
				delete(fields, name)
			}
		}
		line, _ = json.Marshal(fields)
		text.Write(append(line, '\n'))
	}
	return text.String()
}

// costs lists the groups' keys and costs.
func costs(u *Usage, key func(Group) *string) string {
	var list []string
	for _, g := range u.Groups {
		name := "-"
		if k := key(g); k != nil {
			name = *k
		}
		list = append(list, name+"="+g.Cost.String())
	}
	return strings.Join(list, " ")
}

func byCustomer(g Group) *string { return g.CustomerName }

var euros = Query{CurrencyCode: "eur", GroupBy: []string{"customer"}}

func goodExchange() *exchange {
	return newExchange(
		compressed(rowOf(customerA, "2026-08-01T00:00:00Z", "0.12345678901234567890123"), rowOf(customerB, "2026-08-02T00:00:00Z", "2")),
		compressed(rowOf(customerA, "2026-08-31", `"1.5e0"`), rowOf(customerB, "2026-08-03T00:00:00", "-0.5"), ""),
	)
}

const goodCosts = "Name of a=1.62345678901234567890123 Name of b=1.5"

func TestUsage(t *testing.T) {
	t.Parallel()
	client, w := newTestClient(t, goodExchange().respond)
	usage, err := client.Usage(t.Context(), euros)
	if err != nil {
		t.Fatal(err)
	}
	if got := costs(usage, byCustomer); got != goodCosts {
		t.Errorf("the costs are %s", got)
	}
	if totals := usage.Totals; totals.RowCount != 4 || totals.CostByCurrency["EUR"].String() != "3.12345678901234567890123" || totals.PricingCostByCurrency["USD"].String() != "3.12345678901234567890123" ||
		*totals.FirstUsageDate != "2026-08-01" || *totals.LastUsageDate != "2026-08-31" {
		t.Errorf("the totals are %+v", totals)
	}
	if usage.DataVersion != "RwDrn7fbiTXy6UULE" || usage.DataCreatedDate.String() != "2026-08-02T00:38:11.1234567Z" {
		t.Errorf("the version is %s of %s", usage.DataVersion, usage.DataCreatedDate)
	}
	requests := w.Requests()
	slices.SortStableFunc(requests[2:], func(a, b *http.Request) int { return strings.Compare(a.URL.Path, b.URL.Path) })
	var sent []string
	for _, request := range requests {
		sent = append(sent, request.Method+" "+request.URL.String()+" "+request.Header.Get("Authorization"))
	}
	want := []string{
		"POST https://graph.microsoft.com/v1.0/reports/partners/billing/usage/unbilled/export Bearer " + accessToken,
		"GET " + testOperation + " Bearer " + accessToken,
		"GET " + testRoot + "/part-00000.json.gz?" + testSAS + " ",
		"GET " + testRoot + "/part-00001.json.gz?" + testSAS + " ",
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Error(diff)
	}
	body, _ := io.ReadAll(requests[0].Body)
	if got := string(body); got != `{"currencyCode":"EUR","billingPeriod":"current","attributeSet":"basic"}` {
		t.Errorf("the export was started with %s", got)
	}
	if got := requests[0].Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %q", got)
	}
}

// What an export is started with.
func TestQuestion(t *testing.T) {
	t.Parallel()
	for want, q := range map[string]Query{
		`usage/unbilled/export {"currencyCode":"USD","billingPeriod":"last","attributeSet":"full"}`:    {CurrencyCode: "USD", Period: "last", GroupBy: []string{"date", "tag:env"}},
		`usage/unbilled/export {"currencyCode":"USD","billingPeriod":"current","attributeSet":"full"}`: {CurrencyCode: "USD", GroupBy: []string{"meter"}},
		`usage/billed/export {"invoiceId":"G012345678","attributeSet":"basic"}`:                        {InvoiceID: "G012345678", GroupBy: []string{"date", "customer", "plan", "resource", "charge_type"}},
		`usage/billed/export {"invoiceId":"G0\"}","attributeSet":"full"}`:                              {InvoiceID: `G0"}`, GroupBy: []string{"azure_subscription"}},
	} {
		asked, err := q.question(mustKeys(t, q.GroupBy))
		if got := asked.path + " " + asked.body; err != nil || got != want {
			t.Errorf("%+v asks %s (%v), want %s", q, got, err, want)
		}
	}
}

func TestQuery_invalid(t *testing.T) {
	t.Parallel()
	client, w := newTestClient(t, goodExchange().respond)
	for want, q := range map[string]Query{
		`"day" is not a key to group by: use date, customer,`: {CurrencyCode: "EUR", GroupBy: []string{"day"}},
		`"tag:" is not a key`:                                        {CurrencyCode: "EUR", GroupBy: []string{"tag:"}},
		`"tag:ENV" is given twice`:                                   {CurrencyCode: "EUR", GroupBy: []string{"tag:env", "tag:ENV"}},
		`"2026-02-30" is not a date`:                                 {CurrencyCode: "EUR", StartDate: "2026-02-30"},
		`the start date 2026-08-02 is after the end date 2026-08-01`: {CurrencyCode: "EUR", StartDate: "2026-08-02", EndDate: "2026-08-01"},
		`"yesterday" is not a period`:                                {CurrencyCode: "EUR", Period: "yesterday"},
	} {
		_, err := client.Usage(t.Context(), q)
		wiretest.WantText(t, err, want)
	}
	w.WantRequests(t, 0)
}

// All forms that operations and manifests are documented or known to have.
func TestUsage_forms(t *testing.T) {
	t.Parallel()
	byLink := func(link string) func(*exchange) {
		return func(e *exchange) {
			e.operation = wiretest.Respond(http.StatusOK, fmt.Sprintf(`{"id":"1","status":"succeeded","resourceLocation@odata.navigationLink":%q}`, link))
			e.manifest = wiretest.Respond(http.StatusOK, inlineManifest(testSAS, twoBlobs))
		}
	}
	location := func(link string) func(*exchange) {
		return func(e *exchange) { e.export = wiretest.Respond(http.StatusAccepted, "", "Location", link) }
	}
	operation := func(body string) func(*exchange) {
		return func(e *exchange) { e.operation = wiretest.Respond(http.StatusOK, body) }
	}
	for name, change := range map[string]func(*exchange){
		"manifest by link":             byLink(testManifest),
		"manifest by a relative link":  byLink("reports/partners/billing/manifests/1"),
		"manifest by an absolute path": byLink("/v1.0/reports/partners/billing/manifests/1"),
		"manifest by a link in OData":  byLink("https://GRAPH.microsoft.com:443/v1.0/reports/partners/billing/manifests/('1')"),
		"link in place of a manifest": func(e *exchange) {
			byLink(testManifest)(e)
			operation(fmt.Sprintf(`{"status":"succeeded","resourceLocation":%q}`, testManifest))(e)
		},
		"manifest without blobs beside a link": func(e *exchange) {
			byLink(testManifest)(e)
			operation(fmt.Sprintf(`{"status":"succeeded","resourceLocation":{"id":"1"},"resourceLocation@odata.navigationLink":%q}`, testManifest))(e)
		},
		"relative Location":        location("/v1.0/reports/partners/billing/operations/1"),
		"completed":                operation(strings.Replace(succeeded(twoBlobs), "succeeded", "Completed", 1)),
		"other enums":              operation(strings.NewReplacer("compressedJSON", "compressedJSONLines", "default", "Default").Replace(succeeded(twoBlobs))),
		"BOM":                      operation("\xef\xbb\xbf" + succeeded(twoBlobs)),
		"SAS with a question mark": operation(succeededWith("?"+testSAS, twoBlobs)),
		"counted rows":             operation(succeeded(`{"name":"part-00000.json.gz","ItemCount":2},{"name":"part-00001.json.gz","itemCount":2}`)),
		"no blobCount":             operation(strings.Replace(succeeded(twoBlobs), `"blobCount":2,`, "", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := goodExchange()
			change(e)
			client, _ := newTestClient(t, e.respond)
			usage, err := client.Usage(t.Context(), euros)
			if err != nil {
				t.Fatal(err)
			}
			if got := costs(usage, byCustomer); got != goodCosts {
				t.Errorf("the costs are %s", got)
			}
		})
	}
}

// What an operation or a manifest must not be. None of these errors gives a secret away.
func TestUsage_rejects(t *testing.T) {
	t.Parallel()
	operation := func(body string) func(*exchange) {
		return func(e *exchange) { e.operation = wiretest.Respond(http.StatusOK, body) }
	}
	replaced := func(old, text string) func(*exchange) {
		body := strings.Replace(succeeded(twoBlobs), old, text, 1)
		if body == succeeded(twoBlobs) {
			t.Fatalf("there is no %s", old)
		}
		return operation(body)
	}
	location := func(link string) func(*exchange) {
		return func(e *exchange) { e.export = wiretest.Respond(http.StatusAccepted, "", "Location", link) }
	}
	root := "https://contosoexports.blob.core.windows.net/"
	for name, test := range map[string]struct {
		change func(*exchange)
		want   string
	}{
		"no Location":              {location(""), "the response has no Location"},
		"Location elsewhere":       {location("https://graph.microsoft.com.example/v1.0/operations/1"), "leads to another host (graph.microsoft.com.example), and the access token must not go there"},
		"Location by http":         {location("http://graph.microsoft.com/v1.0/operations/1"), "leads to another host"},
		"Location on another port": {location("https://graph.microsoft.com:8443/v1.0/operations/1"), "leads to another host"},
		"no status":                {operation(`{}`), "the response has no status"},
		"no object":                {operation(`[]`), "an object is expected"},
		"cut operation":            {operation(succeeded(twoBlobs)[:100]), "truncated"},
		"nothing":                  {operation(`{"status":"succeeded"}`), "the manifest of the export has no blobs array"},
		"null blobs":               {operation(`{"status":"succeeded","resourceLocation":{"blobs":null}}`), "has no blobs array"},
		"link elsewhere":           {operation(`{"status":"succeeded","resourceLocation@odata.navigationLink":"https://example.com/manifests/1"}`), "the link to the manifest leads to another host (example.com)"},
		"no blobs, no blobCount":   {operation(strings.Replace(succeeded(""), `"blobCount":0,`, "", 1)), "lists no blobs, and does not say that there are none"},
		"no blobs, of one":         {operation(strings.Replace(succeeded(""), `"blobCount":0,`, `"blobCount":1,`, 1)), "lists 0 blobs and says that there are 1"},
		"blobs twice":              {operation(strings.Replace(succeeded(twoBlobs), `"blobs":`, `"blobs":[],"blobs":`, 1)), "duplicate"},
		"fewer blobs":              {replaced(`"blobCount":2`, `"blobCount":3`), "lists 2 blobs and says that there are 3"},
		"more blobs":               {replaced(`"blobCount":2`, `"blobCount":1`), "lists 2 blobs and says that there are 1"},
		"blob twice":               {replaced("part-00001", "part-00000"), "lists the blob part-00000.json.gz twice"},
		"fewer rows":               {operation(succeeded(`{"name":"part-00000.json.gz","itemCount":3},{"name":"part-00001.json.gz"}`)), "the blob has 2 rows, and the manifest of the export says that there are 3"},
		"another host":             {replaced(root, "https://contosoexports.blob.core.windows.net.example/"), "names the host contosoexports.blob.core.windows.net.example"},
		"its subdomain":            {replaced(root, "https://a.contosoexports.blob.core.windows.net/"), "blobs are read from *.blob.core.windows.net by https only"},
		"no account":               {replaced(root, "https://blob.core.windows.net/"), "blobs are read from"},
		"http":                     {replaced(root, "http://contosoexports.blob.core.windows.net/"), "blobs are read from"},
		"another port":             {replaced(root, "https://contosoexports.blob.core.windows.net:8443/"), "blobs are read from"},
		"user":                     {replaced(root, "https://user@contosoexports.blob.core.windows.net/"), "no valid rootDirectory"},
		"loopback":                 {replaced(root, "http://127.0.0.1:8080/"), "blobs are read from"},
		"root with a query":        {replaced("PartitionType=default\"", "PartitionType=default?a=b\""), "no valid rootDirectory"},
		"no SAS":                   {operation(succeededWith("", twoBlobs)), "no valid sasToken"},
		"SAS with a space":         {operation(succeededWith("sig=hush hush", twoBlobs)), "no valid sasToken"},
		"blob above the root":      {replaced("part-00001.json.gz", "../part-00001.json.gz"), "a blob without a valid name"},
		"blob with a query":        {replaced("part-00001.json.gz", "part-00001.json.gz?x=y"), "a blob without a valid name"},
		"blob without a name":      {replaced("part-00001.json.gz", ""), "a blob without a valid name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := goodExchange()
			test.change(e)
			client, w := newTestClient(t, e.respond)
			usage, err := client.Usage(t.Context(), euros)
			if usage != nil {
				t.Errorf("the usage is %+v", usage)
			}
			wiretest.WantText(t, err, test.want)
			wantNoSecret(t, err)
			wantOnlyAllowedHosts(t, w)
		})
	}
}

// secrets must be in no error and in no log.
var secrets = []string{"hushhush", "sig=", "skoid", "unbilledusagefastpath", "PartnerTenantId", accessToken}

func wantNoSecret(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		wiretest.WantNoSecret(t, e, secrets...)
		if text := fmt.Sprintf("%+v %#v", e, e); strings.Contains(text, secrets[0]) || strings.Contains(text, accessToken) {
			t.Errorf("%T has a secret in it", e)
		}
	}
}

func wantOnlyAllowedHosts(t *testing.T, w *wiretest.Wire) {
	t.Helper()
	for _, request := range w.Requests() {
		atGraph, atBlobs := request.URL.Host == "graph.microsoft.com", request.URL.Host == "contosoexports.blob.core.windows.net"
		if !atGraph && !atBlobs || request.URL.Scheme != "https" {
			t.Errorf("a request went to %s", request.URL)
		}
		if atBlobs && request.Header.Get("Authorization") != "" {
			t.Error("a blob's host got the access token")
		}
		if atGraph && strings.Contains(request.URL.String(), "sig=") {
			t.Error("Microsoft Graph got the SAS")
		}
		if isExport := strings.HasSuffix(request.URL.Path, "/export"); request.Method != http.MethodGet && (request.Method != http.MethodPost || !atGraph || !isExport) {
			t.Errorf("%s %s is not a read", request.Method, request.URL)
		}
	}
}

// An empty export is an empty month. A failed one is not.
func TestUsage_empty(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]*exchange{
		"no blobs":    {export: goodExchange().export, operation: wiretest.Respond(http.StatusOK, succeeded(""))},
		"empty blobs": newExchange(compressed(""), compressed("\n\n")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := newTestClient(t, e.respond)
			q := euros
			q.CustomerIDs = []string{strings.ToUpper(customerA)}
			usage, err := client.Usage(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if usage.Groups == nil || len(usage.Groups) != 0 || usage.Totals.RowCount != 0 || usage.Totals.CostByCurrency == nil || len(usage.Totals.CostByCurrency) != 0 || usage.Totals.FirstUsageDate != nil {
				t.Errorf("the usage is %+v", usage)
			}
			if !slices.Equal(usage.MissingCustomerIDs, []string{customerA}) || usage.MissingAzureSubscriptionIDs == nil {
				t.Errorf("missing are %v", usage.MissingCustomerIDs)
			}
		})
	}
}

func TestPoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		e.operation = wiretest.Sequence(t,
			wiretest.Respond(http.StatusOK, strings.Replace(running, "running", "notStarted", 2)),
			wiretest.Respond(http.StatusOK, running, "Retry-After", "7"),
			wiretest.Respond(http.StatusOK, strings.Replace(running, `"running"`, `"somethingNew"`, 1), "Retry-After", "0"),
			wiretest.RespondTooManyRequests("20"),
			wiretest.Respond(http.StatusOK, running, "Retry-After", "300"),
			e.operation,
		)
		client, w := newTestClient(t, e.respond)
		start := time.Now()
		if _, err := client.Usage(t.Context(), euros); err != nil {
			t.Fatal(err)
		}
		var waits []time.Duration
		for _, wait := range w.Waits(start)[1:7] {
			waits = append(waits, wait.Round(time.Second))
		}
		want := []time.Duration{0, 10 * time.Second, 17 * time.Second, 27 * time.Second, 47 * time.Second, 347 * time.Second}
		if !slices.Equal(waits, want) {
			t.Errorf("the operation was asked after %v, want %v", waits, want)
		}
	})
}

// A read that ends while the export runs says how long it ran, and another one goes on
// asking about the same export.
func TestPoll_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		isReady := false
		ready := e.operation
		e.operation = func(request *http.Request) (*http.Response, error) {
			if isReady {
				return ready(request)
			}
			return wiretest.Respond(http.StatusOK, running, "Retry-After", "60")(request)
		}
		client, w := newTestClient(t, e.respond)
		api := pcclient.New(pcclient.Options{OperationTimeout: 10 * time.Minute})
		ctx, end := api.Operation(t.Context())
		defer end()
		start := time.Now()
		_, err := client.Usage(ctx, euros)
		wiretest.WantElapsed(t, start, 10*time.Minute)
		wiretest.WantText(t, err, "GET /v1.0/reports/partners/billing/operations/56b0dd38", "the read took longer than operation_timeout", "the export had been running for 10m0s")
		wantAdvice(t, err, "A later run may find it ready", "raise `operation_timeout`")
		isReady = true
		if _, err := client.Usage(t.Context(), euros); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(strings.Join(w.URLs(), " "), "/export"); n != 1 {
			t.Errorf("%d exports were started", n)
		}
	})
}

// Every try of the request that starts an export has its body.
func TestStart_triesAgain(t *testing.T) {
	t.Parallel()
	const body = `{"currencyCode":"EUR","billingPeriod":"current","attributeSet":"basic"}`
	for name, fault := range map[string]wiretest.Responder{
		"401":   wiretest.Respond(http.StatusUnauthorized, `{}`),
		"429":   wiretest.RespondTooManyRequests("5"),
		"503":   wiretest.Respond(http.StatusServiceUnavailable, ``),
		"reset": wiretest.Fail(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := goodExchange()
				tries, tokens := wiretest.Sequence(t, fault, e.export), 0
				var sent []string
				e.export = func(request *http.Request) (*http.Response, error) {
					content, err := io.ReadAll(request.Body)
					if err != nil {
						t.Error(err)
					}
					sent = append(sent, string(content))
					return tries(request)
				}
				client, _ := newTestClient(t, e.respond, func(o *pcclient.Options) {
					o.Credential = tokenFunc(func() (string, error) {
						tokens++
						return fmt.Sprintf("%s%d", accessToken, tokens), nil
					})
				})
				if _, err := client.Usage(t.Context(), euros); err != nil {
					t.Error(err)
				}
				if !slices.Equal(sent, []string{body, body}) {
					t.Errorf("the export was started with %q", sent)
				}
			})
		})
	}
}

func wantAdvice(t *testing.T, err error, parts ...string) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Errorf("the error is %T: %v", err, err)
		return
	}
	for _, part := range parts {
		if !strings.Contains(e.Advice, part) {
			t.Errorf("the advice is %q, want %q in it", e.Advice, part)
		}
	}
	wiretest.WantNoSecret(t, errors.New(e.Advice), secrets...)
}

// Concurrent and later reads of one question share an export, whatever they group by.
func TestUsage_oneExport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		e.export = wiretest.Delay(time.Second, e.export)
		e.operation = wiretest.Sequence(t, wiretest.Respond(http.StatusOK, running), e.operation)
		client, w := newTestClient(t, e.respond)
		var reads sync.WaitGroup
		for range 3 {
			for _, groupBy := range [][]string{{"customer"}, {"date"}, {"customer", "date"}} {
				reads.Go(func() {
					usage, err := client.Usage(t.Context(), Query{CurrencyCode: "EUR", GroupBy: groupBy})
					if err != nil || usage.Totals.CostByCurrency["EUR"].String() != "3.12345678901234567890123" {
						t.Error(usage, err)
					}
				})
			}
		}
		reads.Wait()
		if _, err := client.Usage(t.Context(), Query{CurrencyCode: "EUR", GroupBy: []string{"date"}}); err != nil {
			t.Error(err)
		}
		w.WantRequests(t, 1+2+3*2)
	})
}

// One read is cancelled while others wait for the same export.
func TestUsage_abandoned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		e.operation = wiretest.Sequence(t, wiretest.Respond(http.StatusOK, running, "Retry-After", "100"), e.operation)
		client, w := newTestClient(t, e.respond)
		first, cancel := context.WithCancel(t.Context())
		defer cancel()
		var reads sync.WaitGroup
		reads.Go(func() {
			_, err := client.Usage(first, euros)
			wantAdvice(t, err, "The read was cancelled.")
		})
		synctest.Wait()
		reads.Go(func() {
			if _, err := client.Usage(t.Context(), Query{CurrencyCode: "EUR"}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		cancel()
		reads.Wait()
		w.WantRequests(t, 1+2+2)
	})
}
