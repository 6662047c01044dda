package functions

import (
	"fmt"
	"math/big"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
)

// Parameters, by kind.

func number(name, description string) function.Parameter {
	return function.NumberParameter{Name: name, MarkdownDescription: description}
}

func text(name, description string) function.Parameter {
	return function.StringParameter{Name: name, MarkdownDescription: description}
}

// maxExponent is of 2: about 600 digits on either side of the point.
const maxExponent = 2000

// Arguments and results. What is wrong with an argument is told with its name:
// Terraform may show only its place.

func exactly(place int64, name string, written *big.Float) (decimal.Decimal, *function.FuncError) {
	if written == nil {
		return decimal.Zero, function.NewArgumentFuncError(place, name+" is null.")
	}
	// Far beyond what anything is exact with, and before it is written out.
	if exponent := written.MantExp(nil); exponent > maxExponent || exponent < -maxExponent {
		return decimal.Zero, function.NewArgumentFuncError(place, name+" is larger or smaller than Terraform can take exactly.")
	}
	exact, err := figures.Written(written)
	if err != nil {
		return decimal.Zero, function.NewArgumentFuncError(place, name+" is not a decimal number.")
	}
	return exact, nil
}

func instant(place int64, name, written string) (time.Time, *function.FuncError) {
	at, err := figures.Instant(written)
	if err != nil {
		return at, function.NewArgumentFuncError(place,
			fmt.Sprintf("%s is %q, which is not an RFC 3339 time such as 2026-11-01T00:00:00Z.", name, written))
	}
	return at, nil
}

// result is null for what is not known. That it is too long for a number of HCL
// is the fault of the first argument: that is the amount.
func result(figure decimal.Decimal, known bool) (any, *function.FuncError) {
	if !known {
		return (*big.Float)(nil), nil
	}
	number := figures.Number(figure)
	if written, err := figures.Written(number); err != nil || !written.Equal(figure) {
		return nil, function.NewArgumentFuncError(0, "The result has more digits than Terraform can take exactly, which is about 150.")
	}
	return number, nil
}
