package ephemerals

import (
	"strings"
	"testing"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, construct := range All() {
		var response ephemeral.SchemaResponse
		construct().Schema(t.Context(), ephemeral.SchemaRequest{}, &response)
		if problems := response.Schema.ValidateImplementation(t.Context()); problems.HasError() {
			t.Error(problems)
		}
		for name, attribute := range response.Schema.Attributes {
			if !strings.HasSuffix(attribute.GetMarkdownDescription(), ".") {
				t.Errorf("the description of %s is no sentence: %q", name, attribute.GetMarkdownDescription())
			}
		}
	}
}

// Both forms of a gate have the same arguments, with the same texts.
func TestGates_arguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		gate       ephemeral.EphemeralResource
		attributes map[string]datasource.Attribute
	}{
		{newSpendGate(), datasources.GateAttributes()},
		{newAzureSubscriptionGate(), datasources.AzureSubscriptionGateAttributes()},
	} {
		var response ephemeral.SchemaResponse
		test.gate.Schema(t.Context(), ephemeral.SchemaRequest{}, &response)
		for name, attribute := range test.attributes {
			converted, ok := response.Schema.Attributes[name]
			if !ok || converted.GetMarkdownDescription() != attribute.GetMarkdownDescription() || converted.IsRequired() != attribute.IsRequired() || !converted.GetType().Equal(attribute.GetType()) {
				t.Errorf("%s differs", name)
			}
		}
	}
}
