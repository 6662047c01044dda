package providertest

import (
	"math/big"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// DataSource is what the tests have to know of a data source, beside its schema.
// The tests of the data sources, of their faults and of the provider read it from
// here.
type DataSource struct {
	Arguments Arguments // of a read from the emulator
	AppOnly   bool      // the application may read it without a user
	PageSize  int       // with which the emulator answers in several pages; 0 where the API has no pages

	// What the API answers, in files below internal/datasources/testdata.
	Path   string            // of the first request, with arguments in braces
	Sample string            // the answer to it
	More   map[string]string // paths of further requests, and their answers

	Records string // the attribute that is the list of a collection
	IsList  bool   // it reads a list that it does not return
	Export  bool   // it reads an export of Microsoft Graph
	NoUsage bool   // that there is no usage is no error
}

// PathOf is the path of the first request with these arguments.
func (d DataSource) PathOf(arguments Arguments) string {
	path := d.Path
	for name, value := range arguments {
		if text, ok := value.(string); ok {
			path = strings.ReplaceAll(path, "{"+name+"}", text)
		}
	}
	return path
}

var (
	meteredCustomer = Arguments{"customer_id": emulator.MeteredCustomerID}
	meteredPlan     = Arguments{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID}
	twoPlans        = Arguments{"customer_id": emulator.TwoPlansCustomerID}
)

const (
	customerPath     = "/v1/customers/{customer_id}"
	subscriptionPath = customerPath + "/subscriptions/{subscription_id}"
	samplePlanPath   = customerPath + "/subscriptions/B1B1B1B1-CCCC-4DDD-8EEE-F2F2F2F2F2F2" // as in the sample of subscriptions
)

// sampleExport is where the export of a sample is, and its blobs, which are compressed on
// the way.
func sampleExport(name string) map[string]string {
	root := "/" + strings.ReplaceAll(name, "_", "") + "fastpath/sample/"
	return map[string]string{
		SampleOperation:                       name + "/sample.json",
		root + "part-00000-5a1c.c000.json.gz": name + "/part-00000.jsonl",
		root + "part-00001-5a1c.c000.json.gz": name + "/part-00001.jsonl",
	}
}

// SampleOperation is the path of the export of a sample, which Microsoft Graph responds
// with when it is started.
const SampleOperation = "/v1.0/reports/partners/billing/operations/56b0dd38-1f26-4a5d-9c8a-7d2d4a7e4c11"

// everyKey is all that usage can be grouped by.
var everyKey = List("date", "customer", "plan", "azure_subscription", "resource_group", "resource", "service", "meter", "region", "charge_type", "tag:env")

// DataSources are all data sources.
var DataSources = map[string]DataSource{
	"partnercenter_azure_entitlements": {
		Arguments: meteredPlan, AppOnly: true,
		Path: subscriptionPath + "/azureEntitlements", Sample: "azure_entitlements/sample.json", Records: "entitlements",
	},
	"partnercenter_azure_rate_card": {
		Path: "/v1/ratecards/azure", Sample: "azure_rate_card/sample.json",
	},
	"partnercenter_azure_subscription_gate": {
		Arguments: Arguments{
			"customer_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID,
			"currency_code": "EUR", "max_total_cost": big.NewFloat(2000), "warn_forecast_total_cost": big.NewFloat(200),
		}, PageSize: 12,
		Path: customerPath + "/subscriptions", Sample: "subscriptions/sample.json", IsList: true,
		More: map[string]string{
			samplePlanPath + "/azureEntitlements":    "azure_entitlements/sample.json",
			samplePlanPath + "/resourceusagerecords": "azure_subscription_gate/resources.json",
		},
	},
	"partnercenter_azure_subscription_usage": {
		Arguments: Arguments{"customer_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID}, PageSize: 12,
		Path: customerPath + "/subscriptions", Sample: "subscriptions/sample.json", IsList: true,
		More: map[string]string{
			samplePlanPath + "/azureEntitlements":    "azure_entitlements/sample.json",
			samplePlanPath + "/resourceusagerecords": "azure_subscription_usage/resources.json",
		},
	},
	"partnercenter_azure_utilization": {
		Arguments: Arguments{
			"customer_id": emulator.LegacyCustomerID, "subscription_id": emulator.LegacySubscriptionID, "include_records": true,
			"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-11-05T00:00:00Z",
		}, AppOnly: true, PageSize: 12,
		Path: subscriptionPath + "/utilizations/azure", Sample: "azure_utilization/sample.json", Records: "records", NoUsage: true,
	},
	"partnercenter_billed_usage": {
		Arguments: Arguments{"invoice_id": emulator.LatestInvoiceID, "group_by": everyKey}, AppOnly: true, Export: true,
		Path: "/v1.0/reports/partners/billing/usage/billed/export", Sample: "billed_usage/sample.json", More: sampleExport("billed_usage"),
	},
	"partnercenter_customer": {
		Arguments: meteredCustomer, AppOnly: true,
		Path: customerPath, Sample: "customer/sample.json",
	},
	"partnercenter_customer_usage_budget": {
		Arguments: meteredCustomer, AppOnly: true,
		Path: customerPath + "/usagebudget", Sample: "customer_usage_budget/sample.json",
	},
	"partnercenter_customer_usage_records": {
		PageSize: 12,
		Path:     "/v1/customers/usagerecords", Sample: "customer_usage_records/sample.json", Records: "records",
	},
	"partnercenter_customer_usage_summary": {
		Arguments: meteredCustomer,
		Path:      customerPath + "/usagesummary", Sample: "customer_usage_summary/azure_plan.json", NoUsage: true,
		More: map[string]string{customerPath + "/usagebudget": "customer_usage_budget/sample.json"},
	},
	"partnercenter_customers": {
		AppOnly: true, PageSize: 12,
		Path: "/v1/customers", Sample: "customers/sample.json", Records: "customers",
	},
	"partnercenter_invoice_summaries": {
		Path: "/v1/invoices/summaries", Sample: "invoice_summaries/sample.json", Records: "summaries",
	},
	"partnercenter_invoices": {
		AppOnly: true, PageSize: 12,
		Path: "/v1/invoices", Sample: "invoices/sample.json", Records: "invoices",
	},
	"partnercenter_spend_gate": {
		Arguments: Arguments{"max_percent_used": big.NewFloat(100), "warn_percent_used": big.NewFloat(25)}, PageSize: 12,
		Path: "/v1/customers/usagerecords", Sample: "customer_usage_records/sample.json", IsList: true,
	},
	"partnercenter_subscription_meter_usage": {
		Arguments: meteredPlan, PageSize: 12,
		Path: subscriptionPath + "/meterusagerecords", Sample: "subscription_meter_usage/azure_plan.json", Records: "records", NoUsage: true,
	},
	"partnercenter_subscription_resource_usage": {
		Arguments: meteredPlan, PageSize: 12,
		Path: subscriptionPath + "/resourceusagerecords", Sample: "subscription_resource_usage/sample.json", Records: "records", NoUsage: true,
	},
	"partnercenter_subscription_usage_records": {
		Arguments: twoPlans, PageSize: 1,
		Path: customerPath + "/subscriptions/usagerecords", Sample: "subscription_usage_records/sample.json", Records: "records", NoUsage: true,
	},
	"partnercenter_subscription_usage_summary": {
		Arguments: meteredPlan,
		Path:      subscriptionPath + "/usagesummary", Sample: "subscription_usage_summary/azure_plan.json", NoUsage: true,
	},
	"partnercenter_subscriptions": {
		Arguments: twoPlans, AppOnly: true, PageSize: 1,
		Path: customerPath + "/subscriptions", Sample: "subscriptions/sample.json", Records: "subscriptions",
	},
	"partnercenter_unbilled_usage": {
		Arguments: Arguments{"currency_code": "EUR", "group_by": everyKey}, AppOnly: true, Export: true,
		Path: "/v1.0/reports/partners/billing/usage/unbilled/export", Sample: "unbilled_usage/sample.json", More: sampleExport("unbilled_usage"),
	},
	"partnercenter_usage_summary": {
		Path: "/v1/usagesummary", Sample: "usage_summary/sample.json",
	},
}
