package graphbilling

import (
	"context"
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

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	firstBlob  = "part-00000.json.gz"
	secondBlob = "part-00001.json.gz"

	sasEnded = `<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message>` +
		`<AuthenticationErrorDetail>Signature not valid in the specified time frame: sig=hushhush /blob/unbilledusagefastpath</AuthenticationErrorDetail></Error>`
)

func good() string {
	return compressed(rowOf(customerA, "2026-08-31", `"1.5e0"`), rowOf(customerB, "2026-08-03", "-0.5"))
}

// cutAfter ends the connection after some bytes.
func cutAfter(n int) wiretest.Responder {
	return wiretest.RespondBody(http.StatusOK, wiretest.CutBody(good()[:n]))
}

// changed is a blob with one byte changed, counted from its end.
func changed(fromEnd int) string {
	blob := []byte(good())
	blob[len(blob)-fromEnd] ^= 1
	return string(blob)
}

// faults are those that may pass.
func transientFaults() map[string]wiretest.Responder {
	faults := map[string]wiretest.Responder{
		"reset connection":   wiretest.Fail(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}),
		"connection ends":    wiretest.Fail(io.EOF),
		"no response":        wiretest.Hang,
		"silent body":        wiretest.HangInBody,
		"429":                wiretest.RespondTooManyRequests("5"),
		"500":                wiretest.Respond(http.StatusInternalServerError, `<Error><Code>InternalError</Code></Error>`),
		"503":                wiretest.Respond(http.StatusServiceUnavailable, `<Error><Code>ServerBusy</Code></Error>`, "Retry-After", "3"),
		"504 of a proxy":     wiretest.Respond(http.StatusGatewayTimeout, `<html>`),
		"408":                wiretest.Respond(http.StatusRequestTimeout, ``),
		"empty body":         wiretest.Respond(http.StatusOK, ``),
		"body ends too soon": wiretest.Respond(http.StatusOK, good()[:len(good())-4]),
	}
	for _, n := range []int{0, 1, 5, 12, len(good()) / 2, len(good()) - 8, len(good()) - 1} {
		faults[fmt.Sprintf("cut after %d bytes", n)] = cutAfter(n)
	}
	return faults
}

// permanentFaults are those that another try would have, too.
type permanentFault struct {
	fault wiretest.Responder
	want  string
}

func permanentFaults() map[string]permanentFault {
	return map[string]permanentFault{
		"not gzip":                {wiretest.Respond(http.StatusOK, rowOf(customerA, "2026-08-31", "1")), "200 OK: the blob is not gzip"},
		"another encoding":        {wiretest.Respond(http.StatusOK, "\x28\xb5\x2f\xfd zstd", "Content-Encoding", "zstd"), "the blob is not gzip"},
		"HTML":                    {wiretest.Respond(http.StatusOK, "<html>Sign in</html>"), "the blob is not gzip"},
		"wrong checksum":          {wiretest.Respond(http.StatusOK, changed(7)), "the blob is damaged: gzip: invalid checksum"},
		"wrong length":            {wiretest.Respond(http.StatusOK, changed(3)), "the blob is damaged: gzip: invalid checksum"},
		"more behind it":          {wiretest.Respond(http.StatusOK, good()+"more than a header has"), "the blob is damaged: gzip: invalid header"},
		"UTF-16":                  {wiretest.Respond(http.StatusOK, compressed("\xff\xfe{\x00}\x00")), "line 1: it is not valid UTF-8"},
		"Latin-1":                 {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", "1"), "{\"CustomerName\":\"M\xfcller\"}")), "line 2: it is not valid UTF-8"},
		"an array":                {wiretest.Respond(http.StatusOK, compressed("[", rowOf(customerA, "2026-08-31", "1"), "]")), "line 1: it is not an object"},
		"an object in two lines":  {wiretest.Respond(http.StatusOK, compressed(`{"CustomerId":"a",`, `"UsageDate":"2026-08-31"}`)), "line 1: it is cut short"},
		"two objects in a line":   {wiretest.Respond(http.StatusOK, compressed(`{"BillingPreTaxTotal":1}{"BillingPreTaxTotal":1}`)), "line 1: there is more behind the object"},
		"a line that is cut":      {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", "1"), rowOf(customerA, "2026-08-31", "1")[:90])), "line 2: it is cut short"},
		"no cost":                 {wiretest.Respond(http.StatusOK, compressed(`{"CustomerId":"a"}`)), "line 1: it has no BillingPreTaxTotal"},
		"an empty cost":           {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `""`))), "line 1: it has no BillingPreTaxTotal"},
		"a cost in words":         {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `"12,50"`))), `line 1: the field BillingPreTaxTotal cannot be read: "12,50" is not a decimal number`},
		"NaN":                     {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `"NaN"`))), `"NaN" is not a decimal number`},
		"a hexadecimal cost":      {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `"0x10"`))), `"0x10" is not a decimal number`},
		"a number with a zero":    {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `012`))), "line 1: it is not valid JSON"},
		"a cost of 61 digits":     {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `1e60`))), "more than 60 digits"},
		"a cost that is a list":   {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `[1]`))), "the field BillingPreTaxTotal is neither a text nor a number"},
		"a cost twice":            {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `1`, `"billingPreTaxTotal":2`))), "line 1: it has the field BillingPreTaxTotal twice"},
		"a date in words":         {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "08/31/2026", `1`))), `line 1: the field UsageDate is "08/31/2026", which is not a date`},
		"a line that is too long": {wiretest.Respond(http.StatusOK, compressed(rowOf(customerA, "2026-08-31", `1`, `"AdditionalInfo":"`+strings.Repeat("x", maxLine)+`"`))), "line 1: it is longer than 16 MiB"},
		"404":                     {wiretest.Respond(http.StatusNotFound, `<Error><Code>BlobNotFound</Code><Message>unbilledusagefastpath</Message></Error>`), "404 Not Found, code BlobNotFound"},
		"403 of the network":      {wiretest.Respond(http.StatusForbidden, `sig=hushhush`, "X-Ms-Error-Code", "AuthorizationFailure"), "403 Forbidden, code AuthorizationFailure"},
		"403 of a proxy":          {wiretest.Respond(http.StatusForbidden, `<html>https://contosoexports.blob.core.windows.net/unbilledusagefastpath?sig=hushhush</html>`), "403 Forbidden: the response has no error code of Azure Blob Storage; a proxy"},
		"redirect":                {wiretest.Respond(http.StatusFound, ``, "Location", "https://example.com/?sig=hushhush"), "302 Found"},
		"206":                     {wiretest.Respond(http.StatusPartialContent, good()), "206 Partial Content"},
		"204":                     {wiretest.Respond(http.StatusNoContent, ``), "204 No Content"},
	}
}

// A fault that passes changes no sum.
func TestFaults_thatPass(t *testing.T) {
	t.Parallel()
	for name, fault := range transientFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := goodExchange()
				e.blobs[secondBlob] = wiretest.Sequence(t, fault, fault, wiretest.Respond(http.StatusOK, good()))
				client, w := newTestClient(t, e.respond)
				usage, err := client.Usage(t.Context(), euros)
				if err != nil {
					t.Fatal(err)
				}
				if got := costs(usage, byCustomer); got != goodCosts {
					t.Errorf("the costs are %s", got)
				}
				w.WantRequests(t, 2+1+3)
			})
		})
	}
}

// One that stays is an error, never a smaller sum.
func TestFaults_thatStay(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, fault wiretest.Responder, tries int, want string) {
		t.Helper()
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			e := goodExchange()
			e.blobs[secondBlob] = fault
			client, w := newTestClient(t, e.respond)
			usage, err := client.Usage(t.Context(), euros)
			if usage != nil {
				t.Errorf("the usage is %+v", usage)
			}
			wiretest.WantText(t, err, "GET part-00001.json.gz", want)
			wantNoSecret(t, err)
			wantAdvice(t, err, " ")
			wantOnlyAllowedHosts(t, w)
			if got := strings.Count(strings.Join(w.URLs(), " "), secondBlob); tries > 0 && got != tries {
				t.Errorf("the blob was requested %d times, want %d", got, tries)
			}
		})
	}
	for name, fault := range transientFaults() {
		t.Run(name, func(t *testing.T) {
			tries := 6
			if name == "429" { // One that passed counts in its favour.
				tries = 0
			}
			check(t, fault, tries, "")
		})
	}
	for name, test := range permanentFaults() {
		t.Run(name, func(t *testing.T) { check(t, test.fault, 1, test.want) })
	}
}

// A slow blob is read, however long it takes, as long as something comes.
func TestSlowBlob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		e.blobs[secondBlob] = wiretest.RespondBody(http.StatusOK, func(*http.Request) io.ReadCloser {
			rest := good()
			return wiretest.BodyFunc(func(p []byte) (int, error) {
				if rest == "" {
					return 0, io.EOF
				}
				time.Sleep(5 * time.Second)
				n := copy(p, rest[:1])
				rest = rest[n:]
				return n, nil
			})
		})
		client, _ := newTestClient(t, e.respond)
		start := time.Now()
		usage, err := client.Usage(t.Context(), euros)
		if err != nil || costs(usage, byCustomer) != goodCosts {
			t.Error(usage, err)
		}
		if took := time.Since(start); took < 10*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

// A blob that fails ends the reads of the others, and net/http then returns the first error
// as theirs, too.
func TestFaults_endOtherBlobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		e.blobs[firstBlob] = wiretest.Delay(time.Second, wiretest.Respond(http.StatusNotFound, ""))
		e.blobs[secondBlob] = func(request *http.Request) (*http.Response, error) {
			<-request.Context().Done()
			return nil, context.Cause(request.Context())
		}
		client, _ := newTestClient(t, e.respond)
		_, err := client.Usage(t.Context(), euros)
		found := apiError(t, err)
		if found.Path != firstBlob || found.Err != nil {
			t.Errorf("the error is %+v", found)
		}
	})
}

// refuseOtherSAS refuses blobs whose SAS is not the wanted one.
func refuseOtherSAS(e *exchange, wanted func() string) {
	for name, blob := range e.blobs {
		e.blobs[name] = func(request *http.Request) (*http.Response, error) {
			if request.URL.RawQuery != wanted() {
				return wiretest.Respond(http.StatusForbidden, sasEnded)(request)
			}
			return blob(request)
		}
	}
}

// A SAS that ends is renewed by asking the operation, or else by a new export, once.
func TestSASEnd(t *testing.T) {
	t.Parallel()
	const second = "se=2026-08-02T03%3A00%3A00Z&sig=hushhush2"
	for name, test := range map[string]struct {
		operations []string // the SAS at each request
		exports    int
		wanted     string
		fails      bool
	}{
		"by the operation":        {[]string{testSAS, second}, 1, second, false},
		"by a new export":         {[]string{testSAS, testSAS, second}, 2, second, false},
		"by a new export at last": {[]string{testSAS, "sig=hushhush3", second}, 2, second, false},
		"in vain":                 {[]string{testSAS, testSAS, testSAS}, 2, second, true},
		"in vain, with new ones":  {[]string{testSAS, "sig=hushhush3", "sig=hushhush4"}, 2, second, true},
		"in vain, same operation": {[]string{testSAS, testSAS, testSAS}, 2, second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := goodExchange()
				refuseOtherSAS(e, func() string { return test.wanted })
				var answers []wiretest.Responder
				for _, sas := range test.operations {
					answers = append(answers, wiretest.Respond(http.StatusOK, succeededWith(sas, twoBlobs)))
				}
				e.operation = wiretest.Sequence(t, answers...)
				exports := 0
				e.export = func(request *http.Request) (*http.Response, error) {
					exports++
					location := fmt.Sprintf("%s-%d", testOperation, exports)
					if name == "in vain, same operation" {
						location = testOperation
					}
					return wiretest.Respond(http.StatusAccepted, "", "Location", location)(request)
				}
				client, w := newTestClient(t, e.respond)
				usage, err := client.Usage(t.Context(), euros)
				if test.fails {
					wiretest.WantText(t, err, "403 Forbidden, code AuthenticationFailed")
					wantAdvice(t, err, "refuses the signature")
				} else if err != nil || costs(usage, byCustomer) != goodCosts {
					t.Error(usage, err)
				}
				wantNoSecret(t, err)
				wantOnlyAllowedHosts(t, w)
				if exports != test.exports {
					t.Errorf("%d exports were started, want %d", exports, test.exports)
				}
			})
		})
	}
}

// A SAS that ends while several groupings are read is renewed for all of them.
func TestSASEnd_concurrent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		const second = "sig=hushhush2"
		refuseOtherSAS(e, func() string { return second })
		e.operation = wiretest.Sequence(t, e.operation, wiretest.Delay(time.Second, wiretest.Respond(http.StatusOK, succeededWith(second, twoBlobs))))
		client, _ := newTestClient(t, e.respond)
		var reads sync.WaitGroup
		for _, groupBy := range [][]string{{"customer"}, {"date"}, {"plan"}, {}} {
			reads.Go(func() {
				if usage, err := client.Usage(t.Context(), Query{CurrencyCode: "EUR", GroupBy: groupBy}); err != nil || usage.Totals.RowCount != 4 {
					t.Error(usage, err)
				}
			})
		}
		reads.Wait()
	})
}

// logged is what a logging policy sees.
type logged struct {
	mutex sync.Mutex
	lines []string
}

func (l *logged) Do(request *policy.Request) (*http.Response, error) {
	response, err := request.Next()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	raw := request.Raw()
	l.lines = append(l.lines, raw.URL.String())
	if err != nil {
		l.lines = append(l.lines, transport.Reason(raw.Context(), err), err.Error())
	}
	if response != nil {
		l.lines = append(l.lines, response.Request.URL.String())
	}
	return response, err
}

// Not even the logging sees the URL of a blob.
func TestLogs_haveNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, fault := range transientFaults() {
			e := goodExchange()
			e.blobs[firstBlob] = fault
			var log logged
			client, _ := newTestClient(t, e.respond, func(o *pcclient.Options) { o.Policies = []policy.Policy{&log} })
			_, _ = client.Usage(t.Context(), euros)
			text := strings.Join(log.lines, "\n")
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%q is in the log: %s", secret, text)
				}
			}
			if !slices.Contains(log.lines, "https://contosoexports.blob.core.windows.net/"+firstBlob) {
				t.Errorf("the log has no blob: %s", text)
			}
		}
	})
}

// At most max_concurrency requests are under way, blobs among them.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			e := goodExchange()
			var mutex sync.Mutex
			underWay, most := 0, 0
			slowly := wiretest.Delay(time.Second, wiretest.Respond(http.StatusOK, good()))
			var names []string
			for i := range 8 {
				name := fmt.Sprintf("part-%05d.json.gz", i)
				names = append(names, fmt.Sprintf(`{"name":%q}`, name))
				e.blobs[name] = func(request *http.Request) (*http.Response, error) {
					mutex.Lock()
					underWay++
					most = max(most, underWay)
					mutex.Unlock()
					defer func() {
						mutex.Lock()
						underWay--
						mutex.Unlock()
					}()
					return slowly(request)
				}
			}
			e.operation = wiretest.Respond(http.StatusOK, succeeded(strings.Join(names, ",")))
			client, _ := newTestClient(t, e.respond, func(o *pcclient.Options) { o.MaxConcurrency = limit })
			if usage, err := client.Usage(t.Context(), euros); err != nil || usage.Totals.RowCount != 16 {
				t.Error(usage, err)
			}
			if most != limit {
				t.Errorf("%d blobs were read at once, want %d", most, limit)
			}
		})
	}
}
