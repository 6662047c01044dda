package datasources

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSubscriptionResourceUsage() datasource.DataSource {
	return &source[subscriptionResourceUsage]{
		name:   "subscription_resource_usage",
		schema: subscriptionResourceUsageSchema,
		read:   readSubscriptionResourceUsage,
	}
}

type subscriptionResourceUsage struct {
	CustomerID         *string  `tfsdk:"customer_id"`
	SubscriptionID     *string  `tfsdk:"subscription_id"`
	EntitlementIDs     []string `tfsdk:"entitlement_ids"`
	ResourceGroupNames []string `tfsdk:"resource_group_names"`
	AllowMissing       *bool    `tfsdk:"allow_missing"`
	IncludeRecords     *bool    `tfsdk:"include_records"`

	Records                   []resourceUsageRecord `tfsdk:"records"`
	Totals                    *totals               `tfsdk:"totals"`
	CostByEntitlement         []entitlementCost     `tfsdk:"cost_by_entitlement"`
	CostByResourceGroup       []resourceGroupCost   `tfsdk:"cost_by_resource_group"`
	MissingEntitlementIDs     []string              `tfsdk:"missing_entitlement_ids"`
	MissingResourceGroupNames []string              `tfsdk:"missing_resource_group_names"`
	collection
}

type resourceUsageRecord struct {
	SubscriptionID    *string `tfsdk:"subscription_id"`
	EntitlementID     *string `tfsdk:"entitlement_id"`
	EntitlementName   *string `tfsdk:"entitlement_name"`
	ResourceGroupName *string `tfsdk:"resource_group_name"`
	ResourceName      *string `tfsdk:"resource_name"`
	ResourceType      *string `tfsdk:"resource_type"`
	ResourceURI       *string `tfsdk:"resource_uri"`
	cost
}

type entitlementCost struct {
	EntitlementID   *string `tfsdk:"entitlement_id"`
	EntitlementName *string `tfsdk:"entitlement_name"`
	groupCost
}

type resourceGroupCost struct {
	EntitlementID     *string `tfsdk:"entitlement_id"`
	ResourceGroupName *string `tfsdk:"resource_group_name"`
	groupCost
}

func subscriptionResourceUsageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What each Azure resource of an Azure plan has cost in the current billing period, in all Azure subscriptions (entitlements) of the plan. " +
			"Legacy (MS-AZR-0145P) subscriptions are not supported by the API. " + estimates + "\n\n" +
			"A plan without usage is an empty list, not an error. Reads all pages, or fails. The route needs a sign-in as a user (App+User). " +
			"See [Get usage data for subscription by resource](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-resource-usage-records).",
		Attributes: with(attributes{
			"customer_id":          customerID(),
			"subscription_id":      idArgument("The id of the Azure plan, a GUID in upper or lower case, not the id of an Azure subscription in it."),
			"entitlement_ids":      filterArgument("Returns only resources of these Azure subscriptions: ids, GUIDs in upper or lower case. An id without any record is an error, unless `allow_missing` is true. A resource whose Azure subscription is not known is returned too.", guid),
			"resource_group_names": filterArgument("Returns only resources of these resource groups: names, case-insensitive. A name without any record is an error, unless `allow_missing` is true. A resource whose group is not known is returned too."),
			"allow_missing": option("Whether to accept that the API does not list an Azure subscription of `entitlement_ids`, or a resource group of `resource_group_names`. " +
				"It is then in `missing_entitlement_ids` or `missing_resource_group_names` instead of an error. The API does not list those without usage. Defaults to `false`."),
			"include_records":              includeRecords(),
			"missing_entitlement_ids":      texts("The ids of `entitlement_ids` that the API does not list, in lower case and in the order of the argument."),
			"missing_resource_group_names": texts("The names of `resource_group_names` without any record, in the Azure subscriptions of `entitlement_ids` if that is set, in the order of the argument."),
			"totals":                       object("Exact sums of the records, after the filters.", totalsAttributes()),
			"cost_by_entitlement": rows("Exact sums by Azure subscription and currency, after the filters, by `entitlement_name`, then `entitlement_id`.", with(attributes{
				"entitlement_id":   text("The id of the Azure subscription, a GUID in lower case. Null for records without one."),
				"entitlement_name": text("The name of the Azure subscription, as on its newest record that has one. Null if none has."),
			}, groupCostAttributes())),
			"cost_by_resource_group": rows("Exact sums by resource group and currency, after the filters, by `entitlement_id`, then `resource_group_name`. Names that differ only in case are one resource group.", with(attributes{
				"entitlement_id":      text("The id of the Azure subscription, a GUID in lower case. Null for records without one."),
				"resource_group_name": text("The name of the resource group, as on its newest record. Null for records without one."),
			}, groupCostAttributes())),
			"records": rows("One record per resource, sorted by `entitlement_name`, `resource_group_name`, `resource_name`, `resource_uri`. Null if `include_records` is false.", with(attributes{
				"subscription_id":     text("The id of the Azure plan, a GUID in lower case."),
				"entitlement_id":      text("The id of the Azure subscription, a GUID in lower case. If the API returns none, the one in `resource_uri`; null without either."),
				"entitlement_name":    text("The name of the Azure subscription. Null if the API returns none."),
				"resource_group_name": text("The name of the resource group. If the API returns none, the one in `resource_uri`; null without either."),
				"resource_name":       text("The name of the resource. Null if the API returns none."),
				"resource_type":       text("The type of the resource, often only the namespace of the resource provider, such as `Microsoft.Compute`. Null if the API returns none."),
				"resource_uri":        text("The resource's id in Azure Resource Manager. Null if the API returns none."),
			}, costAttributes())),
		}, filteredCollectionAttributes()),
	}
}

func readSubscriptionResourceUsage(ctx context.Context, api *pcclient.Client, m *subscriptionResourceUsage) error {
	all, err := api.SubscriptionResourceUsage(ctx, id(m.CustomerID), id(m.SubscriptionID))
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	if err := m.refuseMissing(all.Items); err != nil {
		return err
	}
	inEntitlements, inGroups := matchesNull(matchesAny(m.EntitlementIDs)), matchesNull(matchesAny(m.ResourceGroupNames))
	records := filter(all.Items, func(r *pcclient.ResourceUsageRecord) bool {
		return inEntitlements(r.Entitlement()) && inGroups(r.ResourceGroup())
	})
	sortRecords(records, func(a, b *pcclient.ResourceUsageRecord) int {
		return cmp.Or(
			compareTexts(a.EntitlementName, b.EntitlementName),
			compareTexts(a.ResourceGroup(), b.ResourceGroup()),
			compareTexts(a.Resource(), b.Resource()),
			compareTexts(a.ResourceURI, b.ResourceURI),
		)
	})
	var s costTotals
	for _, r := range records {
		s.add(&r.Cost)
	}
	m.Totals = s.totals()
	m.CostByEntitlement = costByEntitlement(records)
	m.CostByResourceGroup = costByResourceGroup(records)
	if deref(m.IncludeRecords, true) {
		m.Records = mapRows(records, newResourceUsageRecord)
	}
	return nil
}

// refuseMissing finds the arguments that nothing is listed for. A resource group is
// one of the Azure subscriptions that are selected.
func (m *subscriptionResourceUsage) refuseMissing(records []*pcclient.ResourceUsageRecord) error {
	inEntitlements := matchesAny(m.EntitlementIDs)
	entitlements, names := newIDTracker(m.EntitlementIDs), newIDTracker(m.ResourceGroupNames)
	for _, r := range records {
		entitlements.mark(r.Entitlement())
		if inEntitlements(r.Entitlement()) {
			names.mark(r.ResourceGroup())
		}
	}
	m.MissingEntitlementIDs, m.MissingResourceGroupNames = entitlements.missing(), names.missing()
	switch {
	case deref(m.AllowMissing, false):
	case len(m.MissingEntitlementIDs) > 0:
		return &argumentError{
			argument: "entitlement_ids",
			summary:  "Azure subscription not listed",
			detail: fmt.Sprintf("Partner Center lists no usage of %s in this Azure plan. Check the ids. "+
				"If these Azure subscriptions may have no usage yet, set allow_missing = true.", strings.Join(m.MissingEntitlementIDs, ", ")),
		}
	case len(m.MissingResourceGroupNames) > 0:
		return &argumentError{
			argument: "resource_group_names",
			summary:  "Resource group not listed",
			detail: fmt.Sprintf("Partner Center lists no usage of %s in this Azure plan, or in the Azure subscriptions that are selected. Check the names. "+
				"If these resource groups may have no usage yet, set allow_missing = true.", strings.Join(m.MissingResourceGroupNames, ", ")),
		}
	}
	return nil
}

// costByEntitlement adds up by Azure subscription, whatever it was called.
func costByEntitlement(records []*pcclient.ResourceUsageRecord) []entitlementCost {
	names := map[string]*newestName{"": {}}
	byID := costsByKey[string]{}
	for _, r := range records {
		id := deref(normalizeGUID(r.Entitlement()), "")
		byID.add(id, &r.Cost)
		if names[id] == nil {
			names[id] = new(newestName)
		}
		if id != "" {
			names[id].update(r.EntitlementName, r.LastModifiedDate)
		}
	}
	byName := func(a, b string) int { return cmp.Or(compareTexts(names[a].text, names[b].text), cmp.Compare(a, b)) }
	return costRows(byID, byName, func(id string, c groupCost) entitlementCost {
		return entitlementCost{nilIfEmpty(id), names[id].text, c}
	})
}

// costByResourceGroup adds up by resource group, whose names Azure compares
// without case.
func costByResourceGroup(records []*pcclient.ResourceUsageRecord) []resourceGroupCost {
	names := map[[2]string]*newestName{}
	byGroup := costsByKey[[2]string]{}
	for _, r := range records {
		key := [2]string{deref(normalizeGUID(r.Entitlement()), ""), strings.ToLower(deref(r.ResourceGroup(), ""))}
		if names[key] == nil {
			names[key] = new(newestName)
		}
		names[key].update(r.ResourceGroup(), r.LastModifiedDate)
		byGroup.add(key, &r.Cost)
	}
	return costRows(byGroup, compareKeys, func(key [2]string, c groupCost) resourceGroupCost {
		return resourceGroupCost{nilIfEmpty(key[0]), names[key].text, c}
	})
}

func newResourceUsageRecord(r *pcclient.ResourceUsageRecord) resourceUsageRecord {
	return resourceUsageRecord{
		SubscriptionID:    normalizeGUID(r.SubscriptionID),
		EntitlementID:     normalizeGUID(r.Entitlement()),
		EntitlementName:   r.EntitlementName,
		ResourceGroupName: r.ResourceGroup(),
		ResourceName:      r.Resource(),
		ResourceType:      r.ResourceType,
		ResourceURI:       r.ResourceURI,
		cost:              newCost(&r.Cost),
	}
}
