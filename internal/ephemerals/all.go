// Package ephemerals holds the ephemeral resources: what Terraform opens while
// planning and again while applying, and keeps in neither plan nor state.
package ephemerals

import "github.com/hashicorp/terraform-plugin-framework/ephemeral"

// All returns the constructors of all ephemeral resources.
func All() []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newAzureSubscriptionGate, newSpendGate}
}
