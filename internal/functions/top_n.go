package functions

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func newTopN() function.Function {
	return pure{
		name: "top_n",
		definition: function.Definition{
			Summary: "Returns the records with the largest figures",
			MarkdownDescription: "Returns the `n` records in which an attribute is largest, largest first. Records in which it is null come last, and equal ones stay in the order that they came in. " +
				"The records themselves are returned as they are; fewer than `n` of them if there are no more.\n\n" +
				"Amounts in `currency_code`, such as `total_cost`, `forecast_cost` and `budget_amount`, are ranked only if all of the records that are compared have the same one: " +
				"it is an error if they have different ones, or one has none. Rank them by `usd_total_cost`.\n\n" +
				"It is an error, too, if `records` is no list of objects or one of them is null, if a record lacks the attribute or has something else than a number there, or if `n` is negative or no whole number.",
			Parameters: []function.Parameter{
				function.DynamicParameter{Name: "records", MarkdownDescription: "A list, a tuple or a set of objects or maps, such as the `records` of a data source."},
				text("attribute", "The name of the attribute to rank by, which is a number, such as `usd_total_cost`."),
				number("n", "How many records to return at most, 0 or more."),
			},
			Return: function.DynamicReturn{},
		},
		run: topN,
	}
}

// The arguments' places.
const (
	placeRecords int64 = iota
	placeAttribute
	placeN
)

func topN(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var list types.Dynamic
	var attribute string
	var n *big.Float
	if problem := arguments.Get(ctx, &list, &attribute, &n); problem != nil {
		return nil, problem
	}
	if n == nil || !n.IsInt() || n.Sign() < 0 {
		return nil, function.NewArgumentFuncError(placeN, "n is not a whole number, 0 or more.")
	}
	records, problem := recordsOf(list)
	if problem != nil {
		return nil, problem
	}
	problem = measure(records, attribute)
	if problem == nil && amounts[attribute] {
		problem = sameCurrency(records, attribute)
	}
	if problem != nil {
		return nil, problem
	}
	rank(records)
	if n.Cmp(big.NewFloat(float64(len(records)))) < 0 {
		most, _ := n.Int64()
		records = records[:most]
	}
	return listed(ctx, list, records)
}
