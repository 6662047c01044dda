package provider_test

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
)

// What stands in this file runs the provider in this process, where the race
// detector sees it, under a real terraform command.

var inProcess = map[string]func() (tfprotov6.ProviderServer, error){
	"partnercenter": providerserver.NewProtocol6WithError(provider.New("test")()),
}

func TestAccSamples(t *testing.T) {
	t.Parallel()
	const customers, meters, partner = "data.partnercenter_customer_usage_records.all", "data.partnercenter_subscription_meter_usage.legacy", "data.partnercenter_usage_summary.partner"
	value := statecheck.ExpectKnownValue
	record := func(index int, attribute string) tfjsonpath.Path {
		return tfjsonpath.New("records").AtSliceIndex(index).AtMapKey(attribute)
	}
	configuration := `
provider "partnercenter" {
  endpoint     = "` + servedAt(t) + `"
  access_token = "a-token"
}

data "partnercenter_customer_usage_records" "all" {}

data "partnercenter_customer_usage_records" "totals" {
  include_records = false
}

data "partnercenter_subscription_meter_usage" "legacy" {
  customer_id     = "` + sampleCustomer + `"
  subscription_id = "` + samplePlan + `"
}

data "partnercenter_usage_summary" "partner" {}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: inProcess,
		Steps: []resource.TestStep{
			{
				Config: configuration,
				ConfigStateChecks: []statecheck.StateCheck{
					value(customers, tfjsonpath.New("records"), knownvalue.ListSizeExact(4)),
					value(customers, record(0, "usd_total_cost"), exactly("0")),
					value(customers, record(1, "total_cost"), exactly("120.5682999999995904716")),
					value(customers, record(1, "usd_total_cost"), exactly("12.39999999999999985235")),
					value(customers, record(1, "over_budget"), knownvalue.Bool(true)),
					value(customers, record(2, "total_cost"), exactly("27.23292827625710931604")),
					value(customers, record(2, "usd_total_cost"), exactly("33.280000000000001044")),
					value(customers, record(3, "percent_used"), knownvalue.Null()),
					value(customers, record(3, "has_budget"), knownvalue.Bool(false)),
					value(customers, record(3, "within_budget"), knownvalue.Bool(false)),
					value(customers, tfjsonpath.New("complete"), knownvalue.Bool(false)),
					value("data.partnercenter_customer_usage_records.totals", tfjsonpath.New("records"), knownvalue.Null()),
					value("data.partnercenter_customer_usage_records.totals", tfjsonpath.New("totals").AtMapKey("usd_total_cost"), exactly("45.68000000000000089635")),
					value(meters, record(0, "object_type"), knownvalue.StringExact("SubscriptionMonthlyUsageRecord")),
					value(meters, record(0, "total_cost"), exactly("22.861172")),
					value(meters, record(0, "meter_id"), knownvalue.Null()),
					value(partner, tfjsonpath.New("billing_start_date"), knownvalue.StringExact("2019-08-28T00:00:00-07:00")),
					value(partner, tfjsonpath.New("excludes_azure_plan"), knownvalue.Bool(true)),
				},
			},
			{
				Config:           configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		},
	})
}

func exactly(text string) knownvalue.Check {
	number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return knownvalue.NumberExact(number)
}
