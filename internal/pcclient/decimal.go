package pcclient

import (
	"fmt"
	"math/big"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/shopspring/decimal"
)

// maxDigits is the longest number that reaches Terraform unrounded: its plugin
// protocol carries 512-bit floats, and those lose decimal digits past 153.
const maxDigits = 150

// maxLength is how long such a number may be written: reading one takes time that
// grows with the square of its length.
const maxLength = 1000

// Decimal is an exact decimal number, read from the digits that the API sent.
type Decimal struct{ decimal.Decimal }

// ParseDecimal reads a number in JSON notation. A number of more than 150
// digits is an error.
func ParseDecimal(text string) (Decimal, error) {
	if value := jsontext.Value(text); value.Kind() != '0' || !value.IsValid() {
		return Decimal{}, fmt.Errorf("%.40q is not a decimal number", text)
	}
	return newDecimal(text)
}

// newDecimal reads a number that is known to be in JSON notation. The library
// takes others too.
func newDecimal(text string) (Decimal, error) {
	if len(text) > maxLength {
		return Decimal{}, fmt.Errorf("the number is %d characters long, and more than %d digits cannot be passed to Terraform exactly", len(text), maxDigits)
	}
	parsed, err := decimal.NewFromString(text)
	if err != nil {
		// All that the library refuses of JSON is a huge exponent.
		return Decimal{}, fmt.Errorf("the number %.40s has more than %d digits, which cannot be passed to Terraform exactly", text, maxDigits)
	}
	d := Decimal{parsed}
	return d, d.check()
}

// Float returns the number as a float that Terraform's protocol writes with the
// same digits. A number of more than 150 digits is an error.
//
// It has no more bits than it needs. The protocol writes the shortest text that
// has the same ones, and that takes ten times as long for the 512 bits of a
// literal: it was a third of the time that ten thousand records took.
func (d Decimal) Float() (*big.Float, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	// Three bits and a third for each digit, and those of a float64: so many tell
	// the number from all others, and from any that is written as a float64.
	bits := uint(min(56+d.digits()*10/3, 512)) //nolint:gosec // Neither is negative.
	float, _, err := big.ParseFloat(d.String(), 10, bits, big.ToNearestEven)
	return float, err
}

func (d Decimal) check() error {
	if digits := d.digits(); digits > maxDigits {
		return fmt.Errorf("the number has %d digits, and more than %d cannot be passed to Terraform exactly", digits, maxDigits)
	}
	return nil
}

// digits counts the digits of the number written out, without writing it out:
// the exponent of a hostile answer may be in the millions.
func (d Decimal) digits() int64 {
	exponent := int64(d.Exponent())
	digits := int64(d.NumDigits()) + exponent
	if exponent < 0 {
		digits = max(digits, 1) - exponent
	}
	return digits
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
