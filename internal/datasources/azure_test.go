package datasources

import (
	"encoding/json"
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
	with := server(t, a).Read(t, "partnercenter_azure_utilization", subjectOf(t, "partnercenter_azure_utilization").arguments).Succeed(t)
	arguments := maps.Clone(subjectOf(t, "partnercenter_azure_utilization").arguments)
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
	s.Read(t, "partnercenter_azure_utilization", withArguments(subjectOf(t, "partnercenter_azure_utilization").arguments, providertest.Arguments{
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
		return answer{body: fmt.Sprintf(`{"items":[{"quantity":%d}]%s}`, len(next), next)}
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
		"first page much later":    {[]answer{muchLater}, 0, "Try again in 15m0s"},
		"second page much later":   {[]answer{page(next), muchLater}, 0, "Try again in 15m0s"},
		"accepted, and much later": {[]answer{{status: http.StatusAccepted, header: muchLater.header}}, 0, "Try again in 15m0s, or raise `max_retry_wait`"},
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
				r := s.Read(t, "partnercenter_azure_utilization", subjectOf(t, "partnercenter_azure_utilization").arguments)
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
		failure := server(t, refuseAll(t)).Read(t, "partnercenter_azure_utilization", withArguments(subjectOf(t, "partnercenter_azure_utilization").arguments, providertest.Arguments{test.argument: test.value})).Fail(t)
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
			_, _ = w.Write([]byte(`{"meters":[]}`))
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
	s := subjectOf(t, "partnercenter_azure_subscription_usage")
	a := s.answers(t, answer{body: testdata(t, s.Sample)})
	maps.Copy(a, changes)
	return a
}

const planPath = ofCustomer + "/subscriptions/" + upperPlan

func TestAzureSubscriptionUsage(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_azure_subscription_usage"
	arguments := subjectOf(t, name).arguments

	t.Run("without usage", func(t *testing.T) {
		t.Parallel()
		for _, none := range []answer{{status: 404, body: `{"code":3000,"description":"Customer does not have usage data."}`}, {status: 204}, {body: `{"items":[]}`}} {
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
			if !strings.Contains(failure.Detail, "is incomplete") {
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
	const secondPlan, third = "b2b2b2b2-cccc-4ddd-8eee-f2f2f2f2f2f2", "b3b3b3b3-cccc-4ddd-8eee-f2f2f2f2f2f2"
	plans := func(ids ...string) answer {
		var items []string
		for _, id := range ids {
			items = append(items, `{"id":"`+id+`","offerId":"DZH318Z0BPS6:0001:DZH318Z08QFK","productType":{"id":"Azure"}}`)
		}
		return answer{body: `{"items":[` + strings.Join(items, ",") + `]}`}
	}
	costs := func(cost string, owner string) answer {
		return answer{body: `{"items":[{` + owner + `,"totalCost":` + cost + `,"usdTotalCost":` + cost + `,"currencyCode":"EUR"}]}`}
	}
	lists := func(status string) answer {
		return answer{body: `{"items":[{"id":"` + strings.ToUpper(anEntitlement) + `","friendlyName":"` + status + `","status":"` + status + `"}]}`}
	}
	const ofSecond, ofThird = ofCustomer + "/subscriptions/" + secondPlan, ofCustomer + "/subscriptions/" + third
	own := `"entitlementId":"` + anEntitlement + `"`
	t.Run("in two plans, the first deleted", func(t *testing.T) {
		t.Parallel()
		r := server(t, api{
			ofCustomer + "/subscriptions":      plans(third, secondPlan),
			ofThird + "/azureEntitlements":     lists("deleted"),
			ofThird + "/resourceusagerecords":  costs("100.5", own),
			ofSecond + "/azureEntitlements":    lists("active"),
			ofSecond + "/resourceusagerecords": costs("900", own),
		}).Read(t, name, arguments).Succeed(t)
		for field, want := range map[string]any{
			"total_cost": json.Number("1000.5"), "usd_total_cost": json.Number("1000.5"), "has_usage": true, "resource_count": json.Number("2"),
			"plan_id": secondPlan, "status": "active", "subscription_name": "active",
		} {
			if got := r.Get(t, field); got != want {
				t.Errorf("%s is %v, want %v", field, got, want)
			}
		}
	})
	t.Run("a plan that is gone", func(t *testing.T) {
		t.Parallel()
		a := api{
			ofCustomer + "/subscriptions":      plans(third, secondPlan),
			ofThird + "/azureEntitlements":     {status: 404, body: `{"code":20003,"description":"Not found."}`},
			ofThird + "/resourceusagerecords":  {status: 404, body: `{"code":20003,"description":"Not found."}`},
			ofSecond + "/azureEntitlements":    lists("active"),
			ofSecond + "/resourceusagerecords": costs("900", own),
		}
		if got := server(t, a).Read(t, name, arguments).Succeed(t).Get(t, "total_cost"); got != json.Number("900") {
			t.Errorf("the cost is %v", got)
		}
		a[ofSecond+"/azureEntitlements"] = a[ofThird+"/azureEntitlements"]
		failure := server(t, a).Read(t, name, arguments).Fail(t)
		checkBlame(t, failure, "azure_subscription_id")
		if !strings.Contains(failure.Detail, "of 2 of these plans") {
			t.Error(failure.Detail)
		}
	})
	t.Run("a 404 that does not say why", func(t *testing.T) {
		t.Parallel()
		for _, body := range []string{`<html>`, ``, `{"code":20002}`, `{"error":{"code":"ResourceNotFound","message":"x"}}`, `{"code":3000,"description":"Invalid property."}`} {
			a := api{
				ofCustomer + "/subscriptions":      plans(third, secondPlan),
				ofThird + "/azureEntitlements":     {status: 404, body: body},
				ofThird + "/resourceusagerecords":  costs("900", own),
				ofSecond + "/azureEntitlements":    lists("active"),
				ofSecond + "/resourceusagerecords": costs("1", own),
			}
			// What the plan has cost is counted all the same.
			if got := server(t, a).Read(t, name, arguments).Succeed(t).Get(t, "total_cost"); got != json.Number("901") {
				t.Errorf("%s: the cost is %v", body, got)
			}
			a[ofThird+"/resourceusagerecords"] = answer{status: 404, body: body}
			if got := server(t, a).Read(t, name, arguments).Succeed(t).Get(t, "total_cost"); got != json.Number("1") {
				t.Errorf("%s: the cost is %v", body, got)
			}
			a[ofThird+"/azureEntitlements"] = answer{body: `{"items":[]}`}
			failure := server(t, a).Read(t, name, arguments).Fail(t)
			if !strings.Contains(failure.Detail, "GET "+ofThird+"/resourceusagerecords: 404") {
				t.Error(failure.Detail)
			}
		}
	})
	t.Run("a plan that lists it, and whose usage is not found", func(t *testing.T) {
		t.Parallel()
		for _, code := range []string{"1000", "20003", "900118"} {
			failure := server(t, ownUsage(t, api{planPath + "/resourceusagerecords": {status: 404, body: `{"code":` + code + `,"description":"Not found."}`}})).Read(t, name, arguments).Fail(t)
			if !strings.Contains(failure.Detail, "GET "+planPath+"/resourceusagerecords: 404") {
				t.Error(failure.Detail)
			}
		}
	})
	t.Run("moved from a plan that lists it no longer", func(t *testing.T) {
		t.Parallel()
		for what, entitlements := range map[string]answer{
			"not listed": {body: `{"items":[]}`},
			"not found":  {status: 404, body: `{"code":20003,"description":"Not found."}`},
		} {
			r := server(t, api{
				ofCustomer + "/subscriptions":      plans(third, secondPlan, strings.ToUpper(third)),
				ofThird + "/azureEntitlements":     entitlements,
				ofThird + "/resourceusagerecords":  costs("900", own),
				ofSecond + "/azureEntitlements":    lists("active"),
				ofSecond + "/resourceusagerecords": {body: `{"items":[]}`},
			}).Read(t, name, arguments).Succeed(t)
			if r.Get(t, "total_cost") != json.Number("900") || r.Get(t, "has_usage") != true || r.Get(t, "plan_id") != secondPlan {
				t.Errorf("%s: the cost is %v, plan %v", what, r.Get(t, "total_cost"), r.Get(t, "plan_id"))
			}
		}
	})
	t.Run("of a kind that is not known", func(t *testing.T) {
		t.Parallel()
		a := api{
			ofCustomer + "/subscriptions":      {body: `{"items":[{"id":"` + third + `","quantity":1.5},{"id":"` + secondPlan + `"}]}`},
			ofThird + "/azureEntitlements":     lists("active"),
			ofThird + "/resourceusagerecords":  costs("900", own),
			ofSecond + "/azureEntitlements":    {body: `{"items":[]}`},
			ofSecond + "/resourceusagerecords": costs("1", own),
		}
		if got := server(t, a).Read(t, name, arguments).Succeed(t).Get(t, "total_cost"); got != json.Number("901") {
			t.Errorf("the cost is %v", got)
		}
		a[ofCustomer+"/subscriptions"] = answer{body: `{"items":[{"id":"` + third + `"},{"offerId":"DZH318Z0BPS6"}]}`}
		if failure := server(t, a).Read(t, name, arguments).Fail(t); !strings.Contains(failure.Detail, "without an id") {
			t.Error(failure.Detail)
		}
	})
	t.Run("a plan without a product type", func(t *testing.T) {
		t.Parallel()
		a := ownUsage(t, api{ofCustomer + "/subscriptions": {body: `{"items":[{"id":"` + upperPlan + `","offerId":"DZH318Z0BPS6:0001:DZH318Z08QFK"}]}`}})
		server(t, a).Read(t, name, arguments).Succeed(t)
	})
	t.Run("resources without an entitlement", func(t *testing.T) {
		t.Parallel()
		for what, test := range map[string]struct {
			owner      string
			cost       any
			hasUsage   bool
			groupCosts int
		}{
			"told by the URI":            {`"resourceUri":"/subscriptions/` + strings.ToUpper(anEntitlement) + `/resourceGroups/x"`, json.Number("900"), true, 1},
			"told by the URI: another's": {`"resourceUri":"/subscriptions/` + aCustomer + `/resourceGroups/x"`, json.Number("0"), false, 0},
			"not told by the URI":        {`"resourceUri":"/providers/x"`, nil, true, 1},
			"without a URI":              {`"entitlementId":""`, nil, true, 1},
		} {
			r := server(t, ownUsage(t, api{planPath + "/resourceusagerecords": costs("900", test.owner)})).Read(t, name, arguments).Succeed(t)
			if got := r.Get(t, "total_cost"); got != test.cost {
				t.Errorf("%s: the cost is %v, want %v", what, got, test.cost)
			}
			if got := r.Get(t, "usd_total_cost"); got != test.cost {
				t.Errorf("%s: the cost in USD is %v, want %v", what, got, test.cost)
			}
			if got := r.Get(t, "has_usage"); got != test.hasUsage {
				t.Errorf("%s: has_usage is %v", what, got)
			}
			groups, _ := r.Get(t, "cost_by_resource_group").([]any)
			if len(groups) != test.groupCosts || len(groups) > 0 && r.Get(t, "cost_by_resource_group", 0, "total_cost") != test.cost {
				t.Errorf("%s: %v", what, groups)
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
	s := subjectOf(t, name)
	for what, test := range map[string]struct {
		arguments providertest.Arguments
		want      []any
	}{
		"all":            {nil, []any{nil, "test", "web-os", "db", "shop"}},
		"entitlement":    {providertest.Arguments{"entitlement_ids": providertest.List(" " + development + "\n")}, []any{nil, "test"}},
		"resource group": {providertest.Arguments{"resource_group_names": providertest.List("RG-WEB")}, []any{nil, "test", "web-os", "shop"}},
		"both":           {providertest.Arguments{"entitlement_ids": providertest.List(anEntitlement), "resource_group_names": providertest.List("rg-web")}, []any{nil, "web-os", "shop"}},
		"missing":        {providertest.Arguments{"entitlement_ids": providertest.List(unlisted), "allow_missing": true}, []any{nil}},
	} {
		r := server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).Read(t, name, withArguments(s.arguments, test.arguments)).Succeed(t)
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
	failure := server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).Read(t, name, withArguments(s.arguments, providertest.Arguments{"entitlement_ids": providertest.List(unlisted)})).Fail(t)
	checkBlame(t, failure, "entitlement_ids")
}

// A resource group that is not listed is an error, as is one of another Azure
// subscription than is asked for.
func TestSubscriptionResourceUsage_missingResourceGroups(t *testing.T) {
	t.Parallel()
	const name, development = "partnercenter_subscription_resource_usage", "E1E1E1E1-1111-4222-8333-444444444444"
	s := subjectOf(t, name)
	for _, test := range []struct {
		arguments providertest.Arguments
		missing   []any
	}{
		{providertest.Arguments{"resource_group_names": providertest.List("rg-404")}, []any{"rg-404"}},
		{providertest.Arguments{"resource_group_names": providertest.List("rg-web", "RG-404", "rg-404")}, []any{"RG-404"}},
		{providertest.Arguments{"resource_group_names": providertest.List("data"), "entitlement_ids": providertest.List(development)}, []any{"data"}},
	} {
		arguments := withArguments(s.arguments, test.arguments)
		checkBlame(t, server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).Read(t, name, arguments).Fail(t), "resource_group_names")
		arguments["allow_missing"] = true
		r := server(t, s.answers(t, answer{body: testdata(t, s.Sample)})).Read(t, name, arguments).Succeed(t)
		if diff := cmp.Diff(test.missing, r.Get(t, "missing_resource_group_names")); diff != "" {
			t.Error(diff)
		}
	}
}

// A resource says itself where it is, if nothing else does.
func TestSubscriptionResourceUsage_byURI(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_subscription_resource_usage"
	s := subjectOf(t, name)
	body := `{"items":[{"resourceUri":"/subscriptions/` + strings.ToUpper(anEntitlement) + `/resourceGroups/Web/providers/x/y/z","totalCost":900,"currencyCode":"EUR"},
		{"resourceUri":"/providers/x","totalCost":1,"currencyCode":"eur"},
		{"entitlementId":"` + aCustomer + `","totalCost":5,"currencyCode":"EUR"}]}`
	r := server(t, s.answers(t, answer{body: body})).Read(t, name, withArguments(s.arguments, providertest.Arguments{
		"entitlement_ids": providertest.List(anEntitlement), "resource_group_names": providertest.List("web"),
	})).Succeed(t)
	if got := r.Get(t, "totals", "cost_by_currency"); !cmp.Equal(got, map[string]any{"EUR": json.Number("901")}) {
		t.Errorf("the costs are %v", got)
	}
	for i, want := range []any{nil, anEntitlement} {
		if got := r.Get(t, "cost_by_entitlement", i, "entitlement_id"); got != want {
			t.Errorf("group %d is of %v, want %v", i, got, want)
		}
	}
}

// An Azure subscription that is renamed in the middle of a month is one.
// White space makes no other resource group, Azure subscription or currency.
func TestSubscriptionResourceUsage_whiteSpace(t *testing.T) {
	t.Parallel()
	var items []string
	for _, owner := range []string{
		`"entitlementId":"` + anEntitlement + `","resourceGroupName":"rg","currencyCode":"EUR"`,
		`"entitlementId":" ` + strings.ToUpper(anEntitlement) + ` ","resourceGroupName":"RG\t","currencyCode":" eur "`,
		`"entitlementId":" ","resourceGroupName":" ","resourceUri":" /subscriptions/` + anEntitlement + ` /resourceGroups/rg /x","currencyCode":"EUR"`,
	} {
		items = append(items, `{`+owner+`,"totalCost":1}`)
	}
	items = append(items, `{"entitlementId":"`+anEntitlement+`","totalCost":5,"currencyCode":" "}`)
	r := server(t, api{ofSubscription + "/resourceusagerecords": {body: `{"items":[` + strings.Join(items, ",") + `]}`}}).
		Read(t, "partnercenter_subscription_resource_usage", withArguments(bothIDs, providertest.Arguments{"entitlement_ids": providertest.List(anEntitlement)})).Succeed(t)
	for _, sums := range []string{"cost_by_entitlement", "cost_by_resource_group"} {
		rows, _ := r.Get(t, sums).([]any)
		if len(rows) != 2 || r.Get(t, sums, 1, "total_cost") != json.Number("3") || r.Get(t, sums, 1, "currency_code") != "EUR" || r.Get(t, sums, 0, "currency_code") != nil {
			t.Errorf("%s: %v", sums, rows)
		}
	}
	if got := r.Get(t, "totals", "cost_by_currency", "unknown"); got != json.Number("5") {
		t.Errorf("%v", r.Get(t, "totals", "cost_by_currency"))
	}
}

func TestSubscriptionResourceUsage_renamed(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_subscription_resource_usage"
	s := subjectOf(t, name)
	record := func(entitlement, group, modified string) string {
		return `{"entitlementId":"` + anEntitlement + `","entitlementName":` + entitlement + `,"resourceGroupName":"` + group + `","totalCost":1,"currencyCode":"EUR","lastModifiedDate":"` + modified + `"}`
	}
	body := `{"items":[` + strings.Join([]string{
		record(`"Alt"`, "Web", "2026-11-01T00:00:00Z"), record(`"New"`, "web", "2026-11-03T00:00:00Z"),
		record(`"Old"`, "WEB", "2026-11-02T00:00:00Z"), record(`null`, "web", "2026-11-04T00:00:00Z"),
	}, ",") + `]}`
	r := server(t, s.answers(t, answer{body: body})).Read(t, name, s.arguments).Succeed(t)
	want := []any{map[string]any{
		"entitlement_id": anEntitlement, "entitlement_name": "New", "currency_code": "EUR",
		"total_cost": json.Number("4"), "usd_total_cost": nil,
	}}
	if diff := cmp.Diff(want, r.Get(t, "cost_by_entitlement")); diff != "" {
		t.Error(diff)
	}
	want = []any{map[string]any{
		"entitlement_id": anEntitlement, "resource_group_name": "web", "currency_code": "EUR",
		"total_cost": json.Number("4"), "usd_total_cost": nil,
	}}
	if diff := cmp.Diff(want, r.Get(t, "cost_by_resource_group")); diff != "" {
		t.Error(diff)
	}
}

// A meter that is renamed is one; units and regions are never added up.
func TestAzureUtilization_renamed(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_azure_utilization"
	record := func(meter, unit string, day int) string {
		return fmt.Sprintf(`{"usageStartTime":"2026-11-0%dT00:00:00Z","resource":{%s},"unit":%q,"quantity":1}`, day, meter, unit)
	}
	body := `{"items":[` + strings.Join([]string{
		record(`"id":"m","name":"New"`, "h", 2), record(`"id":"M","name":"Old"`, "h", 1), record(`"id":"m","name":"Old"`, "h", 1),
		record(`"id":"m","name":"New"`, "d", 2), record(`"name":"A"`, "h", 1), record(`"name":"B"`, "h", 1),
	}, ",") + `]}`
	s := subjectOf(t, name)
	r := server(t, s.answers(t, answer{body: body})).Read(t, name, s.arguments).Succeed(t)
	var got []string
	rows, _ := r.Get(t, "quantity_by_meter").([]any)
	for i := range rows {
		got = append(got, fmt.Sprintln(r.Get(t, "quantity_by_meter", i, "meter_id"), r.Get(t, "quantity_by_meter", i, "meter_name"), r.Get(t, "quantity_by_meter", i, "unit"), r.Get(t, "quantity_by_meter", i, "quantity")))
	}
	want := []string{"<nil> A h 1\n", "<nil> B h 1\n", "M Old h 1\n", "m New d 1\n", "m New h 2\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A tag without a value is null, and not the text null.
func TestAzureUtilization_nullTag(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_azure_utilization"
	s := subjectOf(t, name)
	body := `{"items":[{"instanceData":{"tags":{"a":null,"b":"","c":1},"additionalInfo":"{\"d\":null}"}}]}`
	r := server(t, s.answers(t, answer{body: body})).Read(t, name, s.arguments).Succeed(t)
	for tag, want := range map[string]any{"a": nil, "b": "", "c": "1"} {
		if got := r.Get(t, "records", 0, "tags", tag); got != want {
			t.Errorf("the tag %s is %#v, want %#v", tag, got, want)
		}
	}
	if got := r.Get(t, "records", 0, "additional_info", "d"); got != nil {
		t.Errorf("d is %#v", got)
	}
}
