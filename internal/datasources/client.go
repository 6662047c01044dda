package datasources

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// Clients are what the provider makes of its configuration.
type Clients struct {
	api     *pcclient.Client
	exports *graphbilling.Client
}

// NewClients returns the clients. They send nothing.
func NewClients(options pcclient.Options) *Clients {
	api := pcclient.New(options)
	return &Clients{api, graphbilling.New(api)}
}

// ConfiguredClient returns the client of Partner Center, for the Configure of ephemeral
// resources and actions. It is nil before the provider is configured, when Terraform
// validates.
func ConfiguredClient(providerData any) (*pcclient.Client, diag.Diagnostics) {
	clients, diagnostics := configuredClients(providerData)
	return clients.api, diagnostics
}

// configuredClients returns the clients that the provider has made, or none before that.
func configuredClients(providerData any) (Clients, diag.Diagnostics) {
	if providerData == nil {
		return Clients{}, nil
	}
	clients, ok := providerData.(*Clients)
	if !ok {
		return Clients{}, diag.Diagnostics{diag.NewErrorDiagnostic("Unexpected provider data",
			fmt.Sprintf("Expected the provider's clients, got %T. This is a bug in the provider.", providerData))}
	}
	return *clients, nil
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
