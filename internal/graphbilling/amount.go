package graphbilling

import (
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// maxShort is how many digits a number may have that is added as an integer.
const maxShort = 18

// amount is an exact sum, which is not known if any of its parts is not known. Numbers of
// up to 18 digits, as nearly all are, are added as integers, one for each number of
// decimals, which takes a tenth of the time.
type amount struct {
	short   [maxShort + 1]int64 // by decimals
	rest    decimal.Decimal
	unknown bool
}

// add adds a number in JSON notation. An empty one is not known.
func (a *amount) add(text []byte) error {
	if len(text) == 0 {
		a.unknown = true
		return nil
	}
	if coefficient, decimals, ok := parseShort(text); ok {
		a.addShort(coefficient, decimals)
		return nil
	}
	number, err := pcclient.ParseDecimal(string(text))
	if err != nil {
		return err
	}
	a.rest = a.rest.Add(number.Decimal)
	return nil
}

func (a *amount) addShort(coefficient int64, decimals int) {
	sum := a.short[decimals] + coefficient
	if (sum < a.short[decimals]) != (coefficient < 0) { // It overflows.
		a.rest = a.rest.Add(decimal.New(a.short[decimals], int32(-decimals))) //nolint:gosec // At most 18.
		sum = coefficient
	}
	a.short[decimals] = sum
}

// parseShort reads a number without exponent and of few digits.
func parseShort(text []byte) (coefficient int64, decimals int, ok bool) {
	digits := text
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) > maxShort+1 || len(digits) == 0 || digits[0] == '0' && len(digits) > 1 && digits[1] != '.' {
		return 0, 0, false
	}
	point := -1
	for i, b := range digits {
		switch {
		case '0' <= b && b <= '9':
			coefficient = 10*coefficient + int64(b-'0')
		case b == '.' && point < 0 && i > 0 && i < len(digits)-1:
			point = i
		default:
			return 0, 0, false
		}
	}
	if point >= 0 {
		decimals = len(digits) - 1 - point
	} else if len(digits) > maxShort {
		return 0, 0, false
	}
	if len(text) > len(digits) {
		coefficient = -coefficient
	}
	return coefficient, decimals, true
}

func (a *amount) merge(other *amount) {
	for decimals, coefficient := range other.short {
		a.addShort(coefficient, decimals)
	}
	a.rest = a.rest.Add(other.rest)
	a.unknown = a.unknown || other.unknown
}

// value returns the sum, or nil if it is not known.
func (a *amount) value() *pcclient.Decimal {
	if a.unknown {
		return nil
	}
	sum := a.rest
	for decimals, coefficient := range a.short {
		if coefficient != 0 {
			sum = sum.Add(decimal.New(coefficient, int32(-decimals))) //nolint:gosec // At most 18.
		}
	}
	return &pcclient.Decimal{Decimal: sum}
}
