package datasources

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// textValidator checks a text that is known.
type textValidator struct {
	mustBe  string // for people
	summary string // of the error
	check   func(request validator.StringRequest, text string) error
}

func (v textValidator) Description(context.Context) string { return "must be " + v.mustBe }

func (v textValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v textValidator) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if err := v.check(request, request.ConfigValue.ValueString()); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, v.summary, err.Error()+".")
	}
}

var (
	// guid accepts the ids of customers and subscriptions, in any case, with or without
	// white space around them. They become a part of a path, so nothing else may pass.
	guid = textValidator{"a GUID", "Not a GUID", func(request validator.StringRequest, text string) error {
		if isGUID(strings.TrimSpace(text)) {
			return nil
		}
		return fmt.Errorf("%q is not an id such as 12345678-1234-1234-1234-123456789abc%s", text, howToFind(request.Path, text))
	}}

	rfc3339 = textValidator{"an RFC 3339 time", "Not a time", func(_ validator.StringRequest, text string) error {
		if _, err := figures.Instant(text); err != nil {
			return fmt.Errorf("%q is not an RFC 3339 time such as 2026-11-01T00:00:00Z", text)
		}
		return nil
	}}

	dateOrTime = textValidator{"a date or an RFC 3339 time", "Neither a date nor a time", func(_ validator.StringRequest, text string) error {
		if _, _, err := parseDateOrTime(text); err != nil {
			return fmt.Errorf("%q is neither a date such as 2026-11-01 nor an RFC 3339 time such as 2026-11-01T00:00:00Z", text)
		}
		return nil
	}}

	date = textValidator{"a date", "Not a date", func(_ validator.StringRequest, text string) error {
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return fmt.Errorf("%q is not a date such as 2026-11-01", text)
		}
		return nil
	}}

	duration = textValidator{"a positive duration such as 48h", "Not a duration", func(_ validator.StringRequest, text string) error {
		if _, err := pcclient.ParseDuration(text); err != nil {
			return fmt.Errorf("%q %w", text, err)
		}
		return nil
	}}

	notBlank = textValidator{"a text that is not blank", "Nothing to be seen", func(_ validator.StringRequest, text string) error {
		if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsPrint(r) && !unicode.IsSpace(r) }) {
			return errors.New("write something that tells a reader why")
		}
		return nil
	}}

	currencyCode = textValidator{"the code of a currency (ISO 4217)", "Not a currency", func(_ validator.StringRequest, text string) error {
		return currency.Check(text)
	}}

	// invoiceID accepts what invoices are called, or may be.
	invoiceID = textValidator{"the id of an invoice", "Not an invoice", func(_ validator.StringRequest, text string) error {
		if !invoiceIDPattern.MatchString(strings.TrimSpace(text)) {
			return fmt.Errorf("%q is not the id of an invoice such as G012345678, which partnercenter_invoices lists", text)
		}
		return nil
	}}

	groupKey = textValidator{"something to group by", "Nothing to group by", func(_ validator.StringRequest, text string) error {
		return graphbilling.ValidateKey(text)
	}}
)

var invoiceIDPattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,99}$`)

// distinct accepts lists without duplicates, whatever their case.
type distinct struct{}

func (distinct) Description(context.Context) string { return "must not have anything twice" }

func (v distinct) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (distinct) ValidateList(_ context.Context, request validator.ListRequest, response *validator.ListResponse) {
	seen := map[string]bool{}
	for i, element := range request.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsNull() || text.IsUnknown() {
			continue
		}
		key := strings.ToLower(text.ValueString())
		if seen[key] {
			response.Diagnostics.AddAttributeError(request.Path.AtListIndex(i), "Given twice", fmt.Sprintf("%q is given twice.", text.ValueString()))
		}
		seen[key] = true
	}
}

// howToFind says how to get the id of a customer from its name or its domain.
func howToFind(place path.Path, text string) string {
	if !strings.Contains(place.String(), "customer_id") || strings.Trim(text, "0123456789abcdefABCDEF-{} ") == "" {
		return ""
	}
	return `. The id of a customer is found with data "partnercenter_customer" by a domain, and with data "partnercenter_customers" by a name`
}

// isGUID accepts the plain form only: no braces, no urn.
func isGUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// after accepts times later than another argument's.
type after struct{ argument string }

func (v after) Description(context.Context) string { return "must be later than " + v.argument }

func (v after) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v after) ValidateString(ctx context.Context, request validator.StringRequest, response *validator.StringResponse) {
	var other types.String
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root(v.argument), &other)...)
	earlier, err := figures.Instant(other.ValueString())
	if err != nil {
		return
	}
	later, err := figures.Instant(request.ConfigValue.ValueString())
	if err == nil && !later.After(earlier) {
		response.Diagnostics.AddAttributeError(request.Path, "Not a period",
			fmt.Sprintf("%s is not later than %s, which is %s.", request.ConfigValue.ValueString(), v.argument, other.ValueString()))
	}
}

// notBefore accepts dates and times that are not before another argument's. A whole
// day ends with its last instant.
type notBefore struct{ argument string }

func (v notBefore) Description(context.Context) string { return "must not be before " + v.argument }

func (v notBefore) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v notBefore) ValidateString(ctx context.Context, request validator.StringRequest, response *validator.StringResponse) {
	var other types.String
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root(v.argument), &other)...)
	start, _, startProblem := parseDateOrTime(other.ValueString())
	end, wholeDay, endProblem := parseDateOrTime(request.ConfigValue.ValueString())
	if startProblem != nil || endProblem != nil {
		return
	}
	if wholeDay {
		end = end.AddDate(0, 0, 1).Add(-1)
	}
	if end.Before(start) {
		response.Diagnostics.AddAttributeError(request.Path, "Not a period",
			fmt.Sprintf("%s is before %s, which is %s.", request.ConfigValue.ValueString(), v.argument, other.ValueString()))
	}
}

// threshold accepts limits. HCL's 1 / 0 is infinite, and limits nothing.
type threshold struct{}

func (threshold) Description(context.Context) string { return "must be a finite number, 0 or more" }

func (v threshold) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (threshold) ValidateNumber(_ context.Context, request validator.NumberRequest, response *validator.NumberResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	switch number := request.ConfigValue.ValueBigFloat(); {
	case number.IsInf():
		response.Diagnostics.AddAttributeError(request.Path, "Not a limit", "The number is infinite, as after a division by 0, and limits nothing.")
	case number.Sign() < 0:
		response.Diagnostics.AddAttributeError(request.Path, "Not a limit", number.Text('f', -1)+" is negative, and a limit must not be.")
	}
}

// below accepts numbers smaller than another argument's.
type below struct{ argument string }

func (v below) Description(context.Context) string { return "must be below " + v.argument }

func (v below) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v below) ValidateNumber(ctx context.Context, request validator.NumberRequest, response *validator.NumberResponse) {
	var other types.Number
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root(v.argument), &other)...)
	if other.IsNull() || other.IsUnknown() || request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if number, limit := request.ConfigValue.ValueBigFloat(), other.ValueBigFloat(); number.Cmp(limit) >= 0 {
		response.Diagnostics.AddAttributeError(request.Path, "Warns too late", fmt.Sprintf("%s is not below %s, which is %s.", number.Text('f', -1), v.argument, limit.Text('f', -1)))
	}
}

// limitsNothing refuses a false that stands alone: a gate without any other rule
// would pass everything.
type limitsNothing struct{ otherRules []path.Expression }

func (limitsNothing) Description(context.Context) string { return "must not be false without a rule" }

func (v limitsNothing) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v limitsNothing) ValidateBool(ctx context.Context, request validator.BoolRequest, response *validator.BoolResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() || request.ConfigValue.ValueBool() {
		return
	}
	if !isAnySet(ctx, request.Config, v.otherRules, &response.Diagnostics) {
		response.Diagnostics.AddAttributeError(request.Path, "No rule", request.Path.String()+" = false limits nothing by itself. Set a rule such as max_percent_used.")
	}
}

// isAnySet reports whether one of several arguments is not null. One that is not
// known yet may be anything.
func isAnySet(ctx context.Context, config tfsdk.Config, arguments []path.Expression, problems *diag.Diagnostics) bool {
	for _, argument := range arguments {
		matches, found := config.PathMatches(ctx, argument)
		problems.Append(found...)
		for _, match := range matches {
			var value attr.Value
			problems.Append(config.GetAttribute(ctx, match, &value)...)
			if value != nil && !value.IsNull() {
				return true
			}
		}
	}
	return false
}

// budgetsNeedRule refuses budgets that nothing is compared with.
type budgetsNeedRule struct{ rules []path.Expression }

func (budgetsNeedRule) Description(context.Context) string { return "needs a rule about budgets" }

func (v budgetsNeedRule) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v budgetsNeedRule) ValidateMap(ctx context.Context, request validator.MapRequest, response *validator.MapResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() || isAnySet(ctx, request.Config, v.rules, &response.Diagnostics) {
		return
	}
	response.Diagnostics.AddAttributeError(request.Path, "No rule",
		"Nothing is compared with these budgets. Set a rule about them: max_percent_used, warn_percent_used, max_forecast_percent_used, warn_forecast_percent_used or require_budget.")
}

// distinctKeys refuses two keys that are the same thing, in different cases.
type distinctKeys struct{ what string }

func (v distinctKeys) Description(context.Context) string {
	return "must not have the same " + v.what + " twice, in different cases"
}

func (v distinctKeys) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v distinctKeys) ValidateMap(_ context.Context, request validator.MapRequest, response *validator.MapResponse) {
	seen := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(request.ConfigValue.Elements())) {
		if other, twice := seen[normalizeText(key)]; twice {
			response.Diagnostics.AddAttributeError(request.Path, "The same "+v.what+" twice", fmt.Sprintf("%q and %q are the same %s.", other, key, v.what))
		}
		seen[normalizeText(key)] = key
	}
}
