package gate

import "github.com/shopspring/decimal"

// fraction is a figure that is compared before anything is divided, and so exactly:
// a cost, a share of a budget, a forecast. The denominator is a budget, or how much
// of a period has passed.
type fraction struct {
	numerator, denominator decimal.Decimal
	isWhole                bool // the denominator is 1
}

// whole is an amount as it is, or nil if it is not known.
func whole(amount *decimal.Decimal) *fraction {
	if amount == nil {
		return nil
	}
	return &fraction{*amount, one, true}
}

var one = decimal.NewFromInt(1)

// times multiplies a number with the denominator, unless that is 1: most figures are
// amounts as they are.
func (f *fraction) times(n decimal.Decimal) decimal.Decimal {
	if f.isWhole {
		return n
	}
	return n.Mul(f.denominator)
}

// keeps reports whether a figure is known and within a limit. What is more than
// nothing of a budget of 0 is within none.
func (f *fraction) keeps(limit *decimal.Decimal) bool {
	return f != nil && f.numerator.LessThanOrEqual(f.times(*limit))
}

// plus adds another figure.
func (f *fraction) plus(other *fraction) *fraction {
	if f.denominator.Equal(other.denominator) {
		return &fraction{f.numerator.Add(other.numerator), f.denominator, f.isWhole}
	}
	return &fraction{
		other.times(f.numerator).Add(f.times(other.numerator)),
		f.denominator.Mul(other.denominator),
		false,
	}
}

// rounded is the quotient, rounded half away from zero. It is nil if it is not
// known, and for a share of 0.
func (f *fraction) rounded(decimals int32) *decimal.Decimal {
	if f == nil || f.denominator.IsZero() {
		return nil
	}
	return new(f.numerator.DivRound(f.denominator, decimals))
}

// amountDigits are the decimals of an amount that does not come out even, if what it
// is made of has no more.
const amountDigits = 20

// amount is the quotient with all its digits, or with more than anybody reads.
func (f *fraction) amount() decimal.Decimal {
	if f.denominator.Equal(one) {
		return f.numerator
	}
	return f.numerator.DivRound(f.denominator, max(amountDigits, -f.numerator.Exponent()))
}
