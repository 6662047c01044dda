package datasources

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// with is a copy of arguments with others beside or in place of them.
func withArguments(arguments, others providertest.Arguments) providertest.Arguments {
	all := maps.Clone(arguments)
	maps.Copy(all, others)
	return all
}

func TestAzureUtilization_withoutRecords(t *testing.T) {
	t.Parallel()
	a := api{ofSubscription + "/utilizations/azure": {body: testdata(t, "azure_utilization/sample.json")}}
	with := server(t, a).Read(t, "partnercenter_azure_utilization", utilizationArguments).Succeed(t)
	arguments := maps.Clone(utilizationArguments)
	delete(arguments, "include_records") // Here they are not included by default.
	without := server(t, a).Read(t, "partnercenter_azure_utilization", arguments).Succeed(t)
	if got := without.Get(t, "records"); got != nil {
		t.Errorf("records is %v, not null", got)
	}
	for _, computed := range []string{"record_count", "quantity_by_meter", "total_count", "complete"} {
		if diff := cmp.Diff(with.Get(t, computed), without.Get(t, computed)); diff != "" {
			t.Errorf("%s depends on include_records:\n%s", computed, diff)
		}
	}
}

// Times are sent in UTC with a Z, and the continuation of this route is its own.
func TestAzureUtilization_requests(t *testing.T) {
	t.Parallel()
	var asked []string
	s := server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("MS-ContinuationToken")
		asked = append(asked, r.URL.RawQuery+" "+token)
		if token == "second" {
			_, _ = w.Write([]byte(`{"items":[]}`))
			return
		}
		next := map[string]string{"": "first", "first": "second"}[token]
		_, _ = fmt.Fprintf(w, `{"items":[],"links":{"next":{"uri":"%s/utilizations/azure?seek_operation=Next","method":"GET","headers":[{"key":"MS-ContinuationToken","value":%q}]}}}`,
			strings.TrimPrefix(ofSubscription, "/v1/"), next)
	}))
	s.Read(t, "partnercenter_azure_utilization", withArguments(utilizationArguments, providertest.Arguments{
		"start_time": "2026-11-01T00:00:00+02:00", "end_time": "2026-11-02T23:30:00-07:00", "granularity": "hourly", "show_details": false,
	})).Succeed(t)
	want := []string{
		"end_time=2026-11-03T06%3A30%3A00Z&granularity=hourly&show_details=false&size=1000&start_time=2026-10-31T22%3A00%3A00Z ",
		"seek_operation=Next first",
		"seek_operation=Next second",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
}

// Data that are not ready are waited for, on every page, and an answer without
// them is never the end of the list.
func TestAzureUtilization_notReady(t *testing.T) {
	t.Parallel()
	page := func(next string) answer {
		return answer{body: `{"items":[{"quantity":1}]` + next + `}`}
	}
	const next = `,"links":{"next":{"uri":"x?seek_operation=Next","headers":[{"key":"MS-ContinuationToken","value":"t"}]}}`
	notReady := answer{status: http.StatusNoContent, header: map[string]string{"Retry-After": "25"}}
	muchLater := answer{status: http.StatusNoContent, header: map[string]string{"Retry-After": "900"}}
	bare := answer{status: http.StatusNoContent}
	for name, test := range map[string]struct {
		answers []answer
		count   int
		says    string
	}{
		"at once":                  {[]answer{page(next), page("")}, 2, ""},
		"first page later":         {[]answer{notReady, notReady, page(next), page("")}, 2, ""},
		"second page later":        {[]answer{page(next), notReady, page("")}, 2, ""},
		"none at all":              {[]answer{bare}, 0, ""},
		"second page without data": {[]answer{page(next), bare}, 0, "204 No Content"},
		"first page much later":    {[]answer{muchLater}, 0, "Come back in 15m0s"},
		"second page much later":   {[]answer{page(next), muchLater}, 0, "Come back in 15m0s"},
		"not ready for too long":   {[]answer{notReady, notReady, notReady}, 0, "operation_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				s := server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					a := api{r.URL.Path: test.answers[asked], r.URL.Path + " t": test.answers[asked]}
					asked++
					a.ServeHTTP(w, r)
				}))
				r := s.Read(t, "partnercenter_azure_utilization", utilizationArguments)
				if test.says != "" {
					if failure := r.Fail(t); !strings.Contains(failure.Detail, test.says) {
						t.Error(failure.Detail)
					}
					return
				}
				if list, _ := r.Succeed(t).Get(t, "records").([]any); len(list) != test.count {
					t.Errorf("%d records, want %d", len(list), test.count)
				}
			})
		})
	}
}

func TestAzureUtilization_badArguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ argument, value, problem string }{
		{"start_time", "2026-11-01", "Not a time"},
		{"start_time", "yesterday", "Not a time"},
		{"end_time", "2026-11-01T00:00:00", "Not a time"},
		{"end_time", "2026-10-31T23:59:59Z", "Not a period"},
		{"end_time", "2026-11-01T01:00:00+01:00", "Not a period"}, // The same instant.
		{"granularity", "weekly", "Invalid Attribute Value Match"},
	} {
		failure := server(t, refuseAll(t)).Read(t, "partnercenter_azure_utilization", withArguments(utilizationArguments, providertest.Arguments{test.argument: test.value})).Fail(t)
		checkBlame(t, failure, test.argument)
		if failure.Summary != test.problem {
			t.Errorf("%s = %q: %s: %s", test.argument, test.value, failure.Summary, failure.Detail)
		}
	}
}

func TestAzureRateCard_filters(t *testing.T) {
	t.Parallel()
	const storage, compute = "df5c5f75-1b7e-4e1c-8c4a-6a0d4a7db5b0", "0e4bc7a1-5bb8-4b9c-8f5f-2a52a4a9b5d1"
	a := api{"/v1/ratecards/azure": {body: testdata(t, "azure_rate_card/sample.json")}}
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		want      []any
	}{
		"all":         {nil, []any{compute, storage}},
		"by id":       {providertest.Arguments{"meter_ids": providertest.List(strings.ToUpper(storage))}, []any{storage}},
		"by category": {providertest.Arguments{"categories": providertest.List("virtual machines", "none such")}, []any{compute}},
		"by both":     {providertest.Arguments{"meter_ids": providertest.List(storage), "categories": providertest.List("Virtual Machines")}, []any{}},
	} {
		r := server(t, a).Read(t, "partnercenter_azure_rate_card", test.arguments).Succeed(t)
		ids := []any{}
		meters, _ := r.Get(t, "meters").([]any)
		for i := range meters {
			ids = append(ids, r.Get(t, "meters", i, "meter_id"))
		}
		if diff := cmp.Diff(test.want, ids); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	failure := server(t, a).Read(t, "partnercenter_azure_rate_card", providertest.Arguments{"meter_ids": providertest.List(aCustomer)}).Fail(t)
	checkBlame(t, failure, "meter_ids")
}

func TestAzureRateCard_requests(t *testing.T) {
	t.Parallel()
	for want, arguments := range map[string]providertest.Arguments{
		"/v1/ratecards/azure":                        nil,
		"/v1/ratecards/azure?currency=EUR&region=DE": {"currency": "EUR", "region": "DE"},
		"/v1/ratecards/azure-shared?region=NO":       {"region": "NO", "shared": true},
		"/v1/ratecards/azure?currency=CHF":           {"currency": "CHF", "shared": false},
	} {
		var asked string
		server(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.RequestURI()
			_, _ = w.Write([]byte(`{}`))
		})).Read(t, "partnercenter_azure_rate_card", arguments).Succeed(t)
		if asked != want {
			t.Errorf("asked for %s, want %s", asked, want)
		}
	}
	for argument, bad := range map[string]string{"currency": "Euro", "region": "DEU"} {
		checkBlame(t, server(t, refuseAll(t)).Read(t, "partnercenter_azure_rate_card", providertest.Arguments{argument: bad}).Fail(t), argument)
	}
}

func TestAzureRateCard_badQuantity(t *testing.T) {
	t.Parallel()
	failure := server(t, api{"/v1/ratecards/azure": {body: `{"meters":[{"id":"m","rates":{"many":1}}]}`}}).
		Read(t, "partnercenter_azure_rate_card", nil).Fail(t)
	if !strings.Contains(failure.Detail, "meters[0].rates") || !strings.Contains(failure.Detail, `"many"`) || !strings.Contains(failure.Detail, "GET /v1/ratecards/azure") {
		t.Error(failure.Detail)
	}
}

// ownUsage answers what the data source asks for one after the other.
func ownUsage(t *testing.T, changes api) api {
	t.Helper()
	s := subjects["partnercenter_azure_subscription_usage"]
	a := s.answers(t, answer{body: testdata(t, s.sample)})
	maps.Copy(a, changes)
	return a
}

const planPath = ofCustomer + "/subscriptions/" + upperPlan

func TestAzureSubscriptionUsage(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_azure_subscription_usage"
	arguments := subjects[name].arguments

	t.Run("without usage", func(t *testing.T) {
		t.Parallel()
		for _, none := range []answer{{status: 404, body: `{"code":3000}`}, {status: 204}, {body: `{"items":[]}`}} {
			r := server(t, ownUsage(t, api{planPath + "/resourceusagerecords": none})).Read(t, name, arguments).Succeed(t)
			r.Golden(t, "azure_subscription_usage/without_usage.golden.json")
		}
	})
	t.Run("in no plan", func(t *testing.T) {
		t.Parallel()
		failure := server(t, ownUsage(t, nil)).Read(t, name, withArguments(arguments, providertest.Arguments{"azure_subscription_id": aSubscription})).Fail(t)
		checkBlame(t, failure, "azure_subscription_id")
		if !strings.Contains(failure.Detail, "1 Azure plans") {
			t.Error(failure.Detail)
		}
	})
	t.Run("what is looked for may be in the rest", func(t *testing.T) {
		t.Parallel()
		for path, body := range map[string]string{
			planPath + "/azureEntitlements":    `{"totalCount":2,"items":[]}`,
			ofCustomer + "/subscriptions":      `{"totalCount":2,"items":[]}`,
			planPath + "/resourceusagerecords": `{"totalCount":2,"items":[]}`,
		} {
			failure := server(t, ownUsage(t, api{path: {body: body}})).Read(t, name, arguments).Fail(t)
			if !strings.Contains(failure.Detail, "not complete") {
				t.Errorf("%s: %s", path, failure.Detail)
			}
		}
	})
	t.Run("an error on the way", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{planPath + "/azureEntitlements", planPath + "/resourceusagerecords"} {
			failure := server(t, ownUsage(t, api{path: {status: 403, body: `{"code":20002}`}})).Read(t, name, arguments).Fail(t)
			if !strings.Contains(failure.Detail, "GET "+path) || failure.Summary != "Could not read azure subscription usage" {
				t.Errorf("%s: %s", failure.Summary, failure.Detail)
			}
		}
	})
	t.Run("several currencies", func(t *testing.T) {
		t.Parallel()
		body := `{"items":[{"entitlementId":"` + anEntitlement + `","totalCost":1,"currencyCode":"GBP"},{"entitlementId":"` + anEntitlement + `","totalCost":1,"currencyCode":"EUR"}]}`
		failure := server(t, ownUsage(t, api{planPath + "/resourceusagerecords": {body: body}})).Read(t, name, arguments).Fail(t)
		if !strings.Contains(failure.Detail, "2 currencies") {
			t.Error(failure.Detail)
		}
	})
}

func TestSubscriptionResourceUsage_filters(t *testing.T) {
	t.Parallel()
	const name, development, unlisted = "partnercenter_subscription_resource_usage", "E1E1E1E1-1111-4222-8333-444444444444", "ffffffff-1111-4222-8333-444444444444"
	s := subjects[name]
	for what, test := range map[string]struct {
		arguments providertest.Arguments
		want      []any
	}{
		"all":            {nil, []any{nil, "test", "web-os", "db", "shop"}},
		"entitlement":    {providertest.Arguments{"entitlement_ids": providertest.List(development)}, []any{"test"}},
		"resource group": {providertest.Arguments{"resource_group_names": providertest.List("RG-WEB")}, []any{"test", "web-os", "shop"}},
		"both":           {providertest.Arguments{"entitlement_ids": providertest.List(anEntitlement), "resource_group_names": providertest.List("rg-web")}, []any{"web-os", "shop"}},
		"missing":        {providertest.Arguments{"entitlement_ids": providertest.List(unlisted), "allow_missing": true}, []any{}},
	} {
		r := server(t, s.answers(t, answer{body: testdata(t, s.sample)})).Read(t, name, withArguments(s.arguments, test.arguments)).Succeed(t)
		names := []any{}
		rows, _ := r.Get(t, "records").([]any)
		for i := range rows {
			names = append(names, r.Get(t, "records", i, "resource_name"))
		}
		if diff := cmp.Diff(test.want, names); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
		if missing, _ := r.Get(t, "missing_entitlement_ids").([]any); (len(missing) == 1) != (what == "missing") {
			t.Errorf("%s: missing %v", what, missing)
		}
	}
	failure := server(t, s.answers(t, answer{body: testdata(t, s.sample)})).Read(t, name, withArguments(s.arguments, providertest.Arguments{"entitlement_ids": providertest.List(unlisted)})).Fail(t)
	checkBlame(t, failure, "entitlement_ids")
}
