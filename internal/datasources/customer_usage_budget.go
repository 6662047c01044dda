package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newCustomerUsageBudget() datasource.DataSource {
	return &source[customerUsageBudget]{
		name:   "customer_usage_budget",
		schema: customerUsageBudgetSchema,
		read:   readCustomerUsageBudget,
	}
}

type customerUsageBudget struct {
	CustomerID   *string           `tfsdk:"customer_id"`
	HasBudget    *bool             `tfsdk:"has_budget"`
	BudgetAmount *pcclient.Decimal `tfsdk:"budget_amount"`
}

func customerUsageBudgetSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The monthly spending budget of a customer, on an Azure plan or the legacy offer (MS-AZR-0145P). " +
			"It is in the customer's billing currency, which the API does not state here.\n\n" +
			"The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get a customer's usage spending budget](https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-spending-budget).",
		Attributes: attributes{
			"customer_id":   customerID(),
			"has_budget":    boolean("Whether the customer has a monthly spending budget. A budget of 0 counts as one."),
			"budget_amount": number("The monthly spending budget, in the customer's billing currency. Null without a budget."),
		},
	}
}

func readCustomerUsageBudget(ctx context.Context, api *pcclient.Client, m *customerUsageBudget) error {
	spending, err := api.CustomerUsageBudget(ctx, id(m.CustomerID))
	if err != nil {
		return err
	}
	m.HasBudget = new(spending.BudgetAmount() != nil)
	m.BudgetAmount = spending.BudgetAmount()
	return nil
}
