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
	return option("Whether to return `records`. With `false` they are null, so that an expression over them is an error instead of passing without records, " +
		"and the state stays small. Everything computed from them is still returned. Defaults to `true`.")
}

func customerID() schema.Attribute {
	return idArgument("The customer's id: its Microsoft ID (tenant id), a GUID in upper or lower case.")
}

func subscriptionID() schema.Attribute {
	return idArgument("The subscription's id, a GUID in upper or lower case. For an Azure plan, this is the id of the plan, not of an Azure subscription in it.")
}

// Groups of results that several data sources have.

const estimates = "Figures are estimates for the current billing period, about a day late, and not meant for invoicing."

func costAttributes() attributes {
	return attributes{
		"total_cost":       number("The cost so far in this billing period, in `currency_code`, with all digits that the API returns. An estimate, which may be negative after a refund. Null if the API returns none."),
		"usd_total_cost":   number("Microsoft's own figure for the cost, in USD. Null if the API returns none, and if it is 0 while `total_cost` is not, as on legacy (MS-AZR-0145P) records."),
		"currency_code":    text("The ISO 4217 code of the billing currency, which `total_cost` is in. Null if it cannot be determined."),
		"currency_derived": boolean("Whether `currency_code` is derived from the region that `currency_locale` names, as for legacy (MS-AZR-0145P) records, which have no currency code."),
		"currency_locale":  text("The locale that legacy (MS-AZR-0145P) records have instead of a currency, such as `fr-FR`. Null for Azure plans."),
		"last_modified_date": text("When the figures were last updated, an RFC 3339 time with the API's offset (UTC if it returns none) and precision. " +
			"Null if the API returns none."),
	}
}

func budgetAttributes() attributes {
	return attributes{
		"has_budget":    boolean("Whether the customer has a monthly spending budget. A budget of 0 counts as one."),
		"budget_amount": number("The monthly spending budget, in the customer's billing currency. Null without a budget."),
		"percent_used": number("The share of the budget that has been used, in percent, as rounded by the API. May exceed 100. Null without a budget, and for a budget of 0 or less. " +
			"Compare `total_cost` with `budget_amount`, or use `over_budget`, where rounding matters."),
		"within_budget": boolean("Whether there is a budget and `total_cost` is at most the budget, compared exactly. False without a budget, so that a condition on it fails then."),
		"over_budget":   boolean("Whether there is a budget and `total_cost` is more than the budget, compared exactly. False without a budget: use `within_budget` to block."),
	}
}

func totalsAttributes() attributes {
	return attributes{
		"record_count": count("The number of records that were added up."),
		"cost_by_currency": schema.MapAttribute{
			Computed:    true,
			ElementType: types.NumberType,
			MarkdownDescription: "The exact sum of the records' costs in each currency, by its ISO 4217 code. Currencies are never added to each other or converted. " +
				"The key `unknown` is for records whose currency cannot be determined. A value is null if a record of that currency has no cost.",
		},
		"usd_total_cost":     number("The exact sum of Microsoft's own figures for the cost, in USD. Null unless it is known for every record; 0 without records."),
		"usd_known_cost":     number("The exact sum of the figures in USD that are known. 0 if none is known."),
		"usd_complete":       boolean("Whether the figure in USD is known for every record."),
		"last_modified_date": text("When the newest of the records was updated, an RFC 3339 time. Null if no record says when."),
		"oldest_modified_date": text("When the oldest of the records was updated, an RFC 3339 time. Null if no record says when. " +
			"Figures older than about two days are stale."),
	}
}

// groupCostAttributes are those of a sum beside what it is grouped by.
func groupCostAttributes() attributes {
	return attributes{
		"currency_code":  text("The ISO 4217 code of the currency of `total_cost`. Null if it cannot be determined."),
		"total_cost":     number("The exact sum of the records' `total_cost`, in `currency_code`. Null if a record has none."),
		"usd_total_cost": number("The exact sum of the records' `usd_total_cost`, in USD. Null unless it is known for every record."),
	}
}

// collectionAttributes say whether a list is whole.
func collectionAttributes() attributes {
	return attributes{
		"total_count": count("The number of records, as stated by the API on the first page. " + totalCountDetails),
		"complete":    boolean("Whether the API listed at least as many records as it states on any page. If not, there is a warning too, and a gate should not pass."),
	}
}

// filteredCollectionAttributes are those of a list that the provider filters. Both
// are taken before the filters.
func filteredCollectionAttributes() attributes {
	return with(collectionAttributes(), attributes{
		"total_count": count("The number of records before the filters, as stated by the API on the first page. " + totalCountDetails),
	})
}

const totalCountDetails = "Null if it states none. A record that repeats an earlier one in every field counts once."
