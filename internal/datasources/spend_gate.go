package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/shopspring/decimal"

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

	Passed                 *bool           `tfsdk:"passed"`
	Status                 *string         `tfsdk:"status"`
	Summary                *string         `tfsdk:"summary"`
	Messages               []string        `tfsdk:"messages"`
	Violations             []gateFinding   `tfsdk:"violations"`
	Warnings               []gateFinding   `tfsdk:"warnings"`
	ReportMarkdown         *string         `tfsdk:"report_markdown"`
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
	findings := func(description string) schema.Attribute {
		return rows(description, attributes{
			"rule":          text("The rule: the name of its argument, or `complete`, `customer_found`, `not_empty`, `usd_known`, `currency_limited`, `has_budget` or `data_age_known`."),
			"customer_id":   text("The id of the customer, in lower case. Null if it is about all of them."),
			"customer_name": text("The name of the customer. Null if it is about all of them, or the API gives none."),
			"message":       text("What was found, in words."),
			"actual":        number("What there is: percent to four decimals, an amount in `currency_code`, hours for an age. Null if the rule has no number, or it is not known."),
			"limit":         number("What the limit is, in the same unit. Null if the rule has no number."),
			"currency_code": text("The ISO 4217 code of the currency of `actual` and `limit`, for percentages that of the budget. Null where there is none."),
		})
	}
	return schema.Schema{
		MarkdownDescription: "Whether the spend of customers keeps within limits, in one block. " + estimates + "\n\n" +
			"It fails closed: what is not known, not listed, or without a limit is a violation. A gate that fails is a result, not an error: stop the plan with a `postcondition` on `passed`, " +
			"so that the report stays in the plan. It is read while planning, so a plan that is saved and applied later is not checked again. It keeps no records in the state.\n\n" +
			"The route needs a sign-in as a user (App+User). " +
			"See [Get usage records for all customers](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).",
		Attributes: with(GateAttributes(), attributes{
			"passed":                   boolean("Whether nothing is violated, whatever the warnings."),
			"status":                   text("`passed`, `warned` or `failed`."),
			"summary":                  text("The verdict in a line, with the worst customers by name."),
			"messages":                 texts("What was found, in words: violations, then warnings, worst first."),
			"violations":               findings("What is violated, worst first. Empty if the gate passed."),
			"warnings":                 findings("What is not, but should be looked at, worst first."),
			"report_markdown":          text("A table of the worst 20 customers and a Mermaid chart, for a comment on a pull request or the summary of a job."),
			"evaluated_customer_count": count("The number of customers that were looked at."),
			"missing_customer_ids":     texts("The ids of `customer_ids` that the API does not list, in lower case and in that order."),
			"totals": object("Exact sums and counts of the customers that were looked at.", with(totalsAttributes(), attributes{
				"over_budget_count":    count("The number of customers over their budget."),
				"without_budget_count": count("The number of customers without a budget."),
			})),
		}),
	}
}

func readSpendGate(ctx context.Context, api *pcclient.Client, m *spendGate) error {
	verdict, look, err := m.evaluate(ctx, api)
	if err != nil {
		return err
	}
	m.Totals = look.spent.totals()
	m.MissingCustomerIDs = look.missing
	m.Passed = new(verdict.Passed())
	m.Status = new(verdict.Status())
	m.Summary = new(verdict.Summary())
	m.Messages = verdict.Messages()
	m.ReportMarkdown = new(verdict.Markdown())
	m.EvaluatedCustomerCount = new(int64(verdict.Customers))
	m.Violations = newGateFindings(verdict.Violations)
	m.Warnings = newGateFindings(verdict.Warnings)
	return nil
}

func newGateFindings(findings []gate.Finding) []gateFinding {
	list := make([]gateFinding, len(findings))
	for i, f := range findings {
		list[i] = gateFinding{
			Rule:         f.Rule,
			CustomerID:   optional(f.CustomerID),
			CustomerName: optional(f.CustomerName),
			Message:      f.Message,
			Actual:       known(f.Actual),
			Limit:        known(f.Limit),
			CurrencyCode: optional(f.Currency),
		}
	}
	return list
}

// known is the opposite of plain.
func known(d *decimal.Decimal) *pcclient.Decimal {
	if d == nil {
		return nil
	}
	return &pcclient.Decimal{Decimal: *d}
}
