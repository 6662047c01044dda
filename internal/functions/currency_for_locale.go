package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
)

func newCurrencyForLocale() function.Function {
	return pure{
		name: "currency_for_locale",
		definition: function.Definition{
			Summary: "Finds the currency of a locale",
			MarkdownDescription: "Returns the ISO 4217 code of the currency of the region that a locale names: `EUR` for `fr-FR`. " +
				"So does the provider itself with the `currency_locale` of legacy (MS-AZR-0145P) records.\n\n" +
				"The result is null for a locale without a region (`fr`), with a region that has no currency of its own (`es-419`), for a text that is no locale, and for null: " +
				"no region is guessed from a language. There are no errors.",
			Parameters: []function.Parameter{
				function.StringParameter{Name: "locale", AllowNullValue: true, MarkdownDescription: "The locale, such as `fr-FR`. May be null."},
			},
			Return: function.StringReturn{},
		},
		run: currencyForLocale,
	}
}

func currencyForLocale(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var locale, code *string
	if problem := arguments.Get(ctx, &locale); problem != nil || locale == nil {
		return code, problem
	}
	if found := currency.ForLocale(*locale); found != "" {
		code = &found
	}
	return code, nil
}
