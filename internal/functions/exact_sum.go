package functions

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/shopspring/decimal"
)

func newExactSum() function.Function {
	return pure{
		name: "exact_sum",
		definition: function.Definition{
			Summary: "Adds numbers exactly",
			MarkdownDescription: "Adds numbers digit by digit, as on paper. Terraform's own `sum` adds binary fractions: a thousand times 0.01 is not 10 there.\n\n" +
				"The numbers must be of one unit. Currencies are not told apart here: add those of one currency, or `usd_total_cost`.\n\n" +
				"The sum of an empty list is 0. It is an error if an element is null, since a sum without it would pass for the whole, " +
				"and if the sum has more than about 150 digits, as that of quotients may: Terraform cannot take it exactly.",
			Parameters: []function.Parameter{
				function.ListParameter{Name: "numbers", ElementType: types.NumberType, MarkdownDescription: "The numbers to add, all of one unit. None may be null."},
			},
			Return: function.NumberReturn{},
		},
		run: exactSum,
	}
}

func exactSum(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var numbers []*big.Float
	if problem := arguments.Get(ctx, &numbers); problem != nil {
		return nil, problem
	}
	var sum decimal.Decimal
	for i, written := range numbers {
		part, problem := exactly(0, fmt.Sprintf("Element %d of numbers", i), written)
		if problem != nil {
			return nil, problem
		}
		sum = sum.Add(part)
	}
	return result(sum, true)
}
