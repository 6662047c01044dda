package datasources

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSubscriptionUsageRecords() datasource.DataSource {
	return &source[subscriptionUsageRecords]{
		name:   "subscription_usage_records",
		schema: subscriptionUsageRecordsSchema,
		read:   readSubscriptionUsageRecords,
	}
}

type subscriptionUsageRecords struct {
	CustomerID     *string `tfsdk:"customer_id"`
	IncludeRecords *bool   `tfsdk:"include_records"`

	Records []subscriptionUsageRecord `tfsdk:"records"`
	Totals  *totals                   `tfsdk:"totals"`
	collection
}

type subscriptionUsageRecord struct {
	SubscriptionID   *string `tfsdk:"subscription_id"`
	SubscriptionName *string `tfsdk:"subscription_name"`
	Status           *string `tfsdk:"status"`
	OfferID          *string `tfsdk:"offer_id"`
	PartnerOnRecord  *string `tfsdk:"partner_on_record"`
	cost
}

func subscriptionUsageRecordsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What each subscription of a customer has cost in the current billing period: one record per Azure plan, with all Azure subscriptions in it, and one per legacy (MS-AZR-0145P) subscription. " + estimates + "\n\n" +
			"A customer without usage is not an error: the list is empty, or has records of 0. Reads all pages, or fails. The route needs a sign-in as a user (App+User). " +
			"See [Get usage data for subscriptions](https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-s-usage-records).",
		Attributes: with(attributes{
			"customer_id":     customerID(),
			"include_records": includeRecords(),
			"totals":          object("Exact sums of the records.", totalsAttributes()),
			"records": rows("One record per subscription, sorted by `subscription_name`, then `subscription_id`. Null if `include_records` is false.", with(attributes{
				"subscription_id":   text("The id of the subscription or Azure plan, a GUID in lower case."),
				"subscription_name": text("The name of the subscription or plan. Null if the API returns none."),
				"status":            text("The status of the subscription, such as `active`, `suspended` or `deleted`. Null if the API returns none."),
				"offer_id":          text("The id of the offer: `MS-AZR-0145P` for a legacy subscription, or product, SKU and availability for an Azure plan. Null if the API returns none."),
				"partner_on_record": text("The MPN id of the partner on record. Null if the API returns none."),
			}, costAttributes())),
		}, collectionAttributes()),
	}
}

func readSubscriptionUsageRecords(ctx context.Context, api *pcclient.Client, m *subscriptionUsageRecords) error {
	all, err := api.SubscriptionUsageRecords(ctx, id(m.CustomerID))
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	records := all.Items
	sortRecords(records, func(a, b *pcclient.SubscriptionUsageRecord) int {
		return cmp.Or(compareTexts(a.Owner(), b.Owner()), compareTexts(normalizeGUID(a.OwnerID()), normalizeGUID(b.OwnerID())))
	})
	var s costTotals
	for _, r := range records {
		s.add(&r.Cost)
	}
	m.Totals = s.totals()
	if deref(m.IncludeRecords, true) {
		m.Records = mapRows(records, newSubscriptionUsageRecord)
	}
	return nil
}

func newSubscriptionUsageRecord(r *pcclient.SubscriptionUsageRecord) subscriptionUsageRecord {
	return subscriptionUsageRecord{
		SubscriptionID:   normalizeGUID(r.OwnerID()),
		SubscriptionName: r.Owner(),
		Status:           r.Status,
		OfferID:          normalizeGUID(r.OfferID),
		PartnerOnRecord:  r.PartnerOnRecord,
		cost:             newCost(&r.Cost),
	}
}
