package provider_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// configured is a provider in this process that reads from an emulator.
func configured(t testing.TB, e *emulator.Emulator, token string) *providertest.Server {
	t.Helper()
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	s := providertest.New(t, provider.New("test")())
	if problems := s.Configure(t, providertest.Arguments{"endpoint": server.URL, "access_token": token}); len(problems) > 0 {
		t.Fatalf("%s: %s", problems[0].Summary, problems[0].Detail)
	}
	return s
}

// reads are all data sources, as they can be read from the emulator, and whether
// an application may (app-only).
var reads = map[string]struct {
	arguments providertest.Arguments
	appOnly   bool
}{
	"azure_entitlements": {providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID}, true},
	"azure_rate_card":    {nil, false},
	"azure_subscription_usage": {
		providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID}, false,
	},
	"azure_utilization": {providertest.Arguments{
		"customer_id": emulator.LegacyCustomerID, "subscription_id": emulator.LegacySubscriptionID,
		"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-11-20T00:00:00Z",
	}, true},
	"customer":                    {providertest.Arguments{"domain": emulator.MeteredCustomerDomain}, true},
	"customer_usage_budget":       {providertest.Arguments{"customer_id": emulator.MeteredCustomerID}, true},
	"customer_usage_records":      {nil, false},
	"customer_usage_summary":      {providertest.Arguments{"customer_id": emulator.MeteredCustomerID}, false},
	"customers":                   {nil, true},
	"invoice_summaries":           {nil, false},
	"invoices":                    {nil, true},
	"spend_gate":                  {providertest.Arguments{"max_data_age": "1000000h"}, false},
	"subscription_meter_usage":    {providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID}, false},
	"subscription_resource_usage": {providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID}, false},
	"subscription_usage_records":  {providertest.Arguments{"customer_id": emulator.MeteredCustomerID}, false},
	"subscription_usage_summary":  {providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID}, false},
	"subscriptions":               {providertest.Arguments{"customer_id": emulator.MeteredCustomerID}, true},
	"usage_summary":               {nil, false},
}

// Every data source can be read by a user; what an application may read too works,
// and the rest is explained.
func TestReads(t *testing.T) {
	t.Parallel()
	for _, construct := range datasources.All() {
		var metadata datasource.MetadataResponse
		construct().Metadata(t.Context(), datasource.MetadataRequest{}, &metadata)
		name := strings.TrimPrefix(metadata.TypeName, "_")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, ok := reads[name]
			if !ok {
				t.Fatal("the data source is not read by this test")
			}
			e := emulator.New(emulator.Options{PageSize: 3})
			configured(t, e, emulator.UserAccessToken()).Read(t, "partnercenter_"+name, read.arguments).Succeed(t)
			r := configured(t, e, emulator.AppAccessToken()).Read(t, "partnercenter_"+name, read.arguments)
			if read.appOnly {
				r.Succeed(t)
				return
			}
			if failure := r.Fail(t); !strings.Contains(failure.Detail, "app-only") || !strings.Contains(failure.Detail, "refresh_token") {
				t.Errorf("%s: %s", failure.Summary, failure.Detail)
			}
		})
	}
}

// What belongs together agrees, whichever data source it is read with.
func TestReads_agree(t *testing.T) {
	t.Parallel()
	s := configured(t, emulator.New(emulator.Options{PageSize: 4}), emulator.UserAccessToken())
	read := func(name string, arguments providertest.Arguments, steps ...any) any {
		return s.Read(t, "partnercenter_"+name, arguments).Succeed(t).Get(t, steps...)
	}
	metered := reads["subscription_meter_usage"].arguments
	want := read("customer_usage_records", providertest.Arguments{"customer_ids": providertest.List(emulator.MeteredCustomerID)}, "records", 0, "total_cost")
	for place, got := range map[string]any{
		"summary":              read("customer_usage_summary", reads["customer_usage_summary"].arguments, "total_cost"),
		"subscription records": read("subscription_usage_records", reads["subscription_usage_records"].arguments, "totals", "cost_by_currency", "EUR"),
		"subscription summary": read("subscription_usage_summary", metered, "total_cost"),
		"meters":               read("subscription_meter_usage", metered, "totals", "cost_by_currency", "EUR"),
		"resources":            read("subscription_resource_usage", metered, "totals", "cost_by_currency", "EUR"),
	} {
		if got != want {
			t.Errorf("%s: %v, want %v", place, got, want)
		}
	}
}

// Two hundred thousand records add up to the last digit.
func TestReads_utilizationSums(t *testing.T) {
	t.Parallel()
	const records = 200_000
	s := configured(t, emulator.New(emulator.Options{Utilization: records}), emulator.UserAccessToken())
	r := s.Read(t, "partnercenter_azure_utilization", reads["azure_utilization"].arguments).Succeed(t)
	if got := r.Get(t, "record_count"); got != json.Number("200000") {
		t.Errorf("%v records", got)
	}
	want := emulator.UtilizationQuantities(records)
	rows, _ := r.Get(t, "quantity_by_meter").([]any)
	if len(rows) != len(want) {
		t.Errorf("%d meters, want %d", len(rows), len(want))
	}
	for i := range rows {
		meter, _ := r.Get(t, "quantity_by_meter", i, "meter_id").(string)
		if got := r.Get(t, "quantity_by_meter", i, "quantity"); got != json.Number(want[meter]) {
			t.Errorf("%s: %v, want %s", meter, got, want[meter])
		}
	}
}

// Summaries of many customers are read as wide as Terraform and max_concurrency
// allow, and no wider.
func TestTerraform_manySummaries(t *testing.T) {
	t.Parallel()
	const customers = 500
	e, environment := emulate(t, emulator.Options{Customers: customers, Latency: 50 * time.Millisecond})
	w := newWorkspace(t, `
provider "partnercenter" {
  max_concurrency = 6
}

data "partnercenter_customers" "all" {}

data "partnercenter_customer_usage_summary" "each" {
  for_each    = toset(data.partnercenter_customers.all.customers[*].customer_id)
  customer_id = each.key
}

output "count" {
  value = length(data.partnercenter_customer_usage_summary.each)
}
`, environment...)
	w.terraform(t, "plan").succeed(t).mention(t, "+ count = 500")
	if most := mostAtOnce(e); most != 6 {
		t.Errorf("%d requests at once", most)
	}
	if asked := countRequests(e, "/usagesummary"); asked != customers {
		t.Errorf("%d summaries were asked for", asked)
	}
}

// mostAtOnce is the highest number of requests that were under way together.
func mostAtOnce(e *emulator.Emulator) int {
	most := 0
	requests := e.Requests()
	for _, one := range requests {
		at := 0
		for _, other := range requests {
			if !other.Start.After(one.Start) && other.End.After(one.Start) {
				at++
			}
		}
		most = max(most, at)
	}
	return most
}
