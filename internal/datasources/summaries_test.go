package datasources

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestCustomerUsageSummary_legacy(t *testing.T) {
	t.Parallel()
	server(t, api{ofCustomer + "/usagesummary": {body: testdata(t, "customer_usage_summary/legacy.json")}}).
		Read(t, "partnercenter_customer_usage_summary", oneCustomer).Succeed(t).
		Golden(t, "customer_usage_summary/legacy.golden.json")
}

func TestSubscriptionUsageSummary_legacy(t *testing.T) {
	t.Parallel()
	server(t, api{ofSubscription + "/usagesummary": {body: testdata(t, "subscription_usage_summary/legacy.json")}}).
		Read(t, "partnercenter_subscription_usage_summary", bothIDs).Succeed(t).
		Golden(t, "subscription_usage_summary/legacy.golden.json")
}

// Without usage, the budget is read from where it stands all the same: a customer
// that has used nothing is within a budget.
func TestCustomerUsageSummary_withoutUsage(t *testing.T) {
	t.Parallel()
	none := answer{status: 404, body: `{"code":3000,"description":"Customer does not have usage data."}`}
	for budget, want := range map[string]map[string]any{
		`{"amount":100}`: {"has_budget": true, "budget_amount": json.Number("100"), "percent_used": json.Number("0"), "within_budget": true, "over_budget": false},
		`{"amount":0}`:   {"has_budget": true, "budget_amount": json.Number("0"), "percent_used": nil, "within_budget": true, "over_budget": false},
		`{}`:             {"has_budget": false, "budget_amount": nil, "percent_used": nil, "within_budget": false, "over_budget": false},
	} {
		r := server(t, api{ofCustomer + "/usagesummary": none, ofCustomer + "/usagebudget": {body: budget}}).
			Read(t, "partnercenter_customer_usage_summary", oneCustomer).Succeed(t)
		want["has_usage"], want["total_cost"], want["usd_total_cost"] = false, json.Number("0"), json.Number("0")
		for _, attribute := range []string{"currency_code", "billing_start_date", "billing_end_date", "last_modified_date", "forecast_cost", "forecast_percent_used", "customer_name"} {
			want[attribute] = nil
		}
		for attribute, value := range want {
			if got := r.Get(t, attribute); got != value {
				t.Errorf("%s: %s is %v, want %v", budget, attribute, got, value)
			}
		}
	}

	// Not knowing the budget is not having none.
	failure := server(t, api{ofCustomer + "/usagesummary": none, ofCustomer + "/usagebudget": {status: 403, body: `{"code":20002}`}}).
		Read(t, "partnercenter_customer_usage_summary", oneCustomer).Fail(t)
	if failure.Summary != "Could not read customer usage summary" {
		t.Error(failure.Summary)
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	const september, october = "2019-09-01T00:00:00+00:00", "2019-10-01T00:00:00+00:00"
	for _, test := range []struct {
		name                             string
		cost, start, end, asOf, currency string
		want                             any
	}{
		{"half of a month", "60.25", september, october, "2019-09-16T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("120.5")},
		{"as exact as the cost", "120.5682999999995904716", september, october, "2019-09-16T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("241.1365999999991809432")},
		{"does not come out even", "1", september, october, "2019-09-08T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("4.28571428571428571429")},
		{"a refund", "-10", september, october, "2019-09-16T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("-20")},
		{"nothing", "0", september, october, "2019-09-16T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("0")},
		{"the first day", "1", september, october, "2019-09-01T23:59:59+00:00", `"currencyCode":"GBP"`, nil},
		{"after a day", "1", september, october, "2019-09-02T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("30")},
		{"before it begins", "1", september, october, "2019-08-02T00:00:00+00:00", `"currencyCode":"GBP"`, nil},
		{"when it is over", "7", september, october, "2019-10-02T00:00:00+00:00", `"currencyCode":"GBP"`, json.Number("7")},
		{"more than a day after it", "7", september, october, "2019-10-02T00:00:01+00:00", `"currencyCode":"GBP"`, nil},
		{"in 9999", "7", september, october, "9999-12-31T00:00:00+00:00", `"currencyCode":"GBP"`, nil},
		{"ahead of the clock", "7", "9999-09-01T00:00:00Z", "9999-10-01T00:00:00Z", "9999-09-30T00:00:00Z", `"currencyCode":"GBP"`, nil},
		{"since 1900", "7", "1900-01-01T00:00:00Z", october, "2019-09-16T00:00:00+00:00", `"currencyCode":"GBP"`, nil},
		{"as long as may be", "1", "2019-08-01T00:00:00Z", "2019-10-02T00:00:00Z", "2019-09-01T00:00:00Z", `"currencyCode":"GBP"`, json.Number("2")},
		{"a day longer", "1", "2019-08-01T00:00:00Z", "2019-10-03T00:00:00Z", "2019-09-01T00:00:00Z", `"currencyCode":"GBP"`, nil},
		{"ends before it begins", "1", october, september, "2019-09-16T00:00:00+00:00", `"currencyCode":"GBP"`, nil},
		{"a legacy period has its last day, in Pacific time", "10", "2016-03-01T00:00:00-08:00", "2016-03-31T00:00:00-08:00", "2016-03-11T00:00:00-08:00", `"currencyLocale":"en-US"`, json.Number("31")},
		{"a legacy period, with a time in UTC", "10", "2016-03-01T00:00:00-08:00", "2016-03-31T00:00:00-08:00", "2016-03-11T08:00:00Z", `"currencyLocale":"en-US"`, json.Number("31")},
	} {
		body := fmt.Sprintf(`{"budget":{"amount":241},"totalCost":%s,"billingStartDate":%q,"billingEndDate":%q,"lastModifiedDate":%q,%s}`,
			test.cost, test.start, test.end, test.asOf, test.currency)
		r := server(t, api{ofCustomer + "/usagesummary": {body: body}}).Read(t, "partnercenter_customer_usage_summary", oneCustomer).Succeed(t)
		if got := r.Get(t, "forecast_cost"); got != test.want {
			t.Errorf("%s: the forecast is %v, want %v", test.name, got, test.want)
		}
		if share := r.Get(t, "forecast_percent_used"); (share == nil) != (test.want == nil) {
			t.Errorf("%s: the share is %v", test.name, share)
		}
	}
}

// Percentages are rounded like the API's, half away from zero.
func TestPercentOf(t *testing.T) {
	t.Parallel()
	for cost, want := range map[string]any{
		"120.5682999999995904716": json.Number("602.84"),
		"0.001":                   json.Number("0.01"), // 0.005
		"-0.001":                  json.Number("-0.01"),
		"0.0009":                  json.Number("0"),
	} {
		body := `{"budget":{"amount":20},"totalCost":` + cost + `}`
		r := server(t, api{ofCustomer + "/usagesummary": {body: body}}).Read(t, "partnercenter_customer_usage_summary", oneCustomer).Succeed(t)
		if got := r.Get(t, "percent_used"); got != want {
			t.Errorf("%s of 20 is %v %%, want %v", cost, got, want)
		}
	}
}

func TestCustomerUsageBudget_none(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"attributes":{"objectType":"SpendingBudget"}}`, `{"amount":null}`} {
		r := server(t, api{ofCustomer + "/usagebudget": {body: body}}).Read(t, "partnercenter_customer_usage_budget", oneCustomer).Succeed(t)
		if r.Get(t, "has_budget") != false || r.Get(t, "budget_amount") != nil {
			t.Errorf("%s: there is a budget", body)
		}
	}
}
