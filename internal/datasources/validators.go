package datasources

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
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
			fmt.Sprintf("%q is not an id such as 12345678-1234-1234-1234-123456789abc.", text))
	}
}

// isGUID accepts the plain form only: no braces, no urn.
func isGUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// rfc3339 accepts times.
type rfc3339 struct{}

func (rfc3339) Description(context.Context) string { return "must be an RFC 3339 time" }

func (v rfc3339) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (rfc3339) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if text := request.ConfigValue.ValueString(); !isTime(text) {
		response.Diagnostics.AddAttributeError(request.Path, "Not a time", fmt.Sprintf("%q is not an RFC 3339 time such as 2026-11-01T00:00:00Z.", text))
	}
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

// dateOrTime accepts dates, too.
type dateOrTime struct{}

func (dateOrTime) Description(context.Context) string { return "must be a date or an RFC 3339 time" }

func (v dateOrTime) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (dateOrTime) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	text := request.ConfigValue.ValueString()
	if _, _, err := parseDateOrTime(text); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Neither a date nor a time",
			fmt.Sprintf("%q is neither a date such as 2026-11-01 nor an RFC 3339 time such as 2026-11-01T00:00:00Z.", text))
	}
}

// after accepts times later than another argument's.
type after struct{ argument string }

func (v after) Description(context.Context) string { return "must be later than " + v.argument }

func (v after) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v after) ValidateString(ctx context.Context, request validator.StringRequest, response *validator.StringResponse) {
	var other types.String
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root(v.argument), &other)...)
	earlier, err := time.Parse(time.RFC3339, other.ValueString())
	if err != nil {
		return
	}
	later, err := time.Parse(time.RFC3339, request.ConfigValue.ValueString())
	if err == nil && !later.After(earlier) {
		response.Diagnostics.AddAttributeError(request.Path, "Not a period",
			fmt.Sprintf("%s is not later than %s, which is %s.", request.ConfigValue.ValueString(), v.argument, other.ValueString()))
	}
}
