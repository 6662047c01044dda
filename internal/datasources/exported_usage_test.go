package datasources

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	unbilled = "partnercenter_unbilled_usage"
	billed   = "partnercenter_billed_usage"

	firstPart  = "/unbilledusagefastpath/sample/part-00000-5a1c.c000.json.gz"
	secondPart = "/unbilledusagefastpath/sample/part-00001-5a1c.c000.json.gz"

	otherCustomer = "c7c7c7c7-bbbb-4ccc-8ddd-e1e1e1e1e1e1"
	nobodysID     = "99999999-bbbb-4ccc-8ddd-e1e1e1e1e1e1"
)

// usageBy are the arguments of unbilled usage by these keys.
func usageBy(keys ...string) providertest.Arguments {
	return providertest.Arguments{"currency_code": "EUR", "group_by": providertest.List(keys...)}
}

// counted counts the requests to a handler.
type counted struct {
	http.Handler

	mutex    sync.Mutex
	requests map[string]int // by method and path
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mutex.Lock()
	if c.requests == nil {
		c.requests = map[string]int{}
	}
	c.requests[r.Method+" "+r.URL.Path]++
	c.mutex.Unlock()
	c.Handler.ServeHTTP(w, r)
}

// Data sources that differ in groups and filters only share one export, which is asked
// about once; those of other periods and currencies have their own.
func TestExport_isShared(t *testing.T) {
	t.Parallel()
	subject := subjectOf(t, unbilled)
	wire := &counted{Handler: subject.sampled(t)}
	s := server(t, wire)
	var group sync.WaitGroup
	for _, arguments := range []providertest.Arguments{
		{"currency_code": "EUR"},
		{"currency_code": "EUR", "period": "current"},
		usageBy("date"), usageBy("customer", "date"),
		{"currency_code": "EUR", "customer_ids": providertest.List(aCustomer), "start_date": "2026-11-11", "max_groups": big.NewFloat(5)},
	} {
		group.Go(func() { s.Read(t, unbilled, arguments).Succeed(t) })
	}
	group.Wait()
	start, ask := "POST "+subject.path, "GET "+providertest.SampleOperation
	if wire.requests[start] != 1 || wire.requests[ask] != 1 {
		t.Errorf("the export was started %d times and asked about %d times, not once: %v", wire.requests[start], wire.requests[ask], wire.requests)
	}
	for i, arguments := range []providertest.Arguments{
		{"currency_code": "USD"},
		{"currency_code": "EUR", "period": "last"},
		usageBy("service"), // It needs more columns.
	} {
		s.Read(t, unbilled, arguments).Succeed(t)
		if wire.requests[start] != i+2 {
			t.Errorf("%v: the export was started %d times, not %d", arguments, wire.requests[start], i+2)
		}
	}
}

// What an export is started with.
func TestExport_question(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		arguments providertest.Arguments
		want      string
	}{
		{unbilled, providertest.Arguments{"currency_code": "EUR"}, `{"currencyCode":"EUR","billingPeriod":"current","attributeSet":"basic"}`},
		{unbilled, providertest.Arguments{"currency_code": "USD", "period": "last", "group_by": providertest.List("date", "tag:env")}, `{"currencyCode":"USD","billingPeriod":"last","attributeSet":"full"}`},
		{billed, providertest.Arguments{"invoice_id": " G012345678\n"}, `{"invoiceId":"G012345678","attributeSet":"basic"}`},
		{billed, providertest.Arguments{"invoice_id": "G012345678", "group_by": providertest.List("date", "customer", "plan", "resource", "charge_type")}, `{"invoiceId":"G012345678","attributeSet":"basic"}`},
		{billed, providertest.Arguments{"invoice_id": "G012345678", "group_by": providertest.List("azure_subscription")}, `{"invoiceId":"G012345678","attributeSet":"full"}`},
	} {
		answers := subjectOf(t, test.name).sampled(t)
		var body string
		server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				var sent json.RawMessage
				_ = json.NewDecoder(r.Body).Decode(&sent)
				body = string(sent)
			}
			answers.ServeHTTP(w, r)
		})).Read(t, test.name, test.arguments).Succeed(t)
		if body != test.want {
			t.Errorf("%v: the export is started with %s, want %s", test.arguments, body, test.want)
		}
	}
}

// keyResults are the results that a key fills in.
var keyResults = map[string][]string{
	"date":               {"usage_date"},
	"customer":           {"customer_id", "customer_name"},
	"plan":               {"plan_id"},
	"azure_subscription": {"azure_subscription_id", "azure_subscription_name"},
	"resource_group":     {"resource_group_name"},
	"resource":           {"resource_uri"},
	"service":            {"service_name"},
	"meter":              {"meter_id", "meter_name", "unit", "quantity"},
	"region":             {"region"},
	"charge_type":        {"charge_type"},
	"tag:Env":            {"tags"},
}

// What usage is not grouped by is null.
func TestExport_groupBy(t *testing.T) {
	t.Parallel()
	for key, filled := range keyResults {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			r := server(t, subjectOf(t, unbilled).sampled(t)).Read(t, unbilled, usageBy(key)).Succeed(t)
			groups, _ := r.Get(t, "groups").([]any)
			last, _ := groups[len(groups)-1].(map[string]any)
			for name, value := range last {
				if slices.Contains([]string{"cost", "currency_code", "pricing_cost", "pricing_currency_code", "row_count"}, name) {
					continue
				}
				if isFilled := slices.Contains(filled, name); isFilled != (value != nil) {
					t.Errorf("%s is %v", name, value)
				}
			}
			sum := new(big.Float).SetPrec(512)
			for i := range groups {
				number, _ := r.Get(t, "groups", i, "cost").(json.Number)
				cost, _, err := big.ParseFloat(number.String(), 10, 512, big.ToNearestEven)
				if err != nil {
					t.Fatal(err)
				}
				sum.Add(sum, cost)
			}
			if got := sum.Text('f', 24); got != "134.568299999999590471712345" {
				t.Errorf("the groups add up to %s", got)
			}
		})
	}
	tags := server(t, subjectOf(t, unbilled).sampled(t)).Read(t, unbilled, usageBy("tag:cost-center", "tag:ENV")).Succeed(t)
	var got []string
	for i := range 3 {
		got = append(got, fmt.Sprint(tags.Get(t, "groups", i, "tags")))
	}
	if want := []string{"map[ENV:<nil> cost-center:<nil>]", "map[ENV:dev cost-center:<nil>]", "map[ENV:prod cost-center:4711]"}; !slices.Equal(got, want) {
		t.Errorf("the tags are %s, want %s", got, want)
	}
}

// Filters are inclusive; totals are after them, and missing ids before.
func TestExport_filters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		rows      string
		cost      any
		days      [2]any
	}{
		"customer":             {providertest.Arguments{"customer_ids": providertest.List(strings.ToUpper(otherCustomer))}, "1", json.Number("120.5682999999995904716"), [2]any{"2026-11-10", "2026-11-10"}},
		"Azure subscription":   {providertest.Arguments{"azure_subscription_ids": providertest.List(" " + anEntitlement + "\n")}, "4", json.Number("14.000000000000000000112345"), [2]any{"2026-11-10", "2026-11-11"}},
		"one day":              {providertest.Arguments{"start_date": "2026-11-11", "end_date": "2026-11-11"}, "2", json.Number("10.000000000000000000112345"), [2]any{"2026-11-11", "2026-11-11"}},
		"until":                {providertest.Arguments{"end_date": "2026-11-10"}, "3", json.Number("124.5682999999995904716"), [2]any{"2026-11-10", "2026-11-10"}},
		"a day without usage":  {providertest.Arguments{"start_date": "2026-11-12"}, "0", nil, [2]any{nil, nil}},
		"a customer's no days": {providertest.Arguments{"customer_ids": providertest.List(otherCustomer), "start_date": "2026-11-11"}, "0", nil, [2]any{nil, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arguments := usageBy("customer")
			maps.Copy(arguments, test.arguments)
			r := server(t, subjectOf(t, unbilled).sampled(t)).Read(t, unbilled, arguments).Succeed(t)
			costs, _ := r.Get(t, "totals", "cost_by_currency").(map[string]any)
			days := [2]any{r.Get(t, "totals", "first_usage_date"), r.Get(t, "totals", "last_usage_date")}
			if got := r.Get(t, "totals", "row_count"); got != json.Number(test.rows) || costs["EUR"] != test.cost || days != test.days {
				t.Errorf("%v rows, %v, %v", got, costs, days)
			}
			if test.cost == nil && len(costs) > 0 {
				t.Errorf("nothing costs %v", costs)
			}
			if missing, _ := r.Get(t, "missing_customer_ids").([]any); missing == nil || len(missing) > 0 {
				t.Errorf("missing are %v", missing)
			}
		})
	}
}

// An id without any row is an error, or listed if that is asked for.
func TestExport_missing(t *testing.T) {
	t.Parallel()
	for argument, test := range map[string]struct{ known, summary string }{
		"customer_ids":           {aCustomer, "Customer not listed"},
		"azure_subscription_ids": {anEntitlement, "Azure subscription not listed"},
	} {
		s := server(t, subjectOf(t, unbilled).sampled(t))
		arguments := usageBy("customer")
		arguments[argument] = providertest.List(strings.ToUpper(nobodysID), test.known)
		failure := s.Read(t, unbilled, arguments).Fail(t)
		checkBlame(t, failure, argument)
		if failure.Summary != test.summary || !strings.Contains(failure.Detail, nobodysID) || !strings.Contains(failure.Detail, "allow_missing") || strings.Contains(failure.Detail, test.known) {
			t.Errorf("%s: %s", failure.Summary, failure.Detail)
		}
		arguments["allow_missing"] = true
		if got := s.Read(t, unbilled, arguments).Succeed(t).Get(t, "missing_"+argument); fmt.Sprint(got) != "["+nobodysID+"]" {
			t.Errorf("missing_%s is %v", argument, got)
		}
	}
}

// An export without rows is no error, but its sums are not there rather than 0.
func TestExport_empty(t *testing.T) {
	t.Parallel()
	whole := subjectOf(t, unbilled)
	for name, change := range map[string]func(api){
		"no blobs": func(a api) {
			body := a[providertest.SampleOperation].body
			before, _, _ := strings.Cut(body, `"blobCount"`)
			a[providertest.SampleOperation] = answer{body: before + `"blobCount":0,"blobs":[]}}`}
		},
		"no rows": func(a api) {
			a[firstPart] = answer{body: compressed(t, "")}
			a[secondPart] = answer{body: compressed(t, "\n")}
		},
	} {
		answers := whole.sampled(t)
		change(answers)
		arguments := maps.Clone(whole.arguments)
		s := server(t, answers)
		if r := s.Read(t, unbilled, arguments).Succeed(t); name == "no blobs" {
			r.Golden(t, "unbilled_usage/empty.golden.json")
		} else if rows := r.Get(t, "totals", "row_count"); rows != json.Number("0") || fmt.Sprint(r.Get(t, "totals", "cost_by_currency")) != "map[]" {
			t.Errorf("there are %v rows", rows)
		}
		arguments["customer_ids"] = providertest.List(aCustomer)
		checkBlame(t, s.Read(t, unbilled, arguments).Fail(t), "customer_ids")
	}
}

// Arguments are checked before anything is sent.
func TestExport_arguments(t *testing.T) {
	t.Parallel()
	list := providertest.List
	for _, test := range []struct {
		argument string
		value    any
		says     string
	}{
		{"currency_code", "eur", "write EUR"},
		{"currency_code", "EURO", "is not the code of a currency"},
		{"currency_code", "", "is not the code of a currency"},
		{"period", "previous", `"current" "last"`},
		{"customer_ids", list(), "at least 1"},
		{"customer_ids", list("contoso"), "not an id such as"},
		{"azure_subscription_ids", list(), "at least 1"},
		{"azure_subscription_ids", list("{" + anEntitlement + "}"), "not an id such as"},
		{"start_date", "2026-11-31", "is not a date such as 2026-11-01"},
		{"start_date", "2026-11-01T00:00:00Z", "is not a date such as 2026-11-01"},
		{"end_date", "November", "is not a date such as 2026-11-01"},
		{"end_date", "2026-10-31", "is before start_date, which is 2026-11-01"},
		{"group_by", list(), "at least 1"},
		{"group_by", list("day"), `"day" is not a key to group by: use date, customer`},
		{"group_by", list("Customer"), "is not a key to group by"},
		{"group_by", list("tag:"), "is not a key to group by"},
		{"group_by", list("tag: "), "is not a key to group by"},
		{"group_by", list("date", "customer", "date"), `"date" is given twice`},
		{"group_by", list("tag:env", "tag:Env"), `"tag:Env" is given twice`},
		{"max_groups", big.NewFloat(0), "at least 1"},
		{"max_groups", big.NewFloat(-1), "at least 1"},
	} {
		arguments := providertest.Arguments{"currency_code": "EUR", "start_date": "2026-11-01", test.argument: test.value}
		failure := server(t, refuseAll(t)).Read(t, unbilled, arguments).Fail(t)
		checkBlame(t, failure, test.argument)
		if !strings.Contains(failure.Detail, test.says) {
			t.Errorf("%s = %v: %s: %s", test.argument, test.value, failure.Summary, failure.Detail)
		}
	}
}

// claimedToken is a credential whose token has these claims.
type claimedToken string

func (c claimedToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: wiretest.Token(string(c)), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func operationFailed(code, message string) answer {
	return answer{body: `{"id":"1","status":"failed","error":{"code":"` + code + `","message":"` + message + `"}}`}
}

// Whatever goes wrong is told once, with what was asked, what came back, what to do and
// the ids; it leaves no state, and gives no secret away.
func TestExport_errors(t *testing.T) {
	t.Parallel()
	const start, ask = "POST /v1.0/reports/partners/billing/usage/", "GET " + providertest.SampleOperation
	denied := answer{status: 403, body: `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`}
	starts := func(first answer) func(api) {
		return func(a api) { a[subjectOf(t, unbilled).path], a[subjectOf(t, billed).path] = first, first }
	}
	at := func(path string, instead answer) func(api) { return func(a api) { a[path] = instead } }
	manifest := func(from, to string) func(api) {
		return func(a api) {
			a[providertest.SampleOperation] = answer{body: strings.Replace(a[providertest.SampleOperation].body, from, to, 1)}
		}
	}
	none := func(api) {}
	invoice := func(id string) providertest.Arguments { return providertest.Arguments{"invoice_id": id} }
	fullBlob := compressed(t, testdata(t, "unbilled_usage/part-00001.jsonl"))
	for name, test := range map[string]struct {
		arguments providertest.Arguments // of billed usage, if it has an invoice_id
		change    func(api)
		with      func(*pcclient.Options)
		says      []string
	}{
		"no consent, application": {nil, starts(denied), as(`{"idtyp":"app","roles":[]}`), []string{start, "403 Forbidden, code Authorization_RequestDenied", "application permission `PartnerBilling.Read.All`", "admin consent"}},
		"no consent, user":        {nil, starts(denied), as(`{"scp":"User.Read"}`), []string{start, "delegated permission `PartnerBilling.Read.All`", "admin consent"}},
		"Azure CLI":               {nil, starts(denied), as(`{"scp":"User.Read","appid":"04b07795-8ddb-461a-bbee-02f9e1bf7b46"}`), []string{"Azure CLI", "`PartnerBilling.Read.All`", "`client_id`"}},
		"another cloud":           {nil, none, func(o *pcclient.Options) { o.Graph = pcclient.Graph{OtherCloud: "usgovernment"} }, []string{"usgovernment", "public cloud only", "`environment`"}},
		"another audience": {nil, none, func(o *pcclient.Options) {
			o.Credential = entra.NewAccessTokenCredential(wiretest.Token(`{"aud":"https://api.partnercenter.microsoft.com"}`), "the provider's configuration")
		}, []string{"is for the audience https://api.partnercenter.microsoft.com", "get one for https://graph.microsoft.com"}},
		"no token for Graph": {nil, none, func(o *pcclient.Options) {
			o.Credential = entra.NewMissingAccessToken("the provider's configuration", "`graph_access_token`", "https://graph.microsoft.com")
		}, []string{"`graph_access_token` is not set"}},
		"no consent at sign-in": {nil, none, func(o *pcclient.Options) { o.Credential = refusingCredential("AADSTS65001") }, []string{"AADSTS65001", "`PartnerBilling.Read.All`"}},
		"expired secret":        {nil, none, func(o *pcclient.Options) { o.Credential = refusingCredential("AADSTS7000222") }, []string{"AADSTS7000222", "The client secret has expired"}},

		"5000, of the period":   {nil, at(providertest.SampleOperation, operationFailed("5000", "No data available")), nil, []string{ask, "code 5000: No data available", "no usage in EUR in the period `current`", "not there yet", "try again later"}},
		"5000, of an invoice":   {invoice("G012345678"), at(providertest.SampleOperation, operationFailed("5000", "Please try again later.")), nil, []string{ask, "code 5000", "no daily rated usage", "not ready yet", "legacy commerce"}},
		"5000, legacy invoice":  {invoice("D012345678"), at(providertest.SampleOperation, operationFailed("5000", "Please try again later.")), nil, []string{ask, "code 5000", "begin with D are of legacy commerce", "trying again does not help"}},
		"unknown currency":      {providertest.Arguments{"currency_code": "CHF"}, starts(answer{status: 400, body: `{"error":{"code":"BadRequest","message":"CHF is not a billing currency."}}`}), nil, []string{start, "400 Bad Request", "CHF is not a billing currency", "`currency_code`"}},
		"unknown invoice":       {invoice("G1"), starts(answer{status: 404, body: `{"error":{"code":"NotFound","message":"No such invoice."}}`}), nil, []string{start, "404 Not Found", "`invoice_id`"}},
		"throttled":             {nil, starts(answer{status: 429, body: `{}`, header: map[string]string{"Retry-After": "600"}}), nil, []string{start, "429", "10m0s", "max_retry_wait"}},
		"no Location":           {nil, starts(answer{status: 202}), nil, []string{start, "202 Accepted", "no Location"}},
		"Location elsewhere":    {nil, starts(answer{status: 202, header: map[string]string{"Location": "https://elsewhere.example/v1.0/operations/1"}}), nil, []string{start, "another host (elsewhere.example)"}},
		"blobs elsewhere":       {nil, manifest("contosoexports.blob.core.windows.net", "elsewhere.example"), nil, []string{ask, "elsewhere.example", "*.blob.core.windows.net"}},
		"blobs on loopback":     {nil, manifest("https://contosoexports.blob.core.windows.net", "http://127.0.0.1:1"), nil, []string{ask, "*.blob.core.windows.net"}},
		"no blobs array":        {nil, manifest(`"blobs"`, `"files"`), nil, []string{ask, "no blobs array"}},
		"a blob is not listed":  {nil, manifest(`"blobCount": 2`, `"blobCount": 3`), nil, []string{ask, "lists 2 blobs and says that there are 3"}},
		"second blob fails":     {nil, at(secondPart, answer{status: 503, body: `<Error><Code>ServerBusy</Code></Error>`}), nil, []string{"GET part-00001", "503 Service Unavailable, code ServerBusy"}},
		"second blob is gone":   {nil, at(secondPart, answer{status: 404, body: `<Error><Code>BlobNotFound</Code></Error>`}), nil, []string{"GET part-00001", "404 Not Found, code BlobNotFound"}},
		"second blob is cut":    {nil, at(secondPart, answer{body: fullBlob[:len(fullBlob)-9]}), nil, []string{"GET part-00001", "200 OK"}},
		"second blob is broken": {nil, at(secondPart, answer{body: fullBlob[:len(fullBlob)-8] + strings.Repeat("x", 8)}), nil, []string{"GET part-00001", "damaged"}},
		"second blob is plain":  {nil, at(secondPart, answer{body: testdata(t, "unbilled_usage/part-00001.jsonl")}), nil, []string{"GET part-00001", "not gzip"}},
		"second blob is HTML":   {nil, at(secondPart, answer{body: `<html>sig=hush</html>`}), nil, []string{"GET part-00001", "not gzip"}},
		"a row without a cost":  {nil, at(secondPart, answer{body: compressed(t, `{"CustomerId":"`+aCustomer+`"}`)}), nil, []string{"GET part-00001", "line 1: it has no BillingPreTaxTotal"}},
		"the SAS has ended":     {nil, at(secondPart, answer{status: 403, body: `<Error><Code>AuthenticationFailed</Code><AuthenticationErrorDetail>sig=hush</AuthenticationErrorDetail></Error>`}), nil, []string{"GET part-00001", "403 Forbidden, code AuthenticationFailed", "clock"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dataSource, arguments := unbilled, usageBy("customer")
			maps.Copy(arguments, test.arguments)
			if test.arguments["invoice_id"] != nil {
				dataSource, arguments = billed, test.arguments
			}
			answers := subjectOf(t, dataSource).sampled(t)
			test.change(answers)
			synctest.Test(t, func(t *testing.T) {
				failure := serverWith(t, answers, test.with).Read(t, dataSource, arguments).Fail(t)
				if strings.Contains(failure.Summary, ":") || !strings.HasPrefix(failure.Summary, "Could not ") {
					t.Errorf("summary %q", failure.Summary)
				}
				ids := []string{"request-id: answered-request-id", "client-request-id: answered-correlation-id"}
				if strings.HasPrefix(failure.Summary, "Could not sign in") || strings.Contains(failure.Detail, "public cloud") {
					ids = nil
				}
				for _, want := range append(test.says, ids...) {
					if !strings.Contains(failure.Detail, want) {
						t.Errorf("the error does not say %q:\n%s", want, failure.Detail)
					}
				}
				for _, secret := range []string{"a-token", "hush", "fastpath", "eyJ", "skoid"} {
					if strings.Contains(failure.Summary+failure.Detail, secret) {
						t.Errorf("the error gives %q away:\n%s", secret, failure.Detail)
					}
				}
			})
		})
	}
}

// as signs in with a token that has these claims.
func as(claims string) func(*pcclient.Options) {
	return func(o *pcclient.Options) { o.Credential = claimedToken(claims) }
}

// refusingCredential is a credential that Entra refuses with this code.
type refusingCredential string

func (c refusingCredential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, &entra.Error{
		Source: "the provider's configuration", Kind: "a client secret", Endpoint: "https://login.example/token", Status: http.StatusBadRequest,
		Code: string(c), Permanent: true,
	}
}

// More groups than there may be are an error, never a part of them.
func TestExport_tooManyGroups(t *testing.T) {
	t.Parallel()
	s := server(t, subjectOf(t, unbilled).sampled(t))
	arguments := usageBy("date", "service")
	arguments["max_groups"] = big.NewFloat(3)
	s.Read(t, unbilled, arguments).Succeed(t)
	arguments["max_groups"] = big.NewFloat(2)
	failure := s.Read(t, unbilled, arguments).Fail(t)
	checkBlame(t, failure, "max_groups")
	for _, want := range []string{"more than 2 groups", "raise `max_groups`", "Group by less"} {
		if !strings.Contains(failure.Detail, want) {
			t.Errorf("%q is not said: %s", want, failure.Detail)
		}
	}
}

// The wait for an export has an end, which says how long it ran.
func TestExport_deadline(t *testing.T) {
	t.Parallel()
	answers := subjectOf(t, unbilled).sampled(t)
	answers[providertest.SampleOperation] = answer{body: `{"id":"1","status":"running"}`, header: map[string]string{"Retry-After": "7"}}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		failure := server(t, answers).Read(t, unbilled, usageBy("date")).Fail(t)
		wiretest.WantElapsed(t, began, time.Minute)
		for _, want := range []string{"operation_timeout", "had been running for 1m0s", "A later run may find it ready", "request-id: answered-request-id"} {
			if !strings.Contains(failure.Detail, want) {
				t.Errorf("%q is not said: %s", want, failure.Detail)
			}
		}
	})
}
