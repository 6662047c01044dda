package datasources

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newAzureSubscriptionUsage() datasource.DataSource {
	return &source[azureSubscriptionUsage]{
		name:   "azure_subscription_usage",
		schema: azureSubscriptionUsageSchema,
		read:   readAzureSubscriptionUsage,
	}
}

type azureSubscriptionUsage struct {
	CustomerID          *string             `tfsdk:"customer_id"`
	AzureSubscriptionID *string             `tfsdk:"azure_subscription_id"`
	PlanID              *string             `tfsdk:"plan_id"`
	SubscriptionName    *string             `tfsdk:"subscription_name"`
	Status              *string             `tfsdk:"status"`
	HasUsage            *bool               `tfsdk:"has_usage"`
	ResourceCount       *int64              `tfsdk:"resource_count"`
	CostByResourceGroup []resourceGroupCost `tfsdk:"cost_by_resource_group"`
	cost
}

func azureSubscriptionUsageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What one Azure subscription in an Azure plan has cost in the current billing period, without knowing its plan: for a workload that gates on its own spend, " +
			"together with `data.azurerm_client_config`. Legacy (MS-AZR-0145P) subscriptions are not supported by the API. " + estimates + "\n\n" +
			"It looks for the subscription in all Azure plans of the customer, and adds up what it has cost in each, even in a plan that no longer lists it. A subscription that no plan lists is an error; a subscription without usage is not. " +
			"Its routes need a sign-in as a user (App+User). " +
			"See [Get usage data for subscription by resource](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-resource-usage-records).",
		Attributes: with(costAttributes(), attributes{
			"customer_id":           customerID(),
			"azure_subscription_id": idArgument("The id of the Azure subscription, a GUID in upper or lower case."),
			"plan_id":               text("The id of the Azure plan that contains the Azure subscription, a GUID in lower case. If several plans list it, the one in which it is active."),
			"subscription_name":     text("The name of the Azure subscription. Null if the API returns none."),
			"status":                text("The status of the Azure subscription, such as `active`. Null if the API returns none."),
			"has_usage":             boolean("Whether there is any usage in this billing period. If not, `total_cost` is 0 and the currency null. Also true if this cannot be determined."),
			"total_cost":            number("The exact sum of the resources' costs so far in this billing period, in `currency_code`: an estimate. May be negative after a refund. Null if the cost of a resource is not known, or whether a resource belongs to the Azure subscription."),
			"usd_total_cost":        number("The exact sum of Microsoft's own figures, in USD. Null unless it is known for every resource."),
			"last_modified_date":    text("When the newest of the figures was updated, an RFC 3339 time with the API's offset and precision. Null without usage."),
			"resource_count":        count("The number of resources with usage. Null if it is not known of a resource whether it belongs to the Azure subscription."),
			"cost_by_resource_group": rows("Exact sums by resource group and currency, by `resource_group_name`. Names that differ only in case are one resource group.", with(attributes{
				"entitlement_id":      text("The id of the Azure subscription, a GUID in lower case."),
				"resource_group_name": text("The name of the resource group, as on its newest record. Null for records without one."),
			}, groupCostAttributes())),
		}),
	}
}

func readAzureSubscriptionUsage(ctx context.Context, api *pcclient.Client, m *azureSubscriptionUsage) error {
	subscription, err := readAzureSubscription(ctx, api, id(m.CustomerID), id(m.AzureSubscriptionID))
	if err != nil {
		return err
	}
	m.PlanID = normalizeGUID(&subscription.plan)
	m.SubscriptionName = subscription.FriendlyName
	m.Status = subscription.Status
	if m.cost, err = totalOf(subscription.resources); err != nil {
		return err
	}
	m.HasUsage = new(subscription.hasUsage())
	if len(subscription.doubtful) > 0 {
		m.TotalCost, m.USDTotalCost = nil, nil
	} else {
		m.ResourceCount = new(int64(len(subscription.resources)))
	}
	m.CostByResourceGroup = costByResourceGroup(append(subscription.resources, subscription.doubtful...))
	return nil
}

// totalOf is the cost of resources together. Without any it is 0.
func totalOf(records []*pcclient.ResourceUsageRecord) (cost, error) {
	var s costTotals
	for _, r := range records {
		s.add(&r.Cost)
	}
	sums := s.totals()
	if len(sums.CostByCurrency) > 1 {
		return cost{}, fmt.Errorf("its resources are billed in %d currencies, which cannot be added up: use partnercenter_subscription_resource_usage", len(sums.CostByCurrency))
	}
	if len(records) == 0 {
		return cost{TotalCost: new(pcclient.Decimal), USDTotalCost: new(pcclient.Decimal), CurrencyDerived: new(false)}, nil
	}
	together := newCost(&records[0].Cost)
	for _, total := range sums.CostByCurrency {
		together.TotalCost = total
	}
	together.USDTotalCost = sums.USDTotalCost
	together.LastModifiedDate = sums.LastModifiedDate
	return together, nil
}
