package graphbilling

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const denied = `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","innerError":{"date":"2026-08-02T09:43:00","request-id":"r","client-request-id":"c"}}}`

// Every failure says what was tried, what came back and what to do.
func TestErrors(t *testing.T) {
	t.Parallel()
	const tenant, otherTenant = "66f469a3-cb02-4f67-8a85-21e33f1d893a", "11111111-2222-3333-4444-555555555555"
	token := func(claims string) func(*pcclient.Options) {
		return func(o *pcclient.Options) {
			o.TenantID = tenant
			o.Credential = tokenFunc(func() (string, error) { return wiretest.Token(claims), nil })
		}
	}
	invoice := func(id string) Query { return Query{InvoiceID: id, GroupBy: []string{"customer"}} }
	refused := func(e *exchange) { e.export = wiretest.Respond(http.StatusForbidden, denied, "request-id", "graph-1") }
	fails := func(code, message string) func(*exchange) {
		return func(e *exchange) {
			e.operation = wiretest.Respond(http.StatusOK, failed(code, message), "request-id", "graph-2")
		}
	}
	answers := func(status int, body string, headers ...string) func(*exchange) {
		return func(e *exchange) { e.export = wiretest.Respond(status, body, headers...) }
	}
	for name, test := range map[string]struct {
		query  Query
		change func(*exchange)
		with   func(*pcclient.Options)
		want   string
		advice string
	}{
		"no consent of an application": {euros, refused, token(`{"idtyp":"app","roles":["User.Read.All"]}`), "403 Forbidden, code Authorization_RequestDenied: Insufficient privileges", "Add the application permission `PartnerBilling.Read.All`"},
		"no consent of a user":         {euros, refused, token(`{"scp":"User.Read"}`), "403 Forbidden", "Add the delegated permission `PartnerBilling.Read.All`"},
		"Azure CLI":                    {euros, refused, token(`{"scp":"User.Read","appid":"04B07795-8ddb-461a-bbee-02f9e1bf7b46"}`), "403 Forbidden", "The Azure CLI signs in with an application of its own"},
		"no role":                      {euros, refused, token(`{"scp":"User.Read partnerbilling.read.all"}`), "403 Forbidden", "Admin agent or Billing admin role"},
		"another partner":              {euros, refused, token(`{"idtyp":"app","roles":["PartnerBilling.Read.All"]}`), "403 Forbidden", "direct-bill partner"},
		"another tenant":               {euros, refused, token(`{"idtyp":"app","tid":"` + otherTenant + `"}`), "403 Forbidden", "for the tenant " + otherTenant},
		"opaque token":                 {euros, refused, nil, "403 Forbidden", "Add the application permission"},
		"expired token":                {euros, answers(http.StatusUnauthorized, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed."}}`), nil, "401 Unauthorized, code InvalidAuthenticationToken", "may have expired"},
		"unknown currency":             {Query{CurrencyCode: "XXX"}, answers(http.StatusBadRequest, `{"error":{"code":"BadRequest","message":"Invalid currency."}}`), nil, "POST /v1.0/reports/partners/billing/usage/unbilled/export: 400 Bad Request, code BadRequest: Invalid currency.", "Check that `currency_code`"},
		"unknown invoice":              {invoice("G1"), answers(http.StatusNotFound, `{"error":{"code":"NotFound","message":"No such invoice."}}`), nil, "404 Not Found, code NotFound", "Check `invoice_id`"},
		"no data":                      {euros, fails("5000", "No data available"), nil, "200 OK, code 5000: No data available", "Either there is no usage in EUR in the period `current`, or it is not there yet"},
		"no data as a number": {euros, func(e *exchange) {
			e.operation = wiretest.Respond(http.StatusOK, `{"status":"Failed","error":{"code":5000,"message":"m"}}`)
		}, nil, "code 5000: m", "Either there is no usage"},
		"no data of an invoice": {invoice("G012345678"), fails("5000", "No reconciliation data available currently for Invoice G012345678. Please try again later."), nil, "code 5000: No reconciliation data available", "may be about licences, reservations or the Marketplace only), or its usage is not ready yet, or it is of legacy commerce"},
		"legacy invoice":        {invoice("d012345678"), fails("5000", "Please try again later."), nil, "code 5000", "begin with D are of legacy commerce"},
		"another failure":       {euros, fails("7000", "Internal error"), nil, "code 7000: Internal error", "failed to prepare two exports"},
		"no words":              {euros, func(e *exchange) { e.operation = wiretest.Respond(http.StatusOK, `{"status":"failed"}`) }, nil, "the export failed without a description", "failed to prepare two exports"},
		"throttled":             {euros, answers(http.StatusTooManyRequests, `{}`, "Retry-After", "600"), nil, "429 Too Many Requests", "asks to wait 10m0s"},
		"down":                  {euros, answers(http.StatusServiceUnavailable, `{}`), nil, "503 Service Unavailable", "Try again later"},
		"no network":            {euros, func(e *exchange) { e.export = wiretest.Fail(syscall.ECONNRESET) }, nil, "connection reset", "There was no response from Microsoft Graph"},
		"redirect":              {euros, answers(http.StatusTemporaryRedirect, ``, "Location", "https://example.com"), nil, "307 Temporary Redirect", "does not follow redirects"},
		"no network to blobs":   {euros, func(e *exchange) { e.blobs[firstBlob] = wiretest.Fail(syscall.ECONNRESET) }, nil, "GET part-00000.json.gz: connection reset", "let requests to *.blob.core.windows.net through"},
		"blob is gone":          {euros, func(e *exchange) { e.blobs[firstBlob] = wiretest.Respond(http.StatusNotFound, ``) }, nil, "GET part-00000.json.gz: 404 Not Found", "replaced or removed"},
		"no consent at sign-in": {euros, refused, func(o *pcclient.Options) {
			o.Credential = tokenFunc(func() (string, error) { return "", &entra.Error{Code: "AADSTS65001", Permanent: true} })
		}, "AADSTS65001", "Add the delegated permission"},
		"another cloud": {euros, refused, func(o *pcclient.Options) { o.Graph.OtherCloud = "china" }, "no partner billing exports in the cloud china", "public cloud only"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := goodExchange()
				test.change(e)
				if test.with == nil {
					test.with = func(*pcclient.Options) {}
				}
				client, w := newTestClient(t, e.respond, test.with)
				usage, err := client.Usage(t.Context(), test.query)
				if usage != nil {
					t.Errorf("the usage is %+v", usage)
				}
				wiretest.WantText(t, err, test.want)
				wiretest.WantOneLine(t, err.Error())
				wantAdvice(t, err, test.advice)
				wantNoSecret(t, err)
				wantOnlyAllowedHosts(t, w)
			})
		})
	}
}

// A token for Partner Center is not sent to Microsoft Graph.
func TestErrors_otherAudience(t *testing.T) {
	t.Parallel()
	token := wiretest.Token(`{"aud":"https://api.partnercenter.microsoft.com"}`)
	client, w := newTestClient(t, goodExchange().respond, func(o *pcclient.Options) {
		o.Credential = entra.NewAccessTokenCredential(token, "the provider's configuration")
	})
	_, err := client.Usage(t.Context(), euros)
	wiretest.WantText(t, err, "the access token is for the audience https://api.partnercenter.microsoft.com; get one for https://graph.microsoft.com")
	wiretest.WantNoSecret(t, err, token)
	w.WantRequests(t, 0)
}

// An export that fails for another reason than its data is started once more.
func TestFailedExport_onceMore(t *testing.T) {
	t.Parallel()
	e := goodExchange()
	e.operation = wiretest.Sequence(t, wiretest.Respond(http.StatusOK, failed("7000", "Internal error")), e.operation)
	client, w := newTestClient(t, e.respond)
	usage, err := client.Usage(t.Context(), euros)
	if err != nil || costs(usage, byCustomer) != goodCosts {
		t.Error(usage, err)
	}
	w.WantRequests(t, 2+2+2)
}

// One that has no data is not: its readers share the error, and a later read asks again.
func TestFailedExport_shared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := goodExchange()
		e.operation = wiretest.Delay(time.Second, wiretest.Respond(http.StatusOK, failed("5000", "No data available")))
		client, w := newTestClient(t, e.respond)
		done := make(chan error)
		for i := range 5 {
			go func() {
				_, err := client.Usage(t.Context(), Query{CurrencyCode: "EUR", MaxGroups: i + 1})
				done <- err
			}()
		}
		for range 5 {
			wiretest.WantText(t, <-done, "code 5000")
		}
		w.WantRequests(t, 2)
		_, err := client.Usage(t.Context(), euros)
		wiretest.WantText(t, err, "code 5000")
		w.WantRequests(t, 4)
	})
}

// The ids that Microsoft's support asks for.
func TestErrors_ids(t *testing.T) {
	t.Parallel()
	e := goodExchange()
	e.export = wiretest.Respond(http.StatusForbidden, denied, "request-id", "graph-1", "client-request-id", "ours")
	client, w := newTestClient(t, e.respond)
	_, err := client.Usage(t.Context(), euros)
	found := apiError(t, err)
	if found.RequestID != "graph-1" || found.CorrelationID != "ours" {
		t.Errorf("the ids are %q and %q", found.RequestID, found.CorrelationID)
	}
	if got := w.Requests()[0].Header.Get("User-Agent"); got != "" {
		t.Errorf("User-Agent is %q", got)
	}
	e = goodExchange()
	e.blobs[firstBlob] = wiretest.Respond(http.StatusOK, "not gzip", "x-ms-request-id", "blob-1")
	client, _ = newTestClient(t, e.respond)
	_, err = client.Usage(t.Context(), euros)
	if found := apiError(t, err); found.RequestID != "blob-1" {
		t.Errorf("the id is %q", found.RequestID)
	}
}

// Where Microsoft Graph is on loopback, as the emulator is, blobs may be, too.
func TestLoopback(t *testing.T) {
	t.Parallel()
	for root, want := range map[string]string{
		"http://127.0.0.1:9000/exports/1":                        "",
		"http://localhost/exports/1":                             "",
		"https://contosoexports.blob.core.windows.net/exports/1": "",
		"http://10.0.0.1/exports/1":                              "names the host 10.0.0.1",
		"http://contosoexports.blob.core.windows.net/exports/1":  "blobs are read from",
		"http://127.0.0.1.example/exports/1":                     "names the host",
		"ftp://127.0.0.1/exports/1":                              "names the host",
	} {
		e := goodExchange()
		e.export = wiretest.Respond(http.StatusAccepted, "", "Location", "http://127.0.0.1:8080/v1.0/operations/1")
		e.operation = wiretest.Respond(http.StatusOK, fmt.Sprintf(`{"status":"succeeded","resourceLocation":{"rootDirectory":%q,"sasToken":"sig=1","blobs":[{"name":%q}]}}`, root, firstBlob))
		client, _ := newTestClient(t, e.respond, func(o *pcclient.Options) { o.Graph.Endpoint = wiretest.ParseURL(t, "http://127.0.0.1:8080") })
		usage, err := client.Usage(t.Context(), euros)
		if want == "" && (err != nil || usage.Totals.RowCount != 2) {
			t.Errorf("%s: %v", root, err)
		}
		if want != "" {
			wiretest.WantText(t, err, want)
		}
	}
}
