package datasources

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// outcome is what comes of a fault.
type outcome int

const (
	harmless  outcome = iota // nothing
	triedOver                // another try has the result; if the fault lasts, there is an error
	fatal                    // an error at once
	nothing                  // the first answer of some routes, and fatal anywhere else
)

// fault is a way in which the service or the network can fail, and what the
// provider makes of it.
type fault struct {
	name string // in the guide
	emulator.Fault
	outcome outcome
	says    string // the error

	wait    time.Duration // at least, before the next try
	tries   int           // of a fault that lasts, if not max_retries and one, or one if it is fatal
	service service       // of the API, if it is not the usual
	amount  string        // all there is in a page, of a list that has amounts
}

const signIn = "token"

// upToTheLimit are the pages of a list that has no end, less those before the fault.
const upToTheLimit = -1

// faults is the one list of all of them. The guide "When something goes wrong" has
// it too, and is held to it.
var faults = []fault{
	{name: "a late response, within `request_timeout`", Fault: emulator.Fault{Delay: 2 * time.Minute}},
	{name: "no response within `request_timeout`", Fault: emulator.Fault{Delay: time.Hour}, outcome: triedOver, says: "no complete response within request_timeout (3m0s)"},
	{name: "a body that arrives too slowly", Fault: emulator.Fault{Trickle: 10 * time.Second}, outcome: triedOver, says: "no complete response within request_timeout (3m0s)"},
	{name: "a refused connection", service: elsewhere, outcome: triedOver, says: "connection refused"},
	{name: "a refused connection to this machine (`localhost`)", service: nobody, outcome: fatal, says: "connection refused"},
	{name: "a reset connection", Fault: emulator.Fault{Reset: true}, outcome: triedOver, says: "connection reset by peer"},
	{name: "a connection reset within the body", Fault: emulator.Fault{Reset: true, CutBody: true}, outcome: triedOver, says: "connection reset by peer"},
	{name: "a truncated body", Fault: emulator.Fault{CutBody: true}, outcome: triedOver, says: "the connection ended before the whole response was read"},
	{name: "a truncated chunked body", Fault: emulator.Fault{CutBody: true, Framing: emulator.Chunked}, outcome: triedOver, says: "the connection ended before the whole response was read"},
	{name: "a truncated body without a content length", Fault: emulator.Fault{CutBody: true, Framing: emulator.UntilClose}, outcome: fatal, says: "the response is truncated"},
	{name: "a certificate from an unknown authority", service: unknownAuthority, outcome: fatal, says: "certificate signed by unknown authority"},
	{name: "a certificate for another host", service: otherHost, outcome: fatal, says: "certificate is valid for 192.0.2.1, not 127.0.0.1"},
	{name: "a certificate that has expired", service: expired, outcome: fatal, says: "certificate has expired"},

	{name: "408", Fault: emulator.Fault{Status: 408}, outcome: triedOver, says: "408 Request Timeout"},
	{name: "500", Fault: emulator.Fault{Status: 500}, outcome: triedOver, says: "500 Internal Server Error"},
	{name: "502 with an HTML page from a gateway", Fault: emulator.Fault{Status: 502, Body: new("<html>Bad Gateway</html>"), ContentType: "text/html"}, outcome: triedOver, says: "502 Bad Gateway: the response is an HTML page"},
	{name: "503", Fault: emulator.Fault{Status: 503}, outcome: triedOver, says: "503 Service Unavailable"},
	{name: "503 with `Retry-After`", Fault: emulator.Fault{Status: 503, RetryAfter: "90"}, outcome: triedOver, wait: 90 * time.Second, says: "503 Service Unavailable"},
	{name: "504", Fault: emulator.Fault{Status: 504}, outcome: triedOver, says: "504 Gateway Timeout"},
	{name: "429", Fault: emulator.Fault{Status: 429}, outcome: triedOver, says: "429 Too Many Requests"},
	{name: "429 with `Retry-After` in seconds", Fault: emulator.Fault{Status: 429, RetryAfter: "57"}, outcome: triedOver, wait: 57 * time.Second, says: "asks to wait 57s"},
	{name: "429 with `Retry-After` as a date", Fault: emulator.Fault{Status: 429, RetryAfter: inAMinute}, outcome: triedOver, wait: time.Minute, says: "429 Too Many Requests"},
	{name: "429 with `Retry-After` as `00:00:57`", Fault: emulator.Fault{Status: 429, RetryAfter: "00:00:57"}, outcome: triedOver, wait: 57 * time.Second, says: "asks to wait 57s"},
	{name: "429 with a `Retry-After` beyond `max_retry_wait`", Fault: emulator.Fault{Status: 429, RetryAfter: "259200"}, outcome: fatal, says: "asks to wait 72h0m0s"},
	{name: "429 with a negative `Retry-After`", Fault: emulator.Fault{Status: 429, RetryAfter: "-57"}, outcome: triedOver, says: "429 Too Many Requests"},
	{name: "429 with an invalid `Retry-After`", Fault: emulator.Fault{Status: 429, RetryAfter: "soon"}, outcome: triedOver, says: "429 Too Many Requests"},
	{name: "204 (but see below)", Fault: emulator.Fault{Status: 204}, outcome: nothing, says: "204 No Content"},
	{name: "a redirect on the same host", Fault: emulator.Fault{Status: 307, Location: "/v1/elsewhere"}, outcome: fatal, says: "307 Temporary Redirect"},
	{name: "a redirect to another host", Fault: emulator.Fault{Status: 302, Location: "https://elsewhere.example/"}, outcome: fatal, says: "302 Found"},
	{name: "401 during the run: the token was revoked", Fault: emulator.Fault{Status: 401}, outcome: triedOver, tries: 2, says: "401 Unauthorized"},

	{name: "a wrong content type", Fault: emulator.Fault{ContentType: "text/plain"}},
	{name: "a byte order mark, or none", Fault: emulator.Fault{Edit: func(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }}},
	{name: "a compressed body", Fault: emulator.Fault{Gzip: true}},
	{name: "200 with an HTML page, such as a login page or a proxy's", Fault: emulator.Fault{Body: new("\ufeff <!DOCTYPE html><html></html>"), ContentType: "text/html"}, outcome: fatal, says: "200 OK: the response is an HTML page"},
	{name: "200 without a body", Fault: emulator.Fault{Body: new("")}, outcome: fatal, says: "the response has no body"},
	{name: "a body beyond the limit", Fault: emulator.Fault{Pad: testMaxBody}, outcome: fatal, says: "the response is larger than 1 MiB, which is the limit"},
	{name: "a compressed body beyond the limit when uncompressed", Fault: emulator.Fault{Pad: testMaxBody, Gzip: true}, outcome: fatal, says: "the response is larger than 1 MiB, which is the limit"},
	{name: "more objects than the limit, however small", Fault: emulator.Fault{Body: new(`{"items":[` + strings.Repeat("{},", testMaxItems) + `{}]}`), Gzip: true}, outcome: fatal, says: "the response has more than 100000 objects, which is the limit"},
	{name: "JSON nested beyond the limit", Fault: emulator.Fault{Edit: withFirst(`"deep":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001))}, outcome: fatal, says: "is nested more than 10000 deep, which is the limit"},
	{name: "a duplicate key", Fault: emulator.Fault{Edit: withFirst(`"items":[]`)}, outcome: fatal, says: "duplicate object member name"},
	{name: "a duplicate key in a field that the provider does not use", Fault: emulator.Fault{Edit: withFirst(`"note":{"a":1,"a":2}`)}},
	{name: "invalid Unicode, such as a lone surrogate", Fault: emulator.Fault{Edit: withFirst("\"note\":\"\xff\\ud800\"")}},
	{name: "trailing data after the JSON", Fault: emulator.Fault{Edit: func(body []byte) []byte { return append(bytes.Clone(body), "{}"...) }}, outcome: fatal, says: "trailing data after the JSON response"},
	{name: "an amount such as `1e999999`", amount: "1e999999", outcome: fatal, says: "the number 1e999999 has more than 60 digits before or after the point"},
	{name: "an amount of a million digits", amount: strings.Repeat("9", 1_000_000), outcome: fatal, says: "the number is 1000000 characters long, and one of more than 60 digits"},
	{name: "a count such as `1e999999`", Fault: emulator.Fault{Body: new(`{"totalCount":1e999999,"items":[]}`)}, outcome: fatal, says: "the field totalCount of the response cannot be read"},
	{name: "a next link to a page that has already been read", Fault: nextLink(`/customers?seekOperation=Next`, "again"), outcome: fatal, tries: 2, says: "links to a page that has already been read"},
	{name: "next links without end", Fault: withoutEnd(), outcome: fatal, tries: upToTheLimit, says: "the list has more than 20 pages, which is the limit"},
	{name: "a next link to another host", Fault: nextLink("https://elsewhere.example/v1/customers", "x"), outcome: fatal, says: "leads to another host (elsewhere.example)"},
	{name: "a next link with a header that HTTP does not allow", Fault: nextLink("/customers", `a\nb`), outcome: fatal, says: "has a header that HTTP does not allow"},

	{name: "sign-in: 503", Fault: emulator.Fault{Path: signIn, Status: 503}, outcome: triedOver, says: "503 Service Unavailable"},
	{name: "sign-in: a reset connection", Fault: emulator.Fault{Path: signIn, Reset: true}, outcome: triedOver, says: "connection reset by peer"},
	{name: "sign-in: no response within `request_timeout`", Fault: emulator.Fault{Path: signIn, Delay: time.Hour}, outcome: triedOver, says: "no complete response within request_timeout (3m0s)"},
	{name: "sign-in: a truncated body", Fault: emulator.Fault{Path: signIn, CutBody: true}, outcome: triedOver, says: "the connection ended before the whole response was read"},
	{name: "sign-in: 429 with `Retry-After`", Fault: emulator.Fault{Path: signIn, Status: 429, RetryAfter: "57"}, outcome: triedOver, wait: 57 * time.Second, says: "429 Too Many Requests"},
	{name: "sign-in: refused", Fault: emulator.Fault{Path: signIn, Status: 400, Code: 700082, Description: "The refresh token has expired."}, outcome: fatal, says: "AADSTS700082"},
	{name: "sign-in: 200 with an HTML page, such as a login page or a proxy's", Fault: emulator.Fault{Path: signIn, Body: new("<html></html>"), ContentType: "text/html"}, outcome: fatal, says: "200 OK: the response is not from a token endpoint"},
	{name: "sign-in: JSON without a token", Fault: emulator.Fault{Path: signIn, Body: new(`{"token_type":"Bearer"}`)}, outcome: fatal, says: "200 OK: the response has no access_token"},
	{name: "sign-in: a body beyond the limit", Fault: emulator.Fault{Path: signIn, Pad: testMaxBody}, outcome: fatal, says: "the response is larger than 1 MiB, which is the limit"},
	{name: "sign-in: a token that does not say when it expires", Fault: emulator.Fault{Path: signIn, Edit: func(body []byte) []byte { return bytes.Replace(body, []byte(`"expires_in":3599`), []byte(`"x":0`), 1) }}},

	{name: "a local clock an hour behind the service's", Fault: emulator.Fault{Status: 429, Date: "Sat, 01 Jan 2000 01:00:00 GMT", RetryAfter: "Sat, 01 Jan 2000 01:01:00 GMT"}, outcome: triedOver, wait: time.Minute, says: "429 Too Many Requests"},
	{name: "a local clock an hour ahead of the service's", Fault: emulator.Fault{Status: 429, Date: "Fri, 31 Dec 1999 23:00:00 GMT", RetryAfter: "Fri, 31 Dec 1999 23:01:00 GMT"}, outcome: triedOver, wait: time.Minute, says: "429 Too Many Requests"},
}

// inAMinute is the date on which a bubble is a minute old.
const inAMinute = "Sat, 01 Jan 2000 00:01:00 GMT"

// withFirst puts a member first into the object of a body.
func withFirst(member string) func([]byte) []byte {
	return func(body []byte) []byte { return bytes.Replace(body, []byte("{"), []byte("{"+member+","), 1) }
}

// amounts are the fields of lists that have amounts.
var amounts = map[string]string{
	"partnercenter_azure_utilization":           "quantity",
	"partnercenter_customer_usage_records":      "totalCost",
	"partnercenter_invoice_summaries":           "balanceAmount",
	"partnercenter_invoices":                    "totalCharges",
	"partnercenter_spend_gate":                  "totalCost",
	"partnercenter_subscription_meter_usage":    "totalCost",
	"partnercenter_subscription_resource_usage": "totalCost",
	"partnercenter_subscription_usage_records":  "totalCost",
}

// in is the fault as a list shows it.
func (f fault) in(name string) emulator.Fault {
	if f.amount != "" {
		body := `{"totalCount":1,"items":[{"` + amounts[name] + `":` + f.amount + `}]}`
		f.Body = &body
	}
	return f.Fault
}

// nextLink is a page that links to another one.
func nextLink(uri, token string) emulator.Fault {
	body := `{"totalCount":1,"items":[],"links":{"next":{"uri":"` + uri + `","method":"GET","headers":[{"key":"MS-ContinuationToken","value":"` + token + `"}]}}}`
	return emulator.Fault{Body: &body}
}

// withoutEnd are pages each of which links to another one.
func withoutEnd() emulator.Fault {
	var pages atomic.Int64
	f := nextLink("/customers?seekOperation=Next", "page ")
	f.Edit = func(body []byte) []byte {
		return bytes.Replace(body, []byte("page "), strconv.AppendInt([]byte("page "), pages.Add(1), 10), 1)
	}
	return f
}

// Whatever goes wrong, a list is whole or there is one error: it says what was
// tried and what came back, and gives the ids and no secret away; and nothing
// takes longer than it may. That holds for the first request and for the last,
// and for a fault that passes as for one that lasts. Every list meets every fault,
// and every fault and every list is tried on both requests; but only where they
// differ is a fault tried on both requests of one list.
func TestFaults(t *testing.T) {
	t.Parallel()
	whole := map[string]played{}
	for _, name := range lists() {
		whole[name] = fault{}.play(t, name, 0, 0)
	}
	for i, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for j, name := range lists() {
				subject := subjectOf(t, name)
				if f.amount != "" && amounts[name] == "" {
					continue
				}
				positions := []int{0, whole[name].api - 1}
				switch {
				case f.Path != "" || f.service != nil:
					positions = positions[:1]
				case f.outcome != nothing:
					positions = positions[(i+j)%2:][:1]
				}
				for _, position := range slices.Compact(positions) {
					t.Run(fmt.Sprintf("%s, request %d", name, position+1), func(t *testing.T) { //nolint:paralleltest // There are thousands.
						switch {
						case f.outcome == harmless:
							f.play(t, name, position, 1).wantNoDifference(t, whole[name])
						case f.outcome == nothing && subject.NoUsage && position == 0:
							f.play(t, name, position, 1).Succeed(t)
						default:
							f.play(t, name, position, emulator.Always).wantError(t, name, f, position)
						}
						if f.outcome == triedOver && f.service == nil {
							f.play(t, name, position, 1).wantSurvival(t, f, whole[name])
						}
					})
				}
			}
		})
	}
}

// A data source that says whether its list is complete reads one, and meets the
// faults.
func TestFaults_allLists(t *testing.T) {
	t.Parallel()
	for name, d := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var response datasource.SchemaResponse
			d.Schema(t.Context(), datasource.SchemaRequest{}, &response)
			if _, isList := response.Schema.Attributes["complete"]; isList && !slices.Contains(lists(), name) {
				t.Error("providertest.DataSources does not name the attribute that is the list")
			}
		})
	}
}

// The guide has the same table.
func TestFaults_guide(t *testing.T) {
	t.Parallel()
	providertest.Section(t, "../../templates/guides/reliability.md",
		"<!-- faults: written by go test ./internal/datasources -run TestFaults_guide -update -->", "<!-- end of faults -->", guideTable())
}

func guideTable() string {
	// The limits of the tests are not the provider's.
	provider := strings.NewReplacer("than 1 MiB", "than 512 MiB", "than 20 pages", "than 100000 pages", "than 100000 objects", "than 1000000 objects")
	var table strings.Builder
	table.WriteString("\n| what happens | what comes of it |\n|---|---|\n")
	for _, f := range faults {
		says := "`" + f.says + "`"
		if f.Path != signIn {
			says = provider.Replace(says)
		}
		var comes string
		switch f.outcome {
		case harmless:
			comes = "no difference"
		case triedOver:
			comes = "retried; if it persists, an error: " + says
		case fatal, nothing:
			comes = "an error: " + says
		}
		fmt.Fprintf(&table, "| %s | %s |\n", f.name, comes)
	}
	table.WriteString("\n")
	return table.String()
}

// played is a read that met with a fault, and how many requests that took.
type played struct {
	providertest.Result
	api, signIn int
	took        time.Duration
	waited      time.Duration // before the last request to what has the fault
	ids         string        // of the last request to the API, as an error gives them
	secrets     []string
}

// play reads a list from a service of which some requests fail, on a clock on
// which waiting takes no time. That nothing goes on afterwards is seen to by the
// bubble.
func (f fault) play(t *testing.T, name string, position, times int) (p played) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{PageSize: providertest.DataSources[name].PageSize}, f.service)
		if times != 0 {
			failing := f.in(name)
			failing.Times, failing.After = times, position
			e.Misbehave(failing)
		}
		start := time.Now()
		p.Result = e.Read(t, name, providertest.DataSources[name].Arguments)
		p.took = time.Since(start)

		requests, signIns := e.received(true), e.received(false)
		p.api, p.signIn = len(requests), len(signIns)
		p.secrets = []string{emulator.ClientSecret, emulator.RefreshToken}
		for _, request := range requests {
			p.secrets = append(p.secrets, strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "))
			p.ids = "MS-RequestId: " + request.Header.Get("MS-RequestId") + "\nMS-CorrelationId: " + request.Header.Get("MS-CorrelationId")
		}
		if f.Path == signIn {
			requests = signIns
		}
		if first := min(position, len(requests)-2); first >= 0 {
			p.waited = requests[first+1].Start.Sub(requests[first].End)
		}
	})
	return p
}

func (p played) wantNoDifference(t *testing.T, whole played) {
	t.Helper()
	p.wantSameResult(t, whole)
	if p.api != whole.api || p.signIn != whole.signIn {
		t.Errorf("%d requests were sent and %d to sign in, want %d and %d", p.api, p.signIn, whole.api, whole.signIn)
	}
}

func (p played) wantSameResult(t *testing.T, whole played) {
	t.Helper()
	p.Succeed(t)
	if !p.State.Equal(whole.State) || len(p.Diagnostics) != len(whole.Diagnostics) {
		t.Error("the result is another one than without the fault")
	}
}

func (p played) wantSurvival(t *testing.T, f fault, whole played) {
	t.Helper()
	p.wantSameResult(t, whole)
	api, signIn := whole.api+1, whole.signIn
	switch {
	case f.Path != "":
		api, signIn = whole.api, whole.signIn+1
	case f.Status == http.StatusUnauthorized:
		signIn++
	}
	if p.api != api || p.signIn != signIn {
		t.Errorf("%d requests were sent and %d to sign in, want %d and %d", p.api, p.signIn, api, signIn)
	}
	if p.waited < f.wait {
		t.Errorf("the next try was after %s, too early for %s", p.waited, f.wait)
	}
}

func (p played) wantError(t *testing.T, name string, f fault, position int) {
	t.Helper()
	e := p.Fail(t)
	summary, tried, ids := "Could not read ", "GET /v1/", p.ids
	if f.Path == signIn {
		summary, tried, ids = "Could not sign in to Partner Center", "POST http://", ""
	}
	for _, want := range []string{f.says, tried, ids} {
		if !strings.Contains(e.Detail, want) {
			t.Errorf("the error does not say %q:\n%s", want, e.Detail)
		}
	}
	if !strings.HasPrefix(e.Summary, summary) {
		t.Errorf("the error is headed %q", e.Summary)
	}
	for _, secret := range p.secrets {
		if strings.Contains(e.Summary+e.Detail, secret) {
			t.Errorf("the error gives %q away:\n%s", secret, e.Detail)
		}
	}
	if p.took > 30*time.Minute {
		t.Errorf("it took %s", p.took)
	}
	p.wantTries(t, name, f, position)
}

func (p played) wantTries(t *testing.T, name string, f fault, position int) {
	t.Helper()
	want := f.tries
	switch {
	case want == upToTheLimit && providertest.DataSources[name].PageSize > 0:
		return // It depends on which page of which list the fault is in.
	case want == upToTheLimit:
		want = testMaxPages
	case want == 0 && f.outcome == triedOver:
		want = 6
	case want == 0:
		want = 1
	}
	got := p.api - position
	switch {
	case f.service != nil:
		got, want = p.api, 0 // They do not arrive.
	case f.Path != "":
		got = p.signIn
	}
	// On a connection that has served before, net/http tries once more by itself.
	if got != want && (got != want+1 || !f.Reset || position == 0) {
		t.Errorf("%d tries were made, want %d", got, want)
	}
}
