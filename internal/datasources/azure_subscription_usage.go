package datasources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	plans, err := azurePlans(ctx, api, id(m.CustomerID))
	if err != nil {
		return err
	}
	listings, err := m.findEntitlement(ctx, api, plans)
	if err != nil {
		return err
	}
	var records, doubtful []*pcclient.ResourceUsageRecord
	// In all of them: one that it has left lists it no longer, and has what it cost there.
	for _, plan := range plans {
		all, err := api.SubscriptionResourceUsage(ctx, id(m.CustomerID), plan)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := requireComplete(all, "resource usage records"); err != nil {
			return err
		}
		for _, record := range all.Items {
			switch owner := deref(record.Entitlement(), ""); {
			case strings.EqualFold(owner, id(m.AzureSubscriptionID)):
				records = append(records, record)
			case owner == "":
				doubtful = append(doubtful, record)
			}
		}
	}
	listing := currentOf(listings)
	m.PlanID = normalizeGUID(&listing.plan)
	m.SubscriptionName = listing.entitlement.FriendlyName
	m.Status = listing.entitlement.Status
	if m.cost, err = totalOf(records); err != nil {
		return err
	}
	m.HasUsage = new(len(records)+len(doubtful) > 0)
	if len(doubtful) > 0 {
		m.TotalCost, m.USDTotalCost = nil, nil
	} else {
		m.ResourceCount = new(int64(len(records)))
	}
	m.CostByResourceGroup = costByResourceGroup(append(records, unknownCosts(doubtful, id(m.AzureSubscriptionID))...))
	return nil
}

// azurePlans are the ids of all subscriptions of a customer that may be Azure plans.
func azurePlans(ctx context.Context, api *pcclient.Client, customerID string) ([]string, error) {
	subscriptions, err := api.SubscriptionKinds(ctx, customerID)
	if err != nil {
		return nil, err
	}
	if err := requireComplete(subscriptions, "subscriptions"); err != nil {
		return nil, err
	}
	var plans []string
	seen := map[string]bool{}
	for _, subscription := range subscriptions.Items {
		if !subscription.MayBeAzurePlan() {
			continue
		}
		plan := id(subscription.ID)
		if plan == "" {
			return nil, errors.New("the list contains a subscription without an id, which may be an Azure plan")
		}
		if !seen[normalizeText(plan)] {
			seen[normalizeText(plan)] = true
			plans = append(plans, plan)
		}
	}
	return plans, nil
}

// foundEntitlement is an Azure subscription as an Azure plan lists it.
type foundEntitlement struct {
	plan        string
	entitlement pcclient.AzureEntitlement
}

// findEntitlement looks for the Azure subscription in all plans: it moves from one
// to another, and may be in both.
func (m *azureSubscriptionUsage) findEntitlement(ctx context.Context, api *pcclient.Client, plans []string) ([]foundEntitlement, error) {
	var found []foundEntitlement
	unknown := 0
	for _, plan := range plans {
		entitlements, err := api.AzureEntitlements(ctx, id(m.CustomerID), plan)
		if isNotFound(err) {
			unknown++
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := requireComplete(entitlements, "Azure entitlements"); err != nil {
			return nil, err
		}
		matches := filter(entitlements.Items, func(e *pcclient.AzureEntitlement) bool {
			return strings.EqualFold(id(e.ID), id(m.AzureSubscriptionID))
		})
		if len(matches) > 0 {
			found = append(found, foundEntitlement{plan, *matches[0]})
		}
	}
	if len(found) == 0 {
		detail := fmt.Sprintf("None of the %d Azure plans of the customer has the Azure subscription %s. Check both ids.", len(plans), id(m.AzureSubscriptionID))
		if unknown > 0 {
			detail += fmt.Sprintf(" Partner Center knows no Azure subscriptions of %d of these plans (404 Not Found).", unknown)
		}
		return nil, &argumentError{argument: "azure_subscription_id", summary: "Azure subscription not found", detail: detail}
	}
	return found, nil
}

// notFound are the codes by which Partner Center says that there is no such
// subscription (https://learn.microsoft.com/partner-center/developer/error-codes).
var notFound = []string{"1000", "20003", "900118"}

// isNotFound reports whether Partner Center itself knows nothing of what was asked
// for, such as a plan that was deleted. A 404 with another code, or without one,
// is of something on the way, and may hide what is there.
func isNotFound(err error) bool {
	e, failed := errors.AsType[*pcclient.Error](err)
	return failed && e.Status == http.StatusNotFound && slices.Contains(notFound, e.Code)
}

// currentOf is the listing in which the Azure subscription is active, or else the
// first one.
func currentOf(listings []foundEntitlement) foundEntitlement {
	for _, l := range listings {
		if strings.EqualFold(deref(l.entitlement.Status, ""), "active") {
			return l
		}
	}
	return listings[0]
}

// unknownCosts are resources of which it cannot be told whether they belong to an
// Azure subscription, and so neither what they cost it.
func unknownCosts(records []*pcclient.ResourceUsageRecord, azureSubscriptionID string) []*pcclient.ResourceUsageRecord {
	return mapRows(records, func(r *pcclient.ResourceUsageRecord) *pcclient.ResourceUsageRecord {
		unknown := *r
		unknown.EntitlementID, unknown.TotalCost, unknown.USDTotalCost = &azureSubscriptionID, nil, nil
		return &unknown
	})
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
