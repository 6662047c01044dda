package provider_test

import (
	"crypto/x509"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

const examples = "../../examples"

// example is a configuration under examples/, and what to plan it with.
type example struct {
	name      string
	variables map[string]string
	files     map[string]string // beside its own
	says      []string          // in a plan that succeeds
	fails     []string          // in one that its gate stops
}

// Every data source's examples are planned together, as they stand in the
// documentation. A gate has to show that it passes and that it stops.
var dataSources = map[string][]example{
	"partnercenter_azure_entitlements": {
		{
			name:      "an Azure plan",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID},
			says:      []string{emulator.MeteredEntitlementID, emulator.MeteredEntitlementName, emulator.UnusedEntitlementID, emulator.MeteredPlanID},
		},
		{
			name:      "two Azure plans",
			variables: map[string]string{"customer_id": strings.ToUpper(emulator.TwoPlansCustomerID)},
			says:      []string{emulator.FirstPlanID, emulator.SecondPlanID},
		},
		{
			name:      "a legacy subscription",
			variables: map[string]string{"customer_id": emulator.LegacyCustomerID},
			says:      []string{"azure_subscriptions = []"},
		},
	},
	"partnercenter_azure_rate_card": {
		{name: "virtual machines", says: []string{`"Compute Hours"`, "EU West", "from_quantity = 0", "rate = 0.09687348"}},
		{
			name:      "tiers in another currency",
			variables: map[string]string{"currency": "JPY", "region": "JP", "categories": `["networking"]`},
			says:      []string{`"Data Transfer Out (GB)"`, "from_quantity = 10240"},
		},
		{
			name:      "no currency",
			variables: map[string]string{"currency": "euro"},
			fails:     []string{"must be a code such as EUR"},
		},
	},
	"partnercenter_azure_subscription_gate": {
		{
			name:      "within its limits",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": strings.ToUpper(emulator.MeteredEntitlementID)},
			says: []string{
				"**Azure subscription gate passed**: 0 of 2 resource groups failed.", "| rg-network | 114.19 EUR | 150.00 EUR | 76.13 % | within limits |", "terraform_data.workload will be created",
			},
		},
		{
			name:      "near its limit",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "limit": "2000"},
			says:      []string{"Warning: Check block assertion failed", "Nordhavn Production: 1650.45 EUR, limit 1600.00 EUR"},
		},
		{
			name:      "above its limit",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "limit": "1650"},
			fails:     []string{"Azure subscription gate failed: Nordhavn Production: 1650.45 EUR, limit 1650.00 EUR"},
		},
		{
			name:      "a forecast above its limit",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "limit": "1800"},
			fails:     []string{"the forecast for Nordhavn Production: 2707.21 EUR, limit 2700.00 EUR"},
		},
		{
			name: "a resource group that is not there",
			variables: map[string]string{
				"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "resource_group_limits": `{ rg-404 = 1 }`,
			},
			fails: []string{"the resource group rg-404 has no usage"},
		},
		{
			name: "a resource group above its limit",
			variables: map[string]string{
				"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "resource_group_limits": `{ rg-fleet-web = 250 }`,
			},
			fails: []string{"Azure subscription gate failed: rg-fleet-web: 250.004326430153280019517 EUR, limit 250.00 EUR"},
		},
		{
			name: "excepted",
			variables: map[string]string{
				"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "resource_group_limits": `{ rg-fleet-web = 250 }`,
				"exceptions": `[{ until = "2999-01-01", reason = "a migration" }]`,
			},
			says: []string{"excepted until 2999-01-01 (a migration)"},
		},
		{
			name:      "in none of the customer's plans",
			variables: map[string]string{"tenant_id": emulator.TwoPlansCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID},
			fails:     []string{"Azure subscription not found", "None of the 2 Azure plans", emulator.MeteredEntitlementID},
		},
	},
	"partnercenter_azure_subscription_usage": {
		{
			name:      "within its limit",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": strings.ToUpper(emulator.MeteredEntitlementID)},
			says:      []string{`name = "` + emulator.MeteredResourceGroup + `"`, "250.004326430153280019517", `name = "` + emulator.SharedResourceGroup + `"`, "terraform_data.workload will be created"},
		},
		{
			name:      "above its limit",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "limits": `{ EUR = 1600 }`},
			fails:     []string{"Not within its limit", emulator.MeteredEntitlementName + " has cost 1650.45487119540898624334 EUR, limits are {\"EUR\":1600}."},
		},
		{
			name:      "currency without a limit",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "limits": `{ USD = 1000000 }`},
			fails:     []string{"Not within its limit"},
		},
		{
			name:      "no usage yet",
			variables: map[string]string{"tenant_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.UnusedEntitlementID, "limits": `{}`},
			says:      []string{"cost_by_resource_group = []", "terraform_data.workload will be created"},
		},
		{
			name:      "in none of the customer's plans",
			variables: map[string]string{"tenant_id": emulator.TwoPlansCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID},
			fails:     []string{"Azure subscription not found", "None of the 2 Azure plans", emulator.MeteredEntitlementID},
		},
	},
	"partnercenter_azure_utilization": {
		{
			name: "a month",
			variables: map[string]string{
				"customer_id": emulator.LegacyCustomerID, "subscription_id": emulator.LegacySubscriptionID,
				"start_time": "2026-10-01T00:00:00Z", "end_time": "2026-11-01T02:00:00+02:00",
			},
			says: []string{"quantity_by_meter", "Compute Hours", "hours_by_resource", "vm-kitchen-01", "31.465000000000000000031465", `hour = "2026-09-29T17:00:00-07:00"`},
		},
		{
			name: "not a period",
			variables: map[string]string{
				"customer_id": emulator.LegacyCustomerID, "subscription_id": emulator.LegacySubscriptionID,
				"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-10-01T00:00:00Z",
			},
			fails: []string{"Not a period"},
		},
	},
	"partnercenter_billed_usage": {
		{
			name:      "an invoice",
			variables: map[string]string{"invoice_id": emulator.LatestInvoiceID},
			says:      []string{`azure_subscription = "Nordhavn Production"`, "1633.95108734136976886362", `id = "` + emulator.MeteredEntitlementID + `"`, "spend_by_currency"},
		},
		{
			name:      "a legacy invoice",
			variables: map[string]string{"invoice_id": "D020061053"},
			fails:     []string{"Could not read billed usage", "code 5000", "legacy commerce"},
		},
		{
			name:      "not an invoice",
			variables: map[string]string{"invoice_id": "last month's"},
			fails:     []string{"Not an invoice"},
		},
	},
	"partnercenter_customer": {
		{
			name:      "by domain",
			variables: map[string]string{"domain": strings.ToUpper(emulator.MeteredCustomerDomain)},
			says:      []string{emulator.MeteredCustomerID, emulator.MeteredCustomerName},
		},
		{
			name:      "not found",
			variables: map[string]string{"domain": strings.TrimSuffix(emulator.MeteredCustomerDomain, ".com")},
			fails:     []string{"Customer not found"},
		},
	},
	"partnercenter_customer_usage_budget": {
		{
			name:      "with a budget",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "customer_ids": `["` + emulator.MeteredCustomerID + `", "` + emulator.LegacyCustomerID + `"]`},
			says:      []string{"budget = 6000"},
		},
		{
			name:      "without one",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "customer_ids": `["` + emulator.MeteredCustomerID + `", "` + emulator.UnbudgetedCustomerID + `"]`},
			fails:     []string{"The customer " + emulator.UnbudgetedCustomerID + " has no budget."},
		},
		{
			name:      "nobody",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "customer_ids": "[]"},
			fails:     []string{"Without customers, nobody is looked at"},
		},
	},
	"partnercenter_customer_usage_records": {
		{
			name:      "within budget",
			variables: map[string]string{"customer_ids": `["` + emulator.MeteredCustomerID + `", "` + strings.ToUpper(emulator.LegacyCustomerID) + `"]`},
			says:      []string{"spend_by_customer", `"Nordhavn Marine ApS"`, "3045.11968855241510377", "1941242.19170000000153"},
		},
		{
			name:      "over budget and without one",
			variables: map[string]string{"customer_ids": `["` + emulator.OverBudgetCustomerID + `", "` + emulator.UnbudgetedCustomerID + `"]`},
			fails:     []string{"Not within a budget", "Tidewater Analytics LLC has spent 60284.14999999999795236 USD, its budget is 10000", "Polder Data BV has spent 1290.340000000000003411 EUR, without a budget"},
		},
		{
			name:      "not listed",
			variables: map[string]string{"customer_ids": `["` + samplePlan + `"]`},
			fails:     []string{"Customer not listed", samplePlan},
		},
	},
	"partnercenter_customer_usage_summary": {
		{
			name:      "within budget",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID},
			says:      []string{"3045.11968855241510377", "budget = 6000", "forecast = 4994.84881526349691095354"},
		},
		{
			name:      "forecast to go over it",
			variables: map[string]string{"customer_id": emulator.LegacyCustomerID},
			says:      []string{"412.861172", "Check block assertion failed", "Brasserie Quatre Vents SARL may not stay within the budget: the forecast is 581.70 EUR."},
		},
		{
			name:      "over budget",
			variables: map[string]string{"customer_id": emulator.OverBudgetCustomerID},
			fails:     []string{"Not within a budget: Tidewater Analytics LLC has spent 60284.14999999999795236 USD, its budget is 10000."},
		},
		{
			name:      "without a budget",
			variables: map[string]string{"customer_id": emulator.UnbudgetedCustomerID},
			fails:     []string{"Not within a budget: Polder Data BV has spent 1290.340000000000003411 EUR, without a budget."},
		},
		{
			name:      "no usage",
			variables: map[string]string{"customer_id": emulator.IdleCustomerID},
			says:      []string{"budget = 100", "cost = 0"},
		},
		{
			name:      "customer of somebody else",
			variables: map[string]string{"customer_id": samplePlan},
			fails:     []string{"no relationship"},
		},
	},
	"partnercenter_customers": {
		{name: "all", says: []string{emulator.MeteredCustomerName, emulator.MeteredCustomerDomain, "Polder Data BV"}},
		{name: "by name", variables: map[string]string{"name_prefix": "nordh"}, says: []string{emulator.MeteredCustomerName}},
		{name: "nobody", variables: map[string]string{"name_prefix": "nobody"}, says: []string{"customers = []"}},
	},
	"partnercenter_invoice_summaries": {
		{name: "balances", says: []string{"balance_by_currency", "11096.94", "2026-11-08T00:00:00Z", "last_payment = null"}},
	},
	"partnercenter_invoices": {
		{
			name:      "last month",
			variables: map[string]string{"month": "2026-10"},
			says:      []string{emulator.LatestInvoiceID, "9415.3", "Recurring", "= 20417.13"},
		},
		{
			name:      "with a credit note",
			variables: map[string]string{"month": "2026-08"},
			says:      []string{emulator.CreditNoteID, `amends = "` + emulator.AmendedInvoiceID + `"`, "-1153.14"},
		},
		{
			name:      "not a month",
			variables: map[string]string{"month": "October"},
			fails:     []string{"A month looks like 2026-10."},
		},
	},
	"partnercenter_spend_gate": {
		{
			name: "within limits",
			variables: map[string]string{
				"customer_ids": `["` + emulator.MeteredCustomerID + `"]`, "max_data_age": "1000000h",
			},
			says: []string{"**Spend gate passed**: 0 of 1 customer failed. Spend: 3,045.12 EUR.", "| Nordhavn Marine ApS | 3,045.12 EUR | 6,000.00 EUR | 50.75 % | no limit of its own |"},
		},
		{
			name: "near the budget",
			variables: map[string]string{
				"customer_ids": `["` + emulator.LegacyCustomerID + `"]`, "max_data_age": "1000000h",
			},
			says: []string{"Warning: Check block assertion failed", "Spend gate passed with warnings: Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %)"},
		},
		{
			name: "over the budget, and without one",
			variables: map[string]string{
				"customer_ids": `["` + emulator.OverBudgetCustomerID + `", "` + emulator.UnbudgetedCustomerID + `"]`, "max_data_age": "1000000h",
			},
			fails: []string{
				"Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %; Polder Data BV: no budget",
				"there are costs in USD, and max_total_cost has no limit for it",
			},
		},
		{
			name:      "not listed",
			variables: map[string]string{"customer_ids": `["` + samplePlan + `"]`, "max_data_age": "1000000h"},
			fails:     []string{"customer " + samplePlan + " is not listed"},
		},
		{
			name: "above a budget of a file, by forecast",
			variables: map[string]string{
				"customer_ids": `["` + emulator.MeteredCustomerID + `"]`, "max_data_age": "1000000h", "budgets_file": "own.csv",
			},
			files: map[string]string{"own.csv": "customer_id,budget\n" + emulator.UnbudgetedCustomerID + ",1700\n" + emulator.OverBudgetCustomerID + ",1000000\n"},
			fails: []string{"Spend gate failed: Polder Data BV: forecast 2124.43 EUR of 1700.00 EUR (124.97 %), limit 120 %"},
		},
		{
			name: "above a budget of a file, with an exception",
			variables: map[string]string{
				"customer_ids": `["` + emulator.MeteredCustomerID + `"]`, "max_data_age": "1000000h", "budgets_file": "excepted.csv",
				"exceptions": `[{ customer_id = "` + strings.ToUpper(emulator.UnbudgetedCustomerID) + `", until = "2999-01-01", reason = "a migration" }]`,
			},
			files: map[string]string{"excepted.csv": "customer_id,budget\n" + emulator.UnbudgetedCustomerID + ",1700\n"},
			says:  []string{"**Spend gate passed**: 0 of 1 customer failed."},
		},
		{
			name:      "too old",
			variables: map[string]string{"customer_ids": `["` + emulator.MeteredCustomerID + `"]`, "max_data_age": "1s"},
			fails:     []string{"the newest figure is", "hours old"},
		},
	},
	"partnercenter_subscription_meter_usage": {
		{
			name:      "within the limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "storage_limits": `{ EUR = 1000 }`},
			says:      []string{"cost_by_category", `category = "Storage"`, `category = "Virtual Machines"`},
		},
		{
			name:      "above the limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "storage_limits": `{ EUR = 1 }`},
			fails:     []string{"Storage costs too much"},
		},
		{
			name:      "currency without a limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "storage_limits": `{ GBP = 1000 }`},
			fails:     []string{"Storage costs too much"},
		},
		{
			name:      "no usage",
			variables: map[string]string{"customer_id": emulator.IdleCustomerID, "plan_id": emulator.IdlePlanID},
			says:      []string{"cost_by_category = []"},
		},
	},
	"partnercenter_subscription_resource_usage": {
		{
			name:      "within the limits",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "azure_subscription_ids": `["` + emulator.MeteredEntitlementID + `"]`},
			says:      []string{`name = "` + emulator.MeteredEntitlementName + `"`, "1650.45487119540898624334", `name = "Nordhavn Data Platform"`, "/resourceGroups/" + emulator.MeteredResourceGroup + "/"},
		},
		{
			name:      "above a limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "resource_group_limits": `{ EUR = 900 }`},
			fails:     []string{"rg-fleet-core of " + emulator.MeteredEntitlementID + " has cost 944.900639357814406699831 EUR"},
		},
		{
			name:      "currency without a limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "resource_group_limits": `{ USD = 1000000 }`},
			fails:     []string{"Not all listed and within the limits", emulator.MeteredResourceGroup},
		},
		{
			name:      "no usage",
			variables: map[string]string{"customer_id": emulator.IdleCustomerID, "plan_id": emulator.IdlePlanID},
			says:      []string{"cost_by_azure_subscription = []", "cost_by_resource = []"},
		},
		{
			name:      "an Azure subscription without usage",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "plan_id": emulator.MeteredPlanID, "azure_subscription_ids": `["` + emulator.UnusedEntitlementID + `"]`},
			fails:     []string{"Azure subscription not listed", emulator.UnusedEntitlementID},
		},
		{
			name:      "a legacy subscription",
			variables: map[string]string{"customer_id": emulator.LegacyCustomerID, "plan_id": emulator.LegacySubscriptionID},
			fails:     []string{"supported for Azure plans only"},
		},
	},
	"partnercenter_subscription_usage_records": {
		{
			name:      "within the limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID},
			says:      []string{"spend_by_subscription", emulator.MeteredPlanID, "3045.11968855241510377"},
		},
		{
			name:      "above the limit",
			variables: map[string]string{"customer_id": emulator.TwoPlansCustomerID},
			fails:     []string{"Not all listed and within the limits", "Azure plan (" + emulator.FirstPlanID + ") has cost 8148.4828632812510535 USD."},
		},
		{
			name:      "currency without a limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "limits": `{ USD = 1000000 }`},
			fails:     []string{"Not all listed and within the limits"},
		},
		{
			name:      "no usage",
			variables: map[string]string{"customer_id": emulator.IdleCustomerID, "limits": `{ GBP = 0 }`},
			says:      []string{"spend_by_subscription", emulator.IdlePlanID, "cost = 0"},
		},
	},
	"partnercenter_subscription_usage_summary": {
		{
			name:      "an Azure plan within its limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID},
			says:      []string{"Azure plan", "3045.11968855241510377", "forecast = 4994.84881526349691095354"},
		},
		{
			name:      "a legacy subscription above its limit",
			variables: map[string]string{"customer_id": emulator.LegacyCustomerID, "subscription_id": emulator.LegacySubscriptionID, "limits": `{ EUR = 400 }`},
			fails:     []string{"Not within its limit: Microsoft Azure has cost 412.861172 EUR"},
		},
		{
			name:      "currency without a limit",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.MeteredPlanID, "limits": `{ USD = 1000000 }`},
			fails:     []string{"Not within its limit"},
		},
		{
			name:      "no usage",
			variables: map[string]string{"customer_id": emulator.IdleCustomerID, "subscription_id": emulator.IdlePlanID, "limits": `{}`},
			says:      []string{"cost = 0"},
		},
		{
			name:      "plan of somebody else",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID, "subscription_id": emulator.IdlePlanID},
			fails:     []string{"Check `subscription_id`. For an Azure plan, it is the id of the plan"},
		},
	},
	"partnercenter_subscriptions": {
		{
			name:      "an Azure plan",
			variables: map[string]string{"customer_id": emulator.MeteredCustomerID},
			says:      []string{emulator.MeteredPlanID, `offer = "Azure plan"`},
		},
		{
			name:      "two Azure plans",
			variables: map[string]string{"customer_id": emulator.TwoPlansCustomerID},
			says:      []string{emulator.FirstPlanID, emulator.SecondPlanID, `status = "suspended"`},
		},
		{
			name:      "a legacy subscription",
			variables: map[string]string{"customer_id": strings.ToUpper(emulator.LegacyCustomerID)},
			says:      []string{emulator.LegacySubscriptionID, `offer = "MS-AZR-0145P"`},
		},
	},
	"partnercenter_unbilled_usage": {
		{
			name:      "days, services, tags, and a day within its limits",
			variables: map[string]string{"currency_code": "EUR", "now": "2026-11-20T06:00:00Z"},
			says: []string{
				`day = "2026-11-19"`, "556.46816771879364991850894", `service = "Virtual Machines"`, "5173.667921074232638162534",
				`value = "production"`, "7507.816546057509113073791", "value = null",
			},
		},
		{
			name:      "a day above its limit",
			variables: map[string]string{"currency_code": "EUR", "now": "2026-11-20T06:00:00Z", "daily_limits": `{ EUR = 556.46 }`},
			fails:     []string{`Not within the limits {"EUR":556.46} on 2026-11-19:`, "Nordhavn Marine ApS has spent"},
		},
		{
			name:      "a customer without usage",
			variables: map[string]string{"currency_code": "EUR", "now": "2026-11-20T06:00:00Z", "customer_ids": `["` + emulator.MeteredCustomerID + `", "` + samplePlan + `"]`},
			fails:     []string{"Customer not listed", samplePlan},
		},
		{
			name:      "a currency without a limit",
			variables: map[string]string{"currency_code": "EUR", "now": "2026-11-20T06:00:00Z", "daily_limits": `{ USD = 1000000 }`},
			fails:     []string{`Not within the limits {"USD":1000000}`},
		},
		{
			name:      "a day that is not there yet",
			variables: map[string]string{"currency_code": "EUR", "now": "2026-11-21T06:00:00Z"},
			fails:     []string{"The usage of 2026-11-20 is not there yet."},
		},
		{
			name:      "the last day of the month before",
			variables: map[string]string{"currency_code": "EUR", "now": "2026-11-01T06:00:00Z"},
			says:      []string{`day = "2026-11-01"`},
		},
		{
			name:      "not a billing currency",
			variables: map[string]string{"currency_code": "MXN", "now": "2026-11-20T06:00:00Z"},
			fails:     []string{"Could not read unbilled usage", "Check that `currency_code` is a billing currency of the partner"},
		},
	},
	"partnercenter_usage_summary": {
		{name: "legacy customers", says: []string{"legacy_spend", "1698.629133"}},
	},
}

// Every way to sign in that examples/provider shows is planned by itself, with
// the emulator in place of the cloud.
var signIns = map[string]example{
	"provider.tf":                    {},
	"provider-refresh-token.tf":      {},
	"provider-ephemeral.tf":          {variables: map[string]string{"client_secret": emulator.ClientSecret, "refresh_token": emulator.RefreshToken}},
	"provider-refresh-token-file.tf": {},
	"provider-rotation.tf":           {},
	"provider-certificate.tf":        {variables: map[string]string{"certificate_password": providertest.PFXPassword, "refresh_token": emulator.RefreshToken}},
	"provider-oidc.tf":               {variables: map[string]string{"refresh_token": emulator.RefreshToken}},
	"provider-access-token.tf":       {variables: map[string]string{"access_token": emulator.UserAccessToken()}},
	"provider-app-only.tf":           {fails: []string{"app-only", "refresh_token"}},
	"provider-azure-cli.tf":          {},
}

func TestExamples(t *testing.T) {
	t.Parallel()
	directories := entries(t, filepath.Join(examples, "data-sources"))
	passing, failing := map[string]subject{}, map[string]subject{}
	tests := map[string]example{}
	for _, directory := range directories {
		cases, ok := dataSources[directory]
		if !ok {
			t.Errorf("examples/data-sources/%s is not planned by this test", directory)
		}
		for _, test := range cases {
			s := dataSourceExamples(t, directory)
			maps.Copy(s.files, test.files)
			s.variables = test.variables
			name := directory + " " + test.name
			tests[name] = test
			if len(test.fails) == 0 {
				passing[name] = s
			} else {
				failing[name] = s
			}
		}
	}
	if len(directories) != len(dataSources) {
		t.Errorf("%d directories, %d tested", len(directories), len(dataSources))
	}
	_, environment := emulate(t, emulator.Options{PageSize: 7})
	for _, subjects := range []map[string]subject{passing, failing} {
		planEach(t, subjects, environment, func(t *testing.T, name string, planned outcome) { tests[name].check(t, planned) })
	}
}

// dataSourceExamples are the examples of a data source, as one configuration.
func dataSourceExamples(t *testing.T, directory string) subject {
	t.Helper()
	all := subject{text: required + ownProvider, files: map[string]string{}}
	declared := map[string]string{}
	for _, file := range entries(t, filepath.Join(examples, "data-sources", directory)) {
		text := content(t, filepath.Join(examples, "data-sources", directory, file))
		if strings.HasSuffix(file, ".tf") {
			all.text += "\n" + declareOnce(t, declared, text)
		} else {
			all.files[file] = text
		}
	}
	return all
}

var variableBlock = regexp.MustCompile(`(?ms)^variable "\w+" \{$.*?^\}\n`)

// declareOnce leaves out the variables that an example before has declared: each of
// them is complete in itself, and they are planned together.
func declareOnce(t *testing.T, declared map[string]string, text string) string {
	t.Helper()
	return variableBlock.ReplaceAllStringFunc(text, func(block string) string {
		name := declaredVariable.FindStringSubmatch(block)[1]
		earlier, ok := declared[name]
		if ok && earlier != block {
			t.Errorf("the variable %s is declared in two ways:\n%s%s", name, earlier, block)
		}
		declared[name] = block
		if ok {
			return ""
		}
		return block
	})
}

var (
	quotedOrComment = regexp.MustCompile(`(?m)"(\\.|\$\{[^}]*\}|[^"\\])*"|#.*$`)
	usedData        = regexp.MustCompile(`\bdata\.(\w+)\.(\w+)`)
	usedLocal       = regexp.MustCompile(`\blocal\.(\w+)`)
)

// A reader copies one example of a page, not all of them: each declares what it uses.
func TestExamples_complete(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*/partnercenter_*/*.tf")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	functions, err := filepath.Glob(examples + "/functions/*/*.tf")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, functions...) {
		text := content(t, file)
		if !strings.HasPrefix(text, "# ") {
			t.Errorf("%s does not begin with a comment, which is its caption in the documentation", file)
		}
		for _, match := range usedVariable.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(text, `variable "`+match[1]+`" {`) {
				t.Errorf("%s does not declare var.%s", file, match[1])
			}
		}
		code := quotedOrComment.ReplaceAllString(text, "")
		for _, match := range usedData.FindAllStringSubmatch(code, -1) {
			if !strings.Contains(text, `data "`+match[1]+`" "`+match[2]+`" {`) {
				t.Errorf("%s does not read %s", file, match[0])
			}
		}
		for _, match := range usedLocal.FindAllStringSubmatch(code, -1) {
			if !regexp.MustCompile(`(?m)^\s+` + match[1] + `\s+=`).MatchString(text) {
				t.Errorf("%s does not define %s", file, match[0])
			}
		}
	}
}

func TestExamples_signIn(t *testing.T) {
	t.Parallel()
	for _, file := range entries(t, filepath.Join(examples, "provider")) {
		test, ok := signIns[file]
		if !ok {
			t.Errorf("examples/provider/%s is not planned by this test", file)
		}
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			certificate := providertest.NewCertificate(t)
			_, environment := emulate(t, emulator.Options{Certificates: []*x509.Certificate{certificate.Certificate}})
			newSignIn(t, file, certificate, emulator.RefreshToken, environment...).plan(t, test)
		})
	}
}

// newSignIn makes a workspace of a file of examples/provider, with an emulator's
// environment.
func newSignIn(t *testing.T, file string, certificate providertest.Certificate, refreshToken string, environment ...string) *workspace {
	t.Helper()
	text := content(t, filepath.Join(examples, "provider", file))
	if file == "provider.tf" {
		text = strings.TrimPrefix(text, required[1:])
	} else {
		// The examples' sign-in is all there is, with what they say is in the environment.
		// Only the invented ids are replaced.
		environment = slices.DeleteFunc(slices.Clone(environment), func(variable string) bool {
			name, _, _ := strings.Cut(variable, "=")
			return !strings.HasSuffix(name, "_ENDPOINT") && !strings.HasSuffix(name, "_HOST") && !strings.Contains(text, name)
		})
	}
	w := newWorkspace(t, "", environment...)
	token := filepath.Join(w.directory, "refresh-token")
	w.write(t, "refresh-token", refreshToken)
	clientID := emulator.ClientID
	if strings.Contains(text, "refresh_token_file") {
		clientID = emulator.PublicClientID
	}
	text = strings.NewReplacer(
		"11111111-2222-3333-4444-555555555555", emulator.TenantID,
		"66666666-7777-8888-9999-000000000000", clientID,
		"/run/secrets/partner-center-refresh-token", filepath.ToSlash(token),
		"/var/lib/terraform/partner-center-refresh-token", filepath.ToSlash(token),
		"/run/secrets/partner-center.pfx", filepath.ToSlash(certificate.PFX),
		"/run/secrets/oidc-token", filepath.ToSlash(providertest.WriteFile(t, "oidc-token", []byte(emulator.FederatedAssertion))),
	).Replace(text)
	if !strings.Contains(text, "required_providers") {
		text = required + text
	}
	w.write(t, "main.tf", text+"\ndata \"partnercenter_usage_summary\" \"partner\" {}\n")
	w.write(t, "az", "#!/bin/sh\necho '{\"accessToken\":\""+emulator.UserAccessToken()+"\",\"expires_on\":4102444800,\"expiresOn\":\"2100-01-01 00:00:00.000000\",\"tenant\":\""+emulator.TenantID+"\",\"tokenType\":\"Bearer\"}'\n")
	if err := os.Chmod(filepath.Join(w.directory, "az"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.environment = append(w.environment, "PATH="+w.directory+string(os.PathListSeparator)+os.Getenv("PATH"))
	return w
}

// plan plans an example with its variables.
func (w *workspace) plan(t *testing.T, e example) {
	t.Helper()
	for name, value := range e.variables {
		w.environment = append(w.environment, "TF_VAR_"+name+"="+value)
	}
	e.check(t, w.terraform(t, "plan"))
}

// check compares a plan with what it has to say.
func (e example) check(t *testing.T, planned outcome) {
	t.Helper()
	if len(e.fails) > 0 {
		planned.fail(t, e.fails...)
		return
	}
	planned.succeed(t)
	for _, text := range e.says {
		planned.mention(t, shown(t, text))
	}
}

// needDemo skips a test of the demo, which runs the terraform command.
func needDemo(t *testing.T) {
	t.Helper()
	since(t, "part in the demo", 0)
	needLanguage(t, examples+"/demo")
}

// TestDemo runs what the README tells everybody to run first.
func TestDemo(t *testing.T) {
	t.Parallel()
	needDemo(t)
	temporary := t.TempDir()
	demo := exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", "demo")
	demo.Env = append(os.Environ(), "TMPDIR="+temporary)
	output, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%s", err, output)
	}
	outcome{stdout: string(output)}.mention(t,
		"Tidewater Analytics LLC 60284.15 USD 10000 602.84 %", // the table
		"Warning: Check block assertion failed",
		"Fjellro Hotell AS: 5230.45 NOK of 5000.00 NOK (104.61 %)",
		"1 customer excepted",
		"Error: Resource postcondition failed",
		"| Tidewater Analytics LLC | 60,284.15 USD | 10,000.00 USD | 602.84 % | **failed**: max_percent_used (limit 100 %); warned: warn_forecast_percent_used (988.57 %, limit 100 %) |", // the report
		"- Fjord Logistics AS: excepted until 2099-01-01 (moves its data center)",
		"| warned: max_percent_used (limit 100 %), warn_forecast_percent_used (234.40 %, limit 100 %), excepted until 2099-01-01 |",
		"| Valle Verde Foods SL | 758.91 EUR | 1,200.00 EUR | 63.24 % | warned: warn_forecast_percent_used (103.82 %, limit 100 %) |",
		"Error: Spend gate failed",
		"Nordhavn Marine ApS: 7200.50 EUR of 6000.00 EUR (120.01 %), limit 100 %.",
		"The plan and the apply were stopped, as they should be.",
	)
	if left := entries(t, temporary); len(left) > 0 {
		t.Errorf("the demo leaves %v behind", left)
	}
}

// Another error than the gate's is not what the demo is to show.
func TestDemo_anotherError(t *testing.T) {
	t.Parallel()
	needDemo(t)
	if output, err := exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", "build").CombinedOutput(); err != nil {
		t.Fatalf("%s\n%s", err, output)
	}
	for name, when := range map[string]string{"plan": `"$1 $3" = "plan -var"`, "apply": `"$1" = apply`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := t.TempDir()
			script := "#!/bin/sh\nif [ " + when + " ]; then echo 'Error: Sign-in failed' >&2; exit 1; fi\nexec " + needTerraform(t).path + ` "$@"`
			if err := os.WriteFile(filepath.Join(path, "terraform"), []byte(script), 0o700); err != nil { //nolint:gosec // A program.
				t.Fatal(err)
			}
			demo := exec.CommandContext(t.Context(), examples+"/demo/run")
			demo.Env = append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"))
			output, err := demo.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "Error: Sign-in failed\nIt was not the gate that stopped this.\n") {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
}

// Ctrl-C ends the demo and all that it started, also if Terraform was about to end
// well, as an init may be.
func TestDemo_interrupt(t *testing.T) {
	t.Parallel()
	needDemo(t)
	if output, err := exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", "build").CombinedOutput(); err != nil {
		t.Fatalf("%s\n%s", err, output)
	}
	calm := t.TempDir()
	const script = `#!/bin/sh
trap : INT
if [ "$1" != init ]; then exec sleep 1000; fi
: >"${0%/*}/begun"
sleep 1
exit 0
`
	if err := os.WriteFile(filepath.Join(calm, "terraform"), []byte(script), 0o700); err != nil { //nolint:gosec // A program.
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		path  string
		begun func(temporary string) bool
	}{
		"at once":        {os.Getenv("PATH"), func(temporary string) bool { return len(entries(t, temporary)) > 0 }},
		"during an init": {calm + ":" + os.Getenv("PATH"), func(string) bool { return len(entries(t, calm)) > 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temporary := t.TempDir()
			demo := exec.CommandContext(t.Context(), examples+"/demo/run", "-latency", "1h")
			demo.Env = append(os.Environ(), "TMPDIR="+temporary, "PATH="+test.path)
			interrupt(t, demo, func() bool { return test.begun(temporary) })
			if left := entries(t, temporary); len(left) > 0 {
				t.Errorf("the demo leaves %v behind", left)
			}
		})
	}
}

// Without Terraform, the README's commands say how to get it.
func TestWithoutTerraform(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	for _, tool := range []string{"make", "sh", "bash", "go", "git", "sed", "env"} {
		found, err := exec.LookPath(tool)
		if err != nil {
			t.Skip(err)
		}
		if err := os.Symlink(found, filepath.Join(path, tool)); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []string{"demo", "test"} {
		command := exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", target)
		command.Env = append(os.Environ(), "PATH="+path)
		output, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(output), "https://developer.hashicorp.com/terraform/install") {
			t.Errorf("make %s: %v\n%s", target, err, output)
		}
	}
}

func entries(t *testing.T, directory string) []string {
	t.Helper()
	list, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(list))
	for i, entry := range list {
		names[i] = entry.Name()
	}
	return names
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
