package functions

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
)

func newForecast() function.Function {
	return pure{
		name: "forecast",
		definition: function.Definition{
			Summary: "Tells what a cost comes to at the end of a period",
			MarkdownDescription: "Returns what a cost comes to at the end of a period if it grows on as it has so far: `cost` ÷ the share of the period that has passed at `as_of`. " +
				"It is in the currency of `cost`, exact, or to 20 decimals where it does not come out even. The `forecast_cost` of the data sources is the same.\n\n" +
				"The result is null before a day has passed, when it would say nothing. From the end on it is the cost itself. " +
				"It is an error if a time is not in RFC 3339 with an offset, or `end` is not later than `start`.",
			Parameters: []function.Parameter{
				number("cost", "The cost so far, in any currency."),
				text("start", "The start of the period, an RFC 3339 time such as `billing_start_date`."),
				text("end", "The end of the period, an RFC 3339 time, exclusive: the first instant after it, such as the `billing_end_date` of an Azure plan. "+
					"That of a legacy (MS-AZR-0145P) subscription is the last day: add one with `timeadd(…, \"24h\")`."),
				text("as_of", "When the cost was that much, an RFC 3339 time such as `last_modified_date`. Figures are about a day late, so `timestamp()` would give too little."),
			},
			Return: function.NumberReturn{},
		},
		run: forecast,
	}
}

func forecast(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var written *big.Float
	var start, end, asOf string
	if problem := arguments.Get(ctx, &written, &start, &end, &asOf); problem != nil {
		return nil, problem
	}
	cost, costProblem := exactly(0, "cost", written)
	from, startProblem := instant(1, "start", start)
	until, endProblem := instant(2, "end", end)
	at, asOfProblem := instant(3, "as_of", asOf)
	if problem := function.ConcatFuncErrors(costProblem, startProblem, endProblem, asOfProblem); problem != nil {
		return nil, problem
	}
	if !until.After(from) {
		return nil, function.NewArgumentFuncError(2, fmt.Sprintf("end is %s, which is not later than start, %s.", end, start))
	}
	return result(figures.Forecast(cost, from, until, at))
}
