package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newSpendGate() datasource.DataSource {
	return &source[spendGate]{
		name:   "spend_gate",
		schema: spendGateSchema,
		read:   readSpendGate,
	}
}

type spendGate struct {
	GateArguments
	gateVerdict

	Violations             []gateFinding   `tfsdk:"violations"`
	Warnings               []gateFinding   `tfsdk:"warnings"`
	EvaluatedCustomerCount *int64          `tfsdk:"evaluated_customer_count"`
	MissingCustomerIDs     []string        `tfsdk:"missing_customer_ids"`
	Totals                 *customerTotals `tfsdk:"totals"`
}

type gateFinding struct {
	Rule         string            `tfsdk:"rule"`
	CustomerID   *string           `tfsdk:"customer_id"`
	CustomerName *string           `tfsdk:"customer_name"`
	Message      string            `tfsdk:"message"`
	Actual       *pcclient.Decimal `tfsdk:"actual"`
	Limit        *pcclient.Decimal `tfsdk:"limit"`
	CurrencyCode *string           `tfsdk:"currency_code"`
}

func spendGateSchema() schema.Schema {
	finding := attributes{
		"rule":          text("The rule: the name of its argument, or `complete`, `customer_found`, `not_empty`, `usd_known`, `currency_limited`, `has_budget`, `one_budget`, `data_age_known` or `forecast_known`."),
		"customer_id":   text("The id of the customer, in lower case. Null if the finding is about all customers, or the API returns no id."),
		"customer_name": text("The name of the customer. Null if the finding is about all customers, or the API returns no name."),
		"message":       text("What was found, in words, with the limit that was broken."),
		"actual":        number("The figure: percent, rounded to 4 decimals half away from zero; an amount in `currency_code`; hours for an age; a number of customers. Null if the rule has no figure, or it is not known."),
		"limit":         number("The limit, in the same unit, and rounded in the same way. Null if the rule has no figure."),
		"currency_code": text("The ISO 4217 code of the currency of `actual` and `limit`, for percentages that of the budget. Null where there is none."),
	}
	return schema.Schema{
		MarkdownDescription: "Whether the spend of customers is within limits, in one block. " + estimates + "\n\n" +
			"It fails closed: what is not known, not listed, or without a limit is a violation. A gate that fails is a result, not an error: stop the plan with a `postcondition` on `passed`, " +
			"so that the report stays in the plan. It keeps no records in the state.\n\n" +
			"It is read while planning, so a plan that is saved and applied later is not checked again. " +
			"Give neither the gate nor its module a `depends_on`: while what that names has pending changes, Terraform reads the gate during the apply, after making them.\n\n" +
			"Several records of one customer are checked together: their costs are added, and if their budgets differ, that is the violation `one_budget`.\n\n" +
			"The route needs a sign-in as a user (App+User). " +
			"See [Get usage records for all customers](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).",
		Attributes: with(GateAttributes(), gateVerdictAttributes(
			"The verdict in one line: the worst customers by name and the limit that each exceeded, with at least one finding of every rule that failed.",
			"totals", "customers", finding,
		), attributes{
			"evaluated_customer_count": count("The number of customers that were checked."),
			"missing_customer_ids":     texts("The ids of `customer_ids` that the API does not list, in lower case and in the order of the argument."),
			"totals": object("Exact sums and counts of the records that were checked.", with(totalsAttributes(), attributes{
				"over_budget_count":    count("The number of customers over their budget in Partner Center, or whose records have different ones."),
				"without_budget_count": count("The number of customers without a budget in Partner Center."),
			})),
		}),
	}
}

func readSpendGate(ctx context.Context, api *pcclient.Client, m *spendGate) error {
	verdict, input, err := m.evaluate(ctx, api)
	if err != nil {
		return err
	}
	m.Totals = input.spent.totals()
	m.MissingCustomerIDs = input.missing
	m.EvaluatedCustomerCount = new(int64(verdict.SubjectCount()))
	m.gateVerdict = newGateVerdict(verdict)
	m.Violations = newGateFindings(verdict.Violations())
	m.Warnings = newGateFindings(verdict.Warnings())
	return nil
}

func newGateFindings(findings []gate.Finding) []gateFinding {
	list := make([]gateFinding, len(findings))
	for i, f := range findings {
		list[i] = gateFinding{
			Rule:         f.Rule,
			CustomerID:   nilIfEmpty(f.SubjectID),
			CustomerName: nilIfEmpty(f.SubjectName),
			Message:      f.Message,
			Actual:       fromDecimal(f.Actual),
			Limit:        fromDecimal(f.Limit),
			CurrencyCode: nilIfEmpty(f.Currency),
		}
	}
	return list
}
