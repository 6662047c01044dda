package ephemerals

import (
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
)

type azureSubscriptionGate struct {
	datasources.AzureSubscriptionGateArguments
	gateResults
}

func newAzureSubscriptionGate() ephemeral.EphemeralResource {
	return &gateResource{
		name:       "azure_subscription_gate",
		question:   "Whether what one Azure subscription has cost is within limits, when the plan is made and again when it is applied.",
		figures:    "The figures are those of [partnercenter_azure_subscription_usage](../data-sources/azure_subscription_usage.md), and the sign-in has to be a user's (App+User).",
		attributes: datasources.AzureSubscriptionGateAttributes,
		model:      func() gateModel { return new(azureSubscriptionGate) },
	}
}
