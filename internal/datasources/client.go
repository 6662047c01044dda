package datasources

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// ConfiguredClient is the client that the provider has made of its configuration,
// for the Configure of data sources, ephemeral resources and actions. It is nil before that:
// Terraform validates before it configures the provider.
func ConfiguredClient(providerData any) (*pcclient.Client, diag.Diagnostics) {
	if providerData == nil {
		return nil, nil
	}
	api, ok := providerData.(*pcclient.Client)
	if !ok {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Unexpected provider data",
			fmt.Sprintf("Expected a Partner Center client, got %T. This is a bug in the provider.", providerData))}
	}
	return api, nil
}

// Read runs one read: all of its requests share a deadline and a correlation id,
// errors are explained, and the warnings of the run are added.
func Read(ctx context.Context, api *pcclient.Client, title string, read func(context.Context) error) diag.Diagnostics {
	if api == nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider not configured",
			"The "+title+" is read before the provider is configured. This is a bug in the provider.")}
	}
	ctx, end := api.Operation(ctx)
	defer end()
	err := read(ctx)
	diagnostics := warnings(api)
	if err != nil {
		diagnostics.Append(diagnose(title, err))
	}
	return diagnostics
}
