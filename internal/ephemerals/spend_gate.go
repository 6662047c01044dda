package ephemerals

import (
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
)

type spendGate struct {
	datasources.GateArguments
	gateResults
}

func newSpendGate() ephemeral.EphemeralResource {
	return &gateResource{
		name:       "spend_gate",
		question:   "Whether the spend of customers is within limits, when the plan is made and again when it is applied.",
		figures:    "The figures are those of [partnercenter_customer_usage_records](../data-sources/customer_usage_records.md), and the sign-in has to be a user's (App+User).",
		attributes: datasources.GateAttributes,
		model:      func() gateModel { return new(spendGate) },
	}
}
