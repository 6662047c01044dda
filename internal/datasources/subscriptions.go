package datasources

import (
	"cmp"
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSubscriptions() datasource.DataSource {
	return &source[subscriptions]{
		name:   "subscriptions",
		schema: subscriptionsSchema,
		read:   readSubscriptions,
	}
}

type subscriptions struct {
	CustomerID    *string        `tfsdk:"customer_id"`
	Status        *string        `tfsdk:"status"`
	AzureOnly     *bool          `tfsdk:"azure_only"`
	Subscriptions []subscription `tfsdk:"subscriptions"`
	collection
}

type subscription struct {
	SubscriptionID     *string `tfsdk:"subscription_id"`
	SubscriptionName   *string `tfsdk:"subscription_name"`
	OfferID            *string `tfsdk:"offer_id"`
	OfferName          *string `tfsdk:"offer_name"`
	Status             *string `tfsdk:"status"`
	BillingType        *string `tfsdk:"billing_type"`
	BillingCycle       *string `tfsdk:"billing_cycle"`
	Quantity           *int64  `tfsdk:"quantity"`
	UnitType           *string `tfsdk:"unit_type"`
	CreationDate       *string `tfsdk:"creation_date"`
	EffectiveStartDate *string `tfsdk:"effective_start_date"`
	CommitmentEndDate  *string `tfsdk:"commitment_end_date"`
	OrderID            *string `tfsdk:"order_id"`
	PartnerMPNID       *string `tfsdk:"partner_mpn_id"`
	IsAzurePlan        bool    `tfsdk:"is_azure_plan"`
	IsAzureLegacy      bool    `tfsdk:"is_azure_legacy"`
}

func subscriptionsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The subscriptions of a customer: Azure plans, legacy (MS-AZR-0145P) Azure subscriptions, and licences. " +
			"Use it to find the ids that the data sources for usage need.\n\n" +
			"The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get all of a customer's subscriptions](https://learn.microsoft.com/partner-center/developer/get-all-of-a-customer-s-subscriptions).",
		Attributes: with(attributes{
			"customer_id": customerID(),
			"status": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Returns only subscriptions with this status, such as `active`, case-insensitive.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"azure_only": option("Whether to return only Azure plans and legacy Azure subscriptions, and subscriptions that may be one of them because the API does not say. Defaults to `false`."),
			"subscriptions": rows("The subscriptions, by `subscription_name`, then `subscription_id`.", attributes{
				"subscription_id":      text("The id of the subscription, or of the Azure plan, a GUID in lower case."),
				"subscription_name":    text("The name of the subscription. Null if the API returns none."),
				"offer_id":             text("The id of the offer. Null if the API returns none."),
				"offer_name":           text("The name of the offer. Null if the API returns none."),
				"status":               text("The status, such as `active`, `suspended`, `deleted` or `expired`. Null if the API returns none."),
				"billing_type":         text("How the subscription is billed, such as `usage` or `license`. Null if the API returns none."),
				"billing_cycle":        text("How often the subscription is billed, such as `monthly` or `annual`. Null if the API returns none."),
				"quantity":             count("The number of licences; 1 for Azure. Null if the API returns none."),
				"unit_type":            text("The unit of `quantity`. Null if the API returns none."),
				"creation_date":        text("When the subscription was created, an RFC 3339 time. Null if the API returns none."),
				"effective_start_date": text("When the subscription begins, an RFC 3339 time. Null if the API returns none."),
				"commitment_end_date":  text("When the commitment ends, an RFC 3339 time. The API returns the year 9999 for Azure, which has no commitment. Null if the API returns none."),
				"order_id":             text("The id of the order. Null if the API returns none."),
				"partner_mpn_id":       text("The MPN id of the reseller. Null if the API returns none."),
				"is_azure_plan":        boolean("Whether this is an Azure plan, which holds Azure subscriptions."),
				"is_azure_legacy":      boolean("Whether this is an Azure subscription of the legacy offer MS-AZR-0145P."),
			}),
		}, filteredCollectionAttributes()),
	}
}

func readSubscriptions(ctx context.Context, api *pcclient.Client, m *subscriptions) error {
	all, err := api.Subscriptions(ctx, id(m.CustomerID))
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	list := filter(all.Items, func(s *pcclient.Subscription) bool {
		return (m.Status == nil || deref(s.Status, "") == "" || strings.EqualFold(*s.Status, strings.TrimSpace(*m.Status))) &&
			(!deref(m.AzureOnly, false) || s.MayBeAzurePlan() || s.IsAzureLegacy())
	})
	sortRecords(list, func(a, b *pcclient.Subscription) int {
		return cmp.Or(compareTexts(a.FriendlyName, b.FriendlyName), compareTexts(normalizeGUID(a.ID), normalizeGUID(b.ID)))
	})
	m.Subscriptions = mapRows(list, newSubscription)
	return nil
}

func newSubscription(s *pcclient.Subscription) subscription {
	return subscription{
		SubscriptionID:     normalizeGUID(s.ID),
		SubscriptionName:   s.FriendlyName,
		OfferID:            normalizeGUID(s.OfferID),
		OfferName:          s.OfferName,
		Status:             s.Status,
		BillingType:        s.BillingType,
		BillingCycle:       s.BillingCycle,
		Quantity:           (*int64)(s.Quantity),
		UnitType:           s.UnitType,
		CreationDate:       formatTime(s.CreationDate),
		EffectiveStartDate: formatTime(s.EffectiveStartDate),
		CommitmentEndDate:  formatTime(s.CommitmentEndDate),
		OrderID:            normalizeGUID(s.OrderID),
		PartnerMPNID:       s.PartnerID,
		IsAzurePlan:        s.IsAzurePlan(),
		IsAzureLegacy:      s.IsAzureLegacy(),
	}
}
