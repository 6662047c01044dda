package datasources

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type attributes = map[string]schema.Attribute

// with joins groups of attributes.
func with(groups ...attributes) attributes {
	all := attributes{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

// Results, by kind.

func text(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func texts(description string) schema.Attribute {
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

// number is for money and quantities: exact, as the API wrote them.
func number(description string) schema.Attribute {
	return schema.NumberAttribute{Computed: true, MarkdownDescription: description}
}

func count(description string) schema.Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
}

func boolean(description string) schema.Attribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

func object(description string, fields attributes) schema.Attribute {
	return schema.SingleNestedAttribute{Computed: true, MarkdownDescription: description, Attributes: fields}
}

// rows is a list. Never a set: the framework takes hours over a large one.
func rows(description string, fields attributes) schema.Attribute {
	return schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		NestedObject:        schema.NestedAttributeObject{Attributes: fields},
	}
}

// Arguments that several data sources have.

func idArgument(description string) schema.Attribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: []validator.String{guid}}
}

// filterArgument is a list of texts to keep. An empty one would keep nothing, which
// nobody means.
func filterArgument(description string, each ...validator.String) schema.Attribute {
	return schema.ListAttribute{
		Optional:            true,
		ElementType:         types.StringType,
		MarkdownDescription: description,
		Validators: []validator.List{
			listvalidator.SizeAtLeast(1),
			listvalidator.NoNullValues(),
			listvalidator.ValueStringsAre(each...),
		},
	}
}

func option(description string) schema.Attribute {
	return schema.BoolAttribute{Optional: true, MarkdownDescription: description}
}

func includeRecords() schema.Attribute {
	return option("Whether to return `records`. With `false` they are null, so that an expression over them is an error instead of passing over nothing, " +
		"and the state stays small; everything computed from them is still there. Defaults to `true`.")
}

func customerID() schema.Attribute {
	return idArgument("The customer's id: its Microsoft ID (tenant id), a GUID in any case.")
}

func subscriptionID() schema.Attribute {
	return idArgument("The subscription's id, a GUID in any case. For an Azure plan it is the id of the plan, not that of an Azure subscription in it.")
}

// Groups of results that several data sources have.

const estimates = "Figures are estimates of the current billing period, about a day late, and not for invoicing."

func costAttributes() attributes {
	return attributes{
		"total_cost":       number("The cost so far in this billing period, in `currency_code`, exactly as the API gives it: an estimate. May be negative after a refund. Null if the API gives none."),
		"usd_total_cost":   number("Microsoft's own figure of the cost, in USD. Null where the API gives none, and where it is 0 while `total_cost` is not, as on legacy (MS-AZR-0145P) records."),
		"currency_code":    text("The ISO 4217 code of the billing currency, which `total_cost` is in, and the budget where there is one. Null if none can be told."),
		"currency_derived": boolean("Whether `currency_code` is derived from the region that `currency_locale` names, as it is for legacy (MS-AZR-0145P) records, which have no code of their own."),
		"currency_locale":  text("The locale that legacy (MS-AZR-0145P) records carry in place of a currency, such as `fr-FR`. Null for Azure plans."),
		"last_modified_date": text("When the figures were last brought up to date, an RFC 3339 time with the offset and the digits of the API (UTC if it gives no offset). " +
			"Null if the API gives none."),
	}
}

func budgetAttributes() attributes {
	return attributes{
		"has_budget":    boolean("Whether the customer has a monthly spending budget. A budget of 0 is one."),
		"budget_amount": number("The monthly spending budget, in the customer's billing currency. Null without a budget."),
		"percent_used": number("The share of the budget that is used, in percent, as the API rounds it. May exceed 100. Null without a budget, and for a budget of 0 or less. " +
			"Compare `total_cost` with `budget_amount`, or use `over_budget`, where the last digits matter."),
		"within_budget": boolean("Whether there is a budget and `total_cost` is at most the budget, compared exactly. False without a budget, so that a condition on it does not pass for want of one."),
		"over_budget":   boolean("Whether there is a budget and `total_cost` is more than the budget, compared exactly. False without a budget: use `within_budget` to block."),
	}
}

func totalsAttributes() attributes {
	return attributes{
		"record_count": count("The number of records, after the filters."),
		"cost_by_currency": schema.MapAttribute{
			Computed:    true,
			ElementType: types.NumberType,
			MarkdownDescription: "The exact sum of `total_cost` for each `currency_code`. Currencies are never added to each other or converted. " +
				"The key `unknown` has the records whose currency cannot be told. A value is null if a record of that currency has no `total_cost`.",
		},
		"usd_total_cost":     number("The exact sum of `usd_total_cost`, in USD. Null unless every record's is known; 0 without records."),
		"usd_known_cost":     number("The exact sum of those `usd_total_cost` that are known, in USD."),
		"usd_complete":       boolean("Whether every record's `usd_total_cost` is known."),
		"last_modified_date": text("The newest `last_modified_date` of the records, an RFC 3339 time. Null without one."),
		"oldest_modified_date": text("The oldest `last_modified_date` of the records, an RFC 3339 time. Null without one. " +
			"Figures older than about two days are stale."),
	}
}

// groupCostAttributes are those of a sum beside what it is grouped by.
func groupCostAttributes() attributes {
	return attributes{
		"currency_code":  text("The ISO 4217 code of the currency of `total_cost`. Null if none can be told."),
		"total_cost":     number("The exact sum of the records' `total_cost`, in `currency_code`. Null if a record has none."),
		"usd_total_cost": number("The exact sum of the records' `usd_total_cost`, in USD. Null unless every record's is known."),
	}
}

// collectionAttributes say whether a list is whole. Both are taken before the
// filters.
func collectionAttributes() attributes {
	return attributes{
		"total_count": count("The number of records that the first page of the API says there are, before the filters. Null if it does not say. A record that repeats an earlier one in every field counts once."),
		"complete":    boolean("Whether the API listed at least as many records as it says on any page that there are. If not, there is a warning too, and a gate should not pass."),
	}
}
