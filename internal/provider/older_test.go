package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// Terraform before 1.8 asks for neither metadata, functions nor ephemeral
// resources. It gets schemas all the same, and reads.
func TestOlderTerraform(t *testing.T) {
	t.Parallel()
	s, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schemas.Diagnostics) > 0 {
		t.Fatal(err, schemas)
	}
	if len(schemas.DataSourceSchemas) != len(providertest.DataSources) || len(schemas.ResourceSchemas) != 0 {
		t.Errorf("%d data sources, %d resources", len(schemas.DataSourceSchemas), len(schemas.ResourceSchemas))
	}
	configured(t, emulator.New(emulator.Options{}), emulator.UserAccessToken()).
		Read(t, "partnercenter_spend_gate", providertest.DataSources["partnercenter_spend_gate"].Arguments).Succeed(t)
}
