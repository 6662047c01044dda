package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSubscriptionUsageSummary() datasource.DataSource {
	return &source[subscriptionUsageSummary]{
		name:   "subscription_usage_summary",
		schema: subscriptionUsageSummarySchema,
		read:   readSubscriptionUsageSummary,
	}
}

type subscriptionUsageSummary struct {
	CustomerID       *string `tfsdk:"customer_id"`
	SubscriptionID   *string `tfsdk:"subscription_id"`
	SubscriptionName *string `tfsdk:"subscription_name"`
	summary
}

func subscriptionUsageSummarySchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What one subscription has cost in the current billing period, and a forecast: a whole Azure plan, or a legacy (MS-AZR-0145P) subscription. " + estimates + "\n\n" +
			"A subscription without usage is not an error. The route needs a sign-in as a user (App+User). " +
			"See [Get usage summary for a subscription](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-usage-summary).",
		Attributes: with(summaryAttributes(), attributes{
			"customer_id":       customerID(),
			"subscription_id":   subscriptionID(),
			"subscription_name": text("The name of the subscription or plan. Null without usage."),
		}),
	}
}

func readSubscriptionUsageSummary(ctx context.Context, api *pcclient.Client, m *subscriptionUsageSummary) error {
	usage, err := api.SubscriptionUsageSummary(ctx, id(m.CustomerID), id(m.SubscriptionID))
	if err != nil {
		return err
	}
	if usage == nil {
		m.summary = noUsage()
		return nil
	}
	m.SubscriptionName = usage.Owner()
	m.summary = newSummary(&usage.Cost, &usage.Period)
	return nil
}
