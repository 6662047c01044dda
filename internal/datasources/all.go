package datasources

import "github.com/hashicorp/terraform-plugin-framework/datasource"

// All returns the constructors of all data sources, by name.
func All() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newAzureEntitlements,
		newAzureRateCard,
		newAzureSubscriptionGate,
		newAzureSubscriptionUsage,
		newAzureUtilization,
		newBilledUsage,
		newCustomer,
		newCustomerUsageBudget,
		newCustomerUsageRecords,
		newCustomerUsageSummary,
		newCustomers,
		newInvoiceSummaries,
		newInvoices,
		newSpendGate,
		newSubscriptionMeterUsage,
		newSubscriptionResourceUsage,
		newSubscriptionUsageRecords,
		newSubscriptionUsageSummary,
		newSubscriptions,
		newUnbilledUsage,
		newUsageSummary,
	}
}
