package datasources

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newAzureEntitlements() datasource.DataSource {
	return &source[azureEntitlements]{
		name:   "azure_entitlements",
		schema: azureEntitlementsSchema,
		read:   readAzureEntitlements,
	}
}

type azureEntitlements struct {
	CustomerID     *string       `tfsdk:"customer_id"`
	SubscriptionID *string       `tfsdk:"subscription_id"`
	Entitlements   []entitlement `tfsdk:"entitlements"`
	collection
}

type entitlement struct {
	EntitlementID   *string `tfsdk:"entitlement_id"`
	EntitlementName *string `tfsdk:"entitlement_name"`
	Status          *string `tfsdk:"status"`
	SubscriptionID  *string `tfsdk:"subscription_id"`
}

func azureEntitlementsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The Azure subscriptions (entitlements) in an Azure plan. Legacy (MS-AZR-0145P) subscriptions have none.\n\n" +
			"The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get a list of Azure entitlements for subscription](https://learn.microsoft.com/partner-center/developer/get-a-list-of-azure-entitlements-for-subscription).",
		Attributes: with(attributes{
			"customer_id":     customerID(),
			"subscription_id": idArgument("The id of the Azure plan, a GUID in upper or lower case."),
			"entitlements": rows("The Azure subscriptions, by `entitlement_name`, then `entitlement_id`.", attributes{
				"entitlement_id":   text("The id of the Azure subscription, a GUID in lower case."),
				"entitlement_name": text("The name of the Azure subscription. Null if the API returns none."),
				"status":           text("The status, such as `active`. Null if the API returns none."),
				"subscription_id":  text("The id of the Azure plan, a GUID in lower case. Null if the API returns none."),
			}),
		}, collectionAttributes()),
	}
}

func readAzureEntitlements(ctx context.Context, api *pcclient.Client, m *azureEntitlements) error {
	all, err := api.AzureEntitlements(ctx, id(m.CustomerID), id(m.SubscriptionID))
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	list := all.Items
	sortRecords(list, func(a, b *pcclient.AzureEntitlement) int {
		return cmp.Or(compareTexts(a.FriendlyName, b.FriendlyName), compareTexts(normalizeGUID(a.ID), normalizeGUID(b.ID)))
	})
	m.Entitlements = mapRows(list, func(e *pcclient.AzureEntitlement) entitlement {
		return entitlement{
			EntitlementID:   normalizeGUID(e.ID),
			EntitlementName: e.FriendlyName,
			Status:          e.Status,
			SubscriptionID:  normalizeGUID(e.SubscriptionID),
		}
	})
	return nil
}
