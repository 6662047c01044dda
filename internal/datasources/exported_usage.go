package datasources

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// exportedUsage is the model of [exportedUsageAttributes].
type exportedUsage struct {
	CustomerIDs          []string `tfsdk:"customer_ids"`
	AzureSubscriptionIDs []string `tfsdk:"azure_subscription_ids"`
	StartDate            *string  `tfsdk:"start_date"`
	EndDate              *string  `tfsdk:"end_date"`
	AllowMissing         *bool    `tfsdk:"allow_missing"`
	GroupBy              []string `tfsdk:"group_by"`
	MaxGroups            *int64   `tfsdk:"max_groups"`

	Groups                      []usageGroup `tfsdk:"groups"`
	Totals                      *usageTotals `tfsdk:"totals"`
	DataVersion                 *string      `tfsdk:"data_version"`
	DataCreatedDate             *string      `tfsdk:"data_created_date"`
	MissingCustomerIDs          []string     `tfsdk:"missing_customer_ids"`
	MissingAzureSubscriptionIDs []string     `tfsdk:"missing_azure_subscription_ids"`
}

type usageGroup struct {
	UsageDate             *string            `tfsdk:"usage_date"`
	CustomerID            *string            `tfsdk:"customer_id"`
	CustomerName          *string            `tfsdk:"customer_name"`
	PlanID                *string            `tfsdk:"plan_id"`
	AzureSubscriptionID   *string            `tfsdk:"azure_subscription_id"`
	AzureSubscriptionName *string            `tfsdk:"azure_subscription_name"`
	ResourceGroupName     *string            `tfsdk:"resource_group_name"`
	ResourceURI           *string            `tfsdk:"resource_uri"`
	ServiceName           *string            `tfsdk:"service_name"`
	MeterID               *string            `tfsdk:"meter_id"`
	MeterName             *string            `tfsdk:"meter_name"`
	Unit                  *string            `tfsdk:"unit"`
	Region                *string            `tfsdk:"region"`
	ChargeType            *string            `tfsdk:"charge_type"`
	Tags                  map[string]*string `tfsdk:"tags"`
	Cost                  *pcclient.Decimal  `tfsdk:"cost"`
	CurrencyCode          *string            `tfsdk:"currency_code"`
	PricingCost           *pcclient.Decimal  `tfsdk:"pricing_cost"`
	PricingCurrencyCode   *string            `tfsdk:"pricing_currency_code"`
	Quantity              *pcclient.Decimal  `tfsdk:"quantity"`
	RowCount              int64              `tfsdk:"row_count"`
}

type usageTotals struct {
	RowCount              int64                        `tfsdk:"row_count"`
	CostByCurrency        map[string]*pcclient.Decimal `tfsdk:"cost_by_currency"`
	PricingCostByCurrency map[string]*pcclient.Decimal `tfsdk:"pricing_cost_by_currency"`
	FirstUsageDate        *string                      `tfsdk:"first_usage_date"`
	LastUsageDate         *string                      `tfsdk:"last_usage_date"`
}

// aboutExports is what the descriptions have in common.
const aboutExports = "Costs are before tax. Reservations, savings plans, licences, software and products of the Marketplace are not included. " +
	"The rows of the export, which may be millions, are added up exactly while they are read, and are never in the state: a row that cannot be read is an error, and so is any part of the export that does not arrive whole.\n\n" +
	"Microsoft Graph prepares an export on request, in seconds to half an hour, during which the read waits for up to `operation_timeout`. " +
	"Data sources that differ in filters and groups only share one export in a run. It works with a sign-in as an application (app-only), which needs the application permission `PartnerBilling.Read.All` of Microsoft Graph with admin consent, " +
	"and with one as a user (App+User), with the delegated permission of the same name; not with the Azure CLI. It is for direct-bill partners, in the public cloud only. "

func exportedUsageAttributes() attributes {
	day := func(description string, others ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: append(others, date)}
	}
	sums := func(description string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: types.NumberType, MarkdownDescription: description}
	}
	return attributes{
		"customer_ids": filterArgument("Returns only usage of these customers: ids (tenant ids), GUIDs in upper or lower case. An id without any row in the export, whatever its date, is an error, unless `allow_missing` is true. "+
			"A row without a customer is counted too.", guid),
		"azure_subscription_ids": filterArgument("Returns only usage of these Azure subscriptions: ids as in Azure Resource Manager, GUIDs in upper or lower case. An id without any row in the export, whatever its date, is an error, unless `allow_missing` is true. "+
			"A row without an Azure subscription is counted too.", guid),
		"start_date": day("Returns only usage of this day and later ones: a date such as `2026-11-01`, in UTC. A row without a date is counted too."),
		"end_date":   day("Returns only usage of this day and earlier ones: a date such as `2026-11-30`, in UTC. Must not be before `start_date`. A row without a date is counted too.", notBefore{"start_date"}),
		"allow_missing": option("Whether to accept that the export has no row of a customer of `customer_ids`, or of an Azure subscription of `azure_subscription_ids`. " +
			"It is then in `missing_customer_ids` or `missing_azure_subscription_ids` instead of an error. Those without usage have no rows. Defaults to `false`."),
		"group_by": schema.ListAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "What `groups` are by, in this order: `date`, `customer`, `plan`, `azure_subscription`, `resource_group`, `resource`, `service`, `meter`, `region`, `charge_type`, or `tag:NAME` for the tag of that name, which Azure compares without case. Defaults to `[\"customer\"]`. " +
				"With `date`, `customer`, `plan`, `resource` and `charge_type` only, the export has fewer columns, and is read faster.",
			Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(groupKey), distinct{}},
		},
		"max_groups": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("How many groups there may be, at least 1. More are an error, never a part of them: each one is in the state. Defaults to %d.",
				graphbilling.DefaultMaxGroups),
			Validators: []validator.Int64{int64validator.AtLeast(1)},
		},
		"groups": rows("The exact sums of the rows that agree in everything of `group_by` and in their currencies, sorted by what `group_by` names, in its order, then by currency; what is null comes first. "+
			"Grouped by meter, rows in different units are different groups too. Texts that differ only in case are one group, except for values of tags.", usageGroupAttributes()),
		"totals": object("Exact sums of all rows, after the filters.", attributes{
			"row_count":                count("The number of rows, after the filters. 0 means that nothing is known, not that nothing was used."),
			"cost_by_currency":         sums("The exact sum of `cost` for each `currency_code`. Currencies are never added to each other or converted. The key `unknown` is for rows without a currency. Empty without rows."),
			"pricing_cost_by_currency": sums("The exact sum of `pricing_cost` for each `pricing_currency_code`. The key `unknown` is for rows without one. A value is null if a row of that currency has no such cost. Empty without rows."),
			"first_usage_date":         text("The day of the earliest row, after the filters, such as `2026-11-01`. Null without rows that have one."),
			"last_usage_date":          text("The day of the latest row, after the filters, such as `2026-11-30`. Null without rows that have one. A gate should check it: usage of a later day is not there yet."),
		}),
		"data_version":                   text("The version of the data (its eTag): as long as it stays the same, so do the figures. Null if Microsoft Graph returns none."),
		"data_created_date":              text("When Microsoft prepared the data, an RFC 3339 time, in UTC if Microsoft Graph returns no offset. It may be hours before the read, and days for an invoice. Null if Microsoft Graph returns none."),
		"missing_customer_ids":           texts("The ids of `customer_ids` that no row of the export has, whatever its date, in lower case and in the order of the argument."),
		"missing_azure_subscription_ids": texts("The ids of `azure_subscription_ids` that no row of the export has, whatever its date, in lower case and in the order of the argument."),
	}
}

func usageGroupAttributes() attributes {
	// key is what a group is by.
	key := func(name, description string) schema.Attribute {
		return text(description + " Null unless grouped by `" + name + "`, and for rows without one.")
	}
	return attributes{
		"usage_date":              key("date", "The day of the usage, in UTC, such as `2026-11-30`."),
		"customer_id":             key("customer", "The id of the customer (its tenant id), a GUID in lower case."),
		"customer_name":           key("customer", "The name of the customer, as on the newest row that has one."),
		"plan_id":                 key("plan", "The id of the Azure plan in Partner Center, which other data sources call `subscription_id`, a GUID in lower case."),
		"azure_subscription_id":   key("azure_subscription", "The id of the Azure subscription, as in Azure Resource Manager, a GUID in lower case."),
		"azure_subscription_name": key("azure_subscription", "The name of the Azure subscription, as on the newest row that has one."),
		"resource_group_name":     key("resource_group", "The name of the resource group, as on the newest row. Resource groups of that name in different Azure subscriptions are one group, unless also grouped by `azure_subscription`."),
		"resource_uri":            key("resource", "The resource's id in Azure Resource Manager, as on the newest row."),
		"service_name":            key("service", "The category of the meters, such as `Virtual Machines`, as on the newest row."),
		"meter_id":                key("meter", "The id of the meter, in lower case."),
		"meter_name":              key("meter", "The name of the meter, as on the newest row that has one."),
		"unit":                    key("meter", "The unit of `quantity`, which may be a multiple, such as `10,000s`."),
		"region":                  key("region", "The Azure region of the resources, as on the newest row."),
		"charge_type":             key("charge_type", "The type of charge, such as `new`, as on the newest row."),
		"tags": schema.MapAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "The values of the tags of `group_by`, by the names that it has. A value is null for rows without that tag. Null unless grouped by a tag.",
		},
		"cost":                  number("The exact sum of the rows' costs before tax (`BillingPreTaxTotal`), in `currency_code`. May be negative after a refund or a credit."),
		"currency_code":         text("The ISO 4217 code of the billing currency, which `cost` is in. Null for rows without one."),
		"pricing_cost":          number("The exact sum of the rows' costs before tax in the currency of the prices (`PricingPreTaxTotal`), in `pricing_currency_code`. Null if a row has none."),
		"pricing_currency_code": text("The ISO 4217 code of the currency of the prices, often `USD`, which `pricing_cost` is in. Null for rows without one."),
		"quantity":              number("The exact sum of the quantities, in `unit`. Null unless grouped by `meter`, and if a row has none."),
		"row_count":             count("The number of rows."),
	}
}

// read adds up the export of a query, with the filters and groups of the model.
func (m *exportedUsage) read(ctx context.Context, exports *graphbilling.Client, query graphbilling.Query) error {
	query.CustomerIDs, query.AzureSubscriptionIDs = m.CustomerIDs, m.AzureSubscriptionIDs
	query.StartDate, query.EndDate = deref(m.StartDate, ""), deref(m.EndDate, "")
	query.MaxGroups = int(deref(m.MaxGroups, 0))
	if query.GroupBy = m.GroupBy; m.GroupBy == nil {
		query.GroupBy = []string{"customer"}
	}
	usage, err := exports.Usage(ctx, query)
	if err != nil {
		return err
	}
	m.MissingCustomerIDs, m.MissingAzureSubscriptionIDs = usage.MissingCustomerIDs, usage.MissingAzureSubscriptionIDs
	if err := m.refuseMissing(); err != nil {
		return err
	}
	m.Groups = mapRows(pointers(usage.Groups), newUsageGroup)
	m.Totals = newUsageTotals(&usage.Totals)
	m.DataVersion, m.DataCreatedDate = nilIfEmpty(usage.DataVersion), formatTime(usage.DataCreatedDate)
	return nil
}

// refuseMissing returns an error for ids that the export has no row of.
func (m *exportedUsage) refuseMissing() error {
	const checkIDs = "The export has no usage of %s, whatever the date. Check the ids. If %s may have no usage, set allow_missing = true."
	switch {
	case deref(m.AllowMissing, false):
	case len(m.MissingCustomerIDs) > 0:
		return &argumentError{"customer_ids", "Customer not listed", fmt.Sprintf(checkIDs, strings.Join(m.MissingCustomerIDs, ", "), "these customers")}
	case len(m.MissingAzureSubscriptionIDs) > 0:
		return &argumentError{"azure_subscription_ids", "Azure subscription not listed", fmt.Sprintf(checkIDs, strings.Join(m.MissingAzureSubscriptionIDs, ", "), "these Azure subscriptions")}
	}
	return nil
}

func newUsageGroup(g *graphbilling.Group) usageGroup {
	return usageGroup{
		UsageDate:             g.UsageDate,
		CustomerID:            g.CustomerID,
		CustomerName:          g.CustomerName,
		PlanID:                g.PlanID,
		AzureSubscriptionID:   g.AzureSubscriptionID,
		AzureSubscriptionName: g.AzureSubscriptionName,
		ResourceGroupName:     g.ResourceGroupName,
		ResourceURI:           g.ResourceURI,
		ServiceName:           g.ServiceName,
		MeterID:               g.MeterID,
		MeterName:             g.MeterName,
		Unit:                  g.Unit,
		Region:                g.Region,
		ChargeType:            g.ChargeType,
		Tags:                  g.Tags,
		Cost:                  &g.Cost,
		CurrencyCode:          g.CurrencyCode,
		PricingCost:           g.PricingCost,
		PricingCurrencyCode:   g.PricingCurrencyCode,
		Quantity:              g.Quantity,
		RowCount:              g.RowCount,
	}
}

func newUsageTotals(t *graphbilling.Totals) *usageTotals {
	costs := make(map[string]*pcclient.Decimal, len(t.CostByCurrency))
	for code, cost := range t.CostByCurrency {
		costs[code] = &cost
	}
	return &usageTotals{
		RowCount:              t.RowCount,
		CostByCurrency:        costs,
		PricingCostByCurrency: t.PricingCostByCurrency,
		FirstUsageDate:        t.FirstUsageDate,
		LastUsageDate:         t.LastUsageDate,
	}
}
