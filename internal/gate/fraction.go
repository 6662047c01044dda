package gate

import "github.com/shopspring/decimal"

// fraction is a figure that is compared before anything is divided, and so exactly:
// a cost, a share of a budget, a forecast. The denominator is a budget, or how much
// of a period has passed.
type fraction struct{ numerator, denominator decimal.Decimal }

// whole is an amount as it is, or nil if it is not known.
func whole(amount *decimal.Decimal) *fraction {
	if amount == nil {
		return nil
	}
	return &fraction{*amount, one}
}

var one = decimal.NewFromInt(1)

// keeps reports whether a figure is known and within a limit. What is more than
// nothing of a budget of 0 is within none.
func (f *fraction) keeps(limit *decimal.Decimal) bool {
	return f != nil && f.numerator.LessThanOrEqual(limit.Mul(f.denominator))
}

// plus adds another figure.
func (f *fraction) plus(other *fraction) *fraction {
	if f.denominator.Equal(other.denominator) {
		return &fraction{f.numerator.Add(other.numerator), f.denominator}
	}
	return &fraction{
		f.numerator.Mul(other.denominator).Add(other.numerator.Mul(f.denominator)),
		f.denominator.Mul(other.denominator),
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
