package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newCustomerUsageSummary() datasource.DataSource {
	return &source[customerUsageSummary]{
		name:   "customer_usage_summary",
		schema: customerUsageSummarySchema,
		read:   readCustomerUsageSummary,
	}
}

type customerUsageSummary struct {
	CustomerID          *string           `tfsdk:"customer_id"`
	CustomerName        *string           `tfsdk:"customer_name"`
	ForecastPercentUsed *pcclient.Decimal `tfsdk:"forecast_percent_used"`
	budget
	summary
}

func customerUsageSummarySchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What one customer has spent on Azure in the current billing period, compared with its budget, and a forecast, on an Azure plan or the legacy offer (MS-AZR-0145P). " + estimates + "\n\n" +
			"A customer without usage is not an error. The route needs a sign-in as a user (App+User). " +
			"See [Get usage summary for a customer](https://learn.microsoft.com/partner-center/developer/get-a-customer-usage-summary).",
		Attributes: with(budgetAttributes(), summaryAttributes(), attributes{
			"customer_id":   customerID(),
			"customer_name": text("The customer's company name. Null without usage."),
			"percent_used": number("The share of the budget that has been used, in percent, rounded to two decimals, half away from zero. May exceed 100. Null without a budget, and for a budget of 0 or less. " +
				"Use `within_budget` where rounding matters."),
			"forecast_percent_used": number("The share of the budget that `forecast_cost` uses, in percent, rounded in the same way. Null without a forecast, without a budget, and for a budget of 0 or less."),
		}),
	}
}

func readCustomerUsageSummary(ctx context.Context, api *pcclient.Client, m *customerUsageSummary) error {
	usage, err := api.CustomerUsageSummary(ctx, id(m.CustomerID))
	if err != nil {
		return err
	}
	if usage == nil {
		return m.withoutUsage(ctx, api)
	}
	amount := usage.BudgetAmount()
	m.CustomerName = usage.Owner()
	m.budget = newBudget(amount, usage.TotalCost, percentOf(amount, usage.TotalCost))
	m.summary = newSummary(&usage.Cost, &usage.Period)
	m.ForecastPercentUsed = forecastPercent(amount, &usage.Cost, &usage.Period)
	return nil
}

// withoutUsage reads the budget from where it stands all the same.
func (m *customerUsageSummary) withoutUsage(ctx context.Context, api *pcclient.Client) error {
	spending, err := api.CustomerUsageBudget(ctx, id(m.CustomerID))
	if err != nil {
		return err
	}
	amount, nothing := spending.BudgetAmount(), &pcclient.Decimal{}
	m.budget = newBudget(amount, nothing, percentOf(amount, nothing))
	m.summary = noUsage()
	return nil
}
