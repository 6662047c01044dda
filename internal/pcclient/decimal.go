package pcclient

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/shopspring/decimal"
)

// maxDigits is how many digits a number may have on either side of the point. No
// amount of money has as many, and none that is computed from such numbers, such
// as their sum, outgrows what can be passed on exactly.
const maxDigits = 60

// maxLength is how long such a number may be written: reading one takes time that
// grows with the square of its length.
const maxLength = 1000

// Decimal is an exact decimal number, read from the digits that the API sent.
type Decimal struct{ decimal.Decimal }

// ParseDecimal reads a number in JSON notation. A number of more than 60 digits
// before or after the point is an error.
func ParseDecimal(text string) (Decimal, error) {
	if value := jsontext.Value(text); value.Kind() != '0' || !value.IsValid() {
		return Decimal{}, fmt.Errorf("%.40q is not a decimal number", text)
	}
	return newDecimal(text)
}

// newDecimal reads a number that is known to be in JSON notation. The library
// takes others too.
//
// It is the value that counts, written out: 1e60 has 61 digits before the point,
// and 1.500 has one after it. None is written out to find that out: the exponent
// of a hostile response may be in the millions.
func newDecimal(text string) (Decimal, error) {
	if len(text) > maxLength {
		return Decimal{}, fmt.Errorf("the number is %d characters long, and one of more than %d digits before or after the point is not read", len(text), maxDigits)
	}
	parsed, err := decimal.NewFromString(text)
	if err != nil {
		// All that the library refuses of JSON is a huge exponent.
		return Decimal{}, tooLong(text)
	}
	if parsed.IsZero() {
		return Decimal{}, nil // 0e-999999 is 0, and must not blow up a sum.
	}
	if -int64(parsed.Exponent()) > maxDigits {
		parsed = withoutTrailingZeros(parsed)
	}
	after := -int64(parsed.Exponent())
	before := int64(parsed.NumDigits()) - after
	if before > maxDigits || after > maxDigits {
		return Decimal{}, tooLong(text)
	}
	return Decimal{parsed}, nil
}

func tooLong(text string) error {
	return fmt.Errorf("the number %.40s has more than %d digits before or after the point", text, maxDigits)
}

func withoutTrailingZeros(d decimal.Decimal) decimal.Decimal {
	digits := d.Coefficient().String()
	zeros := min(len(digits)-len(strings.TrimRight(digits, "0")), -int(d.Exponent()))
	shorter := new(big.Int).Quo(d.Coefficient(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(zeros)), nil))
	return decimal.NewFromBigInt(shorter, d.Exponent()+int32(zeros)) //nolint:gosec // At most as long as the text.
}

// UnmarshalJSONFrom accepts a JSON number only: neither null nor digits in quotes.
func (d *Decimal) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if kind := decoder.PeekKind(); kind != '0' {
		return wrongKind(decoder, "a number")
	}
	value, err := decoder.ReadValue()
	if err != nil {
		return err
	}
	*d, err = newDecimal(string(value))
	return err
}

// Integer is a whole number, which may be written as 1.0 or 1e0.
type Integer int64

// UnmarshalJSONFrom accepts a JSON number only.
func (i *Integer) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if decoder.PeekKind() != '0' {
		return wrongKind(decoder, "a whole number")
	}
	var d Decimal
	if err := d.UnmarshalJSONFrom(decoder); err != nil {
		return err
	}
	whole := d.BigInt()
	if !d.IsInteger() || !whole.IsInt64() {
		return fmt.Errorf("is %s where a whole number of at most 64 bits is expected", d)
	}
	*i = Integer(whole.Int64())
	return nil
}
