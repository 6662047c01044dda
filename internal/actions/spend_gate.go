package actions

import (
	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
)

func newSpendGate() action.Action {
	return &gateAction{
		name:       "spend_gate",
		attributes: datasources.GateAttributes,
		arguments:  func() gateArguments { return new(datasources.GateArguments) },
		stops:      "Stops the creation or the update of a resource, during the apply, if the spend of customers is not within limits.",
		figures:    "The figures are those of [partnercenter_customer_usage_records](../data-sources/customer_usage_records.md), and the sign-in has to be a user's (App+User).",
	}
}
