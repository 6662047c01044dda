package functions

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
)

func newPercentUsed() function.Function {
	return pure{
		name: "percent_used",
		definition: function.Definition{
			Summary: "Tells how much of a budget is used, in percent",
			MarkdownDescription: "Returns the share of a budget that a cost is, in percent, to two decimals, rounded half away from zero, like the `percent_used` of the data sources. May exceed 100, and is negative after a refund.\n\n" +
				"The result is null without a budget (null), and for a budget of 0 or less. A `cost` of null is an error. " +
				"To block, compare `cost` with `budget`, which needs no rounding.",
			Parameters: []function.Parameter{
				number("cost", "The cost, in the currency of the budget."),
				function.NumberParameter{Name: "budget", AllowNullValue: true, MarkdownDescription: "The budget, in the same currency. May be null, for no budget."},
			},
			Return: function.NumberReturn{},
		},
		run: percentUsed,
	}
}

func percentUsed(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var cost, budget *big.Float
	if problem := arguments.Get(ctx, &cost, &budget); problem != nil || budget == nil {
		return budget, problem
	}
	spent, costProblem := exactly(0, "cost", cost)
	amount, budgetProblem := exactly(1, "budget", budget)
	if problem := function.ConcatFuncErrors(costProblem, budgetProblem); problem != nil {
		return nil, problem
	}
	return result(figures.PercentUsed(spent, amount))
}
