package actions

import (
	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
)

func newAzureSubscriptionGate() action.Action {
	return &gateAction{
		name:       "azure_subscription_gate",
		attributes: datasources.AzureSubscriptionGateAttributes,
		arguments:  func() gateArguments { return new(datasources.AzureSubscriptionGateArguments) },
		stops:      "Stops the creation or the update of a resource, during the apply, if what one Azure subscription has cost is not within limits.",
		figures:    "The figures are those of [partnercenter_azure_subscription_usage](../data-sources/azure_subscription_usage.md), and the sign-in has to be a user's (App+User).",
	}
}
