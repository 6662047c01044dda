package datasources

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// guid accepts the ids of customers and subscriptions, in any case. They become
// a part of a path, so nothing else may pass.
type guid struct{}

func (guid) Description(context.Context) string { return "must be a GUID" }

func (g guid) MarkdownDescription(ctx context.Context) string { return g.Description(ctx) }

func (guid) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if text := request.ConfigValue.ValueString(); !isGUID(text) {
		response.Diagnostics.AddAttributeError(request.Path, "Not a GUID",
			fmt.Sprintf("%q is not the id of a customer or subscription, which looks like 12345678-1234-1234-1234-123456789abc.", text))
	}
}

// isGUID accepts the plain form only: no braces, no urn.
func isGUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }
