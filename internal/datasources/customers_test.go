package datasources

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

func TestCustomers_requests(t *testing.T) {
	t.Parallel()
	for want, arguments := range map[string]providertest.Arguments{
		"/v1/customers?size=500": nil,
		"/v1/customers?filter=%7B%22Field%22%3A%22CompanyName%22%2C%22Value%22%3A%22A%26B+%5C%22x%5C%22%22%2C%22Operator%22%3A%22starts_with%22%7D&size=500": {"name_prefix": `A&B "x"`},
	} {
		var asked string
		server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.RequestURI()
			_, _ = w.Write([]byte(`{"items":[]}`))
		})).Read(t, "partnercenter_customers", arguments).Succeed(t)
		if asked != want {
			t.Errorf("asked for %s, want %s", asked, want)
		}
	}
}

func TestCustomer_byDomain(t *testing.T) {
	t.Parallel()
	const same = `{"id":"` + aCustomer + `","companyProfile":{"domain":"contoso.onmicrosoft.com"}}`
	answers := func(list string) api {
		return api{"/v1/customers": {body: list}, ofCustomer: {body: testdata(t, "customer/sample.json")}}
	}
	r := server(t, answers(testdata(t, "customers/sample.json"))).
		Read(t, "partnercenter_customer", providertest.Arguments{"domain": "Contoso.OnMicrosoft.com"}).Succeed(t)
	r.Golden(t, "customer/by_domain.golden.json")

	for problem, list := range map[string]string{
		"Customer not found":      `{"items":[{"id":"` + aCustomer + `","companyProfile":{"domain":"contoso.onmicrosoft.com.example"}}]}`,
		"Several customers found": `{"items":[` + same + `,` + strings.Replace(same, "e1e1", "e2e2", 1) + `]}`,
		"Could not read customer": `{"totalCount":2,"items":[` + same + `]}`,
	} {
		failure := server(t, answers(list)).Read(t, "partnercenter_customer", providertest.Arguments{"domain": "contoso.onmicrosoft.com"}).Fail(t)
		if failure.Summary != problem {
			t.Errorf("%s: %s, want %s", failure.Summary, failure.Detail, problem)
		}
		if problem != "Could not read customer" {
			checkBlame(t, failure, "domain")
		}
	}
}

// A customer that is listed twice, since the list has shifted, is one.
func TestCustomer_byDomainListedTwice(t *testing.T) {
	t.Parallel()
	list := `{"items":[{"id":" ` + strings.ToUpper(aCustomer) + `","companyProfile":{"domain":"a.example","companyName":"Old"}},{"id":"` + aCustomer + `","companyProfile":{"domain":"A.example"}}]}`
	ofUpper := strings.Replace(ofCustomer, aCustomer, strings.ToUpper(aCustomer), 1)
	r := server(t, api{"/v1/customers": {body: list}, ofUpper: {body: testdata(t, "customer/sample.json")}}).
		Read(t, "partnercenter_customer", providertest.Arguments{"domain": "a.example"}).Succeed(t)
	if got := r.Get(t, "customer_id"); got != aCustomer {
		t.Error(got)
	}
}

func TestCustomer_exactlyOneArgument(t *testing.T) {
	t.Parallel()
	for _, arguments := range []providertest.Arguments{nil, {"customer_id": aCustomer, "domain": "contoso.example"}} {
		failure := server(t, refuseAll(t)).Read(t, "partnercenter_customer", arguments).Fail(t)
		checkBlame(t, failure, "customer_id")
	}
}

// The id is sent, and given back to Terraform, as it is written.
func TestCustomer_idAsWritten(t *testing.T) {
	t.Parallel()
	upper := strings.ToUpper(aCustomer)
	r := server(t, api{"/v1/customers/" + upper: {body: testdata(t, "customer/sample.json")}}).
		Read(t, "partnercenter_customer", providertest.Arguments{"customer_id": upper}).Succeed(t)
	if got := r.Get(t, "customer_id"); got != upper {
		t.Error(got)
	}
	if got := r.Get(t, "tenant_id"); got != aCustomer {
		t.Error(got)
	}
}

func TestSubscriptions_filters(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_subscriptions"
	s := subjectOf(t, name)
	for what, test := range map[string]struct {
		arguments providertest.Arguments
		want      []any
	}{
		"all":         {nil, []any{"Azure plan", "Microsoft Azure", "My Office", "Not an Azure product"}},
		"azure":       {providertest.Arguments{"azure_only": true}, []any{"Azure plan", "Microsoft Azure"}},
		"status":      {providertest.Arguments{"status": "ACTIVE"}, []any{"Azure plan", "Microsoft Azure", "Not an Azure product"}},
		"both":        {providertest.Arguments{"azure_only": true, "status": "suspended"}, []any{}},
		"not limited": {providertest.Arguments{"azure_only": false}, []any{"Azure plan", "Microsoft Azure", "My Office", "Not an Azure product"}},
	} {
		r := server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).Read(t, name, withArguments(s.arguments, test.arguments)).Succeed(t)
		names := []any{}
		rows, _ := r.Get(t, "subscriptions").([]any)
		for i := range rows {
			names = append(names, r.Get(t, "subscriptions", i, "subscription_name"))
		}
		if diff := cmp.Diff(test.want, names); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}
}

func TestInvoices_period(t *testing.T) {
	t.Parallel()
	s := subjectOf(t, "partnercenter_invoices")
	for _, test := range []struct {
		start, end any
		want       []any
	}{
		{nil, nil, []any{"G000024001", "G000024135", "D02005IP2S", "NODATE"}},
		{"2026-08-03", nil, []any{"G000024001", "G000024135", "NODATE"}},
		{"2026-08-02", "2026-08-02", []any{"D02005IP2S", "NODATE"}},
		{nil, "2026-09-07", []any{"D02005IP2S", "NODATE"}},
		{"2026-09-08", "2026-09-08", []any{"G000024001", "G000024135", "NODATE"}},
		{"2026-09-08T13:45:10.1234567Z", "2026-09-08T13:45:10.1234567Z", []any{"G000024001", "G000024135", "NODATE"}},
		{nil, "2026-09-08T13:45:10Z", []any{"D02005IP2S", "NODATE"}},
		{"2026-08-02T23:59:59Z", "2026-08-02", []any{"NODATE"}},
		{"2026-08-02T02:00:00+02:00", "2026-08-02T00:00:00Z", []any{"D02005IP2S", "NODATE"}},
	} {
		r := server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).
			Read(t, "partnercenter_invoices", providertest.Arguments{"period_start": test.start, "period_end": test.end}).Succeed(t)
		ids := []any{}
		rows, _ := r.Get(t, "invoices").([]any)
		for i := range rows {
			ids = append(ids, r.Get(t, "invoices", i, "invoice_id"))
		}
		if diff := cmp.Diff(test.want, ids); diff != "" {
			t.Errorf("%v to %v:\n%s", test.start, test.end, diff)
		}
	}
	for _, period := range [][2]string{{"2026-08-02", "2026-08-01"}, {"2026-08-02T00:00:01Z", "2026-08-02T00:00:00Z"}, {"2026-08-02T00:00:00Z", "2026-08-01"}, {"2026-08-02", "2026-08-01T23:59:59Z"}} {
		failure := server(t, refuseAll(t)).Read(t, "partnercenter_invoices", providertest.Arguments{"period_start": period[0], "period_end": period[1]}).Fail(t)
		checkBlame(t, failure, "period_end")
	}
	for argument, bad := range map[string]string{"period_start": "August", "period_end": "2026-13-01"} {
		checkBlame(t, server(t, refuseAll(t)).Read(t, "partnercenter_invoices", providertest.Arguments{argument: bad}).Fail(t), argument)
	}
}

// Numbers in quotes are for invoices only.
func TestInvoices_numbers(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`"12,50"`, `""`, `"1e400"`, `true`, `"NaN"`} {
		failure := server(t, api{"/v1/invoices": {body: `{"items":[{"totalCharges":` + bad + `}]}`}}).Read(t, "partnercenter_invoices", nil).Fail(t)
		if !strings.Contains(failure.Detail, "items[0].totalCharges") {
			t.Errorf("%s: %s", bad, failure.Detail)
		}
	}
}

// Walked by bare tokens, the list of customers ends with an error that means so
// only there.
func TestCustomers_end(t *testing.T) {
	t.Parallel()
	const first, more = `{"items":[{"id":"` + aCustomer + `"}],"continuationToken":"t"}`, `{"items":[],"links":{"next":{"uri":"/customers?seekOperation=Next","headers":[{"key":"MS-ContinuationToken","value":"t"}]}}}`
	pastTheEnd := answer{status: http.StatusBadRequest, body: `{"code":2000,"description":"Invalid id."}`}
	r := server(t, api{"/v1/customers": {body: first}, "/v1/customers t": pastTheEnd}).Read(t, "partnercenter_customers", nil).Succeed(t)
	if list, _ := r.Get(t, "customers").([]any); len(list) != 1 {
		t.Errorf("%d customers", len(list))
	}
	for name, a := range map[string]api{
		"at once":             {"/v1/customers": pastTheEnd},
		"where there is more": {"/v1/customers": {body: strings.Replace(first, "{", `{"totalCount":2,`, 1)}, "/v1/customers t": pastTheEnd},
		"after a link":        {"/v1/customers": {body: more}, "/v1/customers t": pastTheEnd},
		"with another code":   {"/v1/customers": {body: first}, "/v1/customers t": {status: http.StatusBadRequest, body: `{"code":2001}`}},
		"with another status": {"/v1/customers": {body: first}, "/v1/customers t": {status: http.StatusForbidden, body: `{"code":2000}`}},
	} {
		failure := server(t, a).Read(t, "partnercenter_customers", nil).Fail(t)
		t.Log(name, failure.Detail)
	}
	// On other lists it is an error like any other.
	server(t, api{"/v1/invoices": {body: `{"items":[],"continuationToken":"t"}`}, "/v1/invoices t": pastTheEnd}).Read(t, "partnercenter_invoices", nil).Fail(t)
}
