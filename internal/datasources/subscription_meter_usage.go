package datasources

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSubscriptionMeterUsage() datasource.DataSource {
	return &source[subscriptionMeterUsage]{
		name:   "subscription_meter_usage",
		schema: subscriptionMeterUsageSchema,
		read:   readSubscriptionMeterUsage,
	}
}

type subscriptionMeterUsage struct {
	CustomerID     *string  `tfsdk:"customer_id"`
	SubscriptionID *string  `tfsdk:"subscription_id"`
	Categories     []string `tfsdk:"categories"`
	IncludeRecords *bool    `tfsdk:"include_records"`

	Records        []meterUsageRecord `tfsdk:"records"`
	Totals         *totals            `tfsdk:"totals"`
	CostByCategory []categoryCost     `tfsdk:"cost_by_category"`
	collection
}

type meterUsageRecord struct {
	ObjectType       *string           `tfsdk:"object_type"`
	SubscriptionID   *string           `tfsdk:"subscription_id"`
	SubscriptionName *string           `tfsdk:"subscription_name"`
	Status           *string           `tfsdk:"status"`
	OfferID          *string           `tfsdk:"offer_id"`
	MeterID          *string           `tfsdk:"meter_id"`
	MeterName        *string           `tfsdk:"meter_name"`
	Category         *string           `tfsdk:"category"`
	Subcategory      *string           `tfsdk:"subcategory"`
	QuantityUsed     *pcclient.Decimal `tfsdk:"quantity_used"`
	Unit             *string           `tfsdk:"unit"`
	cost
}

type categoryCost struct {
	Category *string `tfsdk:"category"`
	groupCost
}

func subscriptionMeterUsageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What a subscription has used of each meter in the current billing period: a whole Azure plan, with all Azure subscriptions in it, or a legacy (MS-AZR-0145P) subscription. " + estimates + "\n\n" +
			"A subscription without usage is an empty list, not an error. Reads all pages, or fails. The route needs a sign-in as a user (App+User). " +
			"See [Get usage data for subscription by meter](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-meter-usage-records).",
		Attributes: with(attributes{
			"customer_id":     customerID(),
			"subscription_id": subscriptionID(),
			"categories":      filterArgument("Returns only records of these categories, such as `Storage`, case-insensitive, and records without a category, such as that of a whole legacy subscription. A category without usage is not an error."),
			"include_records": includeRecords(),
			"totals":          object("Exact sums of the records, after the filters.", totalsAttributes()),
			"cost_by_category": rows("Exact sums by category and currency, after the filters, sorted by category, then currency.", with(attributes{
				"category": text("The category. Null for records without one."),
			}, groupCostAttributes())),
			"records": rows("One record per meter, sorted by `category`, `subcategory`, `meter_name`, `meter_id`. Null if `include_records` is false. "+
				"For a legacy (MS-AZR-0145P) subscription, the API may return one record for the whole subscription, without a meter.", with(attributes{
				"object_type":       text("The API's type of the record: `MeterUsageRecord`, or `SubscriptionMonthlyUsageRecord` for a whole legacy subscription."),
				"subscription_id":   text("The id of the subscription or Azure plan, a GUID in lower case."),
				"subscription_name": text("The name of a legacy subscription. Null on a meter's record."),
				"status":            text("The status of a legacy subscription, such as `active`. Null on a meter's record."),
				"offer_id":          text("The offer of a legacy subscription, such as `MS-AZR-0145P`. Null on a meter's record."),
				"meter_id":          text("The id of the meter. Several records may have the same one. Null on a record of a whole subscription."),
				"meter_name":        text("The name of the meter. Null on a record of a whole subscription."),
				"category":          text("The category of the meter. Null on a record of a whole subscription."),
				"subcategory":       text("The subcategory of the meter. Null on a record of a whole subscription."),
				"quantity_used":     number("The quantity used, in `unit`, exactly. Null on a record of a whole subscription."),
				"unit":              text("The unit of `quantity_used`, such as `1 GB/Month` or `10K`. Null on a record of a whole subscription."),
			}, costAttributes())),
		}, filteredCollectionAttributes()),
	}
}

func readSubscriptionMeterUsage(ctx context.Context, api *pcclient.Client, m *subscriptionMeterUsage) error {
	all, err := api.SubscriptionMeterUsage(ctx, id(m.CustomerID), id(m.SubscriptionID))
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	wanted := matchesNull(matchesAny(m.Categories))
	records := filter(all.Items, func(r *pcclient.MeterUsageRecord) bool { return wanted(r.Category) })
	sortRecords(records, func(a, b *pcclient.MeterUsageRecord) int {
		return cmp.Or(
			compareTexts(a.Category, b.Category),
			compareTexts(a.Subcategory, b.Subcategory),
			compareTexts(a.MeterName, b.MeterName),
			compareTexts(a.MeterID, b.MeterID),
			compareTexts(normalizeGUID(a.Subscription()), normalizeGUID(b.Subscription())),
		)
	})
	var s costTotals
	byCategory := costsByKey[string]{}
	for _, r := range records {
		s.add(&r.Cost)
		byCategory.add(deref(r.Category, ""), &r.Cost)
	}
	m.Totals = s.totals()
	m.CostByCategory = costRows(byCategory, cmp.Compare, func(category string, c groupCost) categoryCost {
		return categoryCost{nilIfEmpty(category), c}
	})
	if deref(m.IncludeRecords, true) {
		m.Records = mapRows(records, newMeterUsageRecord)
	}
	return nil
}

func newMeterUsageRecord(r *pcclient.MeterUsageRecord) meterUsageRecord {
	return meterUsageRecord{
		ObjectType:       r.Attributes.ObjectType,
		SubscriptionID:   normalizeGUID(r.Subscription()),
		SubscriptionName: r.Owner(),
		Status:           r.Status,
		OfferID:          normalizeGUID(r.OfferID),
		MeterID:          normalizeGUID(r.MeterID),
		MeterName:        r.MeterName,
		Category:         r.Category,
		Subcategory:      r.Subcategory,
		QuantityUsed:     r.QuantityUsed,
		Unit:             r.Unit,
		cost:             newCost(&r.Cost),
	}
}
