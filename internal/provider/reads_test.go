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
	return configuredWith(t, e, providertest.Arguments{"access_token": token})
}

// configuredWith is one with a sign-in.
func configuredWith(t testing.TB, e *emulator.Emulator, arguments providertest.Arguments) *providertest.Server {
	t.Helper()
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	s := providertest.New(t, provider.New("test")())
	arguments["endpoint"], arguments["graph_endpoint"] = server.URL, server.URL
	if problems := s.Configure(t, arguments); len(problems) > 0 {
		t.Fatalf("%s: %s", problems[0].Summary, problems[0].Detail)
	}
	return s
}

// Every data source can be read by a user; what an application may read too works,
// and the rest is explained.
func TestReads(t *testing.T) {
	t.Parallel()
	for _, construct := range datasources.All() {
		var metadata datasource.MetadataResponse
		construct().Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "partnercenter"}, &metadata)
		name := metadata.TypeName
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := providertest.DataSources[name]
			e := emulator.New(emulator.Options{PageSize: 3})
			configuredWith(t, e, providertest.Arguments{"access_token": emulator.UserAccessToken(), "graph_access_token": emulator.GraphUserAccessToken()}).
				Read(t, name, read.Arguments).Succeed(t)
			r := configuredWith(t, e, providertest.Arguments{"access_token": emulator.AppAccessToken(), "graph_access_token": emulator.GraphAppAccessToken()}).
				Read(t, name, read.Arguments)
			if read.AppOnly {
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
	customer := providertest.Arguments{"customer_id": emulator.MeteredCustomerID}
	metered := providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID}
	want := read("customer_usage_records", providertest.Arguments{"customer_ids": providertest.List(emulator.MeteredCustomerID)}, "records", 0, "total_cost")
	for place, got := range map[string]any{
		"summary":              read("customer_usage_summary", customer, "total_cost"),
		"subscription records": read("subscription_usage_records", customer, "totals", "cost_by_currency", "EUR"),
		"subscription summary": read("subscription_usage_summary", metered, "total_cost"),
		"meters":               read("subscription_meter_usage", metered, "totals", "cost_by_currency", "EUR"),
		"resources":            read("subscription_resource_usage", metered, "totals", "cost_by_currency", "EUR"),
	} {
		if got != want {
			t.Errorf("%s: %v, want %v", place, got, want)
		}
	}
}

// Fifty thousand records add up to the last digit.
func TestReads_utilizationSums(t *testing.T) {
	t.Parallel()
	const records = 50_000
	s := configured(t, emulator.New(emulator.Options{Utilization: records}), emulator.UserAccessToken())
	r := s.Read(t, "partnercenter_azure_utilization", providertest.Arguments{
		"customer_id": emulator.LegacyCustomerID, "subscription_id": emulator.LegacySubscriptionID,
		"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-11-20T00:00:00Z",
	}).Succeed(t)
	if got := r.Get(t, "record_count"); got != json.Number("50000") {
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
	const customers = 150
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
	w.terraform(t, "plan").succeed(t).mention(t, "+ count = 150")
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
