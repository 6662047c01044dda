package datasources

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// exportStages are the requests of an export, by the ends of their paths, and how an error
// names them.
var exportStages = map[string]string{
	"unbilled/export": "POST /v1.0/reports/partners/billing/usage/unbilled/export",
	"operations/*":    "GET /v1.0/reports/partners/billing/operations/",
	"part-00001-*":    "GET part-00001-",
}

// playExport reads usage from a service of which some requests fail. Its secrets are those
// of the run.
func playExport(t *testing.T, fault *emulator.Fault, times int) (p played) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{}, nil)
		if fault != nil {
			failing := *fault
			failing.Times = times
			e.Misbehave(failing)
		}
		start := time.Now()
		question := usageBy("customer")
		question["currency_code"] = "CHF" // Few customers have it.
		p.Result = e.Read(t, unbilled, question)
		p.took = time.Since(start)
		p.secrets = []string{emulator.ClientSecret, emulator.RefreshToken, "sig=", "partnerbillingexports"}
		for _, request := range e.Requests() {
			if token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "); token != "" {
				p.secrets = append(p.secrets, token)
			}
			if signature := request.Query.Get("sig"); signature != "" {
				p.secrets = append(p.secrets, signature, url.QueryEscape(signature))
			}
		}
	})
	return p
}

// No fault gives another sum, on any request of an export: there is the whole result or
// one error, which gives no secret away.
func TestExport_faults(t *testing.T) {
	t.Parallel()
	whole := playExport(t, nil, 0)
	whole.Succeed(t)
	exportFaults := []fault{
		{name: "the SAS has ended", Fault: emulator.Fault{Path: "part-00001-*", Status: 403}, outcome: triedOver},
		{name: "another 403", Fault: emulator.Fault{Path: "part-00001-*", Status: 403, Error: "AuthorizationFailure"}, outcome: fatal},
		{name: "no blob", Fault: emulator.Fault{Path: "part-00001-*", Status: 404}, outcome: fatal},
		{name: "not compressed", Fault: emulator.Fault{Path: "part-00001-*", Encoding: emulator.Plain}, outcome: fatal},
		{name: "deflate", Fault: emulator.Fault{Path: "part-00001-*", Encoding: emulator.Deflate}, outcome: fatal},
		{name: "UTF-16", Fault: emulator.Fault{Path: "part-00001-*", Encoding: emulator.UTF16}, outcome: fatal},
		{name: "not started", Fault: emulator.Fault{Path: "operations/*", Operation: "notStarted"}, outcome: triedOver},
		{name: "running", Fault: emulator.Fault{Path: "operations/*", Operation: "running"}, outcome: triedOver},
		{name: "a status that is not known yet", Fault: emulator.Fault{Path: "operations/*", Operation: "unknownFutureValue"}, outcome: triedOver},
		{name: "completed", Fault: emulator.Fault{Path: "operations/*", Operation: "completed"}},
		{name: "failed, no data", Fault: emulator.Fault{Path: "operations/*", Operation: "failed"}, outcome: fatal},
		{name: "failed", Fault: emulator.Fault{Path: "operations/*", Operation: "failed", Code: 7000}, outcome: triedOver},
	}
	for _, f := range faults {
		if f.Path == "" && f.service == nil && f.amount == "" {
			for path := range exportStages {
				f.Path = path
				exportFaults = append(exportFaults, f)
			}
		}
	}
	for _, f := range exportFaults {
		t.Run(f.name+" "+f.Path, func(t *testing.T) {
			t.Parallel()
			isBlob := strings.HasPrefix(f.Path, "part-")
			for _, times := range []int{1, emulator.Always} {
				p := playExport(t, &f.Fault, times)
				failed := p.State.IsNull()
				switch {
				case failed:
					failure := p.Fail(t)
					if !strings.HasPrefix(failure.Summary, "Could not read unbilled usage") || !strings.Contains(failure.Detail, exportStages[f.Path]) {
						t.Errorf("%s: %s", failure.Summary, failure.Detail)
					}
					for _, secret := range p.secrets {
						if strings.Contains(failure.Summary+failure.Detail, secret) {
							t.Errorf("the error gives %q away:\n%s", secret, failure.Detail)
						}
					}
				case !p.State.Equal(whole.State):
					t.Error("the result is another one than without the fault")
				}
				if p.took > 30*time.Minute {
					t.Errorf("it took %s", p.took)
				}
				var want any
				switch {
				case f.Edit != nil || f.Body != nil || f.Pad > 0 || f.Framing == emulator.UntilClose,
					!isBlob && !strings.HasPrefix(f.Path, "operations") && (f.CutBody || f.Trickle > 0),
					isBlob && f.Gzip:
					// A fault of the text of a response may mean nothing where its text is not
					// read, and something else in a blob.
				case isBlob && (f.Trickle > 0 || f.Status == http.StatusUnauthorized):
					want = true
				case f.outcome == harmless, f.outcome == triedOver && times == 1:
					want = false
				case f.outcome == triedOver, isBlob, f.Status != 0:
					want = true
				}
				if want != nil && failed != want {
					t.Errorf("%d times: it failed: %t, %+v", times, failed, describe(p.Diagnostics))
				}
			}
		})
	}
}

// What an export has is what the routes of usage have, for those who may read them.
func TestExport_agrees(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := emulate(t, emulator.Options{PageSize: 12}, nil)
		arguments := providertest.Arguments{"currency_code": "EUR", "customer_ids": providertest.List(emulator.MeteredCustomerID), "start_date": "2026-11-01"}
		got := e.Read(t, unbilled, arguments).Succeed(t).Get(t, "totals", "cost_by_currency", "EUR")
		want := e.Read(t, "partnercenter_customer_usage_summary", providertest.Arguments{"customer_id": emulator.MeteredCustomerID}).Succeed(t).Get(t, "total_cost")
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the export has %v, the summary %v", got, want)
		}
	})
}

func describe(diagnostics []*tfprotov6.Diagnostic) string {
	var text strings.Builder
	for _, d := range diagnostics {
		text.WriteString(d.Summary + ": " + d.Detail)
	}
	return text.String()
}
