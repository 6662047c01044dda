package datasources

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// readMeters reads the meters of an answer.
func readMeters(t *testing.T, body string, more providertest.Arguments) providertest.Result {
	t.Helper()
	subject := subjectOf(t, "partnercenter_subscription_meter_usage")
	arguments := providertest.Arguments{"customer_id": aCustomer, "subscription_id": aSubscription}
	maps.Copy(arguments, more)
	return server(t, api{subject.path: {body: body}}).Read(t, "partnercenter_subscription_meter_usage", arguments)
}

// The sample of a legacy subscription has one record of the whole subscription,
// which must not get lost for want of a meter.
func TestSubscriptionMeterUsage(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"legacy", "mixed"} {
		readMeters(t, testdata(t, "subscription_meter_usage/"+sample+".json"), nil).Succeed(t).
			Golden(t, "subscription_meter_usage/"+sample+".golden.json")
	}
}

func TestSubscriptionMeterUsage_categories(t *testing.T) {
	t.Parallel()
	body := testdata(t, "subscription_meter_usage/mixed.json")
	r := readMeters(t, body, providertest.Arguments{"categories": providertest.List("storage", "No such category"), "include_records": false}).Succeed(t)
	r.Golden(t, "subscription_meter_usage/categories.golden.json")

	r = readMeters(t, body, providertest.Arguments{"categories": providertest.List("No such category")}).Succeed(t)
	// A record of the whole subscription says nothing of categories, and is kept.
	for _, attribute := range []string{"records", "cost_by_category"} {
		if rows, _ := r.Get(t, attribute).([]any); len(rows) != 1 || r.Get(t, attribute, 0, "category") != nil {
			t.Errorf("%s: %v", attribute, rows)
		}
	}
	if diff := cmp.Diff(map[string]any{"EUR": json.Number("22.861172")}, r.Get(t, "totals", "cost_by_currency")); diff != "" {
		t.Error(diff)
	}
}

func TestSubscriptionMeterUsage_badArguments(t *testing.T) {
	t.Parallel()
	failure := server(t, refuseAll(t)).Read(t, "partnercenter_subscription_meter_usage", providertest.Arguments{
		"customer_id": aCustomer, "subscription_id": aSubscription, "categories": providertest.List(),
	}).Fail(t)
	checkBlame(t, failure, "categories")
}

// Ids are sent as they are written.
func TestSubscriptionMeterUsage_idAsWritten(t *testing.T) {
	t.Parallel()
	const upper = "A0A0A0A0-BBBB-4CCC-8DDD-E1E1E1E1E1E1"
	path := "/v1/customers/" + upper + "/subscriptions/" + aSubscription + "/meterusagerecords"
	server(t, api{path: {body: `{"items":[]}`}}).Read(t, "partnercenter_subscription_meter_usage", providertest.Arguments{
		"customer_id": upper, "subscription_id": aSubscription,
	}).Succeed(t)
}
