package ephemerals

import (
	"strings"
	"testing"

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

// Both forms of the gate have the same arguments, with the same texts.
func TestSpendGate_arguments(t *testing.T) {
	t.Parallel()
	var response ephemeral.SchemaResponse
	newSpendGate().Schema(t.Context(), ephemeral.SchemaRequest{}, &response)
	for name, attribute := range datasources.GateAttributes() {
		converted, ok := response.Schema.Attributes[name]
		if !ok || converted.GetMarkdownDescription() != attribute.GetMarkdownDescription() || !converted.IsOptional() || !converted.GetType().Equal(attribute.GetType()) {
			t.Errorf("%s differs", name)
		}
	}
}
