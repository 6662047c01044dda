package datasources

import "github.com/hashicorp/terraform-plugin-framework/datasource"

// All returns the constructors of all data sources, by name.
func All() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newCustomerUsageRecords,
		newSubscriptionMeterUsage,
		newUsageSummary,
	}
}
