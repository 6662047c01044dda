package functions

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
)

func newFormatMoney() function.Function {
	return pure{
		name: "format_money",
		definition: function.Definition{
			Summary: "Writes an amount of money for people",
			MarkdownDescription: "Writes an amount with as many decimals as its currency has by ISO 4217, and the currency's code: `120.57 SEK`, `121 JPY`, `120.568 KWD`. " +
				"It is rounded half away from zero, from the exact number.\n\n" +
				"Neither argument may be null. A code that is not one of ISO 4217, as of 2026, is an error. Codes are in capital letters.",
			Parameters: []function.Parameter{
				number("amount", "The amount, in `currency_code`. May be negative."),
				text("currency_code", "The ISO 4217 code of the currency, such as `EUR`."),
			},
			Return: function.StringReturn{},
		},
		run: formatMoney,
	}
}

func formatMoney(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var written *big.Float
	var code string
	if problem := arguments.Get(ctx, &written, &code); problem != nil {
		return nil, problem
	}
	amount, problem := exactly(0, "amount", written)
	if problem != nil {
		return nil, problem
	}
	formatted, err := currency.Format(amount, code)
	if err != nil {
		return nil, function.NewArgumentFuncError(1, "currency_code "+err.Error()+".")
	}
	return formatted, nil
}
