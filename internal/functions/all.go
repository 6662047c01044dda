package functions

import "github.com/hashicorp/terraform-plugin-framework/function"

// All returns the constructors of all functions, by name.
func All() []func() function.Function {
	return []func() function.Function{
		newCurrencyForLocale,
		newExactSum,
		newForecast,
		newFormatMoney,
		newPercentUsed,
		newTopN,
	}
}
