package datasources

import (
	"context"
	"fmt"
	"strings"

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
		MarkdownDescription: "What one Azure subscription in an Azure plan has used in the current billing period, without knowing its plan: for a workload that gates on its own spend, " +
			"beside `data.azurerm_client_config`. Legacy (MS-AZR-0145P) subscriptions are not supported by the API. " + estimates + "\n\n" +
			"It looks through the customer's Azure plans for the subscription; one that is in none of them is an error, and one without usage is not. " +
			"Its routes need a sign-in as a user (App+User). " +
			"See [Get usage data for subscription by resource](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-resource-usage-records).",
		Attributes: with(costAttributes(), attributes{
			"customer_id":           customerID(),
			"azure_subscription_id": id("The id of the Azure subscription, a GUID in any case."),
			"plan_id":               text("The id of the Azure plan that it is in, a GUID in lower case."),
			"subscription_name":     text("The name of the Azure subscription. Null if the API gives none."),
			"status":                text("The status of the Azure subscription, such as `active`. Null if the API gives none."),
			"has_usage":             boolean("Whether there is any usage in this billing period. If not, `total_cost` is 0 and the currency null."),
			"total_cost":            number("The exact sum of the resources' costs so far in this billing period, in `currency_code`: an estimate. May be negative after a refund. Null if a resource has none."),
			"usd_total_cost":        number("The exact sum of Microsoft's own figures, in USD. Null unless every resource's is known."),
			"last_modified_date":    text("When the newest of the figures was brought up to date, an RFC 3339 time with the offset and the digits of the API. Null without usage."),
			"resource_count":        count("The number of resources with usage."),
			"cost_by_resource_group": rows("Exact sums by resource group and currency, by `resource_group_name`. Names that differ in case only are one resource group.", with(attributes{
				"entitlement_id":      text("The id of the Azure subscription, a GUID in lower case."),
				"resource_group_name": text("The name of the resource group, as on its first record. Null for records without one."),
			}, groupCostAttributes())),
		}),
	}
}

func readAzureSubscriptionUsage(ctx context.Context, api *pcclient.Client, m *azureSubscriptionUsage) error {
	plan, entitlement, err := findEntitlement(ctx, api, *m.CustomerID, *m.AzureSubscriptionID)
	if err != nil {
		return err
	}
	all, err := api.SubscriptionResourceUsage(ctx, *m.CustomerID, *plan)
	if err != nil {
		return err
	}
	if err := wholeList(all, "resource usage records"); err != nil {
		return err
	}
	m.PlanID = lowered(plan)
	m.SubscriptionName = entitlement.FriendlyName
	m.Status = entitlement.Status
	wanted := oneOf([]string{*m.AzureSubscriptionID})
	records := kept(all.Items, func(r *pcclient.ResourceUsageRecord) bool { return wanted(r.EntitlementID) })
	m.HasUsage = new(len(records) > 0)
	m.ResourceCount = new(int64(len(records)))
	m.CostByResourceGroup = costByResourceGroup(records)
	m.cost, err = costOfAll(records)
	return err
}

// findEntitlement looks for an Azure subscription in the plans of a customer.
func findEntitlement(ctx context.Context, api *pcclient.Client, customerID, azureSubscriptionID string) (plan *string, found *pcclient.AzureEntitlement, err error) {
	subscriptions, err := api.Subscriptions(ctx, customerID)
	if err != nil {
		return nil, nil, err
	}
	plans := 0
	for i := range subscriptions.Items {
		subscription := &subscriptions.Items[i]
		if !subscription.IsAzurePlan() || subscription.ID == nil {
			continue
		}
		plans++
		entitlements, err := api.AzureEntitlements(ctx, customerID, *subscription.ID)
		if err != nil {
			return nil, nil, err
		}
		for j := range entitlements.Items {
			if strings.EqualFold(value(entitlements.Items[j].ID), azureSubscriptionID) {
				return subscription.ID, &entitlements.Items[j], nil
			}
		}
		if err := wholeList(entitlements, "Azure entitlements"); err != nil {
			return nil, nil, err
		}
	}
	if err := wholeList(subscriptions, "subscriptions"); err != nil {
		return nil, nil, err
	}
	return nil, nil, &argumentError{
		argument: "azure_subscription_id",
		summary:  "Azure subscription not found",
		detail:   fmt.Sprintf("None of the %d Azure plans of the customer has the Azure subscription %s. Check both ids.", plans, azureSubscriptionID),
	}
}

// wholeList makes a list that is shorter than the API says an error, where it
// cannot be a warning: what is looked for may be in the rest.
func wholeList[T any](c *pcclient.Collection[T], what string) error {
	if text := newCollection(c).shortfall(); text != "" {
		return fmt.Errorf("the list of %s is not complete: %s", what, text)
	}
	return nil
}

// costOfAll is the cost of resources together. Without any it is 0.
func costOfAll(records []*pcclient.ResourceUsageRecord) (cost, error) {
	var s spend
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
