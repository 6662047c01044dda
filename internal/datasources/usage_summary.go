package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newUsageSummary() datasource.DataSource {
	return &source[usageSummary]{
		name:   "usage_summary",
		schema: usageSummarySchema,
		read:   readUsageSummary,
	}
}

type usageSummary struct {
	PartnerID                           *string   `tfsdk:"partner_id"`
	PartnerName                         *string   `tfsdk:"partner_name"`
	CustomersOverBudget                 *int64    `tfsdk:"customers_over_budget"`
	CustomersTrendingOver               *int64    `tfsdk:"customers_trending_over"`
	CustomersWithUsageBasedSubscription *int64    `tfsdk:"customers_with_usage_based_subscription"`
	EmailsToNotify                      []*string `tfsdk:"emails_to_notify"`
	ExcludesAzurePlan                   *bool     `tfsdk:"excludes_azure_plan"`
	cost
	period
}

func usageSummarySchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What all customers with legacy Azure subscriptions (MS-AZR-0145P) have spent in total in the current billing period. " + estimates + "\n\n" +
			"~> **The total leaves out all customers on an Azure plan**, and Microsoft plans to retire the route. Do not gate on it: " +
			"`totals` of [partnercenter_customer_usage_records](customer_usage_records.md) has every customer, by currency.\n\n" +
			"The route needs a sign-in as a user (App+User). " +
			"See [Get usage summary for all of a partner's customers](https://learn.microsoft.com/partner-center/developer/get-a-partner-usage-summary).",
		Attributes: with(attributes{
			"partner_id":                              text("The partner's id, a GUID in lower case."),
			"partner_name":                            text("The partner's name."),
			"customers_over_budget":                   count("The number of customers over their budget, as the API counts them. Null if it does not."),
			"customers_trending_over":                 count("The number of customers who are expected to exceed their budget, as the API counts them; Microsoft does not document how. Null if it does not."),
			"customers_with_usage_based_subscription": count("The number of customers with a subscription that is billed by usage, as the API counts them. Null if it does not."),
			"emails_to_notify":                        texts("The email addresses that are notified when a customer exceeds the budget. Empty if the API returns none. An element is null where the API has null."),
			"excludes_azure_plan":                     boolean("Always true: `total_cost` leaves out customers on an Azure plan."),
		}, costAttributes(), periodAttributes()),
	}
}

func readUsageSummary(ctx context.Context, api *pcclient.Client, m *usageSummary) error {
	s, err := api.UsageSummary(ctx)
	if err != nil {
		return err
	}
	*m = usageSummary{
		PartnerID:                           normalizeGUID(s.OwnerID()),
		PartnerName:                         s.Owner(),
		CustomersOverBudget:                 (*int64)(s.CustomersOverBudget),
		CustomersTrendingOver:               (*int64)(s.CustomersTrendingOver),
		CustomersWithUsageBasedSubscription: (*int64)(s.CustomersWithUsageBasedSubscription),
		EmailsToNotify:                      append([]*string{}, s.EmailsToNotify...),
		ExcludesAzurePlan:                   new(true),
		cost:                                newCost(&s.Cost),
		period:                              newPeriod(&s.Period),
	}
	return nil
}
